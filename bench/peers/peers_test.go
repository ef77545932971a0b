package peers

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/cedar-policy/cedar-go"
	miniopolicy "github.com/minio/pkg/v3/policy"

	"github.com/rolecall/rolecall/bench"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
)

func prepared(tb testing.TB, e Engine, name string) func() bool {
	tb.Helper()
	w, err := bench.Load(name)
	if err != nil {
		tb.Fatal(err)
	}
	decide, err := e.Prepare(w)
	if err != nil {
		tb.Fatal(err)
	}
	if got, want := decide(), w.Expected == "Allowed"; got != want {
		tb.Fatalf("%s decides %s: %t, want %t", e.Name, name, got, want)
	}
	return decide
}

func TestEveryEngineDecidesAsExpected(t *testing.T) {
	for _, name := range Workloads {
		for _, e := range Engines {
			t.Run(name+"/"+e.Name, func(t *testing.T) { prepared(t, e, name) })
		}
	}
}

func BenchmarkDecide(b *testing.B) {
	for _, name := range Workloads {
		for _, e := range Engines {
			b.Run(name+"/"+e.Name, func(b *testing.B) {
				decide := prepared(b, e, name)
				b.ReportAllocs()
				for b.Loop() {
					decide()
				}
			})
		}
	}
}

// BenchmarkParse reads a document of 6 KB: JSON for rolecall and MinIO, and the
// same statements in Cedar's own JSON for cedar.
func BenchmarkParse(b *testing.B) {
	for _, name := range []string{"w5-s3", "w5-mixed"} {
		text, err := bench.Text(name)
		if err != nil {
			b.Fatal(err)
		}
		parse := func() *policy.Document {
			d, list := policy.Parse(&diag.Source{Name: name, Text: text}, policy.Options{Kind: policy.Identity})
			if d == nil {
				b.Fatal(list)
			}
			return d
		}
		cedarText := cedarJSON(b, text)
		minioText := []byte(minioJSON(b, text))
		type step struct {
			name string
			run  func() error
		}
		steps := []step{
			{"json.Valid", func() error { json.Valid([]byte(text)); return nil }},
			{"rolecall", func() error { parse(); return nil }},
			{"rolecall-compiled", func() error { policy.Compile(policy.Policy{Document: parse()}); return nil }},
			{"minio", func() error { var p miniopolicy.Policy; return json.Unmarshal(minioText, &p) }},
			{"cedar", func() error { var s cedar.PolicySet; return json.Unmarshal(cedarText, &s) }},
		}
		if name == "w5-s3" { // which MinIO's own checks let pass
			steps = append(steps, step{"minio-validated", func() error { _, err := miniopolicy.ParseConfig(bytes.NewReader(minioText)); return err }})
		}
		for _, step := range steps {
			b.Run(name+"/"+step.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := step.run(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func minioJSON(b *testing.B, text string) string {
	all, err := statements(&bench.Workload{IdentityPolicies: []bench.Document{{Document: json.RawMessage(text)}}})
	if err != nil {
		b.Fatal(err)
	}
	out, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": minioStatements(all, false)})
	if err != nil {
		b.Fatal(err)
	}
	return string(out)
}

func cedarJSON(b *testing.B, text string) []byte {
	all, err := statements(&bench.Workload{IdentityPolicies: []bench.Document{{Document: json.RawMessage(text)}}})
	if err != nil {
		b.Fatal(err)
	}
	var policies []string
	for _, st := range all {
		policies = append(policies, cedarPolicy(&st))
	}
	set, err := cedar.NewPolicySetFromBytes("w5.cedar", []byte(strings.Join(policies, "\n")))
	if err != nil {
		b.Fatal(err)
	}
	out, err := json.Marshal(set)
	if err != nil {
		b.Fatal(err)
	}
	return out
}
