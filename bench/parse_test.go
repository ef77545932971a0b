package bench

import (
	"encoding/json"
	"testing"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
)

// parsed reads a document of w5. Its Source is new each time, as a file's is.
func parsed(tb testing.TB, text string) *policy.Document {
	d, list := policy.Parse(&diag.Source{Name: "p", Text: text}, policy.Options{Kind: policy.Identity})
	if d == nil {
		tb.Fatal(list)
	}
	return d
}

// BenchmarkParse is w5: it reads a document of 6 KB, alone and compiled;
// encoding/json's check of the same text is the reference.
func BenchmarkParse(b *testing.B) {
	for _, name := range []string{"w5-s3", "w5-mixed"} {
		text, err := Text(name)
		if err != nil {
			b.Fatal(err)
		}
		raw := []byte(text)
		steps := map[string]func(){
			"valid":   func() { json.Valid(raw) },
			"parse":   func() { parsed(b, text) },
			"compile": func() { policy.Compile(policy.Policy{Name: "p", Document: parsed(b, text)}) },
		}
		for _, step := range []string{"valid", "parse", "compile"} {
			b.Run(name+"/"+step, func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(len(raw)))
				for b.Loop() {
					steps[step]()
				}
			})
			b.Run(name+"/"+step+"/parallel", func(b *testing.B) {
				b.ResetTimer()
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						steps[step]()
					}
				})
			})
		}
	}
}
