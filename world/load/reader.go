package load

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/internal/jsonpos"
	"github.com/rolecall/rolecall/world"
)

// reader reads the values of one document into a description.
type reader struct {
	*loader
	// folder is where the files are that the document names.
	folder string
	// output tells that AWS wrote what is read: it names no files, and may have
	// keys that are not known yet.
	output bool
	// upwards tells that paths may lead out of the folder; see Host.
	upwards bool
}

// reading reads the value of a member into what the member belongs to.
type reading[T any] func(r *reader, m jsonpos.Member, into *T)

// field is a member that an object may have.
type field[T any] struct {
	name string
	read reading[T]
}

// object reads the members of an object; what names the object with its
// article. Null, which is what an empty value is in YAML, has no members.
func object[T any](r *reader, v jsonpos.Value, what string, fields []field[T], into *T) {
	if !r.isObject(v, what) {
		return
	}
	for m := range v.Members() {
		if r.full() {
			return
		}
		if m.Duplicate {
			r.twice(m)
			continue
		}
		if f := find(fields, m.Key); f != nil {
			f.read(r, m, into)
			continue
		}
		names := make([]string, len(fields))
		for i := range fields {
			names[i] = fields[i].name
		}
		r.unknownKey(m, what, names)
	}
}

func find[T any](fields []field[T], name string) *field[T] {
	for i := range fields {
		if fields[i].name == name {
			return &fields[i]
		}
	}
	return nil
}

func (r *reader) unknownKey(m jsonpos.Member, what string, names []string) {
	if r.output {
		if key := what + "/" + m.Key; !r.strange[key] && len(r.strange) < maxProblems {
			r.strange[key] = true
			r.warn(CodeUnknownKey, r.at(m), fmt.Sprintf("the key %q in %s is not known and was not read", diag.Clip(m.Key, 100), what), "")
		}
		return
	}
	r.refuse(CodeUnknownKey, r.at(m), fmt.Sprintf("unknown key %q in %s", diag.Clip(m.Key, 100), what),
		diag.DidYouMean(m.Key, names, "the keys are "+strings.Join(names, ", ")))
}

func (r *reader) twice(m jsonpos.Member) {
	r.refuse(CodeDuplicateKey, r.at(m), fmt.Sprintf("%q occurs twice", diag.Clip(m.Key, 100)), "keep one of them")
}

// isObject refuses what is neither an object nor null.
func (r *reader) isObject(v jsonpos.Value, what string) bool {
	switch v.Kind() {
	case jsonpos.Object:
		return true
	case jsonpos.Null:
	default:
		r.wrongType(v, what, "a mapping")
	}
	return false
}

// wrongType refuses a value of another type than is wanted; what may come with
// its article.
func (r *reader) wrongType(v jsonpos.Value, what, want string) {
	hint := ""
	if v.Source().Origin != nil && v.Kind() != jsonpos.Null && strings.HasPrefix(want, "a string") {
		hint = "in YAML put it in quotation marks"
	}
	r.refuse(CodeDataType, place(v), fmt.Sprintf("%s must be %s, not %s", what, want, kindName(v)), hint)
}

// kindName names the type of a value in the words of both JSON and YAML.
func kindName(v jsonpos.Value) string {
	switch v.Kind() {
	case jsonpos.Object:
		return "a mapping"
	case jsonpos.Array:
		return "a list"
	default:
		return v.Kind().String()
	}
}

// each calls read for every member of an object whose keys are names that the
// user chose.
func (r *reader) each(v jsonpos.Value, what string, read func(m jsonpos.Member)) {
	if !r.isObject(v, what) {
		return
	}
	for m := range v.Members() {
		switch {
		case !r.count(r.at(m)):
			return
		case m.Duplicate:
			r.twice(m)
		default:
			read(m)
		}
	}
}

