package lint

import (
	"strings"

	"github.com/rolecall/rolecall/arn"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/principal"
)

// principalRules look at Principal and NotPrincipal.
var principalRules = []Rule{
	{
		Code: "ALLOW_NOTPRINCIPAL", Severity: diag.Security, Rule: "EV-39", Page: pageNotPrincipal, statement: allowNotPrincipal,
		Title:   "NotPrincipal with Allow",
		Happens: "everybody but those listed is allowed, anonymous callers included; AWS does not support it and most services refuse it",
		Mend:    "list who is meant under Principal",
	}, {
		Code: "NOTPRINCIPAL_DENY", Severity: diag.Suggestion, Rule: "PL-71", Page: pageBoundaries, statement: notPrincipalDeny,
		Title:   "NotPrincipal with Deny",
		Happens: "users and roles with a permissions boundary are denied even if they are listed, and each session has to be listed by name",
		Mend:    `write "Principal": "*" with ArnNotEquals on aws:PrincipalArn`,
	}, {
		Code: "NOTPRINCIPAL_PARENTS", Severity: diag.Warning, Rule: "PL-68", Page: pageNotPrincipal, statement: notPrincipalParents,
		Title:   "NotPrincipal that lists a user, role or session without its account, or a session without its role",
		Happens: "the one that is listed may be denied all the same", Mend: "list the account too, and of a session the role",
	}, {
		Code: "PUBLIC_PRINCIPAL", Severity: diag.Security, Rule: "PL-48", Page: pagePrincipal, statement: publicPrincipal,
		Title: "Allow for everyone", Happens: "every AWS account, and where the service takes unsigned requests everybody, is allowed",
		Mend: "name the principals, or add a condition on aws:PrincipalOrgID, aws:PrincipalAccount or aws:SourceVpce",
	}, {
		Code: "PRINCIPAL_UNIQUE_ID", Severity: diag.Warning, Rule: "PL-61", Page: pagePrincipal, statement: uniqueID,
		Title: "trust in a deleted user or role", Happens: "the id matches nobody any more, not even a new user or role of the old name",
		Mend: "remove it, or name the new user or role by its ARN",
	}, {
		Code: "PRINCIPAL_SESSION_REDUNDANT", Severity: diag.Suggestion, Rule: "PL-58", Page: checks, statement: sessionRedundant,
		Title: "a role session beside its role", Happens: "the role covers every session of it", Mend: "remove the session, or the role if only the session is meant",
	}, {
		Code: "FEDERATED_PRINCIPAL", Severity: diag.Error, Rule: "PL-50", Page: checks, statement: federatedElsewhere,
		Title: "an identity provider as principal outside a role trust policy", Happens: "no caller matches it",
		Mend: "let the provider's users assume a role, and name the role",
	}, {
		Code: "ENDPOINT_PRINCIPAL", Severity: diag.Warning, Rule: "PL-32", Page: pageEndpoint, statement: endpointPrincipal,
		Title:   "a principal other than * in a VPC endpoint policy",
		Happens: "a gateway endpoint takes only *, and an account there means its root user only",
		Mend:    `write "Principal": "*" with a condition on aws:PrincipalArn`,
	},
}

// namesEveryone tells whether the statement's Principal matches all callers.
func (s *statement) namesEveryone() bool {
	if s.Principal == nil || s.Principal.Not {
		return false
	}
	return s.Principal.Everyone || s.names(named{kind: principal.AWS, Text: policy.Text{Value: "*"}})
}

// namesAccount tells whether the statement names a whole account.
func (s *statement) namesAccount(id string) bool {
	for _, n := range s.principals {
		if n.kind == principal.AWS && n.Value == id {
			return true
		}
	}
	return false
}

// account gives the account of an AWS principal, where it names one.
func (n named) account() string {
	if n.kind != principal.AWS {
		return ""
	}
	if arn.IsAccountID(n.Value) {
		return n.Value
	}
	a, err := arn.Parse(n.Value)
	if err != nil || !arn.IsAccountID(a.Account) {
		return ""
	}
	return a.Account
}

func allowNotPrincipal(p *pass, s *statement) {
	if s.allows() && s.Principal != nil && s.Principal.Not {
		p.report(s.Principal.Span, "everyone but those listed is allowed", "")
	}
}

