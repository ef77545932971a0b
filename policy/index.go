package policy

import (
	"math/bits"
	"slices"

	"github.com/rolecall/rolecall/conditions"
)

// index finds the statements of a set that could apply to a request, so that a
// decision costs what those cost and not what all cost: by the service of the
// action, then, in a [block], by action and resource.
type index struct {
	services names[[]block]
	// every holds the statements that may concern an action of any service.
	every []block
}

// Below these numbers of statements, to look at each is faster than to look
// anything up (BenchmarkSizes). A set of one policy of 6 KB is not worth the
// time that an index takes to make, half of all that compiling takes.
const (
	leastIndexed = 32 // of a set
	leastBlock   = 4  // of a block
	leastGrams   = 6  // of a block, to look their resources up
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
	shareTests(statements)
	b := newBlockBuilder(statements)
	blocks := make(map[string][]block, len(services))
	for service, members := range services {
		blocks[service] = b.blocks(members, service)
	}
	return &index{services: newNames(blocks, textKey), every: b.blocks(every, "")}
}

func shareTests(statements []statement) {
	blocks := make([]*conditions.Block, len(statements))
	for i := range statements {
		blocks[i] = &statements[i].conditions
	}
	conditions.Share(blocks)
}

// anyService tells whether the actions of any service may match.
func (st *statement) anyService() bool {
	return st.notAction || slices.ContainsFunc(st.actions, func(a actionPattern) bool { return a.service == "" })
}

// match adds up what the statements that could apply say to a request.
func (x *index) match(statements []statement, r *Request, o *Outcome) {
	q := query{Request: r, statements: statements, outcome: o}
	for i := range x.every {
		x.every[i].match(&q)
	}
	if blocks := x.services.find(r.serviceKey, r.service); blocks != nil {
		for i := range *blocks {
			(*blocks)[i].match(&q)
		}
	}
}

// concerning appends the numbers of the statements of which Action and Resource
// match a request, or could, in order.
func (x *index) concerning(numbers []uint32, statements []statement, r *Request) []uint32 {
	for i := range x.every {
		numbers = x.every[i].concerning(numbers, statements, r)
	}
	if blocks := x.services.find(r.serviceKey, r.service); blocks != nil {
		for i := range *blocks {
			numbers = (*blocks)[i].concerning(numbers, statements, r)
		}
	}
	slices.Sort(numbers)
	return numbers
}

// bitset has a bit for each member of a block, or for each pattern.
type bitset []uint64

func newBitset(n int) bitset { return make(bitset, (n+63)/64) }

func (s bitset) set(i int) { s[i/64] |= 1 << (i % 64) }

func (s bitset) has(i int) bool { return s[i/64]>>(i%64)&1 != 0 }

// query is a request on its way through an index.
type query struct {
	*Request
	statements []statement
	outcome    *Outcome
	memory     conditions.Memory
}

// maxMembers bounds the members of a block, and its patterns, so that a bit for
// each has room on the stack. More statements make more blocks.
const maxMembers = 4096

// block is some statements that concern a service. Of a small block only
// members is set: each of them is looked at.
type block struct {
	members []uint32 // numbers of statements, ascending
	// always is the members that are looked at whatever the resource.
	always bitset
	// settled is the members that apply to a resource just if one of patterns
	// matches it; of others Resource is still to be asked.
	settled bitset
	// patterns are the resource patterns of the settled members, each once;
	// owners[starts[i]:starts[i+1]] are the members that have pattern i.
	patterns []*resourcePattern
	starts   []uint32
	owners   []uint16
	grams    grams
	// actions is the members of which the Action matches, by the names that
	// the block's statements spell out. Of other names each is asked.
	actions names[bitset]
}

func (b *block) match(q *query) {
	const fewWords = 8
	switch words := max(len(b.always), (len(b.patterns)+63)/64); {
	case b.always == nil:
		for _, number := range b.members {
			q.statements[number].addTo(q.outcome, q.Request, &q.memory)
		}
	case words <= fewWords: // less to clear
		var members, patterns [fewWords]uint64
		b.matchIndexed(q, members[:], patterns[:])
	default:
		var members, patterns [maxMembers / 64]uint64
		b.matchIndexed(q, members[:], patterns[:])
	}
}

// matchIndexed looks at the members that could apply. The bitsets are its
// memory, empty at first.
func (b *block) matchIndexed(q *query, members, patterns bitset) {
	members, named := b.candidates(q.Request, members, patterns)
	for i, word := range members {
		for ; word != 0; word &= word - 1 {
			member := i*64 + bits.TrailingZeros64(word)
			st := &q.statements[b.members[member]]
			if named || st.matchAction(q.Request) {
				st.addMatched(q.outcome, q.Request, &q.memory, b.settled.has(member))
			}
		}
	}
}

// candidates gives the members that could apply; with named, the Action of each
// matches. The bitsets are its memory, empty at first.
func (b *block) candidates(r *Request, members, patterns bitset) (candidates bitset, named bool) {
	members = members[:copy(members, b.always)]
	if r.isARN && len(b.patterns) > 0 {
		patterns = patterns[:(len(b.patterns)+63)/64]
		b.grams.mark(r.resource, patterns)
		b.addOwners(r, members, patterns)
	}
	matched := b.actions.find(r.actionKey, r.name)
	if matched == nil {
		return members, false
	}
	for i := range members {
		members[i] &= (*matched)[i]
	}
	return members, true
}

// addOwners adds the members of the patterns that match to members.
func (b *block) addOwners(r *Request, members, patterns bitset) {
	for i, word := range patterns {
		for ; word != 0; word &= word - 1 {
			pattern := i*64 + bits.TrailingZeros64(word)
			if b.patterns[pattern].arn.Match(r.resource, r.Context) != conditions.True {
				continue
			}
			for _, member := range b.owners[b.starts[pattern]:b.starts[pattern+1]] {
				members.set(int(member))
			}
		}
	}
}

// concerning appends the numbers of those members of which Action and Resource
// match a request, or could.
func (b *block) concerning(numbers []uint32, statements []statement, r *Request) []uint32 {
	if b.always == nil {
		for _, number := range b.members {
			if statements[number].concerns(r) {
				numbers = append(numbers, number)
			}
		}
		return numbers
	}
	var some, patterns [maxMembers / 64]uint64
	members, named := b.candidates(r, some[:], patterns[:])
	for i, word := range members {
		for ; word != 0; word &= word - 1 {
			member := i*64 + bits.TrailingZeros64(word)
			st := &statements[b.members[member]]
			if (named || st.matchAction(r)) && (b.settled.has(member) || st.matchResource(r).Possible()) {
				numbers = append(numbers, b.members[member])
			}
		}
	}
	return numbers
}
