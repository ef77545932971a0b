package conditions

import "slices"

// Test is one compiled test of a condition block: an operator, a key and the
// values of the policy. It is immutable.
type Test struct {
	op     Operator
	key    Key
	values []string
	// negated is op.Base.Negated().
	negated bool
	// plain: one value of the request is compared, and that is all there is to it.
	plain bool
	// variables: policy variables in the values have a meaning.
	variables bool
	shared    uint8      // place in a Memory; 0 is none
	cmp       comparison // nil for Null
}

// comparison holds the policy values of a test, compiled for the operator's
// type. One kind of comparison serves an operator and its negation; the Test
// adds qualifier, negation and IfExists. The set is closed: one file a family.
type comparison interface {
	// compare tells how one value of the request compares with the policy
	// values together.
	compare(v string, ctx *Context) match
	// reachable tells whether any value of a request could match at all.
	reachable() bool
}

// match is the set of answers that a value got from the policy values.
type match uint8

const (
	// matched: a policy value matches.
	matched match = 1 << iota
	// malformed: one of the two sides could not be read as the operator's type.
	malformed
	// maybe: a policy value could match, depending on an open variable.
	maybe
)

func matchOf(t Truth) match {
	switch t {
	case True:
		return matched
	case Unknown:
		return maybe
	default:
		return 0
	}
}

// NewTest compiles a test. variables says whether the document has policy
// variables at all, that is, is of version 2012-10-17 (PL-170).
func NewTest(op Operator, key string, values []string, variables bool) Test {
	t := Test{op: op, key: NewKey(key), values: values, negated: op.Base.Negated()}
	variables = variables && op.Base.TakesVariables()
	t.variables = variables
	t.plain = op.Qualifier == NoQualifier && op.Base != Null && len(values) > 0
	switch b := op.Base; {
	case b <= StringNotLike:
		t.cmp = newStrings(b, values, variables)
	case b <= NumericGreaterThanEquals:
		t.cmp = newNumbers(b, values)
	case b <= DateGreaterThanEquals:
		t.cmp = newDates(b, values)
	case b == Bool:
		t.cmp = newBooleans(values, variables)
	case b == BinaryEquals:
		t.cmp = newBinaries(values)
	case b <= NotIPAddress:
		t.cmp = newNetworks(values)
	case b <= ARNNotLike:
		t.cmp = newARNs(values, variables)
	}
	return t
}

// Operator gives the test's operator.
func (t *Test) Operator() Operator { return t.op }

// Key gives the test's key.
func (t *Test) Key() Key { return t.key }

// Values gives the policy values as they were written. The slice must not be
// changed.
func (t *Test) Values() []string { return t.values }

// Variables tells whether `${...}` in the values is a policy variable: the
// operator takes them and the document's version knows them (PL-140, PL-170).
func (t *Test) Variables() bool { return t.variables }

// Eval runs the test (PL-199). It is Unknown only if a key that it reads is
// open.
func (t *Test) Eval(ctx *Context) Truth {
	e := ctx.known(&t.key)
	if e == nil {
		e = ctx.own(&t.key)
	}
	if e == nil || e.state != single || !t.plain {
		return t.evalAny(ctx.find(&t.key), ctx)
	}
	switch t.cmp.compare(e.text[0], ctx) {
	case matched:
		return Of(!t.negated)
	case 0:
		return Of(t.negated)
	default:
		return t.evalOne(e.text[0], ctx)
	}
}

// evalAny runs any test; nil is a missing key. Eval does most of them sooner.
func (t *Test) evalAny(e *entry, ctx *Context) Truth {
	switch {
	case t.op.Base == Null:
		return t.evalNull(e)
	case e == nil:
		return t.evalMissing()
	case e.state == openKey:
		return t.evalMissing() | t.evalOpen()
	case e.state == openValue:
		return t.evalOpen()
	default:
		return t.evalPresent(e, ctx)
	}
}

// evalNull: a multivalued key without values counts as missing (PL-168), an
// empty string as present (PL-169, CONTESTED). The qualifiers make Null
// constant (PL-134, CONTESTED).
func (t *Test) evalNull(e *entry) Truth {
	switch t.op.Qualifier {
	case ForAllValues:
		return True
	case ForAnyValue:
		return False
	}
	ifMissing, ifPresent := t.nullValue("true"), t.nullValue("false")
	switch {
	case e != nil && e.state == openKey:
		return ifMissing | ifPresent
	case e == nil || e.state == multi && len(e.list) == 0:
		return ifMissing
	default:
		return ifPresent
	}
}

// nullValue tells whether the policy values of a Null hold want, in any case.
func (t *Test) nullValue(want string) Truth {
	for _, p := range t.values {
		if isBoolean(p, want) {
			return True
		}
	}
	return False
}

// evalMissing is the outcome for a missing key.
func (t *Test) evalMissing() Truth {
	switch {
	case t.op.Qualifier == ForAllValues:
		return True // PL-126
	case t.op.Qualifier == ForAnyValue:
		return False // PL-128; with IfExists too: PL-129, CONTESTED
	case t.op.IfExists:
		return True // PL-119
	default:
		return Of(t.op.Base.Negated()) // PL-118
	}
}

// evalOpen is the outcome for a key that is there with a value not known.
func (t *Test) evalOpen() Truth {
	plain := t.op.Qualifier == NoQualifier && !t.op.Base.Negated()
	if plain && len(t.values) > 0 && !t.cmp.reachable() {
		return False
	}
	return Unknown
}

func (t *Test) evalPresent(e *entry, ctx *Context) Truth {
	values := e.list
	if e.state == single {
		values = e.text[:]
	}
	qualifier := t.op.Qualifier
	switch {
	case len(t.values) == 0 && (qualifier != NoQualifier || t.op.IfExists):
		return Of(qualifier != ForAnyValue && len(values) == 0) // PL-109
	case qualifier == NoQualifier && e.state == multi:
		return False // PL-131, CONTESTED
	case qualifier == NoQualifier:
		return t.evalOne(e.text[0], ctx)
	case allEmpty(values):
		return Of(qualifier == ForAllValues) // PL-126, PL-128, PL-132 CONTESTED
	}
	all, some := True, False
	for _, v := range values {
		result := t.evalOne(v, ctx)
		all, some = all.And(result), some.Or(result)
	}
	if qualifier == ForAllValues {
		return all
	}
	return some
}

// evalOne tests one value of the request. A negated operator is true only if
// no policy value matches and every comparison could be made (PL-138,
// CONTESTED).
func (t *Test) evalOne(v string, ctx *Context) Truth {
	m := t.cmp.compare(v, ctx)
	if t.negated {
		switch {
		case m&(matched|malformed) != 0:
			return False
		case m&maybe != 0:
			return Unknown
		default:
			return True
		}
	}
	switch {
	case m&matched != 0:
		return True
	case m&maybe != 0:
		return Unknown
	default:
		return False
	}
}

func allEmpty(values []string) bool {
	for _, v := range values {
		if v != "" {
			return false
		}
	}
	return true
}

// Same tells whether two tests are written alike: operator, key (case aside)
// and values.
func (t *Test) Same(other *Test) bool {
	return t.op == other.op && t.variables == other.variables && t.key.Equal(other.key) && slices.Equal(t.values, other.values)
}
