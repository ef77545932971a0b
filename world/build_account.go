package world

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/rolecall/rolecall/arn"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
)

var (
	// IAM API reference, CreateUser: UserName and Path.
	namePattern = regexp.MustCompile(`^[\w+=,.@-]{1,128}$`)
	pathPattern = regexp.MustCompile(`^/([!-~]{1,510}/)?$`)
)

// account takes up an account and all that is in it.
func (b *builder) account(described *Account) {
	w := b.world
	if !arn.IsAccountID(described.ID) {
		b.refuse(CodeBadName, described.Place, fmt.Sprintf("%q is not an account id", diag.Clip(described.ID, 100)),
			"it is 12 digits; in YAML put it in quotation marks")
		return
	}
	if old := w.accounts[described.ID]; old != nil {
		b.twice(described.Place, old.Place, "the account "+described.ID)
		return
	}
	if old := b.reuse[described.ID]; old != nil {
		w.accounts[described.ID] = old
		b.takeKeys(old)
		return
	}
	a := &account{
		Account: *described, arnPrefix: "arn:" + w.partition + ":iam::" + described.ID + ":",
		users: make(map[string]*User, len(described.Users)), groups: make(map[string]*Group, len(described.Groups)),
		roles: make(map[string]*Role, len(described.Roles)), policies: make(map[string]*ManagedPolicy, len(described.Policies)),
		oidc: map[string]*OIDCProvider{}, saml: map[string]*SAMLProvider{},
		resources: make(map[string]*Resource, len(described.Resources)), policyOf: map[string]*policy.Set{},
		uniqueIDs: map[string]string{},
	}
	a.own()
	w.accounts[a.ID] = a
	b.managed(a)
	b.groups(a)
	b.users(a)
	b.roles(a)
	b.providers(a)
	b.resources(a)
	b.takeKeys(a)
}

// own gives the account lists of its own, since what is built is written into
// them and the ones described may be those of another world.
func (a *account) own() {
	a.Policies, a.Groups = slices.Clone(a.Policies), slices.Clone(a.Groups)
	a.Users, a.Roles = slices.Clone(a.Users), slices.Clone(a.Roles)
	a.OIDCProviders, a.SAMLProviders = slices.Clone(a.OIDCProviders), slices.Clone(a.SAMLProviders)
	a.Resources = slices.Clone(a.Resources)
}

// identity checks the name and path of an identity and gives its ARN.
func (b *builder) identity(a *account, kind, name string, path *string, at Place) (arn string, ok bool) {
	*path = cmp.Or(*path, "/")
	switch {
	case b.errors > maxProblems:
		return "", false // nobody would read more of them
	case !namePattern.MatchString(name):
		b.refuse(CodeBadName, at, fmt.Sprintf("%q is not a name for a %s", diag.Clip(name, 100), kind), "use letters, digits and +=,.@_-")
		return "", false
	case !pathPattern.MatchString(*path):
		b.refuse(CodeBadName, at, fmt.Sprintf("%q is not a path", diag.Clip(*path, 100)), `a path begins and ends with a slash, as "/" and "/ci/" do`)
		return "", false
	}
	return a.arnPrefix + kind + *path + name, true
}

func (b *builder) managed(a *account) {
	for i := range a.Policies {
		p := &a.Policies[i]
		if p.ARN == "" {
			made, ok := b.identity(a, "policy", p.Name, &p.Path, p.Place)
			if !ok {
				continue
			}
			p.ARN = made
		}
		if old := a.policies[p.ARN]; old != nil {
			b.twice(p.Place, old.Place, "the policy "+p.ARN)
		}
		a.policies[p.ARN] = p
	}
}

func (b *builder) groups(a *account) {
	for i := range a.Groups {
		g := &a.Groups[i]
		var ok bool
		if g.arn, ok = b.identity(a, "group", g.Name, &g.Path, g.Place); !ok {
			continue
		}
		if old := a.groups[g.Name]; old != nil {
			b.twice(g.Place, old.Place, "the group "+g.arn)
		}
		a.groups[g.Name] = g
		if g.ID == "" {
			g.ID = uniqueID("AGPA", a.ID, g.arn)
		}
		b.policiesOf(a, &g.Permissions, g.Place, g.arn)
	}
}

