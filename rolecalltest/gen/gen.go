// Package gen draws random policies, requests and cases for property tests
// with rapid.
//
// Everything is drawn as a JSON value in the form of docs/case-format.md, so
// that a property can take it apart, change it and put it together again
// before the engine sees it. The vocabulary is small on purpose: statements
// of a drawn policy have a fair chance to apply to a drawn request, and all
// that is drawn is valid.
package gen

import "pgregory.net/rapid"

// Object is a JSON object.
type Object = map[string]any

// List is a JSON array.
type List = []any

// Accounts of the callers and resources that are drawn.
const (
	Home  = "111122223333"
	Other = "444455556666"
)

// pick draws one of some values.
func pick[T any](t *rapid.T, label string, values ...T) T {
	return rapid.SampledFrom(values).Draw(t, label)
}

// chance is true once in n times.
func chance(t *rapid.T, label string, n int) bool {
	return rapid.IntRange(1, n).Draw(t, label) == 1
}

// listOf draws from least to most items.
func listOf(t *rapid.T, label string, least, most int, item func() any) List {
	list := List{}
	for range rapid.IntRange(least, most).Draw(t, label+" count") {
		list = append(list, item())
	}
	return list
}

// orBare draws a list of strings, or one bare string.
func orBare(t *rapid.T, label string, values ...string) any {
	if rapid.Bool().Draw(t, label+" bare") {
		return pick(t, label, values...)
	}
	return listOf(t, label, 1, 3, func() any { return pick(t, label, values...) })
}
