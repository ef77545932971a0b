package cases

import (
	"bytes"
	"encoding/json"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/policy/eval"
)

// The JSON form of an explanation.
type (
	explanationJSON struct {
		Message      string      `json:"message,omitempty"`
		CrossAccount bool        `json:"crossAccount"`
		MissingKeys  []string    `json:"missingKeys"`
		Layers       []layerJSON `json:"layers"`
	}
	layerJSON struct {
		Layer      string          `json:"layer"`
		Level      int             `json:"level"`
		Skipped    string          `json:"skipped,omitempty"`
		Statements []statementJSON `json:"statements"`
	}
	statementJSON struct {
		Policy     string          `json:"policy"`
		Index      int             `json:"index"`
		Sid        string          `json:"sid"`
		Effect     string          `json:"effect"`
		Position   string          `json:"position"`
		Applies    string          `json:"applies"`
		Principal  string          `json:"principal,omitempty"`
		Action     partJSON        `json:"action"`
		Resource   partJSON        `json:"resource"`
		Conditions []conditionJSON `json:"conditions"`
	}
	partJSON struct {
		Matches string `json:"matches"`
		Not     bool   `json:"not,omitempty"`
		Item    string `json:"item,omitempty"`
	}
	conditionJSON struct {
		Operator string   `json:"operator"`
		Key      string   `json:"key"`
		Values   []string `json:"values"`
		// Seen is null for a key that the request lacks.
		Seen        []string `json:"seen"`
		Multivalued bool     `json:"multivalued,omitempty"`
		Open        bool     `json:"open,omitempty"`
		Result      string   `json:"result"`
		Note        string   `json:"note,omitempty"`
	}
)

func appendExplanation(dst []byte, e *eval.Explanation) []byte {
	out := explanationJSON{
		Message:      e.Decision.Message(),
		CrossAccount: e.Decision.CrossAccount(),
		MissingKeys:  append([]string{}, e.MissingKeys()...),
		Layers:       []layerJSON{},
	}
	for i := range e.Layers {
		l := &e.Layers[i]
		layer := layerJSON{Layer: l.Name.String(), Level: l.Level, Skipped: l.Skipped, Statements: []statementJSON{}}
		for v := range l.All() {
			layer.Statements = append(layer.Statements, newStatementJSON(&v))
		}
		out.Layers = append(out.Layers, layer)
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(out); err != nil {
		panic(err) // strings, numbers and booleans always marshal
	}
	return append(dst, bytes.TrimSpace(text.Bytes())...)
}

func newStatementJSON(v *policy.Verdict) statementJSON {
	s := statementJSON{
		Policy: v.Statement.Policy.Name, Index: v.Statement.Index, Sid: v.Statement.Sid,
		Effect: v.Statement.Effect.String(), Position: v.Statement.Position().String(),
		Applies: v.Applies.String(), Action: newPartJSON(v.Action), Resource: newPartJSON(v.Resource),
		Conditions: []conditionJSON{},
	}
	if v.HasPrincipal {
		s.Principal = v.Principal.String()
	}
	for i := range v.Conditions {
		s.Conditions = append(s.Conditions, newConditionJSON(&v.Conditions[i]))
	}
	return s
}

func newPartJSON(p policy.Part) partJSON {
	return partJSON{Matches: p.Matches.String(), Not: p.Not, Item: p.Item}
}

func newConditionJSON(e *conditions.Explanation) conditionJSON {
	return conditionJSON{
		Operator: e.Test.Operator().String(), Key: e.Test.Key().String(), Values: e.Test.Values(), Seen: e.Seen.Values,
		Multivalued: e.Seen.Multivalued, Open: e.Seen.Open, Result: e.Result.String(), Note: e.Note(),
	}
}