// entries reads an object of things by name behind those of a list; one names
// a thing with its article.
func entries[T any](r *reader, v jsonpos.Value, what, one string, fields []field[T], list *[]T, named func(string, world.Place) T) {
	r.each(v, what, func(m jsonpos.Member) {
		item := named(m.Key, r.at(m))
		object(r, m.Value, one, fields, &item)
		*list = append(*list, item)
	})
}

// items calls read for every item of a list, at most most of them.
func (r *reader) items(v jsonpos.Value, what string, most int, read func(item jsonpos.Value)) {
	switch v.Kind() {
	case jsonpos.Array:
	case jsonpos.Null:
		return
	default:
		r.wrongType(v, what, "a list")
		return
	}
	n := 0
	for item := range v.Items() {
		if n++; n > most {
			r.refuse(CodeTooLarge, place(item), fmt.Sprintf("%s has more than %d items", what, most), "")
			return
		}
		if r.full() {
			return
		}
		read(item)
	}
}

// text reads a string. A number or a boolean is taken as it is written, since
// YAML makes one of what looks like it.
func (r *reader) text(v jsonpos.Value, what string) string {
	switch v.Kind() {
	case jsonpos.String, jsonpos.Number, jsonpos.Bool:
		return v.Text()
	default:
		r.wrongType(v, what, "a string")
		return ""
	}
}

func (r *reader) texts(v jsonpos.Value, what string, most int) []string {
	var list []string
	r.items(v, what, most, func(item jsonpos.Value) {
		list = append(list, r.text(item, "an item of "+what))
	})
	return list
}

func (r *reader) boolean(v jsonpos.Value, what string) bool {
	if v.Kind() != jsonpos.Bool {
		r.refuse(CodeDataType, place(v), fmt.Sprintf("%s must be true or false, not %s", what, kindName(v)), "")
	}
	return v.Text() == "true"
}

// number reads a whole number between bounds.
func (r *reader) number(v jsonpos.Value, what string, least, most int) int {
	n, err := strconv.Atoi(v.Text())
	if v.Kind() != jsonpos.Number || err != nil || n < least || n > most {
		r.refuse(CodeDataType, place(v), fmt.Sprintf("%s must be a whole number from %d to %d", what, least, most), "")
		return least
	}
	return n
}

// tags reads a mapping of tag keys to values.
func (r *reader) tags(v jsonpos.Value) (tags []world.Tag) {
	if !r.isObject(v, "tags") {
		return nil
	}
	for m := range v.Members() {
		if m.Duplicate {
			r.twice(m)
			continue
		}
		if len(tags) == maxItems {
			r.refuse(CodeTooLarge, r.at(m), fmt.Sprintf("there are more than %d tags", maxItems), "")
			break
		}
		tags = append(tags, world.Tag{Key: m.Key, Value: r.text(m.Value, "the value of a tag")})
	}
	return tags
}

// at gives the place of a member's name.
func (r *reader) at(m jsonpos.Member) world.Place {
	return world.Place{Source: m.Value.Source(), Span: m.KeySpan}
}

func place(v jsonpos.Value) world.Place {
	return world.Place{Source: v.Source(), Span: v.Span()}
}

// The readings of simple fields.

func text[T any](name string, at func(*T) *string) field[T] {
	return field[T]{name, func(r *reader, m jsonpos.Member, into *T) { *at(into) = r.text(m.Value, name) }}
}

func texts[T any](name string, at func(*T) *[]string) field[T] {
	return field[T]{name, func(r *reader, m jsonpos.Member, into *T) { *at(into) = r.texts(m.Value, name, maxItems) }}
}

func boolean[T any](name string, at func(*T) *bool) field[T] {
	return field[T]{name, func(r *reader, m jsonpos.Member, into *T) { *at(into) = r.boolean(m.Value, name) }}
}

func tags[T any](at func(*T) *[]world.Tag) field[T] {
	return field[T]{"tags", func(r *reader, m jsonpos.Member, into *T) { *at(into) = r.tags(m.Value) }}
}
