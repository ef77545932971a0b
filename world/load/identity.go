package load

import (
	"fmt"
	"strings"
	"time"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/internal/jsonpos"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/world"
)

// permissions are the fields that users, groups and roles share.
func permissions[T any](at func(*T) *world.Permissions) []field[T] {
	return []field[T]{
		{"policies", func(r *reader, m jsonpos.Member, into *T) {
			at(into).Inline = r.policies(m.Value, "policies", policy.Identity)
		}},
		texts("attachedPolicies", func(into *T) *[]string { return &at(into).Attached }),
		boolean("partial", func(into *T) *bool { return &at(into).Partial }),
	}
}

func boundary[T any](at func(*T) *world.Permissions) field[T] {
	return text("permissionsBoundary", func(into *T) *string { return &at(into).Boundary })
}

var groupFields = append([]field[world.Group]{
	text("path", func(g *world.Group) *string { return &g.Path }),
	text("id", func(g *world.Group) *string { return &g.ID }),
}, permissions(func(g *world.Group) *world.Permissions { return &g.Permissions })...)

func (r *reader) groups(v jsonpos.Value, a *account) {
	entries(r, v, "groups", "a group", groupFields, &a.Groups, func(name string, at world.Place) world.Group {
		return world.Group{Name: name, Place: at}
	})
}

var userFields = append([]field[world.User]{
	text("path", func(u *world.User) *string { return &u.Path }),
	text("id", func(u *world.User) *string { return &u.ID }),
	texts("groups", func(u *world.User) *[]string { return &u.Groups }),
	boundary(func(u *world.User) *world.Permissions { return &u.Permissions }),
	tags(func(u *world.User) *[]world.Tag { return &u.Tags }),
	{"accessKeys", func(r *reader, m jsonpos.Member, u *world.User) { u.AccessKeys = r.accessKeys(m.Value, m.Key) }},
	{"mfaDevices", func(r *reader, m jsonpos.Member, u *world.User) { u.MFADevices = r.mfaDevices(m.Value, m.Key) }},
}, permissions(func(u *world.User) *world.Permissions { return &u.Permissions })...)

func (r *reader) users(v jsonpos.Value, a *account) {
	entries(r, v, "users", "a user", userFields, &a.Users, func(name string, at world.Place) world.User {
		return world.User{Name: name, Place: at}
	})
}

var roleFields = append([]field[world.Role]{
	text("path", func(role *world.Role) *string { return &role.Path }),
	text("id", func(role *world.Role) *string { return &role.ID }),
	{"trustPolicy", func(r *reader, m jsonpos.Member, role *world.Role) {
		role.Trust = r.policy(m.Value, m.Key, policy.Trust)
	}},
	boundary(func(role *world.Role) *world.Permissions { return &role.Permissions }),
	{"maxSessionDuration", func(r *reader, m jsonpos.Member, role *world.Role) {
		role.MaxSessionDuration = time.Duration(r.number(m.Value, m.Key, 3600, 43200)) * time.Second
	}},
	tags(func(role *world.Role) *[]world.Tag { return &role.Tags }),
	boolean("serviceLinked", func(role *world.Role) *bool { return &role.ServiceLinked }),
}, permissions(func(role *world.Role) *world.Permissions { return &role.Permissions })...)

func (r *reader) roles(v jsonpos.Value, a *account) {
	entries(r, v, "roles", "a role", roleFields, &a.Roles, func(name string, at world.Place) world.Role {
		return world.Role{Name: name, Place: at}
	})
}

// managed is a managed policy as it is read: its document by itself, or a list
// of versions.
type managed struct {
	*world.ManagedPolicy
	hasDocument, hasVersions bool
}

var managedFields = []field[managed]{
	text("path", func(p *managed) *string { return &p.Path }),
	text("id", func(p *managed) *string { return &p.ID }),
	{"document", func(r *reader, m jsonpos.Member, p *managed) {
		p.hasDocument = true
		p.Versions = append(p.Versions, world.PolicyVersion{ID: "v1", Default: true, Document: r.documentOrNull(m.Value)})
	}},
	{"versions", func(r *reader, m jsonpos.Member, p *managed) {
		p.hasVersions = true
		r.items(m.Value, "versions", maxItems, func(item jsonpos.Value) {
			var version world.PolicyVersion
			object(r, item, "a version", versionFields, &version)
			p.Versions = append(p.Versions, version)
		})
	}},
	{fileKey, func(r *reader, m jsonpos.Member, p *managed) {
		p.hasDocument = true
		p.Versions = append(p.Versions, world.PolicyVersion{
			ID: "v1", Default: true, Document: r.policyFile(m.Value, r.text(m.Value, fileKey), policy.Identity),
		})
	}},
}

var versionFields = []field[world.PolicyVersion]{
	text("id", func(v *world.PolicyVersion) *string { return &v.ID }),
	boolean("default", func(v *world.PolicyVersion) *bool { return &v.Default }),
	{"document", func(r *reader, m jsonpos.Member, v *world.PolicyVersion) { v.Document = r.documentOrNull(m.Value) }},
}

// documentOrNull reads the document of a managed policy. Null means that it is
// not known.
func (r *reader) documentOrNull(v jsonpos.Value) *policy.Document {
	if v.Kind() == jsonpos.Null {
		return nil
	}
	return r.policy(v, "document", policy.Identity)
}

func (r *reader) managedPolicies(v jsonpos.Value, a *account) {
	r.each(v, "policies", func(m jsonpos.Member) {
		p := world.ManagedPolicy{Name: m.Key, Place: r.at(m)}
		r.managedPolicy(m, &p)
		a.Policies = append(a.Policies, p)
	})
}

// managedPolicy reads a managed policy: a policy by itself, or a mapping that
// says more of it.
func (r *reader) managedPolicy(m jsonpos.Member, p *world.ManagedPolicy) {
	if m.Value.Kind() != jsonpos.Object || !wraps(m.Value, managedFields) {
		p.Versions = []world.PolicyVersion{{ID: "v1", Default: true, Document: r.documentOrNull(m.Value)}}
		return
	}
	read := managed{ManagedPolicy: p}
	object(r, m.Value, "a managed policy", managedFields, &read)
	switch {
	case read.hasDocument && read.hasVersions:
		r.refuse(CodeConflict, p.Place, "the policy has both a document and versions", "keep one of them")
	case !read.hasDocument && !read.hasVersions:
		r.refuse(world.CodeMissing, p.Place, "the policy has no document", "write document: null if it is not known")
	case read.hasVersions:
		r.versions(p)
	}
}

// versions checks that one version is in force, or that there are none.
func (r *reader) versions(p *world.ManagedPolicy) {
	inForce := 0
	for _, v := range p.Versions {
		if v.Default {
			inForce++
		}
	}
	if inForce != 1 && len(p.Versions) > 0 {
		r.refuse(world.CodeBadValue, p.Place, fmt.Sprintf("%d versions of the policy are the default", inForce), "one is in force; say default: true there")
	}
}

// pathAndName takes the ARN of a managed policy apart.
func pathAndName(arn string) (path, name string) {
	_, rest, ok := strings.Cut(arn, ":policy/")
	if !ok {
		return "", diag.Clip(arn, 200)
	}
	cut := strings.LastIndexByte(rest, '/') + 1
	return "/" + rest[:cut], rest[cut:]
}
