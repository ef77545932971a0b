// Package jsonpos is the one JSON reader of the project: values that know
// where they stand in their source.
//
// It is gjson behind guards. gjson by itself has no depth limit, takes
// duplicate keys, broken UTF-8 and lone surrogates, and does not say where a
// text stops being JSON; [Parse] checks all of that first, so that a [Value]
// is always of a well-formed text within bounds.
package jsonpos

import (
	"iter"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

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
	result gjson.Result
	source *diag.Source
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
	if err := guard(src, limits); err != nil {
		return Value{}, diag.List{*err}
	}
	return parse(src, 0, len(src.Text))
}

// ParseAll reads the JSON values that stand one after the other in the
// source's text, at least one. All but the last must be objects or arrays. It
// is otherwise as [Parse].
func ParseAll(src *diag.Source, limits Limits) ([]Value, diag.List) {
	if err := guard(src, limits); err != nil {
		return nil, diag.List{*err}
	}
	var values []Value
	for start := 0; start == 0 || strings.TrimLeft(src.Text[start:], whiteSpace) != ""; {
		end := start + valueEnd(src.Text[start:])
		value, list := parse(src, start, end)
		if list != nil {
			return nil, list
		}
		values = append(values, value)
		start = end
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
func parse(src *diag.Source, start, end int) (Value, diag.List) {
	text := src.Text[start:end]
	if !gjson.Valid(text) {
		at, why := syntaxError(text)
		return Value{}, diag.List{*failure(src, start+at, "not valid JSON: "+why, "")}
	}
	result := gjson.Parse(text)
	result.Index += start
	return Value{result: result, source: src}, nil
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

// Span gives the place of the value.
func (v Value) Span() diag.Span {
	raw := v.Raw()
	return diag.Span{Start: v.result.Index, End: v.result.Index + len(raw)}
}

// Raw gives the value as it is written.
func (v Value) Raw() string { return strings.TrimRight(v.result.Raw, " \t\r\n") }

// Kind gives the JSON type.
func (v Value) Kind() Kind {
	switch v.result.Type {
	case gjson.Null:
		return Null
	case gjson.False, gjson.True:
		return Bool
	case gjson.Number:
		return Number
	case gjson.String:
		return String
	default:
		if v.result.IsArray() {
			return Array
		}
		return Object
	}
}

// Text gives a string unescaped, and a number or a boolean as it is written:
// `10` is "10" and `1.0` is "1.0" (PL-12). Of other values it is their JSON.
func (v Value) Text() string {
	if v.result.Type == gjson.String {
		return v.result.Str
	}
	return v.Raw()
}

// Items iterates over the values of an array, in order.
func (v Value) Items() iter.Seq[Value] {
	return func(yield func(Value) bool) {
		if v.Kind() != Array {
			return
		}
		v.result.ForEach(func(_, item gjson.Result) bool {
			return yield(Value{result: item, source: v.source})
		})
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
		v.result.ForEach(func(key, value gjson.Result) bool {
			return yield(Member{
				Key:       key.Str,
				KeySpan:   diag.Span{Start: key.Index, End: key.Index + len(key.Raw)},
				Value:     Value{result: value, source: v.source},
				Duplicate: !seen.add(key.Str),
			})
		})
	}
}

// nameSet is a set of names that stays a short list while it is small.
type nameSet struct {
	few  []string
	many map[string]bool
}

// add reports false if the name was there already.
func (s *nameSet) add(name string) bool {
	const fewNames = 16
	if s.many != nil {
		known := s.many[name]
		s.many[name] = true
		return !known
	}
	for _, n := range s.few {
		if n == name {
			return false
		}
	}
	if s.few == nil {
		s.few = make([]string, 0, fewNames/2)
	}
	s.few = append(s.few, name)
	if len(s.few) > fewNames {
		s.many = make(map[string]bool, 2*fewNames)
		for _, n := range s.few {
			s.many[n] = true
		}
	}
	return true
}
