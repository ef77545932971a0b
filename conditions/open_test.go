package conditions_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rolecall/rolecall/conditions"
)

func TestAnOpenPrefixOpensTheKeysThatAreNotThere(t *testing.T) {
	t.Parallel()
	ctx := conditions.NewContext(2)
	ctx.AddOpenPrefix("aws:RequestTag/")
	if err := ctx.Add("aws:RequestTag/team", "red"); err != nil {
		t.Fatal(err)
	}
	if err := ctx.AddAbsent("aws:RequestTag/env"); err != nil {
		t.Fatal(err)
	}
	ctx.OpenDefault("sts:ExternalId", false)
	ctx.OpenDefault("aws:RequestTag/team", true)
	ctx.AddDefaultList("aws:TagKeys", []string{"team"})
	ctx.AddDefaultList("aws:requesttag/TEAM", []string{"blue"})
	want := map[string]conditions.Seen{
		"aws:RequestTag/team":  {Values: []string{"red"}},
		"aws:RequestTag/env":   {Missing: true},
		"AWS:requesttag/other": {Missing: true, Open: true},
		"aws:RequestTag/":      {Missing: true},
		"aws:RequestTa":        {Missing: true},
		"sts:ExternalId":       {Missing: true, Open: true},
		"aws:TagKeys":          {Values: []string{"team"}, Multivalued: true},
	}
	for name, seen := range want {
		if diff := cmp.Diff(seen, ctx.Look(conditions.NewKey(name))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	closed := ctx.Clone(0)
	closed.DropOpenPrefix("aws:RequestTag/")
	if got := closed.Look(conditions.NewKey("aws:RequestTag/other")); got.Open {
		t.Error("the prefix is still open")
	}
	if !ctx.HasOpen() || !ctx.Has(conditions.NewKey("aws:RequestTag/env")) || ctx.Has(conditions.NewKey("aws:RequestTag/other")) {
		t.Error("Has counts what was added by its name")
	}
}

func TestWithChangesACopy(t *testing.T) {
	t.Parallel()
	ctx := conditions.NewContext(1)
	ctx.OpenDefault("k", true)
	key := conditions.NewKey("K")
	for _, seen := range []conditions.Seen{
		{Values: []string{"a"}}, {Values: []string{"a", "b"}, Multivalued: true}, {Missing: true}, {Open: true}, {Open: true, Missing: true},
	} {
		changed := ctx.With(key, seen)
		if diff := cmp.Diff(seen, changed.Look(key)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	if got := ctx.Look(key); !got.Open || got.Missing {
		t.Errorf("the context changed: %+v", got)
	}
}

// sampleFamilies are operators that may test one key together, with values of
// policies and of requests.
var sampleFamilies = map[string]struct {
	operators []string
	policy    []string
	request   func(*rapid.T) string
}{
	"text": {
		[]string{"StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringLike", "StringNotLike", "StringEqualsIfExists"},
		[]string{"a", "A", "ab", "abc*", "ab*", "b*", "", "*", "${known}", "${missing, 'a'}", "*c", "a?c"},
		func(t *rapid.T) string { return rapid.StringMatching(`[abcAx]{0,5}`).Draw(t, "value") },
	},
	"number": {
		[]string{"NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericGreaterThanEquals", "NumericGreaterThan"},
		[]string{"0", "10", "11", "900", "-3"},
		func(t *rapid.T) string { return strconv.Itoa(rapid.IntRange(-6, 1000).Draw(t, "value")) },
	},
	"date": {
		[]string{"DateEquals", "DateLessThan", "DateGreaterThan", "DateLessThanEquals"},
		[]string{"2026-11-01T12:00:00Z", "1793534402", "2026-11-01", "soon"},
		func(t *rapid.T) string {
			return time.Unix(1793534400+rapid.Int64Range(-90000, 5).Draw(t, "value"), 0).UTC().Format(time.RFC3339)
		},
	},
	"address": {
		[]string{"IpAddress", "NotIpAddress"},
		[]string{"203.0.113.0/24", "203.0.113.7", "203.0.0.0/16", "2001:db8::/32", "0.0.0.0/0"},
		func(t *rapid.T) string {
			return rapid.SampledFrom([]string{"203.0.113.7", "203.0.113.8", "203.0.9.1", "8.8.8.8", "2001:db8::5", "::1"}).Draw(t, "value")
		},
	},
	"boolean": {
		[]string{"Bool", "BoolIfExists"},
		[]string{"true", "false", "TRUE"},
		func(t *rapid.T) string { return rapid.SampledFrom([]string{"true", "false"}).Draw(t, "value") },
	},
}

// TestSamplesStandForEveryValue: whatever value a key has, one of the samples
// has the same results, if the samples are exact.
func TestSamplesStandForEveryValue(t *testing.T) {
	t.Parallel()
	for name, family := range sampleFamilies {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			exactly := 0
			rapid.Check(t, func(t *rapid.T) {
				ctx := conditions.NewContext(2)
				_ = ctx.Add("known", "abc")
				key := conditions.NewKey("k")
				var tests []*conditions.Test
				for range rapid.IntRange(1, 3).Draw(t, "tests") {
					op, _ := conditions.ParseOperator(rapid.SampledFrom(family.operators).Draw(t, "operator"))
					values := rapid.SliceOfN(rapid.SampledFrom(family.policy), 1, 2).Draw(t, "values")
					test := conditions.NewTest(op, "k", values, true)
					tests = append(tests, &test)
				}
				results := func(value string) (all []conditions.Truth) {
					with := ctx.With(key, conditions.Seen{Values: []string{value}})
					for _, test := range tests {
						all = append(all, test.Eval(&with))
					}
					return all
				}
				samples, exact := conditions.Samples(tests, &ctx)
				if !exact {
					return
				}
				exactly++
				value := family.request(t)
				want := results(value)
				for _, s := range samples {
					if cmp.Equal(results(s), want) {
						return
					}
				}
				t.Fatalf("no sample of %q does as %q does", samples, value)
			})
			if exactly == 0 {
				t.Error("the samples were never exact")
			}
		})
	}
}

// TestTheComplementHoldsWhereTheTestDoesNot: for a readable value, or none.
func TestTheComplementHoldsWhereTheTestDoesNot(t *testing.T) {
	t.Parallel()
	for name, family := range sampleFamilies {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				suffix := rapid.SampledFrom([]string{"", "IfExists"}).Draw(t, "suffix")
				prefix := rapid.SampledFrom([]string{"", "ForAllValues:", "ForAnyValue:"}).Draw(t, "prefix")
				op, problem := conditions.ParseOperator(prefix + rapid.SampledFrom(family.operators).Draw(t, "operator") + suffix)
				if problem != 0 {
					return
				}
				value := rapid.SampledFrom(family.policy).Draw(t, "policy")
				if value == "soon" {
					return // matches nothing, in either form
				}
				test := conditions.NewTest(op, "k", []string{value}, true)
				other, values, ok := test.Complement()
				if !ok {
					return
				}
				complement := conditions.NewTest(other, "k", values, true)
				ctx := conditions.NewContext(2)
				_ = ctx.Add("known", "abc")
				if rapid.Bool().Draw(t, "present") {
					ctx.Set(conditions.NewKey("k"), conditions.Seen{Values: []string{family.request(t)}})
				}
				if test.Eval(&ctx) == complement.Eval(&ctx) {
					t.Fatalf("%s %s and its complement %s %s are both %s", op, value, other, values, test.Eval(&ctx))
				}
			})
		})
	}
}

func TestTextFillsInKnownVariables(t *testing.T) {
	t.Parallel()
	ctx := conditions.NewContext(2)
	_ = ctx.Add("known", "abc")
	ctx.OpenDefault("open", false)
	op, _ := conditions.ParseOperator("StringLike")
	test := conditions.NewTest(op, "k", []string{"x"}, true)
	for value, want := range map[string]string{
		"a/${known}/*": "a/abc/*", "${open}": "${open}", "${missing, 'd'}": "d", "plain": "plain", "${*}": "*",
	} {
		if got := test.Text(value, &ctx); got != want {
			t.Errorf("%q became %q, want %q", value, got, want)
		}
	}
}
