package sts

import "context"

// GetFederationTokenInput is the request of GetFederationToken (STS-142).
type GetFederationTokenInput struct {
	// Name is the federated user's.
	Name *string `sts:"userNameType,required"`
	// DurationSeconds is 900 to 129600; nil is 43200. For the root user both are
	// 3600 at most.
	DurationSeconds         *int32                 `sts:"durationSecondsType"`
	MinimumSessionTokenSize *int32                 `sts:"minimumSessionTokenSizeType"`
	Policy                  *string                `sts:"sessionPolicyDocumentType"`
	PolicyArns              []PolicyDescriptorType `sts:"policyDescriptorListType"`
	Tags                    []Tag                  `sts:"tagListType"`
}

// GetFederationTokenOutput is the answer of GetFederationToken (STS-143).
type GetFederationTokenOutput struct {
	Credentials   Credentials
	FederatedUser FederatedUser
	// PackedPolicySize is SessionTokenUtilization.
	PackedPolicySize int32
	TokenSize
}

var getFederationToken = rulesFor[GetFederationTokenInput]("GetFederationToken", User, Root)

// GetFederationToken makes a session with the permissions of its caller that
// session policies allow as well; with none of them it has no permissions
// (STS-75).
func (s *Service) GetFederationToken(ctx context.Context, caller *Caller, in *GetFederationTokenInput) (*GetFederationTokenOutput, error) {
	c, err := s.begin(ctx, getFederationToken, caller, in)
	if err != nil {
		return nil, err
	}
	made := &session{kind: FederatedSession, account: c.who.account, name: *in.Name}
	if c.who.user != nil {
		made.uniqueID = c.who.user.ID
	}
	if made.passed.tags, err = newTags(in.Tags, nil, nil); err != nil {
		return nil, err
	}
	if err := made.passed.setPolicies(in.Policy, in.PolicyArns); err != nil {
		return nil, err
	}
	arn := "arn:" + c.world().Partition() + ":sts::" + c.who.account + ":federated-user/" + *in.Name
	if err := c.authorizeFederation(arn, made.passed.tags); err != nil {
		return nil, err
	}
	if err := c.checkRegion(c.who.account); err != nil {
		return nil, err
	}
	if err := c.checkPolicies(&made.passed, c.who.account); err != nil {
		return nil, err
	}
	credentials, size, err := c.issue(made, c.userDuration(in.DurationSeconds), in.MinimumSessionTokenSize)
	if err != nil {
		return nil, err
	}
	return &GetFederationTokenOutput{
		Credentials:      credentials,
		FederatedUser:    FederatedUser{Arn: arn, FederatedUserId: c.who.account + ":" + *in.Name},
		PackedPolicySize: size.SessionTokenUtilization, TokenSize: size,
	}, nil
}

// authorizeFederation asks for the call on the federated user, and for its
// tags on the same resource (STS-144; which one is CONTESTED).
func (c *call) authorizeFederation(arn string, tags []sessionTag) *Error {
	keys := c.context()
	addTagKeys(&keys, tags)
	if err := c.ask(c.rules.action, arn, keys); err != nil {
		return err
	}
	if len(tags) == 0 {
		return nil
	}
	return c.ask("sts:TagSession", arn, keys)
}
