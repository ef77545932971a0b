// Package eval decides a request the way AWS does: from the policies in force
// for it, layer by layer, to allowed or denied, with the reason.
//
// # What goes in
//
// [NewRequest] prepares a [Query]: who calls, which action, on what, in which
// context. [Policies] holds the compiled policies of each layer. The package
// sees no accounts and reads no clock: what is in force is the caller's
// business.
//
// # What comes out
//
// [Decide] gives a [Decision] and allocates nothing on the way; the decision
// works out its message and its statements when asked. [Explain] gives the
// same outcome with the verdict on every statement of every layer. Denial is
// data; an error means that the request cannot be (EV-48).
//
// # How the layers combine
//
// An explicit Deny in any layer that applies denies (EV-3). Otherwise SCPs and
// an endpoint policy must allow, and then the request needs a grant: within
// an account from the identity side or the resource side, across accounts from
// both (EV-50). How a resource policy names the caller decides which implicit
// denials it overcomes; see grant.go.
//
// # Unknown keys
//
// Where the context leaves keys open, the decision is worked out for the best
// and for the worst that they could be; if the two differ it is [Conditional]
// (EV-147).
package eval

import (
	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/principal"
)

// Decide decides a request. The error is that of an impossible combination of
// caller and policies, and wraps [ErrImpossible].
func Decide(r *Request, p *Policies) (Decision, error) {
	present := p.present()
	if present&^r.attachable != 0 {
		return Decision{}, r.impossible(p)
	}
	if r.builtIn != 0 {
		return newDecision(r, p, r.builtIn, r.builtInReason, 0), nil
	}
	v := verdicts{present: present & r.concerned}
	v.gather(r, p)
	outcome, reason, blocked := v.decide(r)
	return newDecision(r, p, outcome, reason, blocked), nil
}

// verdict is what a layer says.
type verdict struct {
	deny conditions.Truth
	// allow is the match kinds that certainly allow, mayAllow those that could.
	allow, mayAllow principal.Kinds
}

// verdicts holds a verdict a layer.
type verdicts struct {
	// present is the layers that have policies and concern the request (EV-45).
	// Another neither denies nor limits.
	present Reasons
	by      [layerCount + 1]verdict
}

// gather asks every layer that is present.
func (v *verdicts) gather(r *Request, p *Policies) {
	match := &r.match
	if p.Boundary != nil {
		bounded := r.match
		bounded.Boundary = true
		match = &bounded
	}
	for rest := v.present; rest != 0; rest &= rest - 1 {
		l := rest.first()
		switch l {
		case BySCP:
			v.by[l] = levels(p.SCP, match)
		case ByRCP:
			v.by[l] = levels(p.RCP, match)
		case ByEndpoint:
			v.by[l] = endpoint(r, p, match)
		case ByResource:
			v.by[l] = verdictOf(p.Resource.Match(match))
		case ByIdentity:
			v.by[l] = verdictOf(p.Identity.Match(match))
		case ByBoundary:
			v.by[l] = verdictOf(p.Boundary.Match(match))
		default:
			v.by[l] = verdictOf(p.Session.Match(match))
		}
	}
	v.exceptions(r)
}

func endpoint(r *Request, p *Policies, match *policy.Request) verdict {
	if !r.query.GatewayEndpoint {
		return verdictOf(p.Endpoint.Match(match))
	}
	gateway := *match
	gateway.RootOnlyAccounts = true
	return verdictOf(p.Endpoint.Match(&gateway))
}

// exceptions is what changes verdicts afterwards.
func (v *verdicts) exceptions(r *Request) {
	// RCPFullAWSAccess is attached everywhere and cannot be detached (EV-82).
	v.by[ByRCP].allow, v.by[ByRCP].mayAllow = principal.Everybody, principal.Everybody
	if r.rootLockout {
		v.by[ByResource].deny = conditions.False
	}
}

func verdictOf(o policy.Outcome) verdict {
	return verdict{deny: o.Deny, allow: o.Allow, mayAllow: o.MayAllow}
}

// levels combines the levels of an organization: every one must allow, and
// any one denies (EV-71).
func levels(sets []*policy.Set, match *policy.Request) verdict {
	all := verdict{deny: conditions.False, allow: principal.Everybody, mayAllow: principal.Everybody}
	for _, set := range sets {
		all.addLevel(verdictOf(set.Match(match)))
	}
	return all
}

func (v *verdict) addLevel(level verdict) {
	v.deny = v.deny.Or(level.deny)
	if level.allow == 0 {
		v.allow = 0
	}
	if level.mayAllow == 0 {
		v.mayAllow = 0
	}
}

// decide combines the verdicts.
func (v *verdicts) decide(r *Request) (Outcome, Reason, Reasons) {
	outcome, reason, blocked := v.combine(r, pessimistic)
	if outcome == Allowed || !r.hasOpen {
		return outcome, reason, blocked
	}
	best, bestReason, bestBlocked := v.combine(r, optimistic)
	if best == Allowed {
		return Conditional, reason, blocked
	}
	return best, bestReason, bestBlocked
}
