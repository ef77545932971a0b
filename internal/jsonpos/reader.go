package jsonpos

import (
	"math/bits"
	"strings"
)

// reader is the pass over a text.
type reader struct {
	text  string
	at    int
	depth int // how many levels may still be opened
	most  int // how many values may be read
	nodes []node
}

// white passes over white space, by eight where it is indentation.
func (r *reader) white() {
	const blanks = 0x2020202020202020
	for r.at < len(r.text) {
		switch r.text[r.at] {
		case ' ':
			for len(r.text)-r.at >= 8 && word64(r.text[r.at:]) == blanks {
				r.at += 8
			}
			for r.at < len(r.text) && r.text[r.at] == ' ' {
				r.at++
			}
		case '\n', '\t', '\r':
			r.at++
		default:
			return
		}
	}
}

// take reads one byte, if it is that.
func (r *reader) take(c byte) bool {
	if r.at < len(r.text) && r.text[r.at] == c {
		r.at++
		return true
	}
	return false
}

// value reads a value that begins here.
func (r *reader) value() bool {
	if r.at == len(r.text) || len(r.nodes) >= r.most {
		return false
	}
	switch c := r.text[r.at]; {
	case c == '"':
		return r.quoted()
	case c == '{':
		return r.object()
	case c == '[':
		return r.array()
	case c == '-' || c >= '0' && c <= '9':
		return r.leaf(Number, numberLength(r.text[r.at:]))
	case c == 't':
		return r.word(Bool, "true")
	case c == 'f':
		return r.word(Bool, "false")
	default:
		return r.word(Null, "null")
	}
}

func (r *reader) word(kind Kind, word string) bool {
	return strings.HasPrefix(r.text[r.at:], word) && r.leaf(kind, len(word))
}

// leaf adds a value without others in it; a length of 0 is none.
func (r *reader) leaf(kind Kind, length int) bool {
	r.nodes = append(r.nodes, node{start: uint32(r.at), end: uint32(r.at + length), next: uint32(len(r.nodes) + 1), kind: kind})
	r.at += length
	return length > 0
}

func (r *reader) array() bool {
	self, empty := r.open(Array, ']')
	if self < 0 || empty {
		return empty
	}
	for {
		if !r.value() {
			return false
		}
		r.white()
		if !r.take(',') {
			return r.close(self, ']')
		}
		r.white()
	}
}

func (r *reader) object() bool {
	self, empty := r.open(Object, '}')
	if self < 0 || empty {
		return empty
	}
	for {
		if r.at == len(r.text) || r.text[r.at] != '"' || !r.quoted() {
			return false
		}
		r.white()
		if !r.take(':') {
			return false
		}
		r.white()
		if !r.value() {
			return false
		}
		r.white()
		if !r.take(',') {
			return r.close(self, '}')
		}
		r.white()
	}
}

// open begins an array or object, and ends it if it is empty. It gives the
// place of its node, or -1 where it is nested too deep.
func (r *reader) open(kind Kind, last byte) (self int, empty bool) {
	if r.depth == 0 {
		return -1, false
	}
	r.depth--
	self = len(r.nodes)
	r.nodes = append(r.nodes, node{start: uint32(r.at), kind: kind})
	r.at++
	r.white()
	if r.at < len(r.text) && r.text[r.at] == last {
		return self, r.close(self, last)
	}
	return self, false
}

func (r *reader) close(self int, last byte) bool {
	if !r.take(last) {
		return false
	}
	r.depth++
	n := &r.nodes[self]
	n.end, n.next = uint32(r.at), uint32(len(r.nodes))
	return true
}

// quoted reads a string.
func (r *reader) quoted() bool {
	n := node{start: uint32(r.at), kind: String, next: uint32(len(r.nodes) + 1)}
	i := r.at + 1
	for {
		i += plainLength(r.text[i:])
		switch {
		case i == len(r.text) || r.text[i] < ' ':
			return false
		case r.text[i] == '"':
			r.at = i + 1
			n.end = uint32(r.at)
			r.nodes = append(r.nodes, n)
			return true
		}
		size := escapeLength(r.text[i:])
		if size == 0 {
			return false
		}
		n.escaped = true
		i += size
	}
}

// plainLength gives how many bytes stand before the first quotation mark,
// backslash or control character. It looks at eight bytes at a time.
func plainLength(s string) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	n := 0
	for ; len(s)-n >= 8; n += 8 {
		w := word64(s[n:])
		quote, slash := w^(ones*'"'), w^(ones*'\\')
		// A byte that is zero, or below a blank, borrows; bytes beyond ASCII
		// are left out by the last term of each.
		found := ((quote-ones)&^quote | (slash-ones)&^slash | (w-ones*' ')&^w) & highs
		if found != 0 {
			return n + bits.TrailingZeros64(found)/8
		}
	}
	for ; n < len(s); n++ {
		if c := s[n]; c == '"' || c == '\\' || c < ' ' {
			break
		}
	}
	return n
}

func word64(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// escapeLength gives the length of the escape sequence that s begins with, or 0
// if it is none, or half of a surrogate pair.
func escapeLength(s string) int {
	if len(s) < 2 {
		return 0
	}
	switch s[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if codeUnit(s) < 0 {
			return 0
		}
		if size, lone := escape(s); lone {
			return 0
		} else if size == 12 {
			return size
		}
		return 6
	default:
		return 0
	}
}

// numberLength gives the length of the number that s begins with, or 0.
func numberLength(s string) int {
	i := 0
	if s[0] == '-' {
		i++
	}
	whole := digits(s[i:])
	if whole > 1 && s[i] == '0' {
		whole = 1 // a leading zero stands alone, and what follows is too much
	}
	if whole == 0 {
		return 0
	}
	i += whole
	if i < len(s) && s[i] == '.' {
		n := digits(s[i+1:])
		if n == 0 {
			return 0
		}
		i += 1 + n
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		i++
		if i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		n := digits(s[i:])
		if n == 0 {
			return 0
		}
		i += n
	}
	return i
}

// digits counts the digits that s begins with.
func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// unescape gives the text of a string, without its quotation marks, that the
// reader has checked.
func unescape(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for {
		i := strings.IndexByte(s, '\\')
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i])
		s = s[i:]
		size := 2
		switch c := s[1]; c {
		case 'b':
			b.WriteByte('\b')
		case 'f':
			b.WriteByte('\f')
		case 'n':
			b.WriteByte('\n')
		case 'r':
			b.WriteByte('\r')
		case 't':
			b.WriteByte('\t')
		case 'u':
			var r rune
			r, size = unescapeUnit(s)
			b.WriteRune(r)
		default:
			b.WriteByte(c)
		}
		s = s[size:]
	}
}

// unescapeUnit reads \uXXXX, or two of them that are one character.
func unescapeUnit(s string) (r rune, size int) {
	high := rune(codeUnit(s))
	if high < 0xd800 || high > 0xdfff {
		return high, 6
	}
	low := rune(codeUnit(s[6:]))
	return (high-0xd800)<<10 + (low - 0xdc00) + 0x10000, 12
}
