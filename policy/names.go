package policy

import (
	"maps"
	"math/bits"
	"slices"
)

// names finds what there is to the name of a service or an action by the key
// that a request has of it. A map would hash the name again, which costs a
// twentieth of w2-mixed of BenchmarkDecide.
type names[V any] struct {
	// slots has room for twice as many as there are, or none.
	slots []named[V]
	shift uint8
	// more has those beyond maxNames: a document could hold any number of names
	// with one key.
	more map[string]*V
}

type named[V any] struct {
	key   uint64
	name  string // "" of a free slot
	value V
}

// maxNames bounds the names of a table, and the names of actions of a block,
// since there is a bit for each name and member. AWS has fewer services, and a
// service fewer actions.
const maxNames = 512

// spread distributes keys over the upper bits of a word.
const spread = 0x9e3779b97f4a7c15

// newNames makes the table of some values; key gives the key of a name.
func newNames[V any](values map[string]V, key func(name string) uint64) names[V] {
	if len(values) == 0 {
		return names[V]{}
	}
	size := bits.Len(uint(2 * min(len(values), maxNames)))
	n := names[V]{slots: make([]named[V], 1<<size), shift: uint8(64 - size)}
	for i, name := range slices.Sorted(maps.Keys(values)) {
		if i >= maxNames {
			if n.more == nil {
				n.more = make(map[string]*V, len(values)-maxNames)
			}
			value := values[name]
			n.more[name] = &value
			continue
		}
		k := key(name)
		at := n.first(k)
		for n.slots[at].name != "" {
			at = (at + 1) & (len(n.slots) - 1)
		}
		n.slots[at] = named[V]{key: k, name: name, value: values[name]}
	}
	return n
}

func (n *names[V]) first(key uint64) int { return int(key * spread >> (n.shift & 63)) }

// find gives the value of a name, or nil.
func (n *names[V]) find(key uint64, name string) *V {
	if len(n.slots) == 0 {
		return nil
	}
	for at := n.first(key); ; at++ {
		slot := &n.slots[at&(len(n.slots)-1)]
		if slot.key == key && slot.name == name {
			return &slot.value
		}
		if slot.name == "" {
			return n.more[name]
		}
	}
}
