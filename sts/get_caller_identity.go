package sts

import "context"

// GetCallerIdentityInput is the request of GetCallerIdentity.
type GetCallerIdentityInput struct{}

// GetCallerIdentityOutput is the answer of GetCallerIdentity (STS-139).
type GetCallerIdentityOutput struct {
	// Account is 12 digits.
	Account string
	Arn     string
	// UserId is the unique id, with the session name for a session of a role.
	UserId string
}

var getCallerIdentity = rulesFor[GetCallerIdentityInput]("GetCallerIdentity",
	User, Root, UserSession, RootUserSession, RoleSession, FederatedSession, AssumedRoot, DelegatedSession)

// GetCallerIdentity tells who the caller is. No policy can forbid it (STS-48).
func (s *Service) GetCallerIdentity(ctx context.Context, caller *Caller, in *GetCallerIdentityInput) (*GetCallerIdentityOutput, error) {
	c, err := s.begin(ctx, getCallerIdentity, caller, in)
	if err != nil {
		return nil, err
	}
	return &GetCallerIdentityOutput{Account: c.who.account, Arn: c.who.arn, UserId: c.who.id}, nil
}
