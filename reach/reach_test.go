package reach_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/policy/eval"
	"github.com/rolecall/rolecall/reach"
	"github.com/rolecall/rolecall/world"
	"github.com/rolecall/rolecall/world/load"
)

func finder(t *testing.T, text string) *reach.Finder {
	t.Helper()
	w, problems := load.Parse("world.yaml", text)
	if w == nil {
		t.Fatal(problems)
	}
	return reach.New(w)
}

// one is a world of one account with a user, a role that it may assume, and
// conditions on the way.
func one(identity, trust string) string {
	return `
accounts:
  "111111111111":
    users:
      alice:
        policies:
          p: {Version: "2012-10-17", Statement: [` + identity + `]}
    roles:
      target:
        id: AROAEXAMPLETARGET0000
        trustPolicy: {Version: "2012-10-17", Statement: [` + trust + `]}
        policies:
          p: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "sts:*", Resource: "*"}]}
`
}

const (
	mayAssume = `{Effect: Allow, Action: "sts:AssumeRole", Resource: "*"}`
	trusts    = `{Effect: Allow, Principal: {AWS: "111111111111"}, Action: "sts:AssumeRole"}`
)

func allowIf(condition string) string {
	return `{Effect: Allow, Principal: {AWS: "111111111111"}, Action: "sts:AssumeRole", Condition: ` + condition + `}`
}

func denyIf(condition string) string {
	return `{Effect: Deny, Principal: {AWS: "*"}, Action: "sts:AssumeRole", Condition: ` + condition + `}`
}

func TestOpenKeysAreSettledTogether(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		identity, trust string
		from            string
		want            reach.Verdict
		ways            []string
	}{
		"one condition": {
			trust: allowIf(`{StringEquals: {"sts:ExternalId": x}}`), want: reach.Conditional,
			ways: []string{`sts:ExternalId StringEquals "x"`},
		},
		"conditions that contradict each other across policies": {
			identity: `{Effect: Allow, Action: "sts:AssumeRole", Resource: "*", Condition: {StringEquals: {"sts:ExternalId": y}}}`,
			trust:    allowIf(`{StringEquals: {"sts:ExternalId": x}}`), want: reach.No,
		},
		"a deny of what is asked for": {
			trust: allowIf(`{StringEquals: {"sts:ExternalId": x}}`) + "," + denyIf(`{StringLike: {"sts:ExternalId": "*"}}`), want: reach.No,
		},
		"a deny of something else": {
			trust: trusts + "," + denyIf(`{StringNotEquals: {"aws:RequestedRegion": [eu-west-1]}}`), want: reach.Conditional,
			ways: []string{`aws:RequestedRegion StringEquals "eu-west-1"`},
		},
		"conditions of which one always holds": {
			trust: allowIf(`{Bool: {"aws:MultiFactorAuthPresent": "true"}}`) + "," + allowIf(`{BoolIfExists: {"aws:MultiFactorAuthPresent": "false"}}`),
			want:  reach.Yes,
		},
		"two ways": {
			trust: allowIf(`{StringEquals: {"sts:ExternalId": x}}`) + "," + allowIf(`{IpAddress: {"aws:SourceIp": "203.0.113.0/24"}}`),
			want:  reach.Conditional, ways: []string{`sts:ExternalId StringEquals "x"`, `aws:SourceIp IpAddress "203.0.113.0/24"`},
		},
		"two ways of which one contains the other": {
			trust: allowIf(`{StringEquals: {"sts:ExternalId": x, "sts:RoleSessionName": s}}`) + "," + allowIf(`{StringEquals: {"sts:ExternalId": x}}`),
			want:  reach.Conditional, ways: []string{`sts:ExternalId StringEquals "x"`},
		},
		"a deny has its opposite as condition": {
			trust: trusts + "," + denyIf(`{BoolIfExists: {"aws:MultiFactorAuthPresent": "false"}}`), want: reach.Conditional,
			ways: []string{`aws:MultiFactorAuthPresent Bool "true"`},
		},
		"a deny without an opposite": {
			trust: trusts + "," + denyIf(`{StringEqualsIfExists: {"sts:ExternalId": x}}`), want: reach.Conditional,
			ways: []string{`not (sts:ExternalId StringEqualsIfExists "x")`},
		},
		"any session has the id of its role": {
			from: "target", trust: allowIf(`{StringLike: {"aws:userid": "AROAEXAMPLETARGET0000:*"}}`), want: reach.Yes,
		},
		"and no other": {
			from: "target", trust: allowIf(`{StringLike: {"aws:userid": "AROAEXAMPLEOTHER00000:*"}}`), want: reach.No,
		},
		"one session name of many": {
			from: "target", trust: allowIf(`{StringEquals: {"aws:userid": "AROAEXAMPLETARGET0000:bob"}}`), want: reach.Conditional,
			ways: []string{`aws:userid StringEquals "AROAEXAMPLETARGET0000:bob"`},
		},
		"a session is never made with MFA": {
			from: "target", trust: allowIf(`{Bool: {"aws:MultiFactorAuthPresent": "true"}}`), want: reach.No,
		},
		"numbers that leave nothing": {
			trust: allowIf(`{NumericLessThan: {"aws:MultiFactorAuthAge": "300"}, NumericGreaterThan: {"aws:MultiFactorAuthAge": "299"}}`), want: reach.No,
		},
		"dates that leave a day": {
			trust: allowIf(`{DateGreaterThan: {"aws:CurrentTime": "2026-11-01"}, DateLessThan: {"aws:CurrentTime": "2026-11-02"}}`), want: reach.Conditional,
			ways: []string{`aws:CurrentTime DateGreaterThan "2026-11-01" and aws:CurrentTime DateLessThan "2026-11-02"`},
		},
		"wildcards that overlap stay conditional": {
			trust: allowIf(`{StringLike: {"sts:ExternalId": "a*"}}`) + "," + denyIf(`{StringNotLike: {"sts:ExternalId": "*b"}}`), want: reach.Conditional,
			ways: []string{`sts:ExternalId StringLike "a*" and sts:ExternalId StringLike "*b"`},
		},
		"a set of tag keys": {
			trust: allowIf(`{"ForAllValues:StringEquals": {"aws:TagKeys": [team]}}`), want: reach.Conditional,
			ways: []string{`aws:TagKeys ForAllValues:StringEquals "team"`},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			identity, from := tt.identity, tt.from
			if identity == "" {
				identity = mayAssume
			}
			if from == "" {
				from = "alice"
			}
			answer, err := finder(t, one(identity, tt.trust)).CanAssume(reach.Question{From: from, To: "target"})
			if err != nil {
				t.Fatal(err)
			}
			var ways []string
			for _, a := range answer.Hops[0].Alternatives {
				ways = append(ways, a.String())
			}
			if diff := cmp.Diff(tt.ways, ways); answer.Verdict != tt.want || diff != "" {
				t.Errorf("%s, want %s (-want +got):\n%s", answer.Verdict, tt.want, diff)
			}
			if asked, refused := answer.Hops[0].Deciding(); refused != (tt.want == reach.No) || refused && asked.Action != "sts:AssumeRole" {
				t.Errorf("refused by %q", asked.Action)
			}
		})
	}
}

