package gen

import (
	"pgregory.net/rapid"

	"github.com/rolecall/rolecall/policy"
)

// target is an action and a resource that go together.
type target struct{ action, resource, account string }

var targets = []target{
	{"s3:GetObject", "arn:aws:s3:::bucket/a/key", Home},
	{"s3:GetObject", "arn:aws:s3:::bucket/alice/key", Other},
	{"s3:PutObject", "arn:aws:s3:::bucket/a/key", ""},
	{"s3:PutBucketPolicy", "arn:aws:s3:::bucket", Home},
	{"sqs:SendMessage", "arn:aws:sqs:us-east-1:" + Home + ":queue", ""},
	{"kms:Decrypt", "arn:aws:kms:us-east-1:" + Home + ":key/1", ""},
	{"ec2:RunInstances", "arn:aws:ec2:us-east-1:" + Other + ":instance/i-1", ""},
	{"iam:GetRole", "arn:aws:iam::" + Home + ":role/target", ""},
	{"s3:ListAllMyBuckets", "*", ""},
	{"sts:GetCallerIdentity", "*", ""},
	{"sts:AssumeRole", "arn:aws:iam::" + Home + ":role/target", ""},
	{"sts:AssumeRole", "arn:aws:iam::" + Other + ":role/target", ""},
	{"sts:TagSession", "arn:aws:iam::" + Home + ":role/target", ""},
	{"sts:SetSourceIdentity", "arn:aws:iam::" + Home + ":role/target", ""},
}

// callers by what may be attached to them.
var (
	users      = []string{"arn:aws:iam::" + Home + ":user/alice", "arn:aws:iam::" + Other + ":user/bob"}
	sessions   = []string{"arn:aws:sts::" + Home + ":assumed-role/app/s1", "arn:aws:iam::" + Home + ":role/app", "arn:aws:sts::" + Home + ":federated-user/carol"}
	identities = append(append([]string{}, users...), sessions...)
	others     = []string{"*", "ec2.amazonaws.com", "s3.amazonaws.com", "arn:aws:iam::" + Home + ":root", "arn:aws:iam::" + Other + ":root"}
)

// Case draws a valid case without a name or an expectation.
func Case() *rapid.Generator[Object] {
	return rapid.Custom(drawCase)
}

func drawCase(t *rapid.T) Object {
	to := rapid.SampledFrom(targets).Draw(t, "target")
	caller := rapid.SampledFrom(append(append([]string{}, identities...), others...)).Draw(t, "caller")
	if to.resource == "arn:aws:iam::"+Home+":role/target" && chance(t, "web identity", 4) {
		caller, to.action = provider, "sts:AssumeRoleWithWebIdentity"
	}
	request := Object{"principal": caller, "action": to.action, "resource": to.resource, "context": drawContext(t)}
	if to.account != "" {
		request["resourceAccount"] = to.account
	}
	c := Object{"request": request}
	drawIdentity(t, c, caller)
	if chance(t, "resource policy", 2) {
		kind := policy.Resource
		if to.resource == "arn:aws:iam::"+Home+":role/target" || to.resource == "arn:aws:iam::"+Other+":role/target" {
			kind = policy.Trust
		}
		c["resourcePolicy"] = drawPolicy(t, kind)
	}
	if chance(t, "SCPs", 3) {
		c["serviceControlPolicies"] = drawLevels(t, policy.SCP)
	}
	if chance(t, "RCPs", 3) {
		c["resourceControlPolicies"] = drawLevels(t, policy.RCP)
	}
	if chance(t, "endpoint policy", 5) {
		c["endpointPolicy"] = drawPolicy(t, policy.Endpoint)
	}
	return c
}

func drawIdentity(t *rapid.T, c Object, caller string) {
	in := func(list []string) bool {
		for _, s := range list {
			if s == caller {
				return true
			}
		}
		return false
	}
	if !in(identities) {
		return
	}
	c["identityPolicies"] = listOf(t, "identity policies", 0, 2, func() any { return drawPolicy(t, policy.Identity) })
	if chance(t, "boundary", 3) {
		c["permissionsBoundary"] = drawPolicy(t, policy.Boundary)
	}
	if in(sessions) && chance(t, "session policies", 2) {
		c["sessionPolicies"] = listOf(t, "session policies", 0, 2, func() any { return drawPolicy(t, policy.Session) })
	}
}

func drawLevels(t *rapid.T, kind policy.Kind) List {
	return listOf(t, "levels", 1, 3, func() any {
		return listOf(t, "policies of a level", 1, 2, func() any { return drawPolicy(t, kind) })
	})
}
