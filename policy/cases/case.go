// Package cases reads and decides authorization cases: one request, the
// policies in force, and the decision expected. docs/case-format.md describes
// the files.
//
// A [Reader] cuts a stream into records, however long the stream is; [Parse]
// makes a [Case] of a record; [Case.Decide] gives its [Result], which prints
// as one line of JSON. A bad record or a bad case gives a result that says
// what is wrong, and the stream goes on.
package cases

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/rolecall/rolecall/arn"
	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/internal/jsonpos"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/policy/eval"
)

// MaxBytes is the longest case that is read.
const MaxBytes = 16 << 20

// maxDepth bounds the nesting of a case, in which a policy lies four deep.
const maxDepth = 40

// Codes of diagnostics, beside those of package policy.
const (
	CodeUnknownField = "UNKNOWN_FIELD"
	CodeMissingField = "MISSING_FIELD"
	CodeBadValue     = "BAD_VALUE"
	CodeBadRequest   = "BAD_REQUEST"
)

// Options says how cases are decided.
type Options struct {
	// Time is the time of every request; see [eval.Query].
	Time time.Time
	// ProtectAWSManaged denies changes to objects that AWS owns (EV-169).
	ProtectAWSManaged bool
	// LegacyDuplicates is that of [policy.Options].
	LegacyDuplicates bool
}

// Case is one case. Problems holds all that is wrong with it; with an error
// among them only Name, Origin and Expect can be relied on.
type Case struct {
	Name string
	// Origin says where the expected decision is documented: the field source.
	Origin   string
	Query    eval.Query
	Policies eval.Policies
	Expect   *Expect
	Problems diag.List
	// Source is the text of the case.
	Source *diag.Source
}

// Expect is the decision that a case expects.
type Expect struct {
	// Decision is "allowed", "explicitDeny", "implicitDeny" or "error".
	Decision string
	// Error is text that the message of an error must contain; it may be empty.
	Error string
}

// decisions are the values of expect.decision.
var decisions = []string{eval.Allowed.String(), eval.ExplicitDeny.String(), eval.ImplicitDeny.String(), DecisionError}

// DecisionError is the decision of a case that is refused as invalid.
const DecisionError = "error"

// Parse reads the case that a source's text is.
func Parse(src *diag.Source, opts Options) *Case {
	c := &Case{Source: src}
	value, list := jsonpos.Parse(src, jsonpos.Limits{Bytes: MaxBytes, Depth: maxDepth})
	if list != nil {
		c.Problems, c.Name = list, salvageName(src.Text)
		return c
	}
	p := parser{c: c, opts: opts}
	p.parse(value)
	return c
}

type parser struct {
	c    *Case
	opts Options
}

func (p *parser) fail(code string, span diag.Span, summary, hint string) {
	p.c.Problems = append(p.c.Problems, diag.Diagnostic{
		Severity: diag.Error, Code: code, Summary: summary, Hint: hint, Source: p.c.Source, Span: span,
	})
}

// fields reads the members of an object: each by its function. Other members,
// and members that occur twice, are errors.
func (p *parser) fields(value jsonpos.Value, what string, known []string, read func(name string, v jsonpos.Value)) {
	if value.Kind() != jsonpos.Object {
		p.wrongType(value, what, "an object")
		return
	}
	for m := range value.Members() {
		switch {
		case m.Duplicate:
			p.fail(policy.CodeDuplicateKey, m.KeySpan, fmt.Sprintf("%q occurs twice", diag.Clip(m.Key, 100)), "keep one of them")
		case !contains(known, m.Key):
			hint := diag.DidYouMean(m.Key, known, "the fields are "+strings.Join(known, ", "))
			p.fail(CodeUnknownField, m.KeySpan, fmt.Sprintf("unknown field %q", diag.Clip(m.Key, 100)), hint)
		default:
			read(m.Key, m.Value)
		}
	}
}

func contains(list []string, s string) bool {
	for _, item := range list {
		if item == s {
			return true
		}
	}
	return false
}

func (p *parser) wrongType(v jsonpos.Value, what, want string) {
	p.fail(policy.CodeDataType, v.Span(), fmt.Sprintf("%s must be %s, not %s", what, want, v.Kind()), "")
}

func (p *parser) text(v jsonpos.Value, what string) string {
	if v.Kind() != jsonpos.String {
		p.wrongType(v, what, "a string")
		return ""
	}
	return v.Text()
}

var caseFields = []string{
	"name", "source", "request", "identityPolicies", "resourcePolicy", "permissionsBoundary", "sessionPolicies",
	"serviceControlPolicies", "resourceControlPolicies", "endpointPolicy", "expect",
}

