package sts

import (
	"context"
	"errors"
	"strconv"

	"github.com/rolecall/rolecall/principal"
	"github.com/rolecall/rolecall/sts/oidc"
)

// AssumeRoleWithWebIdentityInput is the request of AssumeRoleWithWebIdentity
// (STS-120).
type AssumeRoleWithWebIdentityInput struct {
	RoleArn         *string `sts:"arnType,required"`
	RoleSessionName *string `sts:"roleSessionNameType,required"`
	// WebIdentityToken is an OIDC ID token.
	WebIdentityToken *string `sts:"clientTokenType,required"`
	// ProviderId is for OAuth 2.0 access tokens only, which cannot be verified
	// offline.
	ProviderId *string `sts:"urlType"`
	// DurationSeconds is 900 to the role's maximum; nil is 3600.
	DurationSeconds         *int32                 `sts:"roleDurationSecondsType"`
	MinimumSessionTokenSize *int32                 `sts:"minimumSessionTokenSizeType"`
	Policy                  *string                `sts:"sessionPolicyDocumentType"`
	PolicyArns              []PolicyDescriptorType `sts:"policyDescriptorListType"`
}

// AssumeRoleWithWebIdentityOutput is the answer of AssumeRoleWithWebIdentity
// (STS-121).
type AssumeRoleWithWebIdentityOutput struct {
	Credentials     Credentials
	AssumedRoleUser AssumedRoleUser
	// Audience is the client id that matched.
	Audience string
	// Provider is the ARN of the OIDC provider, or the bare name of one that is
	// built into AWS (CONTESTED: the documentation has the issuer).
	Provider string
	// SourceIdentity is empty if the session has none.
	SourceIdentity string
	// SubjectFromWebIdentityToken is the claim sub.
	SubjectFromWebIdentityToken string
	// PackedPolicySize is SessionTokenUtilization.
	PackedPolicySize int32
	TokenSize
}

var assumeRoleWithWebIdentity = rulesFor[AssumeRoleWithWebIdentityInput]("AssumeRoleWithWebIdentity")

// AssumeRoleWithWebIdentity makes a session of a role for somebody whom an OIDC
// provider vouches for. The token is verified against the keys that the world
// has for the provider.
func (s *Service) AssumeRoleWithWebIdentity(ctx context.Context, in *AssumeRoleWithWebIdentityInput) (*AssumeRoleWithWebIdentityOutput, error) {
	c, err := s.begin(ctx, assumeRoleWithWebIdentity, nil, in)
	if err != nil {
		return nil, err
	}
	a, err := c.assume(fromWebIdentity, *in.RoleArn)
	if err != nil {
		return nil, err
	}
	a.name, a.minimum = *in.RoleSessionName, in.MinimumSessionTokenSize
	if err := a.passed.setPolicies(in.Policy, in.PolicyArns); err != nil {
		return nil, err
	}
	if in.ProviderId != nil { // STS-123
		return nil, newError(IDPCommunicationError, "OAuth 2.0 access tokens of "+*in.ProviderId+" cannot be verified offline.")
	}
	f := &federation{assumption: a}
	identity, err := f.verifyToken(*in.WebIdentityToken)
	if err != nil {
		return nil, err
	}
	if err := f.authorize(); err != nil {
		return nil, err
	}
	if err := c.checkRegion(a.account()); err != nil {
		return nil, err
	}
	duration, err := a.duration(in.DurationSeconds)
	if err != nil {
		return nil, err
	}
	made, err := a.finish(duration)
	if err != nil {
		return nil, err
	}
	return &AssumeRoleWithWebIdentityOutput{
		Credentials: made.credentials, AssumedRoleUser: made.user, Audience: identity.Audience, Provider: f.provider,
		SourceIdentity: a.passed.sourceIdentity, SubjectFromWebIdentityToken: identity.Subject,
		PackedPolicySize: made.size.SessionTokenUtilization, TokenSize: made.size,
	}, nil
}

// verifyToken verifies the token against the provider of its issuer in the
// role's account (STS-158), and takes up what it says.
func (f *federation) verifyToken(text string) (*oidc.Identity, *Error) {
	token, err := oidc.Parse(text)
	if err != nil {
		return nil, refusedToken(err)
	}
	name, account := token.ProviderName(), f.account()
	var provider *oidc.Provider
	if p := f.world().OIDCProvider(account, name); p != nil {
		provider = &oidc.Provider{Name: p.Name, ClientIDs: p.ClientIDs, Keys: f.state.keySets[p]}
	}
	identity, err := token.Verify(provider, oidc.Call{Now: f.now, RoleARN: f.arn})
	if err != nil {
		return nil, refusedToken(err)
	}
	f.provider = f.providerARN(account, "oidc-provider", name)
	if _, err := principal.ParseCaller(name, true); err == nil {
		f.provider = name // built into AWS, and named bare (STS-166)
	}
	f.takeKeys(identity)
	tags := federatedTags{TransitiveTagKeys: identity.TransitiveTagKeys}
	for i := range identity.Tags {
		tags.Tags = append(tags.Tags, Tag{Key: &identity.Tags[i].Key, Value: &identity.Tags[i].Value})
	}
	return identity, f.setSession(tags, identity.SourceIdentity)
}

// takeKeys takes up the condition keys of a token: aws:FederatedProvider and
// those that live on in the session, and those of this call (STS-70, STS-165).
func (f *federation) takeKeys(identity *oidc.Identity) {
	f.keys = []sessionKey{{name: "aws:FederatedProvider", values: []string{f.provider}}}
	f.callKeys = []sessionKey{{name: "sts:RoleAuthorizedByIdp", values: []string{strconv.FormatBool(identity.RoleAuthorized)}}}
	for _, k := range identity.Keys {
		key := sessionKey{name: k.Name, values: k.Values, list: k.List}
		if k.Lasting {
			f.keys = append(f.keys, key)
		} else {
			f.callKeys = append(f.callKeys, key)
		}
	}
}

// refusedToken makes the error of a token that does not verify.
func refusedToken(err error) *Error {
	var refused *oidc.Error
	if !errors.As(err, &refused) {
		return internal(err)
	}
	e := newError(Code(refused.Code), refused.Message)
	e.Detail, e.Cause = refused.Detail, err
	return e
}
