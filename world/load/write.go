package load

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/world"
)

// Write writes a world as one JSON document in the form that this package
// reads: policies in canonical form, what has a name in the order of the names.
// The same world always gives the same text, and reading it gives an equal
// world. The error is that of the stream, or of a world that the form cannot
// express, such as one with two inline policies of a name.
func Write(out io.Writer, w *world.World) error {
	p := printer{out: bufio.NewWriter(out)}
	d := w.Description()
	p.object(func() {
		p.text("partition", w.Partition())
		if d.Organization != nil {
			p.member("organization", func() { p.organization(d.Organization) })
		}
		p.member("accounts", func() {
			p.object(func() {
				for i := range d.Accounts {
					p.member(d.Accounts[i].ID, func() { p.account(&d.Accounts[i]) })
				}
			})
		})
		writeNamed(&p, "awsManagedPolicies", d.AWSManagedPolicies, func(m *world.ManagedPolicy) string { return m.ARN }, func(m *world.ManagedPolicy) {
			p.managedPolicy(&world.ManagedPolicy{ID: m.ID, Versions: m.Versions})
		})
	})
	p.out.WriteByte('\n')
	return errors.Join(p.err, p.out.Flush())
}

func (p *printer) organization(o *world.Organization) {
	p.object(func() {
		p.text("id", o.ID)
		p.text("managementAccount", o.ManagementAccount)
		p.flag("rootSessions", o.RootSessions)
		p.member("root", func() { p.unit(&o.Root) })
		writeNamed(p, "delegatedAdministrators", o.DelegatedAdministrators, func(d *world.DelegatedAdministrator) string { return d.Service },
			func(d *world.DelegatedAdministrator) { p.strings(d.Accounts) })
	})
}

func (p *printer) unit(u *world.Unit) {
	p.object(func() {
		p.text("id", u.ID)
		p.text("name", u.Name)
		p.attached(&u.Attached)
		p.texts("accounts", u.Accounts)
		writeList(p, "units", u.Units, p.unit)
	})
}

// attached writes organization policies. No list means another thing than an
// empty one (EV-72).
func (p *printer) attached(a *world.OrganizationPolicies) {
	p.attachments("serviceControlPolicies", a.SCPs, a.SCPs != nil)
	p.attachments("resourceControlPolicies", a.RCPs, len(a.RCPs) > 0)
}

func (p *printer) attachments(name string, list []policy.Policy, given bool) {
	if !given {
		return
	}
	p.member(name, func() {
		p.array(len(list), func(i int) {
			item := &list[i]
			if item.ARN == "" && (item.Name == "" || item.Name == fmt.Sprintf("%s[%d]", name, i)) {
				p.document(item.Document)
				return
			}
			p.object(func() {
				p.text("name", item.Name)
				p.text("arn", item.ARN)
				p.member("document", func() { p.document(item.Document) })
			})
		})
	})
}

func (p *printer) account(a *world.Account) {
	p.object(func() {
		p.text("name", a.Name)
		p.text("alias", a.Alias)
		p.attached(&a.Attached)
		p.number("globalEndpointTokenVersion", a.GlobalEndpointTokenVersion)
		p.flag("outboundWebIdentityFederation", a.OutboundWebIdentityFederation)
		p.accessKeys("rootAccessKeys", a.RootAccessKeys)
		p.mfaDevices("rootMFADevices", a.RootMFADevices)
		writeNamed(p, "policies", a.Policies, nameOfPolicy, p.managedPolicy)
		writeNamed(p, "groups", a.Groups, func(g *world.Group) string { return g.Name }, p.group)
		writeNamed(p, "users", a.Users, func(u *world.User) string { return u.Name }, p.user)
		writeNamed(p, "roles", a.Roles, func(r *world.Role) string { return r.Name }, p.role)
		writeNamed(p, "oidcProviders", a.OIDCProviders, func(o *world.OIDCProvider) string { return o.Name }, p.oidcProvider)
		writeNamed(p, "samlProviders", a.SAMLProviders, func(s *world.SAMLProvider) string { return s.Name }, p.samlProvider)
		writeList(p, "delegations", a.Delegations, p.delegation)
		p.texts("disabledRegions", a.DisabledRegions)
		writeNamed(p, "resources", a.Resources, func(r *world.Resource) string { return r.ARN }, p.resource)
	})
}

func nameOfPolicy(m *world.ManagedPolicy) string {
	if m.Name != "" {
		return m.Name
	}
	_, name := pathAndName(m.ARN)
	return name
}