func notPrincipalDeny(p *pass, s *statement) {
	if !s.allows() && s.Principal != nil && s.Principal.Not {
		p.report(s.Principal.Span, "Deny with NotPrincipal", "")
	}
}

func notPrincipalParents(p *pass, s *statement) {
	if s.allows() || s.Principal == nil || !s.Principal.Not {
		return
	}
	listed := s.parents()
	for _, n := range s.principals {
		account := n.account()
		if account != "" && !listed[account] {
			p.report(n.Span, quote(n.Value)+" is listed without its account "+account, "")
		} else if role := n.roleOfSession(); role != "" && !listed[role] {
			p.report(n.Span, quote(n.Value)+" is listed without its role", "")
		}
	}
}

// parents gives the accounts that a statement names as a whole, and the roles
// as roleOfSession gives them.
func (s *statement) parents() map[string]bool {
	listed := map[string]bool{}
	for _, n := range s.principals {
		if n.kind != principal.AWS {
			continue
		}
		a, err := arn.Parse(n.Value)
		kind, _ := a.ResourceType()
		switch {
		case err != nil:
			listed[n.Value] = true
		case kind == "root":
			listed[a.Account] = true
		case a.Service == "iam" && kind == "role":
			listed[roleName(a, a.Name())] = true
		}
	}
	return listed
}

// roleOfSession tells the role of a session, and gives nothing for another
// principal.
func (n named) roleOfSession() string {
	a, err := arn.Parse(n.Value)
	kind, rest := a.ResourceType()
	if n.kind != principal.AWS || err != nil || a.Service != "sts" || kind != "assumed-role" {
		return ""
	}
	name, _, _ := strings.Cut(rest, "/")
	return roleName(a, name)
}

// roleName tells a role from others, its path aside: a session's ARN does not
// tell it (PL-58).
func roleName(a arn.ARN, name string) string {
	return a.Partition + ":" + a.Account + ":" + name
}

// callerKeys tell who calls or from where, so that a condition on one of them
// keeps a public principal from being public.
var callerKeys = []string{
	"aws:principalorgid", "aws:principalorgpaths", "aws:principalaccount", "aws:principalarn", "aws:userid", "aws:principalservicename",
	"aws:sourcearn", "aws:sourceaccount", "aws:sourceowner", "aws:sourceorgid", "aws:sourceorgpaths",
	"aws:sourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:sourcevpcarn", "aws:vpcsourceip", "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths",
	"kms:calleraccount", "s3:dataaccesspointaccount", "s3:dataaccesspointarn", "elasticfilesystem:accessedviamounttarget", "lambda:eventsourcetoken",
}

func publicPrincipal(p *pass, s *statement) {
	if p.doc.Kind != policy.Resource && p.doc.Kind != policy.Trust {
		return
	}
	if s.allows() && s.namesEveryone() && !s.limits(callerKeys...) {
		p.report(s.Principal.Span, "everyone is allowed, with no condition on who calls", "")
	}
}

func uniqueID(p *pass, s *statement) {
	for _, n := range s.principals {
		if n.kind == principal.AWS && (strings.HasPrefix(n.Value, "AIDA") || strings.HasPrefix(n.Value, "AROA")) {
			p.report(n.Span, "the principal "+quote(n.Value)+" is the id of a user or role that was probably deleted", "")
		}
	}
}

func sessionRedundant(p *pass, s *statement) {
	if p.doc.Kind != policy.Trust || s.Principal == nil || s.Principal.Not {
		return
	}
	listed := s.parents()
	for _, n := range s.principals {
		if role := n.roleOfSession(); role != "" && listed[role] {
			p.report(n.Span, "the session "+quote(n.Value)+" is covered by its role", "")
		}
	}
}

func federatedElsewhere(p *pass, s *statement) {
	if p.doc.Kind == policy.Trust {
		return
	}
	for _, n := range s.principals {
		if n.kind == principal.Federated {
			p.report(n.Span, "the identity provider "+quote(n.Value)+" is a principal of role trust policies only", "")
		}
	}
}

func endpointPrincipal(p *pass, s *statement) {
	if p.doc.Kind == policy.Endpoint && s.Principal != nil && !s.namesEveryone() {
		p.report(s.Principal.Span, "the endpoint policy names principals", "")
	}
}
