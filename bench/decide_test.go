package bench

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/policy/eval"
)

func load(tb testing.TB, name string) *Workload {
	tb.Helper()
	w, err := Load(name)
	if err != nil {
		tb.Fatal(err)
	}
	return w
}

// prepare gives a workload ready to decide, its decision checked.
func prepare(tb testing.TB, w *Workload) (*eval.Request, *eval.Policies) {
	tb.Helper()
	r, p, err := w.Prepare()
	if err != nil {
		tb.Fatal(err)
	}
	return r, p
}

func TestEveryWorkloadIsDecidedAsExpected(t *testing.T) {
	t.Parallel()
	for _, name := range Names {
		prepare(t, load(t, name))
	}
	for _, name := range []string{"w7-mixed", "w7-mixed-1000"} {
		requests, _ := rotating(t, name)
		if len(requests) != 512 {
			t.Errorf("%s has %d requests", name, len(requests))
		}
	}
	for _, n := range []int{1, 10, 1000} {
		prepare(t, Sized(n))
	}
}

// rotating gives the requests of w7 and their policies.
func rotating(tb testing.TB, name string) ([]*eval.Request, *eval.Policies) {
	tb.Helper()
	list, err := Rotating(name)
	if err != nil {
		tb.Fatal(err)
	}
	p, err := list[0].Policies()
	if err != nil {
		tb.Fatal(err)
	}
	requests := make([]*eval.Request, len(list))
	for i, w := range list {
		q, err := w.Query()
		if err != nil {
			tb.Fatal(err)
		}
		if requests[i], err = eval.NewRequest(q); err != nil {
			tb.Fatal(err)
		}
		if err := w.Check(eval.Decide(requests[i], p)); err != nil {
			tb.Fatal(err)
		}
	}
	return requests, p
}

// BenchmarkDecide decides a prepared request.
func BenchmarkDecide(b *testing.B) {
	for _, name := range Names {
		b.Run(name, func(b *testing.B) {
			r, p := prepare(b, load(b, name))
			b.ReportAllocs()
			for b.Loop() {
				_, _ = eval.Decide(r, p)
			}
		})
	}
}

// BenchmarkDecideParallel is the same on all processors at once; compare its
// ns/op with the serial one's.
func BenchmarkDecideParallel(b *testing.B) {
	for _, name := range Names {
		b.Run(name, func(b *testing.B) {
			r, p := prepare(b, load(b, name))
			b.ReportAllocs()
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					_, _ = eval.Decide(r, p)
				}
			})
		})
	}
}

// BenchmarkRotate decides 512 requests in turn, so that no cache or branch
// predictor knows the next.
func BenchmarkRotate(b *testing.B) {
	for _, name := range []string{"w7-mixed", "w7-mixed-1000"} {
		requests, p := rotating(b, name)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				_, _ = eval.Decide(requests[i%len(requests)], p)
				i++
			}
		})
		b.Run(name+"/parallel", func(b *testing.B) {
			var starts atomic.Int64
			b.ReportAllocs()
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				i := int(starts.Add(200))
				for pb.Next() {
					_, _ = eval.Decide(requests[i%len(requests)], p)
					i++
				}
			})
		})
	}
}

// BenchmarkSizes decides one request against 1 to 100,000 statements.
func BenchmarkSizes(b *testing.B) {
	for _, n := range []int{1, 3, 10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			r, p := prepare(b, Sized(n))
			b.ReportAllocs()
			for b.Loop() {
				_, _ = eval.Decide(r, p)
			}
		})
	}
}

// BenchmarkExplain is w9: it explains the decisions.
func BenchmarkExplain(b *testing.B) {
	for _, name := range Names {
		b.Run(name, func(b *testing.B) {
			r, p := prepare(b, load(b, name))
			b.ReportAllocs()
			for b.Loop() {
				_, _ = eval.Explain(r, p)
			}
		})
	}
}

// BenchmarkExplainParallel is the same on all processors at once.
func BenchmarkExplainParallel(b *testing.B) {
	for _, name := range Names {
		b.Run(name, func(b *testing.B) {
			r, p := prepare(b, load(b, name))
			b.ReportAllocs()
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					_, _ = eval.Explain(r, p)
				}
			})
		})
	}
}

// BenchmarkExplainAll describes every statement besides.
func BenchmarkExplainAll(b *testing.B) {
	for _, name := range Names {
		b.Run(name, func(b *testing.B) {
			r, p := prepare(b, load(b, name))
			b.ReportAllocs()
			for b.Loop() {
				e, _ := eval.Explain(r, p)
				for i := range e.Layers {
					for range e.Layers[i].All() {
					}
				}
			}
		})
	}
}

// BenchmarkCompile compiles what a set of 1,000 statements is made of.
func BenchmarkCompile(b *testing.B) {
	for _, name := range []string{"w3deny-s3", "w3deny-mixed"} {
		b.Run(name, func(b *testing.B) {
			_, p := prepare(b, load(b, name))
			b.ReportAllocs()
			for b.Loop() {
				policy.Compile(p.Identity.Policies()...)
			}
		})
	}
}
