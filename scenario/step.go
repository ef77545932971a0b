package scenario

import (
	"strings"
	"time"

	"github.com/rolecall/rolecall/arn"
	"github.com/rolecall/rolecall/internal/jsonpos"
	"github.com/rolecall/rolecall/policy"
)

// step is one call of STS that gives a session.
type step struct {
	at place
	// role is the ARN of the role that is assumed; empty in other calls.
	role string
	// after is how long is waited before the call.
	after       time.Duration
	sessionName string
	externalID  string
	mfa         bool
	tags        []pair
	transitive  []string
	identity    string // the source identity
	duration    time.Duration
	policy      *policy.Document
	managed     []string
	// token, response and root tell how the session begins, where not by
	// AssumeRole; sessionToken and federated stand for calls without a role.
	token        *token
	response     *response
	root         *rootTask
	sessionToken bool
	federated    string
}

// vouched tells that an identity provider vouches for who calls.
func (s *step) vouched() bool { return s.token != nil || s.response != nil }

// response is what a SAML identity provider asserts.
type response struct {
	provider, name string
	attributes     []attribute
}

type attribute struct {
	name   string
	values []string
}

// rootTask is a call of AssumeRoot.
type rootTask struct{ account, task string }

var stepFields = []field[step]{
	{"role", (*reader).role},
	{"after", func(r *reader, v jsonpos.Value, s *step) { s.after = r.duration(v, "after") }},
	{"session-name", func(r *reader, v jsonpos.Value, s *step) { s.sessionName = r.text(v, "session-name") }},
	{"external-id", func(r *reader, v jsonpos.Value, s *step) { s.externalID = r.text(v, "external-id") }},
	{"mfa", func(r *reader, v jsonpos.Value, s *step) { s.mfa = r.boolean(v, "mfa") }},
	{"tags", func(r *reader, v jsonpos.Value, s *step) { s.tags = r.pairs(v, "tags") }},
	{"transitive", func(r *reader, v jsonpos.Value, s *step) { s.transitive = r.texts(v, "transitive") }},
	{"source-identity", func(r *reader, v jsonpos.Value, s *step) { s.identity = r.text(v, "source-identity") }},
	{"duration", func(r *reader, v jsonpos.Value, s *step) { s.duration = r.duration(v, "duration") }},
	{"session-policy", func(r *reader, v jsonpos.Value, s *step) {
		if p := r.policies(v, "session-policy", policy.Session); len(p) == 1 {
			s.policy = p[0].Document
		} else {
			r.refuse(CodeDataType, placeOf(v), "a call takes one session policy", "managed-policies: names more of them")
		}
	}},
	{"managed-policies", func(r *reader, v jsonpos.Value, s *step) { s.managed = r.texts(v, "managed-policies") }},
	{"github", func(r *reader, v jsonpos.Value, s *step) { s.token = r.github(v) }},
	{"gitlab", func(r *reader, v jsonpos.Value, s *step) { s.token = r.gitlab(v) }},
	{"eks", func(r *reader, v jsonpos.Value, s *step) { s.token = r.eks(v) }},
	{"web-identity", func(r *reader, v jsonpos.Value, s *step) { s.token = r.webIdentity(v) }},
	{"saml", func(r *reader, v jsonpos.Value, s *step) {
		s.response = &response{}
		object(r, v, "saml", responseFields, s.response)
	}},
	{"root", func(r *reader, v jsonpos.Value, s *step) {
		s.root = &rootTask{}
		object(r, v, "root", rootFields, s.root)
	}},
	{"session-token", func(r *reader, v jsonpos.Value, s *step) { s.sessionToken = r.boolean(v, "session-token") }},
	{"federation-token", func(r *reader, v jsonpos.Value, s *step) { s.federated = r.text(v, "federation-token") }},
}

var responseFields = []field[response]{
	{"provider", func(r *reader, v jsonpos.Value, p *response) { p.provider = r.text(v, "provider") }},
	{"name", func(r *reader, v jsonpos.Value, p *response) { p.name = r.text(v, "name") }},
	{"attributes", func(r *reader, v jsonpos.Value, p *response) {
		for m := range r.members(v, "attributes") {
			p.attributes = append(p.attributes, attribute{m.Key, r.texts(m.Value, "an attribute")})
		}
	}},
}

var rootFields = []field[rootTask]{
	{"account", func(r *reader, v jsonpos.Value, t *rootTask) { t.account = r.text(v, "account") }},
	{"task", func(r *reader, v jsonpos.Value, t *rootTask) { t.task = r.text(v, "task") }},
}

// step reads a call: a mapping, or the name of a role alone.
func (r *reader) step(v jsonpos.Value) step {
	s := step{at: placeOf(v), sessionName: "test"}
	if v.Kind() != jsonpos.Object {
		r.role(v, &s)
		return s
	}
	object(r, v, "a step of assume", stepFields, &s)
	r.oneCall(v, &s)
	r.provider(&s)
	return s
}

// provider finds the identity provider of a step that names none: the only one
// of its kind in the role's account.
func (r *reader) provider(s *step) {
	account := r.suite.World.Account(arn.AccountOf(s.role))
	if account == nil {
		return
	}
	var names []string
	switch {
	case s.token != nil && s.token.provider == "":
		for _, p := range account.OIDCProviders {
			if strings.HasPrefix(p.Name, eksPrefix) {
				names = append(names, p.Name)
			}
		}
		s.token.provider = r.only(s, names)
	case s.response != nil && s.response.provider == "":
		for _, p := range account.SAMLProviders {
			names = append(names, p.Name)
		}
		s.response.provider = r.only(s, names)
	}
}

func (r *reader) only(s *step, names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	r.refuse(CodeMissing, s.at, "the step does not say which identity provider", "provider: is one of the role's account: "+joined(names))
	return ""
}

// oneCall refuses a step that is not exactly one call.
func (r *reader) oneCall(v jsonpos.Value, s *step) {
	n := 0
	for _, given := range []bool{s.role != "", s.root != nil, s.sessionToken, s.federated != ""} {
		if given {
			n++
		}
	}
	switch {
	case n == 0 && !r.problems.HasErrors():
		r.refuse(CodeMissing, placeOf(v), "the step names no role", "role: is what is assumed; root:, session-token: and federation-token: are other calls")
	case n > 1:
		r.refuse(CodeConflict, placeOf(v), "the step is more than one call", "make a step of each")
	case s.token != nil && s.response != nil || s.vouched() && s.role == "":
		r.refuse(CodeConflict, placeOf(v), "one identity provider vouches for one role", "")
	}
}

func (r *reader) role(v jsonpos.Value, s *step) {
	name := r.text(v, "role")
	if name == "" {
		return
	}
	if strings.HasPrefix(name, "arn:") { // STS says what it thinks of a role that is none
		s.role = name
		return
	}
	role, err := r.suite.finder.Role(name)
	if err != nil {
		r.refuseName(placeOf(v), err)
		return
	}
	s.role = role.ARN()
}
