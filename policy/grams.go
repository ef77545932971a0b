package policy

import "math/bits"

// grams tells which resource patterns could match a text. Each pattern has
// literal text that whatever it matches must hold; of that the four bytes that
// are rarest among the patterns stand for it. One pass over the text of a
// request finds the patterns whose four bytes it holds, however many patterns
// there are (BenchmarkDecide/w3deny-s3: 1,000 statements of one service for
// 1 us instead of 45).
type grams struct {
	// taken tells, by place of the table, whether it has entries.
	taken []bool
	shift uint8
	// starts tells, by place, where its entries begin; the last is the end.
	starts  []uint32
	entries []gramEntry
	// from is where in a text the first gram of a pattern can begin.
	from int
}

type gramEntry struct {
	gram    uint32
	pattern uint16
}

// gramSize is how many bytes a gram has.
const gramSize = 4

// gramHash spreads a gram over 32 bits.
func gramHash(gram uint32) uint32 { return gram * 0x9e3779b1 }

// mark sets the bits of the patterns that may match a text.
func (g *grams) mark(text string, patterns bitset) {
	if len(text) < g.from+gramSize {
		return
	}
	text = text[g.from:]
	taken, shift := g.taken, g.shift&31
	gram := uint32(text[0])<<8 | uint32(text[1])<<16 | uint32(text[2])<<24
	for i := gramSize - 1; i < len(text); i++ {
		gram = gram>>8 | uint32(text[i])<<24
		place := gramHash(gram) >> shift
		if !taken[place] {
			continue
		}
		for _, e := range g.entries[g.starts[place]:g.starts[place+1]] {
			if e.gram == gram {
				patterns.set(int(e.pattern))
			}
		}
	}
}

// gramCounts counts grams by hash; that it takes some for others costs a worse
// choice at worst.
type gramCounts [1 << gramCountBits]uint16

const gramCountBits = 12

func (c *gramCounts) at(gram uint32) *uint16 { return &c[gramHash(gram)>>(32-gramCountBits)] }

// eachGram calls visit with the grams of a text and their places.
func eachGram(text string, visit func(gram uint32, at int)) {
	if len(text) < gramSize {
		return
	}
	gram := uint32(text[0])<<8 | uint32(text[1])<<16 | uint32(text[2])<<24
	for i := gramSize - 1; i < len(text); i++ {
		gram = gram>>8 | uint32(text[i])<<24
		visit(gram, i-gramSize+1)
	}
}

// newGrams makes the table of entries. The table is eight times as large as
// they are many, so that few texts pass the filter by chance.
func newGrams(entries []gramEntry, from int) grams {
	size := max(bits.Len(uint(len(entries)*8-1)), 6)
	g := grams{
		shift: uint8(32 - size), taken: make([]bool, 1<<size),
		starts: make([]uint32, 1<<size+1), entries: make([]gramEntry, len(entries)), from: from,
	}
	for _, e := range entries {
		place := gramHash(e.gram) >> g.shift
		g.taken[place] = true
		g.starts[place]++
	}
	end := uint32(0)
	for place := range g.starts {
		end += g.starts[place]
		g.starts[place] = end
	}
	for i := len(entries) - 1; i >= 0; i-- {
		place := gramHash(entries[i].gram) >> g.shift
		g.starts[place]--
		g.entries[g.starts[place]] = entries[i]
	}
	return g
}
