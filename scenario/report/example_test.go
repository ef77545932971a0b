package report_test

import (
	"fmt"
	"os"
	"testing/fstest"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/scenario"
	"github.com/rolecall/rolecall/scenario/report"
)

func ExampleNew() {
	loader := scenario.NewLoader(fstest.MapFS{"bucket.iam.yaml": {Data: []byte(`
policies:
  identity: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: s3:GetObject, Resource: "*"}]}
tests:
  - {name: reads, can: s3:GetObject}
  - {name: writes nothing, cannot: s3:PutObject}
`)}}, "")
	r := report.New(report.TAP, os.Stdout, report.Options{})
	scenario.Run(1, func(int) (*scenario.Suite, diag.List) { return loader.Load("bucket.iam.yaml") }, scenario.Options{}, r)
	if err := r.Finish(report.End{}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// TAP version 14
	// # bucket.iam.yaml
	// ok 1 - reads
	// ok 2 - writes nothing
	// 1..2
}
