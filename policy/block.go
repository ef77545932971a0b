package policy

import (
	"math"
	"slices"
	"strings"
)

// blockBuilder makes the blocks of an index. It keeps its tables from block to
// block.
type blockBuilder struct {
	statements []statement
	counts     gramCounts
	entries    []gramEntry
	numbers    map[string]int // of patterns, by their text
	owners     []owner
	always     []uint16 // patterns that no gram stands for
}

// owner says that a member has a pattern.
type owner struct{ pattern, member uint16 }

func newBlockBuilder(statements []statement) *blockBuilder {
	return &blockBuilder{statements: statements, numbers: map[string]int{}}
}

// blocks makes the blocks of the statements that concern a service; "" means
// every service.
func (b *blockBuilder) blocks(members []uint32, service string) []block {
	var blocks []block
	for len(members) > 0 {
		n := min(len(members), maxMembers)
		blocks = append(blocks, b.block(members[:n:n], service))
		members = members[n:]
	}
	return blocks
}

func (b *blockBuilder) block(members []uint32, service string) block {
	result := block{members: members}
	if len(members) < leastBlock {
		return result
	}
	result.always, result.settled = newBitset(len(members)), newBitset(len(members))
	clear(b.numbers)
	b.owners = b.owners[:0]
	for i, number := range members {
		st := &b.statements[number]
		if len(members) < leastGrams || !st.canSettle() || len(b.numbers)+len(st.resources) > maxMembers {
			result.always.set(i)
			continue
		}
		result.settled.set(i)
		result.patterns = b.addPatterns(result.patterns, st, i)
	}
	if len(result.patterns) > 0 {
		result.own(b.owners)
		result.grams = b.chooseGrams(result.patterns)
	}
	if service != "" {
		result.actions = b.actions(members, service)
	}
	return result
}

// canSettle tells whether the statement applies to a resource just if one of
// its patterns matches: it has a Resource, and neither "*" nor a variable is
// in it. A text with "$" means this or that by the version of its document.
func (st *statement) canSettle() bool {
	if !st.hasResource || st.notResource {
		return false
	}
	for i := range st.resources {
		if r := &st.resources[i]; r.all || strings.Contains(r.arn.String(), "$") {
			return false
		}
	}
	return true
}

// addPatterns adds those patterns of a member that are not there yet.
func (b *blockBuilder) addPatterns(patterns []*resourcePattern, st *statement, member int) []*resourcePattern {
	for i := range st.resources {
		r := &st.resources[i]
		if !r.isARN {
			continue
		}
		text := r.arn.String()
		number, known := b.numbers[text]
		if !known {
			number = len(patterns)
			patterns = append(patterns, r)
			b.numbers[text] = number
		}
		b.owners = append(b.owners, owner{uint16(number), uint16(member)})
	}
	return patterns
}

// own lists the owners by pattern.
func (b *block) own(list []owner) {
	b.starts = make([]uint32, len(b.patterns)+1)
	b.owners = make([]uint16, len(list))
	for _, o := range list {
		b.starts[o.pattern]++
	}
	end := uint32(0)
	for i := range b.starts {
		end += b.starts[i]
		b.starts[i] = end
	}
	for _, o := range slices.Backward(list) {
		b.starts[o.pattern]--
		b.owners[b.starts[o.pattern]] = o.member
	}
}

// chooseGrams chooses the rarest window of every pattern.
func (b *blockBuilder) chooseGrams(patterns []*resourcePattern) grams {
	clear(b.counts[:])
	for _, p := range patterns {
		for text := range p.arn.Literals() {
			b.counts.count(text)
		}
	}
	b.entries, b.always = b.entries[:0], b.always[:0]
	from := math.MaxInt
	for i, p := range patterns {
		window, before, n := b.rarest(p)
		if n >= gramStep*len(patterns) { // any text that comes here holds it
			b.always = append(b.always, uint16(i))
			continue
		}
		for at := range gramStep {
			b.entries = append(b.entries, gramEntry{gram: gramAt(window, at), pattern: uint16(i)})
		}
		from = min(from, before)
	}
	return newGrams(b.entries, b.always, from)
}

// rarest gives the rarest window of a pattern, how many bytes stand before it at
// least, and how often its grams are counted: very often if there is no window.
func (b *blockBuilder) rarest(p *resourcePattern) (window string, before, count int) {
	count = math.MaxInt
	passed := 0
	for text := range p.arn.Literals() {
		if at, n := b.counts.rarest(text); at >= 0 && n < count {
			window, before, count = text[at:at+windowSize], passed+at, n
		}
		passed += len(text)
	}
	return window, before, count
}

// actions works out which members match the names that the members spell out.
func (b *blockBuilder) actions(members []uint32, service string) names[bitset] {
	matching := map[string]bitset{}
	for i, number := range members {
		for a := range b.statements[number].ofService(service) {
			name, exact := a.name.Literal()
			if !exact || len(name) > maxActionLength || matching[name] == nil && len(matching) == maxNames {
				continue
			}
			if matching[name] == nil {
				matching[name] = newBitset(len(members))
			}
			matching[name].set(i)
		}
	}
	wild := map[string][]bitset{} // by pattern, those of the names that it matches
	for i, number := range members {
		for a := range b.statements[number].ofService(service) {
			if _, exact := a.name.Literal(); exact {
				continue
			}
			matched, ok := wild[a.name.String()]
			if !ok {
				for name, set := range matching {
					if a.name.Match(name, nil) {
						matched = append(matched, set)
					}
				}
				wild[a.name.String()] = matched
			}
			for _, set := range matched {
				set.set(i)
			}
		}
	}
	return newNames(matching, func(name string) uint64 { return actionKey(textKey(service), name) })
}
