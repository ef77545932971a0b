package policy

import (
	"math/bits"
	"slices"
)

// grams tells which resource patterns could match a text. Each pattern has
// literal text that whatever it matches must hold; of that the five bytes that
// are rarest among the patterns stand for it. The table has both grams of four
// bytes in them, and a look at every other gram of a text meets one of the two
// wherever they stand. So one pass over the text of a request finds the patterns
// whose five bytes it may hold, however many patterns there are
// (BenchmarkDecide/w3deny-s3: 1,000 statements of one service for 0.5 us
// instead of 45).
type grams struct {
	// first tells, by place of the table, the entry that begins its chain, counted
	// from 1; 0 is none.
	first   []uint16
	shift   uint8
	entries []gramEntry
	// from is where in a text the first gram of a pattern can begin.
	from int
	// always are the patterns whose literal text is too short, or in all others.
	always []uint16
}

type gramEntry struct {
	gram    uint32
	pattern uint16
	next    uint16 // the next entry of the chain, or 0
}

const (
	// gramSize is how many bytes a gram has, gramStep how far apart those are that
	// are looked at.
	gramSize, gramStep = 4, 2
	// windowSize is how many bytes stand for a pattern.
	windowSize = gramSize + gramStep - 1
)

// gramHash spreads a gram over 32 bits.
func gramHash(gram uint32) uint32 { return gram * 0x9e3779b1 }

// gramAt gives the gram that begins at a place of a text.
func gramAt(text string, at int) uint32 {
	text = text[at : at+gramSize]
	return uint32(text[0]) | uint32(text[1])<<8 | uint32(text[2])<<16 | uint32(text[3])<<24
}

// mark sets the bits of the patterns that may match a text.
func (g *grams) mark(text string, patterns bitset) {
	for _, i := range g.always {
		patterns.set(int(i))
	}
	first, shift := g.first, g.shift&31
	for at := g.from; at <= len(text)-gramSize; at += gramStep {
		gram := gramAt(text, at)
		for i := first[gramHash(gram)>>shift]; i != 0; {
			e := &g.entries[i-1]
			if e.gram == gram {
				patterns.set(int(e.pattern))
			}
			i = e.next
		}
	}
}

// newGrams makes the table of entries, of which [maxMembers] patterns have no
// more than a number of 16 bits counts. The table is four times as large as
// they are many, so that few texts pass by chance.
func newGrams(entries []gramEntry, always []uint16, from int) grams {
	size := max(bits.Len(uint(len(entries)*4)), 6)
	g := grams{
		first: make([]uint16, 1<<size), shift: uint8(32 - size),
		entries: slices.Clone(entries), always: slices.Clone(always), from: from,
	}
	for i := range g.entries {
		e := &g.entries[i]
		head := &g.first[gramHash(e.gram)>>g.shift]
		e.next, *head = *head, uint16(i+1)
	}
	return g
}

// gramCounts counts grams by hash; that it takes some for others costs a worse
// choice at worst.
type gramCounts [1 << gramCountBits]uint16

const gramCountBits = 12

func (c *gramCounts) at(gram uint32) *uint16 { return &c[gramHash(gram)>>(32-gramCountBits)] }

// count counts the grams of a text.
func (c *gramCounts) count(text string) {
	for at := 0; at+gramSize <= len(text); at++ {
		if n := c.at(gramAt(text, at)); *n < 1<<16-1 {
			*n++
		}
	}
}

// rarest gives the place in a text of the window whose grams are counted least
// often together, and how often that is; with less text than a window the place
// is negative.
func (c *gramCounts) rarest(text string) (at, count int) {
	at = -1
	var last [gramStep]int // the counts of the grams that end a window
	sum := 0
	for i := 0; i+gramSize <= len(text); i++ {
		n := int(*c.at(gramAt(text, i)))
		sum += n - last[i%gramStep]
		last[i%gramStep] = n
		if start := i + gramSize - windowSize; start >= 0 && (at < 0 || sum < count) {
			at, count = start, sum
		}
	}
	return at, count
}
