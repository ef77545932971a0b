package bench

import (
	"testing"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/policy/eval"
)

// cold decides requests from strings and a map, one after the other.
type cold struct {
	context conditions.Context
	request eval.Request
}

func (c *cold) decide(w *Workload, p *eval.Policies) (eval.Decision, error) {
	in := &w.Request
	c.context.Reset()
	for key, value := range in.Context {
		if err := c.context.Add(key, value); err != nil {
			return eval.Decision{}, err
		}
	}
	err := c.request.Reset(eval.Query{
		Principal: in.Principal.ID, Action: in.Action, Resource: in.Resource, ResourceAccount: in.ResourceAccount, Context: c.context,
	})
	if err != nil {
		return eval.Decision{}, err
	}
	return eval.Decide(&c.request, p)
}

// BenchmarkCold makes the request from strings and a map each time.
func BenchmarkCold(b *testing.B) {
	for _, name := range Names {
		b.Run(name, func(b *testing.B) {
			w := load(b, name)
			_, p := prepare(b, w)
			var c cold
			if err := w.Check(c.decide(w, p)); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				_, _ = c.decide(w, p)
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
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				var c cold
				for pb.Next() {
					_, _ = c.decide(w, p)
				}
			})
		})
	}
}
