package conditions

import "slices"

// opposites are the operators that hold for a value exactly when the other does
// not.
var opposites = [][2]Base{
	{StringEquals, StringNotEquals},
	{StringEqualsIgnoreCase, StringNotEqualsIgnoreCase},
	{StringLike, StringNotLike},
	{NumericEquals, NumericNotEquals},
	{NumericLessThan, NumericGreaterThanEquals},
	{NumericGreaterThan, NumericLessThanEquals},
	{DateEquals, DateNotEquals},
	{DateLessThan, DateGreaterThanEquals},
	{DateGreaterThan, DateLessThanEquals},
	{IPAddress, NotIPAddress},
	{ARNEquals, ARNNotEquals},
	{ARNLike, ARNNotLike},
}

func (b Base) opposite() (Base, bool) {
	for _, pair := range opposites {
		if i := slices.Index(pair[:], b); i >= 0 {
			return pair[1-i], true
		}
	}
	return 0, false
}

// Complement gives the test that holds where this one does not, as far as the
// language has one: for a readable value, or a missing key. It reports false
// where there is none.
func (t *Test) Complement() (Operator, []string, bool) {
	op := t.op
	missing := t.evalMissing() == True // how the test comes out without the key
	switch {
	case op.Base == Null || op.Base == Bool:
		return t.complementBoolean(missing)
	case op.Qualifier == ForAnyValue:
		op.Qualifier = ForAllValues
	case op.Qualifier == ForAllValues:
		op.Qualifier = ForAnyValue
	}
	var ok bool
	if op.Base, ok = op.Base.opposite(); !ok {
		return Operator{}, nil, false
	}
	op.IfExists = false
	if op.Qualifier != NoQualifier {
		return op, t.values, true
	}
	if !missing && !op.Base.Negated() {
		op.IfExists = true
	}
	return op, t.values, !missing || !op.Base.Negated()
}

// complementBoolean turns true into false and the other way round.
func (t *Test) complementBoolean(missing bool) (Operator, []string, bool) {
	if len(t.values) != 1 || t.op.Qualifier != NoQualifier {
		return Operator{}, nil, false
	}
	op := t.op
	op.IfExists = op.Base == Bool && !missing
	switch {
	case isBoolean(t.values[0], "true"):
		return op, []string{"false"}, true
	case isBoolean(t.values[0], "false"):
		return op, []string{"true"}, true
	default:
		return Operator{}, nil, false
	}
}

// Text gives a policy value with its variables filled in where the context
// knows them, and as written otherwise.
func (t *Test) Text(value string, ctx *Context) string {
	s := sampler{ctx: ctx}
	if filled, known := s.fill(value, t.variables, false, ""); known {
		return filled
	}
	return value
}
