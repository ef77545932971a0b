package policy

import (
	"fmt"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/internal/jsonpos"
)

var statementElements = []string{
	"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
}

// element is a member of a statement; name is empty if it is absent.
type element struct {
	name  string
	value jsonpos.Value
	key   diag.Span
	// more are further values of a legacy duplicate.
	more []jsonpos.Value
}

func (e *element) present() bool { return e.name != "" }

// elements are the members of a statement.
type elements struct {
	sid, effect, principal, notPrincipal, action, notAction, resource, notResource, condition element
}

// find gives the place of an element by its name; nil means that there is no
// such element.
func (m *elements) find(name string) *element {
	switch name {
	case "Sid":
		return &m.sid
	case "Effect":
		return &m.effect
	case "Principal":
		return &m.principal
	case "NotPrincipal":
		return &m.notPrincipal
	case "Action":
		return &m.action
	case "NotAction":
		return &m.notAction
	case "Resource":
		return &m.resource
	case "NotResource":
		return &m.notResource
	case "Condition":
		return &m.condition
	default:
		return nil
	}
}

func (p *parser) statement(value jsonpos.Value) {
	if value.Kind() != jsonpos.Object {
		p.wrongType("a statement", "an object", value)
		return
	}
	var m elements
	p.elements(&m, value)
	st := Statement{Span: value.Span()}
	if m.sid.present() {
		st.Sid = p.sid(&m.sid)
	}
	st.Effect = p.effect(&m.effect, value)
	st.Principal = p.principalElement(&m, value)
	st.Action = p.actionElement(&m, value)
	st.Resource = p.resourceElement(&m, value)
	if m.condition.present() {
		st.Condition = p.condition(m.condition.value)
	}
	p.checkRCP(&st, &m)
	p.doc.Statements = append(p.doc.Statements, st)
}

func (p *parser) elements(m *elements, value jsonpos.Value) {
	for member := range value.Members() {
		e := m.find(member.Key)
		switch {
		case e == nil:
			p.unknownInStatement(member)
		case !e.present():
			*e = element{name: member.Key, value: member.Value, key: member.KeySpan}
		case p.opts.LegacyDuplicates && e == &m.effect:
			e.value = member.Value
		case p.opts.LegacyDuplicates && (e == &m.action || e == &m.resource):
			e.more = append(e.more, member.Value)
		default:
			p.duplicate(member)
		}
	}
}

// unknownInStatement: an operator beside Condition, where it was meant to
// stand inside, is the commonest of these (PL-3).
func (p *parser) unknownInStatement(m jsonpos.Member) {
	if _, problem := conditions.ParseOperator(m.Key); problem == 0 {
		p.refuse(CodeUnknownElement, "PL-3", m.KeySpan, fmt.Sprintf("unknown element %q in a statement", m.Key), m.Key+" belongs inside Condition")
		return
	}
	p.unknownElement(m, "a statement", statementElements, documentElements, "the policy, beside Statement")
}

func (p *parser) sid(e *element) *Text {
	sid := p.text(e.value, "Sid")
	if sid == nil {
		return nil
	}
	if p.rules.strictSid && !isAlphanumeric(sid.Value) {
		p.refuse(CodeSidCharacters, "PL-40", sid.Span, fmt.Sprintf("Sid %q has characters other than A-Z, a-z and 0-9", diag.Clip(sid.Value, 100)), "")
	}
	if sid.Value != "" && p.sids[sid.Value] {
		summary := fmt.Sprintf("two statements have the Sid %q", diag.Clip(sid.Value, 100))
		if p.rules.strictSid {
			p.refuse(CodeSidDuplicate, "PL-41", sid.Span, summary, "give each its own")
		} else {
			p.warn(CodeSidDuplicate, "PL-41", sid.Span, summary, "give each its own")
		}
	}
	if p.sids == nil {
		p.sids = map[string]bool{}
	}
	p.sids[sid.Value] = true
	return sid
}

func isAlphanumeric(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}

