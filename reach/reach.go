// Package reach answers who can assume which role: of one pair, of one side,
// and of all accounts of a world at once.
//
// # Questions
//
// [Finder.CanAssume] tells whether a user, a role, a session, a service or an
// identity provider can assume a role, directly or over other roles.
// [Finder.WhoCanAssume] and [Finder.WhatCanAssume] ask from one side, and
// [Finder.Graph] gives every direct edge.
//
// # Answers
//
// An answer is [Yes], [No] with the decision that says why, or [Conditional]
// with what it hinges on: a formula over the tests of the policies, which holds
// in exactly those contexts in which the call would succeed.
//
// # What is known
//
// What the world fixes is known: policies, tags, the organization. What the
// caller of AssumeRole chooses is open unless it is given in a [Call]: external
// id, session name, source identity, tags, MFA of a user, time and place.
//
// # Speed
//
// An index for each account tells which of its roles could admit a principal,
// and which of its principals could be let into a role; only those pairs are
// decided.
package reach

import (
	"errors"
	"strconv"

	"github.com/rolecall/rolecall/policy/eval"
	"github.com/rolecall/rolecall/world"
)

// Verdict is the answer to a question. The zero value is invalid.
type Verdict uint8

// The verdicts.
const (
	// Yes: the call succeeds whatever is open.
	Yes Verdict = iota + 1
	// No: it fails whatever is open.
	No
	// Conditional: it depends on what is open.
	Conditional
)

// String gives the verdict in a word.
func (v Verdict) String() string {
	switch v {
	case Yes:
		return "yes"
	case No:
		return "no"
	case Conditional:
		return "conditional"
	default:
		return "verdict(" + strconv.Itoa(int(v)) + ")"
	}
}

// Errors of questions that cannot be answered.
var (
	// ErrNotRole: what should be assumed is no role of the world.
	ErrNotRole = errors.New("not a role of the world")
	// ErrNotCaller: no principal that could assume a role has this name.
	ErrNotCaller = errors.New("not a principal of the world")
)

// Answer is the answer to CanAssume.
type Answer struct {
	Verdict Verdict
	// Hops is the way: one hop for each role assumed. Of a No it is the one hop
	// that was asked for, refused.
	Hops []Hop
}

// Hop is one call that assumes a role.
type Hop struct {
	// From is the principal that calls, To the ARN of the role.
	From, To string
	Verdict  Verdict
	// Asked holds the actions that the call needs with the decision on each:
	// the AssumeRole* action first, then sts:TagSession and
	// sts:SetSourceIdentity where something is passed (EV-126).
	Asked []Asked
	// Refusal says why the call fails before any policy is asked; empty if it
	// does not.
	Refusal string
	// Residual is what a Conditional hinges on, for all actions together.
	Residual eval.Residual
	// Alternatives are the ways to make a Conditional a Yes: all conditions of
	// one of them must hold. The list is cut at [MaxAlternatives].
	Alternatives []Alternative
	// Session is what the call would give.
	Session Carried
}

// Asked is an action of a call with its decision.
type Asked struct {
	Action   string
	Decision eval.Decision
}

// Deciding gives the decision that refuses a hop: that of the first action
// that is not allowed. It reports false where none refuses.
func (h *Hop) Deciding() (Asked, bool) {
	for _, a := range h.Asked {
		if !a.Decision.Allowed() && a.Decision.Outcome != eval.Conditional {
			return a, true
		}
	}
	if h.Verdict == No {
		for _, a := range h.Asked {
			if a.Decision.Outcome == eval.Conditional {
				return a, true // its conditions contradict each other
			}
		}
	}
	return Asked{}, false
}

// Finder answers questions about a world. It is safe for use by any number of
// goroutines.
type Finder struct {
	world   *world.World
	indexes map[string]*index // by account id
}

// New makes a finder for a world. The index of an account is made when it is
// first needed; see [Finder.Prepare].
func New(w *world.World) *Finder {
	f := &Finder{world: w, indexes: map[string]*index{}}
	for a := range w.Accounts() {
		f.indexes[a.ID] = &index{account: a}
	}
	return f
}

// With gives a finder for a changed world, sharing the indexes of accounts that
// did not change.
func (f *Finder) With(changes ...world.Change) (*Finder, error) {
	w, problems := f.world.With(changes...)
	if w == nil {
		return nil, problems
	}
	changed := New(w)
	for id, x := range changed.indexes {
		if old := f.indexes[id]; old != nil && old.account == x.account {
			changed.indexes[id] = old
		}
	}
	return changed, nil
}

// World gives the world that the finder answers for.
func (f *Finder) World() *world.World { return f.world }
