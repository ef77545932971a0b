package report

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/scenario"
)

// tap writes version 14 of the Test Anything Protocol; the plan comes last,
// since files are read while tests run.
type tap struct {
	out *bufio.Writer
	n   int
}

func newTAP(out io.Writer) *tap {
	t := &tap{out: bufio.NewWriter(out)}
	fmt.Fprintln(t.out, "TAP version 14")
	return t
}

// Loaded writes a test that failed for a file that cannot be used.
func (t *tap) Loaded(_ int, suite *scenario.Suite, problems diag.List) {
	if suite != nil {
		fmt.Fprintln(t.out, "# "+escaped(suite.Name))
		return
	}
	t.n++
	fmt.Fprintf(t.out, "not ok %d - the file can be used\n", t.n)
	t.details([]string{"problems"}, [][]string{lines(problems)})
}

func lines(problems diag.List) []string {
	var list []string
	for _, p := range problems.Only(diag.Error) {
		list = append(list, p.Error())
	}
	return list
}

// Tested writes a test point.
func (t *tap) Tested(r scenario.Result) {
	t.n++
	word := "ok"
	if !r.Passed() {
		word = "not ok"
	}
	fmt.Fprintf(t.out, "%s %d - %s\n", word, t.n, escaped(r.Name))
	if r.Passed() {
		return
	}
	var failures []string
	for i := range r.Failures {
		failures = append(failures, brief(&r.Failures[i]))
	}
	t.details([]string{"at", "failures"}, [][]string{{r.Position.String()}, failures})
}

// details writes a block of YAML, the texts of which are JSON strings.
func (t *tap) details(names []string, values [][]string) {
	fmt.Fprintln(t.out, "  ---")
	for i, name := range names {
		fmt.Fprintf(t.out, "  %s:\n", name)
		for _, value := range values[i] {
			quoted, err := json.Marshal(value)
			if err == nil { // of a string it is always nil
				fmt.Fprintf(t.out, "    - %s\n", quoted)
			}
		}
	}
	fmt.Fprintln(t.out, "  ...")
}

// Finish writes the plan.
func (t *tap) Finish(e End) error {
	fmt.Fprintf(t.out, "1..%d\n", t.n)
	if e.Coverage != nil {
		statements, conditions := e.Coverage.Total()
		fmt.Fprintf(t.out, "# coverage: statements %s, conditions %s\n", shareText(statements), shareText(conditions))
	}
	if e.Mutation != nil {
		fmt.Fprintf(t.out, "# mutation: %d of %d changes survived\n", len(e.Mutation.Survivors()), len(e.Mutation.Mutants))
	}
	return t.out.Flush()
}

// escaped takes the meaning of directives from a description.
func escaped(text string) string {
	return strings.NewReplacer(`\`, `\\`, `#`, `\#`).Replace(one(text))
}
