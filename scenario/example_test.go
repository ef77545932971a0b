package scenario_test

import (
	"fmt"
	"testing/fstest"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/scenario"
)

// printer prints what happens in a run.
type printer struct{}

func (printer) Loaded(_ int, _ *scenario.Suite, problems diag.List) {
	for _, p := range problems {
		fmt.Println(p)
	}
}

func (printer) Tested(r scenario.Result) {
	fmt.Println(r.Name, r.Passed())
	for _, f := range r.Failures {
		fmt.Printf("  %s: expected %s, got %s\n", f.Position(), f.Expected, f.Got)
	}
}

func ExampleRun() {
	loader := scenario.NewLoader(fstest.MapFS{"bucket.iam.yaml": {Data: []byte(`
policies:
  identity:
    Version: "2012-10-17"
    Statement: [{Effect: Allow, Action: s3:GetObject, Resource: "arn:aws:s3:::example/*"}]
defaults:
  on: arn:aws:s3:::example/report.csv
tests:
  - name: reads
    can: s3:GetObject
  - name: writes
    can: s3:PutObject
`)}}, "")
	load := func(int) (*scenario.Suite, diag.List) { return loader.Load("bucket.iam.yaml") }
	scenario.Run(1, load, scenario.Options{}, printer{})
	// Output:
	// reads true
	// writes false
	//   bucket.iam.yaml:12:10: expected allowed, got denied: no identity-based policy allows it
}
