package policy

import "math"

// blockBuilder makes the blocks of an index. It keeps its tables from block to
// block.
type blockBuilder struct {
	statements []statement
	counts     gramCounts
	entries    []gramEntry
}

func newBlockBuilder(statements []statement) *blockBuilder {
	return &blockBuilder{statements: statements}
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
	result.always = make(bitset, (len(members)+63)/64)
	b.count(members)
	b.entries = b.entries[:0]
	for i, number := range members {
		if st := &b.statements[number]; st.anyResource() {
			result.always.set(i)
		} else {
			b.choose(st, i)
		}
	}
	result.grams = newGrams(b.entries)
	if service != "" {
		result.actions = b.actions(members, service)
	}
	return result
}

// anyResource tells whether no text of a resource rules the statement out.
func (st *statement) anyResource() bool {
	if !st.hasResource || st.notResource {
		return true
	}
	for i := range st.resources {
		if st.resources[i].all {
			return true
		}
	}
	return false
}

func (b *blockBuilder) count(members []uint32) {
	clear(b.counts[:])
	for _, number := range members {
		st := &b.statements[number]
		for i := range st.resources {
			for text := range st.resources[i].literals() {
				eachGram(text, func(gram uint32) {
					if n := b.counts.at(gram); *n < math.MaxUint16 {
						*n++
					}
				})
			}
		}
	}
}

// choose adds an entry for each resource pattern of a statement. Every pattern
// has a gram, since it begins with "arn:".
func (b *blockBuilder) choose(st *statement, member int) {
	for i := range st.resources {
		rarest, least := uint32(0), math.MaxInt
		for text := range st.resources[i].literals() {
			eachGram(text, func(gram uint32) {
				if n := int(*b.counts.at(gram)); n < least {
					rarest, least = gram, n
				}
			})
		}
		if least < math.MaxInt {
			b.entries = append(b.entries, gramEntry{gram: rarest, member: uint16(member)})
		}
	}
}

// maxNames bounds the names of actions of a block, since there is a bit for
// each name and member; the services of AWS have fewer.
const maxNames = 512

// actions works out which members match the names that the members spell out.
func (b *blockBuilder) actions(members []uint32, service string) map[string]bitset {
	names := map[string]bitset{}
	for i, number := range members {
		for a := range b.statements[number].ofService(service) {
			name, exact := a.name.Literal()
			if !exact || len(name) > maxActionLength || names[name] == nil && len(names) == maxNames {
				continue
			}
			if names[name] == nil {
				names[name] = make(bitset, (len(members)+63)/64)
			}
			names[name].set(i)
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
				for name, set := range names {
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
	return names
}
