package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/reach"
)

// whoCanAssumeCommand is rolecall who-can-assume.
type whoCanAssumeCommand struct {
	To string `arg:"" help:"The role: its ARN or a short name."`
	questionFlags
}

// Run lists the principals that can assume the role.
func (c *whoCanAssumeCommand) Run(env *environment, status *int) error {
	w, call, err := c.begin(env, status)
	if w == nil {
		return err
	}
	list, err := w.WhoCanAssume(c.To, call)
	if err != nil {
		return explainName(err)
	}
	out := bufio.NewWriter(env.stdout)
	if c.JSON {
		return errors.Join(writeAdmissions(out, list), out.Flush())
	}
	p := printer{env, out}
	p.printAdmissions(list)
	return out.Flush()
}

func (p *printer) printAdmissions(list []reach.Admission) {
	if len(list) == 0 {
		fmt.Fprintln(p.out, "nobody")
	}
	for i := range list {
		a := &list[i]
		if a.Verdict == reach.Yes {
			fmt.Fprintf(p.out, "%s          %s\n", p.paint(diag.Green, "yes"), a.Principal)
			continue
		}
		fmt.Fprintf(p.out, "%s  %s\n", p.paint(diag.Yellow, "conditional"), a.Principal)
		for j, way := range a.Alternatives {
			word := "if"
			if j > 0 {
				word = "or if"
			}
			fmt.Fprintf(p.out, "             %s %s\n", word, way)
		}
	}
}

func writeAdmissions(out *bufio.Writer, list []reach.Admission) error {
	type admission struct {
		ARN      string            `json:"arn"`
		Verdict  string            `json:"verdict"`
		Residual []reach.Condition `json:"residual,omitempty"`
	}
	principals := make([]admission, len(list))
	for i := range list {
		a := &list[i]
		principals[i] = admission{a.Principal, a.Verdict.String(), a.Conditions()}
	}
	return json.NewEncoder(out).Encode(map[string]any{"principals": principals})
}

// graphCommand is rolecall graph.
type graphCommand struct {
	questionFlags
	Format string `enum:"dot,mermaid,json" default:"dot" help:"dot (Graphviz), mermaid or json."`
}

// Run writes every way to assume a role directly.
func (c *graphCommand) Run(env *environment, status *int) error {
	w, call, err := c.begin(env, status)
	if w == nil {
		return err
	}
	var done func(int, int)
	if env.stderrTerminal {
		done = func(roles, of int) {
			if roles%1000 == 0 || roles == of {
				fmt.Fprintf(env.stderr, "\r%d of %d roles", roles, of)
			}
		}
		defer fmt.Fprint(env.stderr, "\r\x1b[K")
	}
	edges, err := w.Graph(call, done)
	if err != nil {
		return err
	}
	switch {
	case c.JSON || c.Format == "json":
		return reach.WriteJSON(env.stdout, edges)
	case c.Format == "mermaid":
		return reach.WriteMermaid(env.stdout, edges)
	default:
		return reach.WriteDOT(env.stdout, edges)
	}
}
