package scenario

import (
	"fmt"
	"slices"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/world"
)

// site is a place in a world where a policy document is in force.
type site struct {
	owner    string
	name     string
	document *policy.Document
	// dead says why nothing in the world uses the document.
	dead string
	// change puts another document in its place.
	change func(*policy.Document) world.Change
}

// sites gives the documents of a world, without those that are part of the
// program and those of AWS managed policies.
func sites(w *world.World) []site {
	f := finder{world: w, used: map[string]bool{}, members: map[string]bool{}}
	for a := range w.Accounts() {
		f.uses(a)
	}
	if o := w.Organization(); o != nil {
		f.organization(o)
	}
	for a := range w.Accounts() {
		f.account(a)
	}
	return f.list
}

// finder gathers the sites of a world.
type finder struct {
	world *world.World
	list  []site
	// used are the ARNs of managed policies that are attached, members the ARNs
	// of the groups that users are in.
	used, members map[string]bool
}

func (f *finder) uses(a *world.Account) {
	permissions := func(p *world.Permissions) {
		for _, arn := range p.Attached {
			f.used[arn] = true
		}
		f.used[p.Boundary] = true
	}
	groups := map[string]*world.Group{}
	for i := range a.Groups {
		groups[a.Groups[i].Name] = &a.Groups[i]
	}
	for i := range a.Users {
		permissions(&a.Users[i].Permissions)
		for _, name := range a.Users[i].Groups {
			if g := groups[name]; g != nil {
				f.members[g.ARN()] = true
				permissions(&g.Permissions)
			}
		}
	}
	for i := range a.Roles {
		permissions(&a.Roles[i].Permissions)
	}
}

func (f *finder) add(s site) {
	if s.document != nil && s.document.Source != nil {
		f.list = append(f.list, s)
	}
}

func (f *finder) organization(o *world.Organization) {
	f.unit(o, &o.Root, func(o *world.Organization) *world.Unit { return &o.Root })
}

// unit adds the policies of a unit and of those below. find gives the same unit
// of a copy of the organization.
func (f *finder) unit(o *world.Organization, u *world.Unit, find func(*world.Organization) *world.Unit) {
	replaced := func(d *policy.Document, list func(*world.OrganizationPolicies) *[]policy.Policy, i int) world.Change {
		changed := *o
		changed.Root = cloneUnit(o.Root)
		p := list(&find(&changed).Attached)
		*p = slices.Clone(*p)
		(*p)[i].Document = d
		return world.SetOrganization(&changed)
	}
	f.attached(&u.Attached, "unit "+u.ID, replaced)
	for i := range u.Units {
		f.unit(o, &u.Units[i], func(o *world.Organization) *world.Unit { return &find(o).Units[i] })
	}
}

func cloneUnit(u world.Unit) world.Unit {
	u.Units = slices.Clone(u.Units)
	for i := range u.Units {
		u.Units[i] = cloneUnit(u.Units[i])
	}
	return u
}

func scps(p *world.OrganizationPolicies) *[]policy.Policy { return &p.SCPs }
func rcps(p *world.OrganizationPolicies) *[]policy.Policy { return &p.RCPs }

// attached adds the policies of a unit or an account.
func (f *finder) attached(p *world.OrganizationPolicies, owner string, replaced func(*policy.Document, func(*world.OrganizationPolicies) *[]policy.Policy, int) world.Change) {
	for _, list := range []func(*world.OrganizationPolicies) *[]policy.Policy{scps, rcps} {
		for i, each := range *list(p) {
			f.add(site{
				owner: owner, name: each.Name, document: each.Document,
				change: func(d *policy.Document) world.Change { return replaced(d, list, i) },
			})
		}
	}
}

