package cases

import (
	"strings"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/internal/jsonpos"
	"github.com/rolecall/rolecall/policy/eval"
)

// Result is the outcome of a case.
type Result struct {
	Case *Case
	// Decision is that of the engine; it is zero if Problems is not empty.
	Decision eval.Decision
	// Problems say why the case is invalid.
	Problems diag.List
	// Explanation is set by [Case.Explain].
	Explanation *eval.Explanation
}

// Decide decides the case.
func (c *Case) Decide() Result { return c.run(false) }

// Explain decides the case and explains the decision.
func (c *Case) Explain() Result { return c.run(true) }

func (c *Case) run(explain bool) Result {
	result := Result{Case: c}
	if c.Problems.HasErrors() {
		result.Problems = c.Problems.Only(diag.Error)
		return result
	}
	request, err := eval.NewRequest(c.Query)
	if err != nil {
		return result.refuse(err)
	}
	if !explain {
		if result.Decision, err = eval.Decide(request, &c.Policies); err != nil {
			return result.refuse(err)
		}
		return result
	}
	explanation, err := eval.Explain(request, &c.Policies)
	if err != nil {
		return result.refuse(err)
	}
	result.Decision, result.Explanation = explanation.Decision, &explanation
	return result
}

// refuse makes a problem of an error that concerns the request as a whole.
func (r Result) refuse(err error) Result {
	r.Problems = diag.List{{
		Severity: diag.Error, Code: CodeBadRequest, Summary: err.Error(),
		Source: r.Case.Source, Span: diag.Span{Start: 0, End: 1},
	}}
	return r
}

// Outcome gives the decision as expect.decision writes it.
func (r Result) Outcome() string {
	if r.Problems != nil {
		return DecisionError
	}
	return r.Decision.Outcome.String()
}

// Mismatch says how the result differs from what the case expects; empty means
// that it does not, or that the case expects nothing.
func (r Result) Mismatch() string {
	e := r.Case.Expect
	switch got := r.Outcome(); {
	case e == nil:
		return ""
	case got != e.Decision:
		return "expected " + e.Decision + ", got " + got + r.because()
	case got == DecisionError && !strings.Contains(r.Problems.Error(), e.Error):
		return "expected an error with " + e.Error + ", got " + r.Problems.Error()
	default:
		return ""
	}
}

func (r Result) because() string {
	switch {
	case r.Problems != nil:
		return ": " + r.Problems.Error()
	case r.Decision.Outcome == eval.Allowed:
		return " by " + r.Decision.Reason.String()
	default:
		return ": " + r.Decision.Message()
	}
}

// AppendJSON writes the result as one JSON object behind dst: the members
// name, decision, reason, blockedBy and matched; error for an invalid case;
// warnings if something could not be interpreted; explanation for an explained
// one. docs/case-format.md describes them.
func (r Result) AppendJSON(dst []byte) []byte {
	dst = append(dst, `{"name":`...)
	dst = jsonpos.AppendQuote(dst, r.Case.Name)
	dst = append(dst, `,"decision":"`...)
	dst = append(dst, r.Outcome()...)
	dst = append(dst, `","reason":"`...)
	if r.Problems == nil {
		dst = append(dst, r.Decision.Reason.String()...)
	}
	dst = append(dst, `","blockedBy":[`...)
	dst = r.appendBlocked(dst)
	dst = append(dst, `],"matched":[`...)
	dst = r.appendMatched(dst)
	dst = append(dst, ']')
	if r.Problems != nil {
		dst = append(dst, `,"error":`...)
		dst = jsonpos.AppendQuote(dst, r.Problems.Error())
	}
	dst = r.appendWarnings(dst)
	if r.Explanation != nil {
		dst = append(dst, `,"explanation":`...)
		dst = appendExplanation(dst, r.Explanation)
	}
	return append(dst, '}')
}

func (r Result) appendBlocked(dst []byte) []byte {
	comma := false
	for reason := range r.Decision.BlockedBy.All() {
		if comma {
			dst = append(dst, ',')
		}
		dst = jsonpos.AppendQuote(dst, reason.String())
		comma = true
	}
	return dst
}

// appendWarnings writes what could not be interpreted, if there is anything.
func (r Result) appendWarnings(dst []byte) []byte {
	if r.Problems != nil {
		return dst
	}
	warnings := r.Decision.Warnings()
	for i, w := range warnings {
		if i == 0 {
			dst = append(dst, `,"warnings":[`...)
		} else {
			dst = append(dst, ',')
		}
		dst = jsonpos.AppendQuote(dst, w.Error())
	}
	if len(warnings) > 0 {
		dst = append(dst, ']')
	}
	return dst
}

func (r Result) appendMatched(dst []byte) []byte {
	if r.Problems != nil {
		return dst
	}
	comma := false
	for m := range r.Decision.Matched() {
		if comma {
			dst = append(dst, ',')
		}
		dst = append(dst, `{"policy":`...)
		dst = jsonpos.AppendQuote(dst, m.Statement.Policy.Name)
		dst = append(dst, `,"sid":`...)
		dst = jsonpos.AppendQuote(dst, m.Statement.Sid)
		dst = append(dst, `,"effect":"`...)
		dst = append(dst, m.Statement.Effect.String()...)
		dst = append(dst, `","layer":"`...)
		dst = append(dst, m.Layer.String()...)
		dst = append(dst, `","position":`...)
		dst = jsonpos.AppendQuote(dst, m.Statement.Position().String())
		dst = append(dst, '}')
		comma = true
	}
	return dst
}
