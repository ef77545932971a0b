package scenario

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/conditions/celx"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/internal/jsonpos"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/world/load"
)

// Codes of the problems of test files, beside those of the packages below.
const (
	CodeUnknownKey   = load.CodeUnknownKey
	CodeDuplicateKey = load.CodeDuplicateKey
	CodeDataType     = load.CodeDataType
	CodeTooLarge     = load.CodeTooLarge
	CodeMissing      = "MISSING_KEY"
	CodeBadValue     = "BAD_VALUE"
	CodeConflict     = load.CodeConflict
	CodeUnknownName  = "UNKNOWN_NAME"
	CodeMatrix       = "MATRIX"
)

// maxProblems bounds the problems of a file, maxFilled what a matrix adds to a
// text, in bytes.
const (
	maxProblems = 200
	maxFilled   = 64 << 10
)

// place is where something stands in a file.
type place struct {
	source *diag.Source
	span   diag.Span
}

func placeOf(v jsonpos.Value) place { return place{v.Source(), v.Span()} }

func (p place) position() diag.Position { return p.source.Position(p.span.Start) }

// reader reads the values of a test file.
type reader struct {
	host     *load.Host
	suite    *Suite
	problems diag.List
	seen     map[string]bool
	// row fills the `${{ name }}` of texts.
	row row
	// compiled holds the expressions by where they stand, since a test with a
	// matrix is read many times; checked counts the checks of all tests.
	compiled map[int]*celx.Assertion
	checked  int
}

func (r *reader) refuse(code string, at place, summary, hint string) {
	r.add(diag.List{{Severity: diag.Error, Code: code, Summary: summary, Hint: hint, Source: at.source, Span: at.span}})
}

// add takes up problems, each once: a test with a matrix is read many times.
func (r *reader) add(list diag.List) {
	for _, d := range list {
		if line := d.Error(); !r.seen[line] && len(r.problems) < maxProblems {
			r.seen[line] = true
			r.problems = append(r.problems, d)
		}
	}
}

// field is a key that a mapping may have.
type field[T any] struct {
	name string
	read func(r *reader, v jsonpos.Value, into *T)
}

// object reads the members of a mapping; what names it with its article.
func object[T any](r *reader, v jsonpos.Value, what string, fields []field[T], into *T) {
	for m := range r.members(v, what) {
		known := false
		for _, f := range fields {
			if f.name == m.Key {
				known = true
				f.read(r, m.Value, into)
			}
		}
		if !known {
			names := make([]string, len(fields))
			for i := range fields {
				names[i] = fields[i].name
			}
			r.refuse(CodeUnknownKey, place{v.Source(), m.KeySpan}, fmt.Sprintf("unknown key %q in %s", diag.Clip(m.Key, 100), what),
				diag.DidYouMean(m.Key, names, "the keys are "+strings.Join(names, ", ")))
		}
	}
}

// members iterates over the members of a mapping, whatever they are called.
func (r *reader) members(v jsonpos.Value, what string) func(yield func(jsonpos.Member) bool) {
	return func(yield func(jsonpos.Member) bool) {
		if v.Kind() != jsonpos.Object {
			r.wrongType(v, what, "a mapping")
			return
		}
		for m := range v.Members() {
			if m.Duplicate {
				r.refuse(CodeDuplicateKey, place{v.Source(), m.KeySpan}, fmt.Sprintf("%q occurs twice", diag.Clip(m.Key, 100)), "keep one of them")
			} else if !yield(m) {
				return
			}
		}
	}
}

// items gives the items of a list; what is no list is its one item.
func (r *reader) items(v jsonpos.Value) []jsonpos.Value {
	if v.Kind() != jsonpos.Array {
		return []jsonpos.Value{v}
	}
	var list []jsonpos.Value
	for item := range v.Items() {
		list = append(list, item)
	}
	return list
}

func (r *reader) wrongType(v jsonpos.Value, what, want string) {
	got := v.Kind().String()
	switch v.Kind() {
	case jsonpos.Object:
		got = "a mapping"
	case jsonpos.Array:
		got = "a list"
	}
	r.refuse(CodeDataType, placeOf(v), fmt.Sprintf("%s must be %s, not %s", what, want, got), "")
}

