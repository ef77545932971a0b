package sts

import (
	"cmp"
	"context"
	"time"

	"github.com/rolecall/rolecall/policy"
)

// GetDelegatedAccessTokenInput is the request of GetDelegatedAccessToken
// (STS-140).
type GetDelegatedAccessTokenInput struct {
	// TradeInToken is the token of a delegation of the world.
	TradeInToken *string `sts:"tradeInTokenType,required"`
}

// GetDelegatedAccessTokenOutput is the answer of GetDelegatedAccessToken.
type GetDelegatedAccessTokenOutput struct {
	// AssumedPrincipal is the ARN of the user or role who delegated.
	AssumedPrincipal string
	Credentials      Credentials
	// PackedPolicySize is nil: AWS no longer fills it.
	PackedPolicySize *int32
}

var getDelegatedAccessToken = rulesFor[GetDelegatedAccessTokenInput]("GetDelegatedAccessToken", User, Root, RoleSession, DelegatedSession)

// GetDelegatedAccessToken trades the token of a delegation of the world, once,
// for a session of who delegated, limited by the delegation's permissions. A
// token that is unknown, used, expired or another account's is an expired one
// (STS-141, CONTESTED).
func (s *Service) GetDelegatedAccessToken(ctx context.Context, caller *Caller, in *GetDelegatedAccessTokenInput) (*GetDelegatedAccessTokenOutput, error) {
	c, err := s.begin(ctx, getDelegatedAccessToken, caller, in)
	if err != nil {
		return nil, err
	}
	if err := c.ask(c.rules.action, "*", c.context()); err != nil {
		return nil, err
	}
	d := c.state.trades[*in.TradeInToken]
	switch {
	case d == nil:
		return nil, errTrade("the world has no such token")
	case d.Product != c.who.account:
		return nil, errTrade("the token is for another account")
	case !d.Expires.IsZero() && !d.Expires.After(c.now):
		return nil, errTrade("the token expired at " + d.Expires.UTC().Format(time.RFC3339))
	}
	if err := c.checkRegion(d.account); err != nil {
		return nil, err
	}
	made, err := c.delegatedSession(d)
	if err != nil {
		return nil, err
	}
	if !s.trades.use(d.TradeInToken) {
		return nil, errTrade("the token was traded in before")
	}
	credentials, _, err := c.issue(made, cmp.Or(d.Duration, time.Hour), nil)
	if err != nil {
		return nil, err
	}
	return &GetDelegatedAccessTokenOutput{AssumedPrincipal: d.Delegator, Credentials: credentials}, nil
}

// delegatedSession makes the session of who delegated. That of a role is named
// after the product's account.
func (c *call) delegatedSession(d *delegation) (*session, *Error) {
	made := &session{kind: DelegatedSession, account: d.account, trade: d.TradeInToken}
	if u := c.world().User(d.Delegator); u != nil {
		made.uniqueID = u.ID
		return made, nil
	}
	r := c.world().Role(d.Delegator)
	if r == nil || r.ARN() != d.Delegator {
		return nil, errTrade("the world has no user or role " + d.Delegator)
	}
	made.uniqueID, made.name = r.ID, d.Product
	return made, nil
}

func errTrade(why string) *Error {
	e := newError(ExpiredTradeInToken, "The trade-in token has expired or is not valid.")
	e.Detail = why
	return e
}

// delegatedPolicy gives the permissions of a delegation, compiled. Of one that
// is no more it allows nothing.
func (c *call) delegatedPolicy(token string) *policy.Set {
	document := nothing
	if d := c.state.trades[token]; d != nil && d.Permissions != nil {
		document = d.Permissions
	}
	return policy.Compile(policy.Policy{Name: "delegated permissions", Document: document})
}
