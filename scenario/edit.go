package scenario

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall/rolecall/arn"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/principal"
)

// edit is one step that weakens a statement.
type edit struct {
	change string
	span   diag.Span
	// apply changes a copy of the statement; nil takes the statement away.
	apply func(*policy.Statement)
}

// edits gives the steps that weaken a statement, in the order of its text: an
// Allow is made to allow more, a Deny to deny less.
func edits(st *policy.Statement) []edit {
	var list []edit
	if st.Effect == policy.Deny {
		list = append(list, edit{change: "the Deny turned off", span: st.Span})
		list = append(list, without(st.Action, actionOf)...)
		return append(list, without(st.Resource, resourceOf)...)
	}
	list = append(list, widerPrincipals(st.Principal)...)
	list = append(list, widerActions(st.Action)...)
	list = append(list, widerResources(st.Resource)...)
	return append(list, withoutConditions(st)...)
}

func actionOf(st *policy.Statement) **policy.List   { return &st.Action }
func resourceOf(st *policy.Statement) **policy.List { return &st.Resource }

// without gives the edits that take an item out of a list of several.
func without(l *policy.List, of func(*policy.Statement) **policy.List) []edit {
	if l == nil || l.Not || len(l.Items) < 2 {
		return nil
	}
	var list []edit
	for i, item := range l.Items {
		list = append(list, edit{item.Value + " taken out of the Deny", item.Span, func(st *policy.Statement) {
			*of(st) = &policy.List{Items: slices.Delete(slices.Clone(l.Items), i, i+1)}
		}})
	}
	return list
}

func widerActions(l *policy.List) []edit {
	if l == nil {
		return nil
	}
	if l.Not {
		return fewerExceptions(l, actionOf)
	}
	var list []edit
	for i, item := range l.Items {
		service, name, ok := strings.Cut(item.Value, ":")
		if !ok || name == "*" {
			continue
		}
		list = append(list, edit{item.Value + " widened to " + service + ":*", item.Span, func(st *policy.Statement) {
			items := slices.Clone(l.Items)
			items[i].Value = service + ":*"
			st.Action = &policy.List{Items: items}
		}})
	}
	return list
}

func widerResources(l *policy.List) []edit {
	if l == nil {
		return nil
	}
	if l.Not {
		return fewerExceptions(l, resourceOf)
	}
	for _, item := range l.Items {
		if item.Value == "*" {
			return nil
		}
	}
	if len(l.Items) == 0 {
		return nil
	}
	span := diag.Span{Start: l.Items[0].Span.Start, End: l.Items[len(l.Items)-1].Span.End}
	return []edit{{"the resources widened to *", span, func(st *policy.Statement) {
		st.Resource = &policy.List{Items: []policy.Text{{Value: "*", Span: span}}}
	}}}
}

// fewerExceptions gives the edits that drop an item of a NotAction or
// NotResource; without the last one everything is meant.
func fewerExceptions(l *policy.List, of func(*policy.Statement) **policy.List) []edit {
	var list []edit
	for i, item := range l.Items {
		list = append(list, edit{"the exception " + item.Value + " dropped", item.Span, func(st *policy.Statement) {
			changed := &policy.List{Not: true, Items: slices.Delete(slices.Clone(l.Items), i, i+1)}
			if len(changed.Items) == 0 {
				changed = &policy.List{Items: []policy.Text{{Value: "*", Span: item.Span}}}
			}
			*of(st) = changed
		}})
	}
	return list
}

func withoutConditions(st *policy.Statement) []edit {
	var list []edit
	for i, op := range st.Condition {
		for j, k := range op.Keys {
			change := fmt.Sprintf("the condition %s %s dropped", op.Name.Value, k.Name.Value)
			list = append(list, edit{change, conditionSpan(k), func(st *policy.Statement) {
				changed := slices.Clone(st.Condition)
				changed[i].Keys = slices.Delete(slices.Clone(op.Keys), j, j+1)
				if len(changed[i].Keys) == 0 {
					changed = slices.Delete(changed, i, i+1)
				}
				st.Condition = changed
			}})
		}
	}
	return list
}

// widerPrincipals lets in the account of a principal that is named, and
// everybody. What was named stays named: it may need no permission of its own
// (EV-88). An identity provider is not widened: the conditions on its keys
// hold only for it.
func widerPrincipals(p *policy.Principal) []edit {
	if p == nil || p.Not || p.Everyone {
		return nil
	}
	var list []edit
	widen := false
	for i, t := range p.Types {
		switch t.Type {
		case principal.AWS:
			widen = true
			for _, v := range t.Values {
				if v.Value == "*" {
					return nil
				}
				account, ok := wholeAccount(v.Value)
				if !ok {
					continue
				}
				list = append(list, edit{"the account of the principal " + v.Value + " added", v.Span, func(st *policy.Statement) {
					st.Principal = withPrincipal(p, i, policy.Text{Value: account, Span: v.Span})
				}})
			}
		case principal.ServicePrincipal:
			widen = true
		}
	}
	if widen {
		list = append(list, edit{"every AWS principal added", p.Span, func(st *policy.Statement) {
			changed := *p
			changed.Types = append(slices.Clone(p.Types), policy.PrincipalType{Type: principal.AWS, Values: []policy.Text{{Value: "*", Span: p.Span}}})
			st.Principal = &changed
		}})
	}
	return list
}

func withPrincipal(p *policy.Principal, i int, added policy.Text) *policy.Principal {
	changed := *p
	changed.Types = slices.Clone(p.Types)
	changed.Types[i].Values = append(slices.Clone(p.Types[i].Values), added)
	return &changed
}

// wholeAccount gives the account that a user, role or session is in.
func wholeAccount(value string) (string, bool) {
	a, err := arn.Parse(value)
	if err != nil || a.Resource == "root" || !arn.IsAccountID(a.Account) {
		return "", false
	}
	return "arn:" + a.Partition + ":iam::" + a.Account + ":root", true
}

// edited gives a copy of a document with a statement changed.
func edited(d *policy.Document, i int, e edit) *policy.Document {
	changed := *d
	changed.Statements = slices.Clone(d.Statements)
	if e.apply == nil {
		changed.Statements = slices.Delete(changed.Statements, i, i+1)
		return &changed
	}
	e.apply(&changed.Statements[i])
	return &changed
}