func (p *parser) effect(e *element, statement jsonpos.Value) Effect {
	if !e.present() {
		p.refuse(CodeMissingEffect, "PL-21", opening(statement), "a statement needs an Effect", `add "Effect": "Allow" or "Effect": "Deny"`)
		return 0
	}
	if e.value.Kind() != jsonpos.String {
		p.wrongType("Effect", "a string", e.value)
		return 0
	}
	switch text := e.value.Text(); text {
	case "Allow":
		return Allow
	case "Deny":
		return Deny
	default:
		hint := diag.DidYouMean(text, []string{"Allow", "Deny"}, `it is "Allow" or "Deny"`)
		p.refuse(CodeEffect, "PL-42", e.value.Span(), fmt.Sprintf("Effect cannot be %q", diag.Clip(text, 50)), hint)
		return 0
	}
}

// exclusive gives the one of an element and its Not form that a statement has,
// and refuses both (PL-20).
func (p *parser) exclusive(plain, negated *element) (e *element, not bool) {
	if !negated.present() {
		return plain, false
	}
	if plain.present() {
		p.refuse(CodeExclusiveElements, "PL-20", negated.key, plain.name+" and "+negated.name+" exclude each other", "keep one of them")
		return plain, false
	}
	return negated, true
}

func (p *parser) actionElement(m *elements, statement jsonpos.Value) *List {
	e, not := p.exclusive(&m.action, &m.notAction)
	if !e.present() {
		p.refuse(CodeMissingAction, "PL-21", opening(statement), "a statement needs Action or NotAction", "")
		return nil
	}
	if not && p.opts.Kind == RCP {
		p.refuse(CodeNotActionNotAllowed, "PL-27", e.key, "NotAction is not allowed in a resource control policy", "list the actions under Action")
	}
	return p.stringList(e, not, p.checkAction)
}

func (p *parser) resourceElement(m *elements, statement jsonpos.Value) *List {
	e, not := p.exclusive(&m.resource, &m.notResource)
	switch {
	case !e.present() && p.rules.resource == required:
		p.refuse(CodeMissingResource, p.rules.rule, opening(statement), "a statement of "+p.opts.Kind.a()+" needs Resource or NotResource", `add "Resource": "*" or an ARN`)
		return nil
	case !e.present():
		return nil
	case p.rules.resource == forbidden:
		p.refuse(CodeResourceNotAllowed, p.rules.rule, e.key, e.name+" is not allowed in "+p.opts.Kind.a(), "remove it: the resource is the role itself")
		return nil
	default:
		return p.stringList(e, not, p.checkResource)
	}
}

// stringList reads the strings of an element and checks each.
func (p *parser) stringList(e *element, not bool, check func(Text)) *List {
	l := p.listRoom.one(List{Not: not, Items: p.texts(nil, e.value, e.name)})
	for _, value := range e.more {
		l.Items = p.texts(l.Items, value, e.name)
	}
	for _, t := range l.Items {
		check(t)
	}
	if len(l.Items) == 0 && e.value.Kind() == jsonpos.Array {
		what := "nothing matches, so the statement has no effect"
		if not {
			what = "nothing is excluded, so everything matches"
		}
		p.warn(CodeEmptyList, "PL-14", e.value.Span(), e.name+" is empty: "+what, "")
	}
	return l
}

func (p *parser) checkAction(t Text) {
	p.report(actionProblem(t.Value), t.Span)
}

func (p *parser) checkResource(t Text) {
	p.report(resourceProblem(t.Value, p.opts.Kind, p.doc.HasVariables()), t.Span)
	p.variables(t)
}

// report adds what is wrong with an item of a list, if anything is.
func (p *parser) report(problem *itemProblem, at diag.Span) {
	switch {
	case problem == nil:
	case problem.refused:
		p.refuse(problem.code, problem.rule, at, problem.summary, problem.hint)
	default:
		p.warn(problem.code, problem.rule, at, problem.summary, problem.hint)
	}
}
