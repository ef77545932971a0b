package sts

import (
	"strconv"
	"strings"
	"time"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/world"
)

// session is all that temporary credentials stand for (STS-69). It is sealed
// into the session token and immutable.
type session struct {
	kind        Kind
	origin      origin
	account     string
	accessKeyID string
	// issued and expires are whole seconds in UTC.
	issued, expires time.Time
	// uniqueID is that of the user or role whose session it is, so that one made
	// anew under the same name is not taken for it; empty for a root user.
	uniqueID string
	// name is the session name of a role session, or the federated user's name.
	name string
	// mfa is when an MFA code was checked; zero if none was.
	mfa time.Time

	// passed is what counts for the size of the token.
	passed passed
	// keys are condition keys of the federation that live on (STS-70).
	keys []sessionKey
	// task is the ARN of the task policy of an AssumeRoot session.
	task string
	// trade names the delegation of a delegated session.
	trade string
}

// origin is which operation made a role session. The zero value is invalid for
// a role session.
type origin uint8

const (
	fromAssumeRole origin = iota + 1
	fromSAML
	fromWebIdentity
)

// passed is what a call passes to the session that it makes.
type passed struct {
	// policy is the inline session policy; empty if there is none, as an empty
	// text is no policy.
	policy string
	// policyARNs are the managed session policies.
	policyARNs []string
	// tags are the session tags, those inherited included.
	tags []sessionTag
	// sourceIdentity is empty if there is none.
	sourceIdentity string
}

// hasPolicies tells whether session policies were passed.
func (p *passed) hasPolicies() bool { return p.policy != "" || len(p.policyARNs) > 0 }

// sessionTag is a session tag.
type sessionTag struct {
	key, value string
	transitive bool
}

// sessionKey is a condition key that a session carries.
type sessionKey struct {
	name   string
	values []string
	list   bool
}

func (k *sessionKey) add(keys *conditions.Context) {
	if k.list {
		keys.AddDefaultList(k.name, k.values)
	} else if len(k.values) > 0 {
		keys.AddDefault(k.name, k.values[0])
	}
}

// worldTags gives the session tags as the world takes them.
func (s *session) worldTags() []world.Tag {
	if len(s.passed.tags) == 0 {
		return nil
	}
	tags := make([]world.Tag, len(s.passed.tags))
	for i, t := range s.passed.tags {
		tags[i] = world.Tag{Key: t.key, Value: t.value}
	}
	return tags
}

// inherited gives the transitive tags, which pass to the next session (STS-92).
func (s *session) inherited() []sessionTag {
	if s == nil {
		return nil
	}
	var tags []sessionTag
	for _, t := range s.passed.tags {
		if t.transitive {
			tags = append(tags, t)
		}
	}
	return tags
}

// sourceIdentity gives the source identity; none for a nil session.
func (s *session) sourceIdentity() string {
	if s == nil {
		return ""
	}
	return s.passed.sourceIdentity
}

// addKeys adds the condition keys that a session puts into each later request
// (STS-70).
func (s *session) addKeys(keys *conditions.Context, now time.Time) {
	keys.AddDefault("aws:TokenIssueTime", s.issued.Format(time.RFC3339))
	if s.passed.sourceIdentity != "" {
		keys.AddDefault("aws:SourceIdentity", s.passed.sourceIdentity)
	}
	switch {
	case s.kind == UserSession || s.kind == RootUserSession:
		keys.AddDefault("aws:MultiFactorAuthPresent", strconv.FormatBool(!s.mfa.IsZero()))
		if !s.mfa.IsZero() {
			keys.AddDefault("aws:MultiFactorAuthAge", strconv.FormatInt(int64(now.Sub(s.mfa)/time.Second), 10))
		}
	case s.kind == RoleSession && s.origin == fromAssumeRole:
		// Even if MFA was used to assume the role (CONTESTED).
		keys.AddDefault("aws:MultiFactorAuthPresent", "false")
	case s.kind == AssumedRoot:
		keys.AddDefault("aws:AssumedRoot", "true")
	}
	for i := range s.keys {
		s.keys[i].add(keys)
	}
}

// sameKey tells whether two tag keys are the same: case does not count
// (STS-86).
func sameKey(a, b string) bool { return strings.EqualFold(a, b) }
