package sts

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/rolecall/rolecall/arn"
	"github.com/rolecall/rolecall/principal"
	"github.com/rolecall/rolecall/sts/saml"
)

// AssumeRoleWithSAMLInput is the request of AssumeRoleWithSAML (STS-114).
type AssumeRoleWithSAMLInput struct {
	RoleArn *string `sts:"arnType,required"`
	// PrincipalArn names the SAML provider.
	PrincipalArn *string `sts:"arnType,required"`
	// SAMLAssertion is the response of the identity provider in base64.
	SAMLAssertion *string `sts:"SAMLAssertionType,required"`
	// DurationSeconds is 900 to the role's maximum; nil is 3600. The assertion
	// may shorten it.
	DurationSeconds         *int32                 `sts:"roleDurationSecondsType"`
	MinimumSessionTokenSize *int32                 `sts:"minimumSessionTokenSizeType"`
	Policy                  *string                `sts:"sessionPolicyDocumentType"`
	PolicyArns              []PolicyDescriptorType `sts:"policyDescriptorListType"`
}

// AssumeRoleWithSAMLOutput is the answer of AssumeRoleWithSAML (STS-115).
type AssumeRoleWithSAMLOutput struct {
	Credentials     Credentials
	AssumedRoleUser AssumedRoleUser
	// Audience is the Recipient that the response is addressed to.
	Audience string
	Issuer   string
	// NameQualifier is a hash of issuer, account and provider (STS-117).
	NameQualifier string
	// SourceIdentity is empty if the session has none.
	SourceIdentity string
	// Subject is the NameID, SubjectType its format.
	Subject, SubjectType string
	// PackedPolicySize is SessionTokenUtilization.
	PackedPolicySize int32
	TokenSize
}

var assumeRoleWithSAML = rulesFor[AssumeRoleWithSAMLInput]("AssumeRoleWithSAML")

// AssumeRoleWithSAML makes a session of a role for somebody whom a SAML
// identity provider vouches for. The response is verified against the metadata
// that the world has for the provider, and is good for one session of each role
// that it names (see [Options.ResponsesAgain]).
func (s *Service) AssumeRoleWithSAML(ctx context.Context, in *AssumeRoleWithSAMLInput) (*AssumeRoleWithSAMLOutput, error) {
	c, err := s.begin(ctx, assumeRoleWithSAML, nil, in)
	if err != nil {
		return nil, err
	}
	f, err := c.prepareSAML(in)
	if err != nil {
		return nil, err
	}
	assertion, err := f.verifyResponse(*in.SAMLAssertion)
	if err != nil {
		return nil, err
	}
	if err := f.authorize(); err != nil {
		return nil, err
	}
	if err := c.checkRegion(f.account()); err != nil {
		return nil, err
	}
	duration, err := f.responseDuration(in.DurationSeconds, assertion)
	if err != nil {
		return nil, err
	}
	if err := f.useResponse(assertion); err != nil {
		return nil, err
	}
	made, err := f.finish(duration)
	if err != nil {
		return nil, err
	}
	account, name := samlProvider(f.provider)
	return &AssumeRoleWithSAMLOutput{
		Credentials: made.credentials, AssumedRoleUser: made.user, Audience: assertion.Recipient, Issuer: assertion.Issuer,
		NameQualifier: saml.NameQualifier(assertion.Issuer, account, name), SourceIdentity: f.passed.sourceIdentity,
		Subject: assertion.Subject.Name, SubjectType: saml.SubjectType(assertion.Subject.Format),
		PackedPolicySize: made.size.SessionTokenUtilization, TokenSize: made.size,
	}, nil
}

