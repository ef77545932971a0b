package policy

import (
	"iter"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/principal"
)

// Undecided is a statement that applies to a request or does not, depending on
// keys that the request leaves open.
type Undecided struct {
	Statement StatementRef
	// Principal is how the statement names the caller.
	Principal principal.Kinds
	// Hinges are the parts that depend on open keys. The statement applies if
	// all of them hold.
	Hinges []Hinge
}

// Hinge is a part of a statement that depends on open keys: a test of its
// Condition, or its Resource or NotResource element with policy variables.
type Hinge struct {
	// Test is nil for a resource element.
	Test *conditions.Test
	// Statement is the statement that it is part of.
	Statement StatementRef

	compiled *statement
	request  *Request
}

// Eval tells whether the part holds in another context.
func (h *Hinge) Eval(ctx *conditions.Context) conditions.Truth {
	if h.Test != nil {
		return h.Test.Eval(ctx)
	}
	r := *h.request
	r.Context = ctx
	return h.compiled.matchResource(&r)
}

// Same tells whether two hinges hold in the same contexts, as far as their
// texts show.
func (h *Hinge) Same(other *Hinge) bool {
	if h.Test == nil || other.Test == nil {
		return h.compiled == other.compiled && h.Test == other.Test
	}
	return h.Test.Same(other.Test)
}

// Undecided iterates over the statements that the request leaves undecided, in
// the order of the policies.
func (s *Set) Undecided(r *Request) iter.Seq[Undecided] {
	return func(yield func(Undecided) bool) {
		if s == nil {
			return
		}
		for i := range s.statements {
			st := &s.statements[i]
			applies, kinds := st.match(r)
			if applies == conditions.Unknown && !yield(Undecided{Statement: s.ref(st), Principal: kinds, Hinges: s.hinges(st, r)}) {
				return
			}
		}
	}
}

func (s *Set) hinges(st *statement, r *Request) []Hinge {
	ref := s.ref(st)
	var hinges []Hinge
	if st.matchResource(r) == conditions.Unknown {
		hinges = append(hinges, Hinge{Statement: ref, compiled: st, request: r})
	}
	tests := st.conditions.Tests()
	for i := range tests {
		if tests[i].Eval(r.Context) == conditions.Unknown {
			hinges = append(hinges, Hinge{Test: &tests[i], Statement: ref, compiled: st, request: r})
		}
	}
	return hinges
}
