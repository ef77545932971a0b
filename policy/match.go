package policy

import (
	"iter"
	"math/bits"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/principal"
)

// Outcome is what the statements of a set say to a request.
type Outcome struct {
	// Deny tells whether a Deny statement applies.
	Deny conditions.Truth
	// Allow is the match kinds of the Allow statements that apply. In policies
	// without principals it is [principal.Everybody] if one applies.
	Allow principal.Kinds
	// MayAllow is the match kinds of the Allow statements that apply or could,
	// depending on open keys.
	MayAllow principal.Kinds
}

// Match gives the outcome of a set.
func (s *Set) Match(r *Request) Outcome {
	o := Outcome{Deny: conditions.False}
	switch {
	case s == nil:
	case s.index != nil:
		s.index.match(s.statements, r, &o)
	case s.actions != nil:
		for rest := s.actions.match(r); rest != 0; rest &= rest - 1 {
			s.statements[bits.TrailingZeros32(uint32(rest))].addMatched(&o, r, nil, false)
		}
	default:
		for i := range s.statements {
			s.statements[i].addTo(&o, r, nil)
		}
	}
	return o
}

// addTo adds what a statement says to a request.
func (st *statement) addTo(o *Outcome, r *Request, memory *conditions.Memory) {
	if st.matchAction(r) {
		st.addMatched(o, r, memory, false)
	}
}

// addMatched is addTo for a statement of which the Action is known to match,
// and with settled the Resource too. An Allow that adds nothing to those before
// is not looked at.
func (st *statement) addMatched(o *Outcome, r *Request, memory *conditions.Memory, settled bool) {
	kinds := st.matchPrincipal(r)
	if kinds == 0 || !st.deny && kinds&^o.Allow == 0 {
		return
	}
	applies := conditions.True
	if !settled {
		if applies = st.matchResource(r); applies == conditions.False {
			return
		}
	}
	if !st.conditions.Empty() {
		applies = applies.And(st.conditions.EvalWith(r.Context, memory))
	}
	switch {
	case applies == conditions.False:
	case st.deny:
		o.Deny = o.Deny.Or(applies)
	default:
		o.MayAllow |= kinds
		if applies == conditions.True {
			o.Allow |= kinds
		}
	}
}

// Applying iterates over the statements of an effect that apply, or could, to
// a request, in the order of the policies, with their match kinds.
func (s *Set) Applying(r *Request, effect Effect) iter.Seq2[StatementRef, principal.Kinds] {
	return func(yield func(StatementRef, principal.Kinds) bool) {
		if s == nil {
			return
		}
		for i := range s.statements {
			st := &s.statements[i]
			if st.deny != (effect == Deny) {
				continue
			}
			if applies, kinds := st.match(r); applies.Possible() && !yield(s.ref(st), kinds) {
				return
			}
		}
	}
}

// match tells whether a statement applies, and how it names the caller: all
// four parts must match (PL-22).
func (st *statement) match(r *Request) (conditions.Truth, principal.Kinds) {
	if !st.matchAction(r) {
		return conditions.False, 0
	}
	applies := st.matchResource(r)
	if applies == conditions.False {
		return applies, 0
	}
	kinds := st.matchPrincipal(r)
	if kinds == 0 {
		return conditions.False, 0
	}
	return applies.And(st.conditions.Eval(r.Context)), kinds
}

func (st *statement) matchAction(r *Request) bool {
	for i := range st.actions {
		if st.actions[i].match(r) {
			return !st.notAction
		}
	}
	return st.notAction
}

// matchResource: without Resource the statement means the resource it is
// attached to (PL-101).
func (st *statement) matchResource(r *Request) conditions.Truth {
	if !st.hasResource {
		return conditions.Of(!r.NeedsResource)
	}
	some := conditions.False
	for i := range st.resources {
		p := &st.resources[i]
		if p.all {
			some = conditions.True
			break
		}
		if some = some.Or(p.match(r)); some == conditions.True {
			break
		}
	}
	if st.notResource {
		return some.Not()
	}
	return some
}

func (st *statement) matchPrincipal(r *Request) principal.Kinds {
	switch {
	case st.everybody:
		return principal.Everybody
	case !st.hasPrincipal || !st.principal.MayName(r.Caller):
		return 0
	}
	kinds := st.principal.Match(r.Caller, st.deny, r.Boundary)
	if r.RootOnlyAccounts {
		kinds &^= principal.Account
	}
	return kinds
}
