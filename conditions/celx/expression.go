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

// expression is a piece of CEL and what binds its parts.
type expression struct {
	text  string
	binds binding
}

// binding is the outermost operator of an expression, as far as it matters for
// parentheses.
type binding uint8

const (
	// tight: a call, which binds more than anything.
	tight binding = iota + 1
	// middling: a comparison, or expressions joined by &&.
	middling
	// loose: expressions joined by ||.
	loose
)

var (
	always = expression{"true", tight}
	never  = expression{"false", tight}
)

func plain(text string) expression { return expression{text, middling} }

func call(text string) expression { return expression{text, tight} }

func both(parts ...expression) expression { return all("&& ", parts...) }

// all joins expressions by &&, with a separator that begins with it.
func all(and string, parts ...expression) expression {
	parts = slices.DeleteFunc(slices.Clone(parts), func(p expression) bool { return p == always })
	switch {
	case slices.Contains(parts, never):
		return never
	case len(parts) == 0:
		return always
	case len(parts) == 1:
		return parts[0]
	}
	texts := make([]string, len(parts))
	for i, p := range parts {
		if texts[i] = p.text; p.binds == loose {
			texts[i] = "(" + p.text + ")"
		}
	}
	return plain(strings.Join(texts, " "+and))
}

// either joins expressions by ||.
func either(parts ...expression) expression {
	parts = slices.DeleteFunc(slices.Clone(parts), func(p expression) bool { return p == never })
	switch {
	case slices.Contains(parts, always):
		return always
	case len(parts) == 0:
		return never
	case len(parts) == 1:
		return parts[0]
	}
	texts := make([]string, len(parts))
	for i, p := range parts {
		texts[i] = p.text
	}
	return expression{strings.Join(texts, " || "), loose}
}

func not(e expression) expression {
	switch {
	case e == always:
		return never
	case e == never:
		return always
	case e.binds == tight:
		return call("!" + e.text)
	default:
		return call("!(" + e.text + ")")
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
		return either(missing, call(t.set+".all(v, v == '')"), each(t.set, "all", t.comparison("v")))
	case t.op.Qualifier == conditions.ForAnyValue: // PL-128, PL-129, PL-132
		return both(t.given, call(t.set+".exists(v, v != '')"), each(t.set, "exists", t.comparison("v")))
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
	return call(list + "." + macro + "(v, " + e.text + ")")
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
