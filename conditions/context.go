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
	// open holds the beginnings of names whose keys are open; see AddOpenPrefix.
	open []string
}

type entry struct {
	key   Key
	text  string   // of a single-valued key
	list  []string // of a multivalued key
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
	return Context{entries: append(make([]entry, 0, len(c.entries)+more), c.entries...), open: slices.Clip(c.open)}
}

// Add gives the context a single-valued key.
func (c *Context) Add(name, value string) error {
	return c.add(entry{key: NewKey(name), text: value, state: single})
}

// AddList gives the context a multivalued key. It may have no values, which
// is not the same as being missing (PL-168). The values are not copied.
func (c *Context) AddList(name string, values []string) error {
	if values == nil {
		values = []string{}
	}
	return c.add(entry{key: NewKey(name), list: values, state: multi})
}

// AddOpen gives the context a key of which nothing is known; present says that
// it has at least a value, though it is not known which. Tests of such a key are [Unknown] where its value
// matters.
func (c *Context) AddOpen(name string, present bool) error {
	state := openKey
	if present {
		state = openValue
	}
	return c.add(entry{key: NewKey(name), state: state})
}

// AddDefault gives the context a single-valued key unless it has that key.
func (c *Context) AddDefault(name, value string) {
	key := NewKey(name)
	if c.own(key) == nil {
		c.entries = append(c.entries, entry{key: key, text: value, state: single})
	}
}

func (c *Context) add(e entry) error {
	if len(c.entries) >= MaxKeys || len(e.list) > MaxValues {
		return fmt.Errorf("%w: at most %d keys and %d values a key are taken", ErrTooMany, MaxKeys, MaxValues)
	}
	if old := c.own(e.key); old != nil {
		return fmt.Errorf("%w: %q and %q", ErrDuplicateKey, diag.Clip(old.key.name, 100), diag.Clip(e.key.name, 100))
	}
	c.entries = append(c.entries, e)
	return nil
}

// find looks a key up by its hash; contexts are small.
func (c *Context) find(k Key) *entry {
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

// own finds a key that was added by its name.
func (c *Context) own(k Key) *entry {
	if k.nameless {
		return nil
	}
	for i := range c.entries {
		if c.entries[i].key.Equal(k) {
			return &c.entries[i]
		}
	}
	return nil
}

// Seen is what a context says of a key.
type Seen struct {
	// Values are the values, one for a single-valued key. The slice must not
	// be changed.
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
	e := c.find(k)
	if e == nil {
		return Seen{Missing: true}
	}
	switch e.state {
	case single:
		return Seen{Values: []string{e.text}}
	case multi:
		return Seen{Values: e.list, Multivalued: true}
	default:
		return Seen{Open: true, Missing: e.state == openKey}
	}
}

// Text gives the value of a single-valued key.
func (c *Context) Text(name string) (string, bool) {
	e := c.find(NewKey(name))
	if e == nil || e.state != single {
		return "", false
	}
	return e.text, true
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
func (c *Context) HasOpen() bool {
	return len(c.open) > 0 || slices.ContainsFunc(c.entries, func(e entry) bool { return e.state == openKey || e.state == openValue })
}
