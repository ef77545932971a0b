package report

import (
	"bufio"
	"fmt"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/scenario"
)

// writeCoverage writes how much was covered, and what was not.
func writeCoverage(out *bufio.Writer, c *scenario.Coverage, o Options) {
	statements, conditions := c.Total()
	fmt.Fprintf(out, "\n%s statements %s, conditions %s\n", o.Style.Paint(diag.Bold, "coverage:"), shareText(statements), shareText(conditions))
	for _, s := range c.Statements() {
		switch {
		case s.Dead != "":
			fmt.Fprintf(out, "  %s %s: %s\n", o.Style.Paint(diag.Yellow, "dead:"), statementLine(s.StatementRef), one(s.Dead))
		case !s.Covered():
			fmt.Fprintf(out, "  %s %s never decided\n", o.Style.Paint(diag.Red, "not covered:"), statementLine(s.StatementRef))
			diag.Snippet(out, s.Source, s.Span, o.Style)
		default:
			for i := range s.Conditions {
				if missing := missingSide(&s.Conditions[i]); missing != "" {
					fmt.Fprintf(out, "  %s %s %s at %s %s\n", o.Style.Paint(diag.Yellow, "partly covered:"), s.Conditions[i].Operator,
						s.Conditions[i].Key, s.Source.Position(s.Conditions[i].Span.Start), missing)
				}
			}
		}
	}
}

// missingSide says what no test saw a condition do.
func missingSide(c *scenario.Condition) string {
	switch {
	case c.Covered():
		return ""
	case c.Held > 0:
		return "never refused"
	case c.Refused > 0:
		return "never held"
	default:
		return "was never asked"
	}
}

func shareText(s scenario.Share) string {
	return fmt.Sprintf("%d of %d (%.1f %%)", s.Covered, s.Total, s.Percent())
}

// writeMutation names the changes that no test noticed.
func writeMutation(out *bufio.Writer, m *scenario.Mutation, o Options) {
	survivors := m.Survivors()
	fmt.Fprintf(out, "\n%s %d of %d changes noticed\n", o.Style.Paint(diag.Bold, "mutation:"), len(m.Mutants)-len(survivors), len(m.Mutants))
	for _, s := range survivors {
		fmt.Fprintf(out, "  %s %s\n", o.Style.Paint(diag.Red, "survived:"), one(s.Change))
		fmt.Fprintln(out, "    "+statementLine(s.Statement))
		diag.Snippet(out, s.Statement.Source, s.Span, o.Style)
	}
}