func (b *builder) users(a *account) {
	for i := range a.Users {
		u := &a.Users[i]
		var ok bool
		if u.arn, ok = b.identity(a, "user", u.Name, &u.Path, u.Place); !ok {
			continue
		}
		if old := a.users[u.Name]; old != nil {
			b.twice(u.Place, old.Place, "the user "+u.arn)
		}
		a.users[u.Name] = u
		if u.ID == "" {
			u.ID = uniqueID("AIDA", a.ID, u.arn)
		}
		b.id(a, u.ID, u.arn, u.Place)
		policies, unknown := b.policiesOf(a, &u.Permissions, u.Place, u.arn)
		for _, name := range u.Groups {
			g := a.groups[name]
			if g == nil && u.Partial {
				arn := a.arnPrefix + "group/" + name
				b.warnUnknown(u.Place, "the group", arn)
				policies, unknown = append(policies, b.unknown(arn)), append(unknown, arn)
				continue
			}
			if g == nil {
				b.refuse(CodeDangling, u.Place, fmt.Sprintf("user %s is in the group %q, which the account does not have", u.Name, diag.Clip(name, 100)),
					didYouMean(b, name, a.groups, "describe it under groups"))
				continue
			}
			more, missing := b.resolve(a, &g.Permissions)
			policies, unknown = append(policies, more...), append(unknown, missing...)
		}
		u.effective = b.effective(a, policies, unknown, &u.Permissions)
	}
}

func (b *builder) roles(a *account) {
	for i := range a.Roles {
		r := &a.Roles[i]
		var ok bool
		if r.arn, ok = b.identity(a, "role", r.Name, &r.Path, r.Place); !ok {
			continue
		}
		if old := a.roles[r.Name]; old != nil {
			b.twice(r.Place, old.Place, "the role "+r.arn)
		}
		a.roles[r.Name] = r
		if r.ID == "" {
			r.ID = uniqueID("AROA", a.ID, r.arn)
		}
		b.id(a, r.ID, r.arn, r.Place)
		r.ServiceLinked = r.ServiceLinked || strings.HasPrefix(r.Path, "/aws-service-role/")
		r.MaxSessionDuration = cmp.Or(r.MaxSessionDuration, time.Hour)
		if r.MaxSessionDuration < time.Hour || r.MaxSessionDuration > 12*time.Hour {
			b.refuse(CodeBadValue, r.Place, fmt.Sprintf("role %s has a maxSessionDuration of %d seconds", r.Name, int(r.MaxSessionDuration.Seconds())),
				"it is 3600 to 43200 seconds")
		}
		if r.Trust == nil {
			b.refuse(CodeMissing, r.Place, fmt.Sprintf("role %s has no trust policy", r.Name), "give it a trustPolicy; every role has one")
			continue
		}
		if r.Boundary != "" && r.ServiceLinked {
			b.refuse(CodeBadValue, r.Place, fmt.Sprintf("role %s is linked to a service and cannot have a permissions boundary", r.Name), "")
		}
		r.trust = b.world.sets.of([]policy.Policy{{Name: "trust policy", Document: r.Trust}})
		policies, unknown := b.policiesOf(a, &r.Permissions, r.Place, r.arn)
		r.effective = b.effective(a, policies, unknown, &r.Permissions)
	}
}

// id takes up the unique id of a user or role.
func (b *builder) id(a *account, id, arn string, at Place) {
	if other, used := a.uniqueIDs[id]; used && other != arn {
		b.refuse(CodeDuplicate, at, fmt.Sprintf("%s and %s have the same unique id %s", other, arn, id), "")
	}
	a.uniqueIDs[id] = arn
}

func (b *builder) providers(a *account) {
	for i := range a.OIDCProviders {
		p := &a.OIDCProviders[i]
		if p.Name == "" || strings.Contains(p.Name, "://") {
			b.refuse(CodeBadName, p.Place, fmt.Sprintf("%q is not the name of an OIDC provider", diag.Clip(p.Name, 200)), "write the issuer's URL without https://")
		}
		if old := a.oidc[p.Name]; old != nil {
			b.twice(p.Place, old.Place, "the OIDC provider "+p.Name)
		}
		a.oidc[p.Name] = p
	}
	for i := range a.SAMLProviders {
		p := &a.SAMLProviders[i]
		if !namePattern.MatchString(p.Name) {
			b.refuse(CodeBadName, p.Place, fmt.Sprintf("%q is not the name of a SAML provider", diag.Clip(p.Name, 200)), "use letters, digits and ._-")
		}
		if old := a.saml[p.Name]; old != nil {
			b.twice(p.Place, old.Place, "the SAML provider "+p.Name)
		}
		a.saml[p.Name] = p
	}
}

func (b *builder) resources(a *account) {
	for i := range a.Resources {
		r := &a.Resources[i]
		if _, err := arn.Parse(r.ARN); err != nil {
			b.refuse(CodeBadName, r.Place, err.Error(), "a resource is named by its ARN")
			continue
		}
		if old := a.resources[r.ARN]; old != nil {
			b.twice(r.Place, old.Place, "the resource "+r.ARN)
		}
		a.resources[r.ARN] = r
		if r.Policy != nil {
			a.policyOf[r.ARN] = b.world.sets.of([]policy.Policy{{Name: "resource policy", Document: r.Policy}})
		}
	}
}
