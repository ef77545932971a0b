// Package rolecalltest tests IAM policies in go test.
//
// # Assertions
//
// [Allowed] and [Denied] ask whether a request may proceed, [CanAssume],
// [CannotAssume] and [CanAssumeIf] whether somebody can assume a role. A
// failure says why the answer is what it is: the deciding statements with file
// and line, and what would have to change. [DeniedBy] and [CannotAssumeBy] also
// hold the reason, so that a request is not denied for a wrong one.
//
// They take an [Engine], which *rolecall.World is, and a [T], which *testing.T,
// *testing.B, *testing.F and *rapid.T are.
//
// # Identity providers and the endpoint
//
// [OIDCProvider] and [SAMLProvider] sign real tokens and responses. [NewSTS]
// serves the STS of a world within the process, for programs that call AWS.
package rolecalltest

import (
	"bufio"
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/policy/eval"
	"github.com/rolecall/rolecall/reach"
	"github.com/rolecall/rolecall/world"
)

// T is what the assertions need of a test.
type T interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Decider decides requests. *rolecall.World is one.
type Decider interface {
	Evaluate(r world.Request) (eval.Decision, error)
}

// Assumer answers who can assume which role. *rolecall.World is one.
type Assumer interface {
	CanAssume(q reach.Question) (reach.Answer, error)
}

// Engine is both.
type Engine interface {
	Decider
	Assumer
}

// Allowed fails the test unless a request is allowed. It stops the test at a
// request that cannot be made, as all assertions do.
func Allowed(t T, e Decider, r world.Request) {
	t.Helper()
	if d := decide(t, e, r); !d.Allowed() {
		t.Errorf("%s is %s, want allowed\n%s", requestText(r), d.Outcome, explain(d))
	}
}

// Denied fails the test unless a request is denied, explicitly or not. One
// that depends on what is not known is not denied.
func Denied(t T, e Decider, r world.Request) {
	t.Helper()
	if d := decide(t, e, r); d.Allowed() || d.Outcome == eval.Conditional {
		t.Errorf("%s is %s, want denied\n%s", requestText(r), d.Outcome, explain(d))
	}
}

// DeniedBy fails the test unless a request is denied, and for that reason:
// explicitly by a statement of the layer with that Sid, or, with an empty sid,
// because no policy of the layer allows it.
func DeniedBy(t T, e Decider, r world.Request, layer eval.Reason, sid string) {
	t.Helper()
	d := decide(t, e, r)
	if !deniedBy(d, layer, sid) {
		t.Errorf("%s is %s by %s, want it denied by %s\n%s", requestText(r), d.Outcome, d.Reason, reasonText(layer, sid), explain(d))
	}
}

func deniedBy(d eval.Decision, layer eval.Reason, sid string) bool {
	if sid == "" {
		return d.Outcome == eval.ImplicitDeny && (d.Reason == layer || d.BlockedBy.Has(layer))
	}
	for m := range d.Matched() {
		if d.Outcome == eval.ExplicitDeny && m.Layer == layer && m.Statement.Sid == sid {
			return true
		}
	}
	return false
}

func reasonText(layer eval.Reason, sid string) string {
	if sid == "" {
		return layer.String()
	}
	return fmt.Sprintf("%q of %s", sid, layer)
}

func decide(t T, e Decider, r world.Request) eval.Decision {
	t.Helper()
	d, err := e.Evaluate(r)
	if err != nil {
		t.Fatalf("%s: %v", requestText(r), err)
	}
	return d
}

func requestText(r world.Request) string {
	resource := r.Resource
	if resource == "" {
		resource = "*"
	}
	return fmt.Sprintf("%s by %s on %s", r.Action, r.Principal, resource)
}

// CanAssume fails the test unless the answer is yes.
func CanAssume(t T, e Assumer, q reach.Question) {
	t.Helper()
	if a := ask(t, e, q); a.Verdict != reach.Yes {
		t.Errorf("can %s assume %s? %s, want yes\n%s", q.From, q.To, a.Verdict, explainAnswer(a))
	}
}

