package scenario

import (
	"slices"
	"strings"
	"time"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/policy/eval"
	"github.com/rolecall/rolecall/sts"
)

// The values that assertions see. docs/test-format.md lists them.

type statementValue struct {
	Sid    string `cel:"sid"`
	Policy string `cel:"policy"`
	Effect string `cel:"effect"`
	Layer  string `cel:"layer"`
	Place  string `cel:"place"`
}

type decisionValue struct {
	Allowed      bool             `cel:"allowed"`
	Outcome      string           `cel:"outcome"`
	Layer        string           `cel:"layer"`
	BlockedBy    []string         `cel:"blockedBy"`
	Matched      []statementValue `cel:"matched"`
	Message      string           `cel:"message"`
	CrossAccount bool             `cel:"crossAccount"`
}

type conditionValue struct {
	Operator string   `cel:"operator"`
	Key      string   `cel:"key"`
	Values   []string `cel:"values"`
	Seen     []string `cel:"seen"`
	Missing  bool     `cel:"missing"`
	Holds    bool     `cel:"holds"`
}

type verdictValue struct {
	Sid        string           `cel:"sid"`
	Policy     string           `cel:"policy"`
	Effect     string           `cel:"effect"`
	Layer      string           `cel:"layer"`
	Applies    bool             `cel:"applies"`
	Action     bool             `cel:"action"`
	Resource   bool             `cel:"resource"`
	Principal  bool             `cel:"principal"`
	Conditions []conditionValue `cel:"conditions"`
}

type explanationValue struct {
	MissingKeys []string       `cel:"missingKeys"`
	Statements  []verdictValue `cel:"statements"`
	Nearest     []verdictValue `cel:"nearest"`
}

type sessionValue struct {
	Arn            string            `cel:"arn"`
	Account        string            `cel:"account"`
	Role           string            `cel:"role"`
	Name           string            `cel:"name"`
	SourceIdentity string            `cel:"sourceIdentity"`
	Duration       time.Duration     `cel:"duration"`
	Expires        time.Time         `cel:"expires"`
	Tags           map[string]string `cel:"tags"`
}

func newDecisionValue(d *eval.Decision) decisionValue {
	if d == nil {
		return decisionValue{}
	}
	v := decisionValue{
		Allowed: d.Allowed(), Outcome: d.Outcome.String(), Layer: d.Reason.String(), Message: d.Message(), CrossAccount: d.CrossAccount(),
	}
	for reason := range d.BlockedBy.All() {
		v.BlockedBy = append(v.BlockedBy, reason.String())
	}
	for m := range d.Matched() {
		s := m.Statement
		v.Matched = append(v.Matched, statementValue{s.Sid, s.Policy.Name, s.Effect.String(), m.Layer.String(), s.Place()})
	}
	return v
}

func newExplanationValue(d *eval.Decision) explanationValue {
	if d == nil {
		return explanationValue{}
	}
	x := d.Explain()
	v := explanationValue{MissingKeys: x.MissingKeys()}
	for i := range x.Layers {
		for verdict := range x.Layers[i].All() {
			v.Statements = append(v.Statements, newVerdictValue(x.Layers[i].Name, verdict))
		}
	}
	for _, verdict := range x.Nearest() {
		v.Nearest = append(v.Nearest, newVerdictValue(d.Reason, verdict))
	}
	return v
}

func newVerdictValue(layer eval.Reason, v policy.Verdict) verdictValue {
	s := v.Statement
	value := verdictValue{
		Sid: s.Sid, Policy: s.Policy.Name, Effect: s.Effect.String(), Layer: layer.String(), Applies: v.Applies == conditions.True,
		Action: v.Action.Matches == conditions.True, Resource: v.Resource.Matches == conditions.True, Principal: !v.HasPrincipal || v.Principal != 0,
	}
	for _, c := range v.Conditions {
		value.Conditions = append(value.Conditions, conditionValue{
			c.Test.Operator().String(), c.Test.Key().String(), c.Test.Values(), c.Seen.Values, c.Seen.Missing, c.Result == conditions.True,
		})
	}
	return value
}

// session is what the calls of a test gave.
type session struct {
	caller  *sts.Caller
	calling *calling
	value   sessionValue
}

// newSession takes a session's keys from the context of a request that it
// makes.
func newSession(caller *sts.Caller, d eval.Decision, now time.Time) *session {
	s := &session{caller: caller, value: sessionValue{Arn: caller.ARN(), Account: caller.Account(), Tags: map[string]string{}}}
	s.value.Expires, _ = caller.Expiration()
	s.value.Duration = s.value.Expires.Sub(now)
	if resource := strings.Split(s.value.Arn, "/"); len(resource) > 2 && strings.Contains(s.value.Arn, ":assumed-role/") {
		s.value.Role, s.value.Name = resource[1], resource[2]
	}
	ctx := d.Request().Context()
	s.value.SourceIdentity, _ = ctx.Text("aws:SourceIdentity")
	const tag = "aws:PrincipalTag/"
	for key, seen := range ctx.All() {
		if name := key.String(); strings.HasPrefix(name, tag) && len(seen.Values) == 1 {
			s.value.Tags[name[len(tag):]] = seen.Values[0]
		}
	}
	return s
}

func (s *session) of() sessionValue {
	if s == nil {
		return sessionValue{Tags: map[string]string{}}
	}
	return s.value
}

// rowValue gives the row of a matrix as assertions see it.
func rowValue(w row) map[string]string {
	value := make(map[string]string, len(w))
	for _, p := range slices.Backward(w) {
		value[p.key] = p.value
	}
	return value
}
