package lint

import (
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
)

// grantRules look at statements that grant more than they seem to.
var grantRules = []Rule{
	{
		Code: "ADMIN_STAR", Severity: diag.Security, Rule: "PL-77", Page: pageLeast, statement: adminStarRule,
		Title: "Allow of everything on everything", Happens: "whoever has the policy may do everything in the account", Mend: "list the actions and resources that are needed",
	}, {
		Code: "ALLOW_NOTACTION", Severity: diag.Security, Rule: "PL-83", Page: pageNotAction, statement: allowNotAction,
		Title: "NotAction with Allow", Happens: "every action that is not listed is allowed, those of other and of future services included",
		Mend: "list the actions under Action, or use NotAction with Deny",
	}, {
		Code: "ALLOW_NOTRESOURCE", Severity: diag.Security, Rule: "PL-97", Page: pageNotResource, statement: allowNotResource,
		Title: "NotResource with Allow", Happens: "every resource that is not listed is allowed, those of the future included",
		Mend: "list the resources under Resource, or use NotResource with Deny",
	}, {
		Code: "PASSROLE_STAR", Severity: diag.Security, Rule: "PL-192", Page: pagePassRole, statement: passRoleStar,
		Title:   "iam:PassRole on every role, to every service",
		Happens: "a service can be given any role of the account, so that its permissions are within reach",
		Mend:    "name the roles, or add a condition on iam:PassedToService",
	}, {
		Code: "CREATE_SLR_STAR", Severity: diag.Warning, Rule: "PL-192", Page: pageLinkedRole, statement: createLinkedRoleStar,
		Title:   "iam:CreateServiceLinkedRole for every service",
		Happens: "roles can be created for services that the account does not use",
		Mend:    "add a condition on iam:AWSServiceName",
	},
}

// limitsOnly tells whether Allow statements of a kind grant nothing by
// themselves, so that a wide one is the usual beginning.
func limitsOnly(k policy.Kind) bool { return k != policy.Identity && k != policy.Resource }

// isAdminStar tells whether a statement allows everything.
func (s *statement) isAdminStar() bool {
	if !s.allows() || s.Action.Not || len(s.tests) > 0 || s.Resource == nil || s.Resource.Not || !s.everyResource() {
		return false
	}
	for i := range s.actions {
		if s.actions[i].everything() {
			return true
		}
	}
	return false
}

func adminStarRule(p *pass, s *statement) {
	if !limitsOnly(p.doc.Kind) && s.isAdminStar() {
		p.report(s.at(), s.call()+" allows every action on every resource", "")
	}
}

func allowNotAction(p *pass, s *statement) {
	if s.allows() && s.Action.Not && p.doc.Kind != policy.SCP {
		p.report(s.at(), s.call()+" allows every action but those listed", "")
	}
}

func allowNotResource(p *pass, s *statement) {
	if s.allows() && s.Resource != nil && s.Resource.Not && p.doc.Kind != policy.SCP {
		p.report(s.at(), s.call()+" allows every resource but those listed", "")
	}
}

func passRoleStar(p *pass, s *statement) {
	p.starOf(s, "passrole", "iam:PassRole", "iam:passedtoservice", "iam:associatedresourcearn")
}

func createLinkedRoleStar(p *pass, s *statement) {
	p.starOf(s, "createservicelinkedrole", "iam:CreateServiceLinkedRole", "iam:awsservicename")
}

// starOf reports an action of IAM that a statement allows on every resource
// without a condition on the keys.
func (p *pass) starOf(s *statement, name, shown string, keys ...string) {
	if p.doc.Kind != policy.Identity || !s.allows() || s.isAdminStar() || s.limits(keys...) {
		return
	}
	at, ok := s.covers("iam", name)
	if !ok || !s.everyResource() && !s.broadRole() {
		return
	}
	p.report(at, s.call()+" allows "+shown+", whatever role and service", "")
}

// broadRole tells whether a resource of the statement is every role.
func (s *statement) broadRole() bool {
	for i := range s.resources {
		if r := &s.resources[i]; r.parts != nil && (r.part(5) == "role/*" || r.part(5) == "*") && r.parts[2].Match("iam", nil) {
			return true
		}
	}
	return false
}
