package simulator

import (
	"strings"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/policy/eval"
)

// decide decides on one action and one resource.
func (s *simulation) decide(action, resource string) (EvaluationResult, error) {
	if strings.ContainsAny(action, "*?") {
		return EvaluationResult{}, invalidInput("The action " + diag.Clip(action, clip) + " has a wildcard; name one action.")
	}
	request, policies, err := s.request(action, resource)
	if err != nil {
		return EvaluationResult{}, invalidInput("Cannot simulate " + diag.Clip(action, clip) + " on " + diag.Clip(resource, clip) + ": " + err.Error())
	}
	e, err := eval.Explain(request, policies)
	if err != nil {
		return EvaluationResult{}, invalidInput(err.Error())
	}
	r := EvaluationResult{
		EvalActionName: action, EvalResourceName: resource, EvalDecision: decision(e.Decision),
		MatchedStatements: matched(e.Decision), MissingContextValues: append([]string{}, e.MissingKeys()...),
	}
	if s.about != nil {
		blocked := e.Decision.BlockedBy
		r.OrganizationsDecisionDetail = &OrganizationsDecisionDetail{!blocked.Has(eval.BySCP) && !blocked.Has(eval.ByRCP)}
	}
	if policies.Boundary != nil {
		r.PermissionsBoundaryDecisionDetail = &PermissionsBoundaryDecisionDetail{!e.Decision.BlockedBy.Has(eval.ByBoundary)}
	}
	if resource == "*" {
		return r, nil
	}
	r.EvalDecisionDetails = details(&e)
	r.ResourceSpecificResults = []ResourceSpecificResult{{
		EvalResourceName: resource, EvalResourceDecision: r.EvalDecision, MatchedStatements: r.MatchedStatements,
		MissingContextValues: r.MissingContextValues, PermissionsBoundaryDecisionDetail: r.PermissionsBoundaryDecisionDetail,
	}}
	return r, nil
}

// decision gives the word for a decision. One that is not a clear yes refuses.
func decision(d eval.Decision) string {
	if d.Outcome == eval.Conditional {
		return eval.ImplicitDeny.String()
	}
	return d.Outcome.String()
}

// policyTypes are the words for the layers whose statements are shown.
var policyTypes = map[eval.Reason]string{
	eval.ByIdentity: "IAM Policy",
	eval.ByBoundary: "Permissions Boundary Policy",
	eval.ByResource: "Resource Policy",
}

// matched gives the statements behind a decision. Those of SCPs and RCPs are
// the organization's, which AWS does not show.
func matched(d eval.Decision) []Statement {
	list := []Statement{}
	if d.Outcome == eval.Conditional {
		return list
	}
	for m := range d.Matched() {
		kind, shown := policyTypes[m.Layer]
		if !shown {
			continue
		}
		ref := &m.Statement
		list = append(list, Statement{
			SourcePolicyId: ref.Policy.Name, SourcePolicyType: kind,
			StartPosition: behind(ref, ref.Span.Start), EndPosition: behind(ref, ref.Span.End-1),
		})
	}
	return list
}

// behind gives the place behind the character at an offset.
func behind(ref *policy.StatementRef, offset int) Position {
	if ref.Source == nil {
		return Position{}
	}
	at := ref.Source.Position(offset)
	return Position{Line: int32(at.Line), Column: int32(at.Column) + 1}
}

// details says what each type of policy says across accounts. It is absent
// where an SCP denied.
func details(e *eval.Explanation) map[string]string {
	d := e.Decision
	if d.BlockedBy.Has(eval.BySCP) {
		return nil
	}
	list := map[string]string{}
	if !d.CrossAccount() {
		return list
	}
	for i := range e.Layers {
		layer := &e.Layers[i]
		if kind, shown := policyTypes[layer.Name]; shown && layer.Skipped == "" {
			list[kind] = says(layer.Statements).String()
		}
	}
	return list
}

// says gives what the statements of a layer say by themselves.
func says(statements []policy.Verdict) eval.Outcome {
	outcome := eval.ImplicitDeny
	for i := range statements {
		v := &statements[i]
		if v.Applies != conditions.True {
			continue
		}
		if v.Statement.Effect == policy.Deny {
			return eval.ExplicitDeny
		}
		outcome = eval.Allowed
	}
	return outcome
}
