package world

import (
	"iter"
	"time"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
)

// Account is an AWS account and all that is in it. Of an account of a [World]
// the lists hold what was described, in that order; the methods find things.
type Account struct {
	// ID is 12 digits.
	ID          string
	Name, Alias string
	// Attached holds the policies attached to the account itself.
	Attached OrganizationPolicies

	Policies      []ManagedPolicy
	Groups        []Group
	Users         []User
	Roles         []Role
	OIDCProviders []OIDCProvider
	SAMLProviders []SAMLProvider
	// Resources are things with a resource-based policy or tags.
	Resources []Resource

	RootAccessKeys []AccessKey
	RootMFADevices []MFADevice
	// GlobalEndpointTokenVersion is 1 or 2: the tokens of the global STS
	// endpoint. 0 means 1.
	GlobalEndpointTokenVersion int
	// OutboundWebIdentityFederation tells that GetWebIdentityToken is enabled.
	OutboundWebIdentityFederation bool
	// DisabledRegions are those in which STS is switched off.
	DisabledRegions []string
	Delegations     []Delegation

	// Place is where the account is described.
	Place Place
}

// Place is where something is described, for messages. The zero Place is
// unknown.
type Place struct {
	Source *diag.Source
	Span   diag.Span
}

// Position gives the place by file, line and column.
func (p Place) Position() diag.Position {
	if p.Source == nil {
		return diag.Position{}
	}
	return p.Source.Position(p.Span.Start)
}

// Tag is a tag. Keys that differ by case only are the same key to IAM.
type Tag struct{ Key, Value string }

// Resource is something with a resource-based policy or tags.
type Resource struct {
	ARN string
	// Policy is nil where there is none.
	Policy *policy.Document
	Tags   []Tag
	Place  Place
}

// AccessKey is a long-term access key of a user or of the root user.
type AccessKey struct {
	ID, Secret string
	// Inactive tells that the key is switched off.
	Inactive bool
}

// MFADevice is a virtual MFA device.
type MFADevice struct {
	// SerialNumber is the device's ARN, or the number of a hardware device.
	SerialNumber string
	// Seed is the base32 secret of its time-based codes (RFC 6238).
	Seed string
}

// Delegation is an approved delegation request, for GetDelegatedAccessToken.
type Delegation struct {
	TradeInToken string
	// Product is the account that may trade the token in.
	Product string
	// Delegator is the ARN of the user or role whose permissions are delegated.
	Delegator string
	// Permissions limits the session.
	Permissions *policy.Document
	// Duration is how long the session lasts; 0 means an hour.
	Duration time.Duration
	// Expires is when the token can no longer be traded.
	Expires time.Time
	Place   Place
}

// OIDCProvider is an OIDC identity provider of an account.
type OIDCProvider struct {
	// Name is the issuer without https://, with its path.
	Name        string
	ClientIDs   []string
	Thumbprints []string
	// JWKS is the key set that the provider's tokens are signed with; empty
	// means that no token can be verified.
	JWKS  string
	Tags  []Tag
	Place Place
}

// SAMLProvider is a SAML identity provider of an account.
type SAMLProvider struct {
	Name string
	// Metadata is the provider's metadata document; empty means that no
	// response can be verified.
	Metadata string
	Tags     []Tag
	Place    Place
}

// account is an Account with what makes finding fast. Slices that a With
// changed are rebuilt; the maps point into them.
type account struct {
	Account
	arnPrefix string // "arn:P:iam::ID:"
	users     map[string]*User
	groups    map[string]*Group
	roles     map[string]*Role
	policies  map[string]*ManagedPolicy // by ARN
	oidc      map[string]*OIDCProvider
	saml      map[string]*SAMLProvider
	resources map[string]*Resource
	policyOf  map[string]*policy.Set // of resources, by ARN
	uniqueIDs map[string]string      // id to ARN, of users and roles
}

// Users iterates over the users of an account by name.
func (w *World) Users(accountID string) iter.Seq[*User] {
	if a := w.accounts[accountID]; a != nil {
		return byKey(a.users)
	}
	return func(func(*User) bool) {}
}

// Roles iterates over the roles of an account by name.
func (w *World) Roles(accountID string) iter.Seq[*Role] {
	if a := w.accounts[accountID]; a != nil {
		return byKey(a.roles)
	}
	return func(func(*Role) bool) {}
}

// OIDCProvider finds an OIDC provider of an account by its name: the issuer
// without https://.
func (w *World) OIDCProvider(accountID, name string) *OIDCProvider {
	if a := w.accounts[accountID]; a != nil {
		return a.oidc[name]
	}
	return nil
}

// SAMLProvider finds a SAML provider of an account by its name.
func (w *World) SAMLProvider(accountID, name string) *SAMLProvider {
	if a := w.accounts[accountID]; a != nil {
		return a.saml[name]
	}
	return nil
}

// Identity gives the ARN of the user or role of an account that has a unique
// id (AIDA..., AROA...).
func (w *World) Identity(accountID, uniqueID string) (arn string, ok bool) {
	if a := w.accounts[accountID]; a != nil {
		arn, ok = a.uniqueIDs[uniqueID]
	}
	return arn, ok
}

// UserNamed finds a user of an account by its name, or gives nil.
func (w *World) UserNamed(accountID, name string) *User {
	if a := w.accounts[accountID]; a != nil {
		return a.users[name]
	}
	return nil
}

// RoleNamed finds a role of an account by its name, or gives nil.
func (w *World) RoleNamed(accountID, name string) *Role {
	if a := w.accounts[accountID]; a != nil {
		return a.roles[name]
	}
	return nil
}
