package glob

import (
	"strings"
	"unicode/utf8"
	"unsafe"
)

// segment is a run without `*`.
type segment struct {
	plain string // the text, where the segment is nothing else
	atoms []atom // else its parts
}

// atom is a literal, a `?` or a slot.
type atom struct {
	kind    atomKind
	literal string
	slot    int
}

type atomKind uint8

const (
	literalAtom atomKind = iota + 1
	oneAtom
	slotAtom
)

// cutPrefix matches the segment at the start of s and gives what follows.
func (g *segment) cutPrefix(s string, slots []string) (rest string, ok bool) {
	if g.atoms == nil {
		return strings.CutPrefix(s, g.plain)
	}
	for i := range g.atoms {
		a := &g.atoms[i]
		if a.kind == oneAtom {
			_, size := utf8.DecodeRuneInString(s)
			if size == 0 {
				return s, false
			}
			s = s[size:]
			continue
		}
		if s, ok = strings.CutPrefix(s, a.text(slots)); !ok {
			return s, false
		}
	}
	return s, true
}

// cutSuffix matches the segment at the end of s and gives what stands before.
func (g *segment) cutSuffix(s string, slots []string) (rest string, ok bool) {
	if g.atoms == nil {
		return strings.CutSuffix(s, g.plain)
	}
	for i := len(g.atoms) - 1; i >= 0; i-- {
		a := &g.atoms[i]
		if a.kind == oneAtom {
			_, size := utf8.DecodeLastRuneInString(s)
			if size == 0 {
				return s, false
			}
			s = s[:len(s)-size]
			continue
		}
		if s, ok = strings.CutSuffix(s, a.text(slots)); !ok {
			return s, false
		}
	}
	return s, true
}

// find matches the segment at the first place in s where it fits and gives
// what follows.
func (g *segment) find(s string, slots []string) (rest string, steps int, ok bool) {
	if g.atoms == nil {
		return findText(s, g.plain)
	}
	var buffer [256]byte
	text := buffer[:0]
	for i := range g.atoms {
		if g.atoms[i].kind == oneAtom {
			return findFuzzy(s, g.atoms, slots)
		}
		text = append(text, g.atoms[i].text(slots)...)
	}
	return findText(s, unsafe.String(unsafe.SliceData(text), len(text)))
}

func findText(s, text string) (rest string, steps int, ok bool) {
	i := strings.Index(s, text)
	if i < 0 {
		return s, len(s), false
	}
	return s[i+len(text):], i + len(text), true
}

func (a *atom) text(slots []string) string {
	if a.kind == slotAtom {
		return slots[a.slot]
	}
	return a.literal
}
