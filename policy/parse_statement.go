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

// element is a member of a statement.
type element struct {
	name  string
	value jsonpos.Value
	span  diag.Span
	// more are further values of a legacy duplicate.
	more []jsonpos.Value
}

// elements are the members of a statement by name.
type elements map[string]*element

func (p *parser) statement(value jsonpos.Value, path string) {
	at := place{path: path, span: value.Span()}
	if value.Kind() != jsonpos.Object {
		p.wrongType(at, "a statement", "an object", value)
		return
	}
	members := p.elements(value, path)
	st := Statement{Span: value.Span()}
	if e := members["Sid"]; e != nil {
		st.Sid = p.sid(e, path+".Sid")
	}
	st.Effect = p.effect(members["Effect"], at)
	st.Principal = p.principalElement(members, at)
	p.actionElement(&st, members, at)
	p.resourceElement(&st, members, at)
	if e := members["Condition"]; e != nil {
		st.Condition = p.condition(e.value, path+".Condition")
	}
	p.checkRCP(&st, members, at)
	p.doc.Statements = append(p.doc.Statements, st)
}

func (p *parser) elements(value jsonpos.Value, path string) elements {
	members := elements{}
	for m := range value.Members() {
		at := place{path: path + "." + m.Key, span: m.KeySpan}
		known := members[m.Key]
		switch {
		case !isStatementElement(m.Key):
			p.unknownInStatement(at, m.Key)
		case known == nil:
			members[m.Key] = &element{name: m.Key, value: m.Value, span: m.KeySpan}
		case p.opts.LegacyDuplicates && m.Key == "Effect":
			known.value = m.Value
		case p.opts.LegacyDuplicates && (m.Key == "Action" || m.Key == "Resource"):
			known.more = append(known.more, m.Value)
		default:
			p.duplicate(at, m.Key)
		}
	}
	return members
}

func isStatementElement(name string) bool {
	for _, e := range statementElements {
		if e == name {
			return true
		}
	}
	return false
}

// unknownInStatement: an operator beside Condition, where it was meant to
// stand inside, is the commonest of these (PL-3).
func (p *parser) unknownInStatement(at place, name string) {
	if _, problem := conditions.ParseOperator(name); problem == 0 {
		p.refuse(CodeUnknownElement, "PL-3", at, fmt.Sprintf("unknown element %q in a statement", name), name+" belongs inside Condition")
		return
	}
	p.unknownElement(at, name, "a statement", statementElements, documentElements, "the policy, beside Statement")
}

