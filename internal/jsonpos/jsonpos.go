// Package jsonpos is the one JSON reader of the project: values that know
// where they stand in their source.
//
// [Parse] reads a text once, into the places of its values, and refuses whatever
// is no JSON, is nested too deep, is no UTF-8 or has half of a surrogate pair. A
// [Value] is therefore always of a well-formed text within bounds. Texts of
// strings are cut out of the source and copied only if they have escapes.
package jsonpos

import (
	"cmp"
	"fmt"
	"iter"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/rolecall/rolecall/diag"
)

// Code is the code of every diagnostic of this package (PL-1).
const Code = "JSON_SYNTAX"

// Limits bounds a text.
type Limits struct {
	// Bytes is the greatest length of a text.
	Bytes int
	// Depth is how deep arrays and objects may be nested.
	Depth int
	// Values is how many values and names of members are read; 0 means any
	// number. Each takes 16 bytes of memory.
	Values int
}

// Kind is the JSON type of a value. The zero value is invalid.
type Kind uint8

// The JSON types.
const (
	Null Kind = iota + 1
	Bool
	Number
	String
	Array
	Object
)

// String names the type with its article, as a sentence needs it.
func (k Kind) String() string {
	switch k {
	case Null:
		return "null"
	case Bool:
		return "a boolean"
	case Number:
		return "a number"
	case String:
		return "a string"
	case Array:
		return "an array"
	case Object:
		return "an object"
	default:
		return "kind(" + strconv.Itoa(int(k)) + ")"
	}
}

// Value is a JSON value in a source. The zero Value stands for "absent".
type Value struct {
	tree   *tree
	source *diag.Source
	at     uint32 // its node
}

// Member is a member of an object.
type Member struct {
	// Key is the name after unescaping.
	Key string
	// KeySpan is where the name stands, quotation marks included.
	KeySpan diag.Span
	Value   Value
	// Duplicate tells that an earlier member of the object has the same name.
	Duplicate bool
}

// Parse reads the one JSON value that the source's text is. Its diagnostic, if
// there is one, is an error of code JSON_SYNTAX.
func Parse(src *diag.Source, limits Limits) (Value, diag.List) {
	if len(src.Text) <= min(limits.Bytes, maxText) && utf8.ValidString(src.Text) {
		if v, ok := parse(src, 0, len(src.Text), limits); ok {
			return v, nil
		}
	}
	return Value{}, diag.List{*problem(src, 0, len(src.Text), limits)}
}

// ParseAll reads the JSON values that stand one after the other in the
// source's text, at least one. All but the last must be objects or arrays. It
// is otherwise as [Parse]; what bounds the values bounds those of all together.
func ParseAll(src *diag.Source, limits Limits) ([]Value, diag.List) {
	if err := guard(src, limits); err != nil {
		return nil, diag.List{*err}
	}
	const each = 10 // what a tree takes, in values
	var values []Value
	rest := limits
	rest.Values = cmp.Or(limits.Values, math.MaxInt)
	for start := 0; start == 0 || strings.TrimLeft(src.Text[start:], whiteSpace) != ""; {
		end := start + valueEnd(src.Text[start:])
		v, ok := parse(src, start, end, rest)
		if !ok {
			return nil, diag.List{*problem(src, start, end, limits)}
		}
		values = append(values, v)
		start = end
		if rest.Values -= len(v.tree.nodes) + each; rest.Values <= 0 && end < len(src.Text) {
			return nil, diag.List{*tooMany(src, start, limits)}
		}
	}
	return values, nil
}

// CheckText tells whether a text that is not JSON is within the bounds of
// those that are: its length, UTF-8, no byte order mark.
func CheckText(src *diag.Source, limits Limits) diag.List {
	if err := guardText(src, limits); err != nil {
		return diag.List{*err}
	}
	return nil
}

const whiteSpace = " \t\r\n"

// parse reads the value that is a part of the text, between bounds.
func parse(src *diag.Source, start, end int, limits Limits) (Value, bool) {
	t, ok := newTree(src.Text[:end], start, limits)
	return Value{tree: t, source: src}, ok
}

// problem says what is wrong with a part of a text, one thing after the other.
func problem(src *diag.Source, start, end int, limits Limits) *diag.Diagnostic {
	if err := guard(src, limits); err != nil {
		return err
	}
	at, why := syntaxError(src.Text[start:end])
	if why == "" {
		return tooMany(src, start, limits)
	}
	return failure(src, start+at, "not valid JSON: "+why, "")
}

func tooMany(src *diag.Source, start int, limits Limits) *diag.Diagnostic {
	return failure(src, start, fmt.Sprintf("the text has more than the %d values that are read", limits.Values), "split it up")
}

