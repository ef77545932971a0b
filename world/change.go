package world

import (
	"fmt"
	"slices"

	"github.com/rolecall/rolecall/diag"
)

// Change is one change of a world, for [World.With].
type Change struct {
	account string
	apply   func(*Description, *Account) error
}

// With gives the world with some changes made, one after the other; it shares
// with this world all that did not change. The list holds all problems of the
// changed world; with an error among them the result is nil.
func (w *World) With(changes ...Change) (*World, diag.List) {
	d := w.description()
	touched := map[string]bool{}
	for _, c := range changes {
		a := d.find(c.account, touched)
		if err := c.apply(&d, a); err != nil {
			return nil, diag.List{{Severity: diag.Error, Code: CodeDangling, Summary: err.Error()}}
		}
	}
	b := builder{
		world: &World{
			partition: w.partition, accounts: make(map[string]*account, len(w.accounts)),
			keys: make(map[string]KeyOwner, len(w.keys)), sets: newSets(w.sets),
		},
		reuse: make(map[string]*account, len(w.accounts)),
	}
	for id, a := range w.accounts {
		if !touched[id] && !touched[""] {
			b.reuse[id] = a
		}
	}
	b.build(&d)
	if b.problems.HasErrors() {
		b.problems.Sort()
		return nil, b.problems
	}
	return b.world, b.problems
}

// description gives what the world was made of.
func (w *World) description() Description {
	d := Description{Partition: w.partition}
	if w.org != nil {
		d.Organization = &w.org.Organization
	}
	for a := range w.Accounts() {
		d.Accounts = append(d.Accounts, *a)
	}
	for p := range w.AWSManagedPolicies() {
		d.AWSManagedPolicies = append(d.AWSManagedPolicies, *p)
	}
	return d
}

// Description gives what the world holds, to be written or changed. Its slices
// are the world's and must not be changed.
func (w *World) Description() Description { return w.description() }

// find gives the account that a change is about, with lists of its own so
// that the world they come from stays as it is.
func (d *Description) find(id string, touched map[string]bool) *Account {
	i := slices.IndexFunc(d.Accounts, func(a Account) bool { return a.ID == id })
	if i < 0 {
		return nil
	}
	a := &d.Accounts[i]
	if !touched[id] {
		touched[id] = true
		a.Policies, a.Groups = slices.Clone(a.Policies), slices.Clone(a.Groups)
		a.Users, a.Roles = slices.Clone(a.Users), slices.Clone(a.Roles)
		a.OIDCProviders, a.SAMLProviders = slices.Clone(a.OIDCProviders), slices.Clone(a.SAMLProviders)
		a.Resources = slices.Clone(a.Resources)
	}
	return a
}

// inAccount makes the change of something in an account of the world.
func inAccount(id string, apply func(*Account) error) Change {
	return Change{account: id, apply: func(_ *Description, a *Account) error {
		if a == nil {
			return fmt.Errorf("the world has no account %q to change", diag.Clip(id, 100))
		}
		return apply(a)
	}}
}

// put replaces the element that same finds, or adds one.
func put[T any](list *[]T, value T, same func(T) bool) error {
	if i := slices.IndexFunc(*list, same); i >= 0 {
		(*list)[i] = value
		return nil
	}
	*list = append(*list, value)
	return nil
}

// remove removes the element that same finds.
func remove[T any](list *[]T, what string, same func(T) bool) error {
	i := slices.IndexFunc(*list, same)
	if i < 0 {
		return fmt.Errorf("the world has no %s to remove", what)
	}
	*list = slices.Delete(*list, i, i+1)
	return nil
}

// PutAccount adds an account, or replaces the one of that id.
func PutAccount(value Account) Change {
	return Change{account: value.ID, apply: func(d *Description, _ *Account) error {
		return put(&d.Accounts, value, func(a Account) bool { return a.ID == value.ID })
	}}
}

// PutRole adds a role to an account, or replaces the one of that name.
func PutRole(accountID string, value Role) Change {
	return inAccount(accountID, func(a *Account) error {
		return put(&a.Roles, value, func(r Role) bool { return r.Name == value.Name })
	})
}

// RemoveRole removes a role from an account.
func RemoveRole(accountID, name string) Change {
	return inAccount(accountID, func(a *Account) error {
		return remove(&a.Roles, "role "+name, func(r Role) bool { return r.Name == name })
	})
}

// PutUser adds a user to an account, or replaces the one of that name.
func PutUser(accountID string, value User) Change {
	return inAccount(accountID, func(a *Account) error {
		return put(&a.Users, value, func(u User) bool { return u.Name == value.Name })
	})
}

// RemoveUser removes a user from an account.
func RemoveUser(accountID, name string) Change {
	return inAccount(accountID, func(a *Account) error {
		return remove(&a.Users, "user "+name, func(u User) bool { return u.Name == name })
	})
}

// PutGroup adds a group to an account, or replaces the one of that name.
func PutGroup(accountID string, value Group) Change {
	return inAccount(accountID, func(a *Account) error {
		return put(&a.Groups, value, func(g Group) bool { return g.Name == value.Name })
	})
}

// PutPolicy adds a customer managed policy to an account, or replaces the one
// of that name.
func PutPolicy(accountID string, value ManagedPolicy) Change {
	return inAccount(accountID, func(a *Account) error {
		return put(&a.Policies, value, func(p ManagedPolicy) bool { return p.Name == value.Name })
	})
}

// PutResource adds a resource to an account, or replaces the one of that ARN.
func PutResource(accountID string, value Resource) Change {
	return inAccount(accountID, func(a *Account) error {
		return put(&a.Resources, value, func(r Resource) bool { return r.ARN == value.ARN })
	})
}

// SetOrganization replaces the organization; nil removes it.
func SetOrganization(value *Organization) Change {
	return Change{apply: func(d *Description, _ *Account) error {
		d.Organization = value
		return nil
	}}
}

// PutOIDCProvider adds an OIDC provider to an account, or replaces the one of
// that name.
func PutOIDCProvider(accountID string, value OIDCProvider) Change {
	return inAccount(accountID, func(a *Account) error {
		return put(&a.OIDCProviders, value, func(p OIDCProvider) bool { return p.Name == value.Name })
	})
}

// PutSAMLProvider adds a SAML provider to an account, or replaces the one of
// that name.
func PutSAMLProvider(accountID string, value SAMLProvider) Change {
	return inAccount(accountID, func(a *Account) error {
		return put(&a.SAMLProviders, value, func(p SAMLProvider) bool { return p.Name == value.Name })
	})
}
