package conditions

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestTruthTables(t *testing.T) {
	t.Parallel()
	all := []Truth{False, True, Unknown}
	and := map[[2]Truth]Truth{}
	for _, a := range all {
		for _, b := range all {
			// Unknown is either: the outcome is the set over what both may be.
			for _, x := range []Truth{False, True} {
				for _, y := range []Truth{False, True} {
					if a&x != 0 && b&y != 0 {
						and[[2]Truth{a, b}] |= Of(x == True && y == True)
					}
				}
			}
			if got := a.And(b); got != and[[2]Truth{a, b}] {
				t.Errorf("%s and %s = %s, want %s", a, b, got, and[[2]Truth{a, b}])
			}
			if got, want := a.Or(b), a.Not().And(b.Not()).Not(); got != want {
				t.Errorf("%s or %s = %s, want %s", a, b, got, want)
			}
		}
	}
	if False.Not() != True || True.Not() != False || Unknown.Not() != Unknown {
		t.Error("Not exchanges true and false")
	}
	if got := Truth(0).String(); got != "truth(0)" {
		t.Errorf("Truth(0) = %q", got)
	}
}

func TestOperatorNamesRoundTrip(t *testing.T) {
	t.Parallel()
	names := OperatorNames()
	if want := 3 * (27*2 - 1); len(names) != want {
		t.Errorf("%d operators, want %d", len(names), want)
	}
	for _, name := range names {
		op, problem := ParseOperator(name)
		if problem != 0 || op.String() != name {
			t.Errorf("ParseOperator(%q) = %v, %d", name, op, problem)
		}
	}
	if !slices.IsSorted(names) {
		t.Error("the names are sorted")
	}
}

func TestParseOperatorRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]OperatorProblem{
		"":                             UnknownOperator,
		"stringEquals":                 UnknownOperator,
		"StringEqual":                  UnknownOperator,
		"IfExists":                     UnknownOperator,
		"ForAllValues:":                UnknownOperator,
		"forAllValues:StringEquals":    UnknownOperator,
		"ForAnyValue::StringEquals":    UnknownOperator,
		"StringEqualsIfExistsIfExists": UnknownOperator,
		"NullIfExists":                 NullIfExists,
		"ForAnyValue:NullIfExists":     NullIfExists,
	}
	for name, want := range tests {
		if _, got := ParseOperator(name); got != want {
			t.Errorf("ParseOperator(%q): problem %d, want %d", name, got, want)
		}
	}
	if Base(0).String() != "invalid" || (Operator{}).String() != "invalid" {
		t.Error("zero operators are invalid")
	}
}

func TestNegatedOperators(t *testing.T) { // PL-107
	t.Parallel()
	for b := StringEquals; b <= Null; b++ {
		if got, want := b.Negated(), strings.Contains(b.String(), "Not"); got != want {
			t.Errorf("%s.Negated() = %t", b, got)
		}
	}
}

