package load

import (
	"fmt"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/internal/jsonpos"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/world"
)

// common are the fields that everything in the output has.
func common[T any](kind string) []field[detail[T]] {
	return []field[detail[T]]{
		{kind + "Name", func(r *reader, m jsonpos.Member, d *detail[T]) {
			d.name, d.at = r.text(m.Value, m.Key), place(m.Value)
		}},
		text("Path", func(d *detail[T]) *string { return &d.path }),
		text("Arn", func(d *detail[T]) *string { return &d.arn }),
		{"CreateDate", ignored[detail[T]]},
	}
}

// policyLists are the fields for the policies of users, groups and roles.
func policyLists[T any](inline string, at func(*T) *world.Permissions) []field[detail[T]] {
	return []field[detail[T]]{
		{inline, func(r *reader, m jsonpos.Member, d *detail[T]) {
			list := &at(&d.value).Inline
			r.items(m.Value, m.Key, maxItems, func(item jsonpos.Value) {
				var p policy.Policy
				object(r, item, "an inline policy", inlineFields, &p)
				if p.Document == nil {
					r.refuse(world.CodeMissing, place(item), "the policy has no PolicyDocument", "")
					return
				}
				*list = append(*list, p)
			})
		}},
		{"AttachedManagedPolicies", func(r *reader, m jsonpos.Member, d *detail[T]) {
			list := &at(&d.value).Attached
			r.items(m.Value, m.Key, maxItems, func(item jsonpos.Value) {
				var arn string
				object(r, item, "an attached policy", attachedFields, &arn)
				*list = append(*list, arn)
			})
		}},
	}
}

// boundaryAndTags are the fields that users and roles have and groups do not.
func boundaryAndTags[T any](at func(*T) (*world.Permissions, *[]world.Tag)) []field[detail[T]] {
	return []field[detail[T]]{
		{"PermissionsBoundary", func(r *reader, m jsonpos.Member, d *detail[T]) {
			permissions, _ := at(&d.value)
			object(r, m.Value, "a permissions boundary", boundaryFields, &permissions.Boundary)
		}},
		{"Tags", func(r *reader, m jsonpos.Member, d *detail[T]) {
			_, tags := at(&d.value)
			r.items(m.Value, m.Key, maxItems, func(item jsonpos.Value) {
				var t world.Tag
				object(r, item, "a tag", tagFields, &t)
				*tags = append(*tags, t)
			})
		}},
	}
}

var inlineFields = []field[policy.Policy]{
	text("PolicyName", func(p *policy.Policy) *string { return &p.Name }),
	{"PolicyDocument", func(r *reader, m jsonpos.Member, p *policy.Policy) {
		p.Document = r.policy(m.Value, m.Key, policy.Identity)
	}},
}

var attachedFields = []field[string]{
	text("PolicyArn", func(arn *string) *string { return arn }),
	{"PolicyName", ignored[string]},
}

var boundaryFields = []field[string]{
	text("PermissionsBoundaryArn", func(arn *string) *string { return arn }),
	{"PermissionsBoundaryType", ignored[string]},
}

var tagFields = []field[world.Tag]{
	text("Key", func(t *world.Tag) *string { return &t.Key }),
	text("Value", func(t *world.Tag) *string { return &t.Value }),
}

var userDetails = join(
	common[world.User]("User"),
	[]field[detail[world.User]]{
		text("UserId", func(d *detail[world.User]) *string { return &d.value.ID }),
		texts("GroupList", func(d *detail[world.User]) *[]string { return &d.value.Groups }),
	},
	policyLists("UserPolicyList", func(u *world.User) *world.Permissions { return &u.Permissions }),
	boundaryAndTags(func(u *world.User) (*world.Permissions, *[]world.Tag) { return &u.Permissions, &u.Tags }),
)

var groupDetails = join(
	common[world.Group]("Group"),
	[]field[detail[world.Group]]{text("GroupId", func(d *detail[world.Group]) *string { return &d.value.ID })},
	policyLists("GroupPolicyList", func(g *world.Group) *world.Permissions { return &g.Permissions }),
)

