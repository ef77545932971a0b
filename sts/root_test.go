package sts

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/policy/eval"
	"github.com/rolecall/rolecall/world"
)

func TestAssumeRoot(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	source := l.session(l.key(aliceKey), in(deployARN, func(in *AssumeRoleInput) { in.SourceIdentity = new("alice") }))
	input := rootInput("arn:aws:iam::222222222222:root", "IAMAuditRootUserCredentials")
	out := must(l.AssumeRoot(ctx(), source, input))(t)
	if out.SourceIdentity != "alice" || !out.Credentials.Expiration.Equal(start.Add(15*time.Minute)) {
		t.Errorf("%+v", out)
	}
	if account, _ := accountOf(out.Credentials.AccessKeyId); account != work {
		t.Errorf("a key of account %s", account)
	}
	keys := l.seen(l.with(out.Credentials))
	if keys["aws:AssumedRoot"] != "true" || keys["aws:SourceIdentity"] != "alice" || keys["aws:PrincipalArn"] != "arn:aws:iam::222222222222:root" {
		t.Errorf("keys %v", keys)
	}
	input.DurationSeconds = new(int32(0))
	expired := l.with(must(l.AssumeRoot(ctx(), source, input))(t).Credentials)
	_, err := l.GetCallerIdentity(ctx(), expired, &GetCallerIdentityInput{})
	fails(t, err, 403, ExpiredToken, "The security token included in the request is expired")
	must(l.AssumeRoot(ctx(), l.key(adminKey), rootInput(fenced, "IAMAuditRootUserCredentials")))(t) // a delegated administrator
}

func TestAssumeRootRefusals(t *testing.T) {
	t.Parallel()
	refused := func(arn, target string) string {
		return "User: " + arn + " is not authorized to perform: sts:AssumeRoot on resource: arn:aws:iam::" + target + ":root"
	}
	tests := map[string]struct {
		key          string
		target, task string
		status       int
		code         Code
		want         string
	}{
		"the management account":          {aliceKey, home, "SQSUnlockQueuePolicy", 403, AccessDenied, refused(aliceARN, home)},
		"an account outside":              {aliceKey, away, "SQSUnlockQueuePolicy", 403, AccessDenied, refused(aliceARN, away)},
		"an account that does not exist":  {aliceKey, "444444444444", "SQSUnlockQueuePolicy", 403, AccessDenied, refused(aliceARN, "444444444444")},
		"another task than allowed":       {adminKey, fenced, "SQSUnlockQueuePolicy", 403, AccessDenied, refused("arn:aws:iam::222222222222:user/admin", fenced)},
		"no permission":                   {bobKey, work, "SQSUnlockQueuePolicy", 403, AccessDenied, refused("arn:aws:iam::111111111111:user/bob", work)},
		"an account that is no delegate":  {fencedKey, work, "SQSUnlockQueuePolicy", 403, AccessDenied, refused("arn:aws:iam::333333333333:user/insider", work)},
		"no task":                         {aliceKey, work, "AdministratorAccess", 400, ValidationError, "arn:aws:iam::aws:policy/root-task/AdministratorAccess is not a root task policy"},
		"no account":                      {aliceKey, "arn:aws:iam::222222222222:user/x", "SQSUnlockQueuePolicy", 400, ValidationError, "arn:aws:iam::222222222222:user/x is invalid"},
		"an account of another partition": {aliceKey, "arn:aws-cn:iam::222222222222:root", "SQSUnlockQueuePolicy", 400, ValidationError, "arn:aws-cn:iam::222222222222:root is invalid"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			_, err := l.AssumeRoot(ctx(), l.key(tt.key), rootInput(tt.target, tt.task))
			fails(t, err, tt.status, tt.code, tt.want)
		})
	}
	l := newLab(t)
	org := *l.World().Organization()
	org.RootSessions = false
	l.change(world.SetOrganization(&org))
	_, err := l.AssumeRoot(ctx(), l.key(aliceKey), rootInput(work, "SQSUnlockQueuePolicy"))
	fails(t, err, 403, AccessDenied, refused(aliceARN, work))
}

