package lint

import (
	"strings"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
)

// redundancyRules look for what has no effect because something else says it
// already, or says the opposite.
var redundancyRules = []Rule{
	{
		Code: "REDUNDANT_ACTION", Severity: diag.Suggestion, Page: checks, statement: redundantAction, Rule: "PL-82",
		Title: "an action that another one of the list covers", Happens: "it adds nothing", Mend: "remove it",
	}, {
		Code: "REDUNDANT_RESOURCE", Severity: diag.Suggestion, Page: checks, statement: redundantResource, Rule: "PL-97",
		Title: "a resource that another one of the list covers", Happens: "it adds nothing", Mend: "remove it",
	}, {
		Code: "REDUNDANT_VALUE", Severity: diag.Suggestion, Page: checks, test: redundantValue, Rule: "PL-104",
		Title: "a condition value that another one of the list covers", Happens: "it adds nothing", Mend: "remove it",
	}, {
		Code: "REDUNDANT_STATEMENT", Severity: diag.Suggestion, Page: checks, document: redundantStatement, Rule: "PL-22",
		Title:   "a statement that another one of the same effect covers (shadowed)",
		Happens: "it adds nothing: whenever it applies, the other one does as well", Mend: "remove it, or narrow the other one",
	}, {
		Code: "UNREACHABLE_STATEMENT", Severity: diag.Warning, Page: pageEvaluation, document: unreachableStatement, Rule: "PL-22",
		Title:   "an Allow that a Deny of the same document covers, or a statement that excludes everything",
		Happens: "the statement never decides anything", Mend: "remove it, or narrow the Deny",
	}, {
		Code: "CONDITION_NEVER_TRUE", Severity: diag.Warning, Page: pageCondition, statement: conditionNeverTrue, Rule: "PL-106",
		Title:   "tests of one key that cannot all hold",
		Happens: "the statement never applies: all tests of a condition must hold", Mend: "split the statement, or remove one of the tests",
	},
}

func redundantAction(p *pass, s *statement) {
	redundantItem[action](p, s.actions, func(a *action) policy.Text { return a.Text })
}

func redundantResource(p *pass, s *statement) {
	redundantItem[resource](p, s.resources, func(r *resource) policy.Text { return r.Text })
}

// redundantItem reports the items of a list that another one covers; of two
// that cover each other, the later one.
func redundantItem[T any, P item[T]](p *pass, list []T, text func(*T) policy.Text) {
	for j := range list {
		b := P(&list[j])
		for i := range list {
			a := P(&list[i])
			if i == j || a.isDead() || b.isDead() {
				continue
			}
			if !p.afford(a.size(), b.size()) {
				return
			}
			if a.covers(&list[j]) && (i < j || !b.covers(&list[i])) {
				p.report(text(&list[j]).Span, quote(text(&list[j]).Value)+" is covered by "+quote(text(&list[i]).Value), "")
				break
			}
		}
	}
}

// redundantValue looks for values that occur twice, and for several values
// under an operator of which one limit decides (PL-148).
func redundantValue(p *pass, _ *statement, t *test) {
	if ordering(t.Base) && len(t.key.Values) > 1 {
		p.report(t.key.Name.Span, "several values under "+t.operator.Value+": any of them suffices, so only one limit counts", "keep the widest limit")
		return
	}
	fold := t.Base == conditions.StringEqualsIgnoreCase || t.Base == conditions.StringNotEqualsIgnoreCase
	seen := map[string]bool{}
	for _, v := range t.key.Values {
		text := v.Value
		if fold {
			text = strings.ToLower(text)
		}
		if seen[text] {
			p.report(v.Span, "the value "+quote(v.Value)+" occurs twice", "")
		}
		seen[text] = true
	}
	if t.Base != conditions.StringLike && t.Base != conditions.StringNotLike {
		return
	}
	if seen["*"] && len(seen) > 1 {
		p.report(t.key.Name.Span, `the value "*" covers the others`, "")
	}
}

func ordering(b conditions.Base) bool {
	switch b {
	case conditions.NumericLessThan, conditions.NumericLessThanEquals, conditions.NumericGreaterThan, conditions.NumericGreaterThanEquals,
		conditions.DateLessThan, conditions.DateLessThanEquals, conditions.DateGreaterThan, conditions.DateGreaterThanEquals:
		return true
	default:
		return false
	}
}

