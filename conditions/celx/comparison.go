package celx

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall/rolecall/conditions"
)

// family is how an operator compares a value of the request, the first %s,
// with a value of the policy, the second.
type family struct {
	mode mode
	// match is the comparison of the positive operator, also for the negated
	// one. Of an equality, differ is its opposite.
	match, differ string
	binds         binding // of match
	// list compares with several values of the policy at once; it may be empty.
	list string
}

var (
	sameText   = family{mode: exact, binds: middling, match: "%s == %s", differ: "%s != %s", list: "%s in %s"}
	foldedText = family{mode: exact, binds: tight, match: "iam.equalsIgnoreCase(%s, %s)"}
	likeText   = family{mode: wildcard, binds: tight, match: "iam.stringLike(%s, %s)"}
	inNetwork  = family{mode: exact, binds: tight, match: "iam.network(%[2]s).containsIP(iam.ip(%[1]s))"}
	likeARN    = family{mode: parts, binds: tight, match: "iam.arnLike(%s, %s)"}
)

// typed gives the family of a function that reads both sides.
func typed(function, operator string) family {
	f := family{mode: exact, binds: middling, match: fmt.Sprintf("%s(%%s) %s %[1]s(%%s)", function, operator)}
	if operator == "==" {
		f.differ = fmt.Sprintf("%s(%%s) != %[1]s(%%s)", function)
	}
	return f
}

// compare writes the comparison of two texts.
func (f family) compare(v, p string) expression {
	return expression{fmt.Sprintf(f.match, v, p), f.binds}
}

// families are the operators' families, by Base.
var families = [...]family{
	conditions.StringEquals: sameText, conditions.StringNotEquals: sameText,
	conditions.StringEqualsIgnoreCase: foldedText, conditions.StringNotEqualsIgnoreCase: foldedText,
	conditions.StringLike: likeText, conditions.StringNotLike: likeText,
	conditions.NumericEquals: typed("iam.number", "=="), conditions.NumericNotEquals: typed("iam.number", "=="),
	conditions.NumericLessThan: typed("iam.number", "<"), conditions.NumericLessThanEquals: typed("iam.number", "<="),
	conditions.NumericGreaterThan: typed("iam.number", ">"), conditions.NumericGreaterThanEquals: typed("iam.number", ">="),
	conditions.DateEquals: typed("iam.date", "=="), conditions.DateNotEquals: typed("iam.date", "=="),
	conditions.DateLessThan: typed("iam.date", "<"), conditions.DateLessThanEquals: typed("iam.date", "<="),
	conditions.DateGreaterThan: typed("iam.date", ">"), conditions.DateGreaterThanEquals: typed("iam.date", ">="),
	conditions.Bool: typed("iam.bool", "=="), conditions.BinaryEquals: typed("iam.base64", "=="),
	conditions.IPAddress: inNetwork, conditions.NotIPAddress: inNetwork,
	conditions.ARNEquals: likeARN, conditions.ARNLike: likeARN,
	conditions.ARNNotEquals: likeARN, conditions.ARNNotLike: likeARN,
	conditions.Null: {mode: exact},
}

// comparison compares one value of the request, which v names, with the values
// of the policy: it matches one of them, or, of a negated operator, none
// (PL-104, PL-105).
func (t test) comparison(v string) expression {
	fixed, varying := t.split()
	terms := []expression{t.fixed(v, fixed)}
	for _, p := range varying {
		terms = append(terms, both(append(slices.Clone(p.guards), t.family.compare(v, p.text))...))
	}
	switch matches := either(terms...); {
	case !t.op.Base.Negated():
		return matches
	case len(fixed) == 1 && len(varying) == 0 && t.family.differ != "":
		return plain(fmt.Sprintf(t.family.differ, v, fixed[0]))
	case t.family.mode == parts && len(fixed) < len(t.values):
		// A value of the request that is no ARN makes the test fail also where
		// the policy's variable has no value, so that nothing reads it.
		return both(call("iam.isArn("+v+")"), not(matches))
	default:
		return not(matches)
	}
}

// split parts the values that are the same for every request from those with
// variables. A value that never matches is in neither (PL-179).
func (t test) split() (fixed []string, varying []value) {
	for _, p := range t.values {
		switch {
		case p.never:
		case p.varies:
			varying = append(varying, p)
		default:
			fixed = append(fixed, p.text)
		}
	}
	return fixed, varying
}

// fixed compares with the values that hold no variables.
func (t test) fixed(v string, values []string) expression {
	list := "[" + strings.Join(values, ", ") + "]"
	switch {
	case len(values) == 0:
		return never
	case len(values) == 1:
		return t.family.compare(v, values[0])
	case t.family.list != "":
		return plain(fmt.Sprintf(t.family.list, v, list))
	default:
		return call(list + ".exists(p, " + t.family.compare(v, "p").text + ")")
	}
}
