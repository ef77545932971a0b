package scenario

import (
	"runtime"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy/eval"
)

// Options says how suites are run.
type Options struct {
	// Match tells whether a test or invariant of a name is run; nil runs all.
	Match func(name string) bool
	// Coverage, if it is not nil, learns what decided.
	Coverage *Coverage
}

// Visitor is told what happens in a run, in the order of the files and of the
// tests in them, as soon as it is known. The calls do not overlap.
type Visitor interface {
	// Loaded comes first for each file. The suite is nil if it cannot be used.
	Loaded(file int, suite *Suite, problems diag.List)
	// Tested comes for each test and invariant that was run.
	Tested(result Result)
}

// Run loads n files and runs their tests, on as many processors as there are.
func Run(n int, load func(file int) (*Suite, diag.List), o Options, v Visitor) {
	b := batch{room: make(chan struct{}, runtime.GOMAXPROCS(0)), options: o}
	files := make([]chan loaded, n)
	for i := range files {
		files[i] = make(chan loaded, 1)
	}
	go func() {
		for i := range files {
			b.room <- struct{}{}
			go func() {
				suite, problems := load(i)
				<-b.room
				files[i] <- loaded{suite, problems, b.start(suite)}
			}()
		}
	}()
	for i, file := range files {
		l := <-file
		v.Loaded(i, l.suite, l.problems)
		for _, result := range l.results {
			v.Tested(<-result)
		}
	}
}

// loaded is a file that was read and whose tests are under way.
type loaded struct {
	suite    *Suite
	problems diag.List
	results  []chan Result
}

// batch bounds what runs at once.
type batch struct {
	room    chan struct{}
	options Options
}

// start begins the tests of a suite and gives where each result will come.
func (b *batch) start(s *Suite) []chan Result {
	if s == nil {
		return nil
	}
	var observe func(eval.Decision)
	if c := b.options.Coverage; c != nil {
		c.add(s)
		observe = c.observe
	}
	r := newRunner(s, s.finder, observe)
	var work []func() Result
	for _, t := range s.Tests {
		if b.options.Match == nil || b.options.Match(t.Name) {
			work = append(work, func() Result { return r.test(t) })
		}
	}
	for _, i := range s.Invariants {
		if b.options.Match == nil || b.options.Match(i.Name) {
			work = append(work, func() Result { return r.invariant(i) })
		}
	}
	results := make([]chan Result, len(work))
	for i := range results {
		results[i] = make(chan Result, 1)
	}
	go func() {
		for i, run := range work {
			b.room <- struct{}{}
			go func() {
				results[i] <- run()
				<-b.room
			}()
		}
	}()
	return results
}
