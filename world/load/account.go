package load

import (
	"encoding/base32"
	"fmt"
	"strings"
	"time"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/internal/jsonpos"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/world"
)

// account is an account as far as it was read. Several documents may add to
// it.
type account struct {
	world.Account
	given    given
	detailed detailed
}

var accountFields = []field[account]{
	once(text("name", func(a *account) *string { return &a.Name })),
	once(text("alias", func(a *account) *string { return &a.Alias })),
	once(serviceControlPolicies(func(a *account) *world.OrganizationPolicies { return &a.Attached })),
	once(resourceControlPolicies(func(a *account) *world.OrganizationPolicies { return &a.Attached })),
	once(field[account]{"globalEndpointTokenVersion", func(r *reader, m jsonpos.Member, a *account) {
		a.GlobalEndpointTokenVersion = r.number(m.Value, m.Key, 1, 2)
	}}),
	once(boolean("outboundWebIdentityFederation", func(a *account) *bool { return &a.OutboundWebIdentityFederation })),
	{"rootAccessKeys", func(r *reader, m jsonpos.Member, a *account) {
		a.RootAccessKeys = append(a.RootAccessKeys, r.accessKeys(m.Value, m.Key)...)
	}},
	{"rootMFADevices", func(r *reader, m jsonpos.Member, a *account) {
		a.RootMFADevices = append(a.RootMFADevices, r.mfaDevices(m.Value, m.Key)...)
	}},
	{"authorizationDetails", func(r *reader, m jsonpos.Member, a *account) { r.detailsOf(m.Value, a) }},
	{"policies", func(r *reader, m jsonpos.Member, a *account) { r.managedPolicies(m.Value, a) }},
	{"groups", func(r *reader, m jsonpos.Member, a *account) { r.groups(m.Value, a) }},
	{"users", func(r *reader, m jsonpos.Member, a *account) { r.users(m.Value, a) }},
	{"roles", func(r *reader, m jsonpos.Member, a *account) { r.roles(m.Value, a) }},
	{"oidcProviders", func(r *reader, m jsonpos.Member, a *account) { r.oidcProviders(m.Value, a) }},
	{"samlProviders", func(r *reader, m jsonpos.Member, a *account) { r.samlProviders(m.Value, a) }},
	{"delegations", func(r *reader, m jsonpos.Member, a *account) { r.delegations(m.Value, a) }},
	{"disabledRegions", func(r *reader, m jsonpos.Member, a *account) {
		a.DisabledRegions = append(a.DisabledRegions, r.texts(m.Value, m.Key, maxItems)...)
	}},
	{"resources", func(r *reader, m jsonpos.Member, a *account) { r.resources(m.Value, a) }},
}

// once makes a field that several documents may only give alike.
func once(f field[account]) field[account] {
	return field[account]{f.name, func(r *reader, m jsonpos.Member, a *account) {
		if r.first(a.given, m, "account "+diag.Clip(a.ID, 100)) {
			f.read(r, m, a)
		}
	}}
}

// account reads what a document says of an account.
func (r *reader) account(m jsonpos.Member) {
	object(r, m.Value, "an account", accountFields, r.accountOf(m.Key, r.at(m)))
}

// accountOf gives an account that was read before, or begins a new one.
func (l *loader) accountOf(id string, at world.Place) *account {
	a := l.accounts[id]
	if a == nil {
		a = &account{Account: world.Account{ID: id, Place: at}, given: given{}}
		l.accounts[id] = a
		l.order = append(l.order, id)
	}
	return a
}

var accessKeyFields = []field[world.AccessKey]{
	text("id", func(k *world.AccessKey) *string { return &k.ID }),
	text("secret", func(k *world.AccessKey) *string { return &k.Secret }),
	{"status", func(r *reader, m jsonpos.Member, k *world.AccessKey) {
		switch status := r.text(m.Value, "status"); status {
		case "Active":
		case "Inactive":
			k.Inactive = true
		default:
			r.refuse(world.CodeBadValue, place(m.Value), fmt.Sprintf("an access key cannot be %q", diag.Clip(status, 100)),
				diag.DidYouMean(status, []string{"Active", "Inactive"}, "write Active or Inactive"))
		}
	}},
}

func (r *reader) accessKeys(v jsonpos.Value, what string) (list []world.AccessKey) {
	r.items(v, what, maxItems, func(item jsonpos.Value) {
		var k world.AccessKey
		object(r, item, "an access key", accessKeyFields, &k)
		list = append(list, k)
	})
	return list
}

