package policy

import (
	"strconv"

	"github.com/rolecall/rolecall/diag"
)

// Kind is the type of a policy, which decides what a document may say
// (section 2 of the rules) and how a decision uses it. The zero value is
// invalid.
type Kind uint8

// The kinds of policies.
const (
	// Identity: attached to a user, group or role, managed or inline.
	Identity Kind = iota + 1
	// Boundary: a managed policy used as permissions boundary.
	Boundary
	// Session: passed when a session was made.
	Session
	// SCP: a service control policy of AWS Organizations.
	SCP
	// RCP: a resource control policy of AWS Organizations.
	RCP
	// Resource: attached to a resource other than a role.
	Resource
	// Trust: a role's trust policy.
	Trust
	// Endpoint: attached to a VPC endpoint.
	Endpoint
)

var kindNames = [...]string{
	Identity: "identity-based policy", Boundary: "permissions boundary", Session: "session policy",
	SCP: "service control policy", RCP: "resource control policy", Resource: "resource-based policy",
	Trust: "role trust policy", Endpoint: "VPC endpoint policy",
}

// String names the kind in AWS's words.
func (k Kind) String() string {
	if !k.valid() {
		return "kind(" + strconv.Itoa(int(k)) + ")"
	}
	return kindNames[k]
}

// a gives the name with its article.
func (k Kind) a() string { return diag.WithArticle(k.String()) }

func (k Kind) valid() bool { return k >= Identity && k <= Endpoint }

// need says whether a kind wants an element.
type need uint8

const (
	optional need = iota + 1
	required
	forbidden
)

// shortARN says what an ARN with fewer than six parts means to a kind (PL-91,
// CONTESTED).
type shortARN uint8

const (
	// padAlways: the missing parts are `*`.
	padAlways shortARN = iota + 1
	// padWithStar: likewise if there is a `*` in it, else it matches nothing.
	padWithStar
	// refuseUnlessStar: refused unless its last part ends in `*`.
	refuseUnlessStar
	// refuseAlways: refused.
	refuseAlways
)

// kindRules is the table of section 2: what each kind requires and forbids.
type kindRules struct {
	rule         string // which rule says so
	principal    need
	notPrincipal need
	resource     need
	shortARN     shortARN
	// strictSid: a Sid has letters and digits only and is unique (PL-40, PL-41).
	strictSid bool
	// onlyNewVersion: version 2008-10-17 is refused (PL-29).
	onlyNewVersion bool
	// limit is the quota of PL-34; with allCharacters white space counts.
	limit         int
	allCharacters bool
}

var rulesByKind = [...]kindRules{
	Identity: {rule: "PL-23", principal: forbidden, notPrincipal: forbidden, resource: required, shortARN: padAlways, strictSid: true, limit: 6144},
	Boundary: {rule: "PL-23", principal: forbidden, notPrincipal: forbidden, resource: required, shortARN: padAlways, strictSid: true, limit: 6144},
	Session:  {rule: "PL-23", principal: forbidden, notPrincipal: forbidden, resource: required, shortARN: padAlways, limit: 2048, allCharacters: true},
	SCP:      {rule: "PL-26", principal: forbidden, notPrincipal: forbidden, resource: required, shortARN: refuseUnlessStar, onlyNewVersion: true, limit: 10240, allCharacters: true},
	RCP:      {rule: "PL-27", principal: required, notPrincipal: forbidden, resource: required, shortARN: refuseAlways, onlyNewVersion: true, limit: 5120, allCharacters: true},
	Resource: {rule: "PL-24", principal: optional, notPrincipal: optional, resource: optional, shortARN: padWithStar, limit: 20480, allCharacters: true},
	Trust:    {rule: "PL-25", principal: required, notPrincipal: forbidden, resource: forbidden, shortARN: refuseAlways, strictSid: true, limit: 2048},
	Endpoint: {rule: "PL-28", principal: required, notPrincipal: optional, resource: required, shortARN: padWithStar, limit: 20480, allCharacters: true},
}

func (k Kind) rules() *kindRules { return &rulesByKind[k] }

// hasPrincipal tells whether statements of the kind select callers.
func (k Kind) hasPrincipal() bool { return k.rules().principal != forbidden }
