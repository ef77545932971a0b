// Package principal knows who calls, and whom the Principal and NotPrincipal
// elements of a policy mean.
//
// # Callers
//
// A [Caller] is the principal of a request: an IAM user, a role session, a
// federated user session, the root user of an account, an AWS service, an
// identity provider, or nobody in particular. [ParseCaller] classifies the
// strings that a request names it with (EV-20).
//
// # The chain
//
// A caller is several principals at once: a role session is the session, its
// role and its account (PL-67). [Kinds] says which of them an element named,
// because that decides what else a request needs: a grant to the account
// delegates to it, a grant to the session is a grant (EV-31).
package principal

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/rolecall/rolecall/arn"
	"github.com/rolecall/rolecall/diag"
)

// Kind is the kind of a caller. The zero value is invalid.
type Kind uint8

// The kinds of callers (EV-20).
const (
	// Anonymous is the sender of an unsigned request (EV-29).
	Anonymous Kind = iota + 1
	// Root is the root user of an account (EV-25).
	Root
	// User is an IAM user, with long-term keys or a GetSessionToken session.
	User
	// Role is any session of a role, its name unknown (EV-22).
	Role
	// RoleSession is a session of a role.
	RoleSession
	// FederatedUser is a session that GetFederationToken made (EV-24).
	FederatedUser
	// IdentityProvider is the OIDC or SAML provider behind an unsigned
	// AssumeRoleWithWebIdentity or AssumeRoleWithSAML (EV-28).
	IdentityProvider
	// Service is an AWS service that calls in its own name (EV-27).
	Service
)

var kindNames = [...]string{
	Anonymous: "anonymous caller", Root: "root user", User: "IAM user", Role: "role", RoleSession: "role session",
	FederatedUser: "federated user session", IdentityProvider: "identity provider", Service: "service principal",
}

// String names the kind as a sentence needs it.
func (k Kind) String() string {
	if k == 0 || int(k) >= len(kindNames) {
		return "kind(" + strconv.Itoa(int(k)) + ")"
	}
	return kindNames[k]
}

// Caller is the principal of a request. [ParseCaller] fills what a name tells;
// the fields below "known besides" are for somebody who knows more.
type Caller struct {
	Kind Kind
	// Name is the caller as it was given: an ARN, a service or provider name,
	// or "*".
	Name string
	// Partition and Account are empty for anonymous callers, services and the
	// providers that are built into AWS.
	Partition, Account string
	// UserName is the name of an IAM user without its path, or of a federated
	// user.
	UserName string
	// RoleARN is the ARN of a role session's role. Its path is missing unless
	// RolePathKnown (EV-16).
	RoleARN       string
	RolePathKnown bool
	// SessionName is the name of a role session.
	SessionName string

	// Known besides:

	// UniqueID is the AIDA... id of a user or the AROA... id of a role, if it
	// is known (EV-30).
	UniqueID string
	// CanonicalUserID is the S3 canonical user id of the caller's account, if it
	// is known (PL-63).
	CanonicalUserID string
	// Issuer is the user, or root user, who called GetFederationToken, if it is
	// known: the name of a federated user does not tell (EV-24).
	Issuer *Caller
}

// builtInProviders are the web identity providers that need no ARN (PL-50).
var builtInProviders = map[string]bool{
	"cognito-identity.amazonaws.com": true,
	"www.amazon.com":                 true,
	"graph.facebook.com":             true,
	"accounts.google.com":            true,
}

// isService tells whether a name is that of a service: labels of small
// letters, digits and hyphens before one of AWS's domains. Alexa's are
// documented with Lambda and end in amazon.com.
func isService(name string) bool {
	for _, domain := range []string{".amazonaws.com", ".amazonaws.com.cn", ".amazon.com"} {
		if labels, ok := strings.CutSuffix(name, domain); ok {
			return areLabels(labels)
		}
	}
	return false
}

func areLabels(s string) bool {
	empty := true
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '-':
			empty = false
		case c == '.' && !empty:
			empty = true
		default:
			return false
		}
	}
	return !empty
}

// maxNameLength bounds the name of a caller, in bytes.
const maxNameLength = arn.MaxLength

// ErrCaller is wrapped by every error of [ParseCaller].
var ErrCaller = errors.New("no principal can have this name")

// ParseCaller classifies the name of a caller (EV-20):
//
//   - anonymous
//     arn:P:iam::A:root                          root user
//     arn:P:iam::A:user/[path/]NAME              IAM user
//     arn:P:iam::A:role/[path/]NAME              any session of the role
//     arn:P:sts::A:assumed-role/NAME/SESSION     role session
//     arn:P:sts::A:federated-user/NAME           federated user session
//     arn:P:iam::A:oidc-provider/URL, saml-provider/NAME
//     NAME.amazonaws.com                         service principal
//
// webIdentity says that the request is an AssumeRoleWithWebIdentity call, in
// which the names of the built-in providers (accounts.google.com, ...) are
// identity providers. Anything else, a group included, is an error.
func ParseCaller(name string, webIdentity bool) (Caller, error) {
	switch {
	case len(name) > maxNameLength:
		return Caller{}, callerError(name, "it is longer than "+strconv.Itoa(maxNameLength)+" bytes")
	case name == "*":
		return Caller{Kind: Anonymous, Name: name}, nil
	case strings.HasPrefix(name, "arn:"):
		return parseCallerARN(name)
	case builtInProviders[name] && webIdentity:
		return Caller{Kind: IdentityProvider, Name: name}, nil
	case name != "www.amazon.com" && isService(name):
		return Caller{Kind: Service, Name: name}, nil
	case builtInProviders[name]:
		return Caller{}, callerError(name, "it is an identity provider, which calls sts:AssumeRoleWithWebIdentity only")
	default:
		return Caller{}, callerError(name, `give an ARN, a service such as "ec2.amazonaws.com", or "*"`)
	}
}

