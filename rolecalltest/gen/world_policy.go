package gen

import (
	"pgregory.net/rapid"

	"github.com/rolecall/rolecall/policy"
)

// chosen are conditions on what the caller of AssumeRole chooses or what the
// world fixes, as they stand in policies: operator, key, values.
var chosen = []struct {
	operator, key string
	values        []any
}{
	{"StringEquals", "sts:ExternalId", []any{"x-1", "x-2", List{"x-1", "x-2"}}},
	{"Bool", "aws:MultiFactorAuthPresent", []any{"true", "false"}},
	{"BoolIfExists", "aws:MultiFactorAuthPresent", []any{"true"}},
	{"NumericLessThan", "aws:MultiFactorAuthAge", []any{"3600"}},
	{"StringLike", "sts:RoleSessionName", []any{"s*", "deploy-?", "${aws:username}"}},
	{"StringEquals", "sts:SourceIdentity", []any{"alice", "${aws:username}"}},
	{"StringEquals", "aws:RequestTag/env", []any{"prod", List{"prod", "dev"}}},
	{"StringEquals", "aws:RequestTag/team", []any{"${aws:PrincipalTag/team}"}},
	{"ForAllValues:StringEquals", "aws:TagKeys", []any{"env", List{"env", "team"}}},
	{"Null", "sts:ExternalId", []any{"true", "false"}},
	{"Null", "aws:RequestTag/env", []any{"true", "false"}},
	{"IpAddress", "aws:SourceIp", []any{"203.0.113.0/24"}},
	{"NotIpAddress", "aws:SourceIp", []any{"10.0.0.0/8"}},
	{"DateLessThan", "aws:CurrentTime", []any{"2027-01-01T00:00:00Z"}},
	{"StringEquals", "aws:PrincipalTag/team", []any{"red"}},
	{"StringEquals", "aws:PrincipalOrgID", []any{"o-exampleorg1"}},
	{"ArnLike", "aws:PrincipalArn", []any{"arn:aws:iam::*:user/*", "arn:aws:iam::" + Home + ":role/*"}},
	{"StringNotEquals", "aws:PrincipalAccount", []any{Other}},
	{"StringEquals", github + ":sub", []any{"repo:example/app:ref:refs/heads/main", "repo:example/app:environment:production"}},
	{"StringLike", github + ":sub", []any{"repo:example/*"}},
	{"StringEquals", github + ":aud", []any{"sts.amazonaws.com"}},
	{"StringEquals", "SAML:aud", []any{"https://signin.aws.amazon.com/saml"}},
}

// condition draws one or two conditions, once in n times.
func (s *sketch) condition(st Object, n int) {
	if !chance(s.T, "condition", n) {
		return
	}
	block := Object{}
	for range rapid.IntRange(1, 2).Draw(s.T, "conditions") {
		c := rapid.SampledFrom(chosen).Draw(s.T, "condition on")
		keys, ok := block[c.operator].(Object)
		if !ok {
			keys = Object{}
			block[c.operator] = keys
		}
		keys[c.key] = pick(s.T, "values", c.values...)
	}
	st["Condition"] = block
}

// trustPolicy draws a trust policy of a role of an account.
func (s *sketch) trustPolicy(account string) Object {
	statements := listOf(s.T, "trust", 1, 2, func() any { return s.trust(account, "Allow") })
	if chance(s.T, "denied", 5) {
		st := s.trust(account, "Deny").(Object)
		s.condition(st, 2)
		statements = append(statements, st)
	}
	return Object{"Version": policy.Version2012, "Statement": statements}
}

func (s *sketch) trust(account, effect string) any {
	t := s.T
	st := Object{"Effect": effect, "Action": "sts:AssumeRole"}
	switch rapid.IntRange(1, 9).Draw(t, "trusted") {
	case 1:
		st["Principal"] = Object{"Service": orBare(t, "service", "ec2.amazonaws.com", "lambda.amazonaws.com")}
	case 2:
		st["Principal"] = Object{"Federated": "arn:aws:iam::" + account + ":oidc-provider/" + github}
		st["Action"] = "sts:AssumeRoleWithWebIdentity"
	case 3:
		st["Principal"] = Object{"Federated": "arn:aws:iam::" + account + ":saml-provider/corp"}
		st["Action"] = List{"sts:AssumeRoleWithSAML", "sts:TagSession"}
	default:
		st["Principal"] = Object{"AWS": orBare(t, "principal", s.principals()...)}
		st["Action"] = pick[any](t, "action", "sts:AssumeRole", "sts:AssumeRole", "sts:*", List{"sts:AssumeRole", "sts:TagSession"},
			List{"sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"})
	}
	s.condition(st, 2)
	return st
}