// prepareSAML makes the checks that need no lookup: the two ARNs, which must
// not be exchanged (STS-167), and the session policies.
func (c *call) prepareSAML(in *AssumeRoleWithSAMLInput) (*federation, *Error) {
	a, err := c.assume(fromSAML, *in.RoleArn)
	if err != nil {
		return nil, err
	}
	a.minimum = in.MinimumSessionTokenSize
	role, _ := principal.ParseCaller(*in.RoleArn, false)
	if account, _ := samlProvider(*in.PrincipalArn); account == "" || role.Kind != principal.Role {
		return nil, newError(ValidationError, "Request ARN is invalid")
	}
	return &federation{assumption: a, provider: *in.PrincipalArn}, a.passed.setPolicies(in.Policy, in.PolicyArns)
}

// samlProvider reads account and name out of the ARN of a SAML provider; they
// are empty if it is none.
func samlProvider(text string) (account, name string) {
	p, err := arn.Parse(text)
	if err != nil || p.Service != "iam" {
		return "", ""
	}
	name, ok := strings.CutPrefix(p.Resource, "saml-provider/")
	if !ok || name == "" {
		return "", ""
	}
	return p.Account, name
}

// verifyResponse verifies the response and takes up what it says.
func (f *federation) verifyResponse(response string) (*saml.Assertion, *Error) {
	account, name := samlProvider(f.provider)
	p := f.world().SAMLProvider(account, name)
	if p == nil || f.provider != f.providerARN(account, "saml-provider", name) {
		return nil, newError(InvalidIdentityToken, "Specified provider doesn't exist") // the code is CONTESTED
	}
	metadata := f.state.metadata[p]
	if metadata == nil {
		e := newError(InvalidIdentityToken, "Response signature invalid")
		e.Detail = "the world has no metadata of the provider"
		return nil, e
	}
	assertion, err := metadata.Verify(response, f.world().Partition(), f.now)
	if err == nil {
		err = assertion.CheckRole(f.arn, f.provider)
	}
	if err != nil {
		return nil, refusedResponse(err)
	}
	if f.role != nil && (account != f.account() || strings.HasPrefix(f.role.Name, "AWSReservedSSO_")) { // STS-119
		return nil, f.refused(f.rules.action, "the role is one of Identity Center, or of another account than the provider")
	}
	f.name = assertion.RoleSessionName
	for _, k := range assertion.Keys(account, name) {
		key := sessionKey{name: k.Name, values: k.Values, list: k.List}
		if k.Lasting {
			f.keys = append(f.keys, key)
		} else {
			f.callKeys = append(f.callKeys, key)
		}
	}
	tags := federatedTags{TransitiveTagKeys: assertion.TransitiveTagKeys}
	for i := range assertion.Tags {
		tags.Tags = append(tags.Tags, Tag{Key: &assertion.Tags[i].Key, Value: &assertion.Tags[i].Value})
	}
	return assertion, f.setSession(tags, assertion.SourceIdentity)
}

// responseDuration gives how long the session lasts; the response may shorten
// it (STS-177).
func (f *federation) responseDuration(parameter *int32, assertion *saml.Assertion) (time.Duration, *Error) {
	d, err := f.duration(parameter)
	if err != nil {
		return 0, err
	}
	if d = assertion.Shorten(d, f.now); d <= 0 {
		e := newError(ExpiredTokenException, "Token must be redeemed within 5 minutes of issuance")
		e.Detail = "the session at the identity provider has ended"
		return 0, e
	}
	return d, nil
}

// useResponse lets a response make one session of a role.
func (f *federation) useResponse(assertion *saml.Assertion) *Error {
	if f.service.options.ResponsesAgain {
		return nil
	}
	if err := f.service.responses.Use(assertion, f.arn, f.now); err != nil {
		return refusedResponse(err)
	}
	return nil
}

// refusedResponse makes the error of a response that does not verify.
func refusedResponse(err error) *Error {
	var refused *saml.Error
	if !errors.As(err, &refused) {
		return internal(err)
	}
	e := newError(Code(refused.Code), refused.Message)
	e.Status, e.Detail, e.Cause = refused.Status, refused.Detail, err
	return e
}
