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
	users := make(map[string]*world.User, len(a.detailed.users))
	for i := range a.detailed.users {
		users[a.detailed.users[i].Name] = &a.detailed.users[i]
	}
	kept := a.Users[:0]
	for _, u := range a.Users {
		if of := users[u.Name]; of == nil || !addToUser(of, &u) {
			kept = append(kept, u)
		}
	}
	a.Users = slices.Concat(a.detailed.users, kept)
	roles := make(map[string]*world.Role, len(a.detailed.roles))
	for i := range a.detailed.roles {
		roles[a.detailed.roles[i].Name] = &a.detailed.roles[i]
	}
	keptRoles := a.Roles[:0]
	for _, role := range a.Roles {
		if of := roles[role.Name]; of == nil || !addToRole(of, &role) {
			keptRoles = append(keptRoles, role)
		}
	}
	a.Roles = slices.Concat(a.detailed.roles, keptRoles)
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
