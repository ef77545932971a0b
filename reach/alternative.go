package reach

import (
	"slices"
	"strings"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/policy/eval"
	"github.com/rolecall/rolecall/world"
)

// MaxAlternatives bounds the ways that an answer lists.
const MaxAlternatives = 64

// Alternative is one way to make a conditional answer a yes: all of its
// conditions must hold.
type Alternative []Condition

// Condition is a test that an open key must pass, as a policy would write it.
type Condition struct {
	Key      string
	Operator string
	Values   []string
	// Not tells that the test must fail; the language has no operator for that.
	Not bool
	// Statement is where the condition comes from.
	Statement policy.StatementRef
}

// UnknownPolicy gives the name of the policy whose document the world does not
// hold, if that is what the condition is about; else it is empty.
func (c *Condition) UnknownPolicy() string {
	name, ok := strings.CutPrefix(c.Key, world.UnknownPolicyPrefix)
	if !ok {
		return ""
	}
	return name
}

func (c *Condition) same(other *Condition) bool {
	return c.Not == other.Not && c.Operator == other.Operator && strings.EqualFold(c.Key, other.Key) && slices.Equal(c.Values, other.Values)
}

// alternatives multiplies a residual out into the ways to satisfy it, without
// those that contain another, the shortest first.
func (s *solver) alternatives() []Alternative {
	list := s.expand(s.residual)
	slices.SortStableFunc(list, func(a, b Alternative) int { return len(a) - len(b) })
	var kept []Alternative
	for _, a := range list {
		if !slices.ContainsFunc(kept, func(k Alternative) bool { return a.contains(k) }) {
			kept = append(kept, a)
		}
	}
	return kept
}

func (s *solver) expand(f *eval.Residual) []Alternative {
	switch {
	case f.Hinge != nil:
		return []Alternative{{s.condition(f)}}
	case f.Any:
		var list []Alternative
		for i := range f.Parts {
			list = append(list, s.expand(&f.Parts[i])...)
		}
		return list[:min(len(list), MaxAlternatives)]
	}
	list := []Alternative{nil}
	for i := range f.Parts {
		list = multiply(list, s.expand(&f.Parts[i]))
	}
	return list
}

func multiply(a, b []Alternative) []Alternative {
	var product []Alternative
	for _, x := range a {
		for _, y := range b {
			if len(product) == MaxAlternatives {
				return product
			}
			product = append(product, x.with(y))
		}
	}
	return product
}

func (a Alternative) with(more Alternative) Alternative {
	joined := slices.Clip(a)
	for _, c := range more {
		if !joined.has(&c) {
			joined = append(joined, c)
		}
	}
	return joined
}

func (a Alternative) has(c *Condition) bool {
	return slices.ContainsFunc(a, func(own Condition) bool { return own.same(c) })
}

func (a Alternative) contains(other Alternative) bool {
	return !slices.ContainsFunc(other, func(c Condition) bool { return !a.has(&c) })
}

// condition writes a leaf as a policy would.
func (s *solver) condition(f *eval.Residual) Condition {
	h := f.Hinge
	if h.Test == nil {
		return Condition{Key: "Resource", Operator: "matches", Not: f.Not, Statement: h.Statement}
	}
	c := Condition{Key: h.Test.Key().String(), Operator: h.Test.Operator().String(), Values: h.Test.Values(), Not: f.Not, Statement: h.Statement}
	if f.Not {
		if op, values, ok := h.Test.Complement(); ok {
			c.Operator, c.Values, c.Not = op.String(), values, false
		}
	}
	c.Values = filled(h.Test, c.Values, s.context)
	return c
}

func filled(t *conditions.Test, values []string, ctx *conditions.Context) []string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = t.Text(v, ctx)
	}
	return list
}

// Conditions gives the conditions of all alternatives of a hop, each once. Of a
// hop with one alternative they must all hold.
func (h *Hop) Conditions() []Condition { return union(h.Alternatives) }

// Conditions gives the conditions of all alternatives, each once.
func (a *Admission) Conditions() []Condition { return union(a.Alternatives) }

func union(ways []Alternative) []Condition {
	conditions := Alternative{}
	for _, a := range ways {
		conditions = conditions.with(a)
	}
	return conditions
}
