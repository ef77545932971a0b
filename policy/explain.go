package policy

import (
	"iter"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/principal"
)

// Verdict says why a statement applies to a request or does not (PL-201). Each
// part is worked out even if another fails already.
type Verdict struct {
	Statement StatementRef
	// Applies is the verdict.
	Applies conditions.Truth
	// Principal is how the statement names the caller; empty means that it
	// does not. HasPrincipal is false in policies without principals.
	Principal    principal.Kinds
	HasPrincipal bool
	// Action and Resource tell whether those parts match.
	Action   Part
	Resource Part
	// Conditions holds every test of the Condition element.
	Conditions []conditions.Explanation
}

// Failing says in a line each which parts of a statement keep it from applying
// to a request whose action it names.
func (v *Verdict) Failing() []string {
	var why []string
	if v.HasPrincipal && v.Principal == 0 {
		why = append(why, "its principal is another")
	}
	if v.Resource.Matches == conditions.False {
		why = append(why, "its resource is another")
	}
	for i := range v.Conditions {
		if v.Conditions[i].Result == conditions.False {
			why = append(why, v.Conditions[i].String())
		}
	}
	return why
}

// Part is the verdict on the Action or the Resource element.
type Part struct {
	Matches conditions.Truth
	// Not tells that the element is NotAction or NotResource.
	Not bool
	// Item is the item of the list that the request matches, the first of
	// several; empty if there is none.
	Item string
}

// Len gives the number of statements of the set.
func (s *Set) Len() int {
	if s == nil {
		return 0
	}
	return len(s.statements)
}

// Concerning gives the verdicts on the statements of which Action and Resource
// match a request, or could, in the order of the policies. No other applies.
func (s *Set) Concerning(r *Request) []Verdict {
	if s == nil {
		return nil
	}
	var buffer [64]uint32
	numbers := buffer[:0]
	if s.index != nil {
		numbers = s.index.concerning(numbers, s.statements, r)
	} else {
		for i := range s.statements {
			if s.statements[i].concerns(r) {
				numbers = append(numbers, uint32(i))
			}
		}
	}
	if len(numbers) == 0 {
		return nil
	}
	tests := 0
	for _, number := range numbers {
		tests += len(s.statements[number].conditions.Tests())
	}
	verdicts, room := make([]Verdict, len(numbers)), make([]conditions.Explanation, tests)
	for i, number := range numbers {
		st := &s.statements[number]
		verdicts[i].Conditions, room = cut(room, len(st.conditions.Tests()))
		s.explain(&verdicts[i], st, r)
	}
	return verdicts
}

func (st *statement) concerns(r *Request) bool {
	return st.matchAction(r) && st.matchResource(r).Possible()
}

// Explain iterates over the verdicts on all statements of the set, in the
// order of the policies.
func (s *Set) Explain(r *Request) iter.Seq[Verdict] {
	return func(yield func(Verdict) bool) {
		if s == nil {
			return
		}
		for i := range s.statements {
			st := &s.statements[i]
			v := Verdict{Conditions: make([]conditions.Explanation, len(st.conditions.Tests()))}
			if s.explain(&v, st, r); !yield(v) {
				return
			}
		}
	}
}

// explain fills a verdict, which has room for its conditions.
func (s *Set) explain(v *Verdict, st *statement, r *Request) {
	v.Statement, v.Principal = s.ref(st), st.matchPrincipal(r)
	document := v.Statement.Policy.Document
	v.HasPrincipal = document.Kind.hasPrincipal()
	src := &document.Statements[st.index]
	v.Action = Part{Matches: conditions.Of(st.notAction), Not: st.notAction}
	for i := range st.actions {
		if st.actions[i].match(r) {
			v.Action.Matches, v.Action.Item = v.Action.Matches.Not(), src.Action.Items[i].Value
			break
		}
	}
	v.Resource = st.explainResource(r, src)
	v.Applies = v.Action.Matches.And(v.Resource.Matches).And(conditions.Of(v.Principal != 0))
	tests := st.conditions.Tests()
	for i := range tests {
		v.Conditions[i] = tests[i].Explain(r.Context)
		v.Applies = v.Applies.And(v.Conditions[i].Result)
	}
}

// explainResource is matchResource with the first item that matches, or could.
func (st *statement) explainResource(r *Request, src *Statement) Part {
	if !st.hasResource {
		return Part{Matches: st.matchResource(r)}
	}
	part := Part{Matches: conditions.False, Not: st.notResource}
	for i := range st.resources {
		one := st.resources[i].match(r)
		if part.Item == "" && one.Possible() {
			part.Item = src.Resource.Items[i].Value
		}
		if part.Matches = part.Matches.Or(one); one == conditions.True {
			break
		}
	}
	if part.Not {
		part.Matches = part.Matches.Not()
	}
	return part
}
