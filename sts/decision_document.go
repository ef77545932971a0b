package sts

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/policy/eval"
	"github.com/rolecall/rolecall/principal"
)

// The document of a decoded authorization message (STS-136). Lists are objects
// with items, and booleans are JSON's, although the API page shows strings.
type (
	decisionJSON struct {
		Allowed           bool                 `json:"allowed"`
		ExplicitDeny      bool                 `json:"explicitDeny"`
		MatchedStatements items[statementJSON] `json:"matchedStatements"`
		Failures          items[valueJSON]     `json:"failures"`
		Context           contextJSON          `json:"context"`
	}
	statementJSON struct {
		ID              string               `json:"statementId"`
		Effect          string               `json:"effect"`
		Principals      items[valueJSON]     `json:"principals"`
		PrincipalGroups items[valueJSON]     `json:"principalGroups"`
		Actions         items[valueJSON]     `json:"actions"`
		NotActions      *items[valueJSON]    `json:"notActions,omitempty"`
		Resources       items[valueJSON]     `json:"resources"`
		NotResources    *items[valueJSON]    `json:"notResources,omitempty"`
		Conditions      items[conditionJSON] `json:"conditions"`
	}
	contextJSON struct {
		Principal  principalJSON        `json:"principal"`
		Action     string               `json:"action"`
		Resource   string               `json:"resource"`
		Conditions items[conditionJSON] `json:"conditions"`
	}
	principalJSON struct {
		ID   string `json:"id"`
		Name string `json:"name,omitempty"`
		ARN  string `json:"arn"`
	}
	conditionJSON struct {
		Key    string           `json:"key"`
		Values items[valueJSON] `json:"values"`
	}
	valueJSON struct {
		Value string `json:"value"`
	}
	items[T any] struct {
		Items []T `json:"items"`
	}
)

// decisionDocument writes the document of a decision, in one line.
func decisionDocument(d eval.Decision) ([]byte, error) {
	r := d.Request()
	query, caller := r.Query(), r.Caller()
	id, _ := r.Context().Text("aws:userid")
	document := decisionJSON{
		Allowed: d.Allowed(), ExplicitDeny: d.Outcome == eval.ExplicitDeny,
		MatchedStatements: items[statementJSON]{[]statementJSON{}}, Failures: values(),
		Context: contextJSON{
			Principal: principalJSON{ID: id, ARN: caller.Name}, Action: query.Action, Resource: query.Resource,
			Conditions: contextConditions(r.Context()),
		},
	}
	if caller.Kind == principal.User {
		document.Context.Principal.Name = caller.UserName
	}
	owner, _, _ := strings.Cut(id, ":")
	for m := range d.Matched() {
		document.MatchedStatements.Items = append(document.MatchedStatements.Items, statementOf(m.Statement, owner))
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(document); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// statementOf shows a statement as it is written; owner is the id of the
// principal that it concerns.
func statementOf(ref policy.StatementRef, owner string) statementJSON {
	s := &ref.Policy.Document.Statements[ref.Index]
	shown := statementJSON{
		ID: ref.Sid, Effect: strings.ToUpper(ref.Effect.String()), Principals: values(owner), PrincipalGroups: values(),
		Actions: values(), Resources: values(), Conditions: items[conditionJSON]{[]conditionJSON{}},
	}
	actions := texts(s.Action.Items)
	if s.Action.Not {
		shown.NotActions = &actions
	} else {
		shown.Actions = actions
	}
	if s.Resource != nil {
		resources := texts(s.Resource.Items)
		if s.Resource.Not {
			shown.NotResources = &resources
		} else {
			shown.Resources = resources
		}
	}
	for _, operator := range s.Condition {
		for _, key := range operator.Keys {
			shown.Conditions.Items = append(shown.Conditions.Items, conditionJSON{key.Name.Value, texts(key.Values)})
		}
	}
	return shown
}

// contextConditions shows the condition keys of a request that have values.
func contextConditions(c *conditions.Context) items[conditionJSON] {
	list := items[conditionJSON]{[]conditionJSON{}}
	for key, seen := range c.All() {
		if !seen.Missing && !seen.Open {
			list.Items = append(list.Items, conditionJSON{key.String(), values(seen.Values...)})
		}
	}
	return list
}

func values(list ...string) items[valueJSON] {
	shown := make([]valueJSON, len(list))
	for i, v := range list {
		shown[i].Value = v
	}
	return items[valueJSON]{shown}
}

func texts(list []policy.Text) items[valueJSON] {
	shown := make([]valueJSON, len(list))
	for i, v := range list {
		shown[i].Value = v.Value
	}
	return items[valueJSON]{shown}
}