var mfaDeviceFields = []field[world.MFADevice]{
	text("serialNumber", func(d *world.MFADevice) *string { return &d.SerialNumber }),
	{"seed", func(r *reader, m jsonpos.Member, d *world.MFADevice) {
		d.Seed = r.text(m.Value, "seed")
		digits := strings.TrimRight(strings.ToUpper(d.Seed), "=")
		if _, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(digits); err != nil {
			r.refuse(world.CodeBadValue, place(m.Value), "the seed is not base32", "it has the letters A to Z and the digits 2 to 7")
		}
	}},
}

func (r *reader) mfaDevices(v jsonpos.Value, what string) (list []world.MFADevice) {
	r.items(v, what, maxItems, func(item jsonpos.Value) {
		var d world.MFADevice
		object(r, item, "an MFA device", mfaDeviceFields, &d)
		list = append(list, d)
	})
	return list
}

var oidcProviderFields = []field[world.OIDCProvider]{
	texts("clientIds", func(p *world.OIDCProvider) *[]string { return &p.ClientIDs }),
	texts("thumbprints", func(p *world.OIDCProvider) *[]string { return &p.Thumbprints }),
	{"jwks", func(r *reader, m jsonpos.Member, p *world.OIDCProvider) {
		if _, file := r.reference(m.Value); m.Value.Kind() == jsonpos.Object && !file {
			p.JWKS = m.Value.Raw()
			return
		}
		p.JWKS = r.textOrFile(m.Value, "jwks")
	}},
	tags(func(p *world.OIDCProvider) *[]world.Tag { return &p.Tags }),
}

func (r *reader) oidcProviders(v jsonpos.Value, a *account) {
	entries(r, v, "oidcProviders", "an OIDC provider", oidcProviderFields, &a.OIDCProviders, func(name string, at world.Place) world.OIDCProvider {
		return world.OIDCProvider{Name: name, Place: at}
	})
}

var samlProviderFields = []field[world.SAMLProvider]{
	{"metadata", func(r *reader, m jsonpos.Member, p *world.SAMLProvider) {
		p.Metadata = r.textOrFile(m.Value, "metadata")
	}},
	tags(func(p *world.SAMLProvider) *[]world.Tag { return &p.Tags }),
}

func (r *reader) samlProviders(v jsonpos.Value, a *account) {
	entries(r, v, "samlProviders", "a SAML provider", samlProviderFields, &a.SAMLProviders, func(name string, at world.Place) world.SAMLProvider {
		return world.SAMLProvider{Name: name, Place: at}
	})
}

var delegationFields = []field[world.Delegation]{
	text("tradeInToken", func(d *world.Delegation) *string { return &d.TradeInToken }),
	text("product", func(d *world.Delegation) *string { return &d.Product }),
	text("delegator", func(d *world.Delegation) *string { return &d.Delegator }),
	{"permissions", func(r *reader, m jsonpos.Member, d *world.Delegation) {
		d.Permissions = r.policy(m.Value, "permissions", policy.Session)
	}},
	{"durationSeconds", func(r *reader, m jsonpos.Member, d *world.Delegation) {
		d.Duration = time.Duration(r.number(m.Value, m.Key, 1, 43200)) * time.Second
	}},
	{"expires", func(r *reader, m jsonpos.Member, d *world.Delegation) {
		var err error
		if d.Expires, err = time.Parse(time.RFC3339Nano, r.text(m.Value, m.Key)); err != nil {
			r.refuse(world.CodeBadValue, place(m.Value), "expires is not a time", "write it as 2026-12-31T00:00:00Z")
		}
	}},
}

func (r *reader) delegations(v jsonpos.Value, a *account) {
	r.items(v, "delegations", maxAccounts, func(item jsonpos.Value) {
		d := world.Delegation{Place: place(item)}
		object(r, item, "a delegation", delegationFields, &d)
		a.Delegations = append(a.Delegations, d)
	})
}

var resourceFields = []field[world.Resource]{
	{"policy", func(r *reader, m jsonpos.Member, to *world.Resource) {
		to.Policy = r.policy(m.Value, "policy", policy.Resource)
	}},
	tags(func(to *world.Resource) *[]world.Tag { return &to.Tags }),
}

func (r *reader) resources(v jsonpos.Value, a *account) {
	entries(r, v, "resources", "a resource", resourceFields, &a.Resources, func(name string, at world.Place) world.Resource {
		return world.Resource{ARN: name, Place: at}
	})
}
