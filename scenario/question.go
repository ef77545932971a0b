package scenario

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/internal/jsonpos"
	"github.com/rolecall/rolecall/reach"
)

// question asks whether somebody can assume a role, with what is expected.
type question struct {
	reach.Question
	at place
	// allowed tells that the answer should be yes, or conditional if there are
	// conditions.
	allowed bool
	// conditions are the keys that the answer should hinge on, each with its
	// values if some are given.
	conditions []condition
	hinges     bool
	// through are the ARNs of the roles that should lie on the way.
	through []string
	because *expectation
}

type condition struct {
	key    string
	values []string
}

// questionDraft is an item of can-assume or cannot-assume.
type questionDraft struct {
	role, hops, through, hinge, context, externalID, mfa, because jsonpos.Value
}

var questionFields = []field[questionDraft]{
	keep("role", func(d *questionDraft) *jsonpos.Value { return &d.role }),
	keep("hops", func(d *questionDraft) *jsonpos.Value { return &d.hops }),
	keep("through", func(d *questionDraft) *jsonpos.Value { return &d.through }),
	keep("if", func(d *questionDraft) *jsonpos.Value { return &d.hinge }),
	keep("context", func(d *questionDraft) *jsonpos.Value { return &d.context }),
	keep("external-id", func(d *questionDraft) *jsonpos.Value { return &d.externalID }),
	keep("mfa", func(d *questionDraft) *jsonpos.Value { return &d.mfa }),
	keep("because", func(d *questionDraft) *jsonpos.Value { return &d.because }),
}

func (r *reader) questions(t *Test, d *testDraft, caller string) {
	if caller == "" {
		r.refuse(CodeMissing, t.at, "the test does not say who asks", "as: names a user, a role, a service or oidc:HOST")
		return
	}
	for _, side := range []struct {
		v       jsonpos.Value
		allowed bool
	}{{d.canAssume, true}, {d.cannotAssume, false}} {
		if !side.v.Exists() {
			continue
		}
		for _, item := range r.items(side.v) {
			q := question{at: placeOf(item), allowed: side.allowed}
			q.From, q.Call = caller, reach.Call{Context: t.context, Time: t.now}
			r.question(item, &q)
			r.askable(&q, t.at, d.as)
			t.questions = append(t.questions, q)
		}
	}
}

// question reads a role with what is known and expected, or the role alone.
func (r *reader) question(v jsonpos.Value, q *question) {
	d := questionDraft{role: v}
	if v.Kind() == jsonpos.Object {
		d.role = jsonpos.Value{}
		object(r, v, "an item of can-assume or cannot-assume", questionFields, &d)
		if !d.role.Exists() {
			r.refuse(CodeMissing, placeOf(v), "the item names no role", "")
			return
		}
	}
	q.To = r.roleARN(d.role)
	if d.hops.Exists() {
		q.Hops = r.number(d.hops, "hops", 1, reach.MaxHops)
	}
	if d.through.Exists() {
		for _, item := range r.items(d.through) {
			q.through = append(q.through, r.roleARN(item))
		}
		q.Hops = max(q.Hops, len(q.through)+1)
	}
	if d.context.Exists() {
		q.Call.Context = over(q.Call.Context, r.context(d.context))
	}
	if d.externalID.Exists() {
		q.give("sts:ExternalId", r.text(d.externalID, "external-id"))
	}
	if d.mfa.Exists() {
		q.give("aws:MultiFactorAuthPresent", fmt.Sprint(r.boolean(d.mfa, "mfa")))
	}
	if d.because.Exists() {
		q.because = r.expectation(d.because, "because", false)
	}
	r.hinge(d.hinge, q)
}

func (q *question) give(key, value string) {
	q.Call.Context = q.Call.Context.With(conditions.NewKey(key), conditions.Seen{Values: []string{value}})
}

func (r *reader) roleARN(v jsonpos.Value) string {
	role, err := r.suite.finder.Role(r.text(v, "role"))
	if err != nil {
		r.refuseName(placeOf(v), err)
		return ""
	}
	return role.ARN()
}

// hinge reads the conditions that an answer should hinge on: keys with values,
// or a list of keys.
func (r *reader) hinge(v jsonpos.Value, q *question) {
	if !v.Exists() {
		return
	}
	q.hinges = true
	if !q.allowed {
		r.refuse(CodeConflict, placeOf(v), "if belongs to can-assume", "")
	}
	if v.Kind() != jsonpos.Object {
		for _, key := range r.texts(v, "a condition key") {
			q.conditions = append(q.conditions, condition{key: key})
		}
		return
	}
	for m := range r.members(v, "if") {
		q.conditions = append(q.conditions, condition{m.Key, r.texts(m.Value, "a value of if")})
	}
}

