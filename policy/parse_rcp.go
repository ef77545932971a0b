package policy

import (
	"slices"

	"github.com/rolecall/rolecall/diag"
)

// checkRCP applies what only resource control policies must obey (PL-27). The
// refusals wait until the whole document is known, because RCPFullAWSAccess is
// exempt from them.
func (p *parser) checkRCP(st *Statement, m *elements) {
	if p.opts.Kind != RCP {
		return
	}
	if st.Effect == Allow {
		p.rcp = append(p.rcp, p.problem(diag.Error, CodeRCPEffect, "PL-27", m.effect.value.Span(),
			"a resource control policy can only deny", "RCPFullAWSAccess is always attached besides"))
	}
	if st.Action == nil || st.Action.Not {
		return
	}
	for _, t := range st.Action.Items {
		if t.Value == "*" || t.Value == "*:*" {
			p.rcp = append(p.rcp, p.problem(diag.Error, CodeRCPAction, "PL-27", t.Span,
				`the action "*" is not allowed in a resource control policy`, "name the services, such as s3:*"))
		}
	}
}

// fullAccess ends the reading of the statements: it accepts RCPFullAWSAccess,
// which is recognized by its content (PL-30), and refuses what other resource
// control policies may not say.
func (p *parser) fullAccess() {
	if p.isFullAccess() {
		return
	}
	for _, d := range p.rcp {
		p.add(d)
	}
}

func (p *parser) isFullAccess() bool {
	if len(p.doc.Statements) != 1 {
		return false
	}
	st := &p.doc.Statements[0]
	return st.Effect == Allow && st.Principal != nil && st.Principal.Everyone && !st.conditional() &&
		st.Action.is("*") && st.Resource.is("*")
}

// conditional tells whether the statement has a test; an operator without keys
// adds none (PL-16).
func (st *Statement) conditional() bool {
	return slices.ContainsFunc(st.Condition, func(op ConditionOperator) bool { return len(op.Keys) > 0 })
}

// is tells whether the list is the one item, not negated.
func (l *List) is(item string) bool {
	return l != nil && !l.Not && len(l.Items) == 1 && l.Items[0].Value == item
}
