package load

import (
	"fmt"
	"maps"
	"slices"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/internal/jsonpos"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/world"
)

var documentFields = []field[loader]{
	{"partition", func(r *reader, m jsonpos.Member, l *loader) {
		if r.first(l.given, m, "the world") {
			l.partition = r.text(m.Value, "partition")
		}
	}},
	{"organization", func(r *reader, m jsonpos.Member, l *loader) {
		if m.Value.Kind() != jsonpos.Null && r.first(l.given, m, "the world") {
			l.organization = r.readOrganization(m)
		}
	}},
	{"accounts", func(r *reader, m jsonpos.Member, _ *loader) {
		r.each(m.Value, "accounts", r.account)
	}},
	{"awsManagedPolicies", func(r *reader, m jsonpos.Member, l *loader) {
		r.each(m.Value, "awsManagedPolicies", func(m jsonpos.Member) {
			p := world.ManagedPolicy{ARN: m.Key, Place: r.at(m)}
			p.Path, p.Name = pathAndName(m.Key)
			r.managedPolicy(m, &p)
			l.awsManaged.put(r, p, fromWorld)
		})
	}},
}

// document reads a world, or the part of one that a document holds.
func (r *reader) document(v jsonpos.Value) {
	if v.Kind() == jsonpos.Null {
		r.wrongType(v, "a world", "a mapping")
		return
	}
	object(r, v, "a world", documentFields, r.loader)
}

// first tells whether a member has its meaning for the first time. Said again
// in another document it must be the same.
func (r *reader) first(g given, m jsonpos.Member, of string) bool {
	before, again := g[m.Key]
	if !again {
		before.at, before.raw = r.at(m), m.Value.Raw()
		g[m.Key] = before
		return true
	}
	if before.raw != m.Value.Raw() {
		r.refuse(CodeConflict, r.at(m), fmt.Sprintf("%s of %s is given twice", m.Key, of), "the other is at "+before.at.Position().String())
	}
	return false
}

var organizationFields = []field[world.Organization]{
	text("id", func(o *world.Organization) *string { return &o.ID }),
	text("managementAccount", func(o *world.Organization) *string { return &o.ManagementAccount }),
	boolean("rootSessions", func(o *world.Organization) *bool { return &o.RootSessions }),
	{"root", func(r *reader, m jsonpos.Member, o *world.Organization) {
		o.Root = r.unit(m.Value, "the root", r.at(m))
	}},
	{"delegatedAdministrators", func(r *reader, m jsonpos.Member, o *world.Organization) {
		r.each(m.Value, "delegatedAdministrators", func(m jsonpos.Member) {
			o.DelegatedAdministrators = append(o.DelegatedAdministrators,
				world.DelegatedAdministrator{Service: m.Key, Accounts: r.texts(m.Value, m.Key, maxItems)})
		})
	}},
}

func (r *reader) readOrganization(m jsonpos.Member) *world.Organization {
	o := &world.Organization{Root: world.Unit{Place: r.at(m)}}
	object(r, m.Value, "an organization", organizationFields, o)
	return o
}

// unitFields are those of a unit but units, which a unit reads by itself.
var unitFields = []field[world.Unit]{
	text("id", func(u *world.Unit) *string { return &u.ID }),
	text("name", func(u *world.Unit) *string { return &u.Name }),
	serviceControlPolicies(func(u *world.Unit) *world.OrganizationPolicies { return &u.Attached }),
	resourceControlPolicies(func(u *world.Unit) *world.OrganizationPolicies { return &u.Attached }),
	{"accounts", func(r *reader, m jsonpos.Member, u *world.Unit) { u.Accounts = r.texts(m.Value, m.Key, maxAccounts) }},
	{"units", func(*reader, jsonpos.Member, *world.Unit) {}},
}

func (r *reader) unit(v jsonpos.Value, what string, at world.Place) world.Unit {
	u := world.Unit{Place: at}
	object(r, v, what, unitFields, &u)
	for m := range v.Members() {
		if m.Key == "units" && !m.Duplicate {
			r.items(m.Value, "units", maxItems, func(item jsonpos.Value) {
				u.Units = append(u.Units, r.unit(item, "a unit", place(item)))
			})
		}
	}
	return u
}

func serviceControlPolicies[T any](at func(*T) *world.OrganizationPolicies) field[T] {
	const name = "serviceControlPolicies"
	return field[T]{name, func(r *reader, m jsonpos.Member, into *T) {
		at(into).SCPs = r.organizationPolicies(m.Value, name, policy.SCP)
	}}
}

func resourceControlPolicies[T any](at func(*T) *world.OrganizationPolicies) field[T] {
	const name = "resourceControlPolicies"
	return field[T]{name, func(r *reader, m jsonpos.Member, into *T) {
		at(into).RCPs = r.organizationPolicies(m.Value, name, policy.RCP)
	}}
}

// awsManaged gathers the AWS managed policies by ARN.
type awsManaged map[string]*found

type found struct {
	world.ManagedPolicy
	from origin
}

// origin is the kind of document that a policy comes from.
type origin uint8

const (
	fromDetails origin = iota + 1
	fromWorld
)

// put adds a policy. What a world says wins over authorization details; of
// those, which every account has of its own, the newest version does.
func (a awsManaged) put(r *reader, p world.ManagedPolicy, from origin) {
	old := a[p.ARN]
	switch {
	case old == nil || from > old.from:
		a[p.ARN] = &found{p, from}
	case from < old.from:
	case from == fromWorld:
		r.refuse(world.CodeDuplicate, p.Place, fmt.Sprintf("the policy %s is described twice", diag.Clip(p.ARN, 200)),
			"the other is at "+old.Place.Position().String())
	default:
		a.newest(r, old, p)
	}
}

func (a awsManaged) list() []world.ManagedPolicy {
	var list []world.ManagedPolicy
	for _, arn := range slices.Sorted(maps.Keys(a)) {
		list = append(list, a[arn].ManagedPolicy)
	}
	return list
}
