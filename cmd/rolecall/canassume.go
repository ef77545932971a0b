package main

import (
	"bufio"
	"errors"
	"fmt"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy/eval"
	"github.com/rolecall/rolecall/reach"
)

// canAssumeCommand is rolecall can-assume.
type canAssumeCommand struct {
	From string `arg:"" help:"Who: the ARN of a user, role, session or root user, a service such as ec2.amazonaws.com, oidc:HOST, the ARN of a SAML provider, or a short name."`
	To   string `arg:"" help:"The role: its ARN or a short name."`

	questionFlags
	Hops int `default:"1" placeholder:"N" help:"How many roles may be assumed on the way, TO included."`
}

// Run answers the question.
func (c *canAssumeCommand) Run(env *environment, status *int) error {
	if c.Hops < 1 || c.Hops > reach.MaxHops {
		return usageError{fmt.Sprintf("--hops %d is not a number of hops", c.Hops), fmt.Sprintf("give 1 to %d", reach.MaxHops)}
	}
	w, call, err := c.begin(env, status)
	if w == nil {
		return err
	}
	answer, err := w.CanAssume(reach.Question{From: c.From, To: c.To, Hops: c.Hops, Call: call})
	if err != nil {
		return explainName(err)
	}
	*status = verdictStatus(answer.Verdict)
	out := bufio.NewWriter(env.stdout)
	if c.JSON {
		return errors.Join(writeAnswer(out, answer), out.Flush())
	}
	p := printer{env, out}
	p.printAnswer(answer)
	return out.Flush()
}

func verdictStatus(v reach.Verdict) int {
	switch v {
	case reach.Yes:
		return exitYes
	case reach.No:
		return exitNo
	default:
		return exitConditional
	}
}

func (p *printer) printAnswer(a reach.Answer) {
	first, last := a.Hops[0], a.Hops[len(a.Hops)-1]
	word := map[reach.Verdict]string{
		reach.Yes: p.paint(diag.Green+diag.Bold, "yes"), reach.No: p.paint(diag.Red+diag.Bold, "no"), reach.Conditional: p.paint(diag.Yellow+diag.Bold, "conditional"),
	}[a.Verdict]
	switch a.Verdict {
	case reach.Yes:
		fmt.Fprintf(p.out, "%s: %s can assume %s\n", word, first.From, last.To)
	case reach.No:
		fmt.Fprintf(p.out, "%s: %s cannot assume %s\n", word, first.From, last.To)
	default:
		fmt.Fprintf(p.out, "%s: %s can assume %s under conditions\n", word, first.From, last.To)
	}
	for i := range a.Hops {
		number := i + 1
		if len(a.Hops) == 1 {
			number = 0
		}
		p.printHop(number, &a.Hops[i])
	}
}

// printHop writes a call of a chain, or with number 0 the only one.
func (p *printer) printHop(number int, h *reach.Hop) {
	if number > 0 {
		fmt.Fprintf(p.out, "%d. %s\n   -> %s\n", number, h.From, h.To)
	}
	if h.Refusal != "" {
		fmt.Fprintln(p.out, "  "+h.Refusal)
		return
	}
	if asked, refused := h.Deciding(); refused && h.Verdict == reach.No {
		p.printRefusal(asked)
		return
	}
	for _, asked := range h.Asked {
		p.printAsked(asked)
	}
	p.printAlternatives(h.Alternatives)
	p.printSession(&h.Session)
}

// printSession writes what the session of a call is like.
func (p *printer) printSession(s *reach.Carried) {
	text := "session: at most " + s.MaxDuration.String()
	if s.SourceIdentity != "" {
		text += fmt.Sprintf(", source identity %q", s.SourceIdentity)
	}
	for i, t := range s.Transitive {
		if i == 0 {
			text += ", transitive tags"
		}
		text += fmt.Sprintf(" %s=%q", t.Key, t.Value)
	}
	fmt.Fprintln(p.out, "  "+p.paint(diag.Dim, text))
}

func (p *printer) printRefusal(asked reach.Asked) {
	if asked.Decision.Outcome == eval.Conditional {
		fmt.Fprintf(p.out, "  %s\n", noValues(asked))
		return
	}
	x := asked.Decision.Explain()
	fmt.Fprint(p.out, "  "+asked.Action+" ")
	p.printDecision(&x)
}

// noValues says why an action that hinges on open keys is never allowed.
func noValues(asked reach.Asked) string {
	return fmt.Sprintf("no values of the keys that are open let %s pass: the conditions of the %s contradict each other or cannot be met",
		asked.Action, asked.Decision.LayerName(asked.Decision.Reason))
}

func (p *printer) printAsked(asked reach.Asked) {
	d := asked.Decision
	if d.Allowed() {
		fmt.Fprintf(p.out, "  %s %s\n", asked.Action, p.verdict(d))
		for m := range d.Matched() {
			if m.Layer == eval.ByIdentity || m.Layer == eval.ByResource {
				fmt.Fprintf(p.out, "    %s\n", p.statementLine(m.Layer, m.Statement))
			}
		}
		return
	}
	fmt.Fprintf(p.out, "  %s depends on what is not given\n", asked.Action)
}

func (p *printer) printAlternatives(ways []reach.Alternative) {
	for i, way := range ways {
		word := "yes, if"
		if i > 0 {
			word = "or if"
		}
		fmt.Fprintln(p.out, "  "+p.paint(diag.Bold, word))
		for j := range way {
			c := &way[j]
			from := ""
			if c.UnknownPolicy() == "" {
				from = p.paint(diag.Dim, "  at "+c.Statement.Place())
			}
			fmt.Fprintf(p.out, "    %s%s\n", c, from)
		}
	}
	if len(ways) == reach.MaxAlternatives {
		fmt.Fprintln(p.out, "  there are more ways, which are not listed")
	}
}
