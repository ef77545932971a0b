// Package bench measures what a decision costs. The workloads in testdata are
// synthetic: requests of a data platform against policies of growing size.
//
//	go test ./bench -bench . -benchmem
//
// Every benchmark checks its decision first. Compare figures of one run only.
package bench

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/policy/eval"
)

// workload is a request with the policies in force and the decision expected.
type workload struct {
	Description string
	Request     struct {
		Principal       struct{ ID string }
		Action          string
		Resource        string
		ResourceAccount string
		Context         map[string]string
	}
	IdentityPolicies []struct {
		Name     string
		Document json.RawMessage
	}
	Expected string
}

// outcomes are the decisions as the workloads write them.
var outcomes = map[string]eval.Outcome{
	"Allowed": eval.Allowed, "ImplicitlyDenied": eval.ImplicitDeny, "ExplicitlyDenied": eval.ExplicitDeny,
}

func load(b *testing.B, name string) workload {
	b.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		b.Fatal(err)
	}
	var w workload
	if err := json.Unmarshal(text, &w); err != nil {
		b.Fatal(err)
	}
	return w
}

func (w *workload) query(b *testing.B) eval.Query {
	b.Helper()
	q := eval.Query{
		Principal: w.Request.Principal.ID, Action: w.Request.Action, Resource: w.Request.Resource, ResourceAccount: w.Request.ResourceAccount,
	}
	for key, value := range w.Request.Context {
		if err := q.Context.Add(key, value); err != nil {
			b.Fatal(err)
		}
	}
	return q
}

func (w *workload) policies(b *testing.B) *eval.Policies {
	b.Helper()
	var list []policy.Policy
	for _, p := range w.IdentityPolicies {
		list = append(list, policy.Policy{Name: p.Name, Document: parse(b, string(p.Document))})
	}
	return &eval.Policies{Identity: policy.Compile(list...)}
}

func parse(b *testing.B, text string) *policy.Document {
	b.Helper()
	d, list := policy.Parse(&diag.Source{Name: "p", Text: text}, policy.Options{Kind: policy.Identity})
	if d == nil {
		b.Fatal(list)
	}
	return d
}

func request(b *testing.B, q eval.Query) *eval.Request {
	b.Helper()
	r, err := eval.NewRequest(q)
	if err != nil {
		b.Fatal(err)
	}
	return r
}

// decisions are the workloads by size: 3 statements; 10 policies of 10; 1,000
// statements. "s3" concerns one service, "mixed" 30 of them.
var decisions = []string{"w1", "w2-s3", "w2-mixed", "w3allow-s3", "w3allow-mixed", "w3deny-s3"}

// BenchmarkDecide decides a prepared request.
func BenchmarkDecide(b *testing.B) {
	for _, name := range decisions {
		b.Run(name, func(b *testing.B) {
			w := load(b, name)
			p, r := w.policies(b), request(b, w.query(b))
			check(b, &w, r, p)
			b.ReportAllocs()
			for b.Loop() {
				_, _ = eval.Decide(r, p)
			}
		})
	}
}

func check(b *testing.B, w *workload, r *eval.Request, p *eval.Policies) {
	b.Helper()
	d, err := eval.Decide(r, p)
	if err != nil || d.Outcome != outcomes[w.Expected] {
		b.Fatalf("%s: %v, %v, want %s", w.Description, d.Outcome, err, w.Expected)
	}
}

// BenchmarkDecideCold makes the request from strings and a map each time.
func BenchmarkDecideCold(b *testing.B) {
	for _, name := range decisions {
		b.Run(name, func(b *testing.B) {
			w := load(b, name)
			p := w.policies(b)
			check(b, &w, request(b, w.query(b)), p)
			b.ReportAllocs()
			for b.Loop() {
				context := conditions.NewContext(len(w.Request.Context))
				for key, value := range w.Request.Context {
					_ = context.Add(key, value)
				}
				r, _ := eval.NewRequest(eval.Query{
					Principal: w.Request.Principal.ID, Action: w.Request.Action, Resource: w.Request.Resource,
					ResourceAccount: w.Request.ResourceAccount, Context: context,
				})
				_, _ = eval.Decide(r, p)
			}
		})
	}
}

// BenchmarkExplain explains a decision.
func BenchmarkExplain(b *testing.B) {
	for _, name := range decisions {
		b.Run(name, func(b *testing.B) {
			w := load(b, name)
			p, r := w.policies(b), request(b, w.query(b))
			check(b, &w, r, p)
			b.ReportAllocs()
			for b.Loop() {
				_, _ = eval.Explain(r, p)
			}
		})
	}
}

// BenchmarkParse reads a document of 6 KB, alone and compiled; encoding/json's
// check of the same text is the reference.
func BenchmarkParse(b *testing.B) {
	for _, name := range []string{"w5-s3", "w5-mixed"} {
		text, err := os.ReadFile(filepath.Join("testdata", name+".json"))
		if err != nil {
			b.Fatal(err)
		}
		steps := map[string]func(){
			"valid":   func() { json.Valid(text) },
			"parse":   func() { parse(b, string(text)) },
			"compile": func() { policy.Compile(policy.Policy{Name: "p", Document: parse(b, string(text))}) },
		}
		for _, step := range []string{"valid", "parse", "compile"} {
			b.Run(name+"/"+step, func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					steps[step]()
				}
			})
		}
	}
}