// CannotAssume fails the test unless the answer is no.
func CannotAssume(t T, e Assumer, q reach.Question) {
	t.Helper()
	if a := ask(t, e, q); a.Verdict != reach.No {
		t.Errorf("can %s assume %s? %s, want no\n%s", q.From, q.To, a.Verdict, explainAnswer(a))
	}
}

// CannotAssumeBy fails the test unless the answer is no, for a reason as in
// [DeniedBy].
func CannotAssumeBy(t T, e Assumer, q reach.Question, layer eval.Reason, sid string) {
	t.Helper()
	a := ask(t, e, q)
	refused, _ := a.Hops[len(a.Hops)-1].Deciding()
	if a.Verdict != reach.No || refused.Action == "" || !deniedBy(refused.Decision, layer, sid) {
		t.Errorf("can %s assume %s? %s, want no by %s\n%s", q.From, q.To, a.Verdict, reasonText(layer, sid), explainAnswer(a))
	}
}

// CanAssumeIf fails the test unless the answer is conditional and hinges on
// just these condition keys, in whatever order and case.
func CanAssumeIf(t T, e Assumer, q reach.Question, keys ...string) {
	t.Helper()
	a := ask(t, e, q)
	var got []string
	for i := range a.Hops {
		for _, c := range a.Hops[i].Conditions() {
			got = append(got, c.Key)
		}
	}
	if got, want := folded(got), folded(keys); a.Verdict != reach.Conditional || !slices.Equal(got, want) {
		t.Errorf("can %s assume %s? %s, hinging on %q; want it to hinge on %q\n%s", q.From, q.To, a.Verdict, got, want, explainAnswer(a))
	}
}

// folded gives the keys in lower case, sorted, each once.
func folded(keys []string) []string {
	list := make([]string, len(keys))
	for i, k := range keys {
		list[i] = strings.ToLower(k)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func ask(t T, e Assumer, q reach.Question) reach.Answer {
	t.Helper()
	a, err := e.CanAssume(q)
	if err != nil {
		t.Fatalf("can %s assume %s? %v", q.From, q.To, err)
	}
	return a
}

// explain says why a decision is what it is.
func explain(d eval.Decision) string {
	var text strings.Builder
	out := bufio.NewWriter(&text)
	if message := d.Message(); message != "" {
		fmt.Fprintln(out, "  "+message)
	}
	for m := range d.Matched() {
		writeStatement(out, m.Layer.String()+" "+strings.ToLower(m.Statement.Effect.String()), m.Statement)
	}
	x := d.Explain()
	for _, v := range x.Nearest() {
		writeStatement(out, "nearest", v.Statement)
	}
	if missing := x.MissingKeys(); len(missing) > 0 {
		fmt.Fprintln(out, "  the request lacks "+strings.Join(missing, ", "))
	}
	_ = out.Flush() // to memory
	return text.String()
}

func writeStatement(out *bufio.Writer, what string, s policy.StatementRef) {
	const mostLines = 12
	fmt.Fprintf(out, "  %s %q at %s\n", what, s.Sid, s.Place())
	diag.Excerpt(out, s.Source, s.Span, mostLines, diag.Style{})
}

// explainAnswer says why an answer is what it is, call by call.
func explainAnswer(a reach.Answer) string {
	var text strings.Builder
	for i := range a.Hops {
		h := &a.Hops[i]
		fmt.Fprintf(&text, "  %s -> %s: %s\n", h.From, h.To, h.Verdict)
		if h.Refusal != "" {
			fmt.Fprintf(&text, "  %s\n", h.Refusal)
		}
		for _, way := range h.Alternatives {
			fmt.Fprintf(&text, "  if %s\n", way)
		}
		if h.Verdict == reach.Conditional {
			continue
		}
		for _, asked := range h.Asked {
			text.WriteString(explain(asked.Decision))
		}
	}
	return text.String()
}
