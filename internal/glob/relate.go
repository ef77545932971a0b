package glob

import (
	"strings"
	"unicode/utf8"
)

// maxRelate bounds the patterns that Covers and Overlaps look at, in tokens:
// both cost the product of the lengths.
const maxRelate = 2048

// token is a place of a pattern: a code point, or one of the kinds below.
type token struct {
	kind tokenKind
	char rune
	slot string
}

type tokenKind uint8

const (
	charToken tokenKind = iota + 1
	oneToken            // ?
	starToken           // *
	slotToken           // ${...}
)

// tokens gives the pattern place by place, and false if it is too long.
func (p *Pattern) tokens() ([]token, bool) {
	if len(p.text) > maxRelate {
		return nil, false
	}
	var list []token
	literal := func(s string) {
		for _, r := range s {
			list = append(list, token{kind: charToken, char: r})
		}
	}
	for i, g := range p.segments() {
		if i > 0 {
			list = append(list, token{kind: starToken})
		}
		literal(g.plain)
		for _, a := range g.atoms {
			switch a.kind {
			case oneAtom:
				list = append(list, token{kind: oneToken})
			case slotAtom:
				list = append(list, token{kind: slotToken, slot: p.Slots()[a.slot]})
			default:
				literal(a.literal)
			}
		}
	}
	return list, true
}

// Covers tells whether p surely matches every text that q matches, whatever
// texts the slots stand for, as long as slots of the same body stand for the
// same. False means "not known": the answer is never wrong, and may be
// incomplete for patterns such as `*?` and `?*`, or beyond 2,048 bytes.
func (p *Pattern) Covers(q *Pattern) bool {
	switch {
	case p.text == q.text || p.shape == anyText:
		return true
	case !strings.HasPrefix(q.Prefix(), p.Prefix()) || !strings.HasSuffix(q.Suffix(), p.Suffix()):
		return false // by far the most, and nothing is allocated
	}
	a, ok := p.tokens()
	b, okToo := q.tokens()
	return ok && okToo && utf8.ValidString(p.text) && utf8.ValidString(q.text) && coverTokens(a, b)
}

// coverTokens matches b by a as if it were a text, with a star of a taking any
// tokens of b.
func coverTokens(a, b []token) bool {
	i, j, star, taken := 0, 0, -1, 0
	for j < len(b) {
		switch {
		case i < len(a) && a[i].kind == starToken:
			star, taken = i, j
			i++
		case i < len(a) && a[i].takes(b[j]):
			i++
			j++
		case star >= 0:
			taken++
			i, j = star+1, taken
		default:
			return false
		}
	}
	for i < len(a) && a[i].kind == starToken {
		i++
	}
	return i == len(a)
}

// takes tells whether all that t stands for is what a, which is no star,
// stands for.
func (a token) takes(t token) bool {
	if a.kind == oneToken {
		return t.kind == charToken || t.kind == oneToken
	}
	return a == t
}

// Overlaps tells whether some text may match both patterns. False is never
// wrong: there is no such text, whatever the slots stand for. True may be
// wrong where slots are involved, or beyond 2,048 bytes.
func (p *Pattern) Overlaps(q *Pattern) bool {
	switch {
	case p.shape == anyText || q.shape == anyText:
		return true
	case p.shape == exact && q.Slots() == nil:
		return q.Match(p.head, nil)
	case q.shape == exact && p.Slots() == nil:
		return p.Match(q.head, nil)
	default:
		return p.meets(q)
	}
}

// meets is Overlaps by all means.
func (p *Pattern) meets(q *Pattern) bool {
	a, ok := p.tokens()
	b, okToo := q.tokens()
	if !ok || !okToo {
		return true
	}
	// row[j]: the rest of a from i and the rest of b from j have a text in
	// common. Worked out from the ends.
	row, below := make([]bool, len(b)+1), make([]bool, len(b)+1)
	for i := len(a); i >= 0; i-- {
		for j := len(b); j >= 0; j-- {
			row[j] = common(a, b, i, j, row, below)
		}
		row, below = below, row
	}
	return below[0]
}

func common(a, b []token, i, j int, row, below []bool) bool {
	switch {
	case i == len(a) && j == len(b):
		return true
	case i < len(a) && a[i].open() && below[j], j < len(b) && b[j].open() && row[j+1]:
		return true // it stands for nothing, or for no more
	case i == len(a) || j == len(b):
		return false
	case a[i].open():
		return row[j+1]
	case b[j].open():
		return below[j]
	default:
		return below[j+1] && (a[i].kind == oneToken || b[j].kind == oneToken || a[i].char == b[j].char)
	}
}

// open tells whether a token stands for texts of any length.
func (a token) open() bool { return a.kind == starToken || a.kind == slotToken }
