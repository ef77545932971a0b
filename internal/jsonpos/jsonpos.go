// Package jsonpos is the one JSON reader of the project: values that know
// where they stand in their source.
//
// It is gjson behind guards. gjson by itself has no depth limit, takes
// duplicate keys, broken UTF-8 and lone surrogates, and does not say where a
// text stops being JSON; [Parse] checks all of that first, so that a [Value]
// is always of a well-formed text within bounds.
package jsonpos

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"unicode/utf8"

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
	if err := check(src, limits); err != nil {
		return Value{}, diag.List{*err}
	}
	return Value{result: gjson.Parse(src.Text), source: src}, nil
}

func check(src *diag.Source, limits Limits) *diag.Diagnostic {
	text := src.Text
	fail := func(offset int, summary, hint string) *diag.Diagnostic {
		return &diag.Diagnostic{
			Severity: diag.Error, Code: Code, Rule: "PL-1", Summary: summary, Hint: hint,
			Source: src, Span: diag.Span{Start: offset, End: offset + 1},
		}
	}
	if len(text) > limits.Bytes {
		return fail(0, fmt.Sprintf("the text has %d bytes, more than the %d that are read", len(text), limits.Bytes), "split it up")
	}
	if !utf8.ValidString(text) {
		return fail(invalidUTF8(text), "the text is not valid UTF-8", "save it as UTF-8 without a byte order mark")
	}
	if strings.HasPrefix(text, "\ufeff") {
		return fail(0, "the text begins with a byte order mark", "save it as UTF-8 without a byte order mark")
	}
	if at, problem := scan(text, limits.Depth); problem != "" {
		return fail(at, problem, "")
	}
	if !gjson.Valid(text) {
		at, why := syntaxError(text)
		return fail(at, "not valid JSON: "+why, "")
	}
	return nil
}

func invalidUTF8(text string) int {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return 0
}

// scan looks for what gjson would not refuse: nesting beyond depth, and \u
// escapes that are half a surrogate pair.
func scan(text string, depth int) (at int, problem string) {
	open := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '[', '{':
			if open++; open > depth {
				return i, fmt.Sprintf("arrays and objects are nested more than %d deep", depth)
			}
		case ']', '}':
			open--
		case '"':
			end, bad := scanString(text, i+1)
			if bad {
				return end, "half of a surrogate pair is no character"
			}
			i = end
		}
	}
	return 0, ""
}

// scanString reads a string from behind its opening quotation mark and gives
// the place of the closing one (or the end of the text), or of a lone
// surrogate.
func scanString(text string, i int) (end int, loneSurrogate bool) {
	for ; i < len(text); i++ {
		switch text[i] {
		case '"':
			return i, false
		case '\\':
			size, lone := escape(text[i:])
			if lone {
				return i, true
			}
			i += size - 1
		}
	}
	return i, false
}

// escape gives the length of the escape sequence that text begins with, a
// surrogate pair counting as one, and whether it is half a pair.
func escape(text string) (size int, lone bool) {
	unit := codeUnit(text)
	switch {
	case unit < 0xd800 || unit > 0xdfff:
		return 2, false
	case unit >= 0xdc00:
		return 0, true
	}
	if low := codeUnit(text[6:]); low < 0xdc00 || low > 0xdfff {
		return 0, true
	}
	return 12, false
}

// codeUnit reads \uXXXX; other text gives -1.
func codeUnit(text string) int {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return -1
	}
	unit, err := strconv.ParseUint(text[2:6], 16, 16)
	if err != nil {
		return -1
	}
	return int(unit)
}

// syntaxError says where a text stops being JSON, and why.
func syntaxError(text string) (at int, why string) {
	var raw json.RawMessage
	var syntax *json.SyntaxError
	if err := json.Unmarshal([]byte(text), &raw); errors.As(err, &syntax) {
		return max(int(syntax.Offset)-1, 0), syntax.Error()
	}
	return 0, "no JSON value"
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
