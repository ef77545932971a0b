package conditions

import (
	"iter"
	"slices"

	"github.com/rolecall/rolecall/arn"
	"github.com/rolecall/rolecall/internal/glob"
)

// slotBuffer holds the variables of one pattern on the stack; patterns with
// more are rare.
type slotBuffer [8]string

// pattern is a policy value with wildcards and variables, matched as text.
type pattern struct {
	glob glob.Pattern
	slot *slotted[glob.Pattern] // nil without variables
}

// slotted is what a pattern with variables has besides.
type slotted[P any] struct {
	vars []variable
	// loose is the pattern with `*` for every variable: what it does not match
	// cannot match, whatever an open variable is.
	loose P
}

func newPattern(text string, mode glob.Mode) pattern {
	p := pattern{glob: glob.Compile(text, mode)}
	if slots := p.glob.Slots(); slots != nil {
		p.slot = &slotted[glob.Pattern]{parseVariables(slots), p.glob.Loose()}
	}
	return p
}

// neverHasValue tells whether a variable of the pattern is malformed.
func (s *slotted[P]) neverHasValue() bool {
	return s != nil && slices.ContainsFunc(s.vars, func(v variable) bool { return v.never })
}

// match tells whether the whole of s matches.
func (p *pattern) match(s string, ctx *Context) Truth {
	if p.slot == nil {
		return Of(p.glob.Match(s, nil))
	}
	return p.matchSlots(s, ctx)
}

// matchSlots stands apart so that a pattern without variables pays nothing for
// the buffer.
func (p *pattern) matchSlots(s string, ctx *Context) Truth {
	var buffer slotBuffer
	slots, state := expand(p.slot.vars, ctx, buffer[:0])
	switch state {
	case noValue:
		return False
	case open:
		return Of(p.slot.loose.Match(s, nil)) | False
	default:
		return Of(p.glob.Match(s, slots))
	}
}

// appendText writes the text of a pattern without wildcards behind dst.
func (p *pattern) appendText(dst []byte, ctx *Context) ([]byte, values) {
	if p.slot == nil {
		return p.glob.Append(dst, nil), known
	}
	var buffer slotBuffer
	slots, state := expand(p.slot.vars, ctx, buffer[:0])
	if state != known {
		return dst, state
	}
	return p.glob.Append(dst, slots), known
}

// ARNPattern is an ARN with wildcards and variables, matched part by part. The
// Resource element and the ARN operators are made of it.
type ARNPattern struct {
	arn  arn.Pattern
	slot *slotted[arn.Pattern] // nil without variables
}

// NewARNPattern compiles a pattern of six parts and reports false for one with
// fewer.
func NewARNPattern(text string, variables arn.Variables) (ARNPattern, bool) {
	compiled, ok := arn.CompilePattern(text, variables)
	if !ok {
		return ARNPattern{}, false
	}
	p := ARNPattern{arn: compiled}
	if slots := compiled.Slots(); slots != nil {
		p.slot = &slotted[arn.Pattern]{parseVariables(slots), compiled.Loose()}
	}
	return p, true
}

// Literals iterates over texts that every match holds, from left to right, so
// that an index can choose one of them.
func (p *ARNPattern) Literals() iter.Seq[string] { return p.arn.Literals() }

// String gives the text that the pattern was compiled from.
func (p *ARNPattern) String() string { return p.arn.String() }

// Match tells whether an ARN matches.
func (p *ARNPattern) Match(text string, ctx *Context) Truth {
	if p.slot == nil {
		return Of(p.arn.Match(text, nil))
	}
	return p.matchSlots(text, ctx)
}

func (p *ARNPattern) matchSlots(text string, ctx *Context) Truth {
	var buffer slotBuffer
	slots, state := expand(p.slot.vars, ctx, buffer[:0])
	switch state {
	case noValue:
		return False
	case open:
		return Of(p.slot.loose.Match(text, nil)) | False
	default:
		return Of(p.arn.Match(text, slots))
	}
}
