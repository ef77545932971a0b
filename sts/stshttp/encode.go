package stshttp

import (
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// Outputs are written by their types: a member of the answer for each field, by
// its name; those of an embedded struct stand beside the others. Absent, and so
// left out, are empty texts, integers and times that are zero and nil pointers
// and slices (STS-8). A bool is always there, an empty slice is an empty list,
// and a map is one of texts, written in the order of its keys.

// appendXML writes a value as the content of an element.
func appendXML(b []byte, v reflect.Value) []byte {
	switch v.Kind() {
	case reflect.String:
		return appendEscaped(b, v.String())
	case reflect.Int32, reflect.Int:
		return strconv.AppendInt(b, v.Int(), 10)
	case reflect.Bool:
		return strconv.AppendBool(b, v.Bool())
	case reflect.Slice:
		for i := range v.Len() {
			b = appendElement(b, "member", v.Index(i))
		}
		return b
	case reflect.Map:
		for _, key := range sortedKeys(v) {
			b = append(b, "<entry>"...)
			b = appendElement(b, "key", key)
			b = appendElement(b, "value", v.MapIndex(key))
			b = append(b, "</entry>"...)
		}
		return b
	case reflect.Pointer:
		return appendXML(b, v.Elem())
	case reflect.Struct:
		if t, ok := v.Interface().(time.Time); ok {
			return t.UTC().AppendFormat(b, time.RFC3339)
		}
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.Anonymous {
				b = appendXML(b, v.Field(i))
			} else if !absent(v.Field(i)) {
				b = appendElement(b, field.Name, v.Field(i))
			}
		}
		return b
	default:
		panic("stshttp: an output has a member of type " + v.Type().String())
	}
}

func appendElement(b []byte, name string, v reflect.Value) []byte {
	b = append(b, '<')
	b = append(b, name...)
	b = append(b, '>')
	b = appendXML(b, v)
	b = append(b, '<', '/')
	b = append(b, name...)
	return append(b, '>')
}

// absent tells whether a member is left out.
func absent(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Bool:
		return false
	case reflect.Struct:
		t, ok := v.Interface().(time.Time)
		return ok && t.IsZero()
	default:
		return v.IsZero()
	}
}

func sortedKeys(v reflect.Value) []reflect.Value {
	return slices.SortedFunc(slices.Values(v.MapKeys()), func(a, b reflect.Value) int {
		if a.String() < b.String() {
			return -1
		}
		return 1
	})
}

// appendEscaped writes text within an element (STS-10). Characters that XML
// does not have become U+FFFD; a carriage return is written as a reference,
// which readers would otherwise take for a line feed.
func appendEscaped(b []byte, text string) []byte {
	for _, r := range text {
		switch {
		case r == '&':
			b = append(b, "&amp;"...)
		case r == '<':
			b = append(b, "&lt;"...)
		case r == '>':
			b = append(b, "&gt;"...)
		case r == '"':
			b = append(b, "&quot;"...)
		case r == '\r':
			b = append(b, "&#xD;"...)
		case r < ' ' && r != '\t' && r != '\n', r == 0xFFFE, r == 0xFFFF:
			b = utf8.AppendRune(b, utf8.RuneError)
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return b
}

// appendJSON writes a value as JSON: the same nesting, times as seconds since
// 1970 (STS-12).
func appendJSON(b []byte, v reflect.Value) []byte {
	switch v.Kind() {
	case reflect.String:
		return appendQuoted(b, v.String())
	case reflect.Slice:
		b = append(b, '[')
		for i := range v.Len() {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(b, v.Index(i))
		}
		return append(b, ']')
	case reflect.Map:
		b = append(b, '{')
		for i, key := range sortedKeys(v) {
			b = appendName(b, i > 0, key.String())
			b = appendJSON(b, v.MapIndex(key))
		}
		return append(b, '}')
	case reflect.Pointer:
		return appendJSON(b, v.Elem())
	case reflect.Struct:
		if t, ok := v.Interface().(time.Time); ok {
			return strconv.AppendInt(b, t.Unix(), 10)
		}
		b = append(b, '{')
		b, _ = appendMembers(b, v, false)
		return append(b, '}')
	default:
		return appendXML(b, v) // numbers and booleans look the same
	}
}

// appendMembers writes the fields of a struct; more tells whether there were
// any before.
func appendMembers(b []byte, v reflect.Value, more bool) ([]byte, bool) {
	for i := range v.NumField() {
		if field := v.Type().Field(i); field.Anonymous {
			b, more = appendMembers(b, v.Field(i), more)
		} else if !absent(v.Field(i)) {
			b = appendName(b, more, field.Name)
			b = appendJSON(b, v.Field(i))
			more = true
		}
	}
	return b, more
}

func appendName(b []byte, more bool, name string) []byte {
	if more {
		b = append(b, ',')
	}
	return append(appendQuoted(b, name), ':')
}

func appendQuoted(b []byte, text string) []byte {
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(err) // every text can be written
	}
	return append(b, quoted...)
}
