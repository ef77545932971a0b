package main

import (
	"encoding/json"
	"io"

	"github.com/rolecall/rolecall/policy/eval"
	"github.com/rolecall/rolecall/reach"
)

// answerJSON is the answer of can-assume as it is printed.
type answerJSON struct {
	Verdict string `json:"verdict"`
	// Reason is of a no what decides, in the words of rolecall eval; "refused"
	// stands for what no policy is asked about.
	Reason  string `json:"reason,omitempty"`
	Message string `json:"message,omitempty"`
	// BlockedBy is all that stands in the way.
	BlockedBy []string            `json:"blockedBy,omitempty"`
	Matched   []statementJSON     `json:"matched,omitempty"`
	Hops      []hopJSON           `json:"hops"`
	Residual  []reach.Condition   `json:"residual"`
	Ways      []reach.Alternative `json:"alternatives,omitempty"`
}

type hopJSON struct {
	From            string            `json:"from"`
	To              string            `json:"to"`
	Verdict         string            `json:"verdict"`
	Actions         []askedJSON       `json:"actions"`
	Residual        []reach.Condition `json:"residual"`
	DurationSeconds int               `json:"maxDurationSeconds"`
	SourceIdentity  string            `json:"sourceIdentity,omitempty"`
	TransitiveTags  map[string]string `json:"transitiveTags,omitempty"`
}

type askedJSON struct {
	Action   string          `json:"action"`
	Decision string          `json:"decision"`
	Reason   string          `json:"reason"`
	Matched  []statementJSON `json:"matched,omitempty"`
}

type statementJSON struct {
	Policy   string `json:"policy"`
	Sid      string `json:"sid,omitempty"`
	Effect   string `json:"effect"`
	Layer    string `json:"layer"`
	Position string `json:"position,omitempty"`
}

func statementsOf(d eval.Decision) []statementJSON {
	var list []statementJSON
	for m := range d.Matched() {
		list = append(list, statementJSON{m.Statement.Policy.Name, m.Statement.Sid, m.Statement.Effect.String(), m.Layer.String(), m.Statement.Place()})
	}
	return list
}

// writeAnswer writes an answer as one JSON object.
func writeAnswer(w io.Writer, a reach.Answer) error {
	result := answerJSON{Verdict: a.Verdict.String(), Residual: []reach.Condition{}}
	for i := range a.Hops {
		h := &a.Hops[i]
		result.Hops = append(result.Hops, newHopJSON(h))
		if h.Verdict == reach.Conditional {
			result.Residual = append(result.Residual, h.Conditions()...)
			result.Ways = h.Alternatives
		}
	}
	if len(a.Hops) > 1 || len(result.Ways) < 2 {
		result.Ways = nil // each hop has its own, or there is only one
	}
	if a.Verdict == reach.No {
		result.refused(&a.Hops[len(a.Hops)-1])
	}
	return json.NewEncoder(w).Encode(result)
}

func (r *answerJSON) refused(h *reach.Hop) {
	if h.Refusal != "" {
		r.Reason, r.Message = "refused", h.Refusal
		return
	}
	asked, _ := h.Deciding()
	d := asked.Decision
	r.Reason, r.Message, r.Matched = d.Reason.String(), d.Message(), statementsOf(d)
	if d.Outcome == eval.Conditional {
		r.Message = noValues(asked)
	}
	for reason := range d.BlockedBy.All() {
		r.BlockedBy = append(r.BlockedBy, reason.String())
	}
}

func newHopJSON(h *reach.Hop) hopJSON {
	result := hopJSON{
		From: h.From, To: h.To, Verdict: h.Verdict.String(), Actions: []askedJSON{}, Residual: h.Conditions(),
		DurationSeconds: int(h.Session.MaxDuration.Seconds()), SourceIdentity: h.Session.SourceIdentity,
	}
	for _, a := range h.Asked {
		result.Actions = append(result.Actions, askedJSON{a.Action, a.Decision.Outcome.String(), a.Decision.Reason.String(), statementsOf(a.Decision)})
	}
	for _, t := range h.Session.Transitive {
		if result.TransitiveTags == nil {
			result.TransitiveTags = map[string]string{}
		}
		result.TransitiveTags[t.Key] = t.Value
	}
	return result
}
