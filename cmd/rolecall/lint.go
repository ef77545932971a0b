package main

import (
	"cmp"
	"fmt"
	"os"

	"github.com/rolecall/rolecall/arn"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/internal/jsonpos"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/policy/lint"
)

// lintCommand is rolecall lint.
type lintCommand struct {
	Files []string `arg:"" optional:"" name:"FILE" help:"Policies; - or nothing is standard input."`

	Kind      string   `enum:"guess,identity,resource,trust,boundary,session,scp,rcp,endpoint" default:"guess" help:"What kind of policies the files are: identity, resource, trust, boundary, session, scp, rcp or endpoint. Without it the content tells whether it is identity, resource or trust."`
	Account   []string `placeholder:"ID" help:"An account of one's own; repeat it. Trust in other accounts then needs an external id."`
	Reference string   `placeholder:"DIR" help:"A folder of service authorization reference files, as published at https://servicereference.us-east-1.amazonaws.com, to check names against."`
	Ignore    []string `placeholder:"CODE[:SID]=REASON" sep:"none" help:"Accept the findings of a code, in all statements or those of a Sid."`
	Suppress  string   `placeholder:"FILE" help:"A JSON file of findings to accept; see docs/lint.md."`
	FailOn    string   `enum:"error,security,warning,suggestion" default:"warning" help:"The least severity that makes the exit status 1."`
	Format    string   `enum:"text,json,sarif,github" default:"text" help:"text, json, sarif (2.1.0) or github (annotations)."`
	JSON      bool     `name:"json" help:"The same as --format json."`
}

var lintKinds = map[string]policy.Kind{
	"identity": policy.Identity, "resource": policy.Resource, "trust": policy.Trust, "boundary": policy.Boundary,
	"session": policy.Session, "scp": policy.SCP, "rcp": policy.RCP, "endpoint": policy.Endpoint,
}

var lintSeverities = map[string]diag.Severity{
	"error": diag.Error, "security": diag.Security, "warning": diag.Warning, "suggestion": diag.Suggestion,
}

// Run looks at the files and writes what it finds.
func (c *lintCommand) Run(env *environment, status *int) error {
	l := linting{command: c, env: env}
	if err := l.prepare(); err != nil {
		return err
	}
	if l.unusable {
		*status = exitUnusable
		return nil
	}
	if err := l.inputs(); err != nil {
		return err
	}
	l.report.Findings = append(l.report.Findings, lint.Suppress(l.report.Findings, l.suppressions)...)
	if err := l.write(); err != nil {
		return err
	}
	switch {
	case l.unusable:
		*status = exitUnusable
	case l.report.Has(lintSeverities[c.FailOn]):
		*status = exitNo
	}
	return nil
}

// linting is one run of rolecall lint.
type linting struct {
	command      *lintCommand
	env          *environment
	options      lint.Options
	suppressions []lint.Suppression
	report       lint.Report
	unusable     bool // a file is no JSON
}

// prepare reads everything but the policies.
func (l *linting) prepare() error {
	c := l.command
	for _, id := range c.Account {
		if !arn.IsAccountID(id) {
			return usageError{fmt.Sprintf("--account %q is no account", id), "write its 12 digits"}
		}
	}
	l.options.Accounts = c.Account
	if c.Reference != "" {
		reference, err := lint.ReadReference(os.DirFS(c.Reference))
		if err != nil {
			return fmt.Errorf("--reference %s: %w", c.Reference, err)
		}
		l.options.Reference = reference
	}
	for _, text := range c.Ignore {
		s, problem := lint.ParseSuppression(text)
		if problem != nil {
			return usageError{"--ignore: " + problem.Summary, problem.Hint}
		}
		l.suppressions = append(l.suppressions, s)
	}
	if c.Suppress == "" {
		return nil
	}
	text, err := readFile(c.Suppress)
	if err != nil {
		return err
	}
	list, problems := lint.ReadSuppressions(&diag.Source{Name: c.Suppress, Text: text})
	if problems != nil {
		l.unusable = true
		return diag.Render(l.env.stderr, problems, diag.Style{})
	}
	l.suppressions = append(l.suppressions, list...)
	return nil
}

// inputs reads the policies, one after another, and looks at them.
func (l *linting) inputs() error {
	files := l.command.Files
	if len(files) == 0 {
		files = []string{"-"}
	}
	for _, name := range files {
		text, err := readInput(l.env, name)
		if err != nil {
			return err
		}
		l.policy(&diag.Source{Name: name, Text: text})
	}
	return nil
}

// policy looks at one policy. A text that is no JSON is unusable; a policy
// that AWS would refuse is what a linter is for.
func (l *linting) policy(src *diag.Source) {
	file := lint.File{Name: src.Name, Kind: lintKinds[l.command.Kind]}
	if file.Kind == 0 {
		file.Kind, file.Guess = lint.GuessKind(src)
	}
	l.report.Files = append(l.report.Files, file)
	document, problems := policy.Parse(src, policy.Options{Kind: file.Kind})
	if document == nil {
		for _, d := range problems {
			l.unusable = l.unusable || d.Code == jsonpos.Code
		}
		l.report.Findings = append(l.report.Findings, lint.Refused(problems)...)
		return
	}
	l.report.Findings = append(l.report.Findings, lint.Check(document, l.options)...)
}

func (l *linting) write() error {
	format := l.command.Format
	if l.command.JSON {
		format = "json"
	}
	switch format {
	case "json":
		return l.report.WriteJSON(l.env.stdout)
	case "sarif":
		return l.report.WriteSARIF(l.env.stdout)
	case "github":
		return l.report.WriteGitHub(l.env.stdout)
	}
	for _, f := range l.report.Files {
		if f.Guess != "" {
			fmt.Fprintf(l.env.stderr, "%s is read as %s: %s (--kind says otherwise)\n", cmp.Or(f.Name, "-"), diag.WithArticle(f.Kind.String()), f.Guess)
		}
	}
	return l.report.WriteText(l.env.stdout, diag.Style{Color: l.env.color()})
}
