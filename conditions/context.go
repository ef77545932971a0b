package conditions

import (
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/rolecall/rolecall/diag"
)

// Context is the context of a request: its condition keys and their values.
// The zero Context is empty. Add keys first, then evaluate; a Context that is
// not changed any more may be read by any number of goroutines.
//
// Whether a key is single-valued or multivalued is a property of the key in
// the request, never of the number of values in a policy (PL-117).
type Context struct {
	entries []entry
	// table is where keys are looked up, if there is one.
	table *Table
	open  bool // a key is open
	// source is the address of the caller, read once for all networks that it is
	// compared with; its text is empty if there is none.
	source sourceAddress
	// prefixes are the beginnings of names whose keys are open; see
	// AddOpenPrefix.
	prefixes []string
}

// Table finds keys by their slot or their hash, so that looking one up costs
// the same however many there are. Its numbers are those of entries, counted
// from 1, of which it holds the first maxPlaced. The zero value is empty.
type Table struct {
	known  [knownSlots]uint8
	hashed [1 << tableBits]uint8
}

const (
	tableBits = 6
	// maxPlaced keeps a third of the places free.
	maxPlaced = 1 << tableBits * 2 / 3
)

type entry struct {
	key   Key
	text  [1]string // of a single-valued key
	list  []string  // of a multivalued key
	state keyState
}

type keyState uint8

const (
	single keyState = iota + 1
	multi
	// openKey may be missing, or have any value.
	openKey
	// openValue has a value, whichever it is.
	openValue
	// absent is a key of which it is known that the request lacks it.
	absent
)

// Bounds of a context. AWS's requests stay far below: 50 tags a resource, 100
// items a batch.
const (
	MaxKeys   = 1000
	MaxValues = 1000 // of a multivalued key
)

// ErrTooMany is wrapped by the error for a context beyond [MaxKeys] or
// [MaxValues].
var ErrTooMany = errors.New("too many condition keys or values")

// ErrDuplicateKey is wrapped by the error for a key that the context has
// already, in whatever case (PL-115).
var ErrDuplicateKey = errors.New("the same condition key twice (case does not count)")

// NewContext makes an empty context with room for n keys.
func NewContext(n int) Context {
	return Context{entries: make([]entry, 0, n)}
}

// Clone gives a copy with room for more keys; the copy may be changed.
func (c *Context) Clone(more int) Context {
	return Context{entries: append(make([]entry, 0, len(c.entries)+more), c.entries...), open: c.open, prefixes: slices.Clip(c.prefixes)}
}

// Reset empties the context and keeps its room, so that one context can serve
// many requests in turn without allocating. From then on it looks its keys up in
// a table of its own: copies of it must not be added to.
func (c *Context) Reset() {
	table := c.table
	if table == nil {
		table = &Table{}
	} else {
		*table = Table{}
	}
	*c = Context{entries: c.entries[:0], table: table}
}

// CopyFrom makes the context a copy of another, as Clone does, in the room that
// it has if that is enough. The copy looks its keys up in a table, which must
// live as long as it does.
func (c *Context) CopyFrom(other *Context, more int, table *Table) {
	entries := slices.Grow(c.entries[:0], len(other.entries)+more)
	*c = Context{entries: append(entries, other.entries...), table: table, open: other.open, prefixes: slices.Clip(other.prefixes)}
	if other.table != nil {
		*table = *other.table
	} else {
		*table = Table{}
		for i := range c.entries {
			c.place(i)
		}
	}
	if e := c.known(&keySourceIP); e != nil && e.state == single {
		if v4, ok := parse4(e.text[0]); ok {
			c.source = sourceAddress{e.text[0], v4}
		}
	}
}

var keySourceIP = NewKey("aws:SourceIp")

// place enters an entry in the table, unless its key is never found.
func (c *Context) place(i int) {
	if c.table == nil || i >= maxPlaced || c.entries[i].key.nameless {
		return
	}
	k := &c.entries[i].key
	if k.slot != 0 {
		c.table.known[k.slot%knownSlots] = uint8(i + 1)
		return
	}
	t := &c.table.hashed
	at := k.hash % uint32(len(t))
	for t[at] != 0 {
		at = (at + 1) % uint32(len(t))
	}
	t[at] = uint8(i + 1)
}

// Add gives the context a single-valued key.
func (c *Context) Add(name, value string) error {
	e, err := c.add(name, single)
	if err == nil {
		e.text[0] = value
	}
	return err
}

// AddList gives the context a multivalued key. It may have no values, which
// is not the same as being missing (PL-168). The values are not copied.
func (c *Context) AddList(name string, values []string) error {
	if len(values) > MaxValues {
		return tooMany()
	}
	e, err := c.add(name, multi)
	if err == nil {
		e.list = values
	}
	return err
}