func (p *parser) sid(e *element, path string) *Text {
	sid := p.text(e.value, path, "Sid")
	if sid == nil {
		return nil
	}
	at := place{path: path, span: sid.Span}
	if p.rules.strictSid && !isAlphanumeric(sid.Value) {
		p.refuse(CodeSidCharacters, "PL-40", at, fmt.Sprintf("Sid %q has characters other than A-Z, a-z and 0-9", diag.Clip(sid.Value, 100)), "")
	}
	if sid.Value != "" && p.sids[sid.Value] {
		summary := fmt.Sprintf("two statements have the Sid %q", diag.Clip(sid.Value, 100))
		if p.rules.strictSid {
			p.refuse(CodeSidDuplicate, "PL-41", at, summary, "give each its own")
		} else {
			p.warn(CodeSidDuplicate, "PL-41", at, summary, "give each its own")
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

func (p *parser) effect(e *element, statement place) Effect {
	if e == nil {
		p.refuse(CodeMissingEffect, "PL-21", openingBrace(statement), "a statement needs an Effect", `add "Effect": "Allow" or "Effect": "Deny"`)
		return 0
	}
	text := p.text(e.value, statement.path+".Effect", "Effect")
	if text == nil {
		return 0
	}
	switch text.Value {
	case "Allow":
		return Allow
	case "Deny":
		return Deny
	}
	at := place{path: statement.path + ".Effect", span: text.Span}
	hint := diag.DidYouMean(text.Value, []string{"Allow", "Deny"}, `it is "Allow" or "Deny"`)
	p.refuse(CodeEffect, "PL-42", at, fmt.Sprintf("Effect cannot be %q", diag.Clip(text.Value, 50)), hint)
	return 0
}

// openingBrace is the place of a statement, for what is missing in it.
func openingBrace(statement place) place {
	return place{path: statement.path, span: diag.Span{Start: statement.span.Start, End: statement.span.Start + 1}}
}

// exclusive gives the one of an element and its Not form that a statement has,
// or nil, and refuses both (PL-20).
func (p *parser) exclusive(members elements, name string, statement place) (e *element, not bool) {
	plain, negated := members[name], members["Not"+name]
	if plain != nil && negated != nil {
		at := place{path: statement.path + ".Not" + name, span: negated.span}
		p.refuse(CodeExclusiveElements, "PL-20", at, name+" and Not"+name+" exclude each other", "keep one of them")
	}
	if plain == nil {
		return negated, negated != nil
	}
	return plain, false
}

func (p *parser) actionElement(st *Statement, members elements, statement place) {
	e, not := p.exclusive(members, "Action", statement)
	if e == nil {
		p.refuse(CodeMissingAction, "PL-21", openingBrace(statement), "a statement needs Action or NotAction", "")
		return
	}
	if not && p.opts.Kind == RCP {
		p.refuse(CodeNotActionNotAllowed, "PL-27", place{path: statement.path + ".NotAction", span: e.span}, "NotAction is not allowed in a resource control policy", "list the actions under Action")
	}
	st.Action = p.stringList(e, not, statement.path, p.checkAction)
}

func (p *parser) resourceElement(st *Statement, members elements, statement place) {
	e, not := p.exclusive(members, "Resource", statement)
	switch {
	case e == nil && p.rules.resource == required:
		p.refuse(CodeMissingResource, p.rules.rule, openingBrace(statement), "a statement of a "+p.opts.Kind.String()+" needs Resource or NotResource", `add "Resource": "*" or an ARN`)
	case e == nil:
	case p.rules.resource == forbidden:
		at := place{path: statement.path + "." + e.name, span: e.span}
		p.refuse(CodeResourceNotAllowed, p.rules.rule, at, e.name+" is not allowed in a "+p.opts.Kind.String(), "remove it: the resource is the role itself")
	default:
		st.Resource = p.stringList(e, not, statement.path, p.checkResource)
	}
}

// stringList reads the strings of an element and checks each.
func (p *parser) stringList(e *element, not bool, path string, check func(t Text, at place)) *List {
	path += "." + e.name
	l := &List{Not: not}
	for _, value := range append([]jsonpos.Value{e.value}, e.more...) {
		items := p.texts(value, path, e.name)
		for i, t := range items {
			check(t, place{path: itemPath(path, i, len(items), value), span: t.Span})
		}
		l.Items = append(l.Items, items...)
	}
	if len(l.Items) == 0 && e.value.Kind() == jsonpos.Array {
		what := "nothing matches, so the statement has no effect"
		if not {
			what = "nothing is excluded, so everything matches"
		}
		p.warn(CodeEmptyList, "PL-14", place{path: path, span: e.value.Span()}, e.name+" is empty: "+what, "")
	}
	return l
}

func (p *parser) checkAction(t Text, at place) {
	p.report(actionProblem(t.Value), at)
}

func (p *parser) checkResource(t Text, at place) {
	p.report(resourceProblem(t.Value, p.opts.Kind, p.doc.HasVariables()), at)
	p.variables(t, at)
}

// report adds what is wrong with an item of a list, if anything is.
func (p *parser) report(problem *itemProblem, at place) {
	switch {
	case problem == nil:
	case problem.refused:
		p.refuse(problem.code, problem.rule, at, problem.summary, problem.hint)
	default:
		p.warn(problem.code, problem.rule, at, problem.summary, problem.hint)
	}
}
