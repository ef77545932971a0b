package sts

import (
	"context"
	"strings"

	"github.com/rolecall/rolecall/arn"
)

// AssumeRootInput is the request of AssumeRoot (STS-124).
type AssumeRootInput struct {
	// TargetPrincipal is a member account's id or the ARN of its root user.
	TargetPrincipal *string               `sts:"TargetPrincipalType,required"`
	TaskPolicyArn   *PolicyDescriptorType `sts:",required"`
	// DurationSeconds is 0 to 900; nil is 900.
	DurationSeconds         *int32 `sts:"RootDurationSecondsType"`
	MinimumSessionTokenSize *int32 `sts:"minimumSessionTokenSizeType"`
}

// AssumeRootOutput is the answer of AssumeRoot (STS-128).
type AssumeRootOutput struct {
	Credentials Credentials
	// SourceIdentity is the caller's; empty if it has none.
	SourceIdentity string
	TokenSize
}

var assumeRoot = rulesFor[AssumeRootInput]("AssumeRoot", User, RoleSession)

// AssumeRoot makes a session of the root user of a member account, limited to
// one task.
func (s *Service) AssumeRoot(ctx context.Context, caller *Caller, in *AssumeRootInput) (*AssumeRootOutput, error) {
	c, err := s.begin(ctx, assumeRoot, caller, in)
	if err != nil {
		return nil, err
	}
	target, err := c.rootTarget(*in.TargetPrincipal)
	if err != nil {
		return nil, err
	}
	task := text(in.TaskPolicyArn.Arn)
	if c.taskPolicy(task) == nil { // the code is CONTESTED
		e := newError(ValidationError, task+" is not a root task policy")
		e.Detail = "the policies are those below arn:" + c.world().Partition() + taskPath
		return nil, e
	}
	if err := c.authorizeRoot(target, task); err != nil {
		return nil, err
	}
	if err := c.checkRegion(target); err != nil {
		return nil, err
	}
	made := &session{kind: AssumedRoot, account: target, task: task}
	made.passed.sourceIdentity = c.who.session.sourceIdentity() // STS-100
	credentials, size, err := c.issue(made, seconds(in.DurationSeconds, 900), in.MinimumSessionTokenSize)
	if err != nil {
		return nil, err
	}
	return &AssumeRootOutput{Credentials: credentials, SourceIdentity: made.passed.sourceIdentity, TokenSize: size}, nil
}

// rootTarget reads TargetPrincipal: the id of an account, or the ARN of its root
// user.
func (c *call) rootTarget(principal string) (string, *Error) {
	account, isARN := strings.CutPrefix(principal, "arn:"+c.world().Partition()+":iam::")
	if isARN {
		account, isARN = strings.CutSuffix(account, ":root")
		if !isARN {
			account = ""
		}
	}
	if !arn.IsAccountID(account) {
		return "", newError(ValidationError, principal+" is invalid")
	}
	return account, nil
}

// rootARN gives the ARN of the root user of an account.
func (c *call) rootARN(account string) string {
	return "arn:" + c.world().Partition() + ":iam::" + account + ":root"
}

// authorizeRoot demands that the caller may assume the root user, that it is in
// an account that may, and that the target is a member account of the same
// organization (STS-125, STS-126; the management account as target is
// CONTESTED).
func (c *call) authorizeRoot(target, task string) *Error {
	resource := c.rootARN(target)
	keys := c.context()
	keys.AddDefault("sts:TaskPolicyArn", task)
	if err := c.ask(c.rules.action, resource, keys); err != nil {
		return err
	}
	var why string
	w := c.world()
	switch org := w.Organization(); {
	case org == nil || !org.RootSessions:
		why = "root sessions are not enabled in an organization"
	case !w.IsManagementAccount(c.who.account) && !w.IsDelegatedAdministrator("iam.amazonaws.com", c.who.account):
		why = "the caller's account is neither the management account nor a delegated administrator for iam.amazonaws.com"
	case !w.InOrganization(target) || w.IsManagementAccount(target):
		why = "the target is no member account of the organization"
	default:
		return nil
	}
	e := newError(AccessDenied, refusal(c.who.arn, c.rules.action, resource))
	e.Action, e.Detail = c.rules.action, why
	return e
}
