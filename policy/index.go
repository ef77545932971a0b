package policy

import (
	"math/bits"
	"slices"
)

// index finds the statements of a set that could apply to a request, so that a
// decision costs what those cost and not what all cost: by the service of the
// action, then, in a [block], by action and resource.
type index struct {
	services map[string][]block
	// every holds the statements that may concern an action of any service.
	every []block
}

// Below these numbers of statements, to look at each is faster than to look
// anything up (BenchmarkSizes).
const (
	leastIndexed = 16 // of a set
	leastBlock   = 12 // of a block
)

func newIndex(statements []statement) *index {
	if len(statements) < leastIndexed {
		return nil
	}
	var every []uint32
	services := map[string][]uint32{}
	for i := range statements {
		st := &statements[i]
		if st.anyService() {
			every = append(every, uint32(i))
			continue
		}
		for j := range st.actions {
			members := services[st.actions[j].service]
			if n := len(members); n == 0 || members[n-1] != uint32(i) {
				services[st.actions[j].service] = append(members, uint32(i))
			}
		}
	}
	delete(services, noService)
	b := newBlockBuilder(statements)
	x := &index{services: make(map[string][]block, len(services)), every: b.blocks(every, "")}
	for service, members := range services {
		x.services[service] = b.blocks(members, service)
	}
	return x
}

// anyService tells whether the actions of any service may match.
func (st *statement) anyService() bool {
	return st.notAction || slices.ContainsFunc(st.actions, func(a actionPattern) bool { return a.service == "" })
}

// match adds up what the statements that could apply say to a request.
func (x *index) match(statements []statement, r *Request, o *Outcome) {
	for i := range x.every {
		x.every[i].match(statements, r, o)
	}
	blocks := x.services[r.service]
	for i := range blocks {
		blocks[i].match(statements, r, o)
	}
}

// maxMembers bounds a block, so that a bit for each member has room on the
// stack. More statements make more blocks.
const maxMembers = 4096

// bitset has a bit for each member of a block.
type bitset []uint64

func (s bitset) set(member int) { s[member/64] |= 1 << (member % 64) }

// block is some statements that concern a service. Of a small block only
// members is set: each of them is looked at.
type block struct {
	members []uint32 // numbers of statements, ascending
	// always is the members that no resource rules out.
	always bitset
	grams  grams
	// actions is the members of which the Action matches, by the names that
	// the block's statements spell out. Of other names each is asked.
	actions map[string]bitset
}

func (b *block) match(statements []statement, r *Request, o *Outcome) {
	if b.always == nil {
		for _, number := range b.members {
			statements[number].addTo(o, r)
		}
		return
	}
	var buffer [maxMembers / 64]uint64
	candidates := bitset(buffer[:len(b.always)])
	copy(candidates, b.always)
	if r.isARN {
		b.grams.mark(r.resource, candidates)
	}
	matched, known := b.actions[r.name]
	for i, word := range candidates {
		if known {
			word &= matched[i]
		}
		for ; word != 0; word &= word - 1 {
			st := &statements[b.members[i*64+bits.TrailingZeros64(word)]]
			if known || st.matchAction(r) {
				st.addMatched(o, r)
			}
		}
	}
}
