package scenario_test

import (
	"os"
	"testing"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/scenario"
)

const examples = "../testdata/examples"

// suites is how many suites of examples there are, so that none is lost.
const suites = 9

// TestExamples holds the suites that people learn from: all tests pass, every
// statement and condition is tested on both sides, and no weaker policy passes.
func TestExamples(t *testing.T) {
	t.Parallel()
	fsys := os.DirFS(examples)
	found, err := scenario.Find(fsys, ".")
	if err != nil || len(found) != suites {
		t.Fatalf("%d suites, want %d: %v", len(found), suites, err)
	}
	loader := scenario.NewLoader(fsys, examples)
	var all []*scenario.Suite
	var r record
	var coverage scenario.Coverage
	scenario.Run(len(found), func(i int) (*scenario.Suite, diag.List) {
		return loader.Load(found[i])
	}, scenario.Options{Coverage: &coverage}, &r)
	for _, name := range found {
		s, problems := loader.Load(name)
		if s == nil || len(problems) > 0 {
			t.Fatal(problems)
		}
		all = append(all, s)
	}
	for _, result := range r.results {
		if !result.Passed() {
			t.Error(outcome([]scenario.Result{result}))
		}
	}
	for _, s := range coverage.Statements() {
		if !s.Covered() {
			t.Errorf("%s: no test is decided by the statement %s", s.Position(), s.Sid)
		}
		for i := range s.Conditions {
			if c := &s.Conditions[i]; !c.Covered() {
				t.Errorf("%s: %s %s held %d times and refused %d times", s.Source.Position(c.Span.Start), c.Operator, c.Key, c.Held, c.Refused)
			}
		}
	}
	mutation := scenario.Mutate(all, scenario.Options{})
	if len(mutation.Mutants) < 50 {
		t.Errorf("only %d mutants", len(mutation.Mutants))
	}
	for _, m := range mutation.Survivors() {
		t.Errorf("%s: no test notices: %s", m.Statement.Position(), m.Change)
	}
}
