package conditions

import (
	"strings"
	"testing"
)

// have is the context of a test: a string is a single-valued key, a []string
// a multivalued one, open{} and present{} keys that are open.
type have map[string]any

type (
	open_   struct{} // may be missing
	present struct{} // has some value
)

func (h have) context(t testing.TB) *Context {
	t.Helper()
	c := NewContext(len(h))
	for name, value := range h {
		var err error
		switch v := value.(type) {
		case string:
			err = c.Add(name, v)
		case []string:
			err = c.AddList(name, v)
		case open_:
			err = c.AddOpen(name, false)
		case present:
			err = c.AddOpen(name, true)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return &c
}

type row struct {
	operator string
	key      string
	values   []string
	have     have
	want     Truth
}

func (r row) eval(t testing.TB, variables bool) Truth {
	t.Helper()
	op, problem := ParseOperator(r.operator)
	if problem != 0 {
		t.Fatalf("%s is no operator", r.operator)
	}
	test := NewTest(op, r.key, r.values, variables)
	ctx := r.have.context(t)
	got := test.Eval(ctx)
	if explained := test.Explain(ctx); explained.Result != got {
		t.Errorf("Explain says %s, Eval says %s", explained.Result, got)
	}
	return got
}

func runRows(t *testing.T, rows map[string]row) {
	t.Helper()
	for name, r := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := r.eval(t, true); got != r.want {
				t.Errorf("%s %s %q with %v = %s, want %s", r.operator, r.key, r.values, r.have, got, r.want)
			}
		})
	}
}

func list(values ...string) []string { return values }

func TestMissingAndPresentKeys(t *testing.T) { // PL-121
	t.Parallel()
	runRows(t, map[string]row{
		"missing, positive":                {"StringEquals", "k:k", list("a"), have{}, False},
		"missing, negated":                 {"StringNotEquals", "k:k", list("a"), have{}, True},
		"missing, positive IfExists":       {"StringEqualsIfExists", "k:k", list("a"), have{}, True},
		"missing, negated IfExists":        {"StringNotEqualsIfExists", "k:k", list("a"), have{}, True},
		"missing, Null true":               {"Null", "k:k", list("true"), have{}, True},
		"missing, Null false":              {"Null", "k:k", list("false"), have{}, False},
		"match, positive":                  {"StringEquals", "k:k", list("a"), have{"k:k": "a"}, True},
		"match, negated":                   {"StringNotEquals", "k:k", list("a"), have{"k:k": "a"}, False},
		"match, positive IfExists":         {"StringEqualsIfExists", "k:k", list("a"), have{"k:k": "a"}, True},
		"match, negated IfExists":          {"StringNotEqualsIfExists", "k:k", list("a"), have{"k:k": "a"}, False},
		"match, Null true":                 {"Null", "k:k", list("TRUE"), have{"k:k": "a"}, False},
		"match, Null false":                {"Null", "k:k", list("False"), have{"k:k": "a"}, True},
		"no match, positive":               {"StringEquals", "k:k", list("a", "b"), have{"k:k": "c"}, False},
		"no match, negated":                {"StringNotEquals", "k:k", list("a", "b"), have{"k:k": "c"}, True},
		"no match, IfExists":               {"StringEqualsIfExists", "k:k", list("a"), have{"k:k": "c"}, False},
		"several Null values":              {"Null", "k:k", list("true", "false"), have{}, True},
		"a Null value that is no boolean":  {"Null", "k:k", list("maybe"), have{}, False},
		"Null of an empty set":             {"Null", "k:k", list("true"), have{"k:k": list()}, True},
		"Null of an empty string":          {"Null", "k:k", list("true"), have{"k:k": ""}, False},
		"the name's case does not count":   {"StringEquals", "AWS:SourceVPC", list("v"), have{"aws:sourcevpc": "v"}, True},
		"nor does that of the tag key":     {"StringEquals", "aws:RequestTag/KEY", list("v"), have{"aws:RequestTag/key": "v"}, True},
		"nor that of other letters":        {"StringEquals", "aws:RequestTag/ÄÖ", list("v"), have{"aws:RequestTag/äö": "v"}, True},
		"a negated match among several":    {"StringNotEquals", "k:k", list("a", "b"), have{"k:k": "b"}, False},
		"a tag without a name is missing":  {"StringEquals", "aws:RequestTag/", list("x"), have{"aws:RequestTag/": "x"}, False},
		"so is an encryption context":      {"Null", "kms:encryptioncontext:", list("true"), have{"kms:EncryptionContext:": "x"}, True},
		"a present empty string is a text": {"StringLike", "k:k", list(""), have{"k:k": ""}, True},
	})
}

