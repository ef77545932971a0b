package sts

import (
	"context"
	"time"

	"github.com/rolecall/rolecall/policy/eval"
	"github.com/rolecall/rolecall/world"
)

// call is one call under way: all that it needs to know, of one moment.
type call struct {
	service *Service
	state   *state
	rules   *rules
	env     *Environment
	// observe is told every decision; it may be nil.
	observe func(eval.Decision)
	// now is in UTC.
	now time.Time
	// who calls; nil for an operation that takes no credentials.
	who *identity
}

// world gives the world that the call happens in.
func (c *call) world() *world.World { return c.state.world }

// begin takes a call through the first steps of STS-14: are the credentials
// good, do the parameters satisfy their constraints, may this kind of
// credentials call at all.
func (s *Service) begin(ctx context.Context, r *rules, caller *Caller, input any) (*call, *Error) {
	c := &call{service: s, state: s.state.Load(), rules: r, env: environmentOf(ctx), observe: observerOf(ctx), now: s.options.Now().UTC()}
	if r.admitted != 0 {
		if err := c.authenticate(caller); err != nil {
			return nil, err
		}
	}
	if err := r.check(input); err != nil {
		return nil, err
	}
	if r.admitted != 0 && !r.admitted.has(c.who.kind) {
		return nil, c.notAdmitted(input)
	}
	return c, nil
}

// authenticate finds out who calls (STS-27).
func (c *call) authenticate(caller *Caller) *Error {
	if caller == nil {
		return newError(MissingAuthenticationToken, "Request is missing Authentication Token")
	}
	who, err := identify(c.world(), caller)
	if err != nil {
		return err
	}
	if who.expired(c.now) {
		return newError(ExpiredToken, "The security token included in the request is expired")
	}
	c.who = who
	return nil
}

// notAdmitted refuses a kind of credentials (STS-45). The texts other than the
// three recorded ones are CONTESTED.
func (c *call) notAdmitted(input any) *Error {
	kind := c.who.kind
	var message string
	switch {
	case c.rules == assumeRole && (kind == Root || kind == RootUserSession):
		message = "Roles may not be assumed by root accounts."
	case c.rules == getSessionToken || c.rules == getFederationToken:
		message = "Cannot call " + c.rules.name + " with session credentials"
	default:
		message = refusal(c.who.arn, c.rules.action, c.resource(input))
	}
	e := newError(AccessDenied, message)
	e.Action = c.rules.action
	e.Detail = "a " + kind.String() + " cannot call " + c.rules.action + ", whatever the policies say"
	return e
}

// resource gives what a call is about, as far as its parameters alone tell.
func (c *call) resource(input any) string {
	switch in := input.(type) {
	case *AssumeRoleInput:
		return *in.RoleArn
	case *AssumeRootInput:
		if target, err := c.rootTarget(*in.TargetPrincipal); err == nil {
			return c.rootARN(target)
		}
	}
	return "*"
}

// second cuts a time to the whole second that AWS's answers show.
func second(t time.Time) time.Time { return t.Truncate(time.Second) }
