package lint

import (
	"strings"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/principal"
)

// statement is a statement made ready to be looked at.
type statement struct {
	*policy.Statement
	index      int
	actions    []action
	resources  []resource
	principals []named
	tests      []test
}

// named is one principal that a statement names.
type named struct {
	kind principal.Type
	policy.Text
}

// test is one test of a condition.
type test struct {
	conditions.Operator
	operator policy.Text
	key      policy.ConditionKey
	name     string // the key in lower case
	compiled conditions.Test
}

func newStatement(d *policy.Document, index int) statement {
	st := &d.Statements[index]
	s := statement{Statement: st, index: index}
	for _, t := range st.Action.Items {
		s.actions = append(s.actions, newAction(t))
	}
	if st.Resource != nil {
		for _, t := range st.Resource.Items {
			s.resources = append(s.resources, newResource(t, d.HasVariables()))
		}
	}
	if st.Principal != nil {
		for _, t := range st.Principal.Types {
			for _, v := range t.Values {
				s.principals = append(s.principals, named{kind: t.Type, Text: v})
			}
		}
	}
	for _, op := range st.Condition {
		for _, key := range op.Keys {
			values := make([]string, len(key.Values))
			for i, v := range key.Values {
				values[i] = v.Value
			}
			s.tests = append(s.tests, test{
				Operator: op.Operator, operator: op.Name, key: key, name: strings.ToLower(key.Name.Value),
				compiled: conditions.NewTest(op.Operator, key.Name.Value, values, d.HasVariables()),
			})
		}
	}
	return s
}

func (s *statement) sid() string {
	if s.Sid == nil {
		return ""
	}
	return s.Sid.Value
}

// at is the place of a statement as a whole: its Sid, or its brace.
func (s *statement) at() diag.Span {
	if s.sid() != "" {
		return s.Sid.Span
	}
	return opening(s.Span)
}

// call names a statement in a sentence.
func (s *statement) call() string {
	if s.sid() != "" {
		return "statement " + quote(s.sid())
	}
	return "statement " + itoa(s.index)
}

func (s *statement) allows() bool { return s.Effect == policy.Allow }

// mentions tells whether a test of the statement is about one of the keys,
// given in lower case. A name that ends in `/` or `:` means every key that
// begins so.
func (s *statement) mentions(keys ...string) bool {
	for i := range s.tests {
		if s.tests[i].about(keys) {
			return true
		}
	}
	return false
}

// limits tells whether a test of the statement holds the request to some
// values of one of the keys.
func (s *statement) limits(keys ...string) bool {
	for i := range s.tests {
		if t := &s.tests[i]; t.about(keys) && t.limits() {
			return true
		}
	}
	return false
}

func (t *test) about(keys []string) bool {
	for _, k := range keys {
		open := strings.HasSuffix(k, "/") || strings.HasSuffix(k, ":")
		if t.name == k || open && strings.HasPrefix(t.name, k) {
			return true
		}
	}
	return false
}

// limits tells whether the test is false for a request without the key and for
// some value of it.
func (t *test) limits() bool {
	if t.Qualifier == conditions.ForAllValues || t.IfExists || t.Base.Negated() || t.Base == conditions.Null {
		return false
	}
	for _, v := range t.key.Values {
		if t.wild() && strings.Trim(v.Value, "*") == "" {
			return false
		}
	}
	return len(t.key.Values) > 0
}

// wild tells whether `*` and `?` are wildcards in the values.
func (t *test) wild() bool {
	switch t.Base {
	case conditions.StringLike, conditions.StringNotLike, conditions.ARNEquals, conditions.ARNLike, conditions.ARNNotEquals, conditions.ARNNotLike:
		return true
	default:
		return false
	}
}

// text tells whether the operator compares text without wildcards.
func (t *test) text() bool { return t.Base < conditions.StringLike }

// isString tells whether the operator is one of the String family.
func (t *test) isString() bool { return t.Base <= conditions.StringNotLike }

// isPlain tells whether the test has neither a set operator nor IfExists.
func (t *test) isPlain() bool { return t.Qualifier == conditions.NoQualifier && !t.IfExists }

// has tells whether a value of the test is v, in any case.
func (t *test) has(v string) bool {
	for _, have := range t.key.Values {
		if strings.EqualFold(have.Value, v) {
			return true
		}
	}
	return false
}

// matching gives the first item of Action that matches a concrete action,
// given in lower case. Of NotAction there is none.
func (s *statement) matching(service, name string) (policy.Text, bool) {
	if s.Action.Not {
		return policy.Text{}, false
	}
	for i := range s.actions {
		if s.actions[i].matches(service, name) {
			return s.actions[i].Text, true
		}
	}
	return policy.Text{}, false
}

// covers tells whether the statement means a concrete action, given in lower
// case, and where it says so.
func (s *statement) covers(service, name string) (at diag.Span, ok bool) {
	if t, ok := s.matching(service, name); ok {
		return t.Span, true
	}
	if !s.Action.Not {
		return diag.Span{}, false
	}
	for i := range s.actions {
		if s.actions[i].matches(service, name) {
			return diag.Span{}, false
		}
	}
	return s.at(), true
}

// everyResource tells whether the statement means all resources, or all but
// some.
func (s *statement) everyResource() bool {
	if s.Resource == nil || s.Resource.Not {
		return s.Resource != nil
	}
	for i := range s.resources {
		if s.resources[i].all {
			return true
		}
	}
	return false
}