func TestSetOperators(t *testing.T) { // PL-125 to PL-135
	t.Parallel()
	ab := list("a", "b")
	runRows(t, map[string]row{
		"all, missing":                       {"ForAllValues:StringEquals", "k:k", ab, have{}, True},
		"all negated, missing":               {"ForAllValues:StringNotEquals", "k:k", ab, have{}, True},
		"any, missing":                       {"ForAnyValue:StringEquals", "k:k", ab, have{}, False},
		"any negated, missing":               {"ForAnyValue:StringNotEquals", "k:k", ab, have{}, False},
		"any IfExists, missing":              {"ForAnyValue:StringEqualsIfExists", "k:k", ab, have{}, False},
		"all IfExists, missing":              {"ForAllValues:StringEqualsIfExists", "k:k", ab, have{}, True},
		"all, no values":                     {"ForAllValues:StringEquals", "k:k", ab, have{"k:k": list()}, True},
		"any, no values":                     {"ForAnyValue:StringEquals", "k:k", ab, have{"k:k": list()}, False},
		"all, every value listed":            {"ForAllValues:StringEquals", "k:k", ab, have{"k:k": list("b", "a")}, True},
		"all negated, every value listed":    {"ForAllValues:StringNotEquals", "k:k", ab, have{"k:k": ab}, False},
		"any, every value listed":            {"ForAnyValue:StringEquals", "k:k", ab, have{"k:k": ab}, True},
		"any negated, every value listed":    {"ForAnyValue:StringNotEquals", "k:k", ab, have{"k:k": ab}, False},
		"all, some listed":                   {"ForAllValues:StringEquals", "k:k", ab, have{"k:k": list("a", "c")}, False},
		"all negated, some listed":           {"ForAllValues:StringNotEquals", "k:k", ab, have{"k:k": list("a", "c")}, False},
		"any, some listed":                   {"ForAnyValue:StringEquals", "k:k", ab, have{"k:k": list("a", "c")}, True},
		"any negated, some listed":           {"ForAnyValue:StringNotEquals", "k:k", ab, have{"k:k": list("a", "c")}, True},
		"all, none listed":                   {"ForAllValues:StringEquals", "k:k", ab, have{"k:k": list("c")}, False},
		"all negated, none listed":           {"ForAllValues:StringNotEquals", "k:k", ab, have{"k:k": list("c")}, True},
		"any, none listed":                   {"ForAnyValue:StringEquals", "k:k", ab, have{"k:k": list("c")}, False},
		"any negated, none listed":           {"ForAnyValue:StringNotEquals", "k:k", ab, have{"k:k": list("c")}, True},
		"a set of one for a single value":    {"ForAnyValue:StringEquals", "k:k", ab, have{"k:k": "a"}, True},
		"an empty string is an empty set":    {"ForAllValues:StringEquals", "k:k", ab, have{"k:k": ""}, True},
		"empty strings are an empty set":     {"ForAnyValue:StringNotEquals", "k:k", ab, have{"k:k": list("", "")}, False},
		"an empty string beside another":     {"ForAllValues:StringEquals", "k:k", ab, have{"k:k": list("", "a")}, False},
		"a list without a set operator":      {"StringEquals", "k:k", ab, have{"k:k": list("a")}, False},
		"a list without one, negated":        {"StringNotEquals", "k:k", ab, have{"k:k": list("c")}, False},
		"a list without one, IfExists":       {"StringEqualsIfExists", "k:k", ab, have{"k:k": list("a")}, False},
		"all of Null":                        {"ForAllValues:Null", "k:k", list("true"), have{"k:k": "a"}, True},
		"any of Null":                        {"ForAnyValue:Null", "k:k", list("true"), have{}, False},
		"no policy values, any":              {"ForAnyValue:StringEquals", "k:k", list(), have{"k:k": list("a")}, False},
		"no policy values, all":              {"ForAllValues:StringEquals", "k:k", list(), have{"k:k": list("a")}, False},
		"no policy values, all, no values":   {"ForAllValues:StringNotEquals", "k:k", list(), have{"k:k": list()}, True},
		"no policy values, IfExists":         {"StringNotEqualsIfExists", "k:k", list(), have{"k:k": "a"}, False},
		"no policy values, IfExists, absent": {"StringEqualsIfExists", "k:k", list(), have{}, True},
		"no policy values":                   {"StringEquals", "k:k", list(), have{"k:k": "a"}, False},
		"no policy values, negated":          {"StringNotEquals", "k:k", list(), have{"k:k": "a"}, True},
	})
}