// AddOpen gives the context a key of which nothing is known; present says that
// it has at least a value, though it is not known which. Tests of such a key are [Unknown] where its value
// matters.
func (c *Context) AddOpen(name string, present bool) error {
	state := openKey
	if present {
		state = openValue
	}
	_, err := c.add(name, state)
	return err
}

// AddDefault gives the context a single-valued key unless it has that key.
func (c *Context) AddDefault(name, value string) { c.AddDefaultKey(NewKey(name), value) }

// AddDefaultKey is AddDefault for a key made beforehand.
func (c *Context) AddDefaultKey(key Key, value string) {
	if c.own(&key) == nil {
		c.push(key, single).text[0] = value
	}
}

// add makes the entry of a new key.
func (c *Context) add(name string, state keyState) (*entry, error) {
	if len(c.entries) >= MaxKeys {
		return nil, tooMany()
	}
	key := NewKey(name)
	if old := c.own(&key); old != nil {
		return nil, fmt.Errorf("%w: %q and %q", ErrDuplicateKey, diag.Clip(old.key.name, 100), diag.Clip(name, 100))
	}
	return c.push(key, state), nil
}

func tooMany() error {
	return fmt.Errorf("%w: at most %d keys and %d values a key are taken", ErrTooMany, MaxKeys, MaxValues)
}

func (c *Context) push(key Key, state keyState) *entry {
	n := len(c.entries)
	c.entries = append(c.entries, entry{key: key, state: state})
	c.place(n)
	c.open = c.open || state == openKey || state == openValue
	return &c.entries[n]
}

// find looks a key up, as tests and variables see it.
func (c *Context) find(k *Key) *entry {
	e := c.own(k)
	switch {
	case e == nil:
		return c.findOpen(k)
	case e.state == absent:
		return nil
	default:
		return e
	}
}

// known finds a key that was added by its name, if it is in the table by its
// slot. It is small enough to be part of whoever calls it.
func (c *Context) known(k *Key) *entry {
	if c.table == nil || c.table.known[k.slot%knownSlots] == 0 {
		return nil
	}
	return &c.entries[c.table.known[k.slot%knownSlots]-1]
}

// own finds a key that was added by its name, in the table if there is one.
func (c *Context) own(k *Key) *entry {
	if c.table == nil {
		return c.ownFrom(0, k)
	}
	if k.slot != 0 {
		if e := c.known(k); e != nil {
			return e
		}
	} else {
		t := &c.table.hashed
		for at := k.hash % uint32(len(t)); t[at] != 0; at = (at + 1) % uint32(len(t)) {
			e := &c.entries[t[at]-1]
			if e.key.hash == k.hash && (e.key.name == k.name || e.key.equal(k)) {
				return e
			}
		}
	}
	if len(c.entries) <= maxPlaced {
		return nil
	}
	return c.ownFrom(maxPlaced, k)
}

// ownFrom is own for the entries from one on, without a table.
func (c *Context) ownFrom(from int, k *Key) *entry {
	if k.nameless {
		return nil
	}
	for i := from; i < len(c.entries); i++ {
		if e := &c.entries[i]; e.key.equal(k) {
			return e
		}
	}
	return nil
}

// Seen is what a context says of a key.
type Seen struct {
	// Values are the values, one for a single-valued key. The slice must not
	// be changed; it is good until the context is reset.
	Values []string
	// Multivalued tells that the key is multivalued.
	Multivalued bool
	// Missing tells that the key is not there.
	Missing bool
	// Open tells that the value is not known; with Missing, that even presence
	// is not known.
	Open bool
}

// Look tells what the context says of a key.
func (c *Context) Look(k Key) Seen {
	e := c.find(&k)
	if e == nil {
		return Seen{Missing: true}
	}
	switch e.state {
	case single:
		return Seen{Values: e.text[:]}
	case multi:
		values := e.list
		if values == nil {
			values = []string{}
		}
		return Seen{Values: values, Multivalued: true}
	default:
		return Seen{Open: true, Missing: e.state == openKey}
	}
}

// Text gives the value of a single-valued key.
func (c *Context) Text(name string) (string, bool) { return c.TextOf(NewKey(name)) }

// Has tells whether the context says something of a key by its name, be it
// that the key is open or missing.
func (c *Context) Has(k Key) bool { return c.own(&k) != nil }

// TextOf is Text for a key made beforehand.
func (c *Context) TextOf(k Key) (string, bool) {
	e := c.find(&k)
	if e == nil || e.state != single {
		return "", false
	}
	return e.text[0], true
}

// All iterates over the keys and what the context says of them, in the order
// in which they were added.
func (c *Context) All() iter.Seq2[Key, Seen] {
	return func(yield func(Key, Seen) bool) {
		for i := range c.entries {
			if !yield(c.entries[i].key, c.Look(c.entries[i].key)) {
				return
			}
		}
	}
}

// HasOpen tells whether a key of the context is open.
func (c *Context) HasOpen() bool { return c.open }
