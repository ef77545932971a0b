package eval

import (
	"slices"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/principal"
)

// Residual is what remains to be known of a conditional decision: a formula
// over the tests that hinge on open keys. The request is allowed in exactly
// those contexts in which the formula holds.
//
// A Residual is a leaf, or else joins other residuals by "and" or by "or". The
// "and" of none always holds, the "or" of none never does.
type Residual struct {
	// Hinge is the test of a leaf; nil otherwise.
	Hinge *policy.Hinge
	// Not tells of a leaf that its test must not hold.
	Not bool
	// Any tells that one of the Parts must hold, else all must.
	Any   bool
	Parts []Residual
}

// Residual gives what a conditional decision hinges on. Of another decision it
// always or never holds.
func (d Decision) Residual() Residual {
	switch {
	case d.Outcome == Allowed:
		return all()
	case d.Outcome != Conditional:
		return either()
	}
	h := hinging{request: d.request, policies: d.policies}
	h.gather()
	return h.residual()
}

// Eval tells whether the residual holds in a context. It is Unknown only if
// the context leaves keys open.
func (f *Residual) Eval(ctx *conditions.Context) conditions.Truth {
	if f.Hinge != nil {
		t := f.Hinge.Eval(ctx)
		if f.Not {
			return t.Not()
		}
		return t
	}
	result := conditions.Of(!f.Any)
	for i := range f.Parts {
		part := f.Parts[i].Eval(ctx)
		if f.Any {
			result = result.Or(part)
		} else {
			result = result.And(part)
		}
		if result == conditions.Of(f.Any) {
			return result
		}
	}
	return result
}

// And gives the residual of which both must hold.
func (f Residual) And(other Residual) Residual { return all(f, other) }

// same tells whether two residuals are written alike.
func (f *Residual) same(other *Residual) bool {
	if f.Hinge != nil || other.Hinge != nil {
		return f.Hinge != nil && other.Hinge != nil && f.Not == other.Not && f.Hinge.Same(other.Hinge)
	}
	return f.Any == other.Any && slices.EqualFunc(f.Parts, other.Parts, func(a, b Residual) bool { return a.same(&b) })
}

// all joins residuals that must all hold, either those of which one must. Parts
// of the same kind are taken in, and none is kept twice.
func all(parts ...Residual) Residual    { return join(false, parts) }
func either(parts ...Residual) Residual { return join(true, parts) }

func join(anyOf bool, parts []Residual) Residual {
	joined := Residual{Any: anyOf}
	for _, p := range parts {
		switch {
		case p.Hinge == nil && p.Any == anyOf:
			for _, inner := range p.Parts {
				joined.keep(inner)
			}
		case p.Hinge == nil && len(p.Parts) == 0:
			return p // it decides alone
		default:
			joined.keep(p)
		}
	}
	if len(joined.Parts) == 1 {
		return joined.Parts[0]
	}
	return joined
}

func (f *Residual) keep(part Residual) {
	if !slices.ContainsFunc(f.Parts, func(p Residual) bool { return p.same(&part) }) {
		f.Parts = append(f.Parts, part)
	}
}

// hinging works out the residual of a decision. Whether a request is allowed
// depends on an undecided Allow statement only by its layer and match kinds,
// so that those of one slot are interchangeable.
type hinging struct {
	request  *Request
	policies *Policies
	verdicts verdicts
	slots    []slot
	// noDeny holds if no undecided Deny statement applies.
	noDeny []Residual
}

// slot is the undecided Allow statements that would contribute the same.
type slot struct {
	layer Reason
	kinds principal.Kinds
	some  Residual // one of them applies
}

func (h *hinging) gather() {
	r, p := h.request, h.policies
	h.verdicts.present = p.present() & r.concerned
	h.verdicts.gather(r, p)
	for l := range h.verdicts.present.All() {
		match := r.matchIn(l, p)
		for _, set := range p.sets(l) {
			h.layer(l, set, match)
		}
	}
	h.verdicts.worst.denies = 0 // noDeny stands for them
}

func (h *hinging) layer(l Reason, set *policy.Set, match *policy.Request) {
	levels := l == BySCP || l == ByRCP
	var level Residual
	level.Any = true
	for u := range set.Undecided(match) {
		switch {
		case u.Statement.Effect == policy.Deny:
			if l != ByResource || !h.request.rootLockout {
				h.noDeny = append(h.noDeny, either(leaves(u.Hinges, true)...))
			}
		case levels:
			level = either(level, all(leaves(u.Hinges, false)...))
		default:
			h.add(l, u.Principal, all(leaves(u.Hinges, false)...))
		}
	}
	if l == BySCP && set.Match(match).Allow == 0 {
		h.addLevel(level)
	}
}

func leaves(hinges []policy.Hinge, not bool) []Residual {
	parts := make([]Residual, len(hinges))
	for i := range hinges {
		parts[i] = Residual{Hinge: &hinges[i], Not: not}
	}
	return parts
}

func (h *hinging) add(l Reason, kinds principal.Kinds, applies Residual) {
	for i := range h.slots {
		if s := &h.slots[i]; s.layer == l && s.kinds == kinds {
			s.some = either(s.some, applies)
			return
		}
	}
	h.slots = append(h.slots, slot{layer: l, kinds: kinds, some: applies})
}

// addLevel: SCPs allow if every level does, so that the undecided levels are
// one slot (EV-71).
func (h *hinging) addLevel(level Residual) {
	for i := range h.slots {
		if s := &h.slots[i]; s.layer == BySCP {
			s.some = all(s.some, level)
			return
		}
	}
	h.slots = append(h.slots, slot{layer: BySCP, kinds: principal.Everybody, some: level})
}

// residual: no Deny applies, and one of the least sets of slots that suffice is
// filled.
func (h *hinging) residual() Residual {
	grants := Residual{Any: true}
	var enough []uint
	for set := range uint(1) << len(h.slots) {
		if slices.ContainsFunc(enough, func(smaller uint) bool { return set&smaller == smaller }) || !h.allows(set) {
			continue
		}
		enough = append(enough, set)
		var filled []Residual
		for i := range h.slots {
			if set&(1<<i) != 0 {
				filled = append(filled, h.slots[i].some)
			}
		}
		grants = either(grants, all(filled...))
	}
	return all(append([]Residual{grants}, h.noDeny...)...)
}

// allows tells whether the request is allowed if the slots of a set are filled
// and no others.
func (h *hinging) allows(set uint) bool {
	v := h.verdicts.worst
	for i, s := range h.slots {
		if set&(1<<i) == 0 {
			continue
		}
		v.allows.add(s.layer)
		if s.layer == ByResource {
			v.granted |= s.kinds
		}
	}
	outcome, _, _ := v.combine(h.request, h.verdicts.present)
	return outcome == Allowed
}
