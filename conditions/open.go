package conditions

import "strings"

// AddOpenPrefix makes every key open whose name begins so, case aside, and
// that the context does not have: the keys of a family of which nothing is
// known, such as aws:RequestTag/.
func (c *Context) AddOpenPrefix(prefix string) { c.open = append(c.open, prefix) }

// OpenDefault makes a key open, as [Context.AddOpen] does, unless the context
// has it.
func (c *Context) OpenDefault(name string, present bool) {
	if c.own(NewKey(name)) == nil {
		_ = c.AddOpen(name, present) // fails on a key that is there, which it is not
	}
}

// AddDefaultList gives the context a multivalued key unless it has that key.
func (c *Context) AddDefaultList(name string, values []string) {
	if key := NewKey(name); c.own(key) == nil {
		c.entries = append(c.entries, entry{key: key, list: values, state: multi})
	}
}

// anyOpen is the entry of every key that a prefix makes open.
var anyOpen = entry{state: openKey}

// findOpen gives the entry of a key that a prefix makes open, or nil.
func (c *Context) findOpen(k Key) *entry {
	if k.nameless {
		return nil
	}
	for _, prefix := range c.open {
		if len(k.name) > len(prefix) && strings.EqualFold(k.name[:len(prefix)], prefix) {
			return &anyOpen
		}
	}
	return nil
}
