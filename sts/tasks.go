package sts

import (
	"strings"

	"github.com/rolecall/rolecall/policy"
)

// taskPath is what stands between the partition and the name of a task policy.
const taskPath = ":iam::aws:policy/root-task/"

// task is a root task: the actions that its policy leaves of the root user's
// full access, and the resources that they must not touch.
type task struct {
	actions, spare string
}

// tasks are the tasks of AssumeRoot by the name of their policy (STS-127,
// STS-130).
var tasks = map[string]task{
	"IAMAuditRootUserCredentials": {
		actions: `"iam:GetAccessKeyLastUsed", "iam:GetAccountSummary", "iam:GetLoginProfile", "iam:GetUser", "iam:ListAccessKeys", "iam:ListMFADevices", "iam:ListSigningCertificates"`,
		spare:   othersOfIAM,
	},
	"IAMCreateRootUserPassword": {
		actions: `"iam:CreateLoginProfile", "iam:GetLoginProfile"`,
		spare:   othersOfIAM,
	},
	"IAMDeleteRootUserCredentials": {
		actions: `"iam:DeactivateMFADevice", "iam:DeleteAccessKey", "iam:DeleteLoginProfile", "iam:DeleteSigningCertificate", "iam:DeleteVirtualMFADevice", ` +
			`"iam:GetAccessKeyLastUsed", "iam:GetLoginProfile", "iam:GetUser", "iam:ListAccessKeys", "iam:ListMFADevices", "iam:ListSigningCertificates"`,
		spare: othersOfIAM,
	},
	"S3UnlockBucketPolicy": {
		actions: `"s3:DeleteBucketPolicy", "s3:GetBucketPolicy", "s3:ListAllMyBuckets", "s3:PutBucketPolicy"`,
	},
	"SQSUnlockQueuePolicy": {
		actions: `"sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListQueues", "sqs:SetQueueAttributes"`,
	},
}

// othersOfIAM are the identities other than the root user.
const othersOfIAM = `"arn:*:iam::*:group/*", "arn:*:iam::*:role/*", "arn:*:iam::*:user/*"`

// taskSets are the built-in task policies, compiled, by name. They deny only:
// everything but the task's actions, these on any identity but the root user,
// and these for a caller that is not root; what is left of the root user's
// implicit allow is the task (STS-129).
var taskSets = func() map[string]*policy.Set {
	sets := make(map[string]*policy.Set, len(tasks))
	for name, t := range tasks {
		text := `{"Version": "2012-10-17", "Statement": [
  {"Sid": "DenyAllOtherActions", "Effect": "Deny", "NotAction": [` + t.actions + `], "Resource": "*"},
  {"Sid": "DenyOtherCallers", "Effect": "Deny", "Action": [` + t.actions + `], "Resource": "*",
   "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:*:iam::*:root"}}}`
		if t.spare != "" {
			text += `,
  {"Sid": "DenyOtherIdentities", "Effect": "Deny", "Action": [` + t.actions + `], "Resource": [` + t.spare + `]}`
		}
		sets[name] = policy.Compile(policy.Policy{
			Name: name, ARN: "arn:aws" + taskPath + name, Document: mustParse(name, text+"]}"),
		})
	}
	return sets
}()

// taskPolicy gives the policy of a task by its ARN, or nil if there is no such
// task. A document that the world has under that ARN replaces the built-in
// one.
func (c *call) taskPolicy(arn string) *policy.Set {
	name, ok := strings.CutPrefix(arn, "arn:"+c.world().Partition()+taskPath)
	set := taskSets[name]
	if !ok || set == nil {
		return nil
	}
	if p := c.world().ManagedPolicy(arn); p != nil && p.Document() != nil {
		return policy.Compile(policy.Policy{Name: name, ARN: arn, Document: p.Document()})
	}
	return set
}
