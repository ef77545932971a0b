package scenario

import (
	"encoding/json"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/policy/cases"
	"github.com/rolecall/rolecall/policy/eval"
	"github.com/rolecall/rolecall/rolecalltest/gen"
)

// TestEditsOnlyWeaken holds that a mutant allows all that its policy allows:
// what it denies, the policy denies.
func TestEditsOnlyWeaken(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text, err := json.Marshal(gen.Case().Draw(t, "case"))
		if err != nil {
			t.Fatal(err)
		}
		c := cases.Parse(&diag.Source{Name: "case", Text: string(text)}, cases.Options{Time: time.Unix(0, 0)})
		if c.Problems.HasErrors() {
			t.Skip(c.Problems.Error())
		}
		before, err := decide(c.Query, c.Policies)
		if err != nil {
			t.Skip(err.Error())
		}
		for layer, set := range map[string]**policy.Set{
			"identity": &c.Policies.Identity, "resource": &c.Policies.Resource, "boundary": &c.Policies.Boundary, "session": &c.Policies.Session,
		} {
			weaken(t, c, before, layer, set)
		}
	})
}

// oneFile is a file system of one test file.
func oneFile(text string) fstest.MapFS { return fstest.MapFS{"t.iam.yaml": {Data: []byte(text)}} }

func decide(q eval.Query, p eval.Policies) (eval.Decision, error) {
	r, err := eval.NewRequest(q)
	if err != nil {
		return eval.Decision{}, err
	}
	return eval.Decide(r, &p)
}

func weaken(t *rapid.T, c *cases.Case, before eval.Decision, layer string, set **policy.Set) {
	if *set == nil {
		return
	}
	original := *set
	defer func() { *set = original }()
	list := original.Policies()
	for i, p := range list {
		for j := range p.Document.Statements {
			for _, e := range edits(&p.Document.Statements[j]) {
				changed := append([]policy.Policy{}, list...)
				changed[i].Document = edited(p.Document, j, e)
				*set = policy.Compile(changed...)
				after, err := decide(c.Query, c.Policies)
				if err != nil {
					t.Fatalf("%s: %s: %v", layer, e.change, err)
				}
				if before.Allowed() && !after.Allowed() {
					t.Fatalf("%s: %s: %s before, %s after\n%s", layer, e.change, before.Outcome, after.Outcome, changed[i].Document)
				}
			}
		}
	}
}

// TestDeadStatementsNeverApply holds that what is called dead applies to no
// request.
func TestDeadStatementsNeverApply(t *testing.T) {
	t.Parallel()
	values := rapid.SampledFrom([]string{"a", "b", "ab", "1", "2", "true", "false", "192.0.2.1", "", "*", "a*", "?"})
	operators := rapid.SampledFrom([]string{
		"StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIfExists", "NumericLessThan", "NumericGreaterThanEquals",
		"Bool", "Null", "IpAddress", "NotIpAddress", "StringEqualsIgnoreCase", "ForAnyValue:StringEquals", "ForAllValues:StringLike", "DateLessThan", "ArnLike",
	})
	rapid.Check(t, func(t *rapid.T) {
		var tests []conditions.Test
		for range rapid.IntRange(1, 3).Draw(t, "tests") {
			op, problem := conditions.ParseOperator(operators.Draw(t, "operator"))
			if problem != 0 {
				t.Fatal(problem)
			}
			tests = append(tests, conditions.NewTest(op, "k", rapid.SliceOfN(values, 1, 2).Draw(t, "values"), true))
		}
		if !never(tests, conditions.NewKey("k")) {
			return
		}
		var ctx conditions.Context
		if rapid.Bool().Draw(t, "present") {
			if err := ctx.Add("k", values.Draw(t, "value")); err != nil {
				t.Fatal(err)
			}
		}
		block := conditions.NewBlock(tests)
		if block.Eval(&ctx) == conditions.True {
			t.Fatal("a dead statement applies")
		}
	})
}