func TestStrings(t *testing.T) {
	t.Parallel()
	runRows(t, map[string]row{
		"equal":                          {"StringEquals", "k:k", list("abc"), have{"k:k": "abc"}, True},
		"case counts":                    {"StringEquals", "k:k", list("abc"), have{"k:k": "ABC"}, False},
		"a star is a character":          {"StringEquals", "k:k", list("a*"), have{"k:k": "abc"}, False},
		"ignore case":                    {"StringEqualsIgnoreCase", "k:k", list("aBÄ"), have{"k:k": "AbÄ"}, True},
		"ignore case, negated":           {"StringNotEqualsIgnoreCase", "k:k", list("abc"), have{"k:k": "ABC"}, False},
		"ignore case with variable":      {"StringEqualsIgnoreCase", "k:k", list("x", "a-${k:v}"), have{"k:k": "A-B", "k:v": "b"}, True},
		"ignore case, variable missing":  {"StringEqualsIgnoreCase", "k:k", list("a-${k:v}"), have{"k:k": "a-"}, False},
		"ignore case, variable open":     {"StringEqualsIgnoreCase", "k:k", list("a-${k:v}"), have{"k:k": "a-", "k:v": open_{}}, Unknown},
		"like":                           {"StringLike", "k:k", list("a*c?"), have{"k:k": "abbcd"}, True},
		"like takes slashes and colons":  {"StringLike", "k:k", list("arn:*:x"), have{"k:k": "arn:a/b:c:x"}, True},
		"like is of the whole value":     {"StringLike", "k:k", list("b"), have{"k:k": "abc"}, False},
		"not like":                       {"StringNotLike", "k:k", list("x*", "a*"), have{"k:k": "abc"}, False},
		"a variable":                     {"StringEquals", "k:k", list("u/${aws:username}"), have{"k:k": "u/bob", "aws:username": "bob"}, True},
		"a variable without value":       {"StringEquals", "k:k", list("${aws:username}"), have{"k:k": ""}, False},
		"a variable without, negated":    {"StringNotEquals", "k:k", list("${aws:username}"), have{"k:k": "x"}, True},
		"a default":                      {"StringEquals", "k:k", list("${k:v, 'none at all'}"), have{"k:k": "none at all"}, True},
		"a default is literal":           {"StringLike", "k:k", list("${k:v, '*'}"), have{"k:k": "x"}, False},
		"an empty default":               {"StringEquals", "k:k", list("a${k:v, ''}b"), have{"k:k": "ab"}, True},
		"a present empty key wins":       {"StringEquals", "k:k", list("${k:v, 'd'}"), have{"k:k": "", "k:v": ""}, True},
		"a multivalued variable":         {"StringEquals", "k:k", list("${k:v, 'd'}"), have{"k:k": "d", "k:v": list("d")}, False},
		"a star in a value is literal":   {"StringLike", "k:k", list("${k:v}"), have{"k:k": "abc", "k:v": "a*"}, False},
		"an escaped star":                {"StringLike", "k:k", list("${*}x*"), have{"k:k": "*xyz"}, True},
		"a malformed variable":           {"StringLike", "k:k", list("*${}*", "*${a b}*", "*${a:b, c}*"), have{"k:k": "${}"}, False},
		"an unclosed variable is text":   {"StringEquals", "k:k", list("${k:v"), have{"k:k": "${k:v"}, True},
		"an open key":                    {"StringEquals", "k:k", list("a"), have{"k:k": open_{}}, Unknown},
		"an open key, negated":           {"StringNotEquals", "k:k", list("a"), have{"k:k": open_{}}, Unknown},
		"an open value":                  {"StringEquals", "k:k", list("a"), have{"k:k": present{}}, Unknown},
		"an open value, nothing can fit": {"StringEquals", "k:k", list("${}"), have{"k:k": present{}}, False},
		"an open value, Null":            {"Null", "k:k", list("true"), have{"k:k": present{}}, False},
		"an open key, Null":              {"Null", "k:k", list("true"), have{"k:k": open_{}}, Unknown},
		"an open key, Null both ways":    {"Null", "k:k", list("true", "false"), have{"k:k": open_{}}, True},
		"an open variable":               {"StringEquals", "k:k", list("a-${k:v}"), have{"k:k": "a-b", "k:v": open_{}}, Unknown},
		"an open variable, no chance":    {"StringEquals", "k:k", list("a-${k:v}"), have{"k:k": "x", "k:v": open_{}}, False},
		"an open variable, negated":      {"StringNotEquals", "k:k", list("a-${k:v}"), have{"k:k": "a-b", "k:v": open_{}}, Unknown},
		"an open variable and a match":   {"StringEquals", "k:k", list("a-${k:v}", "a-b"), have{"k:k": "a-b", "k:v": open_{}}, True},
	})
	if got := (row{"StringEquals", "k:k", list("${k:v}"), have{"k:k": "${k:v}", "k:v": "x"}, 0}).eval(t, false); got != True {
		t.Error("without variables ${...} is text")
	}
	long := strings.Repeat("x", 300)
	if got := (row{"StringEqualsIgnoreCase", "k:k", list("${k:v}"), have{"k:k": long, "k:v": long}, 0}).eval(t, true); got != True {
		t.Error("a long variable is read whole")
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	runRows(t, map[string]row{
		"equal by value":             {"NumericEquals", "k:k", list("10"), have{"k:k": "10.0"}, True},
		"leading zeros":              {"NumericEquals", "k:k", list("0010"), have{"k:k": "+10"}, True},
		"no binary rounding":         {"NumericEquals", "k:k", list("0.30000000000000001"), have{"k:k": "0.3"}, False},
		"long integers":              {"NumericLessThan", "k:k", list("100000000000000000000000001"), have{"k:k": "100000000000000000000000000"}, True},
		"zero has no sign":           {"NumericEquals", "k:k", list("-0"), have{"k:k": "0.00"}, True},
		"less":                       {"NumericLessThan", "k:k", list("10"), have{"k:k": "9.99"}, True},
		"not less":                   {"NumericLessThan", "k:k", list("10"), have{"k:k": "10"}, False},
		"at most":                    {"NumericLessThanEquals", "k:k", list("10"), have{"k:k": "10"}, True},
		"greater":                    {"NumericGreaterThan", "k:k", list("-2"), have{"k:k": "-1"}, True},
		"at least":                   {"NumericGreaterThanEquals", "k:k", list("0.05"), have{"k:k": "0.005"}, False},
		"negative is below positive": {"NumericGreaterThan", "k:k", list("-1"), have{"k:k": "0.001"}, True},
		"positive is above negative": {"NumericLessThan", "k:k", list("1"), have{"k:k": "-5"}, True},
		"an exponent":                {"NumericEquals", "k:k", list("1e3"), have{"k:k": "1000"}, True},
		"a negative exponent":        {"NumericEquals", "k:k", list("25E-1"), have{"k:k": "2.5"}, True},
		"a huge exponent":            {"NumericLessThan", "k:k", list("1e999999999"), have{"k:k": "9e999999998"}, True},
		"an exponent beyond 64 bits": {"NumericLessThan", "k:k", list("1e99999999999999999999"), have{"k:k": "1"}, True},
		"a small one beyond them":    {"NumericGreaterThan", "k:k", list("1e-99999999999999999999"), have{"k:k": "1"}, True},
		"zero with an exponent":      {"NumericEquals", "k:k", list("0e99999999999999999999"), have{"k:k": "0"}, True},
		"twelve digits of exponent":  {"NumericLessThan", "k:k", list("1e123456789012"), have{"k:k": "9e123456789011"}, True},
		"an empty exponent":          {"NumericEquals", "k:k", list("1e"), have{"k:k": "1"}, False},
		"two signs":                  {"NumericEquals", "k:k", list("1e+-3"), have{"k:k": "1000"}, False},
		"several values are an or":   {"NumericLessThan", "k:k", list("5", "50"), have{"k:k": "20"}, True},
		"not equal":                  {"NumericNotEquals", "k:k", list("1", "2"), have{"k:k": "3"}, True},
		"not equal, one is":          {"NumericNotEquals", "k:k", list("1", "3.0"), have{"k:k": "3"}, False},
		"malformed in the policy":    {"NumericNotEquals", "k:k", list("one"), have{"k:k": "3"}, False},
		"malformed beside a match":   {"NumericEquals", "k:k", list("one", "3"), have{"k:k": "3"}, True},
		"malformed in the request":   {"NumericNotEquals", "k:k", list("1"), have{"k:k": "0x3"}, False},
		"malformed, no values":       {"NumericNotEquals", "k:k", list(), have{"k:k": "x"}, True},
		"a blank before":             {"NumericEquals", "k:k", list(" 3"), have{"k:k": "3"}, False},
		"a point without digits":     {"NumericEquals", "k:k", list("3."), have{"k:k": "3"}, False},
		"no digits before the point": {"NumericEquals", "k:k", list(".5"), have{"k:k": "0.5"}, False},
		"not a number":               {"NumericEquals", "k:k", list("NaN"), have{"k:k": "NaN"}, False},
		"a variable is not replaced": {"NumericEquals", "k:k", list("${k:v}"), have{"k:k": "3", "k:v": "3"}, False},
		"open, nothing can fit":      {"NumericEquals", "k:k", list("x"), have{"k:k": present{}}, False},
		"open, something can":        {"NumericEquals", "k:k", list("3"), have{"k:k": present{}}, Unknown},
	})
}

func TestDates(t *testing.T) {
	t.Parallel()
	const noon = "2026-11-21T12:00:00Z"
	runRows(t, map[string]row{
		"equal":                           {"DateEquals", "k:k", list(noon), have{"k:k": noon}, True},
		"another zone":                    {"DateEquals", "k:k", list("2026-11-21T13:30:00+01:30"), have{"k:k": noon}, True},
		"a zone behind":                   {"DateEquals", "k:k", list("2026-11-21T07:00:00-05:00"), have{"k:k": noon}, True},
		"seconds since 1970":              {"DateEquals", "k:k", list("1795262400"), have{"k:k": noon}, True},
		"negative seconds":                {"DateLessThan", "k:k", list("0"), have{"k:k": "-100"}, True},
		"three digits and a sign":         {"DateEquals", "k:k", list("-100"), have{"k:k": "-100"}, True},
		"minutes without seconds":         {"DateEquals", "k:k", list("2026-11-21T12:00Z"), have{"k:k": noon}, True},
		"no zone is UTC":                  {"DateEquals", "k:k", list("2026-11-21T12:00:00"), have{"k:k": noon}, True},
		"a fraction":                      {"DateGreaterThan", "k:k", list(noon), have{"k:k": "2026-11-21T12:00:00.000000001Z"}, True},
		"a short fraction":                {"DateEquals", "k:k", list("2026-11-21T12:00:00.5Z"), have{"k:k": "2026-11-21T12:00:00.50Z"}, True},
		"a fraction beyond nanoseconds":   {"DateEquals", "k:k", list(noon), have{"k:k": "2026-11-21T12:00:00.0000000009Z"}, False},
		"fractions in order":              {"DateLessThan", "k:k", list("2026-11-21T12:00:00.51Z"), have{"k:k": "2026-11-21T12:00:00.5Z"}, True},
		"a day is its first instant":      {"DateEquals", "k:k", list("2026-11-21"), have{"k:k": "2026-11-21T00:00:00Z"}, True},
		"a month is its first instant":    {"DateEquals", "k:k", list("2026-11"), have{"k:k": "2026-11-01"}, True},
		"four digits are a year":          {"DateEquals", "k:k", list("2026"), have{"k:k": "2026-01-01"}, True},
		"before":                          {"DateLessThan", "k:k", list("2026-12-01"), have{"k:k": noon}, True},
		"at or before":                    {"DateLessThanEquals", "k:k", list(noon), have{"k:k": noon}, True},
		"at or after":                     {"DateGreaterThanEquals", "k:k", list(noon), have{"k:k": noon}, True},
		"not equal":                       {"DateNotEquals", "k:k", list(noon), have{"k:k": "2026"}, True},
		"malformed under not equal":       {"DateNotEquals", "k:k", list("soon"), have{"k:k": noon}, False},
		"30 February":                     {"DateNotEquals", "k:k", list("2026-02-30"), have{"k:k": noon}, False},
		"29 February of a leap year":      {"DateLessThan", "k:k", list("2028-02-29"), have{"k:k": noon}, True},
		"month 13":                        {"DateLessThan", "k:k", list("2027-13-01"), have{"k:k": noon}, False},
		"day 0":                           {"DateLessThan", "k:k", list("2027-12-00"), have{"k:k": noon}, False},
		"hour 24":                         {"DateLessThan", "k:k", list("2027-12-01T24:00Z"), have{"k:k": noon}, False},
		"minute 60":                       {"DateLessThan", "k:k", list("2027-12-01T23:60Z"), have{"k:k": noon}, False},
		"second 60":                       {"DateLessThan", "k:k", list("2027-12-01T23:59:60Z"), have{"k:k": noon}, False},
		"an hour alone":                   {"DateLessThan", "k:k", list("2027-12-01T23Z"), have{"k:k": noon}, False},
		"half a second field":             {"DateLessThan", "k:k", list("2027-12-01T23:00:0Z"), have{"k:k": noon}, False},
		"a time after a month":            {"DateLessThan", "k:k", list("2027-12T10:00Z"), have{"k:k": noon}, False},
		"a zone of one digit":             {"DateLessThan", "k:k", list("2027-12-01T10:00+1:00"), have{"k:k": noon}, False},
		"a zone of 24 hours":              {"DateLessThan", "k:k", list("2027-12-01T10:00+24:00"), have{"k:k": noon}, False},
		"a zone without colon":            {"DateLessThan", "k:k", list("2027-12-01T10:00+0100"), have{"k:k": noon}, False},
		"a fraction without digits":       {"DateLessThan", "k:k", list("2027-12-01T10:00:00.Z"), have{"k:k": noon}, False},
		"something else than a fraction":  {"DateLessThan", "k:k", list("2027-12-01T10:00:00,5Z"), have{"k:k": noon}, False},
		"letters in the year":             {"DateLessThan", "k:k", list("2o27-12-01"), have{"k:k": noon}, False},
		"letters in the hour":             {"DateLessThan", "k:k", list("2027-12-01Txx:00Z"), have{"k:k": noon}, False},
		"seconds beyond 64 bits":          {"DateLessThan", "k:k", list("99999999999999999999"), have{"k:k": noon}, True},
		"seconds beyond them before 1970": {"DateGreaterThan", "k:k", list("-99999999999999999999"), have{"k:k": noon}, True},
		"a decimal fraction of an epoch":  {"DateLessThan", "k:k", list("1795262400.5"), have{"k:k": "1"}, False},
		"milliseconds count as seconds":   {"DateLessThan", "k:k", list("1795262400000"), have{"k:k": noon}, True},
		"an epoch time is a number as is": {"NumericLessThan", "aws:EpochTime", list("1795262401"), have{"aws:EpochTime": "1795262400"}, True},
	})
}

func TestBooleansAndBinaries(t *testing.T) {
	t.Parallel()
	block := strings.Repeat("QUJD", 20) // more than one piece
	runRows(t, map[string]row{
		"true":                           {"Bool", "k:k", list("true"), have{"k:k": "true"}, True},
		"case does not count":            {"Bool", "k:k", list("TRUE"), have{"k:k": "True"}, True},
		"another":                        {"Bool", "k:k", list("true"), have{"k:k": "false"}, False},
		"a long s is no s":               {"Bool", "k:k", list("false", "fal\u017fe"), have{"k:k": "fal\u017fe"}, False},
		"nor in the policy":              {"Bool", "k:k", list("fal\u017fe"), have{"k:k": "false"}, False},
		"nor in a variable":              {"Bool", "k:k", list("${k:v}"), have{"k:k": "false", "k:v": "fal\u017fe"}, False},
		"nor for Null":                   {"Null", "k:k", list("fal\u017fe"), have{"k:k": "x"}, False},
		"either":                         {"Bool", "k:k", list("true", "false"), have{"k:k": "false"}, True},
		"no boolean in the policy":       {"Bool", "k:k", list("yes"), have{"k:k": "true"}, False},
		"no boolean in the request":      {"Bool", "k:k", list("yes"), have{"k:k": "yes"}, False},
		"a variable":                     {"Bool", "k:k", list("${k:v}"), have{"k:k": "true", "k:v": "true"}, True},
		"open, nothing can fit":          {"Bool", "k:k", list("yes"), have{"k:k": present{}}, False},
		"open, something can":            {"Bool", "k:k", list("${k:v}"), have{"k:k": present{}}, Unknown},
		"missing and false":              {"Bool", "k:k", list("false"), have{}, False},
		"missing and false, IfExists":    {"BoolIfExists", "k:k", list("false"), have{}, True},
		"the same bytes":                 {"BinaryEquals", "k:k", list("QmluYXJ5"), have{"k:k": "QmluYXJ5"}, True},
		"other bytes":                    {"BinaryEquals", "k:k", list("QmluYXJ5"), have{"k:k": "QmluYXJ6"}, False},
		"a prefix":                       {"BinaryEquals", "k:k", list("QmluYXJ5"), have{"k:k": "Qmlu"}, False},
		"a longer one":                   {"BinaryEquals", "k:k", list("Qmlu"), have{"k:k": "QmluYXJ5"}, False},
		"more than one piece":            {"BinaryEquals", "k:k", list(block + "QQ=="), have{"k:k": block + "QQ=="}, True},
		"bits that are not used":         {"BinaryEquals", "k:k", list("QQ=="), have{"k:k": "QR=="}, True},
		"padding before the end":         {"BinaryEquals", "k:k", list(block), have{"k:k": strings.Repeat("QUJD", 15) + "QUI=" + "QUJD"}, False},
		"no base64 in the request":       {"BinaryEquals", "k:k", list("QQ=="), have{"k:k": "Q"}, False},
		"no base64 in the policy":        {"BinaryEquals", "k:k", list("Q", "QQ=="), have{"k:k": "QQ=="}, True},
		"a line break is not base64":     {"BinaryEquals", "k:k", list("Qm\nlu"), have{"k:k": "Qmlu"}, False},
		"nor in the request":             {"BinaryEquals", "k:k", list("Qmlu"), have{"k:k": "Qm\nlu"}, False},
		"nothing equals nothing":         {"BinaryEquals", "k:k", list(""), have{"k:k": ""}, True},
		"binary, open":                   {"BinaryEquals", "k:k", list("Q"), have{"k:k": present{}}, False},
		"binary, open and something can": {"BinaryEquals", "k:k", list("QQ=="), have{"k:k": present{}}, Unknown},
	})
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	runRows(t, map[string]row{
		"in the range":                {"IpAddress", "k:k", list("203.0.113.0/24"), have{"k:k": "203.0.113.255"}, True},
		"behind the range":            {"IpAddress", "k:k", list("203.0.113.0/24"), have{"k:k": "203.0.114.0"}, False},
		"host bits are dropped":       {"IpAddress", "k:k", list("203.0.113.77/24"), have{"k:k": "203.0.113.1"}, True},
		"an address alone":            {"IpAddress", "k:k", list("203.0.113.7"), have{"k:k": "203.0.113.7"}, True},
		"an address alone, the next":  {"IpAddress", "k:k", list("203.0.113.7"), have{"k:k": "203.0.113.8"}, False},
		"every address":               {"IpAddress", "k:k", list("0.0.0.0/0"), have{"k:k": "8.8.8.8"}, True},
		"IPv6 by value":               {"IpAddress", "k:k", list("2001:DB8::/32"), have{"k:k": "2001:db8:0:0::1"}, True},
		"IPv6 alone is a /128":        {"IpAddress", "k:k", list("2001:db8::1"), have{"k:k": "2001:db8::2"}, False},
		"IPv6 is in no IPv4 range":    {"IpAddress", "k:k", list("0.0.0.0/0"), have{"k:k": "2001:db8::1"}, False},
		"not in a range":              {"NotIpAddress", "k:k", list("10.0.0.0/8", "192.168.0.0/16"), have{"k:k": "11.0.0.1"}, True},
		"in one of the ranges":        {"NotIpAddress", "k:k", list("10.0.0.0/8", "192.168.0.0/16"), have{"k:k": "192.168.1.1"}, False},
		"IPv6 outside of IPv4 ranges": {"NotIpAddress", "k:k", list("10.0.0.0/8"), have{"k:k": "::1"}, True},
		"a mapped address":            {"IpAddress", "k:k", list("203.0.113.0/24"), have{"k:k": "::ffff:203.0.113.5"}, True},
		"a mapped range":              {"IpAddress", "k:k", list("::ffff:203.0.113.0/120"), have{"k:k": "203.0.113.5"}, True},
		"a mapped range too wide":     {"IpAddress", "k:k", list("::ffff:0:0/90"), have{"k:k": "203.0.113.5"}, False},
		"malformed range":             {"NotIpAddress", "k:k", list("203.0.113.0/33"), have{"k:k": "8.8.8.8"}, False},
		"malformed beside a good one": {"NotIpAddress", "k:k", list("x", "10.0.0.0/8"), have{"k:k": "8.8.8.8"}, False},
		"malformed address":           {"NotIpAddress", "k:k", list("10.0.0.0/8"), have{"k:k": "8.8.8"}, False},
		"a zone is no address":        {"IpAddress", "k:k", list("fe80::/10"), have{"k:k": "fe80::1%eth0"}, False},
		"a range in the request":      {"IpAddress", "k:k", list("10.0.0.0/8"), have{"k:k": "10.0.0.0/24"}, False},
		"open, nothing can fit":       {"IpAddress", "k:k", list("x"), have{"k:k": present{}}, False},
		"open, something can":         {"IpAddress", "k:k", list("10.0.0.0/8"), have{"k:k": open_{}}, Unknown},
	})
}

func TestARNs(t *testing.T) {
	t.Parallel()
	const topic = "arn:aws:sns:us-east-1:111122223333:t"
	runRows(t, map[string]row{
		"equal":                          {"ArnEquals", "k:k", list(topic), have{"k:k": topic}, True},
		"ArnEquals takes wildcards":      {"ArnEquals", "k:k", list("arn:aws:sns:*:111122223333:*"), have{"k:k": topic}, True},
		"a star stays in its part":       {"ArnLike", "k:k", list("arn:aws:sns:*:t"), have{"k:k": topic}, False},
		"case counts":                    {"ArnLike", "k:k", list("arn:aws:SNS:*:*:t"), have{"k:k": topic}, False},
		"not like":                       {"ArnNotLike", "k:k", list("arn:aws:sqs:*:*:*"), have{"k:k": topic}, True},
		"not equals with a wildcard":     {"ArnNotEquals", "k:k", list("arn:aws:sns:*:*:*"), have{"k:k": topic}, False},
		"a star alone is no pattern":     {"ArnLike", "k:k", list("*"), have{"k:k": topic}, False},
		"nor under not like":             {"ArnNotLike", "k:k", list("*"), have{"k:k": topic}, False},
		"a value that is no ARN":         {"ArnNotLike", "k:k", list("arn:aws:sns:*:*:*"), have{"k:k": "topic"}, False},
		"no ARN and no pattern":          {"ArnNotLike", "k:k", list(), have{"k:k": "topic"}, True},
		"a variable in the account":      {"ArnEquals", "k:k", list("arn:aws:sns:*:${aws:PrincipalAccount}:t"), have{"k:k": topic, "aws:PrincipalAccount": "111122223333"}, True},
		"a variable without value":       {"ArnEquals", "k:k", list("arn:aws:sns:*:${aws:PrincipalAccount}:t"), have{"k:k": topic}, False},
		"a variable open":                {"ArnEquals", "k:k", list("arn:aws:sns:*:${aws:PrincipalAccount}:t"), have{"k:k": topic, "aws:PrincipalAccount": open_{}}, Unknown},
		"a variable open, no chance":     {"ArnEquals", "k:k", list("arn:aws:sqs:*:${aws:PrincipalAccount}:t"), have{"k:k": topic, "aws:PrincipalAccount": open_{}}, False},
		"open, nothing can fit":          {"ArnEquals", "k:k", list("arn:aws:sns:*:${}:t", "*"), have{"k:k": present{}}, False},
		"open, something can":            {"ArnEquals", "k:k", list(topic), have{"k:k": present{}}, Unknown},
		"the second of two patterns":     {"ArnLike", "k:k", list("arn:aws:sqs:*:*:*", topic), have{"k:k": topic}, True},
		"an open variable in the ending": {"ArnLike", "k:k", list("arn:aws:sns:us-east-1:111122223333:${k:v}"), have{"k:k": topic, "k:v": open_{}}, Unknown},
	})
	r := row{"ArnLike", "k:k", list("arn:aws:sns:*:*:${k:v}"), have{"k:k": "arn:aws:sns:r:1:${k:v}", "k:v": "x"}, 0}
	if got := r.eval(t, false); got != True {
		t.Errorf("without variables ${...} is text: %s", got)
	}
}
