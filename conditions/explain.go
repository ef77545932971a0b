package conditions

import (
	"fmt"
	"strings"
)

// Explanation says how a test came out.
type Explanation struct {
	Test *Test
	// Seen is what the request says of the key.
	Seen Seen
	// Result is what [Test.Eval] gives.
	Result Truth

	context *Context
}

// Note says what decided where the values alone do not show it; it may be
// empty.
func (e *Explanation) Note() string { return e.Test.note(e.Seen, e.context) }

// String gives the test and what it saw in one line.
func (e *Explanation) String() string {
	text := fmt.Sprintf("%s %s %s", e.Test.Operator(), e.Test.Key(), strings.Join(e.Test.Values(), " | "))
	note := e.Note()
	switch {
	case note != "":
		return text + ": " + note
	case e.Seen.Multivalued:
		return text + ": the request has [" + strings.Join(e.Seen.Values, ", ") + "]"
	default:
		return text + ": the request has " + strings.Join(e.Seen.Values, "")
	}
}

// Explain evaluates a test and says how it came out. It gives the same result
// as Eval.
func (t *Test) Explain(ctx *Context) Explanation {
	return Explanation{Test: t, Seen: ctx.Look(t.key), Result: t.Eval(ctx), context: ctx}
}

func (t *Test) note(seen Seen, ctx *Context) string {
	switch {
	case t.op.Base == Null && t.op.Qualifier != NoQualifier:
		return "a set operator makes Null constant"
	case t.op.Base == Null:
		return ""
	case seen.Open:
		return "the request leaves the key open"
	case seen.Missing:
		return t.missingNote()
	case len(t.values) == 0:
		return "the policy gives no value"
	case seen.Multivalued && t.op.Qualifier == NoQualifier:
		return "the key is multivalued, and the operator has neither ForAllValues nor ForAnyValue"
	case t.op.Qualifier != NoQualifier && allEmpty(seen.Values):
		return "the key has no values"
	default:
		return t.unreadableNote(seen, ctx)
	}
}

func (t *Test) missingNote() string {
	switch {
	case t.op.Qualifier == ForAllValues:
		return "the key is missing, and ForAllValues holds for an empty set"
	case t.op.Qualifier == ForAnyValue:
		return "the key is missing, and ForAnyValue fails for an empty set"
	case t.op.IfExists:
		return "the key is missing, and IfExists lets that pass"
	case t.op.Base.Negated():
		return "the key is missing, and a negated operator holds then"
	default:
		return "the key is missing"
	}
}

func (t *Test) unreadableNote(seen Seen, ctx *Context) string {
	for _, v := range seen.Values {
		if t.cmp.compare(v, ctx)&malformed != 0 {
			return "a value is not of the operator's type, and the comparison fails then"
		}
	}
	return ""
}
