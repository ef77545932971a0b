package conditions

import (
	"strings"
	"unsafe"

	"github.com/rolecall/rolecall/internal/glob"
)

// newStrings compiles the values of a String operator. Text has no malformed
// values.
func newStrings(b Base, values []string, variables bool) comparison {
	var mode glob.Mode
	if variables {
		mode = glob.Variables
	}
	if b == StringLike || b == StringNotLike {
		mode |= glob.Wildcards
	}
	patterns := make([]pattern, len(values))
	for i, v := range values {
		patterns[i] = newPattern(v, mode)
	}
	switch {
	case b == StringEqualsIgnoreCase || b == StringNotEqualsIgnoreCase:
		return &foldedStrings{patterns}
	case len(patterns) == 1 && patterns[0].slot == nil:
		if text, ok := patterns[0].glob.Literal(); ok {
			return oneText(text)
		}
		return &onePattern{patterns[0].glob}
	default:
		return &patternStrings{patterns}
	}
}

// oneText compares with case with one value, which is what most tests do.
type oneText string

func (s oneText) compare(v string, _ *Context) match {
	if v == string(s) {
		return matched
	}
	return 0
}

func (s oneText) reachable() bool { return true }

// onePattern likewise has one value without variables.
type onePattern struct{ glob glob.Pattern }

func (s *onePattern) compare(v string, _ *Context) match {
	if s.glob.Match(v, nil) {
		return matched
	}
	return 0
}

func (s *onePattern) reachable() bool { return true }

// patternStrings compares with case: StringEquals and StringLike, which differ
// in how their values were compiled (PL-141, PL-143).
type patternStrings struct{ patterns []pattern }

func (s *patternStrings) compare(v string, ctx *Context) (m match) {
	for i := range s.patterns {
		if m |= matchOf(s.patterns[i].match(v, ctx)); m&matched != 0 {
			return m
		}
	}
	return m
}

func (s *patternStrings) reachable() bool { return anyReachable(s.patterns) }

// foldedStrings compares without case: StringEqualsIgnoreCase (PL-142).
type foldedStrings struct{ patterns []pattern }

func (s *foldedStrings) compare(v string, ctx *Context) (m match) {
	for i := range s.patterns {
		if m |= s.patterns[i].equalFold(v, false, ctx); m&matched != 0 {
			return m
		}
	}
	return m
}

func (s *foldedStrings) reachable() bool { return anyReachable(s.patterns) }

// equalFold compares v with the text of a pattern without wildcards by simple
// case folding. sameLength wants the texts to be equally long, too.
func (p *pattern) equalFold(v string, sameLength bool, ctx *Context) match {
	if text, ok := p.glob.Literal(); ok {
		return matchOf(Of((!sameLength || len(v) == len(text)) && strings.EqualFold(v, text)))
	}
	var buffer [256]byte
	text, state := p.appendText(buffer[:0], ctx)
	switch state {
	case noValue:
		return 0
	case open:
		return maybe
	default:
		same := !sameLength || len(v) == len(text)
		return matchOf(Of(same && strings.EqualFold(v, unsafe.String(unsafe.SliceData(text), len(text)))))
	}
}

// anyReachable tells whether a pattern can match something: one with a
// malformed variable cannot.
func anyReachable(patterns []pattern) bool {
	for i := range patterns {
		if !patterns[i].slot.neverHasValue() {
			return true
		}
	}
	return false
}
