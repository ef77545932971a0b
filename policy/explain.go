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

// Explain iterates over the verdicts on all statements of the set, in the
// order of the policies.
func (s *Set) Explain(r *Request) iter.Seq[Verdict] {
	return func(yield func(Verdict) bool) {
		if s == nil {
			return
		}
		for i := range s.statements {
			if !yield(s.explain(&s.statements[i], r)) {
				return
			}
		}
	}
}

func (s *Set) explain(st *statement, r *Request) Verdict {
	v := Verdict{Statement: s.ref(st), Principal: st.matchPrincipal(r), HasPrincipal: s.policies[st.policy].Document.Kind.hasPrincipal()}
	src := &v.Statement.Policy.Document.Statements[st.index]
	v.Action = Part{Matches: conditions.Of(st.notAction), Not: st.notAction}
	for i := range st.actions {
		if st.actions[i].match(r) {
			v.Action.Matches, v.Action.Item = v.Action.Matches.Not(), src.Action.Items[i].Value
			break
		}
	}
	v.Resource = st.explainResource(r, src)
	v.Applies = v.Action.Matches.And(v.Resource.Matches).And(conditions.Of(v.Principal != 0))
	if tests := st.conditions.Tests(); len(tests) > 0 {
		v.Conditions = make([]conditions.Explanation, len(tests))
		for i := range tests {
			v.Conditions[i] = tests[i].Explain(r.Context)
			v.Applies = v.Applies.And(v.Conditions[i].Result)
		}
	}
	return v
}

// explainResource finds the item that matches, and what the list says.
func (st *statement) explainResource(r *Request, src *Statement) Part {
	part := Part{Matches: st.matchResource(r), Not: st.notResource}
	if part.Matches == conditions.Of(st.notResource) {
		return part // no item matches, or could
	}
	for i := range st.resources {
		if st.resources[i].match(r).Possible() {
			part.Item = src.Resource.Items[i].Value
			break
		}
	}
	return part
}
