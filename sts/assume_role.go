package sts

import (
	"cmp"
	"context"
)

// AssumeRoleInput is the request of AssumeRole (STS-110).
type AssumeRoleInput struct {
	RoleArn         *string `sts:"arnType,required"`
	RoleSessionName *string `sts:"roleSessionNameType,required"`
	// DurationSeconds is 900 to the role's maximum; nil is 3600.
	DurationSeconds         *int32                 `sts:"roleDurationSecondsType"`
	ExternalId              *string                `sts:"externalIdType"`
	MinimumSessionTokenSize *int32                 `sts:"minimumSessionTokenSizeType"`
	Policy                  *string                `sts:"unrestrictedSessionPolicyDocumentType"`
	PolicyArns              []PolicyDescriptorType `sts:"policyDescriptorListType"`
	ProvidedContexts        []ProvidedContext      `sts:"ProvidedContextsListType"`
	SerialNumber            *string                `sts:"serialNumberType"`
	SourceIdentity          *string                `sts:"sourceIdentityType"`
	Tags                    []Tag                  `sts:"tagListType"`
	TokenCode               *string                `sts:"tokenCodeType"`
	TransitiveTagKeys       []string               `sts:"tagKeyListType"`
}

// AssumeRoleOutput is the answer of AssumeRole (STS-111).
type AssumeRoleOutput struct {
	Credentials     Credentials
	AssumedRoleUser AssumedRoleUser
	// SourceIdentity is empty if the session has none.
	SourceIdentity string
	// PackedPolicySize is SessionTokenUtilization.
	PackedPolicySize int32
	TokenSize
}

var assumeRole = rulesFor[AssumeRoleInput]("AssumeRole", User, UserSession, RoleSession, DelegatedSession)

// AssumeRole makes a session of a role for a user or another session.
func (s *Service) AssumeRole(ctx context.Context, caller *Caller, in *AssumeRoleInput) (*AssumeRoleOutput, error) {
	c, err := s.begin(ctx, assumeRole, caller, in)
	if err != nil {
		return nil, err
	}
	a, err := c.prepareAssumeRole(in)
	if err != nil {
		return nil, err
	}
	withMFA, err := c.mfa(in.SerialNumber, in.TokenCode)
	if err != nil {
		return nil, err
	}
	if err := a.authorizeAssumeRole(in, withMFA); err != nil {
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
	return &AssumeRoleOutput{
		Credentials: made.credentials, AssumedRoleUser: made.user, SourceIdentity: a.passed.sourceIdentity,
		PackedPolicySize: made.size.SessionTokenUtilization, TokenSize: made.size,
	}, nil
}

// prepareAssumeRole makes the checks that need no lookup.
func (c *call) prepareAssumeRole(in *AssumeRoleInput) (*assumption, *Error) {
	a, err := c.assume(fromAssumeRole, *in.RoleArn)
	if err != nil {
		return nil, err
	}
	a.name, a.minimum = *in.RoleSessionName, in.MinimumSessionTokenSize
	a.inherited = c.who.session.inherited()
	if a.tags, err = newTags(in.Tags, in.TransitiveTagKeys, a.inherited); err != nil {
		return nil, err
	}
	a.passed.sourceIdentity = cmp.Or(c.who.session.sourceIdentity(), text(in.SourceIdentity))
	return a, a.passed.setPolicies(in.Policy, in.PolicyArns)
}

// authorizeAssumeRole asks for each action that the call needs, with the same
// context (STS-49).
func (a *assumption) authorizeAssumeRole(in *AssumeRoleInput, withMFA bool) *Error {
	keys := a.context()
	if in.ExternalId != nil {
		keys.AddDefault("sts:ExternalId", *in.ExternalId)
	}
	if withMFA { // for this call alone (STS-105)
		keys.AddDefault("aws:MultiFactorAuthPresent", "true")
		keys.AddDefault("aws:MultiFactorAuthAge", "0")
	}
	actions := a.actions()
	if len(in.ProvidedContexts) > 0 {
		keys.AddDefaultList("sts:RequestContextProviders", contextProviders(in.ProvidedContexts))
		actions = append(actions, "sts:SetContext")
	}
	a.addKeys(&keys)
	for _, action := range actions {
		if action == "sts:SetSourceIdentity" && in.SourceIdentity != nil && *in.SourceIdentity != a.passed.sourceIdentity {
			return a.changedSourceIdentity()
		}
		if err := a.permit(action, keys); err != nil {
			return err
		}
	}
	if len(in.ProvidedContexts) > 0 {
		// Only AWS makes assertions that could be verified (STS-113, CONTESTED).
		return newError(ValidationError, "The provided context assertion is not valid.")
	}
	return nil
}

// changedSourceIdentity refuses another source identity than that of the
// calling session (STS-98; the text is CONTESTED).
func (a *assumption) changedSourceIdentity() *Error {
	const action = "sts:SetSourceIdentity"
	e := newError(AccessDenied, refusal(a.who.arn, action, a.arn))
	e.Action, e.Detail = action, "the calling session has a source identity, which cannot be changed"
	return e
}

func contextProviders(list []ProvidedContext) []string {
	providers := make([]string, 0, len(list))
	for _, p := range list {
		providers = append(providers, text(p.ProviderArn))
	}
	return providers
}