// valueEnd gives the end of the object or array that text begins with. Of
// other text, and of what is not closed, it is all.
func valueEnd(text string) int {
	start := len(text) - len(strings.TrimLeft(text, whiteSpace))
	if start == len(text) || text[start] != '{' && text[start] != '[' {
		return len(text)
	}
	open := 0
	for i := start; i < len(text); i++ {
		switch text[i] {
		case '[', '{':
			open++
		case ']', '}':
			if open--; open == 0 {
				return i + 1
			}
		case '"':
			i, _ = scanString(text, i+1)
		}
	}
	return len(text)
}

// Exists tells whether the value is present; only the zero Value is not.
func (v Value) Exists() bool { return v.source != nil }

// Source gives the text that the value stands in.
func (v Value) Source() *diag.Source { return v.source }

func (v Value) node() *node {
	if v.tree == nil {
		return &node{}
	}
	return &v.tree.nodes[v.at]
}

// Span gives the place of the value.
func (v Value) Span() diag.Span { return v.node().span() }

func (n *node) span() diag.Span { return diag.Span{Start: int(n.start), End: int(n.end)} }

// Raw gives the value as it is written.
func (v Value) Raw() string { return v.tree.raw(v.node()) }

func (t *tree) raw(n *node) string {
	if t == nil {
		return ""
	}
	return t.text[n.start:n.end]
}

// Kind gives the JSON type, and 0 for an absent value.
func (v Value) Kind() Kind { return v.node().kind }

// Text gives a string unescaped, and a number or a boolean as it is written:
// `10` is "10" and `1.0` is "1.0" (PL-12). Of other values it is their JSON.
func (v Value) Text() string { return v.tree.string(v.node()) }

func (t *tree) string(n *node) string {
	switch {
	case n.kind != String:
		return t.raw(n)
	case n.escaped:
		return unescape(t.text[n.start+1 : n.end-1])
	default:
		return t.text[n.start+1 : n.end-1]
	}
}

// Len gives the number of items of an array, or of members of an object.
func (v Value) Len() int {
	n := 0
	if v.Kind() == Array || v.Kind() == Object {
		for i := v.at + 1; i < v.node().next; i = v.tree.nodes[i].next {
			n++
		}
	}
	if v.Kind() == Object {
		n /= 2
	}
	return n
}

// CompactLen gives how many bytes the value has without the white space
// between its tokens.
func (v Value) CompactLen() int {
	nodes := v.tree.nodes[v.at:v.node().next]
	n := len(nodes) - 1 // a comma or a colon before each, but for the first in something
	for i := range nodes {
		switch node := &nodes[i]; {
		case node.kind != Array && node.kind != Object:
			n += int(node.end - node.start)
		case node.next > v.at+uint32(i)+1:
			n += len("{}") - len(",")
		default:
			n += len("{}")
		}
	}
	return n
}

// Items iterates over the values of an array, in order.
func (v Value) Items() iter.Seq[Value] {
	return func(yield func(Value) bool) {
		if v.Kind() != Array {
			return
		}
		for i := v.at + 1; i < v.node().next; i = v.tree.nodes[i].next {
			if !yield(Value{tree: v.tree, source: v.source, at: i}) {
				return
			}
		}
	}
}

// Members iterates over the members of an object, in order, duplicates
// included.
func (v Value) Members() iter.Seq[Member] {
	return func(yield func(Member) bool) {
		if v.Kind() != Object {
			return
		}
		var seen nameSet
		for i := v.at + 1; i < v.node().next; {
			key := &v.tree.nodes[i]
			m := Member{Key: v.tree.string(key), KeySpan: key.span(), Value: Value{tree: v.tree, source: v.source, at: key.next}}
			m.Duplicate = !seen.add(m.Key)
			if !yield(m) {
				return
			}
			i = v.tree.nodes[key.next].next
		}
	}
}

// nameSet is a set of names that stays a short list while it is small.
type nameSet struct {
	few  [16]string
	n    int
	many map[string]bool
}

// add reports false if the name was there already.
func (s *nameSet) add(name string) bool {
	if s.many != nil {
		known := s.many[name]
		s.many[name] = true
		return !known
	}
	for _, known := range s.few[:s.n] {
		if known == name {
			return false
		}
	}
	if s.n < len(s.few) {
		s.few[s.n] = name
		s.n++
		return true
	}
	s.many = make(map[string]bool, 2*len(s.few))
	for _, known := range s.few {
		s.many[known] = true
	}
	s.many[name] = true
	return true
}
