package lint

import (
	"fmt"
	"strings"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
)

var escalationRules = []Rule{{
	Code: "PRIVILEGE_ESCALATION", Severity: diag.Security, Rule: "PL-204", Page: pageLeast, document: privilegeEscalation,
	Title:   "actions that together give their holder further permissions",
	Happens: "whoever has the policy can get permissions that it does not grant",
	Mend:    "name the resources, require a permissions boundary by iam:PermissionsBoundary, or deny the actions",
}}

// escalation is a set of actions that together lead to more permissions.
type escalation struct {
	// actions are all needed; the first one is where the finding stands.
	actions string
	// how says what the holder does; it follows "the holder can".
	how string
	// service is whom a role is passed to.
	service string
	// self: one's own user is enough, so that ${aws:username} in the resource
	// does not make it harmless.
	self bool
}

// escalations rest on what the pages of the actions say that they do.
var escalations = []escalation{
	{actions: "iam:CreatePolicyVersion", how: "rewrite a managed policy that they have"},
	{actions: "iam:SetDefaultPolicyVersion", how: "bring back a wider version of a managed policy that they have"},
	{actions: "iam:AttachUserPolicy", how: "attach any managed policy to their own user", self: true},
	{actions: "iam:AttachGroupPolicy", how: "attach any managed policy to a group of theirs"},
	{actions: "iam:AttachRolePolicy", how: "attach any managed policy to a role of theirs"},
	{actions: "iam:PutUserPolicy", how: "write an inline policy for their own user", self: true},
	{actions: "iam:PutGroupPolicy", how: "write an inline policy for a group of theirs"},
	{actions: "iam:PutRolePolicy", how: "write an inline policy for a role of theirs"},
	{actions: "iam:AddUserToGroup", how: "join any group"},
	{actions: "iam:UpdateAssumeRolePolicy", how: "make any role trust them"},
	{actions: "iam:CreateAccessKey", how: "make access keys for another user"},
	{actions: "iam:CreateLoginProfile", how: "give another user a password"},
	{actions: "iam:UpdateLoginProfile", how: "change another user's password"},
	{actions: "iam:DeleteUserPermissionsBoundary", how: "remove their permissions boundary", self: true},
	{actions: "iam:PutUserPermissionsBoundary", how: "widen their permissions boundary", self: true},
	{actions: "iam:DeleteRolePermissionsBoundary", how: "remove the permissions boundary of a role of theirs"},
	{actions: "iam:PutRolePermissionsBoundary", how: "widen the permissions boundary of a role of theirs"},
	{actions: "iam:UpdateSAMLProvider", how: "sign assertions for every role that trusts the provider"},

	{actions: "iam:PassRole ec2:RunInstances", how: "start an instance that has the role", service: "ec2.amazonaws.com"},
	{actions: "iam:PassRole ec2:AssociateIamInstanceProfile", how: "give the role to an instance of theirs", service: "ec2.amazonaws.com"},
	{actions: "iam:PassRole autoscaling:CreateLaunchConfiguration autoscaling:CreateAutoScalingGroup", how: "start instances that have the role", service: "ec2.amazonaws.com"},
	{actions: "iam:PassRole lambda:CreateFunction lambda:InvokeFunction", how: "run code as the role", service: "lambda.amazonaws.com"},
	{actions: "iam:PassRole lambda:CreateFunction lambda:CreateEventSourceMapping", how: "run code as the role", service: "lambda.amazonaws.com"},
	{actions: "iam:PassRole lambda:CreateFunction lambda:AddPermission", how: "let another account run code as the role", service: "lambda.amazonaws.com"},
	{actions: "iam:PassRole ecs:RegisterTaskDefinition ecs:RunTask", how: "run a container as the role", service: "ecs-tasks.amazonaws.com"},
	{actions: "iam:PassRole ecs:RegisterTaskDefinition ecs:CreateService", how: "run containers as the role", service: "ecs-tasks.amazonaws.com"},
	{actions: "iam:PassRole batch:RegisterJobDefinition batch:SubmitJob", how: "run a container as the role", service: "ecs-tasks.amazonaws.com"},
	{actions: "iam:PassRole codebuild:CreateProject codebuild:StartBuild", how: "run a build as the role", service: "codebuild.amazonaws.com"},
	{actions: "iam:PassRole cloudformation:CreateStack", how: "let a stack act as the role", service: "cloudformation.amazonaws.com"},
	{actions: "iam:PassRole glue:CreateJob glue:StartJobRun", how: "run a job as the role", service: "glue.amazonaws.com"},
	{actions: "iam:PassRole glue:CreateDevEndpoint", how: "log in to an endpoint that has the role", service: "glue.amazonaws.com"},
	{actions: "iam:PassRole datapipeline:CreatePipeline datapipeline:PutPipelineDefinition datapipeline:ActivatePipeline", how: "run commands as the role", service: "datapipeline.amazonaws.com"},
	{actions: "iam:PassRole sagemaker:CreateNotebookInstance sagemaker:CreatePresignedNotebookInstanceUrl", how: "open a notebook that has the role", service: "sagemaker.amazonaws.com"},
	{actions: "iam:PassRole sagemaker:CreateTrainingJob", how: "run a container as the role", service: "sagemaker.amazonaws.com"},
	{actions: "iam:PassRole sagemaker:CreateProcessingJob", how: "run a container as the role", service: "sagemaker.amazonaws.com"},
	{actions: "iam:PassRole states:CreateStateMachine states:StartExecution", how: "call AWS as the role", service: "states.amazonaws.com"},
	{actions: "iam:PassRole ssm:StartAutomationExecution", how: "run an automation as the role", service: "ssm.amazonaws.com"},
	{actions: "iam:PassRole scheduler:CreateSchedule", how: "call AWS as the role", service: "scheduler.amazonaws.com"},
	{actions: "iam:PassRole apprunner:CreateService", how: "run a container as the role", service: "tasks.apprunner.amazonaws.com"},

	{actions: "lambda:UpdateFunctionCode", how: "run code as the role of any function"},
	{actions: "lambda:UpdateFunctionConfiguration", how: "put a layer of theirs into any function"},
	{actions: "glue:UpdateDevEndpoint", how: "log in to any development endpoint"},
	{actions: "cloudformation:UpdateStack", how: "act as the role of any stack"},
	{actions: "ssm:SendCommand", how: "run commands on any managed instance, as its role"},
	{actions: "ssm:StartSession", how: "log in to any managed instance, and use its role"},
	{actions: "ec2-instance-connect:SendSSHPublicKey", how: "log in to any instance, and use its role"},
	{actions: "ecs:ExecuteCommand", how: "run commands in any task, as its role"},
}

