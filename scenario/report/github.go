package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/scenario"
)

// github writes a text, and a workflow command for each failure, which GitHub
// shows beside the line of the file.
type github struct {
	*text
}

func newGitHub(out io.Writer, o Options) *github { return &github{newText(out, o)} }

// Loaded annotates what is wrong with a file.
func (g *github) Loaded(file int, suite *scenario.Suite, problems diag.List) {
	g.text.Loaded(file, suite, problems)
	for _, p := range problems {
		word := "error"
		if p.Severity == diag.Warning {
			word = "warning"
		}
		message := p.Summary
		if p.Hint != "" {
			message += "; " + p.Hint
		}
		g.annotate(word, p.Position(), p.Code, message)
	}
}

// Tested annotates failures.
func (g *github) Tested(r scenario.Result) {
	g.text.Tested(r)
	for i := range r.Failures {
		g.annotate("error", r.Failures[i].Position(), r.Name, failureText(&r.Failures[i]))
	}
}

// Finish annotates the mutants that survived, too.
func (g *github) Finish(e End) error {
	if e.Mutation != nil {
		for _, m := range e.Mutation.Survivors() {
			g.annotate("warning", m.Statement.Source.Position(m.Span.Start), "survived", "no test notices: "+m.Change)
		}
	}
	return g.text.Finish(e)
}

func (g *github) annotate(word string, at diag.Position, title, message string) {
	fmt.Fprintf(g.out, "::%s file=%s,line=%d,col=%d,title=%s::%s\n", word, property(at.File), at.Line, at.Column, property(one(title)), data(message))
	g.keep(g.out.Flush())
}

// data escapes the text of a workflow command.
func data(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(strings.TrimSpace(text))
}

// property escapes a property of a workflow command.
func property(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(text)
}
