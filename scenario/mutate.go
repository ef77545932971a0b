package scenario

import (
	"runtime"
	"sync"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/policy/eval"
	"github.com/rolecall/rolecall/reach"
	"github.com/rolecall/rolecall/world"
)

// Mutation is what became of weakened policies.
type Mutation struct {
	// Mutants are in the order of the suites, their policies and the statements.
	Mutants []Mutant
}

// Mutant is a policy with one step of weakening.
type Mutant struct {
	// Statement is the one that was weakened, Change says how.
	Statement policy.StatementRef
	Change    string
	// Span is the part of the statement that was changed.
	Span diag.Span
	// KilledBy is the test that noticed, as "file: name"; empty if none did.
	KilledBy string
}

// Survivors gives the mutants that no test noticed.
func (m *Mutation) Survivors() []Mutant {
	var list []Mutant
	for _, one := range m.Mutants {
		if one.KilledBy == "" {
			list = append(list, one)
		}
	}
	return list
}

// Mutate weakens the policies of the suites one step at a time and runs the
// tests that have to do with each: a condition is dropped, an action or the
// resources are widened, a principal is widened or added, a Deny is turned off
// or loses an item. Statements that no request can reach are left alone, and
// tests that fail without any change do not count.
func Mutate(suites []*Suite, o Options) *Mutation {
	m := mutating{docs: map[key]*subject{}}
	for _, s := range suites {
		m.suite(s, o)
	}
	var work []*Mutant
	var run []func() string
	for _, subject := range m.order {
		for i := range subject.document.Statements {
			if subject.sites[0].deadStatement(i) != "" {
				continue
			}
			for _, e := range edits(&subject.document.Statements[i]) {
				work = append(work, &Mutant{Statement: subject.sites[0].statement(i).StatementRef, Change: e.change, Span: e.span})
				run = append(run, func() string { return subject.killer(i, e) })
			}
		}
	}
	room := make(chan struct{}, runtime.GOMAXPROCS(0))
	var group sync.WaitGroup
	for i := range work {
		room <- struct{}{}
		group.Go(func() {
			work[i].KilledBy = run[i]()
			<-room
		})
	}
	group.Wait()
	result := &Mutation{}
	for _, one := range work {
		result.Mutants = append(result.Mutants, *one)
	}
	return result
}

// mutating gathers the documents of suites.
type mutating struct {
	docs  map[key]*subject
	order []*subject
}

// subject is a document to be weakened, wherever it is in force.
type subject struct {
	document *policy.Document
	sites    []site
	// worlds are those that hold it, with the tests that have to do with it.
	worlds []*affected
}

type affected struct {
	world *world.World
	runs  []affectedTest
}

// affectedTest is a test, or an invariant, of a suite.
type affectedTest struct {
	suite     *Suite
	test      *Test
	invariant *Invariant
}

func documentKey(d *policy.Document) key {
	if len(d.Statements) == 0 {
		return key{}
	}
	return keyOf(d.Source, d.Statements[0].Span)
}

// suite adds the documents of a suite, and finds out which of its tests have to
// do with which.
func (m *mutating) suite(s *Suite, o Options) {
	inWorld := map[key]*affected{}
	for _, site := range sites(s.World) {
		k := documentKey(site.document)
		if k == (key{}) {
			continue
		}
		d := m.docs[k]
		if d == nil {
			d = &subject{document: site.document}
			m.docs[k] = d
			m.order = append(m.order, d)
		}
		d.sites = append(d.sites, site)
		inWorld[k] = d.affected(s.World)
	}
	for _, t := range s.Tests {
		if o.Match != nil && !o.Match(t.Name) {
			continue
		}
		touched, everything, passed := touches(s, t)
		if !passed {
			continue
		}
		for k, a := range inWorld {
			if everything || touched[k] {
				a.runs = append(a.runs, affectedTest{suite: s, test: t})
			}
		}
	}
	for _, i := range s.Invariants {
		if o.Match != nil && !o.Match(i.Name) {
			continue
		}
		if r := newRunner(s, s.finder, nil).invariant(i); !r.Passed() {
			continue
		}
		for _, a := range inWorld {
			a.runs = append(a.runs, affectedTest{suite: s, invariant: i})
		}
	}
}

func (d *subject) affected(w *world.World) *affected {
	for _, a := range d.worlds {
		if a.world == w {
			return a
		}
	}
	a := &affected{world: w}
	d.worlds = append(d.worlds, a)
	return a
}

// touches runs a test and tells which documents its decisions looked at. A
// question over several hops may look at any.
func touches(s *Suite, t *Test) (touched map[key]bool, everything, passed bool) {
	touched = map[key]bool{}
	r := newRunner(s, s.finder, func(d eval.Decision) {
		x := d.Explain()
		for i := range x.Layers {
			for v := range x.Layers[i].All() {
				touched[documentKey(v.Statement.Policy.Document)] = true
			}
		}
	})
	for i := range t.questions {
		everything = everything || t.questions[i].Hops > 1
	}
	result := r.test(t)
	return touched, everything, result.Passed()
}

// killer gives the first test that notices an edit of a statement.
func (d *subject) killer(i int, e edit) string {
	changed := edited(d.document, i, e)
	for _, a := range d.worlds {
		if len(a.runs) == 0 {
			continue
		}
		if name := a.killer(documentKey(d.document), changed); name != "" {
			return name
		}
	}
	return ""
}

func (a *affected) killer(k key, changed *policy.Document) string {
	w := replaced(a.world, k, changed)
	runners := map[*Suite]*runner{}
	for _, one := range a.runs {
		r := runners[one.suite]
		if r == nil {
			r = newRunner(one.suite, reach.New(w), nil)
			runners[one.suite] = r
		}
		var result Result
		if one.test != nil {
			result = r.test(one.test)
		} else {
			result = r.invariant(one.invariant)
		}
		if !result.Passed() {
			return result.Suite + ": " + result.Name
		}
	}
	return ""
}

// replaced gives a world with a document replaced wherever it is in force.
func replaced(w *world.World, k key, changed *policy.Document) *world.World {
	for {
		done := true
		for _, s := range sites(w) {
			if s.document != changed && documentKey(s.document) == k {
				next, problems := w.With(s.change(changed))
				if next == nil {
					panic("scenario: " + problems.Error())
				}
				w, done = next, false
				break
			}
		}
		if done {
			return w
		}
	}
}