// privilegeEscalation gives one finding for each place where such a set begins.
func privilegeEscalation(p *pass) {
	if p.doc.Kind != policy.Identity {
		return
	}
	var places []diag.Span
	found := map[diag.Span][]*escalation{}
	for i := range escalations {
		e := &escalations[i]
		at, ok := p.grantsAll(e)
		if !ok {
			continue
		}
		if found[at] == nil {
			places = append(places, at)
		}
		found[at] = append(found[at], e)
	}
	for _, at := range places {
		p.report(at, escalationSummary(found[at]), "")
	}
}

func escalationSummary(list []*escalation) string {
	const most = 3
	if len(list) == 1 {
		return list[0].names() + ": the holder can " + list[0].how
	}
	var parts []string
	for _, e := range list[:min(len(list), most)] {
		parts = append(parts, e.names()+" ("+e.how+")")
	}
	text := fmt.Sprintf("%d ways to further permissions: %s", len(list), strings.Join(parts, "; "))
	if more := len(list) - most; more > 0 {
		text += fmt.Sprintf("; and %d more", more)
	}
	return text
}

func (e *escalation) names() string { return strings.Join(strings.Fields(e.actions), " with ") }

// grantsAll tells whether the document allows every action of a set widely,
// and where it allows the first one.
func (p *pass) grantsAll(e *escalation) (first diag.Span, ok bool) {
	for i, name := range strings.Fields(e.actions) {
		at, ok := p.grantsWidely(e, strings.ToLower(name))
		if !ok {
			return diag.Span{}, false
		}
		if i == 0 {
			first = at
		}
	}
	return first, true
}

func (p *pass) grantsWidely(e *escalation, name string) (diag.Span, bool) {
	service, name, _ := strings.Cut(name, ":")
	if p.deniesAlways(service, name) {
		return diag.Span{}, false
	}
	for i := range p.statements {
		s := &p.statements[i]
		if !s.allows() || s.isAdminStar() || !s.wide(e) || s.guarded(e) {
			continue
		}
		if at, ok := s.covers(service, name); ok {
			return at, true
		}
	}
	return diag.Span{}, false
}

// deniesAlways tells whether the document denies an action on everything.
func (p *pass) deniesAlways(service, name string) bool {
	for i := range p.statements {
		s := &p.statements[i]
		if s.allows() || len(s.tests) > 0 || s.Resource == nil || s.Resource.Not || !s.everyResource() {
			continue
		}
		if _, ok := s.covers(service, name); ok {
			return true
		}
	}
	return false
}

// wide tells whether a resource of the statement is all of its kind, or, where
// that is enough, the caller's own user.
func (s *statement) wide(e *escalation) bool {
	if s.everyResource() {
		return true
	}
	for i := range s.resources {
		r := &s.resources[i]
		if r.parts != nil && r.broad() || e.self && strings.HasSuffix(strings.ToLower(r.Value), "user/${aws:username}") {
			return true
		}
	}
	return false
}

// harmlessKeys say when and from where somebody calls, and not what about, so
// that a condition on them does not keep the holder from it.
var harmlessKeys = []string{
	mfaPresent, "aws:multifactorauthage", "aws:sourceip", "aws:securetransport", "aws:requestedregion", "aws:currenttime",
	"aws:epochtime", "aws:useragent", "aws:sourcevpc", "aws:sourcevpce",
}

// guarded tells whether a condition may keep the holder from it: any but those
// on harmless keys, and on a service that the set passes a role to.
func (s *statement) guarded(e *escalation) bool {
	ctx := conditions.NewContext(1)
	ctx.AddDefault("iam:PassedToService", e.service)
	for i := range s.tests {
		t := &s.tests[i]
		switch {
		case t.about(harmlessKeys):
		case e.service != "" && t.name == "iam:passedtoservice" && t.compiled.Eval(&ctx) == conditions.True:
		default:
			return true
		}
	}
	return false
}
