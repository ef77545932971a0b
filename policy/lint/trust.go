package lint

import (
	"strings"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/principal"
)

// trustRules look at who is trusted, and how.
var trustRules = []Rule{
	{
		Code: "SERVICE_PRINCIPAL_SOURCE", Severity: diag.Security, Rule: "PL-189", Page: pageDeputy, statement: servicePrincipalSource,
		Title:   "Allow for a service without aws:SourceArn, aws:SourceAccount, aws:SourceOrgID or aws:SourceOrgPaths",
		Happens: "the service may act here for resources of other accounts (the confused deputy)",
		Mend:    "add a condition on aws:SourceAccount or aws:SourceArn, where the service sends them",
	}, {
		Code: "EXTERNAL_ID_MISSING", Severity: diag.Security, Rule: "PL-191", Page: pageThirdParty, statement: externalIDMissing,
		Title:   "trust in an account of somebody else without sts:ExternalId",
		Happens: "the third party can be tricked by another customer of its into using this role (the confused deputy)",
		Mend:    "add StringEquals on sts:ExternalId with an id that the third party chose for you",
	}, {
		Code: "ROLES_ANYWHERE_ACTIONS", Severity: diag.Error, Rule: "PL-188", Page: pageAnywhere, statement: rolesAnywhere,
		Title: "IAM Roles Anywhere without all of its three actions", Happens: "the service cannot assume the role",
		Mend: "allow sts:AssumeRole, sts:TagSession and sts:SetSourceIdentity",
	}, {
		Code: "PRINCIPAL_ACTION_MISMATCH", Severity: diag.Error, Rule: "PL-51", Page: checks, statement: principalActionMismatch,
		Title: "an identity provider with the action of another kind of caller", Happens: "no request matches both, so that the provider's users cannot assume the role",
		Mend: "use sts:AssumeRoleWithWebIdentity for OIDC and sts:AssumeRoleWithSAML for SAML",
	},
}

func isService(n named) bool { return n.kind == principal.ServicePrincipal }

// sourceKeys tell for which resource a service acts.
var sourceKeys = []string{"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner"}

// sameAccountServices act only for instances of the role's own account, and
// send no source: the pages on instance profiles have a trust policy without a
// condition.
var sameAccountServices = []string{"ec2.amazonaws.com", "ec2.amazonaws.com.cn"}

func servicePrincipalSource(p *pass, s *statement) {
	if p.doc.Kind != policy.Resource && p.doc.Kind != policy.Trust || !s.allows() || s.limits(sourceKeys...) {
		return
	}
	if s.Principal == nil || s.Principal.Not {
		return
	}
	for _, n := range s.principals {
		if isService(n) && !contains(sameAccountServices, n.Value) {
			p.report(n.Span, n.Value+" is allowed whatever resource it acts for", "")
		}
	}
}

func contains(list []string, s string) bool {
	for _, have := range list {
		if have == s {
			return true
		}
	}
	return false
}

// ownOrganization keeps callers to accounts that belong together.
var ownOrganization = []string{"aws:principalorgid", "aws:principalorgpaths"}

func externalIDMissing(p *pass, s *statement) {
	if p.doc.Kind != policy.Trust || len(p.own) == 0 || !s.allows() {
		return
	}
	if _, ok := s.covers("sts", "assumerole"); !ok || s.limits("sts:externalid") || s.limits(ownOrganization...) {
		return
	}
	for _, n := range s.principals {
		if account := n.account(); account != "" && !p.own[account] {
			p.report(n.Span, "account "+account+" is not among one's own, and needs no external id", "")
		}
	}
}

func rolesAnywhere(p *pass, s *statement) {
	named := false
	for _, n := range s.principals {
		named = named || isService(n) && n.Value == "rolesanywhere.amazonaws.com"
	}
	if !named || p.doc.Kind != policy.Trust || !s.allows() {
		return
	}
	var missing []string
	for _, name := range []string{"AssumeRole", "TagSession", "SetSourceIdentity"} {
		if !p.allowsService("rolesanywhere.amazonaws.com", strings.ToLower(name)) {
			missing = append(missing, "sts:"+name)
		}
	}
	if len(missing) > 0 {
		p.report(s.at(), "IAM Roles Anywhere lacks "+strings.Join(missing, " and "), "")
	}
}

// allowsService tells whether some statement allows a service an STS action.
func (p *pass) allowsService(service, name string) bool {
	for i := range p.statements {
		s := &p.statements[i]
		if _, ok := s.covers("sts", name); ok && s.allows() && s.names(namedService(service)) {
			return true
		}
	}
	return false
}

func namedService(service string) (n named) {
	n.kind, n.Value = principal.ServicePrincipal, service
	return n
}

func principalActionMismatch(p *pass, s *statement) {
	if p.doc.Kind != policy.Trust || s.Principal == nil || s.Principal.Not {
		return
	}
	for _, n := range s.principals {
		if n.kind != principal.Federated {
			continue
		}
		want, shown := "assumerolewithwebidentity", "sts:AssumeRoleWithWebIdentity"
		if isSAML(n) {
			want, shown = "assumerolewithsaml", "sts:AssumeRoleWithSAML"
		}
		if _, ok := s.covers("sts", want); !ok {
			p.report(n.Span, quote(n.Value)+" does not go with the actions of the statement", "allow "+shown)
		}
	}
}

func isSAML(n named) bool {
	return n.kind == principal.Federated && strings.Contains(n.Value, ":saml-provider/")
}
