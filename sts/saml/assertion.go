package saml

import (
	"slices"
	"strings"
	"time"
)

// Assertion is what a verified response says.
type Assertion struct {
	// ID is the identifier of the assertion; see [Replay].
	ID string
	// Issuer is the entityID of the identity provider.
	Issuer string
	// IssueInstant is when the assertion was made.
	IssueInstant time.Time
	// Expires is the last instant at which a response can still be taken: the
	// earliest of every NotOnOrAfter and of 5 minutes after IssueInstant.
	Expires time.Time
	Subject Subject
	// Recipient is the sign-in URL that the response is addressed to. It is
	// the Audience of STS's answer and saml:aud (STS-115).
	Recipient string
	// Audiences are the Audience elements, which an assertion need not have.
	Audiences []string
	// SessionNotOnOrAfter is when the user's session at the identity provider
	// ends; zero if the assertion does not say so.
	SessionNotOnOrAfter time.Time

	// Roles are the pairs of the attribute Role that could be read.
	Roles []RolePair
	// RoleSessionName is always there.
	RoleSessionName string
	// SessionDuration is 0 if the assertion does not give it.
	SessionDuration time.Duration
	// Tags are the attributes PrincipalTag in the order of the assertion. The
	// limits of session tags (STS section 9) are not checked.
	Tags              []Tag
	TransitiveTagKeys []string
	// SourceIdentity is empty if the assertion does not give it.
	SourceIdentity string
	// Attributes are the condition keys that attributes fill, in the order of
	// the table of STS-178. [Assertion.Keys] has them too.
	Attributes []Key
}

// Subject is who an assertion is about.
type Subject struct {
	// Name is the NameID, white space around it left out.
	Name string
	// Format is the format of the NameID as it was written, and the format
	// "unspecified" of SAML 1.1 if it was not; see [SubjectType].
	Format string
	// NameQualifier is the attribute of the NameID as it was written, mostly
	// empty. STS's NameQualifier is another thing: [NameQualifier].
	NameQualifier string
}

// RolePair is a value of the attribute Role: a role and the SAML provider to
// take it by. Neither is checked to be an ARN.
type RolePair struct{ Role, Provider string }

// Tag is a session tag.
type Tag struct{ Key, Value string }

// CheckRole checks that the assertion names a role together with a SAML
// provider, both literally as the call has them (STS-176). If not, STS refuses
// as if the trust policy had.
func (a *Assertion) CheckRole(role, provider string) error {
	if slices.Contains(a.Roles, RolePair{role, provider}) {
		return nil
	}
	if len(a.Roles) == 0 {
		return notAuthorized("the attribute %sRole holds no pair ROLE-ARN,PROVIDER-ARN", AttributePrefix)
	}
	var have []string
	for _, pair := range a.Roles {
		have = append(have, pair.Role+","+pair.Provider)
	}
	return notAuthorized("the attribute Role does not hold %s,%s; it holds %s", role, provider, listed(have))
}

// Shorten gives how long a session may last: the least of a duration, of
// SessionDuration, and of the time that is left until SessionNotOnOrAfter
// (STS-177). Fractions of a second are left out.
func (a *Assertion) Shorten(d time.Duration, now time.Time) time.Duration {
	if a.SessionDuration > 0 {
		d = min(d, a.SessionDuration)
	}
	if !a.SessionNotOnOrAfter.IsZero() {
		d = min(d, a.SessionNotOnOrAfter.Sub(now).Truncate(time.Second))
	}
	return d
}

// rolePair reads a value of the attribute Role. Either ARN may come first,
// with blanks around the comma. Names of roles may hold commas and names of
// SAML providers may not, so the provider tells which comma it is.
func rolePair(value string) (RolePair, bool) {
	isProvider := func(s string) bool { return strings.Contains(s, ":saml-provider/") }
	if i := strings.LastIndexByte(value, ','); i >= 0 && isProvider(value[i:]) {
		return RolePair{strings.TrimSpace(value[:i]), strings.TrimSpace(value[i+1:])}, true
	}
	first, second, ok := strings.Cut(value, ",")
	return RolePair{strings.TrimSpace(second), strings.TrimSpace(first)}, ok && isProvider(first)
}
