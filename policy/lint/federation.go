package lint

import (
	"strings"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/principal"
)

// federationRules look at which users of an identity provider may assume a
// role.
var federationRules = []Rule{
	{
		Code: "OIDC_NO_CONDITION", Severity: diag.Security, Rule: "PL-193", Page: pageOIDCRole, statement: oidcNoCondition,
		Title: "trust in an OIDC provider without a condition on its claims", Happens: "every user of the provider may assume the role",
		Mend: "add StringEquals on the provider's :aud and :sub",
	}, {
		Code: "OIDC_NO_SUB", Severity: diag.Security, Rule: "PL-193", Page: pageOIDCRole, statement: oidcNoSub,
		Title:   "trust in an OIDC provider without a condition on who the user is",
		Happens: "every user with a token for the audience may assume the role; at a shared provider those are strangers",
		Mend:    "add StringEquals on the provider's :sub",
	}, {
		Code: "OIDC_NO_AUD", Severity: diag.Warning, Rule: "PL-193", Page: pageOIDCRole, statement: oidcNoAud,
		Title:   "trust in an OIDC provider without a condition on the audience",
		Happens: "tokens that were issued for another application of the provider are taken as well",
		Mend:    "add StringEquals on the provider's :aud",
	}, {
		Code: "GITHUB_SUB", Severity: diag.Warning, Rule: "PL-193", Page: pageOIDCRole, statement: gitHubSub,
		Title:   "GitHub Actions with a wildcard in the organization or the repository",
		Happens: "repositories that somebody else may create or own match as well",
		Mend:    "write repo:ORGANIZATION/REPOSITORY: in full; wildcards belong behind it",
	}, {
		Code: "SAML_NO_AUD", Severity: diag.Warning, Rule: "PL-195", Page: pageSAMLRole, statement: samlNoAud,
		Title:   "trust in a SAML provider without a condition on saml:aud",
		Happens: "assertions for another sign-in address of AWS are taken as well",
		Mend:    `add "StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}`,
	},
}

// builtInProviders are the providers that need no registration, with the claim
// that tells the application.
var builtInProviders = map[string]string{
	"accounts.google.com": "aud", "cognito-identity.amazonaws.com": "aud", "www.amazon.com": "app_id", "graph.facebook.com": "app_id",
}

// oidc is one OIDC provider that a statement trusts.
type oidc struct {
	named
	host     string // with its path; the prefix of its keys, in lower case
	audience string // the key that tells the application
	builtIn  bool
}

// providers gives the OIDC providers that a statement lets assume the role.
func (p *pass) providers(s *statement) []oidc {
	if p.doc.Kind != policy.Trust || !s.allows() {
		return nil
	}
	if _, ok := s.covers("sts", "assumerolewithwebidentity"); !ok {
		return nil
	}
	var list []oidc
	for _, n := range s.principals {
		if n.kind != principal.Federated || isSAML(n) {
			continue
		}
		host, claim := strings.ToLower(n.Value), "aud"
		if _, after, ok := strings.Cut(host, ":oidc-provider/"); ok {
			host = after
		}
		own, builtIn := builtInProviders[n.Value]
		if builtIn {
			claim = own
		}
		list = append(list, oidc{named: n, host: host, audience: host + ":" + claim, builtIn: builtIn})
	}
	return list
}

// identifies tells whether the statement holds the user of a provider to some
// values: of the subject, or of another claim than audience and method.
func (o *oidc) identifies(s *statement) bool {
	for i := range s.tests {
		t := &s.tests[i]
		claim, ok := strings.CutPrefix(t.name, o.host+":")
		switch {
		case !ok || !t.limits() || claim == "aud" || claim == "oaud" || claim == "app_id" || claim == "amr":
		default:
			return true
		}
	}
	return false
}

func oidcNoCondition(p *pass, s *statement) {
	for _, o := range p.providers(s) {
		if !s.limits(o.host + ":") {
			p.report(o.Span, "every user of "+quote(o.host)+" is trusted", "add StringEquals on "+o.audience+" and "+o.host+":sub")
		}
	}
}

// oidcNoSub leaves out the providers whose audience is an application of one's
// own.
func oidcNoSub(p *pass, s *statement) {
	for _, o := range p.providers(s) {
		if !o.builtIn && s.limits(o.host+":") && !o.identifies(s) {
			p.report(o.Span, "no condition tells which users of "+quote(o.host)+" are trusted", "add StringEquals on "+o.host+":sub")
		}
	}
}

func oidcNoAud(p *pass, s *statement) {
	for _, o := range p.providers(s) {
		if s.limits(o.host+":") && !s.limits(o.audience) {
			p.report(o.Span, "no condition on "+o.audience, "add StringEquals on "+o.audience)
		}
	}
}

const gitHubHost = "token.actions.githubusercontent.com"

func gitHubSub(p *pass, s *statement) {
	for _, o := range p.providers(s) {
		if o.host != gitHubHost {
			continue
		}
		for i := range s.tests {
			t := &s.tests[i]
			if t.name != gitHubHost+":sub" || t.Base != conditions.StringLike {
				continue
			}
			for _, v := range t.key.Values {
				if openRepository(v.Value) {
					p.report(v.Span, "the organization or repository in "+quote(v.Value)+" is a pattern", "")
				}
			}
		}
	}
}

// openRepository tells whether a pattern for GitHub's subject leaves open which
// repository it is. Subjects read repo:ORGANIZATION/REPOSITORY:..., unless they
// were customized to begin otherwise.
func openRepository(value string) bool {
	rest, ok := strings.CutPrefix(value, "repo:")
	if !ok {
		begins, _, wild := strings.Cut(strings.ReplaceAll(value, "?", "*"), "*")
		_, may := strings.CutPrefix("repo:", begins)
		return wild && may
	}
	repository, _, _ := strings.Cut(rest, ":")
	return hasWildcard(repository)
}

func samlNoAud(p *pass, s *statement) {
	if p.doc.Kind != policy.Trust || !s.allows() || s.limits("saml:aud") {
		return
	}
	if _, ok := s.covers("sts", "assumerolewithsaml"); !ok {
		return
	}
	for _, n := range s.principals {
		if isSAML(n) {
			p.report(n.Span, "no condition on saml:aud", "")
		}
	}
}
