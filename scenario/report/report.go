// Package report writes what a run of tests gives: for people at a terminal,
// as JSON, as JUnit XML, in the Test Anything Protocol, and as annotations of
// GitHub.
//
// A [Reporter] is the visitor of a run. Nothing in a report depends on when or
// how fast tests ran but the elapsed time in the summary, where one is given.
package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/scenario"
)

// Format is a form of report. The zero value is invalid.
type Format uint8

// The formats.
const (
	Text Format = iota + 1
	JSON
	JUnit
	TAP
	GitHub
)

var formatNames = [...]string{Text: "text", JSON: "json", JUnit: "junit", TAP: "tap", GitHub: "github"}

// FormatNamed finds a format by its name, and reports false for another name.
func FormatNamed(name string) (Format, bool) {
	for f := Text; f <= GitHub; f++ {
		if formatNames[f] == name {
			return f, true
		}
	}
	return 0, false
}

// String gives the name of the format.
func (f Format) String() string {
	if f == 0 || int(f) >= len(formatNames) {
		return fmt.Sprintf("Format(%d)", uint8(f))
	}
	return formatNames[f]
}

// Options says how a report is written.
type Options struct {
	// Style is that of texts.
	Style diag.Style
	// Quiet leaves out of texts the tests that passed.
	Quiet bool
}

// End is what is known when a run has ended.
type End struct {
	// Elapsed is how long the run took; 0 leaves it out.
	Elapsed time.Duration
	// Coverage and Mutation are nil unless they were asked for.
	Coverage *scenario.Coverage
	Mutation *scenario.Mutation
}

// Reporter writes a report while tests run. Errors of the stream are kept until
// Finish.
type Reporter interface {
	scenario.Visitor
	// Finish ends the report.
	Finish(End) error
}

// New makes a reporter of a format.
func New(f Format, out io.Writer, o Options) Reporter {
	switch f {
	case JSON:
		return newJSON(out)
	case JUnit:
		return &junit{out: out}
	case TAP:
		return newTAP(out)
	case GitHub:
		return newGitHub(out, o)
	default:
		return newText(out, o)
	}
}

// counts counts tests and files.
type counts struct {
	files, passed, failed, broken int
}

func (c *counts) loaded(suite *scenario.Suite) {
	c.files++
	if suite == nil {
		c.broken++
	}
}

func (c *counts) tested(r *scenario.Result) {
	if r.Passed() {
		c.passed++
	} else {
		c.failed++
	}
}

// String gives the summary of a run.
func (c *counts) String() string {
	line := plural(c.passed+c.failed, "test") + " in " + plural(c.files, "file")
	switch {
	case c.failed > 0:
		line += fmt.Sprintf(", %d failed", c.failed)
	case c.passed > 0:
		line += ", all passed"
	}
	if c.broken > 0 {
		line += fmt.Sprintf("; %s cannot be used", plural(c.broken, "file"))
	}
	return line
}

func plural(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// one puts a text on one line, without what disturbs a terminal.
func one(text string) string {
	return diag.Printable(strings.ReplaceAll(strings.TrimSpace(text), "\n", " "))
}
