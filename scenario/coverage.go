package scenario

import (
	"cmp"
	"slices"
	"sync"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/policy/eval"
)

// Coverage tells which statements and conditions of the policies under test
// ever decided. Policies under test are those that the worlds of the suites
// hold, without AWS's own and without session policies of tests. Its zero value
// is ready for use, by any number of goroutines.
type Coverage struct {
	mutex      sync.Mutex
	statements map[key]*Statement
	suites     map[*Suite]bool
}

// key tells a statement from others by where it stands, so that a file that
// several worlds name is one file.
type key struct {
	file   string
	offset int
}

func keyOf(src *diag.Source, span diag.Span) key {
	if src == nil {
		return key{}
	}
	p := src.Position(span.Start)
	return key{p.File, p.Offset}
}

// Statement is a statement under test.
type Statement struct {
	policy.StatementRef
	// Kind is the kind of its policy.
	Kind policy.Kind
	// Owner says what it is attached to: "role deploy of 111122223333".
	Owner string
	// Decided counts the decisions that it was behind.
	Decided int
	// Conditions are those of its Condition element, in its order.
	Conditions []Condition
	// Dead says why no request can reach the statement; empty if one may.
	Dead string
}

// Condition is a condition of a statement under test.
type Condition struct {
	Operator, Key string
	Span          diag.Span
	// Held counts the decisions of the statement in which it held, Refused those
	// requests that all of the statement but conditions like this one matched.
	Held, Refused int
}

// Covered tells that tests saw the condition both hold and refuse.
func (c *Condition) Covered() bool { return c.Held > 0 && c.Refused > 0 }

// Covered tells that the statement decided a test.
func (s *Statement) Covered() bool { return s.Decided > 0 }

// add adds the statements of a suite's policies.
func (c *Coverage) add(s *Suite) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.statements == nil {
		c.statements, c.suites = map[key]*Statement{}, map[*Suite]bool{}
	}
	c.suites[s] = true
	for _, site := range sites(s.World) {
		d := site.document
		for i := range d.Statements {
			k := keyOf(d.Source, d.Statements[i].Span)
			if known := c.statements[k]; known != nil {
				if site.dead == "" && known.Dead == site.deadStatement(i) {
					known.Dead = ""
				}
				continue
			}
			c.statements[k] = site.statement(i)
		}
	}
}

// observe learns what a decision says of the statements.
func (c *Coverage) observe(d eval.Decision) {
	x := d.Explain()
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for m := range d.Matched() {
		if s := c.statements[keyOf(m.Statement.Source, m.Statement.Span)]; s != nil {
			s.Decided++
		}
	}
	for _, layer := range x.Layers {
		for i := range layer.Statements {
			v := &layer.Statements[i]
			if s := c.statements[keyOf(v.Statement.Source, v.Statement.Span)]; s != nil {
				s.see(v, d.Outcome == eval.Conditional)
			}
		}
	}
}

// see counts what the conditions of a statement said to a request that the rest
// of the statement matches. A conditional answer was decided by what it hinges
// on.
func (s *Statement) see(v *policy.Verdict, conditional bool) {
	others := v.Action.Matches == conditions.True && v.Resource.Matches != conditions.False && (!v.HasPrincipal || v.Principal != 0)
	if !others || len(v.Conditions) != len(s.Conditions) {
		return
	}
	for i, seen := range v.Conditions {
		switch seen.Result {
		case conditions.True:
			s.Conditions[i].Held++
		case conditions.False:
			s.Conditions[i].Refused++
		case conditions.Unknown: // an answer of reach hinges on it: both were looked at
			s.Conditions[i].Held++
			s.Conditions[i].Refused++
		}
	}
	if conditional && v.Applies == conditions.Unknown {
		s.Decided++
	}
}

// Statements gives the statements in the order of their files.
func (c *Coverage) Statements() []*Statement {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	var list []*Statement
	for _, s := range c.statements {
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b *Statement) int {
		p, q := a.Position(), b.Position()
		return cmp.Or(cmp.Compare(p.File, q.File), cmp.Compare(p.Offset, q.Offset))
	})
	return list
}

// Share is a part of a whole.
type Share struct{ Covered, Total int }

// Percent gives the part in percent, rounded down; of nothing it is 100.
func (s Share) Percent() float64 {
	if s.Total == 0 {
		return 100
	}
	const percent = 100
	return float64(s.Covered*percent*10/s.Total) / 10
}

// Total gives how much is covered of the statements and of the conditions that
// a request can reach.
func (c *Coverage) Total() (statements, conditions Share) {
	for _, s := range c.Statements() {
		if s.Dead != "" {
			continue
		}
		statements.Total++
		if s.Covered() {
			statements.Covered++
		}
		for i := range s.Conditions {
			conditions.Total++
			if s.Conditions[i].Covered() {
				conditions.Covered++
			}
		}
	}
	return statements, conditions
}