func (f *finder) account(a *world.Account) {
	f.attached(&a.Attached, "account "+a.ID, func(d *policy.Document, list func(*world.OrganizationPolicies) *[]policy.Policy, i int) world.Change {
		changed := *a
		p := list(&changed.Attached)
		*p = slices.Clone(*p)
		(*p)[i].Document = d
		return world.PutAccount(changed)
	})
	for i := range a.Policies {
		f.managed(a, &a.Policies[i])
	}
	for i := range a.Groups {
		g := &a.Groups[i]
		dead := ""
		if !f.members[g.ARN()] {
			dead = "nobody is in the group " + g.Name
		}
		f.inline(&g.Permissions, fmt.Sprintf("group %s of %s", g.Name, a.ID), dead, func(p world.Permissions) world.Change {
			changed := *g
			changed.Permissions = p
			return world.PutGroup(a.ID, changed)
		})
	}
	for i := range a.Users {
		u := &a.Users[i]
		f.inline(&u.Permissions, fmt.Sprintf("user %s of %s", u.Name, a.ID), "", func(p world.Permissions) world.Change {
			changed := *u
			changed.Permissions = p
			return world.PutUser(a.ID, changed)
		})
	}
	for i := range a.Roles {
		f.role(a, &a.Roles[i])
	}
	for i := range a.Resources {
		r := &a.Resources[i]
		f.add(site{owner: r.ARN, name: "resource policy", document: r.Policy, change: func(d *policy.Document) world.Change {
			changed := *r
			changed.Policy = d
			return world.PutResource(a.ID, changed)
		}})
	}
}

func (f *finder) role(a *world.Account, r *world.Role) {
	owner := fmt.Sprintf("role %s of %s", r.Name, a.ID)
	f.add(site{owner: owner, name: "trust policy", document: r.Trust, change: func(d *policy.Document) world.Change {
		changed := *r
		changed.Trust = d
		return world.PutRole(a.ID, changed)
	}})
	f.inline(&r.Permissions, owner, "", func(p world.Permissions) world.Change {
		changed := *r
		changed.Permissions = p
		return world.PutRole(a.ID, changed)
	})
}

func (f *finder) inline(p *world.Permissions, owner, dead string, put func(world.Permissions) world.Change) {
	for i, each := range p.Inline {
		f.add(site{owner: owner, name: each.Name, document: each.Document, dead: dead, change: func(d *policy.Document) world.Change {
			changed := *p
			changed.Inline = slices.Clone(p.Inline)
			changed.Inline[i].Document = d
			return put(changed)
		}})
	}
}

func (f *finder) managed(a *world.Account, m *world.ManagedPolicy) {
	i := slices.IndexFunc(m.Versions, func(v world.PolicyVersion) bool { return v.Default })
	if i < 0 {
		return
	}
	dead := ""
	if !f.used[m.ARN] {
		dead = "the policy is attached to nothing"
	}
	f.add(site{
		owner: "policy " + m.Name + " of " + a.ID, name: m.Name, document: m.Versions[i].Document, dead: dead,
		change: func(d *policy.Document) world.Change {
			changed := *m
			changed.Versions = slices.Clone(m.Versions)
			changed.Versions[i].Document = d
			return world.PutPolicy(a.ID, changed)
		},
	})
}

// statement makes the record of a statement for coverage.
func (s *site) statement(i int) *Statement {
	d := s.document
	st := &d.Statements[i]
	record := &Statement{
		StatementRef: policy.StatementRef{
			Policy: &policy.Policy{Name: s.name, Document: d}, Index: i, Effect: st.Effect, Source: d.Source, Span: st.Span,
		},
		Kind: d.Kind, Owner: s.owner, Dead: s.deadStatement(i),
	}
	if st.Sid != nil {
		record.Sid = st.Sid.Value
	}
	for _, op := range st.Condition {
		for _, k := range op.Keys {
			record.Conditions = append(record.Conditions, Condition{Operator: op.Name.Value, Key: k.Name.Value, Span: conditionSpan(k)})
		}
	}
	return record
}

// conditionSpan gives the place of a key with its values.
func conditionSpan(k policy.ConditionKey) diag.Span {
	span := k.Name.Span
	for _, v := range k.Values {
		span.End = max(span.End, v.Span.End)
	}
	return span
}
