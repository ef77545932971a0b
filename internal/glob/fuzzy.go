package glob

import (
	"cmp"
	"slices"
	"unicode/utf8"
)

// one marks a `?` among the places of a segment.
const one rune = -1

// findFuzzy finds a segment with `?` at the first place in s where it fits,
// and gives what follows. It runs the shift-and automaton: bit i of the state
// says that the code points last read match the first i+1 places. A block of
// 64 places makes one pass over s whatever the texts are; a longer segment
// takes a pass a block, each telling the next where it may begin.
func findFuzzy(s string, atoms []atom, slots []string) (rest string, steps int, ok bool) {
	var buffer [64]rune
	places := buffer[:0]
	for i := range atoms {
		if atoms[i].kind == oneAtom {
			places = append(places, one)
			continue
		}
		for _, r := range atoms[i].text(slots) {
			places = append(places, r)
		}
	}
	var begins, ends []uint64 // bit i: the places before this block end at s[:i]
	for {
		var b block
		b.load(places[:min(len(places), 64)])
		final := len(places) <= 64
		if !final {
			ends = make([]uint64, len(s)/64+1)
		}
		end, n := b.scan(s, begins, ends, final)
		steps += n
		if final {
			return s[max(end, 0):], steps, end >= 0
		}
		begins, ends, places = ends, nil, places[64:]
	}
}

// block is up to 64 places of a segment: for a character, the places where it
// may stand.
type block struct {
	ascii [utf8.RuneSelf]uint64
	other []characterMask // sorted by character
	any   uint64          // for a character that the block lacks: its `?`
	last  int
}

type characterMask struct {
	character rune
	mask      uint64
}

func (b *block) load(places []rune) {
	b.last = len(places) - 1
	for i, r := range places {
		bit := uint64(1) << i
		switch {
		case r == one:
			b.any |= bit
		case r < utf8.RuneSelf:
			b.ascii[r] |= bit
		default:
			at, found := b.search(r)
			if !found {
				b.other = slices.Insert(b.other, at, characterMask{character: r})
			}
			b.other[at].mask |= bit
		}
	}
}

func (b *block) search(r rune) (at int, found bool) {
	return slices.BinarySearchFunc(b.other, r, func(c characterMask, r rune) int {
		return cmp.Compare(c.character, r)
	})
}

func (b *block) mask(r rune) uint64 {
	if r < utf8.RuneSelf {
		return b.ascii[r] | b.any
	}
	if at, found := b.search(r); found {
		return b.other[at].mask | b.any
	}
	return b.any
}

// scan reads s. In the final block it stops at the first match and gives where
// that ends, or -1. Otherwise it notes in ends where matches end. begins says
// where a match may begin; nil is anywhere.
func (b *block) scan(s string, begins, ends []uint64, final bool) (end, steps int) {
	var state uint64
	for i := 0; i < len(s); steps++ {
		begin := uint64(1)
		if begins != nil {
			begin = begins[i/64] >> (i % 64) & 1
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		state = (state<<1 | begin) & b.mask(r)
		if state>>b.last&1 == 0 {
			continue
		}
		if final {
			return i, steps + 1
		}
		ends[i/64] |= 1 << (i % 64)
	}
	return -1, steps
}
