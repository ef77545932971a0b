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
// same outcome with the verdicts on the statements that name the action and the
// resource, and on all others when asked. Denial is data; an error means that
// the request cannot be (EV-48).
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
func Decide(r *Request, p *Policies) (d Decision, err error) {
	present := p.present()
	if present&^r.attachable != 0 {
		return Decision{}, r.impossible(p)
	}
	d.request, d.policies = r, p
	if r.builtIn != 0 {
		d.set(r.builtIn, r.builtInReason, 0)
		return d, nil
	}
	v := verdicts{present: present & r.concerned}
	v.gather(r, p)
	d.set(v.decide(r))
	return d, nil
}

// verdicts is what the layers say, for the worst and for the best that open
// keys could be. Without open keys both are the same.
type verdicts struct {
	// present is the layers that have policies and concern the request (EV-45).
	// Another neither denies nor limits.
	present     Reasons
	worst, best view
}

// view is what the layers say if open keys are taken in one way.
type view struct {
	// denies and allows are the layers that do.
	denies, allows Reasons
	// granted is how the resource policy names the caller it allows.
	granted principal.Kinds
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
		var o policy.Outcome
		switch l {
		case BySCP:
			o = levels(p.SCP, match)
		case ByRCP:
			o = levels(p.RCP, match)
		case ByEndpoint:
			o = endpoint(r, p, match)
		case ByResource:
			o = p.Resource.Match(match)
		case ByIdentity:
			o = p.Identity.Match(match)
		case ByBoundary:
			o = p.Boundary.Match(match)
		default:
			o = p.Session.Match(match)
		}
		v.add(l, o)
	}
	v.exceptions(r)
}

func endpoint(r *Request, p *Policies, match *policy.Request) policy.Outcome {
	if !r.query.GatewayEndpoint {
		return p.Endpoint.Match(match)
	}
	gateway := *match
	gateway.RootOnlyAccounts = true
	return p.Endpoint.Match(&gateway)
}

// add takes up what a layer says.
func (v *verdicts) add(l Reason, o policy.Outcome) {
	v.worst.denies |= bit(o.Deny.Possible()) << l
	v.best.denies |= bit(o.Deny == conditions.True) << l
	v.worst.allows |= bit(o.Allow != 0) << l
	v.best.allows |= bit(o.MayAllow != 0) << l
	if l == ByResource {
		v.worst.granted, v.best.granted = o.Allow, o.MayAllow
	}
}

// bit is 1 for true.
func bit(b bool) Reasons {
	if b {
		return 1
	}
	return 0
}

// exceptions is what changes verdicts afterwards. That RCPFullAWSAccess is
// attached everywhere and cannot be detached (EV-82) shows in that nobody asks
// whether RCPs allow.
func (v *verdicts) exceptions(r *Request) {
	if r.rootLockout {
		v.worst.denies.remove(ByResource)
		v.best.denies.remove(ByResource)
	}
}

// everybody allows and does not deny; it is where levels begin.
var everybody = policy.Outcome{Deny: conditions.False, Allow: principal.Everybody, MayAllow: principal.Everybody}

// levels combines the levels of an organization.
func levels(sets []*policy.Set, match *policy.Request) policy.Outcome {
	all := everybody
	for _, set := range sets {
		addLevel(&all, set.Match(match))
	}
	return all
}

// addLevel: every level must allow, and any one denies (EV-71).
func addLevel(all *policy.Outcome, level policy.Outcome) {
	all.Deny = all.Deny.Or(level.Deny)
	if level.Allow == 0 {
		all.Allow = 0
	}
	if level.MayAllow == 0 {
		all.MayAllow = 0
	}
}

// decide combines the verdicts.
func (v *verdicts) decide(r *Request) (Outcome, Reason, Reasons) {
	outcome, reason, blocked := v.worst.combine(r, v.present)
	if outcome == Allowed || !r.hasOpen {
		return outcome, reason, blocked
	}
	best, bestReason, bestBlocked := v.best.combine(r, v.present)
	if best == Allowed {
		return Conditional, reason, blocked
	}
	return best, bestReason, bestBlocked
}
