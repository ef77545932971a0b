package eval

import "github.com/rolecall/rolecall/principal"

// combine applies EV-50: explicit deny, then the layers that only limit, then
// the grant. It gives the outcome, the reason that a decision names, and all
// layers that stand in the way.
func (v *view) combine(r *Request, present Reasons) (Outcome, Reason, Reasons) {
	limiting := present & (1<<BySCP | 1<<ByEndpoint) &^ v.allows
	g := grant{missing: (r.needed | present&r.limits) &^ v.allows}
	if !r.crossPartition { // EV-42
		g.kinds = v.granted
	}
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
	// missing is the layers of the caller's side that fail to allow.
	missing Reasons
}

// identitySide gives the layers of the caller's side that must allow, and those
// that must if they have policies. A role session without session policies has
// no limit, a federated user session without has no permissions (EV-90). The
// task policy of AssumeRoot holds Deny statements only, so that it can grant
// nothing and limits by denying.
func identitySide(r *Request) (needed, limits Reasons) {
	limits.add(ByBoundary)
	if !r.root {
		needed.add(ByIdentity)
	}
	switch {
	case r.caller.Kind == principal.FederatedUser:
		needed.add(BySession)
	case r.caller.IsRole(), r.delegatedUser():
		limits.add(BySession)
	}
	return needed, limits
}

// decide gives what granted; or the layers that fail to, and the one of them
// that a decision names (EV-162).
func (g grant) decide(r *Request) (reason Reason, missing Reasons) {
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
func (g grant) crossAccount(r *Request) (reason Reason, missing Reasons) {
	missing = g.missing
	reason = missing.first()
	if g.kinds == 0 && !r.assumeRoot {
		missing.add(ByResource)
		first(&reason, ByResource)
	}
	first(&reason, r.identityReason())
	return reason, missing
}

// sameAccount: either side may grant. A grant to the caller itself or to
// everybody stands alone, one to its role needs boundary and session policies,
// one to the account needs the identity side (EV-51 to EV-53, EV-88, EV-89).
func (g grant) sameAccount(r *Request) (reason Reason, missing Reasons) {
	missing = g.missing
	if r.mandatory && g.kinds == 0 { // EV-106
		missing.add(ByResource)
		return ByResource, missing
	}
	if missing == 0 {
		return r.identityReason(), 0
	}
	if g.kinds == 0 || r.bothSides {
		return missing.first(), missing
	}
	direct := g.kinds&(principal.Direct|principal.Everybody) != 0
	// A user whom a trust policy names needs the boundary nonetheless (EV-124,
	// CONTESTED). A grant to a user is not one to a session that the user
	// delegated.
	outOfBounds := r.trust && r.caller.Kind == principal.User && missing.Has(ByBoundary) || r.delegatedUser() && missing.Has(BySession)
	switch {
	case direct && !outOfBounds:
		return ByResource, 0
	case direct || g.kinds&principal.Entity != 0:
		missing.remove(ByIdentity) // the grant makes up for it
	}
	if missing == 0 {
		return ByResource, 0
	}
	return missing.first(), missing
}

func (r *Request) identityReason() Reason {
	if r.root {
		return ByRoot
	}
	return ByIdentity
}
