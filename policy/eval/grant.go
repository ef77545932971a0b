package eval

import "github.com/rolecall/rolecall/principal"

// combine applies EV-50: explicit deny, then the layers that only limit, then
// the grant. It gives the outcome, the reason that a decision names, and all
// layers that stand in the way.
func (v *view) combine(r *Request, present Reasons) (Outcome, Reason, Reasons) {
	limiting := present & (1<<BySCP | 1<<ByEndpoint) &^ v.allows
	var g grant
	g.fill(v, r, present)
	reason, missing := g.decide(r)
	switch {
	case v.denies != 0:
		return ExplicitDeny, v.denies.first(), v.denies | limiting | missing
	case limiting != 0:
		return ImplicitDeny, limiting.first(), limiting | missing
	case missing != 0:
		return ImplicitDeny, reason, missing
	default:
		return Allowed, reason, 0
	}
}

func first(r *Reason, value Reason) {
	if *r == 0 {
		*r = value
	}
}

// grant is what may make a request allowed: the terms of EV-50.
type grant struct {
	kinds principal.Kinds // G: how the resource policy grants
	root  bool            // full access by being root
	// ident, bound, sess: identity-based policies, boundary and session
	// policies allow, or do not limit.
	ident, bound, sess bool
}

// fill works in place: to copy a grant that was just written byte by byte makes
// the processor wait, which cost a tenth of w1.
func (g *grant) fill(v *view, r *Request, present Reasons) {
	g.root = r.root
	g.ident = r.root || v.allows.Has(ByIdentity)
	g.bound = !(present &^ v.allows).Has(ByBoundary)
	g.sess = sessionAllows(v, r, present)
	if !r.crossPartition { // EV-42
		g.kinds = v.granted
	}
}

// sessionAllows: a role session without session policies has no limit, a
// federated user session without has no permissions (EV-90). The task policy
// of AssumeRoot holds Deny statements only, so that it can grant nothing and
// limits by denying.
func sessionAllows(v *view, r *Request, present Reasons) bool {
	switch {
	case r.caller.Kind == principal.FederatedUser:
		return v.allows.Has(BySession)
	case r.caller.IsRole(), r.delegatedUser():
		return !(present &^ v.allows).Has(BySession)
	default:
		return true
	}
}

// decide gives what granted; or the layers that fail to, and the one of them
// that a decision names (EV-162).
func (g *grant) decide(r *Request) (reason Reason, missing Reasons) {
	switch {
	case r.crossAccount:
		return g.crossAccount(r)
	case r.caller.HasAccount():
		return g.sameAccount(r)
	case g.kinds&(principal.Direct|principal.Everybody) == 0:
		// Services, providers and anonymous callers have no other side (EV-97).
		missing.add(ByResource)
	}
	return ByResource, missing
}

// crossAccount: both sides must allow, and nothing is bypassed (EV-61).
// AssumeRoot has no resource policy (EV-96).
func (g *grant) crossAccount(r *Request) (reason Reason, missing Reasons) {
	missing = g.identitySide()
	reason = missing.first()
	if g.kinds == 0 && !r.assumeRoot {
		missing.add(ByResource)
		first(&reason, ByResource)
	}
	first(&reason, g.identityReason())
	return reason, missing
}

// sameAccount: either side may grant. A grant to the caller itself or to
// everybody stands alone, one to its role needs boundary and session policies,
// one to the account needs the identity side (EV-51 to EV-53, EV-88, EV-89).
func (g *grant) sameAccount(r *Request) (reason Reason, missing Reasons) {
	direct := g.kinds&(principal.Direct|principal.Everybody) != 0
	entity := g.kinds&principal.Entity != 0
	// A user whom a trust policy names needs the boundary nonetheless (EV-124,
	// CONTESTED). A grant to a user is not one to a session that the user
	// delegated.
	outOfBounds := r.trust && r.caller.Kind == principal.User && !g.bound || r.delegatedUser() && !g.sess
	missing = g.identitySide()
	if r.mandatory && g.kinds == 0 { // EV-106
		missing.add(ByResource)
		return ByResource, missing
	}
	switch {
	case missing == 0:
		return g.identityReason(), 0
	case r.bothSides:
		return missing.first(), missing
	case direct && !outOfBounds:
		return ByResource, 0
	case direct || entity:
		missing.remove(ByIdentity) // the grant makes up for it
	}
	if missing == 0 {
		return ByResource, 0
	}
	return missing.first(), missing
}

// identitySide gives what fails on the caller's side.
func (g *grant) identitySide() (missing Reasons) {
	if !g.ident {
		missing.add(ByIdentity)
	}
	if !g.bound {
		missing.add(ByBoundary)
	}
	if !g.sess {
		missing.add(BySession)
	}
	return missing
}

func (g *grant) identityReason() Reason {
	if g.root {
		return ByRoot
	}
	return ByIdentity
}
