package conditions

import "github.com/rolecall/rolecall/arn"

// arns holds the policy values of the ARN operators. ArnEquals and ArnLike are
// the same (PL-163).
type arns struct {
	patterns []ARNPattern
	bad      bool // a value has fewer than six parts (PL-165)
}

func newARNs(values []string, variables bool) comparison {
	mode := arn.NoVariables
	if variables {
		mode = arn.AllVariables
	}
	a := &arns{}
	for _, v := range values {
		p, ok := NewARNPattern(v, mode)
		if !ok {
			a.bad = true
			continue
		}
		a.patterns = append(a.patterns, p)
	}
	return a
}

func (a *arns) compare(v string, ctx *Context) (m match) {
	if a.bad {
		m = malformed
	}
	parts, ok := arn.Split(v)
	if !ok {
		if len(a.patterns) > 0 {
			m |= malformed
		}
		return m
	}
	for i := range a.patterns {
		if m |= matchOf(a.patterns[i].Match(v, &parts, ctx)); m&matched != 0 {
			return m
		}
	}
	return m
}

func (a *arns) reachable() bool {
	for i := range a.patterns {
		if !neverHasValue(a.patterns[i].vars) {
			return true
		}
	}
	return false
}
