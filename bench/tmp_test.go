package bench

import (
	"testing"

	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/policy/eval"
)

func BenchmarkFloor(b *testing.B) {
	r, _ := prepare(b, load(b, "w1"))
	d, _ := parse(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ec2:X","Resource":"*"}]}`, policy.Identity)
	e, _ := parse(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}`, policy.Identity)
	for name, p := range map[string]*eval.Policies{"none": {}, "other": {Identity: policy.Compile(policy.Policy{Name: "a", Document: d})}, "match": {Identity: policy.Compile(policy.Policy{Name: "a", Document: e})}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				_, _ = eval.Decide(r, p)
			}
		})
	}
}
