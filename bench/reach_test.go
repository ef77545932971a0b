package bench

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rolecall/rolecall/reach"
	"github.com/rolecall/rolecall/world"
	worldload "github.com/rolecall/rolecall/world/load"
)

// worlds builds each world once for all benchmarks.
var worlds = map[string]*world.World{}

func worldOf(b *testing.B, s size) *world.World {
	b.Helper()
	if worlds[s.name] == nil {
		worlds[s.name] = s.build(b)
	}
	return worlds[s.name]
}

func finder(b *testing.B, s size) *reach.Finder {
	b.Helper()
	f := reach.New(worldOf(b, s))
	f.Prepare(nil)
	return f
}

// BenchmarkCanAssume asks of pairs that rotate, so that no answer is known from
// the last time.
func BenchmarkCanAssume(b *testing.B) {
	for _, s := range []size{team, company} {
		b.Run(s.name, func(b *testing.B) {
			f := finder(b, s)
			accounts, each := s.accounts, s.roles/s.accounts
			counts := map[reach.Verdict]int{}
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				i++
				answer, err := f.CanAssume(reach.Question{
					From: fmt.Sprintf("arn:aws:iam::%012d:role/role-%d", 100000000000+i%accounts, i*7%each),
					To:   fmt.Sprintf("arn:aws:iam::%012d:role/role-%d", 100000000000+i*3%accounts, i*11%each),
				})
				if err != nil {
					b.Fatal(err)
				}
				counts[answer.Verdict]++
			}
		})
	}
}

func BenchmarkWhoCanAssume(b *testing.B) {
	for _, s := range []size{team, company, giant} {
		b.Run(s.name, func(b *testing.B) {
			if s == giant && testing.Short() {
				b.Skip("giant takes minutes and 12 GB")
			}
			f := finder(b, s)
			accounts, each := s.accounts, s.roles/s.accounts
			admitted, i := 0, 0
			b.ReportAllocs()
			for b.Loop() {
				i++
				list, err := f.WhoCanAssume(fmt.Sprintf("arn:aws:iam::%012d:role/role-%d", 100000000000+i%accounts, i*11%each), reach.Call{})
				if err != nil {
					b.Fatal(err)
				}
				admitted += len(list)
			}
			b.ReportMetric(float64(admitted)/float64(b.N), "principals/op")
		})
	}
}

// BenchmarkWhoCanAssumeOpen asks of a role that trusts the whole organization.
func BenchmarkWhoCanAssumeOpen(b *testing.B) {
	f := finder(b, company)
	open := ""
	for a := range f.World().Accounts() {
		for r := range f.World().Roles(a.ID) {
			if strings.Contains(r.Trust.String(), "aws:PrincipalOrgID") {
				open = r.ARN()
			}
		}
	}
	admitted := 0
	b.ReportAllocs()
	for b.Loop() {
		list, err := f.WhoCanAssume(open, reach.Call{})
		if err != nil {
			b.Fatal(err)
		}
		admitted = len(list)
	}
	b.ReportMetric(float64(admitted), "principals")
}

func BenchmarkGraph(b *testing.B) {
	for _, s := range []size{team, company} {
		b.Run(s.name, func(b *testing.B) {
			w := worldOf(b, s)
			b.ReportAllocs()
			edges := 0
			for b.Loop() {
				list, err := reach.New(w).Graph(reach.Call{}, nil)
				if err != nil {
					b.Fatal(err)
				}
				edges = len(list)
			}
			b.ReportMetric(float64(edges), "edges")
		})
	}
}

// BenchmarkIndex makes all indexes of a world.
func BenchmarkIndex(b *testing.B) {
	for _, s := range []size{team, company, giant} {
		b.Run(s.name, func(b *testing.B) {
			if s == giant && testing.Short() {
				b.Skip("giant takes minutes and 12 GB")
			}
			w := worldOf(b, s)
			for b.Loop() {
				reach.New(w).Prepare(nil)
			}
		})
	}
}

// BenchmarkLoad loads a world from its JSON.
func BenchmarkLoad(b *testing.B) {
	for _, s := range []size{team, company} {
		b.Run(s.name, func(b *testing.B) {
			var text strings.Builder
			if err := worldload.Write(&text, worldOf(b, s)); err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(text.Len()))
			b.ReportAllocs()
			for b.Loop() {
				if w, problems := worldload.Parse("world.json", text.String()); w == nil {
					b.Fatal(problems)
				}
			}
		})
	}
}
