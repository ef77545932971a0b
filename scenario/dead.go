package scenario

import (
	"fmt"
	"strings"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/policy"
)

// deadStatement says why no request can reach a statement, as far as that can
// be proved: nothing uses its policy, or its conditions on one key contradict
// each other.
func (s *site) deadStatement(i int) string {
	if s.dead != "" {
		return s.dead
	}
	st := &s.document.Statements[i]
	block := policy.CompileCondition(st.Condition, s.document.HasVariables())
	tests := block.Tests()
	seen := map[string]bool{}
	for j := range tests {
		name := strings.ToLower(tests[j].Key().String())
		if seen[name] {
			continue
		}
		seen[name] = true
		if never(tests, tests[j].Key()) {
			return fmt.Sprintf("no value of %s can satisfy its conditions", tests[j].Key())
		}
	}
	return ""
}

// never tells that no value of a key, nor its absence, satisfies all tests of
// it. A key may be single-valued or multivalued in a request; a multivalued one
// with several values is beyond what is proved.
func never(tests []conditions.Test, key conditions.Key) bool {
	var of []*conditions.Test
	for i := range tests {
		if tests[i].Key().Equal(key) {
			if tests[i].Operator().Qualifier != conditions.NoQualifier || tests[i].Variables() && strings.Contains(strings.Join(tests[i].Values(), ""), "${") {
				return false
			}
			of = append(of, &tests[i])
		}
	}
	var empty conditions.Context
	values, exact := conditions.Samples(of, &empty)
	if !exact {
		return false
	}
	// Where no value makes a difference there are no samples.
	candidates := []conditions.Seen{{Missing: true}, {Values: []string{"any"}}}
	for _, v := range values {
		candidates = append(candidates, conditions.Seen{Values: []string{v}})
	}
	for _, c := range candidates {
		ctx := empty.With(key, c)
		holds := true
		for _, t := range of {
			holds = holds && t.Eval(&ctx) != conditions.False
		}
		if holds {
			return false
		}
	}
	return true
}
