package principal

import (
	"strings"

	"github.com/rolecall/rolecall/arn"
)

// Type is a key of a principal map (PL-43). The zero value is invalid.
type Type uint8

// The keys of a principal map.
const (
	AWS Type = iota + 1
	ServicePrincipal
	Federated
	CanonicalUser
)

// TypeNames are the keys of a principal map as policies write them.
var TypeNames = []string{"AWS", "Service", "Federated", "CanonicalUser"}

// ParseType reads a key of a principal map. Its case counts (PL-7).
func ParseType(s string) (Type, bool) {
	for i, name := range TypeNames {
		if s == name {
			return Type(i + 1), true
		}
	}
	return 0, false
}

// String gives the key as policies write it.
func (t Type) String() string {
	if t == 0 || int(t) > len(TypeNames) {
		return "invalid"
	}
	return TypeNames[t-1]
}

// Entry is one principal that an element names.
type Entry struct {
	kind  entryKind
	value string
	// Of accounts and roles:
	partition string // "" for an account given by its id: any partition (PL-56)
	account   string
	name      string // of a role, without path
}

type entryKind uint8

const (
	anyone entryKind = iota + 1
	anAccount
	aUser
	aRole
	aSession
	aFederatedUser
	aUniqueID
	aService
	aProvider
	aCanonicalUser
	// aNobody is an entry that AWS takes and that no caller of this engine can
	// be: a CloudFront origin access identity.
	aNobody
)

// Problem is why an entry is refused. The zero value is "it is not".
type Problem uint8

// The problems of an entry.
const (
	// Wildcard: `*` or `?` inside an entry (PL-46).
	Wildcard Problem = iota + 1
	// Group: a group is no principal (PL-47).
	Group
	// Malformed: none of the forms of PL-45.
	Malformed
)

// ParseEntry reads one value of a principal map. A problem other than zero
// means that AWS refuses the value, and that the Entry matches nobody.
func ParseEntry(t Type, value string) (Entry, Problem) {
	if t == AWS && value == "*" {
		return Entry{kind: anyone, value: value}, 0
	}
	if strings.ContainsAny(value, "*?") {
		return Entry{}, Wildcard
	}
	if value == "" {
		return Entry{}, Malformed
	}
	switch t {
	case AWS:
		return parseAWS(value)
	case ServicePrincipal:
		return Entry{kind: aService, value: value}, 0
	case Federated:
		return Entry{kind: aProvider, value: value}, 0
	case CanonicalUser:
		return Entry{kind: aCanonicalUser, value: value}, 0
	default:
		return Entry{}, Malformed
	}
}

// Everyone is the entry of `"Principal": "*"`.
func Everyone() Entry { return Entry{kind: anyone, value: "*"} }

func parseAWS(value string) (Entry, Problem) {
	switch {
	case arn.IsAccountID(value):
		return Entry{kind: anAccount, value: value, account: value}, 0
	case isUniqueID(value):
		return Entry{kind: aUniqueID, value: value}, 0
	}
	a, err := arn.Parse(value)
	if err != nil || !arn.IsPartition(a.Partition) || a.Region != "" {
		return Entry{}, Malformed
	}
	kind, rest := a.ResourceType()
	e := Entry{kind: awsKinds[a.Service+":"+kind], value: value, partition: a.Partition, account: a.Account, name: a.Name()}
	switch {
	case e.kind == aUser && a.Account == "cloudfront" && strings.HasPrefix(rest, "CloudFront Origin Access Identity "):
		// CloudFront Developer Guide, origin access identities.
		return Entry{kind: aNobody, value: value}, 0
	case kind == "group":
		return Entry{}, Group
	case !arn.IsAccountID(a.Account) || !wellNamed(e, a.Resource, rest):
		return Entry{}, Malformed
	}
	return e, 0
}

// wellNamed checks the resource of an entry's ARN: rest is what follows its
// type.
func wellNamed(e Entry, resource, rest string) bool {
	switch e.kind {
	case anAccount:
		return resource == "root"
	case aSession:
		return strings.Count(rest, "/") == 1 && rest[0] != '/' && e.name != ""
	case aFederatedUser:
		return rest != "" && !strings.Contains(rest, "/")
	case aUser, aRole:
		return rest != "" && e.name != ""
	default:
		return false
	}
}

var awsKinds = map[string]entryKind{
	"iam:root":           anAccount,
	"iam:user":           aUser,
	"iam:role":           aRole,
	"sts:assumed-role":   aSession,
	"sts:federated-user": aFederatedUser,
}

// isUniqueID tells whether s is the unique id of a user or a role (PL-45).
func isUniqueID(s string) bool {
	if len(s) <= len("AIDA") || !strings.HasPrefix(s, "AIDA") && !strings.HasPrefix(s, "AROA") {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}

// Element is a compiled Principal or NotPrincipal element. It is immutable.
type Element struct {
	entries []Entry
	not     bool
	// callers has a bit for each kind of caller that an entry could name.
	callers uint16
}

// NewElement makes the element of a list of entries; not makes it a
// NotPrincipal. All keys of the map form one list (PL-44).
func NewElement(entries []Entry, not bool) Element {
	e := Element{entries: entries, not: not}
	for i := range entries {
		e.callers |= entries[i].callers()
	}
	return e
}

// Everybody tells whether the element is a Principal that names `*`, and so
// every caller as [Everybody].
func (e *Element) Everybody() bool {
	return !e.not && len(e.entries) == 1 && e.entries[0].kind == anyone
}

// MayName tells whether the element could apply to a caller, as far as the kind
// of the caller shows.
func (e *Element) MayName(c *Caller) bool { return e.not || e.callers>>c.Kind&1 != 0 }

// callers gives the kinds of callers that the entry could name, a bit each.
func (e *Entry) callers() uint16 {
	switch e.kind {
	case anyone:
		return ^uint16(0)
	case aService:
		return 1 << Service
	case aProvider:
		return 1 << IdentityProvider
	default: // EV-35
		return 1<<Root | 1<<User | 1<<Role | 1<<RoleSession | 1<<FederatedUser
	}
}

// Not tells whether the element is a NotPrincipal.
func (e *Element) Not() bool { return e.not }
