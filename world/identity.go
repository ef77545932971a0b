package world

import (
	"time"

	"github.com/rolecall/rolecall/policy"
)

// Permissions are the policies of a user, group or role.
type Permissions struct {
	// Inline holds the inline policies; Name is the policy's.
	Inline []policy.Policy
	// Attached holds the ARNs of the attached managed policies.
	Attached []string
	// Boundary is the ARN of the permissions boundary; empty means none. Groups
	// have none.
	Boundary string
	// Partial tells that the description may refer to managed policies and groups
	// that it does not hold, as GetAccountAuthorizationDetails does; they are
	// unknown then. Otherwise such a reference is an error.
	Partial bool
}

// User is an IAM user.
type User struct {
	Name string
	// Path begins and ends with a slash; empty means "/".
	Path string
	// ID is the unique id, AIDA...; where empty, one is derived from the ARN.
	ID     string
	Groups []string
	Permissions
	Tags       []Tag
	AccessKeys []AccessKey
	MFADevices []MFADevice
	Place      Place

	arn       string
	effective effective
}

// ARN gives the user's ARN.
func (u *User) ARN() string { return u.arn }

// Group is an IAM group.
type Group struct {
	Name string
	Path string
	// ID is the unique id, AGPA...; where empty, one is derived from the ARN.
	ID string
	Permissions
	Place Place

	arn string
}

// ARN gives the group's ARN.
func (g *Group) ARN() string { return g.arn }

// Role is an IAM role.
type Role struct {
	Name string
	Path string
	// ID is the unique id, AROA...; where empty, one is derived from the ARN.
	ID string
	// Trust is the trust policy.
	Trust *policy.Document
	Permissions
	// MaxSessionDuration is 1 to 12 hours; 0 means 1 hour.
	MaxSessionDuration time.Duration
	// ServiceLinked tells that the role is linked to a service. A path below
	// /aws-service-role/ sets it (EV-23).
	ServiceLinked bool
	Tags          []Tag
	Place         Place

	arn       string
	trust     *policy.Set
	effective effective
}

// ARN gives the role's ARN.
func (r *Role) ARN() string { return r.arn }

// TrustSet gives the compiled trust policy.
func (r *Role) TrustSet() *policy.Set { return r.trust }

// ManagedPolicy is a customer managed or an AWS managed policy.
type ManagedPolicy struct {
	// ARN is arn:P:iam::ACCOUNT:policy/PATH/NAME; of a customer managed policy
	// without one it follows from Name and Path.
	ARN        string
	Name, Path string
	// ID is the unique id, ANPA...; it may be empty.
	ID string
	// Versions holds the versions; the default one is in force. A policy given by
	// its document alone has one version, v1.
	Versions []PolicyVersion
	Place    Place
}

// PolicyVersion is a version of a managed policy.
type PolicyVersion struct {
	ID       string // "v1"
	Default  bool
	Document *policy.Document
}

// Document gives the document of the default version, or nil if it is not
// known.
func (p *ManagedPolicy) Document() *policy.Document {
	for i := range p.Versions {
		if p.Versions[i].Default {
			return p.Versions[i].Document
		}
	}
	return nil
}

// effective is what the policies of a user or role amount to, compiled.
type effective struct {
	identity *policy.Set
	boundary *policy.Set // nil if there is none
	// unknown names the policies whose documents the world does not hold, and the
	// groups that it does not hold.
	unknown []string
}

// IdentitySet gives the compiled identity-based policies of the user and its
// groups.
func (u *User) IdentitySet() *policy.Set { return u.effective.identity }

// IdentitySet gives the compiled identity-based policies of the role.
func (r *Role) IdentitySet() *policy.Set { return r.effective.identity }

// UnknownPolicies names the attached policies whose documents the world does
// not hold.
func (u *User) UnknownPolicies() []string { return u.effective.unknown }

// UnknownPolicies names the attached policies whose documents the world does
// not hold.
func (r *Role) UnknownPolicies() []string { return r.effective.unknown }
