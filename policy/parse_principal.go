package policy

import (
	"fmt"
	"strings"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/internal/jsonpos"
	"github.com/rolecall/rolecall/principal"
)

// principalElement reads Principal or NotPrincipal, and checks what the kind
// of policy says of them.
func (p *parser) principalElement(m *elements, statement jsonpos.Value) *Principal {
	e, not := p.exclusive(&m.principal, &m.notPrincipal)
	if !e.present() {
		p.missingPrincipal(statement)
		return nil
	}
	switch {
	case p.rules.principal == forbidden:
		p.refuse(CodePrincipalNotAllowed, p.rules.rule, e.key, fmt.Sprintf("%s is not allowed in %s", e.name, p.opts.Kind.a()), "remove it: who is meant follows from where the policy is attached")
		return nil
	case not && p.rules.notPrincipal == forbidden:
		p.refuse(CodeNotPrincipalNotAllowed, p.rules.rule, e.key, "NotPrincipal is not allowed in "+p.opts.Kind.a(), "name the principals, or use a condition on aws:PrincipalArn")
		return nil
	}
	result := &Principal{Not: not, Span: e.value.Span()}
	switch e.value.Kind() {
	case jsonpos.String:
		p.principalString(result, e.value)
	case jsonpos.Object:
		p.principalMap(result, e.value)
	default:
		p.wrongType(e.name, `"*" or an object`, e.value)
	}
	if p.opts.Kind == RCP && !result.Everyone {
		p.refuse(CodeRCPPrincipal, "PL-27", e.value.Span(), `the Principal of a resource control policy must be the string "*"`, `write "Principal": "*"`)
	}
	return result
}

func (p *parser) missingPrincipal(statement jsonpos.Value) {
	at := opening(statement)
	switch p.rules.principal {
	case required:
		p.refuse(CodeMissingPrincipal, p.rules.rule, at, "a statement of "+p.opts.Kind.a()+" needs a Principal", "")
	case optional:
		// AWS's grammar wants one; a policy without it is taken and the
		// statement never matches (PL-31, CONTESTED).
		p.warn(CodeMissingPrincipal, "PL-31", at, "a statement without Principal never applies in "+p.opts.Kind.a(), "")
	}
}

// principalString reads the string form, which can only be "*" (PL-43). IAM
// refuses it in a trust policy (PL-49), naming the principal "STAR":"*"; the
// form {"AWS": "*"} is taken there.
func (p *parser) principalString(result *Principal, value jsonpos.Value) {
	text := value.Text()
	result.Everyone = text == "*"
	switch {
	case text != "*":
		p.refuse(CodePrincipalFormat, "PL-43", value.Span(), fmt.Sprintf(`a principal that is a string can only be "*", not %q`, diag.Clip(text, 100)), `write {"AWS": "..."} or {"Service": "..."}`)
	case p.opts.Kind == Trust:
		p.refuse(CodeTrustPrincipalStar, "PL-49", value.Span(), `a role trust policy cannot have "Principal": "*"`, `write {"AWS": "*"} if everyone is meant`)
	}
}

func (p *parser) principalMap(result *Principal, value jsonpos.Value) {
	empty := true
	for m := range value.Members() {
		empty = false
		if m.Duplicate {
			p.duplicate(m)
			continue
		}
		kind, ok := principal.ParseType(m.Key)
		if !ok {
			hint := diag.DidYouMean(m.Key, principal.TypeNames, "the keys are "+strings.Join(principal.TypeNames, ", "))
			p.refuse(CodePrincipalKey, "PL-43", m.KeySpan, fmt.Sprintf("unknown key %q of a principal", diag.Clip(m.Key, 100)), hint)
			continue
		}
		values := p.texts(nil, m.Value, "a principal")
		for _, t := range values {
			p.checkPrincipal(kind, t)
		}
		if len(values) == 0 && m.Value.Kind() == jsonpos.Array {
			p.warn(CodeEmptyList, "PL-14", m.KeySpan, "a principal list without entries names nobody", "")
		}
		result.Types = append(result.Types, PrincipalType{Type: kind, Values: values})
	}
	if empty {
		p.warn(CodeEmptyList, "PL-14", value.Span(), "an empty principal names nobody", "")
	}
}

func (p *parser) checkPrincipal(kind principal.Type, t Text) {
	_, problem := principal.ParseEntry(kind, t.Value)
	shown := diag.Clip(t.Value, 100)
	switch problem {
	case principal.Wildcard:
		p.refuse(CodePrincipalWildcard, "PL-46", t.Span, fmt.Sprintf("a wildcard cannot match a part of a principal: %q", shown), `name the principal, or use {"AWS": "*"} with a condition on aws:PrincipalArn`)
	case principal.Group:
		p.refuse(CodePrincipalFormat, "PL-47", t.Span, fmt.Sprintf("a group is never a principal: %q", shown), "name the users")
	case principal.Malformed:
		p.refuse(CodePrincipalFormat, "PL-47", t.Span, fmt.Sprintf("no principal of type %s can be %q", kind, shown), "give an account id, the ARN of a user, role, session or root, or a unique id")
	}
}
