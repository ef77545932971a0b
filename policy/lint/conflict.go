package lint

import (
	"strings"

	"github.com/rolecall/rolecall/conditions"
)

// maxTried bounds the values that conditionNeverTrue tries.
const maxTried = 100

// conditionNeverTrue tries every value that a StringEquals leaves a key, and a
// Null that wants the key missing, against the other tests of the key.
func conditionNeverTrue(p *pass, s *statement) {
	for i := range s.tests {
		t := &s.tests[i]
		if !t.isPlain() || !t.decidesKey() {
			continue
		}
		if other, never := s.never(t); never {
			p.report(t.key.Name.Span, "no value of "+quote(t.key.Name.Value)+" satisfies "+t.operator.Value+" and "+other+" together", "")
			return
		}
	}
}

// decidesKey tells whether the test leaves its key few values, all known: those
// of a StringEquals without variables, or none at all.
func (t *test) decidesKey() bool {
	if t.Base == conditions.Null {
		return t.has("true") && !t.has("false")
	}
	if t.Base != conditions.StringEquals || len(t.key.Values) == 0 || len(t.key.Values) > maxTried {
		return false
	}
	for _, v := range t.key.Values {
		if strings.Contains(v.Value, "${") {
			return false
		}
	}
	return true
}

// never tells whether the other tests of t's key are false for all that t
// leaves, and names one of them. A multivalued key makes t itself false
// (PL-131), so that single values are all there is to try.
func (s *statement) never(t *test) (other string, never bool) {
	tries := []conditions.Context{{}} // the key is missing
	if t.Base != conditions.Null {
		tries = nil
		for _, v := range t.key.Values {
			c := conditions.NewContext(1)
			if c.Add(t.name, v.Value) == nil {
				tries = append(tries, c)
			}
		}
	}
	for i := range tries {
		name, failed := s.fails(t, &tries[i])
		if !failed {
			return "", false
		}
		other = name
	}
	return other, true
}

// fails names another test of t's key that is false in a context that holds
// the key and nothing else. Tests with variables are left out.
func (s *statement) fails(t *test, ctx *conditions.Context) (string, bool) {
	for i := range s.tests {
		o := &s.tests[i]
		if o == t || o.name != t.name || len(o.key.Values) > maxTried || o.hasVariable() {
			continue
		}
		if o.compiled.Eval(ctx) == conditions.False {
			return o.operator.Value, true
		}
	}
	return "", false
}

func (t *test) hasVariable() bool {
	for _, v := range t.key.Values {
		if strings.Contains(v.Value, "${") {
			return true
		}
	}
	return false
}
