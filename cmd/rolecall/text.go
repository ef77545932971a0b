package main

import (
	"bufio"
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/policy/cases"
	"github.com/rolecall/rolecall/policy/eval"
)

// printer writes for people.
type printer struct {
	env *environment
	out *bufio.Writer
}

func (p *printer) paint(color diag.Color, text string) string { return p.style().Paint(color, text) }

func (p *printer) style() diag.Style { return diag.Style{Color: p.env.color()} }

// print writes a result for people: the verdict, the reason in AWS's words,
// and the statements behind it.
func (e *evaluation) print(r cases.Result, mismatch string) error {
	if r.Case.Name != "" {
		fmt.Fprintln(e.out, e.paint(diag.Bold, r.Case.Name))
	}
	if mismatch != "" {
		fmt.Fprintln(e.out, e.paint(diag.Red, "NOT AS EXPECTED: ")+mismatch)
	}
	if r.Problems != nil {
		if mismatch == "" && r.Case.Expect != nil {
			fmt.Fprintln(e.out, e.paint(diag.Green, "refused")+", as expected")
		}
		if err := diag.Render(e.out, r.Problems, e.style()); err != nil {
			return err
		}
		fmt.Fprintln(e.out)
		return nil
	}
	e.printDecision(r.Explanation)
	if e.command.Explain {
		e.printLayers(r.Explanation)
	}
	fmt.Fprintln(e.out)
	return nil
}

func (p *printer) printDecision(x *eval.Explanation) {
	d := x.Decision
	fmt.Fprintln(p.out, p.verdict(d))
	if message := d.Message(); message != "" {
		fmt.Fprintln(p.out, "  "+message)
	}
	p.printMatched(d)
	for _, v := range x.Nearest() {
		p.printNearest(v)
	}
	for i, w := range d.Warnings() {
		if i == 0 {
			fmt.Fprintln(p.out, "  what could not be interpreted:")
		}
		fmt.Fprintln(p.out, "    "+w.Error())
	}
}

// verdict is the decision in one line.
func (p *printer) verdict(d eval.Decision) string {
	allowed, denied := p.paint(diag.Green+diag.Bold, "allowed"), p.paint(diag.Red+diag.Bold, "denied")
	layer := d.LayerName(d.Reason)
	switch {
	case d.Outcome == eval.Conditional:
		return p.paint(diag.Bold, "conditional")
	case d.Outcome == eval.ExplicitDeny:
		return denied + " by an explicit deny: " + layer
	case d.Outcome == eval.ImplicitDeny && layer != "":
		return denied + ": no " + layer + " allows it" + alsoMissing(d)
	case d.Reason == eval.ByRoot:
		return allowed + ": the root user has full access to its account"
	case d.Reason == eval.ByCredentials:
		return denied + ": this kind of credentials cannot make the call"
	case d.Reason == eval.ByProtection:
		return denied + ": AWS owns the object"
	case d.Reason == eval.ByBuiltIn && d.Allowed():
		return allowed + ": this call needs no permission"
	case d.Reason == eval.ByBuiltIn:
		return denied + ": the call must be signed"
	default:
		return allowed + " by " + grantors(d)
	}
}

// grantors names the layers that granted a request.
func grantors(d eval.Decision) string {
	names := []string{d.LayerName(d.Reason)}
	for m := range d.Matched() {
		name := d.LayerName(m.Layer)
		if (m.Layer == eval.ByIdentity || m.Layer == eval.ByResource) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, " and ")
}

// alsoMissing names what stands in the way besides the reason.
func alsoMissing(d eval.Decision) string {
	text := ""
	for r := range d.BlockedBy.All() {
		if r != d.Reason {
			text += ", nor does any " + d.LayerName(r)
		}
	}
	return text
}

func (p *printer) printMatched(d eval.Decision) {
	const mostLines = 12
	for m := range d.Matched() {
		if d.Outcome == eval.ExplicitDeny && m.Layer != d.Reason {
			continue
		}
		fmt.Fprintf(p.out, "  %s\n", p.statementLine(m.Layer, m.Statement))
		diag.Excerpt(p.out, m.Statement.Source, m.Statement.Span, mostLines, p.style())
	}
}

func (p *printer) statementLine(layer eval.Reason, s policy.StatementRef) string {
	line := fmt.Sprintf("%s %s", layer, strings.ToLower(s.Effect.String()))
	if s.Sid != "" {
		line += fmt.Sprintf(" %q", s.Sid)
	}
	return line + p.paint(diag.Dim, " at "+s.Position().String())
}

// printNearest shows an Allow statement that nearly applies, and what fails.
func (p *printer) printNearest(v policy.Verdict) {
	name := fmt.Sprintf("statement %d", v.Statement.Index)
	if v.Statement.Sid != "" {
		name = fmt.Sprintf("%q", v.Statement.Sid)
	}
	fmt.Fprintf(p.out, "  nearest: %s%s\n", name, p.paint(diag.Dim, " at "+v.Statement.Position().String()))
	for _, why := range v.Failing() {
		fmt.Fprintln(p.out, "    "+why)
	}
}

// printLayers writes the verdict on every statement.
func (p *printer) printLayers(x *eval.Explanation) {
	for i := range x.Layers {
		l := &x.Layers[i]
		title := l.Name.String()
		if l.Name == eval.BySCP || l.Name == eval.ByRCP {
			title += fmt.Sprintf(" level %d", l.Level)
		}
		if l.Skipped != "" {
			fmt.Fprintf(p.out, "  %s: not looked at: %s\n", title, l.Skipped)
			continue
		}
		fmt.Fprintf(p.out, "  %s\n", title)
		for v := range l.All() {
			p.printVerdict(v)
		}
	}
	if missing := x.MissingKeys(); len(missing) > 0 {
		fmt.Fprintln(p.out, "  keys that were asked for and are missing: "+strings.Join(missing, ", "))
	}
}

func (p *printer) printVerdict(v policy.Verdict) {
	verdict := "does not apply"
	if v.Applies != conditions.False {
		verdict = "applies"
	}
	name := v.Statement.Sid
	if name == "" {
		name = fmt.Sprintf("#%d", v.Statement.Index)
	}
	fmt.Fprintf(p.out, "    %-5s %-24s %s%s\n", v.Statement.Effect, name, verdict, p.paint(diag.Dim, " at "+v.Statement.Position().String()))
	if v.Action.Matches == conditions.False {
		fmt.Fprintln(p.out, "          its action is another")
	}
	for _, why := range v.Failing() {
		fmt.Fprintln(p.out, "          "+why)
	}
}

func (e *evaluation) printSummary() {
	as := "all as expected"
	if e.differ > 0 {
		as = e.paint(diag.Red, fmt.Sprintf("%d not as expected", e.differ))
	}
	fmt.Fprintf(e.out, "%d cases, %s\n", e.total, as)
}
