package arn

import (
	"iter"
	"strings"

	"github.com/rolecall/rolecall/internal/glob"
)

// Pattern is a compiled ARN with wildcards and slots for policy variables. It
// is immutable.
type Pattern struct {
	// whole matches in one go where the first five parts hold neither
	// wildcards nor slots: their colons then stand in literal text, so that
	// nothing can reach across them.
	whole glob.Pattern
	parts *patternParts // nil if whole serves
}

// patternParts is a pattern that is matched part by part.
type patternParts struct {
	text string
	// head is the literal text in front of the first part that is matched by
	// itself, its colon included; from is that part.
	head  string
	from  int
	globs [partCount]glob.Pattern
	slots []string
	first [partCount]int // index of each part's first slot
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
	parts, n := splitPattern(text, variables)
	return parts[:n]
}

// PatternParts tells how many parts [SplitPattern] gives.
func PatternParts(text string, variables Variables) int {
	_, n := splitPattern(text, variables)
	return n
}

func splitPattern(text string, variables Variables) (parts [partCount]string, n int) {
	if variables == NoVariables || strings.IndexByte(text, '$') < 0 {
		for n < partCount-1 {
			colon := strings.IndexByte(text, ':')
			if colon < 0 {
				break
			}
			parts[n], text = text[:colon], text[colon+1:]
			n++
		}
		parts[n] = text
		return parts, n + 1
	}
	start := 0
	lastBrace := strings.LastIndexByte(text, '}')
	for i := 0; i < len(text) && n < partCount-1; i++ {
		switch {
		case text[i] == ':':
			parts[n] = text[start:i]
			n++
			start = i + 1
		case i < lastBrace && strings.HasPrefix(text[i:], "${"):
			i += strings.IndexByte(text[i:], '}')
		}
	}
	parts[n] = text[start:]
	return parts, n + 1
}

// CompilePattern reads a pattern of six parts. It reports false for a pattern
// with fewer; see [SplitPattern] and PL-91 for what a policy does then.
func CompilePattern(text string, variables Variables) (Pattern, bool) {
	mode := func(part int) glob.Mode {
		if variables == AllVariables || variables == ResourceVariables && part == partCount-1 {
			return glob.Wildcards | glob.Variables
		}
		return glob.Wildcards
	}
	if literalHead(text) {
		return Pattern{whole: glob.Compile(text, mode(partCount-1))}, true
	}
	parts, n := splitPattern(text, variables)
	if n < partCount {
		return Pattern{}, false
	}
	p := &patternParts{text: text}
	for !strings.ContainsAny(parts[p.from], special) {
		p.head = text[:len(p.head)+len(parts[p.from])+len(":")]
		p.from++
	}
	for i := p.from; i < partCount; i++ {
		p.globs[i] = glob.Compile(parts[i], mode(i))
		p.first[i] = len(p.slots)
		p.slots = append(p.slots, p.globs[i].Slots()...)
	}
	return Pattern{parts: p}, true
}

// special are the characters that may make text other than literal.
const special = "*?$"

// literalHead tells whether there are six parts, the first five of them literal.
func literalHead(text string) bool {
	colons := 0
	for i := range len(text) {
		switch text[i] {
		case ':':
			if colons++; colons == partCount-1 {
				return true
			}
		case '*', '?', '$':
			return false
		}
	}
	return false
}

// Loose gives the pattern with a star in place of every slot.
func (p *Pattern) Loose() Pattern {
	if p.parts == nil {
		return Pattern{whole: p.whole.Loose()}
	}
	loose := *p.parts
	for i := range loose.globs {
		loose.globs[i] = loose.globs[i].Loose()
	}
	loose.slots = nil
	loose.first = [partCount]int{}
	return Pattern{parts: &loose}
}

// String gives the text that the pattern was compiled from.
func (p *Pattern) String() string {
	if p.parts == nil {
		return p.whole.String()
	}
	return p.parts.text
}

// Slots gives the bodies of the pattern's variables in order.
func (p *Pattern) Slots() []string {
	if p.parts == nil {
		return p.whole.Slots()
	}
	return p.parts.slots
}

// Prefix gives text that every match begins with.
func (p *Pattern) Prefix() string {
	if p.parts == nil {
		return p.whole.Prefix()
	}
	return p.parts.head
}

// Literals iterates over texts that every match holds, from left to right.
func (p *Pattern) Literals() iter.Seq[string] {
	if p.parts == nil {
		return p.whole.Literals()
	}
	return func(yield func(string) bool) {
		if !yield(p.parts.head) {
			return
		}
		for i := p.parts.from; i < partCount; i++ {
			for text := range p.parts.globs[i].Literals() {
				if !yield(text) {
					return
				}
			}
		}
	}
}

// Match tells whether an ARN matches; a text that is none never does. slots
// holds a text for each of Slots.
func (p *Pattern) Match(text string, slots []string) bool {
	if p.parts == nil {
		return p.whole.Match(text, slots)
	}
	return p.parts.match(text, slots)
}

func (p *patternParts) match(text string, slots []string) bool {
	rest, ok := strings.CutPrefix(text, p.head)
	if !ok {
		return false
	}
	for i := p.from; i < partCount-1; i++ {
		colon := strings.IndexByte(rest, ':')
		if colon < 0 || !p.globs[i].Match(rest[:colon], slots[p.first[i]:]) {
			return false
		}
		rest = rest[colon+1:]
	}
	return p.globs[partCount-1].Match(rest, slots[p.first[partCount-1]:])
}
