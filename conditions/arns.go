package conditions

import "github.com/rolecall/rolecall/arn"

// newARNs compiles the values of an ARN operator. ArnEquals and ArnLike are
// the same (PL-163). A value with fewer than six parts is malformed on either
// side (PL-165).
func newARNs(texts []string, variables bool) comparison {
	mode := arn.NoVariables
	if variables {
		mode = arn.AllVariables
	}
	t := newTyped(texts,
		func(text string) (ARNPattern, bool) { return NewARNPattern(text, mode) },
		func(text string) (string, bool) { return text, arn.HasParts(text) },
		func(v string, p *ARNPattern, ctx *Context) Truth { return p.Match(v, ctx) },
	)
	t.canFit = false
	for i := range t.values {
		t.canFit = t.canFit || !t.values[i].slot.neverHasValue()
	}
	return t
}
