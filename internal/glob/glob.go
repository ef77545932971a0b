// Package glob is the one wildcard matcher of the project.
//
// A [Pattern] is text with `*` (any run of characters, also none), `?`
// (exactly one code point) and slots, the places of policy variables whose
// text is known only when a request comes (PL-197). A slot's text is literal:
// a `*` in it is no wildcard (PL-177).
//
// # Cost
//
// A pattern is cut at its stars into segments when it is compiled. The first
// and the last segment stand at the ends of the text; the others are searched
// from left to right, each from where the one before it ended, which is right
// because a star takes anything. So every character is looked at a bounded
// number of times whatever the pattern: a segment of plain text is found by
// strings.Index, one with `?` by the shift-and automaton of fuzzy.go. Nothing
// is allocated, but for a segment between two stars that has a `?` and other
// than ASCII characters or more than 64 places, or that has a slot and is
// longer than 256 bytes.
package glob

import (
	"iter"
	"strings"
)

// Mode says what a pattern's text may hold beside literal characters.
type Mode uint8

// The modes; 0 is plain text.
const (
	// Wildcards makes `*` and `?` wildcards.
	Wildcards Mode = 1 << iota
	// Variables makes `${name}` a slot, and `${*}`, `${?}` and `${$}` the
	// characters `*`, `?` and `$` (PL-174).
	Variables
)

// Pattern is a compiled pattern. It is immutable.
type Pattern struct {
	text  string
	shape shape
	// head and tail are what every match begins and ends with.
	head, tail string
	// body is nil for a pattern that head and tail tell all of.
	body *body
}

// body is what a pattern has beside its head and tail: what stands between the
// stars.
type body struct {
	pieces  []string // of the shape pieces, head and tail left out
	general *general // nil for the shape pieces
}

type general struct {
	segments []segment // at least one
	slots    []string  // the bodies of `${...}` in order
}

// shape names the patterns that need no walk over segments.
type shape uint8

const (
	exact   shape = iota // abc; the zero Pattern matches the empty text
	prefix               // abc*
	suffix               // *abc
	ends                 // abc*xyz
	anyText              // *
	pieces               // abc*def*xyz
	mixed
)

// Compile reads a pattern. Every text is one: a `${` without `}` is literal
// (PL-179).
func Compile(text string, mode Mode) Pattern {
	if mode&Variables != 0 && strings.IndexByte(text, '$') >= 0 || mode&Wildcards != 0 && strings.IndexByte(text, '?') >= 0 {
		c := compiler{mode: mode}
		c.read(text)
		return c.pattern(text)
	}
	first := -1
	if mode&Wildcards != 0 {
		first = strings.IndexByte(text, '*')
	}
	if first < 0 {
		return Pattern{text: text, shape: exact, head: text, tail: text}
	}
	return compileStars(text, first)
}

// String gives the text that the pattern was compiled from.
func (p *Pattern) String() string { return p.text }

// Slots gives the bodies of the `${...}` of the pattern, in order. Match wants
// a text for each. The slice must not be changed.
func (p *Pattern) Slots() []string {
	if p.body == nil || p.body.general == nil {
		return nil
	}
	return p.body.general.slots
}

// Loose gives the pattern with a star in place of every slot: it matches
// whatever the pattern matches with some text in the slots.
func (p *Pattern) Loose() Pattern {
	if p.body == nil || p.body.general == nil {
		return *p
	}
	c := compiler{}
	for i := range p.body.general.segments {
		if i > 0 {
			c.close()
		}
		g := &p.body.general.segments[i]
		c.open.add(g.plain)
		for _, a := range g.atoms {
			switch a.kind {
			case slotAtom:
				c.close()
			case oneAtom:
				c.open.addOne()
			default:
				c.open.add(a.literal)
			}
		}
	}
	return c.pattern(p.text)
}

// Literal gives the only text that the pattern matches, if there is just one.
func (p *Pattern) Literal() (string, bool) { return p.head, p.shape == exact }