// principals are the AWS principals of the world that a policy can name.
func (s *sketch) principals() []string {
	list := []string{"*", outsider, "arn:aws:iam::" + outsider + ":role/app", "AIDADELETEDUSER00000", "AROADELETEDROLE00000"}
	for _, id := range s.accounts {
		list = append(list, id, "arn:aws:iam::"+id+":root", userID(id, "alice"))
	}
	for _, more := range [][]string{s.users, s.users, s.roles, s.roles, s.sessions} {
		list = append(list, more...)
	}
	return list
}

// callerPolicy draws an identity-based policy of somebody who assumes roles.
func (s *sketch) callerPolicy() Object {
	statements := listOf(s.T, "calls", 1, 2, func() any { return s.call("Allow", 4) })
	if chance(s.T, "call denied", 6) {
		statements = append(statements, s.call("Deny", 2))
	}
	return Object{"Version": policy.Version2012, "Statement": statements}
}

func (s *sketch) call(effect string, conditional int) Object {
	st := Object{
		"Effect":   effect,
		"Action":   pick[any](s.T, "call", "sts:AssumeRole", "sts:*", "*", List{"sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"}),
		"Resource": orBare(s.T, "role", append([]string{"*", "arn:aws:iam::*:role/app", "arn:aws:iam::" + Home + ":role/*"}, s.roles...)...),
	}
	if chance(s.T, "other actions", 10) {
		delete(st, "Action")
		st["NotAction"] = List{"iam:*", "sts:TagSession"}
	}
	s.condition(st, conditional)
	return st
}

// limit draws a boundary.
func (s *sketch) limit() Object {
	if chance(s.T, "wide limit", 2) {
		return fullAccess(policy.Identity)
	}
	return Object{"Version": policy.Version2012, "Statement": s.call("Allow", 3)}
}

// organization draws an organization: the first account manages it, some of
// the others are in a unit, and the last may be outside.
func (s *sketch) organization() Object {
	inside := len(s.accounts)
	if inside > 2 && chance(s.T, "outside", 3) {
		inside--
	}
	below := rapid.IntRange(1, inside).Draw(s.T, "in the root")
	unit := Object{"id": "ou-ex01-workload", "name": "Workloads", "accounts": anyOf(s.accounts[below:inside])}
	root := Object{"id": "r-ex01", "accounts": anyOf(s.accounts[:below]), "units": List{unit}}
	for _, level := range []Object{root, unit} {
		if chance(s.T, "SCPs", 2) {
			level["serviceControlPolicies"] = s.scps()
		}
		if chance(s.T, "RCPs", 4) {
			level["resourceControlPolicies"] = List{s.rcp()}
		}
	}
	return Object{
		"id": "o-exampleorg1", "managementAccount": s.accounts[0], "rootSessions": true, "root": root,
		"delegatedAdministrators": Object{"iam.amazonaws.com": anyOf(s.accounts[:1])},
	}
}

// scps draws what is attached to a level; once in a while it is nothing.
func (s *sketch) scps() List {
	if chance(s.T, "no SCP", 8) {
		return List{}
	}
	list := List{fullAccess(policy.SCP)}
	if chance(s.T, "deny by SCP", 2) {
		deny := Object{"Effect": "Deny", "Action": "sts:AssumeRole", "Resource": pick(s.T, "denied role", "*", "arn:aws:iam::*:role/admin")}
		s.condition(deny, 1)
		list = append(list, Object{"name": "deny", "document": Object{"Version": policy.Version2012, "Statement": deny}})
	}
	return list
}

func (s *sketch) rcp() Object {
	deny := Object{"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Resource": "*"}
	s.condition(deny, 1)
	return Object{"Version": policy.Version2012, "Statement": List{deny}}
}

func anyOf(list []string) List {
	out := make(List, len(list))
	for i, item := range list {
		out[i] = item
	}
	return out
}
