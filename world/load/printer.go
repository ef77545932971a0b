package load

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/rolecall/rolecall/internal/jsonpos"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/world"
)

// printer writes JSON with a member a line, policies and lists of strings on
// one line.
type printer struct {
	out   *bufio.Writer
	depth int
	// some tells that the object or list being written has a member already.
	some bool
	buf  []byte // reused
	err  error  // that the world cannot be written
}

func (p *printer) write(value []byte) {
	p.out.Write(value)
	p.buf = value[:0]
}

func (p *printer) quote(s string) { p.write(jsonpos.AppendQuote(p.buf[:0], s)) }

// next begins a member or item on a line of its own.
func (p *printer) next() {
	if p.some {
		p.out.WriteByte(',')
	}
	p.some = true
	p.line()
}

func (p *printer) line() {
	p.out.WriteByte('\n')
	for range p.depth {
		p.out.WriteString("  ")
	}
}

func (p *printer) nested(open, shut byte, content func()) {
	p.out.WriteByte(open)
	outer := p.some
	p.some = false
	p.depth++
	content()
	p.depth--
	if p.some {
		p.line()
	}
	p.some = outer
	p.out.WriteByte(shut)
}

func (p *printer) object(members func()) { p.nested('{', '}', members) }

func (p *printer) array(n int, item func(i int)) {
	p.nested('[', ']', func() {
		for i := range n {
			p.next()
			item(i)
		}
	})
}

func (p *printer) member(name string, value func()) {
	p.next()
	p.quote(name)
	p.out.WriteString(": ")
	value()
}

func (p *printer) strings(list []string) {
	p.out.WriteByte('[')
	for i, s := range list {
		if i > 0 {
			p.out.WriteString(", ")
		}
		p.quote(s)
	}
	p.out.WriteByte(']')
}

func (p *printer) document(d *policy.Document) {
	if d == nil {
		p.out.WriteString("null")
		return
	}
	p.write(d.AppendJSON(p.buf[:0]))
}

// Members that are left out where they say nothing.

func (p *printer) text(name, value string) {
	if value != "" {
		p.member(name, func() { p.quote(value) })
	}
}

func (p *printer) texts(name string, list []string) {
	if len(list) > 0 {
		p.member(name, func() { p.strings(list) })
	}
}

func (p *printer) flag(name string, set bool) {
	if set {
		p.member(name, func() { p.out.WriteString("true") })
	}
}

func (p *printer) number(name string, n int) {
	if n != 0 {
		p.member(name, func() { p.write(strconv.AppendInt(p.buf[:0], int64(n), 10)) })
	}
}

// seconds gives a duration in seconds, of which it must be a whole number.
func (p *printer) seconds(d time.Duration) int {
	if d%time.Second != 0 {
		p.err = errors.Join(p.err, fmt.Errorf("%v is not a whole number of seconds", d))
	}
	return int(d / time.Second)
}

func (p *printer) tags(tags []world.Tag) {
	writeMap(p, "tags", tags, func(t *world.Tag) string { return t.Key }, func(t *world.Tag) { p.quote(t.Value) })
}

func writeList[T any](p *printer, name string, list []T, write func(*T)) {
	if len(list) > 0 {
		p.member(name, func() { p.array(len(list), func(i int) { write(&list[i]) }) })
	}
}

// writeNamed writes things by their names, in the order of these.
func writeNamed[T any](p *printer, name string, list []T, key func(*T) string, write func(*T)) {
	sorted := make([]*T, len(list))
	for i := range list {
		sorted[i] = &list[i]
	}
	slices.SortStableFunc(sorted, func(a, b *T) int { return cmp.Compare(key(a), key(b)) })
	writeMembers(p, name, sorted, key, write)
}

// writeMap writes things by their names, in their own order.
func writeMap[T any](p *printer, name string, list []T, key func(*T) string, write func(*T)) {
	pointers := make([]*T, len(list))
	for i := range list {
		pointers[i] = &list[i]
	}
	writeMembers(p, name, pointers, key, write)
}

func writeMembers[T any](p *printer, name string, list []*T, key func(*T) string, write func(*T)) {
	if len(list) == 0 {
		return
	}
	seen := make(map[string]bool, len(list))
	p.member(name, func() {
		p.object(func() {
			for _, item := range list {
				if seen[key(item)] {
					p.err = errors.Join(p.err, fmt.Errorf("%s cannot be written: %q occurs twice", name, key(item)))
				}
				seen[key(item)] = true
				p.member(key(item), func() { write(item) })
			}
		})
	})
}