func callerError(name, why string) error {
	return fmt.Errorf("%w: %q: %s", ErrCaller, diag.Clip(name, 100), why)
}

func parseCallerARN(name string) (Caller, error) {
	a, err := arn.Parse(name)
	if err != nil {
		return Caller{}, callerError(name, err.Error())
	}
	if !arn.IsPartition(a.Partition) || a.Region != "" || !arn.IsAccountID(a.Account) {
		return Caller{}, callerError(name, "it needs a partition, no region and a 12-digit account id")
	}
	kind, rest := a.ResourceType()
	c := Caller{Kind: callerKind(a.Service, kind), Name: name, Partition: a.Partition, Account: a.Account}
	switch c.Kind {
	case User:
		c.UserName = a.Name()
	case Role:
		c.RoleARN, c.RolePathKnown = name, true
	case FederatedUser:
		c.UserName = rest
	case RoleSession:
		role, session, _ := strings.Cut(rest, "/")
		if role == "" || session == "" || strings.Contains(session, "/") {
			return Caller{}, callerError(name, "a role session is named assumed-role/ROLE/SESSION, without the role's path")
		}
		c.SessionName = session
		c.RoleARN = "arn:" + a.Partition + ":iam::" + a.Account + ":role/" + role
	case 0:
		return Caller{}, notACaller(name, kind)
	}
	if !hasName(c.Kind, a) {
		return Caller{}, callerError(name, "the name at its end is missing or misplaced")
	}
	return c, nil
}

// hasName tells whether the ARN of a caller ends in a name; root has none.
func hasName(k Kind, a arn.ARN) bool {
	if k == Root {
		return a.Resource == "root"
	}
	_, name := a.ResourceType()
	return name != "" && a.Name() != "" && (k != FederatedUser || !strings.Contains(name, "/"))
}

// callerKind tells the kind of a caller by service and resource type; 0 is
// none.
func callerKind(service, resourceType string) Kind {
	switch service {
	case "iam":
		switch resourceType {
		case "root":
			return Root
		case "user":
			return User
		case "role":
			return Role
		case "oidc-provider", "saml-provider":
			return IdentityProvider
		}
	case "sts":
		switch resourceType {
		case "assumed-role":
			return RoleSession
		case "federated-user":
			return FederatedUser
		}
	}
	return 0
}

func notACaller(name, resourceType string) error {
	if resourceType == "group" {
		return callerError(name, "a group is never a principal; name the user")
	}
	return callerError(name, "its type is none of user, role, root, assumed-role, federated-user and identity providers")
}

// IsRole tells whether the caller is a role session, its name known or not.
func (c *Caller) IsRole() bool { return c.Kind == Role || c.Kind == RoleSession }

// HasAccount tells whether the caller acts with an identity of an account.
// Anonymous callers, services and identity providers do not.
func (c *Caller) HasAccount() bool {
	return c.Kind == Root || c.Kind == User || c.IsRole() || c.Kind == FederatedUser
}

// RoleName gives the name of a role session's role, without path.
func (c *Caller) RoleName() string {
	return c.RoleARN[strings.LastIndexByte(c.RoleARN, '/')+1:]
}

// SetRoleARN tells the full ARN, with path, of a role session's role. It
// reports false, and changes nothing, if the ARN is of another role (EV-21).
func (c *Caller) SetRoleARN(roleARN string) bool {
	if c.Kind != RoleSession || !sameRole(c.RoleARN, roleARN) {
		return false
	}
	c.RoleARN, c.RolePathKnown = roleARN, true
	return true
}

// sameRole tells whether two role ARNs agree but for the path: role names are
// unique in an account (EV-21). The case of the name counts (PL-58).
func sameRole(a, b string) bool {
	x, errX := arn.Parse(a)
	y, errY := arn.Parse(b)
	return errX == nil && errY == nil && x.Partition == y.Partition && x.Service == y.Service &&
		x.Account == y.Account && strings.HasPrefix(y.Resource, "role/") && x.Name() == y.Name()
}

// ServiceLinked tells whether the caller is a session of a service-linked
// role: one with a path below /aws-service-role/, or, where the path is
// unknown, with a name that begins AWSServiceRoleFor (EV-23, CONTESTED).
func (c *Caller) ServiceLinked() bool {
	if !c.IsRole() {
		return false
	}
	if c.RolePathKnown {
		return strings.Contains(c.RoleARN, ":role/aws-service-role/")
	}
	return strings.HasPrefix(c.RoleName(), "AWSServiceRoleFor")
}
