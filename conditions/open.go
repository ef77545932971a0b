package conditions

import (
	"slices"
	"strings"
)

// AddOpenPrefix makes every key open whose name begins so, case aside, and
// that the context does not have: the keys of a family of which nothing is
// known, such as aws:RequestTag/.
func (c *Context) AddOpenPrefix(prefix string) {
	c.prefixes = append(c.prefixes, prefix)
	c.open = true
}

// OpenDefault makes a key open, as [Context.AddOpen] does, unless the context
// has it.
func (c *Context) OpenDefault(name string, present bool) {
	if key := NewKey(name); c.own(&key) == nil {
		_ = c.AddOpen(name, present) // fails on a key that is there, which it is not
	}
}

// AddDefaultList gives the context a multivalued key unless it has that key.
func (c *Context) AddDefaultList(name string, values []string) {
	if key := NewKey(name); c.own(&key) == nil {
		c.push(key, multi).list = values
	}
}

// AddAbsent gives the context the knowledge that a key is missing, which
// matters where a prefix makes the key open.
func (c *Context) AddAbsent(name string) error {
	_, err := c.add(name, absent)
	return err
}

// With gives a copy in which a key is known to be what seen says; see
// [Context.Set].
func (c *Context) With(k Key, seen Seen) Context {
	changed := c.Clone(1)
	changed.Set(k, seen)
	return changed
}

// Set replaces what the context says of a key: that it is open, missing, or
// has values.
func (c *Context) Set(k Key, seen Seen) {
	e := entry{key: k, state: absent}
	switch {
	case seen.Open && !seen.Missing:
		e.state = openValue
	case seen.Open:
		e.state = openKey
	case seen.Missing:
	case seen.Multivalued:
		e.state, e.list = multi, seen.Values
	default:
		e.state, e.text[0] = single, seen.Values[0]
	}
	if old := c.own(&k); old != nil {
		*old = e
	} else {
		*c.push(k, e.state) = e
	}
	c.open = c.open || seen.Open
}

// DropOpenPrefix undoes [Context.AddOpenPrefix].
func (c *Context) DropOpenPrefix(prefix string) {
	c.prefixes = slices.DeleteFunc(slices.Clone(c.prefixes), func(p string) bool { return p == prefix })
}

// Len gives the number of keys that were added.
func (c *Context) Len() int { return len(c.entries) }

// anyOpen is the entry of every key that a prefix makes open.
var anyOpen = entry{state: openKey}

// findOpen gives the entry of a key that a prefix makes open, or nil.
func (c *Context) findOpen(k *Key) *entry {
	if k.nameless {
		return nil
	}
	for _, prefix := range c.prefixes {
		if len(k.name) > len(prefix) && strings.EqualFold(k.name[:len(prefix)], prefix) {
			return &anyOpen
		}
	}
	return nil
}
