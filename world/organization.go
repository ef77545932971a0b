package world

import (
	"slices"

	"github.com/rolecall/rolecall/policy"
)

// OrganizationPolicies are the policies attached to a root, a unit or an
// account.
type OrganizationPolicies struct {
	// SCPs holds the service control policies. Nil means that FullAWSAccess is
	// attached, as AWS does by default; an empty list that nothing is (EV-72).
	SCPs []policy.Policy
	// RCPs holds the resource control policies besides RCPFullAWSAccess, which
	// is always attached (EV-82).
	RCPs []policy.Policy
}

// Organization is an organization of AWS Organizations.
type Organization struct {
	// ID is "o-...".
	ID string
	// ManagementAccount is its account id. SCPs and RCPs do not touch it
	// (EV-46, EV-47).
	ManagementAccount string
	// RootSessions tells that centralized root access is enabled, which
	// sts:AssumeRoot needs.
	RootSessions bool
	Root         Unit
	// DelegatedAdministrators lists, by service principal, the accounts that
	// administer the service for the organization.
	DelegatedAdministrators []DelegatedAdministrator
}

// DelegatedAdministrator is the accounts that administer a service.
type DelegatedAdministrator struct {
	Service  string
	Accounts []string
}

// Unit is an organizational unit, or the root of an organization.
type Unit struct {
	// ID is "r-..." of a root, "ou-..." of a unit.
	ID, Name string
	Attached OrganizationPolicies
	// Accounts are the ids of the accounts right below.
	Accounts []string
	Units    []Unit
	Place    Place
}

// organization is an Organization with what follows from it for each account.
type organization struct {
	Organization
	members map[string]*membership // by account id
}

// membership is what an account has of its organization.
type membership struct {
	// paths is the value of aws:PrincipalOrgPaths and aws:ResourceOrgPaths:
	// "o-.../r-.../ou-.../".
	paths []string
	// scp and rcp are the compiled levels, the root's first and the account's
	// last; nil for the management account.
	scp, rcp []*policy.Set
}

// Organization gives the organization, or nil.
func (w *World) Organization() *Organization {
	if w.org == nil {
		return nil
	}
	return &w.org.Organization
}

// InOrganization tells whether an account belongs to the organization.
func (w *World) InOrganization(accountID string) bool {
	return w.org != nil && w.org.members[accountID] != nil
}

// IsManagementAccount tells whether an account is the management account of
// the organization.
func (w *World) IsManagementAccount(accountID string) bool {
	return w.org != nil && w.org.ManagementAccount == accountID
}

// IsDelegatedAdministrator tells whether an account is registered as delegated
// administrator for a service, such as iam.amazonaws.com.
func (w *World) IsDelegatedAdministrator(service, accountID string) bool {
	if w.org == nil {
		return false
	}
	return slices.ContainsFunc(w.org.DelegatedAdministrators, func(d DelegatedAdministrator) bool {
		return d.Service == service && slices.Contains(d.Accounts, accountID)
	})
}

// OrganizationPath gives the path of an account in the organization, as in
// aws:PrincipalOrgPaths: "o-.../r-.../ou-.../". It is empty for an account
// outside.
func (w *World) OrganizationPath(accountID string) string {
	if m := w.member(accountID); m != nil {
		return m.paths[0]
	}
	return ""
}

// SCPs gives the compiled service control policies over an account, a set a
// level, the root's first; none for the management account and for an account
// outside the organization.
func (w *World) SCPs(accountID string) []*policy.Set {
	if m := w.member(accountID); m != nil {
		return m.scp
	}
	return nil
}

// RCPs gives the compiled resource control policies over an account in the
// same form.
func (w *World) RCPs(accountID string) []*policy.Set {
	if m := w.member(accountID); m != nil {
		return m.rcp
	}
	return nil
}

func (w *World) member(accountID string) *membership {
	if w.org == nil {
		return nil
	}
	return w.org.members[accountID]
}

// level is what is attached to the units above an account.
type level struct {
	path     string
	scp, rcp []*policy.Set
}

// below adds what is attached to a unit or an account.
func (l level) below(id string, attached OrganizationPolicies, s *sets) level {
	scps := attached.SCPs
	if scps == nil {
		scps = []policy.Policy{fullAWSAccess}
	}
	next := level{path: l.path, scp: append(slices.Clip(l.scp), s.of(scps)), rcp: append(slices.Clip(l.rcp), s.of(attached.RCPs))}
	if id != "" {
		next.path += id + "/"
	}
	return next
}

// enroll works out the membership of every account of the organization.
func (o *organization) enroll(accounts map[string]*account, s *sets) {
	o.members = map[string]*membership{}
	o.enrollUnit(&o.Root, level{path: o.ID + "/"}, accounts, s)
	if m := o.members[o.ManagementAccount]; m != nil {
		m.scp, m.rcp = nil, nil
	}
}

func (o *organization) enrollUnit(u *Unit, above level, accounts map[string]*account, s *sets) {
	here := above.below(u.ID, u.Attached, s)
	for _, id := range u.Accounts {
		if a := accounts[id]; a != nil {
			l := here.below("", a.Attached, s)
			o.members[id] = &membership{paths: []string{l.path}, scp: l.scp, rcp: l.rcp}
		}
	}
	for i := range u.Units {
		o.enrollUnit(&u.Units[i], here, accounts, s)
	}
}
