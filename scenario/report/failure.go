package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/scenario"
)

// mostLines bounds the lines of a statement that are shown.
const mostLines = 12

// writeFailure writes what was expected and what came instead, with the place
// of the expectation and the statements that decided.
func writeFailure(out *bufio.Writer, f *scenario.Failure, o Options) {
	fmt.Fprintln(out, o.Style.Paint(diag.Bold, one(f.Check)))
	if f.Expected != "" {
		fmt.Fprintln(out, "  expected  "+o.Style.Paint(diag.Green, one(f.Expected)))
	}
	fmt.Fprintln(out, "  got       "+o.Style.Paint(diag.Red, one(f.Got)))
	for _, note := range f.Notes {
		fmt.Fprintln(out, "            "+one(note))
	}
	if f.Message != "" {
		fmt.Fprintln(out, "  "+one(f.Message))
	}
	fmt.Fprintln(out, "  at "+f.Position().String())
	src, span := f.Source()
	diag.Snippet(out, src, span, o.Style)
	for _, s := range f.Deciding() {
		fmt.Fprintln(out, "  decided by "+statementLine(s))
		diag.Excerpt(out, s.Source, s.Span, mostLines, o.Style)
	}
	for _, v := range f.Nearest() {
		fmt.Fprintln(out, "  nearest: "+statementLine(v.Statement))
		for _, why := range v.Failing() {
			fmt.Fprintln(out, "    "+one(why))
		}
	}
}

// statementLine names a statement and its place.
func statementLine(s policy.StatementRef) string {
	line := strings.ToLower(s.Effect.String())
	if s.Sid != "" {
		line += fmt.Sprintf(" %q", s.Sid)
	}
	if s.Policy.Name != "" {
		line += " of " + one(s.Policy.Name)
	}
	if place := s.Place(); place != "" {
		line += " at " + place
	}
	return line
}

// failureText gives a failure as a text of several lines without colours.
func failureText(f *scenario.Failure) string {
	var text strings.Builder
	out := bufio.NewWriter(&text)
	writeFailure(out, f, Options{})
	_ = out.Flush() // a strings.Builder takes everything
	return text.String()
}

// brief gives a failure in one line.
func brief(f *scenario.Failure) string {
	if f.Expected == "" {
		return one(f.Check) + ": " + one(f.Got)
	}
	return fmt.Sprintf("%s: expected %s, got %s", one(f.Check), one(f.Expected), one(f.Got))
}

// indented writes lines further to the right.
type indented struct {
	out   io.Writer
	begin string
	// within tells that a line has begun.
	within bool
}

// Write writes text.
func (w *indented) Write(p []byte) (int, error) {
	var made []byte
	for _, b := range p {
		if !w.within && b != '\n' {
			made = append(made, w.begin...)
		}
		w.within = b != '\n'
		made = append(made, b)
	}
	if _, err := w.out.Write(made); err != nil {
		return 0, err
	}
	return len(p), nil
}