// parse reads the request before the policies, wherever they stand, because
// the resource says what kind of policy the resource policy is.
func (p *parser) parse(value jsonpos.Value) {
	found := map[string]jsonpos.Value{}
	p.fields(value, "a case", caseFields, func(name string, v jsonpos.Value) { found[name] = v })
	if value.Kind() != jsonpos.Object {
		return
	}
	if v, ok := found["name"]; ok {
		p.c.Name = p.text(v, "name")
	}
	if v, ok := found["source"]; ok {
		p.c.Origin = p.text(v, "source")
	}
	if v, ok := found["expect"]; ok {
		p.expect(v)
	}
	if v, ok := found["request"]; ok {
		p.request(v)
	} else {
		p.missing(value, "request")
	}
	p.policies(found)
	p.checkWork()
	p.finish(value)
}

// finish orders the problems and tells each its path in the case.
func (p *parser) finish(value jsonpos.Value) {
	list := p.c.Problems
	if len(list) == 0 {
		return
	}
	list.Sort()
	offsets := make([]int, len(list))
	for i := range list {
		offsets[i] = list[i].Span.Start
	}
	for i, path := range value.Paths(offsets) {
		list[i].Path = path
	}
}

func (p *parser) missing(v jsonpos.Value, name string) {
	span := diag.Span{Start: v.Span().Start, End: v.Span().Start + 1}
	p.fail(CodeMissingField, span, "the field "+name+" is missing", "")
}

func (p *parser) expect(value jsonpos.Value) {
	e := &Expect{}
	p.fields(value, "expect", []string{"decision", "error"}, func(name string, v jsonpos.Value) {
		if name == "error" {
			e.Error = p.text(v, "expect.error")
			return
		}
		e.Decision = p.text(v, "expect.decision")
		if v.Kind() == jsonpos.String && !contains(decisions, e.Decision) {
			hint := diag.DidYouMean(e.Decision, decisions, "a decision is one of "+strings.Join(decisions, ", "))
			p.fail(CodeBadValue, v.Span(), fmt.Sprintf("no decision can be %q", diag.Clip(e.Decision, 100)), hint)
		}
	})
	switch {
	case contains(decisions, e.Decision):
		p.c.Expect = e
	case e.Decision == "" && value.Kind() == jsonpos.Object:
		p.missing(value, "decision")
	}
}

var requestFields = []string{"principal", "action", "resource", "resourceAccount", "context"}

func (p *parser) request(value jsonpos.Value) {
	q := &p.c.Query
	q.Time, q.ProtectAWSManaged = p.opts.Time, p.opts.ProtectAWSManaged
	given := map[string]bool{}
	p.fields(value, "request", requestFields, func(name string, v jsonpos.Value) {
		given[name] = true
		switch name {
		case "principal":
			q.Principal = p.text(v, name)
		case "action":
			q.Action = p.text(v, name)
		case "resource":
			q.Resource = p.text(v, name)
		case "resourceAccount":
			q.ResourceAccount = p.text(v, name)
		default:
			p.context(v)
		}
	})
	if value.Kind() != jsonpos.Object {
		return
	}
	for _, field := range []struct{ name, text string }{{"principal", q.Principal}, {"action", q.Action}, {"resource", q.Resource}} {
		if !given[field.name] || field.text == "" && !p.c.Problems.HasErrors() {
			p.missing(value, field.name)
		}
	}
}

func (p *parser) context(value jsonpos.Value) {
	if value.Kind() != jsonpos.Object {
		p.wrongType(value, "context", "an object")
		return
	}
	for m := range value.Members() {
		var err error
		if m.Value.Kind() == jsonpos.Array {
			err = p.c.Query.Context.AddList(m.Key, p.contextList(m.Value))
		} else {
			text, ok := contextText(m.Value)
			if !ok {
				p.wrongType(m.Value, "a context value", "a string, a number, a boolean or an array of them")
			}
			err = p.c.Query.Context.Add(m.Key, text)
		}
		switch {
		case errors.Is(err, conditions.ErrTooMany):
			p.fail(CodeBadValue, m.KeySpan, err.Error(), "")
			return
		case err != nil:
			p.fail(policy.CodeDuplicateKey, m.KeySpan, err.Error(), "keep one of them")
		}
	}
}

func (p *parser) contextList(value jsonpos.Value) []string {
	list := []string{}
	for item := range value.Items() {
		text, ok := contextText(item)
		if !ok {
			p.wrongType(item, "a context value", "a string, a number or a boolean")
		}
		list = append(list, text)
	}
	return list
}

// contextText gives a value as text; numbers and booleans are their JSON text.
func contextText(v jsonpos.Value) (string, bool) {
	switch v.Kind() {
	case jsonpos.String, jsonpos.Number, jsonpos.Bool:
		return v.Text(), true
	default:
		return "", false
	}
}

// ResourcePolicyKind gives the kind of policy that a resource has: a role has a
// trust policy.
func ResourcePolicyKind(resource string) policy.Kind {
	a, err := arn.Parse(resource)
	if err == nil && a.Service == "iam" && strings.HasPrefix(a.Resource, "role/") {
		return policy.Trust
	}
	return policy.Resource
}
