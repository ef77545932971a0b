// Package conditions is the Condition element of a policy: operators, keys,
// values and policy variables.
//
// # Compile, then evaluate
//
// A condition block is a list of [Test]s, each an operator, a key and the
// values that the policy gives. [NewTest] reads the values once, as numbers,
// instants, networks, ARNs or patterns; evaluation then works on what was read
// and allocates nothing. All tests of a [Block] must hold (PL-104).
//
// # How an operator is put together
//
// A [comparison] tells how one value of the request stands to the values of
// the policy; there is one for each family of operators, in a file of its own.
// Negation, IfExists, ForAllValues and ForAnyValue are added around it in
// [Test.Eval], so that they mean the same for every family.
//
// # Three values
//
// A test is [True], [False] or, if the request leaves a key open, [Unknown].
// With no open key the answer is always True or False.
//
// # What cannot be read
//
// A value that is no number, date and so on never stops a document from
// loading, and matches nothing (PL-137). [Interpretable] tells such values, so
// that nothing is skipped in silence.
package conditions

import "github.com/rolecall/rolecall/arn"

// Interpretable tells whether a policy value can be read as the type of an
// operator. One that cannot matches nothing.
func Interpretable(b Base, value string, variables bool) bool {
	switch {
	case b == Null:
		return readsAsBoolean(value)
	case b <= StringNotLike:
		return true
	case b == BinaryEquals:
		_, ok := decodeBase64(value)
		return ok
	case b == IPAddress || b == NotIPAddress:
		_, ok := parseNetwork(value)
		return ok
	case b >= ARNEquals:
		mode := arn.NoVariables
		if variables {
			mode = arn.AllVariables
		}
		return len(arn.SplitPattern(value, mode)) == 6
	case b <= NumericGreaterThanEquals:
		_, ok := parseNumber(value)
		return ok
	case b == Bool:
		return newBooleans([]string{value}, variables).reachable()
	default:
		_, ok := parseInstant(value)
		return ok
	}
}
