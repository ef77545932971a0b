package arn

import (
	"strings"

	"github.com/rolecall/rolecall/internal/glob"
)

// Pattern is a compiled ARN with wildcards and slots for policy variables. It
// is immutable.
type Pattern struct {
	text string
	// whole matches in one go where the first five parts hold neither
	// wildcards nor slots: their colons then stand in literal text, so that
	// nothing can reach across them.
	whole  glob.Pattern
	single bool
	parts  [partCount]glob.Pattern
	slots  []string
	first  [partCount]int // index of each part's first slot
}

// Variables says in which parts of a pattern `${...}` is a variable.
type Variables uint8

// The choices; the zero value is invalid.
const (
	// NoVariables takes `${` as plain text everywhere, as in a document of
	// version 2008-10-17 (PL-37).
	NoVariables Variables = iota + 1
	// ResourceVariables takes variables in the sixth part only, as a Resource
	// element does (PL-98, PL-99).
	ResourceVariables
	// AllVariables takes variables in every part, as a condition operator does
	// (PL-166).
	AllVariables
)

// SplitPattern cuts a pattern into its parts at colons; colons inside `${...}`
// do not count unless variables is NoVariables. It gives up to six parts.
func SplitPattern(text string, variables Variables) []string {
	parts := make([]string, 0, partCount)
	start := 0
	lastBrace := strings.LastIndexByte(text, '}')
	for i := 0; i < len(text) && len(parts) < partCount-1; i++ {
		switch {
		case text[i] == ':':
			parts = append(parts, text[start:i])
			start = i + 1
		case variables != NoVariables && i < lastBrace && strings.HasPrefix(text[i:], "${"):
			i += strings.IndexByte(text[i:], '}')
		}
	}
	return append(parts, text[start:])
}

// CompilePattern reads a pattern of six parts. It reports false for a pattern
// with fewer; see [SplitPattern] and PL-91 for what a policy does then.
func CompilePattern(text string, variables Variables) (Pattern, bool) {
	parts := SplitPattern(text, variables)
	if len(parts) < partCount {
		return Pattern{}, false
	}
	p := Pattern{text: text}
	mode := func(part int) glob.Mode {
		if variables == AllVariables || variables == ResourceVariables && part == partCount-1 {
			return glob.Wildcards | glob.Variables
		}
		return glob.Wildcards
	}
	head := text[:len(text)-len(parts[partCount-1])]
	if p.single = !strings.ContainsAny(head, "*?$"); p.single {
		p.whole = glob.Compile(text, mode(partCount-1))
		p.slots = p.whole.Slots()
		return p, true
	}
	for i, part := range parts {
		p.parts[i] = glob.Compile(part, mode(i))
		p.first[i] = len(p.slots)
		p.slots = append(p.slots, p.parts[i].Slots()...)
	}
	return p, true
}

// Loose gives the pattern with a star in place of every slot.
func (p *Pattern) Loose() Pattern {
	loose := Pattern{text: p.text, single: p.single}
	if p.single {
		loose.whole = p.whole.Loose()
		return loose
	}
	for i := range p.parts {
		loose.parts[i] = p.parts[i].Loose()
	}
	return loose
}

// String gives the text that the pattern was compiled from.
func (p *Pattern) String() string { return p.text }

// Slots gives the bodies of the pattern's variables in order.
func (p *Pattern) Slots() []string { return p.slots }

// Prefix gives text that every match begins with.
func (p *Pattern) Prefix() string {
	if p.single {
		return p.whole.Prefix()
	}
	return p.parts[0].Prefix()
}

// Match tells whether an ARN matches. parts is what Split gives of text; slots
// holds a text for each of Slots.
func (p *Pattern) Match(text string, parts *[partCount]string, slots []string) bool {
	if p.single {
		return p.whole.Match(text, slots)
	}
	for i := range p.parts {
		if !p.parts[i].Match(parts[i], slots[p.first[i]:]) {
			return false
		}
	}
	return true
}
