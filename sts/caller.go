package sts

import (
	"strconv"
	"time"
)

// Kind is a kind of credentials. What may be called with them is a property of
// the kind that no policy changes (STS-46). The zero value is invalid.
type Kind uint8

// The kinds of credentials (STS section 5).
const (
	// User is an access key of an IAM user.
	User Kind = iota + 1
	// Root is an access key of an account's root user.
	Root
	// UserSession is a session of GetSessionToken that a user made.
	UserSession
	// RootUserSession is a session of GetSessionToken that a root user made.
	RootUserSession
	// RoleSession is a session of AssumeRole, AssumeRoleWithSAML or
	// AssumeRoleWithWebIdentity.
	RoleSession
	// FederatedSession is a session of GetFederationToken.
	FederatedSession
	// AssumedRoot is a session of AssumeRoot.
	AssumedRoot
	// DelegatedSession is a session of GetDelegatedAccessToken.
	DelegatedSession
)

var kindNames = [...]string{
	User: "user", Root: "root user", UserSession: "user session", RootUserSession: "root user session",
	RoleSession: "role session", FederatedSession: "federated user session", AssumedRoot: "assumed root session",
	DelegatedSession: "delegated session",
}

// String names the kind as a sentence needs it.
func (k Kind) String() string {
	if k == 0 || int(k) >= len(kindNames) {
		return "kind(" + strconv.Itoa(int(k)) + ")"
	}
	return kindNames[k]
}

// kinds is a set of kinds.
type kinds uint16

func (s kinds) has(k Kind) bool { return s&(1<<k) != 0 }

// Caller is somebody whose credentials a service knows: what
// [Service.Lookup] found. It is immutable; whether the credentials are still
// good is asked anew by each call.
type Caller struct {
	kind        Kind
	account     string
	accessKeyID string
	secret      string
	arn         string
	session     *session // nil for a long-term access key
}

// Kind gives the kind of credentials.
func (c *Caller) Kind() Kind { return c.kind }

// Account gives the account of the credentials.
func (c *Caller) Account() string { return c.account }

// AccessKeyID gives the access key id.
func (c *Caller) AccessKeyID() string { return c.accessKeyID }

// ARN gives the caller's ARN, as GetCallerIdentity would have at the time of the
// lookup.
func (c *Caller) ARN() string { return c.arn }

// Secret gives the secret access key, to verify a signature with. It must not
// be printed.
func (c *Caller) Secret() string { return c.secret }

// Expiration tells when a session ends; it reports false for a long-term
// access key.
func (c *Caller) Expiration() (time.Time, bool) {
	if c.session == nil {
		return time.Time{}, false
	}
	return c.session.expires, true
}

// String names kind and ARN, and no secret.
func (c *Caller) String() string { return c.kind.String() + " " + c.arn }

// GoString is [Caller.String], so that no form of printing shows the secret.
func (c *Caller) GoString() string { return c.String() }