func TestContext(t *testing.T) {
	t.Parallel()
	c := NewContext(4)
	if err := c.Add("aws:TagKeys/a", "1"); err != nil {
		t.Fatal(err)
	}
	for _, add := range []func() error{
		func() error { return c.Add("AWS:tagkeys/A", "2") },
		func() error { return c.AddList("aws:TagKeys/a", nil) },
		func() error { return c.AddOpen("aws:TagKeys/A", true) },
	} {
		if err := add(); !errors.Is(err, ErrDuplicateKey) {
			t.Errorf("a key that differs by case only: %v", err)
		}
	}
	c.AddDefault("aws:tagkeys/a", "3")
	c.AddDefault("aws:username", "bob")
	copied := c.Clone(1)
	if err := copied.AddList("k:l", list("x", "y")); err != nil {
		t.Fatal(err)
	}
	if err := copied.AddOpen("k:o", false); err != nil {
		t.Fatal(err)
	}
	if err := copied.AddOpen("k:p", true); err != nil {
		t.Fatal(err)
	}
	got := map[string]Seen{}
	for k, seen := range copied.All() {
		got[k.String()] = seen
	}
	want := map[string]Seen{
		"aws:TagKeys/a": {Values: list("1")},
		"aws:username":  {Values: list("bob")},
		"k:l":           {Values: list("x", "y"), Multivalued: true},
		"k:o":           {Open: true, Missing: true},
		"k:p":           {Open: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	for range copied.All() {
		break // an early end is fine
	}
	if c.HasOpen() || !copied.HasOpen() {
		t.Error("HasOpen tells whether a key is open")
	}
	if text, ok := c.Text("AWS:UserName"); text != "bob" || !ok {
		t.Errorf("Text = %q, %t", text, ok)
	}
	if _, ok := copied.Text("k:l"); ok {
		t.Error("a multivalued key has no text")
	}
	if !c.Look(NewKey("k:x")).Missing {
		t.Error("a key that is not there is missing")
	}
}

func TestContextIsBounded(t *testing.T) {
	t.Parallel()
	c := NewContext(0)
	for i := range MaxKeys {
		if err := c.Add(fmt.Sprint("k:", i), ""); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Add("k:k", ""); !errors.Is(err, ErrTooMany) {
		t.Errorf("one key more: %v", err)
	}
	few := NewContext(0)
	if err := few.AddList("k:k", make([]string, MaxValues+1)); !errors.Is(err, ErrTooMany) {
		t.Errorf("too many values: %v", err)
	}
	if err := few.AddList("k:k", nil); err != nil || few.Look(NewKey("k:k")).Values == nil {
		t.Error("a list without values is there")
	}
}

func TestBlockNeedsAllTests(t *testing.T) {
	t.Parallel()
	test := func(value string) Test {
		op, _ := ParseOperator("StringEquals")
		return NewTest(op, "k:"+value, list("1"), true)
	}
	ctx := have{"k:yes": "1", "k:no": "2", "k:open": open_{}}.context(t)
	tests := map[string]struct {
		tests []Test
		want  Truth
	}{
		"no tests":             {nil, True},
		"all hold":             {[]Test{test("yes"), test("yes")}, True},
		"one fails":            {[]Test{test("yes"), test("no")}, False},
		"one is unknown":       {[]Test{test("yes"), test("open")}, Unknown},
		"unknown, then failed": {[]Test{test("open"), test("no")}, False},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := NewBlock(tt.tests)
			if got := b.Eval(ctx); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
			if len(b.Tests()) != len(tt.tests) {
				t.Error("Tests gives the tests")
			}
		})
	}
}

func TestInterpretable(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ yes, no []string }{
		"StringEquals":  {list("", "anything"), nil},
		"NumericEquals": {list("1", "-1.5"), list("one", "")},
		"DateLessThan":  {list("2026", "1"), list("soon", "")},
		"Bool":          {list("TRUE", "${k:v}"), list("yes", "${}")},
		"BinaryEquals":  {list("QQ=="), list("Q")},
		"IpAddress":     {list("10.0.0.0/8", "::1"), list("10.0.0.0/33", "x")},
		"ArnLike":       {list("arn:aws:s3:::${a:b}"), list("*", "arn:${a:b:c:d:e}")},
		"Null":          {list("true", "False"), list("1")},
	}
	for name, tt := range tests {
		op, _ := ParseOperator(name)
		for _, v := range tt.yes {
			if !Interpretable(op.Base, v, true) {
				t.Errorf("%s should read %q", name, v)
			}
		}
		for _, v := range tt.no {
			if Interpretable(op.Base, v, true) {
				t.Errorf("%s should not read %q", name, v)
			}
		}
	}
	if !Interpretable(ARNLike, "arn:${a:b:c:d:e", false) {
		t.Error("without variables every colon counts")
	}
}

