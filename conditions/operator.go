package conditions

import (
	"slices"
	"strings"
)

// Base is a condition operator without its qualifier and suffix. The zero
// value is invalid.
type Base uint8

// The operators (PL-107, PL-123).
const (
	StringEquals Base = iota + 1
	StringNotEquals
	StringEqualsIgnoreCase
	StringNotEqualsIgnoreCase
	StringLike
	StringNotLike
	NumericEquals
	NumericNotEquals
	NumericLessThan
	NumericLessThanEquals
	NumericGreaterThan
	NumericGreaterThanEquals
	DateEquals
	DateNotEquals
	DateLessThan
	DateLessThanEquals
	DateGreaterThan
	DateGreaterThanEquals
	Bool
	BinaryEquals
	IPAddress
	NotIPAddress
	ARNEquals
	ARNLike
	ARNNotEquals
	ARNNotLike
	Null
)

// baseNames are the operators as policies write them, by Base.
var baseNames = [...]string{
	StringEquals: "StringEquals", StringNotEquals: "StringNotEquals",
	StringEqualsIgnoreCase: "StringEqualsIgnoreCase", StringNotEqualsIgnoreCase: "StringNotEqualsIgnoreCase",
	StringLike: "StringLike", StringNotLike: "StringNotLike",
	NumericEquals: "NumericEquals", NumericNotEquals: "NumericNotEquals",
	NumericLessThan: "NumericLessThan", NumericLessThanEquals: "NumericLessThanEquals",
	NumericGreaterThan: "NumericGreaterThan", NumericGreaterThanEquals: "NumericGreaterThanEquals",
	DateEquals: "DateEquals", DateNotEquals: "DateNotEquals",
	DateLessThan: "DateLessThan", DateLessThanEquals: "DateLessThanEquals",
	DateGreaterThan: "DateGreaterThan", DateGreaterThanEquals: "DateGreaterThanEquals",
	Bool: "Bool", BinaryEquals: "BinaryEquals", IPAddress: "IpAddress", NotIPAddress: "NotIpAddress",
	ARNEquals: "ArnEquals", ARNLike: "ArnLike", ARNNotEquals: "ArnNotEquals", ARNNotLike: "ArnNotLike",
	Null: "Null",
}

// String gives the operator as policies write it.
func (b Base) String() string {
	if b == 0 || int(b) >= len(baseNames) {
		return "invalid"
	}
	return baseNames[b]
}

// Negated tells whether the operator is the negation of another (PL-107).
func (b Base) Negated() bool {
	switch b {
	case StringNotEquals, StringNotEqualsIgnoreCase, StringNotLike, NumericNotEquals,
		DateNotEquals, NotIPAddress, ARNNotEquals, ARNNotLike:
		return true
	default:
		return false
	}
}

// TakesVariables tells whether policy values of the operator may hold
// variables: those of the String and ARN operators, and, CONTESTED, of Bool
// (PL-140, PL-154).
func (b Base) TakesVariables() bool {
	return b <= StringNotLike || b >= ARNEquals && b <= ARNNotLike || b == Bool
}

// Qualifier is the set operator in front of an operator. The zero value is
// invalid.
type Qualifier uint8

// The qualifiers.
const (
	NoQualifier Qualifier = iota + 1
	ForAllValues
	ForAnyValue
)

var qualifierPrefixes = [...]string{NoQualifier: "", ForAllValues: "ForAllValues:", ForAnyValue: "ForAnyValue:"}

const ifExistsSuffix = "IfExists"

// Operator is a condition operator: ForAnyValue:StringLikeIfExists.
type Operator struct {
	Qualifier Qualifier
	Base      Base
	IfExists  bool
}

// String gives the operator as policies write it.
func (o Operator) String() string {
	if o.Qualifier == 0 || int(o.Qualifier) >= len(qualifierPrefixes) {
		return "invalid"
	}
	s := qualifierPrefixes[o.Qualifier] + o.Base.String()
	if o.IfExists {
		s += ifExistsSuffix
	}
	return s
}

// OperatorProblem is why a name is no operator. The zero value is "it is one".
type OperatorProblem uint8

// The problems of operators.
const (
	// UnknownOperator: there is none of this name. Case counts (PL-123).
	UnknownOperator OperatorProblem = iota + 1
	// NullIfExists: Null takes no IfExists (PL-124).
	NullIfExists
)

var basesByName = func() map[string]Base {
	m := make(map[string]Base, len(baseNames))
	for b := StringEquals; b <= Null; b++ {
		m[baseNames[b]] = b
	}
	return m
}()

// ParseOperator reads the name of an operator.
func ParseOperator(name string) (Operator, OperatorProblem) {
	op := Operator{Qualifier: NoQualifier}
	rest := name
	for _, q := range []Qualifier{ForAllValues, ForAnyValue} {
		if after, ok := strings.CutPrefix(name, qualifierPrefixes[q]); ok {
			op.Qualifier, rest = q, after
		}
	}
	rest, op.IfExists = strings.CutSuffix(rest, ifExistsSuffix)
	op.Base = basesByName[rest]
	switch {
	case op.Base == 0:
		return Operator{}, UnknownOperator
	case op.Base == Null && op.IfExists:
		return Operator{}, NullIfExists
	}
	return op, 0
}

// OperatorNames lists every operator's name, sorted, for suggestions. The
// slice is the caller's.
func OperatorNames() []string {
	var names []string
	for _, q := range []Qualifier{NoQualifier, ForAllValues, ForAnyValue} {
		for b := StringEquals; b <= Null; b++ {
			names = append(names, Operator{Qualifier: q, Base: b}.String())
			if b != Null {
				names = append(names, Operator{Qualifier: q, Base: b, IfExists: true}.String())
			}
		}
	}
	slices.Sort(names)
	return names
}
