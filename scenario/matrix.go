package scenario

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall/rolecall/internal/jsonpos"
)

// Bounds of a matrix, and of the tests of a file and the requests that they
// make.
const (
	maxRows   = 1_000
	maxTests  = 100_000
	maxChecks = 1_000_000
)

// row is one combination of a matrix: a value for each name.
type row []pair

func (w row) value(name string) (string, bool) {
	for _, p := range w {
		if p.key == name {
			return p.value, true
		}
	}
	return "", false
}

func (w row) names() []string {
	var names []string
	for _, p := range w {
		names = append(names, p.key)
	}
	return names
}

// String gives the row as it stands behind the name of a test.
func (w row) String() string {
	parts := make([]string, len(w))
	for i, p := range w {
		parts[i] = p.key + "=" + p.value
	}
	return strings.Join(parts, ", ")
}

// matrix reads the rows that a test is repeated for: all combinations of a
// mapping of lists, or the mappings of a list, as they are.
func (r *reader) matrix(v jsonpos.Value) []row {
	var rows []row
	if v.Kind() == jsonpos.Array {
		for item := range v.Items() {
			rows = append(rows, r.pairs(item, "a row of the matrix"))
		}
	} else {
		rows = r.product(v)
	}
	switch {
	case len(rows) > maxRows:
		r.refuse(CodeTooLarge, placeOf(v), fmt.Sprintf("the matrix has more than %d rows", maxRows), "make several tests of it")
		return nil
	case len(rows) == 0:
		r.refuse(CodeMatrix, placeOf(v), "the matrix has no rows", "")
		return nil
	}
	r.sameNames(v, rows)
	return rows
}

// product gives all combinations, the last name varying fastest.
func (r *reader) product(v jsonpos.Value) []row {
	rows := []row{nil}
	for m := range r.members(v, "the matrix") {
		var next []row
		values := r.texts(m.Value, "a value of the matrix")
		if len(rows)*len(values) > maxRows {
			return make([]row, maxRows+1)
		}
		for _, before := range rows {
			for _, value := range values {
				next = append(next, append(slices.Clone(before), pair{m.Key, value}))
			}
		}
		rows = next
	}
	return rows
}

// sameNames refuses rows that lack a name which the first one has.
func (r *reader) sameNames(v jsonpos.Value, rows []row) {
	if v.Kind() != jsonpos.Array {
		return
	}
	i := 0
	for item := range v.Items() {
		for _, p := range rows[0] {
			if _, ok := rows[i].value(p.key); !ok {
				r.refuse(CodeMatrix, placeOf(item), fmt.Sprintf("the row has no %q, which the first one has", p.key), "")
			}
		}
		i++
	}
}