// askable refuses a caller that the world does not know. An issuer is looked
// for in the role's account, and may be unknown.
func (r *reader) askable(q *question, at place, as jsonpos.Value) {
	if strings.HasPrefix(q.From, "oidc:") {
		return
	}
	if as.Exists() {
		at = placeOf(as)
	}
	if _, err := r.suite.finder.Principal(q.From); err != nil {
		r.refuseName(at, err)
	}
}

// ask answers the question and compares.
func (q *question) ask(f *reach.Finder) (reach.Answer, *Failure) {
	answer, err := f.CanAssume(q.Question)
	fail := &Failure{at: q.at, Check: fmt.Sprintf("%s assumes %s", q.From, shortRole(q.To))}
	if err != nil {
		fail.Got = err.Error()
		return answer, fail
	}
	fail.answer = &answer
	want := reach.No
	switch {
	case q.allowed && q.hinges:
		want = reach.Conditional
	case q.allowed:
		want = reach.Yes
	}
	if answer.Verdict != want {
		fail.Expected, fail.Got = want.String(), q.describe(&answer)
		return answer, fail
	}
	for _, differs := range []func(*reach.Answer) (string, string){q.otherWay, q.otherConditions, q.otherReason} {
		if fail.Expected, fail.Got = differs(&answer); fail.Expected != "" {
			return answer, fail
		}
	}
	return answer, nil
}

// describe gives the verdict, and of a conditional one what it hinges on.
func (q *question) describe(a *reach.Answer) string {
	if a.Verdict != reach.Conditional {
		return a.Verdict.String()
	}
	var list []string
	for _, c := range conditionsOf(a) {
		list = append(list, c.String())
	}
	return "conditional, on " + strings.Join(list, " and ")
}

func conditionsOf(a *reach.Answer) []reach.Condition {
	var list []reach.Condition
	for i := range a.Hops {
		list = append(list, a.Hops[i].Conditions()...)
	}
	return list
}

func (q *question) otherWay(a *reach.Answer) (expected, got string) {
	if q.through == nil {
		return "", ""
	}
	var way []string
	for i := range a.Hops[:len(a.Hops)-1] {
		way = append(way, a.Hops[i].To)
	}
	if slices.Equal(way, q.through) {
		return "", ""
	}
	return "through " + shortRoles(q.through), "through " + shortRoles(way)
}

// otherConditions compares the keys that the answer hinges on, and their values
// where some are expected.
func (q *question) otherConditions(a *reach.Answer) (expected, got string) {
	if !q.hinges {
		return "", ""
	}
	var keys, want []string
	found := conditionsOf(a)
	for _, c := range found {
		keys = append(keys, strings.ToLower(c.Key))
	}
	for _, c := range q.conditions {
		want = append(want, strings.ToLower(c.key))
	}
	slices.Sort(keys)
	slices.Sort(want)
	if !slices.Equal(slices.Compact(keys), slices.Compact(want)) {
		return "conditional on " + joined(want), q.describe(a)
	}
	for _, c := range q.conditions {
		same := func(f reach.Condition) bool {
			return strings.EqualFold(f.Key, c.key) && slices.Equal(f.Values, c.values)
		}
		if c.values != nil && !slices.ContainsFunc(found, same) {
			return fmt.Sprintf("conditional on %s %s", c.key, joined(c.values)), q.describe(a)
		}
	}
	return "", ""
}

func (q *question) otherReason(a *reach.Answer) (expected, got string) {
	if q.because == nil {
		return "", ""
	}
	hop := &a.Hops[len(a.Hops)-1]
	asked, ok := hop.Deciding()
	if !ok && len(hop.Asked) > 0 {
		asked = hop.Asked[0]
	} else if !ok {
		return "a decision of the policies", hop.Refusal
	}
	return q.because.mismatch(asked.Decision)
}

func joined(list []string) string {
	if len(list) == 0 {
		return "nothing"
	}
	return strings.Join(list, ", ")
}

// shortRole gives an ARN without what all of them begin with.
func shortRole(arn string) string {
	_, rest, _ := strings.Cut(arn, ":iam::")
	return strings.Replace(rest, ":role/", "/", 1)
}

func shortRoles(arns []string) string {
	short := make([]string, len(arns))
	for i, arn := range arns {
		short[i] = shortRole(arn)
	}
	return joined(short)
}