// MatchesAll tells whether the pattern is `*`.
func (p *Pattern) MatchesAll() bool { return p.shape == anyText }

// Prefix gives text that every match begins with.
func (p *Pattern) Prefix() string { return p.head }

// Suffix gives text that every match ends with.
func (p *Pattern) Suffix() string { return p.tail }

// Literals iterates over texts that every match holds, from left to right, so
// that an index can choose one of them.
func (p *Pattern) Literals() iter.Seq[string] {
	return func(yield func(string) bool) {
		if p.shape != mixed {
			p.literals(yield)
			return
		}
		for i := range p.body.general.segments {
			g := &p.body.general.segments[i]
			if !yield(g.plain) {
				return
			}
			for j := range g.atoms {
				if !yield(g.atoms[j].literal) {
					return
				}
			}
		}
	}
}

// literals is Literals for a pattern of another shape than mixed.
func (p *Pattern) literals(yield func(string) bool) {
	if !yield(p.head) {
		return
	}
	if p.body != nil {
		for _, piece := range p.body.pieces {
			if !yield(piece) {
				return
			}
		}
	}
	if p.shape != exact {
		yield(p.tail)
	}
}

// Match tells whether the whole of s matches. slots holds a text for each of
// Slots, and is nil for a pattern without any.
func (p *Pattern) Match(s string, slots []string) bool {
	switch p.shape {
	case exact:
		return s == p.head
	case anyText:
		return true
	case prefix:
		return strings.HasPrefix(s, p.head)
	case suffix:
		return strings.HasSuffix(s, p.tail)
	}
	if len(s) < len(p.head)+len(p.tail) || !strings.HasPrefix(s, p.head) || !strings.HasSuffix(s, p.tail) {
		return false
	}
	switch p.shape {
	case ends:
		return true
	case pieces:
		return p.matchPieces(s[len(p.head) : len(s)-len(p.tail)])
	default:
		ok, _ := p.walk(s, slots)
		return ok
	}
}

// matchPieces finds the plain segments between the first and the last.
func (p *Pattern) matchPieces(s string) bool {
	for _, piece := range p.body.pieces {
		at := strings.Index(s, piece)
		if at < 0 {
			return false
		}
		s = s[at+len(piece):]
	}
	return true
}

// walk matches segment by segment. Steps counts the characters looked at, so
// that a test can hold the cost to a line.
func (p *Pattern) walk(s string, slots []string) (ok bool, steps int) {
	segments := p.segments()
	first, last := &segments[0], &segments[len(segments)-1]
	rest, ok := first.cutPrefix(s, slots)
	steps = len(s) - len(rest)
	if !ok || first == last {
		return ok && rest == "", steps
	}
	middle, ok := last.cutSuffix(rest, slots)
	steps += len(rest) - len(middle)
	if !ok {
		return false, steps
	}
	for i := 1; i < len(segments)-1; i++ {
		var n int
		middle, n, ok = segments[i].find(middle, slots)
		steps += n
		if !ok {
			return false, steps
		}
	}
	return true, steps
}

// segments gives the segments of a pattern of any shape.
func (p *Pattern) segments() []segment {
	switch p.shape {
	case mixed:
		return p.body.general.segments
	case exact:
		return []segment{{plain: p.head}}
	}
	segments := []segment{{plain: p.head}}
	if p.body != nil {
		for _, piece := range p.body.pieces {
			segments = append(segments, segment{plain: piece})
		}
	}
	return append(segments, segment{plain: p.tail})
}

// Append writes the only text that a pattern without wildcards matches, its
// slots filled in, behind dst.
func (p *Pattern) Append(dst []byte, slots []string) []byte {
	if p.body == nil {
		return append(dst, p.head...)
	}
	g := &p.body.general.segments[0]
	dst = append(dst, g.plain...)
	for i := range g.atoms {
		dst = append(dst, g.atoms[i].text(slots)...)
	}
	return dst
}
