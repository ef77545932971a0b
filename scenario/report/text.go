package report

import (
	"bufio"
	"fmt"
	"io"
	"time"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/scenario"
)

// text writes for people.
type text struct {
	out     *bufio.Writer
	options Options
	counts  counts
	err     error
	// told are the warnings that were written: files share worlds.
	told map[string]bool
}

func newText(out io.Writer, o Options) *text {
	return &text{out: bufio.NewWriter(out), options: o, told: map[string]bool{}}
}

func (t *text) keep(err error) {
	if t.err == nil {
		t.err = err
	}
}

// Loaded writes the name of the file and what is wrong with it.
func (t *text) Loaded(_ int, suite *scenario.Suite, problems diag.List) {
	t.counts.loaded(suite)
	if suite != nil && !t.options.Quiet {
		fmt.Fprintln(t.out, t.options.Style.Paint(diag.Bold, suite.Name))
	}
	if problems = t.untold(problems); len(problems) > 0 {
		t.keep(diag.Render(t.out, problems, t.options.Style))
		fmt.Fprintln(t.out)
	}
	t.keep(t.out.Flush())
}

// untold leaves out the warnings that were written before.
func (t *text) untold(problems diag.List) diag.List {
	var list diag.List
	for _, p := range problems {
		line := p.Error()
		if p.Severity == diag.Warning && t.told[line] {
			continue
		}
		t.told[line] = true
		list = append(list, p)
	}
	return list
}

// Tested writes a line, and the failures.
func (t *text) Tested(r scenario.Result) {
	t.counts.tested(&r)
	if r.Passed() && t.options.Quiet {
		return
	}
	word := t.options.Style.Paint(diag.Green, "ok  ")
	if !r.Passed() {
		word = t.options.Style.Paint(diag.Red+diag.Bold, "FAIL")
	}
	name := one(r.Name)
	if t.options.Quiet {
		name = r.Suite + ": " + name
	}
	fmt.Fprintf(t.out, "  %s  %s\n", word, name)
	for i := range r.Failures {
		to := bufio.NewWriter(&indented{out: t.out, begin: "        "})
		writeFailure(to, &r.Failures[i], t.options)
		t.keep(to.Flush())
	}
	t.keep(t.out.Flush())
}

// Finish writes coverage, mutation and the summary.
func (t *text) Finish(e End) error {
	if e.Coverage != nil {
		writeCoverage(t.out, e.Coverage, t.options)
	}
	if e.Mutation != nil {
		writeMutation(t.out, e.Mutation, t.options)
	}
	color := diag.Green
	if t.counts.failed+t.counts.broken > 0 {
		color = diag.Red
	}
	fmt.Fprint(t.out, "\n"+t.options.Style.Paint(color+diag.Bold, t.counts.String()))
	if e.Elapsed > 0 {
		fmt.Fprint(t.out, t.options.Style.Paint(diag.Dim, " ("+e.Elapsed.Round(time.Millisecond).String()+")"))
	}
	fmt.Fprintln(t.out)
	t.keep(t.out.Flush())
	return t.err
}
