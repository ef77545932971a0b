package gen

import (
	"fmt"

	"pgregory.net/rapid"

	"github.com/rolecall/rolecall/policy"
)

// Policy draws a valid document of a kind.
func Policy(kind policy.Kind) *rapid.Generator[Object] {
	return rapid.Custom(func(t *rapid.T) Object { return drawPolicy(t, kind) })
}

func drawPolicy(t *rapid.T, kind policy.Kind) Object {
	if chance(t, "full access", 3) {
		return fullAccess(kind)
	}
	p := Object{}
	switch version := rapid.IntRange(1, 8).Draw(t, "version"); {
	case version == 1:
	case version == 2 && kind != policy.SCP && kind != policy.RCP:
		p["Version"] = policy.Version2008
	default:
		p["Version"] = policy.Version2012
	}
	if chance(t, "id", 6) {
		p["Id"] = "an id"
	}
	if chance(t, "one statement", 4) {
		p["Statement"] = drawStatement(t, kind, 0)
		return p
	}
	statements := List{}
	for i := range rapid.IntRange(1, 3).Draw(t, "statements") {
		statements = append(statements, drawStatement(t, kind, i))
	}
	p["Statement"] = statements
	return p
}

// fullAccess is the policy of a kind that allows everything.
func fullAccess(kind policy.Kind) Object {
	st := Object{"Effect": "Allow", "Action": "*", "Resource": "*"}
	switch kind {
	case policy.Trust:
		delete(st, "Resource")
		st["Principal"] = Object{"AWS": awsPrincipals[1]}
	case policy.Resource, policy.Endpoint, policy.RCP:
		st["Principal"] = "*"
	}
	return Object{"Version": policy.Version2012, "Statement": List{st}}
}

func drawStatement(t *rapid.T, kind policy.Kind, index int) Object {
	st := Object{"Effect": "Allow"}
	if kind == policy.RCP || chance(t, "deny", 3) {
		st["Effect"] = "Deny"
	}
	if chance(t, "sid", 3) {
		st["Sid"] = fmt.Sprintf("Sid%d", index)
	}
	drawPrincipal(t, st, kind)
	drawAction(t, st, kind)
	drawResource(t, st, kind)
	if chance(t, "condition", 2) {
		st["Condition"] = drawCondition(t)
	}
	return st
}

var actions = []string{
	"s3:GetObject", "s3:Get*", "S3:*", "s3:Put?bject", "sqs:SendMessage", "kms:Decrypt", "kms:*",
	"sts:AssumeRole", "sts:*", "sts:TagSession", "sts:SetSourceIdentity", "iam:GetRole", "iam:*", "ec2:RunInstances",
}

func drawAction(t *rapid.T, st Object, kind policy.Kind) {
	choice := actions
	if kind != policy.RCP {
		choice = append([]string{"*", "*", "*"}, actions...)
		if chance(t, "not action", 6) {
			st["NotAction"] = orBare(t, "not action", actions...)
			return
		}
	}
	st["Action"] = orBare(t, "action", choice...)
}

var resources = []string{
	"*", "*", "arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket/${aws:username}/*", "arn:aws:s3:::b*/a/?ey",
	"arn:aws:sqs:*:" + Home + ":*", "arn:aws:kms:*:*:key/*", "arn:aws:iam::" + Home + ":role/*",
	"arn:aws:iam::*:role/target", "arn:aws:*:*:*:*",
}

func drawResource(t *rapid.T, st Object, kind policy.Kind) {
	switch {
	case kind == policy.Trust:
	case kind == policy.Resource && chance(t, "no resource", 5):
	case chance(t, "not resource", 6):
		st["NotResource"] = orBare(t, "not resource", resources[2:]...)
	default:
		st["Resource"] = orBare(t, "resource", resources...)
	}
}

var awsPrincipals = []string{
	"*", Home, Other, "arn:aws:iam::" + Home + ":root", "arn:aws:iam::" + Home + ":user/alice", "arn:aws:iam::" + Home + ":role/app",
	"arn:aws:sts::" + Home + ":assumed-role/app/s1", "arn:aws:sts::" + Home + ":federated-user/carol", "arn:aws:iam::" + Other + ":user/bob",
}

func drawPrincipal(t *rapid.T, st Object, kind policy.Kind) {
	switch kind {
	case policy.RCP:
		st["Principal"] = "*"
		return
	case policy.Resource, policy.Endpoint:
		if chance(t, "everyone", 4) {
			st["Principal"] = "*"
			return
		}
	case policy.Trust:
	default:
		return
	}
	p := Object{"AWS": orBare(t, "principal", awsPrincipals...)}
	if chance(t, "service", 4) {
		p["Service"] = orBare(t, "service", "ec2.amazonaws.com", "s3.amazonaws.com")
	}
	if kind == policy.Trust && chance(t, "federated", 3) {
		p["Federated"] = orBare(t, "federated", "accounts.google.com", provider)
	}
	name := "Principal"
	if kind != policy.Trust && chance(t, "not principal", 6) {
		name = "NotPrincipal"
	}
	st[name] = p
}

const provider = "arn:aws:iam::" + Home + ":oidc-provider/token.actions.githubusercontent.com"
