package conditions

import (
	"strings"

	"github.com/rolecall/rolecall/internal/glob"
)

// booleans holds the policy values of Bool. They may hold variables (PL-154,
// CONTESTED); case does not count on either side (PL-153, CONTESTED).
type booleans struct{ patterns []pattern }

func newBooleans(values []string, variables bool) comparison {
	var mode glob.Mode
	if variables {
		mode = glob.Variables
	}
	if len(values) == 1 && readsAsBoolean(values[0]) {
		return &oneBoolean{isBoolean(values[0], "true")}
	}
	b := &booleans{patterns: make([]pattern, len(values))}
	for i, v := range values {
		b.patterns[i] = newPattern(v, mode)
	}
	return b
}

// compare: a word on either side that is no boolean matches nothing. Bool has
// no negated form, so that malformed values need no mark of their own.
func (b *booleans) compare(v string, ctx *Context) (m match) {
	if !readsAsBoolean(v) {
		return malformed
	}
	for i := range b.patterns {
		if m |= b.patterns[i].equalFold(v, true, ctx); m&matched != 0 {
			return m
		}
	}
	return m
}

func (b *booleans) reachable() bool {
	for i := range b.patterns {
		p := &b.patterns[i]
		text, plain := p.glob.Literal()
		if plain && readsAsBoolean(text) || !plain && !p.slot.neverHasValue() {
			return true
		}
	}
	return false
}

// oneBoolean is the one value that most tests of Bool have.
type oneBoolean struct{ want bool }

func (b *oneBoolean) compare(v string, _ *Context) match {
	switch {
	case isBoolean(v, "true"):
		return matchOf(Of(b.want))
	case isBoolean(v, "false"):
		return matchOf(Of(!b.want))
	default:
		return malformed
	}
}

func (b *oneBoolean) reachable() bool { return true }

// readsAsBoolean tells whether text is a boolean.
func readsAsBoolean(text string) bool { return isBoolean(text, "true") || isBoolean(text, "false") }

// isBoolean tells whether text is the boolean want, in any case of the letters
// of ASCII: those that fold to one of them, as the long s does, are longer.
func isBoolean(text, want string) bool {
	return len(text) == len(want) && (text == want || strings.EqualFold(text, want))
}
