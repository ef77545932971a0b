package reach

import (
	"slices"
	"strings"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/policy/eval"
	"github.com/rolecall/rolecall/principal"
	"github.com/rolecall/rolecall/world"
)

// maxSteps bounds the search for values of open keys. Beyond it a question
// stays conditional, which is never wrong.
const maxSteps = 4000

// solver looks for values of the open keys with which a residual holds, or does
// not. It tries, key by key, the samples that the tests of the key tell apart.
type solver struct {
	world    *world.World
	residual *eval.Residual
	context  *conditions.Context
	keys     []openKey
	// exact tells that the samples stand for all values.
	exact bool
	steps int
}

// openKey is a key that the residual hinges on, with what it could be.
type openKey struct {
	key     conditions.Key
	tests   []*conditions.Test
	samples []conditions.Seen
}

func newSolver(w *world.World, residual *eval.Residual, context *conditions.Context, from caller) *solver {
	s := &solver{world: w, residual: residual, context: context, exact: true}
	s.collect(residual)
	for i := range s.keys {
		s.sample(&s.keys[i], from)
	}
	return s
}

// collect finds the open keys and their tests.
func (s *solver) collect(f *eval.Residual) {
	for i := range f.Parts {
		s.collect(&f.Parts[i])
	}
	if f.Hinge == nil {
		return
	}
	test := f.Hinge.Test
	if test == nil {
		s.exact = false // a resource with an open variable
		return
	}
	if !s.context.Look(test.Key()).Open {
		s.exact = false // only a variable in its values is open
		return
	}
	i := slices.IndexFunc(s.keys, func(k openKey) bool { return k.key.Equal(test.Key()) })
	if i < 0 {
		s.keys = append(s.keys, openKey{key: test.Key()})
		i = len(s.keys) - 1
	}
	s.keys[i].tests = append(s.keys[i].tests, test)
}

// sample works out what a key could be.
func (s *solver) sample(k *openKey, from caller) {
	values, exact := conditions.Samples(k.tests, s.context)
	name := k.key.String()
	switch {
	case strings.EqualFold(name, keyMFA):
		values, exact = []string{"true", "false"}, true
	case strings.EqualFold(name, "aws:userid") && from.kind == principal.Role && !from.stranger:
		var own bool
		values, own = userIDs(k.tests, values, from.id)
		exact = exact && own
	case s.world.Account(from.account) == nil:
		values = slices.DeleteFunc(values, func(v string) bool { return s.ofThisWorld(name, v) })
	}
	s.exact = s.exact && exact
	multi := slices.ContainsFunc(k.tests, func(t *conditions.Test) bool { return t.Operator().Qualifier != conditions.NoQualifier })
	if s.context.Look(k.key).Missing {
		k.samples = append(k.samples, conditions.Seen{Missing: true})
	}
	for _, v := range values {
		if multi {
			k.samples = append(k.samples, conditions.Seen{Values: []string{v}, Multivalued: true})
		}
		if !multi || !listKey(name) {
			k.samples = append(k.samples, conditions.Seen{Values: []string{v}})
		}
	}
	if multi {
		s.exact = s.exact && len(values) < 2
		k.samples = append(k.samples, conditions.Seen{Values: values, Multivalued: true})
	}
	if len(k.samples) == 0 { // only Null tests of a key that is there
		k.samples = []conditions.Seen{{Values: []string{"rolecall"}}}
	}
}

// ofThisWorld tells whether a value is one that no principal of an account
// outside the world can have: the world holds all accounts of its organization.
func (s *solver) ofThisWorld(key, value string) bool {
	switch {
	case strings.EqualFold(key, "aws:PrincipalAccount"):
		return s.world.Account(value) != nil
	case strings.EqualFold(key, "aws:PrincipalOrgID"):
		return s.world.Organization() != nil && value == s.world.Organization().ID
	case strings.EqualFold(key, "aws:PrincipalOrgPaths"):
		return s.world.Organization() != nil && strings.HasPrefix(value, s.world.Organization().ID+"/")
	default:
		return false
	}
}

// listKey tells whether a key is always multivalued.
func listKey(name string) bool {
	return strings.EqualFold(name, keyTagKeys) || strings.EqualFold(name, keyTransitive)
}

// userIDs restricts aws:userid to what a session of a role can have: the id of
// the role, a colon and the name of the session.
func userIDs(tests []*conditions.Test, values []string, roleID string) (own []string, exact bool) {
	own = []string{roleID + ":rolecall-sample"}
	for _, v := range values {
		if strings.HasPrefix(v, roleID+":") && len(v) > len(roleID)+1 {
			own = append(own, v)
		}
	}
	return own, !slices.ContainsFunc(tests, func(t *conditions.Test) bool {
		// A wildcard in front of the colon could be the id.
		return slices.ContainsFunc(t.Values(), func(v string) bool {
			i := strings.IndexAny(v, "*?$")
			return i >= 0 && i <= len(roleID)
		})
	})
}

// never tells whether the residual holds for no values at all.
func (s *solver) never() bool { return s.rules(conditions.True) }

// always tells whether the residual holds for all values.
func (s *solver) always() bool { return s.rules(conditions.False) }

// rules tells whether no values give the residual an outcome.
func (s *solver) rules(outcome conditions.Truth) bool {
	s.steps = 0
	return !s.find(outcome, 0, s.context) && s.exact && s.steps < maxSteps
}

// find tells whether values of the keys from the one at index on give the
// residual an outcome.
func (s *solver) find(outcome conditions.Truth, index int, ctx *conditions.Context) bool {
	if s.steps++; s.steps >= maxSteps {
		return false
	}
	result := s.residual.Eval(ctx)
	if result != conditions.Unknown || index == len(s.keys) {
		return result == outcome || result == conditions.Unknown
	}
	k := &s.keys[index]
	for _, sample := range k.samples {
		fixed := ctx.With(k.key, sample)
		if s.find(outcome, index+1, &fixed) {
			return true
		}
	}
	return false
}
