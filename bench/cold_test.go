package bench

import (
	"testing"

	"github.com/rolecall/rolecall/policy/eval"
)

// cold decides a workload from strings and a map.
func cold(w *Workload, p *eval.Policies) (eval.Decision, error) {
	context, err := w.context()
	if err != nil {
		return eval.Decision{}, err
	}
	in := &w.Request
	r, err := eval.NewRequest(eval.Query{
		Principal: in.Principal.ID, Action: in.Action, Resource: in.Resource, ResourceAccount: in.ResourceAccount, Context: context,
	})
	if err != nil {
		return eval.Decision{}, err
	}
	return eval.Decide(r, p)
}

// BenchmarkCold makes the request from strings and a map each time.
func BenchmarkCold(b *testing.B) {
	for _, name := range Names {
		b.Run(name, func(b *testing.B) {
			w := load(b, name)
			_, p := prepare(b, w)
			if err := w.Check(cold(w, p)); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				_, _ = cold(w, p)
			}
		})
	}
}

// BenchmarkColdParallel is the same on all processors at once.
func BenchmarkColdParallel(b *testing.B) {
	for _, name := range Names {
		b.Run(name, func(b *testing.B) {
			w := load(b, name)
			_, p := prepare(b, w)
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					_, _ = cold(w, p)
				}
			})
		})
	}
}