func TestQuestionsThatCannotBeAnswered(t *testing.T) {
	t.Parallel()
	f := finder(t, one(mayAssume, trusts))
	tests := map[string]struct {
		question reach.Question
		is       error
	}{
		"no such role":                 {reach.Question{From: "alice", To: "targe"}, reach.ErrNotRole},
		"a user is no role":            {reach.Question{From: "alice", To: "alice"}, reach.ErrNotRole},
		"no such role by ARN":          {reach.Question{From: "alice", To: "arn:aws:iam::111111111111:role/none"}, reach.ErrNotRole},
		"a session is no role":         {reach.Question{From: "alice", To: "arn:aws:sts::111111111111:assumed-role/target/s"}, reach.ErrNotRole},
		"no such user":                 {reach.Question{From: "bob", To: "target"}, reach.ErrNotCaller},
		"no such user by ARN":          {reach.Question{From: "arn:aws:iam::111111111111:user/bob", To: "target"}, reach.ErrNotCaller},
		"no such role's session":       {reach.Question{From: "arn:aws:sts::111111111111:assumed-role/none/s", To: "target"}, reach.ErrNotCaller},
		"nobody in particular":         {reach.Question{From: "*", To: "target"}, reach.ErrNotCaller},
		"a group":                      {reach.Question{From: "arn:aws:iam::111111111111:group/g", To: "target"}, nil},
		"too many hops":                {reach.Question{From: "alice", To: "target", Hops: 1000}, nil},
		"a session policy of a user":   {reach.Question{From: "alice", To: "target", Call: reach.Call{Session: world.Session{Policies: emptySet(t)}}}, eval.ErrImpossible},
		"a negative number of hops":    {reach.Question{From: "alice", To: "target", Hops: -1}, nil},
		"an account that is not there": {reach.Question{From: "other/alice", To: "target"}, reach.ErrNotCaller},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer, err := f.CanAssume(tt.question)
			if err == nil || tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("%v, %v", answer.Verdict, err)
			}
		})
	}
	_, err := f.CanAssume(reach.Question{From: "alicia", To: "target"})
	var name *reach.NameError
	if !errors.As(err, &name) || name.Suggestion != "alice" {
		t.Errorf("%v suggests %+v", err, name)
	}
}

