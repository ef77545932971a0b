package celx

import (
	"slices"
	"strings"

	"github.com/rolecall/rolecall/conditions"
)

// Expression says a condition block in CEL: a line for each test, joined by
// &&. The block without tests is "true". A byte that is not UTF-8 comes out as
// U+FFFD.
func Expression(b *conditions.Block) string {
	var tests []expression
	for i := range b.Tests() {
		tests = append(tests, newTest(&b.Tests()[i]).expression())
	}
	return all("&&\n", tests...).text
}

// expression is a piece of CEL and what binds its outermost operator.
type expression struct {
	text string
	// or: the outermost operator is ||, so that && needs parentheses around it.
	or bool
}

var (
	always = expression{text: "true"}
	never  = expression{text: "false"}
)

func plain(text string) expression { return expression{text: text} }

func both(parts ...expression) expression { return all("&& ", parts...) }

// all joins expressions by &&, with a separator that begins with it.
func all(and string, parts ...expression) expression {
	var texts []string
	for _, p := range parts {
		switch {
		case p == never:
			return never
		case p == always:
		case p.or && len(parts) > 1:
			texts = append(texts, "("+p.text+")")
		default:
			texts = append(texts, p.text)
		}
	}
	if texts == nil {
		return always
	}
	return expression{text: strings.Join(texts, " "+and), or: len(parts) == 1 && parts[0].or}
}

// either joins expressions by ||.
func either(parts ...expression) expression {
	var texts []string
	or := false
	for _, p := range parts {
		switch p {
		case always:
			return always
		case never:
		default:
			texts, or = append(texts, p.text), p.or
		}
	}
	if texts == nil {
		return never
	}
	return expression{text: strings.Join(texts, " || "), or: or || len(texts) > 1}
}

func not(e expression) expression {
	switch e {
	case always:
		return never
	case never:
		return always
	default:
		return plain("!(" + e.text + ")")
	}
}

// test is one test of a block on its way to CEL.
type test struct {
	op     conditions.Operator
	family family
	values []value
	// single and set are the key's lookups in the two maps, and has and given
	// tell whether it is there.
	single, set string
	has, given  expression
}

func newTest(t *conditions.Test) test {
	key := quote(t.Key().String())
	op := t.Operator()
	return test{
		op:     op,
		family: families[op.Base],
		values: readValues(t.Values(), families[op.Base].mode, t.Variables()),
		single: "value[" + key + "]", set: "values[" + key + "]",
		has: plain(key + " in value"), given: plain(key + " in values"),
	}
}

// expression puts the qualifier, IfExists and the missing key around the
// comparison (PL-199).
func (t test) expression() expression {
	missing := not(t.given)
	switch {
	case t.op.Base == conditions.Null:
		return t.null()
	case len(t.values) == 0 && (t.op.Qualifier != conditions.NoQualifier || t.op.IfExists): // PL-109
		if t.op.Qualifier == conditions.ForAnyValue {
			return never
		}
		return either(missing, plain(t.set+" == []"))
	case t.op.Qualifier == conditions.ForAllValues: // PL-126, PL-132
		return either(missing, plain(t.set+".all(v, v == '')"), each(t.set, "all", t.comparison("v")))
	case t.op.Qualifier == conditions.ForAnyValue: // PL-128, PL-129, PL-132
		return both(t.given, plain(t.set+".exists(v, v != '')"), each(t.set, "exists", t.comparison("v")))
	case t.op.IfExists || t.op.Base.Negated(): // PL-118, PL-119, PL-131
		return either(missing, both(t.has, t.comparison(t.single)))
	default:
		return both(t.has, t.comparison(t.single))
	}
}

func each(list, macro string, e expression) expression {
	if e == always || e == never {
		return e // a list that is asked for it has a value
	}
	return plain(list + "." + macro + "(v, " + e.text + ")")
}

// null is the presence test: a list without values is null, an empty string is
// not (PL-168, PL-169). The qualifiers make it constant (PL-134).
func (t test) null() expression {
	switch t.op.Qualifier {
	case conditions.ForAllValues:
		return always
	case conditions.ForAnyValue:
		return never
	}
	result := never
	if slices.ContainsFunc(t.values, func(v value) bool { return strings.ToLower(v.source) == "true" }) {
		result = either(not(t.given), plain(t.set+" == []"))
	}
	if slices.ContainsFunc(t.values, func(v value) bool { return strings.ToLower(v.source) == "false" }) {
		if result != never {
			return always
		}
		result = both(t.given, plain(t.set+" != []"))
	}
	return result
}