// text reads a string; a number or a boolean is taken as it is written.
func (r *reader) text(v jsonpos.Value, what string) string {
	switch v.Kind() {
	case jsonpos.String, jsonpos.Number, jsonpos.Bool:
		return r.fill(v)
	default:
		r.wrongType(v, what, "a string")
		return ""
	}
}

var reference = regexp.MustCompile(`\$\{\{\s*([^\s{}]*)\s*\}\}`)

// fill gives the text of a value with `${{ name }}` replaced by what the row of
// the matrix says.
func (r *reader) fill(v jsonpos.Value) string {
	text := v.Text()
	if !strings.Contains(text, "${{") {
		return text
	}
	length := 0
	filled := reference.ReplaceAllStringFunc(text, func(found string) string {
		name := reference.FindStringSubmatch(found)[1]
		value, ok := r.row.value(name)
		if !ok {
			r.refuse(CodeMatrix, placeOf(v), fmt.Sprintf("the matrix has no %q", diag.Clip(name, 100)),
				diag.DidYouMean(name, r.row.names(), "a name of the test's matrix stands between ${{ and }}"))
		}
		if length += len(value); length > maxFilled {
			return ""
		}
		return value
	})
	if length > maxFilled {
		r.refuse(CodeTooLarge, placeOf(v), "the text is too long with the values of the matrix", "")
	}
	return filled
}

func (r *reader) texts(v jsonpos.Value, what string) []string {
	var list []string
	for _, item := range r.items(v) {
		list = append(list, r.text(item, what))
	}
	return list
}

func (r *reader) boolean(v jsonpos.Value, what string) bool {
	if v.Kind() != jsonpos.Bool {
		r.wrongType(v, what, "true or false")
		return false
	}
	return v.Text() == "true"
}

// number reads a whole number between bounds.
func (r *reader) number(v jsonpos.Value, what string, least, most int) int {
	n, err := strconv.Atoi(v.Text())
	if v.Kind() != jsonpos.Number || err != nil || n < least || n > most {
		r.refuse(CodeBadValue, placeOf(v), fmt.Sprintf("%s must be a whole number from %d to %d", what, least, most), "")
	}
	return n
}

// duration reads "1h30m", or a number of seconds.
func (r *reader) duration(v jsonpos.Value, what string) time.Duration {
	text := r.text(v, what)
	d, err := time.ParseDuration(text)
	if seconds, no := strconv.Atoi(text); no == nil {
		d, err = time.Duration(seconds)*time.Second, nil
	}
	if err != nil || d < 0 || d > 1<<31*time.Second || d%time.Second != 0 {
		r.refuse(CodeBadValue, placeOf(v), what+" must be a duration, such as 1h or 15m, or a number of seconds", "")
	}
	return d
}

func (r *reader) instant(v jsonpos.Value, what string) time.Time {
	t, err := time.Parse(time.RFC3339, r.text(v, what))
	if err != nil {
		r.refuse(CodeBadValue, placeOf(v), what+" must be a time such as 2026-03-02T09:00:00Z", "")
	}
	return t.UTC()
}

// pair is a key with its text.
type pair struct{ key, value string }

func (r *reader) pairs(v jsonpos.Value, what string) []pair {
	var list []pair
	for m := range r.members(v, what) {
		list = append(list, pair{m.Key, r.text(m.Value, "a value of "+what)})
	}
	return list
}

// context reads condition keys; a list is a multivalued key.
func (r *reader) context(v jsonpos.Value) conditions.Context {
	var c conditions.Context
	for m := range r.members(v, "context") {
		var err error
		switch m.Value.Kind() {
		case jsonpos.Array:
			err = c.AddList(m.Key, r.texts(m.Value, "a context value"))
		case jsonpos.Null:
			err = c.AddAbsent(m.Key)
		default:
			err = c.Add(m.Key, r.text(m.Value, "a context value"))
		}
		if err != nil {
			r.refuse(CodeBadValue, place{v.Source(), m.KeySpan}, err.Error(), "")
		}
	}
	return c
}

// policies reads one policy or a list of them.
func (r *reader) policies(v jsonpos.Value, name string, kind policy.Kind) []policy.Policy {
	var list []policy.Policy
	items := r.items(v)
	for i, item := range items {
		each := name
		if len(items) > 1 {
			each = fmt.Sprintf("%s[%d]", name, i)
		}
		p, problems := r.host.Policy(item, each, kind)
		r.add(problems)
		list = append(list, p)
	}
	return list
}
