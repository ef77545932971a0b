// Package diag says what is wrong with a text, and where.
//
// Every problem that the project finds in a policy, a case or a world is a
// [Diagnostic]: a severity, a code, a sentence that says what is wrong, a
// sentence that says what to do, and the place in its [Source]. Many of them
// form a [List], which is an error, so that a caller gets all problems of a
// text in one go.
//
// # Three voices
//
// The same diagnostic speaks in three ways: [Diagnostic.Error] is one line for
// a log, [Render] shows the source line with a caret for a terminal, and the
// Hint tells a newcomer how to mend it.
//
// # Codes
//
// Codes are stable and may be matched by programs; sentences are for people
// and may change. Rule names the rule of docs/semantics.md that was broken.
package diag

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Severity tells how bad a diagnostic is. The zero value is invalid.
type Severity uint8

// The severities.
const (
	// Error: the text cannot be used.
	Error Severity = iota + 1
	// Security: the text can be used, and probably grants more than was meant.
	Security
	// Warning: the text can be used, but probably does not say what was meant.
	Warning
	// Suggestion: the text says what was meant, and could say it better.
	Suggestion
)

// String gives "error", "security", "warning" or "suggestion".
func (s Severity) String() string {
	switch s {
	case Error:
		return "error"
	case Security:
		return "security"
	case Warning:
		return "warning"
	case Suggestion:
		return "suggestion"
	default:
		return "severity(" + strconv.Itoa(int(s)) + ")"
	}
}

// Diagnostic is one problem in one place.
type Diagnostic struct {
	Severity Severity
	// Code names the kind of problem, such as "UNKNOWN_ELEMENT".
	Code string
	// Summary says what is wrong: lower case, no full stop.
	Summary string
	// Hint says what to do about it; it may be empty.
	Hint string
	// Rule names the rule that was broken, such as "PL-6"; it may be empty.
	Rule string
	// Path is where the value stands in its document, such as
	// "Statement[2].Condition.StringEquals"; it may be empty.
	Path string
	// Value is the offending value as it was written, cut short when long.
	Value string
	// Source and Span are the place; Source may be nil.
	Source *Source
	Span   Span
}

// Position gives the place where the problem begins.
func (d Diagnostic) Position() Position { return d.Source.Position(d.Span.Start) }

// Error gives the diagnostic in one line:
//
//	file:line:column: CODE: summary at path; hint
func (d Diagnostic) Error() string {
	var b strings.Builder
	if place := d.Position().String(); place != "" {
		b.WriteString(place + ": ")
	}
	if d.Severity > Error {
		b.WriteString(d.Severity.String() + ": ")
	}
	if d.Code != "" {
		b.WriteString(d.Code + ": ")
	}
	b.WriteString(d.Summary)
	if d.Path != "" {
		b.WriteString(" at " + d.Path)
	}
	if d.Hint != "" {
		b.WriteString("; " + d.Hint)
	}
	return b.String()
}

// List is all problems of one or more texts. It is an error; see [List.Err].
type List []Diagnostic

// Error gives one line a diagnostic.
func (l List) Error() string {
	lines := make([]string, len(l))
	for i, d := range l {
		lines[i] = d.Error()
	}
	return strings.Join(lines, "\n")
}

// Err gives the list as an error if it holds an error, and nil if it holds
// none, but warnings for instance.
func (l List) Err() error {
	if l.HasErrors() {
		return l
	}
	return nil
}

// HasErrors tells whether a diagnostic of the list is an error.
func (l List) HasErrors() bool {
	return slices.ContainsFunc(l, func(d Diagnostic) bool { return d.Severity == Error })
}

// Only gives the diagnostics of one severity.
func (l List) Only(s Severity) List {
	var out List
	for _, d := range l {
		if d.Severity == s {
			out = append(out, d)
		}
	}
	return out
}

// Sort orders the list by source name, then place, errors before warnings.
// Diagnostics of one place keep their order.
func (l List) Sort() {
	slices.SortStableFunc(l, func(a, b Diagnostic) int {
		aName, aLine, aPlace, aWithin := a.Source.rank(a.Span.Start)
		bName, bLine, bPlace, bWithin := b.Source.rank(b.Span.Start)
		return cmp.Or(
			cmp.Compare(aName, bName), cmp.Compare(aLine, bLine),
			cmp.Compare(aPlace, bPlace), cmp.Compare(aWithin, bWithin),
			cmp.Compare(a.Severity, b.Severity),
		)
	})
}

// WithArticle puts "a" or "an" before a noun, by its first letter.
func WithArticle(noun string) string {
	if strings.IndexAny(noun, "aeiouAEIOU") == 0 {
		return "an " + noun
	}
	return "a " + noun
}

// Clip cuts a value to at most limit bytes for a message, at a code point, and
// marks the cut.
func Clip(value string, limit int) string {
	if len(value) <= limit {
		return value
	}
	return strings.ToValidUTF8(value[:limit], "") + "..."
}
