package reach

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall/rolecall/arn"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/principal"
	"github.com/rolecall/rolecall/world"
)

// NameError tells that a short name is not the name of one thing.
type NameError struct {
	Name string
	// Kind is what was looked for: "user or role", "role".
	Kind string
	// Candidates are the ARNs that the name could mean; of a name that nothing
	// has, none.
	Candidates []string
	// Suggestion is a name that the unknown one was probably meant to be; it may
	// be empty.
	Suggestion string
	err        error
}

// Error says what is wrong in one line.
func (e *NameError) Error() string {
	name := diag.Clip(e.Name, 200)
	if len(e.Candidates) == 0 {
		return fmt.Sprintf("no %s is named %q", e.Kind, name)
	}
	return fmt.Sprintf("%q is the name of %d things", name, len(e.Candidates))
}

// Unwrap gives [ErrNotRole] or [ErrNotCaller].
func (e *NameError) Unwrap() error { return e.err }

// Role finds a role by its ARN, or by a short name: NAME, or ACCOUNT/NAME with
// the id, name or alias of the account. The error is a [NameError] and wraps
// [ErrNotRole].
func (f *Finder) Role(name string) (*world.Role, error) {
	if strings.HasPrefix(name, "arn:") {
		if r := f.world.Role(name); r != nil && r.ARN() == name {
			return r, nil
		}
		return nil, &NameError{Name: name, Kind: "role", err: ErrNotRole}
	}
	found := f.byName(name, false)
	if len(found) != 1 {
		return nil, f.nameError(name, "role", found, ErrNotRole)
	}
	return f.world.Role(found[0]), nil
}

// Principal finds a user, role, session or another principal by a name as in
// [Question], and gives its ARN, or the name of a service. An OIDC issuer must
// be named by the ARN of its provider. The error is a [NameError] and wraps
// [ErrNotCaller], or tells why the name can be none.
func (f *Finder) Principal(name string) (string, error) {
	if strings.HasPrefix(name, "oidc:") {
		return "", &NameError{Name: name, Kind: "user or role", err: ErrNotCaller}
	}
	c, err := f.caller(name, nil)
	return c.name, err
}

// byName gives the ARNs of the roles, and of the users if wanted, that a short
// name means.
func (f *Finder) byName(name string, users bool) []string {
	account, short, qualified := strings.Cut(name, "/")
	if !qualified {
		account, short = "", name
	}
	var found []string
	for a := range f.world.Accounts() {
		if account != "" && account != a.ID && account != a.Name && account != a.Alias {
			continue
		}
		if u := f.world.UserNamed(a.ID, short); users && u != nil {
			found = append(found, u.ARN())
		}
		if r := f.world.RoleNamed(a.ID, short); r != nil {
			found = append(found, r.ARN())
		}
	}
	return found
}

func (f *Finder) nameError(name, kind string, found []string, err error) error {
	users := errors.Is(err, ErrNotCaller)
	e := &NameError{Name: name, Kind: kind, Candidates: found, err: err}
	if len(found) == 0 {
		var names []string
		for a := range f.world.Accounts() {
			for r := range f.world.Roles(a.ID) {
				names = append(names, r.Name)
			}
			if users {
				for u := range f.world.Users(a.ID) {
					names = append(names, u.Name)
				}
			}
		}
		e.Suggestion, _ = diag.Nearest(name, slices.Compact(slices.Sorted(slices.Values(names))))
	}
	return e
}

// caller reads the principal of a question: the ARN of a user, role, session,
// root user, federated user session or SAML or OIDC provider, a service, an
// OIDC issuer as oidc:HOST, or a short name. role is what it wants to assume,
// in whose account an issuer is looked for.
func (f *Finder) caller(name string, role *world.Role) (caller, error) {
	if host, ok := strings.CutPrefix(name, "oidc:"); ok {
		return f.issuer(strings.TrimPrefix(host, "https://"), role), nil
	}
	if !strings.HasPrefix(name, "arn:") && !strings.Contains(name, ".amazon") && !slices.Contains(builtInIssuers, name) {
		found := f.byName(name, true)
		if len(found) != 1 {
			return caller{}, f.nameError(name, "user or role", found, ErrNotCaller)
		}
		name = found[0]
	}
	parsed, err := principal.ParseCaller(name, true)
	if err != nil {
		return caller{}, err
	}
	c := caller{kind: parsed.Kind, name: name, account: parsed.Account}
	switch {
	case parsed.Kind == principal.IdentityProvider:
		_, c.host, _ = strings.Cut(name, ":oidc-provider/")
		if parsed.Account == "" {
			c.host = name
		}
	case parsed.Kind == principal.Anonymous:
		return caller{}, &NameError{Name: name, Kind: "user or role", err: ErrNotCaller}
	case f.world.Account(parsed.Account) == nil:
	case parsed.Kind == principal.User && f.world.User(name) == nil:
		return caller{}, &NameError{Name: name, Kind: "user", err: ErrNotCaller}
	case parsed.IsRole():
		r := f.world.Role(name)
		if r == nil {
			return caller{}, &NameError{Name: name, Kind: "role", err: ErrNotCaller}
		}
		c.id = r.ID
	}
	return c, nil
}

// builtInIssuers are the OIDC issuers that need no provider of the account
// (PL-50).
var builtInIssuers = []string{"cognito-identity.amazonaws.com", "www.amazon.com", "graph.facebook.com", "accounts.google.com"}

// issuer is the provider of an OIDC issuer in the role's account.
func (f *Finder) issuer(host string, role *world.Role) caller {
	account := arn.AccountOf(role.ARN())
	c := caller{kind: principal.IdentityProvider, host: host, account: account}
	c.name = "arn:" + f.world.Partition() + ":iam::" + account + ":oidc-provider/" + host
	if slices.Contains(builtInIssuers, host) && f.world.OIDCProvider(account, host) == nil {
		c.name, c.account = host, ""
	}
	return c
}