func (p *printer) permissions(of *world.Permissions) {
	writeMap(p, "policies", of.Inline, func(inline *policy.Policy) string { return inline.Name }, func(inline *policy.Policy) { p.document(inline.Document) })
	p.texts("attachedPolicies", of.Attached)
	p.text("permissionsBoundary", of.Boundary)
	p.flag("partial", of.Partial)
}

func (p *printer) path(path string) {
	if path != "/" {
		p.text("path", path)
	}
}

func (p *printer) group(g *world.Group) {
	p.object(func() {
		p.path(g.Path)
		p.text("id", g.ID)
		p.permissions(&g.Permissions)
	})
}

func (p *printer) user(u *world.User) {
	p.object(func() {
		p.path(u.Path)
		p.text("id", u.ID)
		p.texts("groups", u.Groups)
		p.permissions(&u.Permissions)
		p.tags(u.Tags)
		p.accessKeys("accessKeys", u.AccessKeys)
		p.mfaDevices("mfaDevices", u.MFADevices)
	})
}

func (p *printer) role(r *world.Role) {
	p.object(func() {
		p.path(r.Path)
		p.text("id", r.ID)
		p.member("trustPolicy", func() { p.document(r.Trust) })
		p.permissions(&r.Permissions)
		if r.MaxSessionDuration != time.Hour {
			p.number("maxSessionDuration", p.seconds(r.MaxSessionDuration))
		}
		p.tags(r.Tags)
		p.flag("serviceLinked", r.ServiceLinked && !strings.HasPrefix(r.Path, "/aws-service-role/"))
	})
}

// managedPolicy writes a policy by its document if there is nothing else to
// say of it. A document that is not known is null.
func (p *printer) managedPolicy(m *world.ManagedPolicy) {
	path := m.Path
	if m.Name == "" && m.ARN != "" {
		path, _ = pathAndName(m.ARN)
	}
	alone := len(m.Versions) == 1 && m.Versions[0].ID == "v1" && m.Versions[0].Default
	if alone && m.ID == "" && (path == "/" || path == "") {
		p.document(m.Document())
		return
	}
	p.object(func() {
		p.path(cmp.Or(path, "/"))
		p.text("id", m.ID)
		if alone {
			p.member("document", func() { p.document(m.Document()) })
			return
		}
		versions := m.Versions
		if len(versions) > 0 && !slices.ContainsFunc(versions, func(v world.PolicyVersion) bool { return v.Default }) {
			versions = append(slices.Clip(versions), world.PolicyVersion{Default: true}) // the one that is not known
		}
		p.member("versions", func() {
			p.array(len(versions), func(i int) { p.version(&versions[i]) })
		})
	})
}

func (p *printer) version(v *world.PolicyVersion) {
	p.object(func() {
		p.text("id", v.ID)
		p.flag("default", v.Default)
		p.member("document", func() { p.document(v.Document) })
	})
}

func (p *printer) accessKeys(name string, keys []world.AccessKey) {
	writeList(p, name, keys, func(k *world.AccessKey) {
		p.object(func() {
			p.text("id", k.ID)
			p.text("secret", k.Secret)
			if k.Inactive {
				p.text("status", "Inactive")
			}
		})
	})
}

func (p *printer) mfaDevices(name string, devices []world.MFADevice) {
	writeList(p, name, devices, func(d *world.MFADevice) {
		p.object(func() {
			p.text("serialNumber", d.SerialNumber)
			p.text("seed", d.Seed)
		})
	})
}

func (p *printer) oidcProvider(o *world.OIDCProvider) {
	p.object(func() {
		p.texts("clientIds", o.ClientIDs)
		p.texts("thumbprints", o.Thumbprints)
		p.text("jwks", o.JWKS)
		p.tags(o.Tags)
	})
}

func (p *printer) samlProvider(s *world.SAMLProvider) {
	p.object(func() {
		p.text("metadata", s.Metadata)
		p.tags(s.Tags)
	})
}

func (p *printer) delegation(d *world.Delegation) {
	p.object(func() {
		p.text("tradeInToken", d.TradeInToken)
		p.text("product", d.Product)
		p.text("delegator", d.Delegator)
		if d.Permissions != nil {
			p.member("permissions", func() { p.document(d.Permissions) })
		}
		p.number("durationSeconds", p.seconds(d.Duration))
		if !d.Expires.IsZero() {
			p.text("expires", d.Expires.UTC().Format(time.RFC3339Nano))
		}
	})
}

func (p *printer) resource(r *world.Resource) {
	p.object(func() {
		if r.Policy != nil {
			p.member("policy", func() { p.document(r.Policy) })
		}
		p.tags(r.Tags)
	})
}
