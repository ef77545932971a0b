package glob

import "strings"

// compiler cuts a text into segments and atoms.
type compiler struct {
	mode     Mode
	unclosed bool // no `}` follows in the text
	segments []segment
	slots    []string
	open     segmentBuilder
}

// segmentBuilder is the segment under way: atoms so far, and literal text not
// yet made an atom, in pieces, so that a text of many `$` is read in one pass.
// The first piece, mostly the only one, stands apart.
type segmentBuilder struct {
	atoms  []atom
	first  string
	pieces []string
}

func (c *compiler) read(text string) {
	special := ""
	if c.mode&Wildcards != 0 {
		special = "*?"
	}
	if c.mode&Variables != 0 {
		special += "$"
	}
	for text != "" {
		i := strings.IndexAny(text, special)
		if i < 0 {
			c.open.add(text)
			return
		}
		c.open.add(text[:i])
		switch text[i] {
		case '*':
			c.close()
		case '?':
			c.open.addOne()
		case '$':
			i += c.variable(text[i:]) - 1
		}
		text = text[i+1:]
	}
}

// variable reads what begins with `$` and gives its length.
func (c *compiler) variable(text string) int {
	body, ok := strings.CutPrefix(text, "${")
	end := -1
	if ok && !c.unclosed {
		end = strings.IndexByte(body, '}')
		c.unclosed = end < 0
	}
	if end < 0 {
		c.open.add("$")
		return 1
	}
	body = body[:end]
	switch body {
	case "*", "?", "$":
		c.open.add(body)
	default:
		c.open.flush()
		c.open.atoms = append(c.open.atoms, atom{kind: slotAtom, slot: len(c.slots)})
		c.slots = append(c.slots, body)
	}
	return len("${}") + len(body)
}

// close ends a segment. Stars that follow each other make one.
func (c *compiler) close() {
	s := c.open.segment()
	c.open = segmentBuilder{}
	if n := len(c.segments); n > 1 && c.segments[n-1].empty() {
		c.segments[n-1] = s // an empty segment between two stars adds nothing
		return
	}
	c.segments = append(c.segments, s)
}

// pattern ends the text and gives what was read.
func (c *compiler) pattern(text string) Pattern {
	c.close()
	first, last := &c.segments[0], &c.segments[len(c.segments)-1]
	p := Pattern{text: text, shape: shapeOf(c.segments), head: first.plain, tail: last.plain}
	if n := len(first.atoms); n > 0 {
		p.head = first.atoms[0].literal
	}
	if n := len(last.atoms); n > 0 {
		p.tail = last.atoms[n-1].literal
	}
	switch p.shape {
	case pieces:
		p.body = &body{}
		for _, g := range c.segments[1 : len(c.segments)-1] {
			p.body.pieces = append(p.body.pieces, g.plain)
		}
	case mixed:
		p.body = &body{general: &general{segments: c.segments, slots: c.slots}}
	}
	return p
}

// compileStars reads a pattern in which nothing but stars is special; first is
// the place of the first.
func compileStars(text string, first int) Pattern {
	last := strings.LastIndexByte(text, '*')
	p := Pattern{text: text, head: text[:first], tail: text[last+1:]}
	between := strings.Trim(text[first:last+1], "*")
	if between == "" {
		p.shape = shapeOfEnds(p.head, p.tail)
		return p
	}
	p.shape = pieces
	p.body = &body{pieces: make([]string, 0, 1+strings.Count(between, "*"))}
	for piece := range strings.SplitSeq(between, "*") {
		if piece != "" {
			p.body.pieces = append(p.body.pieces, piece)
		}
	}
	return p
}

func shapeOf(segments []segment) shape {
	for i := range segments {
		if segments[i].atoms != nil {
			return mixed
		}
	}
	switch len(segments) {
	case 1:
		return exact
	case 2:
		return shapeOfEnds(segments[0].plain, segments[1].plain)
	default:
		return pieces
	}
}

func shapeOfEnds(head, tail string) shape {
	switch {
	case head == "" && tail == "":
		return anyText
	case tail == "":
		return prefix
	case head == "":
		return suffix
	default:
		return ends
	}
}

func (g *segment) empty() bool { return g.atoms == nil && g.plain == "" }

func (b *segmentBuilder) add(literal string) {
	switch {
	case literal == "":
	case b.first == "":
		b.first = literal
	default:
		b.pieces = append(b.pieces, literal)
	}
}

func (b *segmentBuilder) addOne() {
	b.flush()
	b.atoms = append(b.atoms, atom{kind: oneAtom})
}

func (b *segmentBuilder) flush() {
	if b.first != "" {
		b.atoms = append(b.atoms, atom{kind: literalAtom, literal: b.take()})
	}
}

func (b *segmentBuilder) take() string {
	literal := b.first
	if b.pieces != nil {
		literal += strings.Join(b.pieces, "")
	}
	b.first, b.pieces = "", nil
	return literal
}

func (b *segmentBuilder) segment() segment {
	if b.atoms == nil {
		return segment{plain: b.take()}
	}
	b.flush()
	return segment{atoms: b.atoms}
}