// roleDetails lack the maximum duration of sessions, which the output does not
// hold; it is then an hour.
var roleDetails = join(
	common[world.Role]("Role"),
	[]field[detail[world.Role]]{
		text("RoleId", func(d *detail[world.Role]) *string { return &d.value.ID }),
		{"AssumeRolePolicyDocument", func(r *reader, m jsonpos.Member, d *detail[world.Role]) {
			d.value.Trust = r.policy(m.Value, m.Key, policy.Trust)
		}},
		{"InstanceProfileList", ignored[detail[world.Role]]},
		{"RoleLastUsed", ignored[detail[world.Role]]},
	},
	policyLists("RolePolicyList", func(role *world.Role) *world.Permissions { return &role.Permissions }),
	boundaryAndTags(func(role *world.Role) (*world.Permissions, *[]world.Tag) { return &role.Permissions, &role.Tags }),
)

var policyDetails = join(
	common[world.ManagedPolicy]("Policy"),
	[]field[detail[world.ManagedPolicy]]{
		text("PolicyId", func(d *detail[world.ManagedPolicy]) *string { return &d.value.ID }),
		text("DefaultVersionId", func(d *detail[world.ManagedPolicy]) *string { return &d.defaultVersion }),
		{"PolicyVersionList", func(r *reader, m jsonpos.Member, d *detail[world.ManagedPolicy]) {
			r.items(m.Value, m.Key, maxItems, func(item jsonpos.Value) {
				var v world.PolicyVersion
				object(r, item, "a version", versionDetails, &v)
				d.value.Versions = append(d.value.Versions, v)
			})
		}},
		{"AttachmentCount", ignored[detail[world.ManagedPolicy]]},
		{"PermissionsBoundaryUsageCount", ignored[detail[world.ManagedPolicy]]},
		{"IsAttachable", ignored[detail[world.ManagedPolicy]]},
		{"Description", ignored[detail[world.ManagedPolicy]]},
		{"UpdateDate", ignored[detail[world.ManagedPolicy]]},
	},
)

var versionDetails = []field[world.PolicyVersion]{
	text("VersionId", func(v *world.PolicyVersion) *string { return &v.ID }),
	boolean("IsDefaultVersion", func(v *world.PolicyVersion) *bool { return &v.Default }),
	{"Document", func(r *reader, m jsonpos.Member, v *world.PolicyVersion) {
		v.Document = r.policy(m.Value, m.Key, policy.Identity)
	}},
	{"CreateDate", ignored[world.PolicyVersion]},
}

func join[T any](lists ...[]field[T]) []field[T] {
	var all []field[T]
	for _, list := range lists {
		all = append(all, list...)
	}
	return all
}

func (r *reader) addUser(a *account, d *detail[world.User]) {
	d.value.Name, d.value.Path, d.value.Place, d.value.Partial = d.name, d.path, d.at, true
	a.detailed.users = append(a.detailed.users, d.value)
}

func (r *reader) addGroup(a *account, d *detail[world.Group]) {
	d.value.Name, d.value.Path, d.value.Place, d.value.Partial = d.name, d.path, d.at, true
	a.Groups = append(a.Groups, d.value)
}

func (r *reader) addRole(a *account, d *detail[world.Role]) {
	d.value.Name, d.value.Path, d.value.Place, d.value.Partial = d.name, d.path, d.at, true
	a.detailed.roles = append(a.detailed.roles, d.value)
}

func (r *reader) addPolicy(a *account, d *detail[world.ManagedPolicy]) {
	p := d.value
	p.Name, p.Path, p.Place = d.name, d.path, d.at
	known := false
	for i := range p.Versions {
		v := &p.Versions[i]
		switch chosen := d.defaultVersion == "" && v.Default || v.ID == d.defaultVersion; {
		case v.Default && !chosen:
			r.refuse(CodeConflict, d.at, fmt.Sprintf("the policy has the default version %q, and %q says that it is", diag.Clip(d.defaultVersion, 20), diag.Clip(v.ID, 20)), "")
		default:
			v.Default = chosen
			known = known || chosen
		}
	}
	if !known {
		p.Versions = append(p.Versions, world.PolicyVersion{ID: d.defaultVersion, Default: true})
	}
	if a != nil {
		a.Policies = append(a.Policies, p)
		return
	}
	p.ARN = d.arn
	r.awsManaged.put(r, p, fromDetails)
}
