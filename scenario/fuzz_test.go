package scenario_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/scenario"
)

// FuzzLoad holds that a test file that cannot be used is refused with a place,
// and that one that can be used runs.
func FuzzLoad(f *testing.F) {
	files, err := filepath.Glob("../testdata/examples/*/*.iam.yaml")
	if err != nil || len(files) == 0 {
		f.Fatal(files, err)
	}
	for _, name := range append(files, "testdata/failures.iam.yaml") {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Count(text, "matrix") > 2 || len(text) > 20_000 {
			return // what is large takes its time
		}
		fsys := fstest.MapFS{"world.yaml": {Data: []byte(worldText)}, "t.iam.yaml": {Data: []byte(text)}}
		suite, problems := scenario.NewLoader(fsys, "").Load("t.iam.yaml")
		if (suite == nil) != problems.HasErrors() {
			t.Fatalf("a suite %t, problems %v", suite != nil, problems)
		}
		for _, p := range problems {
			if p.Source == nil || p.Summary == "" || p.Code == "" {
				t.Fatalf("a problem without a place, a code or a text: %v", p)
			}
		}
		if suite == nil || len(suite.Tests) > 100 {
			return
		}
		var r record
		var c scenario.Coverage
		scenario.Run(1, func(int) (*scenario.Suite, diag.List) { return suite, problems }, scenario.Options{Coverage: &c}, &r)
		if len(r.results) != len(suite.Tests)+len(suite.Invariants) {
			t.Fatalf("%d results of %d tests and %d invariants", len(r.results), len(suite.Tests), len(suite.Invariants))
		}
		for i := range r.results {
			for j := range r.results[i].Failures {
				failure := &r.results[i].Failures[j]
				failure.Deciding()
				failure.Nearest()
			}
		}
	})
}
