package principal

import "strings"

// Kinds is the set of ways in which an element names a caller (EV-31). The
// empty set means that it does not.
type Kinds uint8

// The match kinds.
const (
	// Direct: it names the caller itself: user, session, service, provider, or
	// the own account of a root user.
	Direct Kinds = 1 << iota
	// Entity: it names what the session was made from: the role of a role
	// session, the issuer of a federated session.
	Entity
	// Account: it names the caller's account, which delegates to the policies
	// there (PL-55).
	Account
	// Everybody: it is `*`.
	Everybody
)

// String lists the kinds.
func (k Kinds) String() string {
	if k == 0 {
		return "none"
	}
	var names []string
	for i, name := range []string{"direct", "entity", "account", "wildcard"} {
		if k&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, "+")
}

// Match tells how the element names the caller; the empty set means that the
// statement does not apply. deny is the statement's effect; boundary says that
// a permissions boundary is attached to the caller.
//
// A NotPrincipal that applies does so as Everybody. With Deny it spares a
// caller only if it lists all that the caller is, account, role and session
// (PL-67, PL-68 CONTESTED, EV-37), and never one with a permissions boundary
// (PL-71, EV-38). With Allow it spares whoever is listed in any way (PL-72
// CONTESTED).
func (e *Element) Match(c *Caller, deny, boundary bool) Kinds {
	var named Kinds
	for i := range e.entries {
		named |= e.entries[i].match(c)
	}
	if !e.not {
		return named
	}
	spared := named != 0
	if deny {
		all := c.chain()
		spared = named&Everybody != 0 || named&all == all
		if boundary && (c.Kind == User || c.IsRole() || c.Kind == FederatedUser) {
			spared = false
		}
	}
	if spared {
		return 0
	}
	return Everybody
}

// chain is how an element must name a caller to have listed all that it is.
func (c *Caller) chain() Kinds {
	switch c.Kind {
	case User, FederatedUser:
		return Direct | Account
	case Role, RoleSession:
		// A Role is any of its sessions, which no element can list.
		return Direct | Entity | Account
	default:
		return Direct
	}
}

func (e *Entry) match(c *Caller) Kinds {
	switch e.kind {
	case anyone:
		return Everybody
	case aService:
		return e.direct(c, Service)
	case aProvider:
		return e.direct(c, IdentityProvider)
	}
	if !c.HasAccount() {
		return 0 // EV-35
	}
	switch e.kind {
	case anAccount:
		return e.matchAccount(c)
	case aCanonicalUser:
		if c.CanonicalUserID == e.value {
			return accountKind(c)
		}
	case aUser:
		return e.matchUser(c)
	case aRole:
		return e.matchRole(c)
	case aSession:
		return e.direct(c, RoleSession)
	case aFederatedUser:
		return e.direct(c, FederatedUser)
	case aUniqueID:
		return e.matchUniqueID(c)
	}
	return 0
}

func (e *Entry) direct(c *Caller, kind Kind) Kinds {
	if c.Kind == kind && c.Name == e.value {
		return Direct
	}
	return 0
}

func (e *Entry) matchAccount(c *Caller) Kinds {
	if c.Account != e.account || e.partition != "" && e.partition != c.Partition {
		return 0
	}
	return accountKind(c)
}

// accountKind is how naming its account names a caller: for the root user the
// account is itself.
func accountKind(c *Caller) Kinds {
	if c.Kind == Root {
		return Direct
	}
	return Account
}

// matchUser: the issuer of a federated session counts if it is known (PL-60
// CONTESTED).
func (e *Entry) matchUser(c *Caller) Kinds {
	if c.Kind == FederatedUser && c.Issuer != nil && c.Issuer.Kind == User && c.Issuer.Name == e.value {
		return Entity
	}
	return e.direct(c, User)
}

// matchRole compares whole ARNs where the role's path is known, else
// partition, account and name (PL-58).
func (e *Entry) matchRole(c *Caller) Kinds {
	if !c.IsRole() {
		return 0
	}
	if c.RolePathKnown {
		if c.RoleARN == e.value {
			return Entity
		}
		return 0
	}
	if c.Account == e.account && c.Partition == e.partition && c.RoleName() == e.name {
		return Entity
	}
	return 0
}

// matchUniqueID: an id that is not the caller's own matches nobody, so that a
// user or role made anew under an old name is not taken for the old one
// (PL-61, PL-62).
func (e *Entry) matchUniqueID(c *Caller) Kinds {
	switch {
	case c.Kind == User && c.UniqueID == e.value:
		return Direct
	case c.IsRole() && c.UniqueID == e.value:
		return Entity
	case c.Kind == FederatedUser && c.Issuer != nil && c.Issuer.Kind == User && c.Issuer.UniqueID == e.value:
		return Entity
	default:
		return 0
	}
}