func TestVariableProblems(t *testing.T) {
	t.Parallel()
	bodies, problems := VariableProblems("a ${} ${a b} ${a:b, c} ${a:b} ${a:b, 'c'} ${*}")
	if diff := cmp.Diff(list("", "a b", "a:b, c"), bodies); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if diff := cmp.Diff([]VariableProblem{VariableEmpty, VariableSpace, VariableQuote}, problems); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestExplain(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		row
		note string
	}{
		"a plain match needs no note":   {row{"StringEquals", "k:k", list("a"), have{"k:k": "a"}, True}, ""},
		"missing":                       {row{"StringEquals", "k:k", list("a"), have{}, False}, "the key is missing"},
		"missing, negated":              {row{"StringNotEquals", "k:k", list("a"), have{}, True}, "the key is missing, and a negated operator holds then"},
		"missing, IfExists":             {row{"StringEqualsIfExists", "k:k", list("a"), have{}, True}, "the key is missing, and IfExists lets that pass"},
		"missing, all":                  {row{"ForAllValues:StringEquals", "k:k", list("a"), have{}, True}, "the key is missing, and ForAllValues holds for an empty set"},
		"missing, any":                  {row{"ForAnyValue:StringEquals", "k:k", list("a"), have{}, False}, "the key is missing, and ForAnyValue fails for an empty set"},
		"open":                          {row{"StringEquals", "k:k", list("a"), have{"k:k": open_{}}, Unknown}, "the request leaves the key open"},
		"multivalued":                   {row{"StringEquals", "k:k", list("a"), have{"k:k": list("a")}, False}, "the key is multivalued, and the operator has neither ForAllValues nor ForAnyValue"},
		"no values":                     {row{"ForAnyValue:StringEquals", "k:k", list("a"), have{"k:k": list()}, False}, "the key has no values"},
		"no policy values":              {row{"StringEquals", "k:k", list(), have{"k:k": "a"}, False}, "the policy gives no value"},
		"unreadable":                    {row{"NumericEquals", "k:k", list("1"), have{"k:k": "x"}, False}, "a value is not of the operator's type, and the comparison fails then"},
		"Null":                          {row{"Null", "k:k", list("true"), have{}, True}, ""},
		"Null with a set operator":      {row{"ForAllValues:Null", "k:k", list("true"), have{}, True}, "a set operator makes Null constant"},
		"a set, no value unreadable":    {row{"ForAnyValue:NumericEquals", "k:k", list("1"), have{"k:k": list("1", "2")}, True}, ""},
		"a set, some value unreadable":  {row{"ForAnyValue:NumericEquals", "k:k", list("1"), have{"k:k": list("1", "x")}, True}, "a value is not of the operator's type, and the comparison fails then"},
		"IfExists with a present value": {row{"StringEqualsIfExists", "k:k", list("a"), have{"k:k": "b"}, False}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			op, _ := ParseOperator(tt.operator)
			test := NewTest(op, tt.key, tt.values, true)
			got := test.Explain(tt.have.context(t))
			if got.Note() != tt.note || got.Result != tt.want || got.Test.Operator().String() != tt.operator || got.Test.Key().String() != tt.key {
				t.Errorf("%+v, want note %q and result %s", got, tt.note, tt.want)
			}
			if test.Operator() != op || test.Key().String() != tt.key || !slices.Equal(test.Values(), tt.values) {
				t.Error("the test gives back what it was made of")
			}
		})
	}
}

// Generators for the laws.
var (
	anyOperator = rapid.Custom(func(t *rapid.T) Operator {
		op, _ := ParseOperator(rapid.SampledFrom(OperatorNames()).Draw(t, "operator"))
		return op
	})
	anyValue = rapid.SampledFrom([]string{
		"", "a", "A", "a*", "?", "${k:v}", "${k:v, 'a'}", "${}", "${*}", "1", "1.0", "2e0", "-3", "true", "False", "2026-11-21T12:00:00Z",
		"2026", "1795262400", "QQ==", "QR==", "10.0.0.0/8", "10.1.2.3", "::1", "::ffff:10.0.0.1", "arn:aws:s3:::a", "arn:aws:s3:::*", "arn:aws:${k:v}:::a",
	})
	someValues = rapid.SliceOfN(anyValue, 0, 3)
)

func drawContext(t *rapid.T) have {
	h := have{}
	for _, key := range []string{"k:k", "k:v"} {
		switch rapid.IntRange(0, 2).Draw(t, "kind of "+key) {
		case 0:
			h[key] = anyValue.Draw(t, key)
		case 1:
			h[key] = someValues.Draw(t, key)
		}
	}
	return h
}

func contextOf(h have) *Context {
	c := NewContext(len(h))
	for name, value := range h {
		switch v := value.(type) {
		case string:
			_ = c.Add(name, v)
		case []string:
			_ = c.AddList(name, v)
		case open_:
			_ = c.AddOpen(name, false)
		case present:
			_ = c.AddOpen(name, true)
		}
	}
	return &c
}

func TestWithoutOpenKeysNothingIsUnknown(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		test := NewTest(anyOperator.Draw(t, "op"), "k:k", someValues.Draw(t, "values"), rapid.Bool().Draw(t, "variables"))
		if got := test.Eval(contextOf(drawContext(t))); got != True && got != False {
			t.Fatalf("got %s", got)
		}
	})
}

func TestOpenKeysCoverWhatTheyCouldBe(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		test := NewTest(anyOperator.Draw(t, "op"), "k:k", someValues.Draw(t, "values"), true)
		actual := drawContext(t)
		opened := have{}
		for key, value := range actual {
			opened[key] = value
		}
		for _, key := range []string{"k:k", "k:v"} {
			switch rapid.IntRange(0, 2).Draw(t, "open "+key) {
			case 0:
				opened[key] = open_{}
			case 1:
				if values, isList := actual[key].([]string); actual[key] != nil && (!isList || len(values) > 0) {
					opened[key] = present{}
				}
			}
		}
		known, guess := test.Eval(contextOf(actual)), test.Eval(contextOf(opened))
		if guess&known == 0 {
			t.Fatalf("with %v it is %s, yet with %v it was said to be %s", actual, known, opened, guess)
		}
	})
}

func TestOrderOfValuesDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		op := anyOperator.Draw(t, "op")
		values := someValues.Draw(t, "values")
		ctx := contextOf(drawContext(t))
		a := NewTest(op, "k:k", values, true)
		b := NewTest(op, "k:k", rapid.Permutation(values).Draw(t, "permuted"), true)
		if a.Eval(ctx) != b.Eval(ctx) {
			t.Fatal("the order of the values matters")
		}
	})
}

func TestNumbersCompareAsRationals(t *testing.T) {
	t.Parallel()
	text := rapid.StringMatching(`[+-]?[0-9]{1,12}(\.[0-9]{1,12})?([eE][+-]?[0-9]{1,2})?`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := text.Draw(t, "a"), text.Draw(t, "b")
		x, okX := parseNumber(a)
		y, okY := parseNumber(b)
		p, _ := new(big.Rat).SetString(a)
		q, _ := new(big.Rat).SetString(b)
		if !okX || !okY {
			t.Fatal("not read")
		}
		if got, want := compareNumbers(x, y), p.Cmp(q); got != want {
			t.Fatalf("%s against %s: %d, want %d", a, b, got, want)
		}
	})
}

func TestDatesAreThoseOfTheStandardLibrary(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		seconds := rapid.Int64Range(0, 253402300799).Draw(t, "seconds")
		zone := time.FixedZone("", rapid.IntRange(-23*60, 23*60).Draw(t, "minutes")*60)
		at := time.Unix(seconds, 0).In(zone)
		if at.Year() < 0 || at.Year() > 9999 {
			return
		}
		got, ok := parseInstant(at.Format("2006-01-02T15:04:05-07:00"))
		if !ok || got.seconds != seconds {
			t.Fatalf("%s: %v, %t", at, got, ok)
		}
	})
}

func TestEvalDoesNotAllocate(t *testing.T) { // not parallel: it counts allocations
	values := map[string][2]string{ // policy value, request value
		"String": {"a-${k:v}", "a-b"}, "Numeric": {"10.5", "10.50"}, "Date": {"2026-11-21T12:00:00Z", "2026-11-21T12:00:00Z"},
		"Bool": {"true", "true"}, "Binary": {"QmluYXJ5", "QmluYXJ5"}, "Ip": {"10.0.0.0/8", "10.1.2.3"}, "NotIp": {"10.0.0.0/8", "10.1.2.3"},
		"Arn": {"arn:aws:s3:::${k:v}*", "arn:aws:s3:::bucket"}, "Null": {"true", "x"},
	}
	for _, name := range OperatorNames() {
		op, _ := ParseOperator(name)
		for family, v := range values {
			if !strings.HasPrefix(op.Base.String(), family) {
				continue
			}
			test := NewTest(op, "k:k", list("x", v[0]), true)
			ctx := have{"k:k": v[1], "k:v": "b"}.context(t)
			if n := testing.AllocsPerRun(50, func() { test.Eval(ctx) }); n != 0 {
				t.Errorf("%s: %v allocations", name, n)
			}
		}
	}
}

func FuzzTest(f *testing.F) {
	for _, name := range []string{"StringLike", "ForAnyValue:NumericEquals", "DateLessThanIfExists", "Bool", "BinaryEquals", "NotIpAddress", "ArnNotLike", "Null"} {
		f.Add(name, "a", "${k:v, 'x'}", "a")
	}
	f.Add("DateEquals", "2026-11-21T12:00:00.5+01:00", "1795262400", "-100")
	f.Add("NumericLessThan", "1e-999", "00.10", "+5")
	f.Add("ArnLike", "arn:*:${k:k}:?", "arn:aws:s3:::b", "::::::")
	f.Fuzz(func(t *testing.T, name, first, second, value string) {
		op, problem := ParseOperator(name)
		if problem != 0 {
			return
		}
		ctx := have{"k:k": value, "k:v": first, "k:l": list(value, second)}.context(t)
		for _, key := range []string{"k:k", "k:l", "k:x"} {
			test := NewTest(op, key, list(first, second), true)
			got := test.Eval(ctx)
			if got != True && got != False {
				t.Errorf("%s %s: %s with every key known", name, key, got)
			}
			if explained := test.Explain(ctx); explained.Result != got {
				t.Errorf("Explain says %s, Eval says %s", explained.Result, got)
			}
		}
		Interpretable(op.Base, first, true)
		VariableProblems(first)
	})
}
