package reach

import (
	"strings"

	"github.com/rolecall/rolecall/principal"
	"github.com/rolecall/rolecall/world"
)

// Reachable is a role that a principal can assume.
type Reachable struct {
	Role *world.Role
	Hop  Hop
}

// WhatCanAssume gives the roles that a principal, named as in [Question], can
// assume with one call, or could, in the order of accounts and names. An OIDC
// issuer must be named by the ARN of its provider.
func (f *Finder) WhatCanAssume(from string, call Call) ([]Reachable, error) {
	if strings.HasPrefix(from, "oidc:") {
		return nil, &NameError{Name: from, Kind: "principal with an ARN", err: ErrNotCaller}
	}
	who, err := f.caller(from, nil)
	if err != nil {
		return nil, err
	}
	var list []Reachable
	h := hop{finder: f, contexts: newContexts(call), from: who}
	for _, role := range f.admitting(who, nil) {
		h.role = role
		result, err := h.decide()
		if err != nil {
			return nil, err
		}
		if result.Verdict != No {
			list = append(list, Reachable{role, result})
		}
	}
	return list, nil
}

// admitting gives the roles that could admit a principal, in the order of
// accounts and names within each way of being named, and each once. target is
// a role that comes first where it is among them, or nil.
func (f *Finder) admitting(from caller, target *world.Role) []*world.Role {
	var roles []*world.Role
	seen := map[*world.Role]bool{}
	add := func(list []*world.Role) {
		for _, r := range list {
			if !seen[r] {
				seen[r] = true
				roles = append(roles, r)
			}
		}
	}
	if target != nil {
		add([]*world.Role{target})
	}
	direct, delegated := f.trustKeysOf(from)
	named, others := f.assumable(from)
	for a := range f.world.Accounts() {
		x := f.index(a.ID)
		for _, key := range direct {
			add(x.admits[key])
		}
		own := a.ID == from.account
		for _, key := range delegated {
			// Only a role that its own account admits by "*" needs nothing of
			// the caller's identity-based policies.
			if others || from.account == "" || own && key == everyone {
				add(x.admits[key])
				continue
			}
			for _, r := range x.admits[key] {
				if named[r.ARN()] {
					add([]*world.Role{r})
				}
			}
		}
	}
	return roles
}

// trustKeysOf gives the keys under which a trust policy may name a caller:
// those that name it or its role, and those that delegate to its account or to
// everybody.
func (f *Finder) trustKeysOf(c caller) (direct, delegated []string) {
	direct = []string{c.name}
	switch c.kind {
	case principal.User:
		if u := f.world.User(c.name); u != nil {
			direct = append(direct, u.ID)
		}
	case principal.Role, principal.RoleSession:
		if r := f.world.Role(c.name); r != nil {
			direct = append(direct, r.ARN(), r.ID)
		}
	}
	if c.account != "" && c.kind != principal.IdentityProvider {
		delegated = append(delegated, accountKey(c.account))
	}
	return direct, append(delegated, everyone)
}

// assumable gives the roles that the identity-based policies of a caller name
// for sts:AssumeRole, and whether they reach others.
func (f *Finder) assumable(c caller) (named map[string]bool, others bool) {
	var roles []string
	switch {
	case f.world.Account(c.account) == nil:
		return nil, true
	case c.kind == principal.User:
		roles, others = f.world.User(c.name).IdentitySet().Grants("sts:AssumeRole")
	case c.kind == principal.Role || c.kind == principal.RoleSession:
		roles, others = f.world.Role(c.name).IdentitySet().Grants("sts:AssumeRole")
	}
	named = make(map[string]bool, len(roles))
	for _, arn := range roles {
		named[arn] = true
	}
	return named, others
}