// TestRootTasks is the table of STS-130.
func TestRootTasks(t *testing.T) {
	t.Parallel()
	table := map[string]string{
		"IAMAuditRootUserCredentials":  "iam:GetUser iam:GetLoginProfile iam:ListAccessKeys iam:ListSigningCertificates iam:ListMFADevices iam:GetAccessKeyLastUsed iam:GetAccountSummary",
		"IAMCreateRootUserPassword":    "iam:CreateLoginProfile iam:GetLoginProfile",
		"IAMDeleteRootUserCredentials": "iam:DeleteAccessKey iam:DeleteSigningCertificate iam:DeleteLoginProfile iam:DeactivateMFADevice iam:DeleteVirtualMFADevice iam:GetUser iam:GetLoginProfile iam:ListAccessKeys iam:ListSigningCertificates iam:ListMFADevices iam:GetAccessKeyLastUsed",
		"S3UnlockBucketPolicy":         "s3:GetBucketPolicy s3:PutBucketPolicy s3:DeleteBucketPolicy s3:ListAllMyBuckets",
		"SQSUnlockQueuePolicy":         "sqs:SetQueueAttributes sqs:GetQueueAttributes sqs:ListQueues sqs:GetQueueUrl",
	}
	every := map[string]bool{"ec2:RunInstances": true, "iam:CreateUser": true, "sts:AssumeRole": true, "s3:GetObject": true}
	for _, actions := range table {
		for action := range strings.FieldsSeq(actions) {
			every[action] = true
		}
	}
	l := newLab(t)
	for task, actions := range table {
		caller := l.with(must(l.AssumeRoot(ctx(), l.key(aliceKey), rootInput(work, task)))(t).Credentials)
		for action := range every {
			want := strings.Contains(actions+" ", action+" ")
			if d := l.may(caller, action, "*"); d.Allowed() != want {
				t.Errorf("%s %s: %v by %v", task, action, d.Outcome, d.Reason)
			}
			if strings.HasPrefix(action, "iam:") && l.may(caller, action, "arn:aws:iam::222222222222:user/x").Allowed() {
				t.Errorf("%s %s of another user is allowed", task, action)
			}
		}
		if d := l.may(caller, "iam:GetUser", "arn:aws:iam::222222222222:root"); strings.HasPrefix(task, "IAMAudit") && !d.Allowed() {
			t.Errorf("%s: not on the root user", task)
		}
	}
}

func TestATaskPolicyOfTheWorldReplacesTheBuiltInOne(t *testing.T) {
	t.Parallel()
	const arn = "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy"
	l := newLab(t)
	w := readWorld(worldText + "  " + arn + `: {Version: "2012-10-17", Statement: [{Effect: Deny, NotAction: "ec2:RunInstances", Resource: "*"}]}`)
	if err := l.SetWorld(w); err != nil {
		t.Fatal(err)
	}
	caller := l.with(must(l.AssumeRoot(ctx(), l.key(aliceKey), rootInput(work, "S3UnlockBucketPolicy")))(t).Credentials)
	for action, want := range map[string]bool{"ec2:RunInstances": true, "s3:GetBucketPolicy": false} {
		if d := l.may(caller, action, "*"); d.Allowed() != want {
			t.Errorf("%s: %v by %v", action, d.Outcome, d.Reason)
		}
	}
}

func TestSCPsBindAssumedRoots(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	org := *l.World().Organization()
	d, _ := policy.Parse(&diag.Source{Text: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},
		{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:root"},"Null":{"aws:AssumedRoot":"false"}}}]}`}, policy.Options{Kind: policy.SCP})
	org.Root.Units = slices.Clone(org.Root.Units)
	org.Root.Units[0].Attached.SCPs = []policy.Policy{{Name: "no root", Document: d}}
	l.change(world.SetOrganization(&org))
	caller := l.with(must(l.AssumeRoot(ctx(), l.key(aliceKey), rootInput(work, "IAMAuditRootUserCredentials")))(t).Credentials)
	if d := l.may(caller, "iam:GetAccountSummary", "*"); d.Outcome != eval.ExplicitDeny || d.Reason != eval.BySCP {
		t.Errorf("%v by %v", d.Outcome, d.Reason)
	}
}

func TestATaskThatIsNoMoreForbidsEverything(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	c := &call{service: l.Service, state: l.state.Load()}
	set, err := c.sessionPolicies(&session{kind: AssumedRoot, account: work, task: "arn:aws:iam::aws:policy/root-task/Gone"})
	if err != nil || set != forbidden {
		t.Errorf("%v %v", set, err)
	}
}
