package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/conditions/celx"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/policy/lint"
)

// explainCommand is rolecall explain.
type explainCommand struct {
	Files []string `arg:"" optional:"" name:"FILE" help:"Policies; - or nothing is standard input."`

	Kind string `enum:"guess,identity,resource,trust,boundary,session,scp,rcp,endpoint" default:"guess" help:"What kind of policies the files are; without it the content tells."`
	CEL  bool   `name:"cel" help:"Say the conditions as expressions in CEL."`
	JSON bool   `name:"json" help:"Print JSON, one line a statement."`
}

// statementText is what a statement says.
type statementText struct {
	Position   string   `json:"position"`
	Sid        string   `json:"sid,omitempty"`
	Effect     string   `json:"effect"`
	Principals []string `json:"principals,omitempty"`
	Not        []string `json:"not,omitempty"`
	Actions    []string `json:"actions"`
	Resources  []string `json:"resources,omitempty"`
	Conditions []string `json:"conditions,omitempty"`
	CEL        string   `json:"cel,omitempty"`
}

// Run says what the statements of each file say.
func (c *explainCommand) Run(env *environment, status *int) error {
	files := c.Files
	if len(files) == 0 {
		files = []string{"-"}
	}
	p := printer{env, bufio.NewWriter(env.stdout)}
	for _, name := range files {
		text, err := readInput(env, name)
		if err != nil {
			return err
		}
		src := &diag.Source{Name: name, Text: text}
		document, problems := policy.Parse(src, policy.Options{Kind: c.kind(src)})
		if document == nil {
			*status = exitUnusable
			if err := diag.Render(env.stderr, problems.Only(diag.Error), diag.Style{}); err != nil {
				return err
			}
			continue
		}
		for i := range document.Statements {
			if err := p.explainStatement(c, document, &document.Statements[i]); err != nil {
				return err
			}
		}
	}
	return p.out.Flush()
}

// readInput reads a file, or standard input for "-".
func readInput(env *environment, name string) (string, error) {
	if name != "-" {
		return readFile(name)
	}
	if env.stdinTerminal {
		fmt.Fprintln(env.stderr, "reading a policy from the terminal")
	}
	text, err := io.ReadAll(io.LimitReader(env.stdin, policy.MaxBytes+1))
	return string(text), err
}

func (c *explainCommand) kind(src *diag.Source) policy.Kind {
	if kind, ok := lintKinds[c.Kind]; ok {
		return kind
	}
	kind, _ := lint.GuessKind(src)
	return kind
}

func (p *printer) explainStatement(c *explainCommand, d *policy.Document, st *policy.Statement) error {
	s := newStatementText(c, d, st)
	if c.JSON {
		encoder := json.NewEncoder(p.out)
		encoder.SetEscapeHTML(false)
		return encoder.Encode(s)
	}
	title := s.Effect
	if s.Sid != "" {
		title += fmt.Sprintf(" %q", s.Sid)
	}
	fmt.Fprintln(p.out, p.paint(diag.Bold, title)+p.paint(diag.Dim, " at "+s.Position))
	p.explainLists(&s)
	if s.CEL != "" {
		fmt.Fprintln(p.out, "  if  "+strings.ReplaceAll(s.CEL, "\n", "\n      "))
	}
	for i, condition := range s.Conditions {
		word := "if "
		if i > 0 {
			word = "and"
		}
		fmt.Fprintf(p.out, "  %s %s\n", word, condition)
	}
	return nil
}

func (p *printer) explainLists(s *statementText) {
	not := func(element string) string {
		for _, n := range s.Not {
			if n == element {
				return "all but "
			}
		}
		return ""
	}
	for _, line := range []struct {
		word, element string
		items         []string
	}{{"who", "Principal", s.Principals}, {"may", "Action", s.Actions}, {"on", "Resource", s.Resources}} {
		if len(line.items) > 0 {
			fmt.Fprintf(p.out, "  %-3s %s%s\n", line.word, not(line.element), strings.Join(line.items, ", "))
		}
	}
}

func newStatementText(c *explainCommand, d *policy.Document, st *policy.Statement) statementText {
	s := statementText{Position: d.Source.Position(st.Span.Start).String(), Effect: st.Effect.String()}
	if st.Sid != nil {
		s.Sid = st.Sid.Value
	}
	s.principals(st.Principal)
	s.Actions = s.list("Action", st.Action)
	s.Resources = s.list("Resource", st.Resource)
	block := policy.CompileCondition(st.Condition, d.HasVariables())
	if c.CEL && len(block.Tests()) > 0 {
		s.CEL = celx.Expression(&block)
		return s
	}
	for i := range block.Tests() {
		s.Conditions = append(s.Conditions, testText(&block.Tests()[i]))
	}
	return s
}

func (s *statementText) principals(p *policy.Principal) {
	if p == nil {
		return
	}
	if p.Not {
		s.Not = append(s.Not, "Principal")
	}
	if p.Everyone {
		s.Principals = []string{"*"}
	}
	for _, t := range p.Types {
		for _, v := range t.Values {
			s.Principals = append(s.Principals, t.Type.String()+" "+v.Value)
		}
	}
}

func (s *statementText) list(element string, list *policy.List) []string {
	if list == nil {
		return nil
	}
	if list.Not {
		s.Not = append(s.Not, element)
	}
	items := make([]string, len(list.Items))
	for i, item := range list.Items {
		items[i] = item.Value
	}
	return items
}

func testText(t *conditions.Test) string {
	return fmt.Sprintf("%s %s %s", t.Key(), t.Operator(), strings.Join(t.Values(), " | "))
}
