package scenario

import (
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/policy/eval"
	"github.com/rolecall/rolecall/reach"
)

// Result is how a test or an invariant came out.
type Result struct {
	// Suite is the name of the file, Name that of the test.
	Suite, Name string
	// Position is where the test stands.
	Position diag.Position
	// Checks is how many things were compared.
	Checks int
	// Failures are what is not as expected; none means that the test passed.
	Failures []Failure
}

// Passed tells that all is as expected.
func (r *Result) Passed() bool { return len(r.Failures) == 0 }

// Failure is one thing that is not as expected.
type Failure struct {
	// Check says what was looked at: "alice: s3:GetObject on arn:...".
	Check string
	// Expected and Got are the difference.
	Expected, Got string
	// Message is the denial in AWS's words, if there is one.
	Message string
	// Notes say more: values of parts of an assertion, edges, details of STS.
	Notes []string

	at       place
	decision *eval.Decision
	answer   *reach.Answer
}

// Position is where the expectation stands.
func (f *Failure) Position() diag.Position { return f.at.position() }

// Source gives the place of the expectation, for a snippet.
func (f *Failure) Source() (*diag.Source, diag.Span) { return f.at.source, f.at.span }

// Deciding gives the statements that decided, without those that are part of the
// program; none where nothing matched.
func (f *Failure) Deciding() []policy.StatementRef {
	d := f.deciding()
	if d == nil {
		return nil
	}
	var list []policy.StatementRef
	for m := range d.Matched() {
		if m.Statement.Place() != "" && (d.Outcome != eval.ExplicitDeny || m.Layer == d.Reason) {
			list = append(list, m.Statement)
		}
	}
	return list
}

// Nearest gives the statements that nearly allowed what was denied, with what
// failed in them.
func (f *Failure) Nearest() []policy.Verdict {
	d := f.deciding()
	if d == nil || d.Outcome != eval.ImplicitDeny {
		return nil
	}
	x := d.Explain()
	return x.Nearest()
}

// deciding gives the decision behind the failure.
func (f *Failure) deciding() *eval.Decision {
	if f.decision != nil || f.answer == nil {
		return f.decision
	}
	hop := &f.answer.Hops[len(f.answer.Hops)-1]
	if asked, ok := hop.Deciding(); ok {
		return &asked.Decision
	}
	if len(hop.Asked) > 0 {
		return &hop.Asked[0].Decision
	}
	return nil
}
