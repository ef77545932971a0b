package sts

import "context"

// GetAccessKeyInfoInput is the request of GetAccessKeyInfo (STS-137).
type GetAccessKeyInfoInput struct {
	AccessKeyId *string `sts:"accessKeyIdType,required"`
}

// GetAccessKeyInfoOutput is the answer of GetAccessKeyInfo.
type GetAccessKeyInfoOutput struct {
	// Account is 12 digits.
	Account string
}

var getAccessKeyInfo = rulesFor[GetAccessKeyInfoInput]("GetAccessKeyInfo", User, Root, RoleSession, DelegatedSession)

// GetAccessKeyInfo tells which account an access key is of: one that the world
// knows, or any whose id holds its account (STS-138). It tells nothing of the
// key's state.
func (s *Service) GetAccessKeyInfo(ctx context.Context, caller *Caller, in *GetAccessKeyInfoInput) (*GetAccessKeyInfoOutput, error) {
	c, err := s.begin(ctx, getAccessKeyInfo, caller, in)
	if err != nil {
		return nil, err
	}
	if err := c.ask(c.rules.action, "*", c.context()); err != nil {
		return nil, err
	}
	if owner, ok := c.world().AccessKey(*in.AccessKeyId); ok {
		return &GetAccessKeyInfoOutput{Account: owner.AccountID}, nil
	}
	account, ok := accountOf(*in.AccessKeyId)
	if !ok { // the code is CONTESTED
		e := newError(ValidationError, "Invalid access key: "+*in.AccessKeyId)
		e.Detail = "the world has no such key, and its id holds no account"
		return nil, e
	}
	return &GetAccessKeyInfoOutput{Account: account}, nil
}