func TestPrincipalsByName(t *testing.T) {
	t.Parallel()
	f := finder(t, one(mayAssume, trusts))
	for name, want := range map[string]string{
		"alice": "arn:aws:iam::111111111111:user/alice", "target": "arn:aws:iam::111111111111:role/target", "ec2.amazonaws.com": "ec2.amazonaws.com",
		"arn:aws:iam::111111111111:root": "arn:aws:iam::111111111111:root", "arn:aws:sts::111111111111:assumed-role/target/s": "arn:aws:sts::111111111111:assumed-role/target/s",
		"bob": "", "*": "", "oidc:idp.example.com": "", "arn:aws:iam::111111111111:user/bob": "",
	} {
		got, err := f.Principal(name)
		if got != want || (err == nil) != (want != "") || err != nil && !errors.Is(err, reach.ErrNotCaller) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func emptySet(t *testing.T) *policy.Set {
	t.Helper()
	d, problems := policy.Parse(&diag.Source{Name: "p", Text: `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}`}, policy.Options{Kind: policy.Session})
	if d == nil {
		t.Fatal(problems)
	}
	return policy.Compile(policy.Policy{Name: "p", Document: d})
}

func TestTheCallersSessionCounts(t *testing.T) {
	t.Parallel()
	f := finder(t, one(mayAssume, trusts+","+denyIf(`{StringEquals: {"aws:PrincipalTag/state": frozen}}`)))
	ask := func(session world.Session) reach.Answer {
		answer, err := f.CanAssume(reach.Question{From: "arn:aws:sts::111111111111:assumed-role/target/s", To: "target", Call: reach.Call{Session: session, Time: time.Unix(0, 0)}})
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	if got := ask(world.Session{}).Verdict; got != reach.Yes {
		t.Errorf("without anything it is a %s", got)
	}
	limited := ask(world.Session{Policies: emptySet(t)})
	if asked, _ := limited.Hops[0].Deciding(); limited.Verdict != reach.No || asked.Decision.Reason != eval.BySession {
		t.Errorf("with a session policy it is a %s by %s", limited.Verdict, asked.Decision.Reason)
	}
	frozen := ask(world.Session{Tags: []world.Tag{{Key: "state", Value: "frozen"}}})
	if asked, _ := frozen.Hops[0].Deciding(); frozen.Verdict != reach.No || asked.Decision.Outcome != eval.ExplicitDeny {
		t.Errorf("with a session tag it is a %s", frozen.Verdict)
	}
}

func TestAPolicyThatIsNotKnownMakesAnAnswerConditional(t *testing.T) {
	t.Parallel()
	const details = `{"UserDetailList": [], "GroupDetailList": [], "Policies": [], "RoleDetailList": [
	  {"RoleName": "caller", "Path": "/", "Arn": "arn:aws:iam::111111111111:role/caller", "RoleId": "AROAEXAMPLECALLER0000",
	   "AssumeRolePolicyDocument": "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22Service%22%3A%22ec2.amazonaws.com%22%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%5D%7D",
	   "AttachedManagedPolicies": [{"PolicyName": "PowerUserAccess", "PolicyArn": "arn:aws:iam::aws:policy/PowerUserAccess"}]},
	  {"RoleName": "target", "Path": "/", "Arn": "arn:aws:iam::111111111111:role/target", "RoleId": "AROAEXAMPLETARGET0000",
	   "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "111111111111"}, "Action": "sts:AssumeRole"}]}}]}`
	w, problems := load.Parse("gaad.json", details)
	if w == nil {
		t.Fatal(problems)
	}
	if len(problems) == 0 || !strings.Contains(problems.Error(), "PowerUserAccess") {
		t.Errorf("nothing warns of the policy that is not there: %v", problems)
	}
	answer, err := reach.New(w).CanAssume(reach.Question{From: "caller", To: "target"})
	if err != nil || answer.Verdict != reach.Conditional {
		t.Fatalf("%s, %v", answer.Verdict, err)
	}
	way := answer.Hops[0].Alternatives[0]
	if got := way[0].UnknownPolicy(); got != "arn:aws:iam::aws:policy/PowerUserAccess" {
		t.Errorf("it hinges on %q", got)
	}
	if got, want := way.String(), "the policies of arn:aws:iam::aws:policy/PowerUserAccess, which are not known, allow it"; !strings.HasPrefix(got, want) {
		t.Errorf("%q", got)
	}
}

func TestGraphsAreWritten(t *testing.T) {
	t.Parallel()
	edges := []reach.Edge{
		{From: "ec2.amazonaws.com", To: `a"b\c`, Action: "sts:AssumeRole", Verdict: reach.Yes},
		{From: "x", To: `a"b\c`, Action: "sts:AssumeRole", Verdict: reach.Conditional, Alternatives: []reach.Alternative{
			{{Key: "k:1", Operator: "StringEquals", Values: []string{"<v>"}}, {Key: "k:2", Operator: "Null", Values: []string{"true"}, Not: true}},
			{{Key: "k:3", Operator: "StringLike", Values: []string{"a", "b"}}},
		}},
	}
	tests := map[string]struct {
		write func(*bytes.Buffer) error
		want  string
	}{
		"DOT": {func(b *bytes.Buffer) error { return reach.WriteDOT(b, edges) }, `digraph "can assume" {
  rankdir=LR;
  node [shape=box];
  "ec2.amazonaws.com" -> "a\"b\\c";
  "x" -> "a\"b\\c" [style=dashed, label="k:1 StringEquals \"<v>\" and not (k:2 Null \"true\") or k:3 StringLike \"a\", \"b\""];
}
`},
		"Mermaid": {func(b *bytes.Buffer) error { return reach.WriteMermaid(b, edges) }, `flowchart LR
  n1["ec2.amazonaws.com"] --> n2["a#34;b\c"]
  n3["x"] -. "k:1 StringEquals #34;#60;v#62;#34; and not #40;k:2 Null #34;true#34;#41; or k:3 StringLike #34;a#34;, #34;b#34;" .-> n2
`},
		"JSON": {func(b *bytes.Buffer) error { return reach.WriteJSON(b, edges) }, `{"edges":[
{"from":"ec2.amazonaws.com","to":"a\"b\\c","action":"sts:AssumeRole","verdict":"yes"},
{"from":"x","to":"a\"b\\c","action":"sts:AssumeRole","verdict":"conditional","alternatives":[[{"key":"k:1","operator":"StringEquals","values":["\u003cv\u003e"]},{"key":"k:2","operator":"Null","values":["true"],"not":true}],[{"key":"k:3","operator":"StringLike","values":["a","b"]}]]}
]}
`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			if err := tt.write(&out); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, out.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestWithSharesTheWorld(t *testing.T) {
	t.Parallel()
	f := finder(t, one(mayAssume, trusts))
	f.Prepare(nil)
	changed, err := f.With(world.RemoveRole("111111111111", "target"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := changed.CanAssume(reach.Question{From: "alice", To: "target"}); !errors.Is(err, reach.ErrNotRole) {
		t.Errorf("%v", err)
	}
	if _, err := f.With(world.RemoveRole("111111111111", "none")); err == nil {
		t.Error("a role that is not there is removed")
	}
	var ctx conditions.Context
	ctx.Set(conditions.NewKey("sts:ExternalId"), conditions.Seen{Values: []string{"x"}})
	if list, err := f.WhatCanAssume("alice", reach.Call{Context: ctx}); err != nil || len(list) != 1 || list[0].Role.Name != "target" {
		t.Errorf("%v, %v", list, err)
	}
	if _, err := f.WhatCanAssume("oidc:idp.example.com", reach.Call{}); !errors.Is(err, reach.ErrNotCaller) {
		t.Errorf("%v", err)
	}
	if _, err := f.WhoCanAssume("none", reach.Call{}); !errors.Is(err, reach.ErrNotRole) {
		t.Errorf("%v", err)
	}
	if _, err := f.WhatCanAssume("none", reach.Call{}); !errors.Is(err, reach.ErrNotCaller) {
		t.Errorf("%v", err)
	}
}
