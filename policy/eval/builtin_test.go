package eval_test

import (
	"testing"

	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/policy/eval"
)

func TestCallsDecidedWithoutPolicies(t *testing.T) { // EV-94 to EV-104
	t.Parallel()
	id := set(t, policy.Identity, allow)
	sessionToken := func(action string, pairs ...string) eval.Query {
		q := ask(user, action, "*")
		q.Credentials, q.Context = eval.SessionToken, context(t, pairs...)
		return q
	}
	assumed := ask(root, "sts:GetSessionToken", "*")
	assumed.Context = context(t, "aws:AssumedRoot", "true")
	rootToken := ask(root, "iam:ListUsers", "*")
	rootToken.Credentials = eval.SessionToken
	const saml, oidc = "arn:aws:iam::111122223333:saml-provider/ADFS", "arn:aws:iam::111122223333:oidc-provider/idp.example"
	lockout := eval.Policies{Resource: set(t, policy.Resource, toPrincipal("Deny", `"*"`))}
	deniedTwice := lockout
	deniedTwice.SCP = []*policy.Set{set(t, policy.SCP, deny)}
	runRows(t, map[string]row{
		"GetCallerIdentity":                 {ask(user, "sts:GetCallerIdentity", "*"), eval.Policies{Identity: set(t, policy.Identity, deny)}, "allowed by builtin"},
		"GetCallerIdentity, unsigned":       {ask("*", "sts:GetCallerIdentity", "*"), eval.Policies{}, "implicitDeny by builtin, blocked by builtin"},
		"GetSessionToken":                   {ask(user, "sts:GetSessionToken", "*"), eval.Policies{Identity: set(t, policy.Identity, deny)}, "allowed by builtin"},
		"GetSessionToken of root":           {ask(root, "sts:GetSessionToken", "*"), eval.Policies{}, "allowed by builtin"},
		"GetSessionToken of a role":         {ask(session, "sts:GetSessionToken", "*"), eval.Policies{Identity: id}, "implicitDeny by credentials, blocked by credentials"},
		"GetFederationToken of a role":      {ask(role, "sts:GetFederationToken", "*"), eval.Policies{Identity: id}, "implicitDeny by credentials, blocked by credentials"},
		"IAM and a federated user":          {ask(fed, "iam:ListUsers", "*"), eval.Policies{Identity: id}, "implicitDeny by credentials, blocked by credentials"},
		"STS and a federated user":          {ask(fed, "sts:AssumeRole", target), eval.Policies{Identity: id}, "implicitDeny by credentials, blocked by credentials"},
		"S3 and an identity provider":       {ask(saml, "s3:GetObject", bucket+"/k"), eval.Policies{Resource: set(t, policy.Resource, grantTo(`"*"`))}, "implicitDeny by credentials, blocked by credentials"},
		"web tokens and a SAML provider":    {ask(saml, "sts:AssumeRoleWithWebIdentity", target), eval.Policies{}, "implicitDeny by credentials, blocked by credentials"},
		"SAML and an OIDC provider":         {ask(oidc, "sts:AssumeRoleWithSAML", target), eval.Policies{}, "implicitDeny by credentials, blocked by credentials"},
		"SAML and a SAML provider":          {ask(saml, "sts:AssumeRoleWithSAML", target), eval.Policies{}, "implicitDeny by resource, blocked by resource"},
		"tags and an OIDC provider":         {ask(oidc, "sts:TagSession", target), eval.Policies{}, "implicitDeny by resource, blocked by resource"},
		"IAM and a session token":           {sessionToken("iam:ListUsers"), eval.Policies{Identity: id}, "implicitDeny by credentials, blocked by credentials"},
		"IAM and a session token with MFA":  {sessionToken("iam:ListUsers", "aws:MultiFactorAuthPresent", "true"), eval.Policies{Identity: id}, "allowed by identity"},
		"STS and a session token":           {sessionToken("sts:GetFederationToken"), eval.Policies{Identity: id}, "implicitDeny by credentials, blocked by credentials"},
		"AssumeRole and a session token":    {sessionToken("sts:AssumeRole"), eval.Policies{Identity: id}, "allowed by identity"},
		"S3 and a session token":            {sessionToken("s3:ListAllMyBuckets"), eval.Policies{Identity: id}, "allowed by identity"},
		"IAM and a session token of root":   {rootToken, eval.Policies{}, "implicitDeny by credentials, blocked by credentials"},
		"STS and a session of AssumeRoot":   {assumed, eval.Policies{}, "implicitDeny by credentials, blocked by credentials"},
		"root is not locked out":            {ask(root, "s3:DeleteBucketPolicy", bucket), lockout, "allowed by root"},
		"root is locked out of other calls": {ask(root, "s3:DeleteBucket", bucket), lockout, "explicitDeny by resource, blocked by resource"},
		"an SCP locks root out":             {ask(root, "s3:DeleteBucketPolicy", bucket), deniedTwice, "explicitDeny by scp, blocked by scp"},
	})
	d := mustDecide(t, ask(root, "s3:DeleteBucketPolicy", bucket), deniedTwice)
	for m := range d.Matched() {
		if m.Layer != eval.BySCP {
			t.Errorf("the statement of %s does not count", m.Layer)
		}
	}
}

func TestProtectionOfWhatAWSOwns(t *testing.T) { // EV-169
	t.Parallel()
	const (
		managedPolicy = "arn:aws:iam::aws:policy/ReadOnlyAccess"
		reserved      = "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_x"
	)
	tests := map[string]struct {
		action, resource string
		protected        bool
	}{
		"a change of a managed policy":          {"iam:CreatePolicyVersion", managedPolicy, true},
		"reading a managed policy":              {"iam:GetPolicy", managedPolicy, false},
		"an own policy":                         {"iam:CreatePolicyVersion", "arn:aws:iam::111122223333:policy/p", false},
		"a change of a reserved role":           {"iam:DeleteRole", reserved, true},
		"passing a reserved role":               {"iam:PassRole", reserved, false},
		"a change of a service-linked role":     {"iam:AttachRolePolicy", linked, true},
		"its description":                       {"iam:UpdateRoleDescription", linked, false},
		"making a service-linked role":          {"iam:CreateServiceLinkedRole", linked, false},
		"another service on the same resource":  {"sts:TagSession", reserved, false},
		"a change of a role of the own account": {"iam:DeleteRole", role, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := ask(user, tt.action, tt.resource)
			q.ResourceAccount = home
			p := eval.Policies{Identity: set(t, policy.Identity, allow)}
			if tt.action == "sts:TagSession" {
				p.Resource = set(t, policy.Trust, trusting(aws(home)))
			}
			if got := mustDecide(t, q, p); !got.Allowed() {
				t.Errorf("the protection is off by default: %s", decision(got))
			}
			q.ProtectAWSManaged = true
			got := mustDecide(t, q, p)
			if got.Allowed() == tt.protected || tt.protected && got.Reason != eval.ByProtection {
				t.Errorf("%s", decision(got))
			}
		})
	}
}
