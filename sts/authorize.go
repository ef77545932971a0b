package sts

import (
	"context"
	"errors"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/policy/eval"
	"github.com/rolecall/rolecall/world"
)

// Authorize decides any AWS request of a caller, with all that its session
// carries: the policies of its user or role as they are now, session policies
// and tags, source identity, MFA and the keys of federation. keys are further
// keys of the request; a key given there wins over one that would follow.
//
// A denial is data. The error is an *[Error] for credentials that are not good
// any more (ExpiredToken, InvalidClientTokenId) and for an action or resource
// that no request has (ValidationError). Calls that a kind of credentials
// cannot make at all, as those of IAM by a session of GetSessionToken without
// MFA, are denied by [eval.ByCredentials] (STS-44).
func (s *Service) Authorize(ctx context.Context, caller *Caller, action, resource string, keys conditions.Context) (eval.Decision, error) {
	c := &call{service: s, state: s.state.Load(), env: environmentOf(ctx), observe: observerOf(ctx), now: s.options.Now().UTC()}
	if err := c.authenticate(caller); err != nil {
		return eval.Decision{}, err
	}
	const more = 16
	keys = keys.Clone(more)
	c.addKeys(&keys)
	decision, err := c.decide(action, resource, keys)
	switch {
	case err == nil:
		return decision, nil
	case errors.Is(err, eval.ErrQuery):
		return eval.Decision{}, newError(ValidationError, err.Error())
	default:
		return eval.Decision{}, internal(err)
	}
}

// addKeys adds the condition keys of caller and environment to a call.
func (c *call) addKeys(keys *conditions.Context) {
	c.env.addKeys(keys)
	if c.who != nil && c.who.session != nil {
		c.who.session.addKeys(keys, c.now)
	}
}

// context gives the condition keys of caller and environment, with room for
// those of the call.
func (c *call) context() conditions.Context {
	const usual = 24
	keys := conditions.NewContext(usual)
	c.addKeys(&keys)
	return keys
}

// decide is the one place where the service asks whether something may be
// done (STS section 20).
func (c *call) decide(action, resource string, keys conditions.Context) (eval.Decision, error) {
	r := world.Request{
		Principal: c.who.arn, Action: action, Resource: resource, Context: keys, Time: c.now, Endpoint: c.env.EndpointPolicy,
	}
	if err := c.carry(&r.Session); err != nil {
		return eval.Decision{}, err
	}
	return c.decideRequest(r)
}

// decideFor decides for an identity provider, which has no identity of the
// world (STS-165).
func (c *call) decideFor(provider, action, resource string, keys conditions.Context) (eval.Decision, error) {
	return c.decideRequest(world.Request{
		Principal: provider, Action: action, Resource: resource, Context: keys, Time: c.now, Endpoint: c.env.EndpointPolicy,
	})
}

func (c *call) decideRequest(r world.Request) (eval.Decision, error) {
	request, policies, err := c.world().Prepare(r)
	if err != nil {
		return eval.Decision{}, err
	}
	decision, err := eval.Decide(request, policies)
	if err == nil && c.observe != nil {
		c.observe(decision)
	}
	return decision, err
}

// carry tells what the caller's session carries.
func (c *call) carry(to *world.Session) error {
	session := c.who.session
	to.Credentials = eval.LongTerm
	if session == nil {
		return nil
	}
	to.Credentials = 0
	to.Tags = session.worldTags()
	switch session.kind {
	case UserSession, RootUserSession:
		to.Credentials = eval.SessionToken
		return nil
	case DelegatedSession:
		to.Credentials = eval.Delegated
	case FederatedSession:
		to.Issuer = c.rootARN(session.account)
		if c.who.user != nil {
			to.Issuer = c.who.user.ARN()
		}
	}
	policies, err := c.sessionPolicies(session)
	to.Policies = policies
	return err
}
