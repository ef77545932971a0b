package scenario

import (
	"errors"
	"fmt"
	"strings"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/internal/jsonpos"
	"github.com/rolecall/rolecall/policy/eval"
	"github.com/rolecall/rolecall/reach"
)

// expectation is the reason that is expected of a decision or a failure. Empty
// fields expect nothing.
type expectation struct {
	// decision is an outcome of eval, layer the reason that decides.
	decision, layer string
	// sid and policy name a statement that decides.
	sid, policy string
	message     string
	// code and action are those of a call of STS that fails.
	code, action string
	at           place
}

var reasonFields = []field[expectation]{
	{"decision", func(r *reader, v jsonpos.Value, e *expectation) { e.decision = r.oneOf(v, "decision", decisions) }},
	{"layer", func(r *reader, v jsonpos.Value, e *expectation) { e.layer = r.oneOf(v, "layer", layers) }},
	{"sid", func(r *reader, v jsonpos.Value, e *expectation) { e.sid = r.text(v, "sid") }},
	{"policy", func(r *reader, v jsonpos.Value, e *expectation) { e.policy = r.text(v, "policy") }},
	{"message", func(r *reader, v jsonpos.Value, e *expectation) { e.message = r.text(v, "message") }},
}

var failureFields = append([]field[expectation]{
	{"code", func(r *reader, v jsonpos.Value, e *expectation) { e.code = r.text(v, "code") }},
	{"action", func(r *reader, v jsonpos.Value, e *expectation) { e.action = r.text(v, "action") }},
}, reasonFields...)

var decisions = []string{eval.ExplicitDeny.String(), eval.ImplicitDeny.String(), eval.Allowed.String()}

// layers are the reasons by name. The resource policy of a role is its trust
// policy, and may be called so.
var layers = func() []string {
	names := []string{layerTrust}
	for reason := eval.BySCP; reason <= eval.ByProtection; reason++ {
		names = append(names, reason.String())
	}
	return names
}()

const layerTrust = "trust"

func (r *reader) oneOf(v jsonpos.Value, what string, values []string) string {
	text := r.text(v, what)
	for _, value := range values {
		if value == text {
			return text
		}
	}
	r.refuse(CodeBadValue, placeOf(v), fmt.Sprintf("%s cannot be %q", what, diag.Clip(text, 100)),
		diag.DidYouMean(text, values, "it is one of "+strings.Join(values, ", ")))
	return ""
}

// expectation reads a reason: a mapping, or in short a layer or, of a call that
// fails, an error code.
func (r *reader) expectation(v jsonpos.Value, what string, failure bool) *expectation {
	e := &expectation{at: placeOf(v)}
	switch {
	case v.Kind() == jsonpos.Object && failure:
		object(r, v, what, failureFields, e)
	case v.Kind() == jsonpos.Object:
		object(r, v, what, reasonFields, e)
	case failure:
		e.code = r.text(v, what)
	default:
		e.layer = r.oneOf(v, what, layers)
	}
	return e
}

// mismatch tells what of a decision is not as expected; empty if all is.
func (e *expectation) mismatch(d eval.Decision) (expected, got string) {
	layer := e.layer
	if layer == layerTrust {
		layer = eval.ByResource.String()
	}
	switch {
	case e.decision != "" && e.decision != d.Outcome.String():
		return e.decision, d.Outcome.String()
	case layer != "" && layer != d.Reason.String():
		return "decided by the layer " + e.layer, "decided by the layer " + d.Reason.String()
	case e.sid != "" || e.policy != "":
		return e.statement(d)
	case e.message != "" && !strings.Contains(d.Message(), e.message):
		return fmt.Sprintf("a message with %q", e.message), d.Message()
	}
	return "", ""
}

// statement looks for the expected statement among those that decide.
func (e *expectation) statement(d eval.Decision) (expected, got string) {
	var names []string
	for m := range d.Matched() {
		s := m.Statement
		if (e.sid == "" || e.sid == s.Sid) && (e.policy == "" || e.policy == s.Policy.Name) {
			return "", ""
		}
		if s.Place() == "" { // part of the program
			continue
		}
		name := s.Sid
		if name == "" {
			name = fmt.Sprintf("#%d", s.Index)
		}
		names = append(names, name+" of "+s.Policy.Name)
	}
	expected = "decided by a statement"
	if e.sid != "" {
		expected += fmt.Sprintf(" %q", e.sid)
	}
	if e.policy != "" {
		expected += " of the policy " + e.policy
	}
	if len(names) == 0 {
		return expected, "no statement decides"
	}
	return expected, "decided by " + strings.Join(names, ", ")
}

// refuseName tells that a name is not that of one thing in the world.
func (r *reader) refuseName(at place, err error) {
	hint := ""
	var name *reach.NameError
	if errors.As(err, &name) {
		switch {
		case name.Suggestion != "":
			hint = fmt.Sprintf("did you mean %q?", name.Suggestion)
		case len(name.Candidates) > 0:
			hint = "name one of them: " + strings.Join(name.Candidates, ", ")
		default:
			hint = "names are ARNs, NAME or ACCOUNT/NAME"
		}
	}
	r.refuse(CodeUnknownName, at, err.Error(), hint)
}