func redundantStatement(p *pass) {
	for j := range p.statements {
		for i := range p.statements {
			a, b := &p.statements[i], &p.statements[j]
			if i == j || a.Effect != b.Effect {
				continue
			}
			if !p.afford(1, 1) {
				return
			}
			if p.statementCovers(a, b) && (i < j || !p.statementCovers(b, a)) {
				p.report(b.at(), b.call()+" is covered by "+a.call(), "")
				break
			}
		}
	}
}

func unreachableStatement(p *pass) {
	for j := range p.statements {
		b := &p.statements[j]
		if excludesEverything(b) {
			p.report(b.at(), b.call()+" excludes everything, so that nothing is left to apply to", "use Action and Resource to say what is meant")
			continue
		}
		for i := range p.statements {
			a := &p.statements[i]
			if !b.allows() || a.allows() {
				continue
			}
			if !p.afford(1, 1) {
				return
			}
			if p.statementCovers(a, b) {
				p.report(b.at(), "all that "+b.call()+" allows is denied by "+a.call(), "")
				break
			}
		}
	}
}

// excludesEverything: `*` under a Not element leaves nothing.
func excludesEverything(s *statement) bool {
	if s.Action.Not {
		for i := range s.actions {
			if s.actions[i].everything() {
				return true
			}
		}
	}
	return s.Resource != nil && s.Resource.Not && s.everyItemCovered()
}

func (s *statement) everyItemCovered() bool {
	for i := range s.resources {
		if s.resources[i].all {
			return true
		}
	}
	return false
}

// statementCovers tells whether a surely applies to every request that b
// applies to.
func (p *pass) statementCovers(a, b *statement) bool {
	return p.principalCovers(a, b) && conditionCovers(a, b) &&
		listCovers[action](p, a.Action.Not, a.actions, b.Action.Not, b.actions) &&
		p.resourceCovers(a, b)
}

// resourceCovers: without Resource a statement means what it is attached to
// (PL-101).
func (p *pass) resourceCovers(a, b *statement) bool {
	switch {
	case a.Resource == nil:
		return b.Resource == nil
	case b.Resource == nil:
		return !a.Resource.Not && a.everyResource()
	default:
		return listCovers[resource](p, a.Resource.Not, a.resources, b.Resource.Not, b.resources)
	}
}

// conditionCovers tells whether each test of a is a test of b too, so that a
// holds whenever b does.
func conditionCovers(a, b *statement) bool {
	for i := range a.tests {
		found := false
		for j := range b.tests {
			found = found || a.tests[i].compiled.Same(&b.tests[j].compiled)
		}
		if !found {
			return false
		}
	}
	return true
}

// principalCovers compares whom two statements name. How an Allow names a
// caller decides what else must allow the request, so that it is covered only
// by one that names the same; a Deny is covered by one that names all, or the
// caller's account (PL-55).
func (p *pass) principalCovers(a, b *statement) bool {
	switch {
	case a.Principal == nil || b.Principal == nil:
		return a.Principal == b.Principal
	case a.Principal.Not || b.Principal.Not:
		return a.Principal.Not == b.Principal.Not && p.sameNames(a, b) && p.sameNames(b, a)
	case a.allows():
		return p.sameNames(a, b)
	}
	return a.namesEveryone() || p.coversNames(a, b)
}

// sameNames tells whether a names, in the same words, all that b names.
func (p *pass) sameNames(a, b *statement) bool {
	if b.Principal.Everyone {
		return a.Principal.Everyone
	}
	for _, want := range b.principals {
		if !p.afford(64, len(a.principals)) || !a.names(want) {
			return false
		}
	}
	return true
}

func (s *statement) names(want named) bool {
	for _, n := range s.principals {
		if n.kind == want.kind && n.Value == want.Value {
			return true
		}
	}
	return false
}

func (p *pass) coversNames(a, b *statement) bool {
	if b.Principal.Everyone {
		return false
	}
	for _, want := range b.principals {
		if !p.afford(64, len(a.principals)) {
			return false
		}
		account := want.account()
		if !a.names(want) && (account == "" || !a.namesAccount(account)) {
			return false
		}
	}
	return true
}
