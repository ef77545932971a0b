package load

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/world"
)

// detailed are the users and roles of authorization details. What these lack a
// world may add: access keys, MFA devices, the maximum duration of sessions.
type detailed struct {
	users []world.User
	roles []world.Role
}

// complete puts the users and roles of authorization details among those of
// the account, with what documents add to them. One that is described in full
// in both stays there twice, which [world.New] refuses.
func (a *account) complete() {
	a.Users = merge(a.detailed.users, a.Users, func(u *world.User) string { return u.Name }, addToUser)
	a.Roles = merge(a.detailed.roles, a.Roles, func(r *world.Role) string { return r.Name }, addToRole)
}

// merge gives a list with those of others that could not be added to one of the
// same name.
func merge[T any](list, others []T, name func(*T) string, add func(of, other *T) bool) []T {
	known := make(map[string]*T, len(list))
	for i := range list {
		known[name(&list[i])] = &list[i]
	}
	kept := others[:0]
	for i := range others {
		other := others[i]
		if of := known[name(&other)]; of == nil || !add(of, &other) {
			kept = append(kept, other)
		}
	}
	return slices.Concat(list, kept)
}

// addToUser adds the keys and devices of a user that says nothing else, and
// reports false for another.
func addToUser(of, u *world.User) bool {
	if !adds(of.Path, of.ID, u.Path, u.ID, u.Permissions) || u.Groups != nil || u.Tags != nil {
		return false
	}
	of.AccessKeys, of.MFADevices = u.AccessKeys, u.MFADevices
	return true
}

// addToRole adds the duration of a role that says nothing else, and reports
// false for another.
func addToRole(of, role *world.Role) bool {
	if !adds(of.Path, of.ID, role.Path, role.ID, role.Permissions) || role.Trust != nil || role.Tags != nil || role.ServiceLinked {
		return false
	}
	of.MaxSessionDuration = role.MaxSessionDuration
	return true
}

// adds tells whether a path, an id and permissions say nothing that the
// details do not say.
func adds(path, id, otherPath, otherID string, p world.Permissions) bool {
	return (otherPath == "" || otherPath == path) && (otherID == "" || otherID == id) &&
		p.Inline == nil && p.Attached == nil && p.Boundary == "" && !p.Partial
}

// newest keeps the newer of two versions of an AWS managed policy that the
// details of several accounts hold.
func (a awsManaged) newest(r *reader, old *found, p world.ManagedPolicy) {
	before, after := inForce(&old.ManagedPolicy), inForce(&p)
	if before == after {
		return
	}
	r.warn(CodeConflict, p.Place, fmt.Sprintf("the policy %s has the version v%d here and v%d elsewhere; the newer is taken",
		diag.Clip(p.ARN, 200), after, before), "the other is at "+old.Place.Position().String())
	if after > before {
		old.ManagedPolicy = p
	}
}

// inForce gives the number of the default version whose document is known, or
// 0.
func inForce(p *world.ManagedPolicy) int {
	for i := range p.Versions {
		if v := &p.Versions[i]; v.Default && v.Document != nil {
			n, _ := strconv.Atoi(strings.TrimPrefix(v.ID, "v"))
			return n
		}
	}
	return 0
}
