package oidc

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/rolecall/rolecall/diag"
)

// object is a JSON object: its members by name, as they are written. It was
// read strictly, with all that is nested in it: no name twice, no broken UTF-8,
// no nesting beyond MaxDepth.
type object map[string]json.RawMessage

// readObject reads the one object that the text is.
func readObject(text []byte) (object, error) {
	if !utf8.Valid(text) {
		return nil, errors.New("not valid UTF-8")
	}
	if !json.Valid(text) {
		return nil, errors.New("not valid JSON")
	}
	if err := scan(text); err != nil {
		return nil, err
	}
	var o object
	if err := json.Unmarshal(text, &o); err != nil || o == nil {
		return nil, errors.New("not a JSON object")
	}
	return o, nil
}

// level is an array or object that a scan is in.
type level struct {
	names map[string]bool // of an object
	value bool            // what comes next in an object is a value, no name
}

// name takes the next token of the level and gives false for a name that the
// object has already.
func (l *level) name(token json.Token) bool {
	if l.names == nil {
		return true
	}
	l.value = !l.value
	name, ok := token.(string)
	if !ok || !l.value {
		return true
	}
	known := l.names[name]
	l.names[name] = true
	return !known
}

// scan walks over valid JSON and looks for nesting that is too deep, and for
// names that an object has twice.
func scan(text []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var levels []level
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		delim, nests := token.(json.Delim)
		if nests && (delim == '}' || delim == ']') {
			levels = levels[:len(levels)-1]
			continue
		}
		if n := len(levels); n > 0 && !levels[n-1].name(token) {
			return fmt.Errorf("the name %q occurs twice in an object", diag.Clip(token.(string), 100))
		}
		if !nests {
			continue
		}
		if len(levels) == MaxDepth {
			return fmt.Errorf("arrays and objects are nested more than %d deep", MaxDepth)
		}
		next := level{}
		if delim == '{' {
			next.names = map[string]bool{}
		}
		levels = append(levels, next)
	}
}

// names gives the names of the members, sorted.
func (o object) names() []string { return slices.Sorted(maps.Keys(o)) }

// has tells whether the object has the member.
func (o object) has(name string) bool {
	_, ok := o[name]
	return ok
}

// text gives a member that is a string.
func (o object) text(name string) (string, bool) {
	return readText(o[name])
}

// integer gives a member that is a number without fraction and exponent.
func (o object) integer(name string) (int64, bool) {
	n, err := strconv.ParseInt(string(o[name]), 10, 64)
	return n, err == nil
}

// list gives a member that is a string or a list of strings.
func (o object) list(name string) ([]string, bool) {
	if text, ok := o.text(name); ok {
		return []string{text}, true
	}
	items, ok := o.items(name)
	if !ok {
		return nil, false
	}
	list := make([]string, len(items))
	for i, item := range items {
		if list[i], ok = readText(item); !ok {
			return nil, false
		}
	}
	return list, true
}

// items gives the items of a member that is a list.
func (o object) items(name string) ([]json.RawMessage, bool) {
	var items []json.RawMessage
	err := json.Unmarshal(o[name], &items)
	return items, err == nil && items != nil
}

// object gives a member that is an object.
func (o object) object(name string) (object, bool) {
	var inner object
	err := json.Unmarshal(o[name], &inner)
	return inner, err == nil && inner != nil
}

func readText(raw json.RawMessage) (string, bool) {
	if len(raw) == 0 || raw[0] != '"' {
		return "", false // null would read as ""
	}
	var text string
	err := json.Unmarshal(raw, &text)
	return text, err == nil
}

// readScalar gives a string, or a number or a boolean as it is written.
func readScalar(raw json.RawMessage) (string, bool) {
	if text, ok := readText(raw); ok {
		return text, true
	}
	if len(raw) == 0 || raw[0] == '{' || raw[0] == '[' || raw[0] == 'n' {
		return "", false
	}
	return string(raw), true
}
