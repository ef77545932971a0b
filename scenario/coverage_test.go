package scenario_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/scenario"
)

const covered = `
world:
  accounts:
    "111111111111":
      policies:
        used: {document: {Version: "2012-10-17", Statement: [{Sid: Used, Effect: Allow, Action: "s3:GetObject", Resource: "*"}]}}
        unused: {document: {Version: "2012-10-17", Statement: [{Sid: Unused, Effect: Allow, Action: "s3:GetObject", Resource: "*"}]}}
      groups:
        empty: {policies: {p: {Version: "2012-10-17", Statement: [{Sid: Empty, Effect: Allow, Action: "s3:GetObject", Resource: "*"}]}}}
      users:
        alice:
          attachedPolicies: ["arn:aws:iam::111111111111:policy/used"]
          policies:
            own:
              Version: "2012-10-17"
              Statement:
                - {Sid: Office, Effect: Allow, Action: "s3:PutObject", Resource: "*", Condition: {IpAddress: {aws:SourceIp: 192.0.2.0/24}, Bool: {aws:SecureTransport: true}}}
                - {Sid: Contradiction, Effect: Allow, Action: "*", Resource: "*", Condition: {StringEquals: {aws:a: x}, StringLike: {aws:a: y*}}}
                - {Sid: NoContradiction, Effect: Allow, Action: "s3:Never", Resource: "*", Condition: {StringEquals: {aws:a: yx}, StringLike: {aws:a: y*}}}
                - {Sid: Variable, Effect: Allow, Action: "s3:Never", Resource: "*", Condition: {StringEquals: {aws:a: "${aws:username}"}, StringLike: {aws:a: y*}}}
                - {Sid: Missing, Effect: Deny, Action: "*", Resource: "*", Condition: {"Null": {aws:a: true}, StringEquals: {aws:a: x}}}
                - {Sid: Elsewhere, Effect: Allow, Action: "s3:PutObject", Resource: "arn:aws:s3:::elsewhere", Condition: {Bool: {aws:SecureTransport: true}}}
                - {Sid: Unreadable, Effect: Allow, Action: "*", Resource: "*", Condition: {NumericEquals: {aws:n: many}}}
      roles:
        role:
          trustPolicy: {Version: "2012-10-17", Statement: [{Sid: Trust, Effect: Allow, Principal: {AWS: "111111111111"}, Action: sts:AssumeRole, Condition: {StringEquals: {sts:ExternalId: x}}}]}
tests:
- {name: get, as: alice, can: s3:GetObject}
- {name: put, as: alice, can: s3:PutObject, context: {aws:SourceIp: 192.0.2.1}}
- {name: put elsewhere, as: alice, cannot: s3:PutObject, context: {aws:SourceIp: 198.51.100.1}}
- {name: assume, as: alice, cannot-assume: role}
`

func TestCoverage(t *testing.T) {
	t.Parallel()
	var c scenario.Coverage
	run(t, covered, scenario.Options{Coverage: &c})
	var got []string
	for _, s := range c.Statements() {
		line := fmt.Sprintf("%s %s %t", s.Sid, s.Kind, s.Covered())
		if s.Dead != "" {
			line = s.Sid + " is dead: " + s.Dead
		}
		for _, cond := range s.Conditions {
			line += fmt.Sprintf(" %s %d/%d", cond.Key, cond.Held, cond.Refused)
		}
		got = append(got, line)
	}
	want := []string{
		"Used identity-based policy true",
		"Unused is dead: the policy is attached to nothing",
		"Empty is dead: nobody is in the group empty",
		"Office identity-based policy true aws:SourceIp 1/1 aws:SecureTransport 2/0",
		"Contradiction is dead: no value of aws:a can satisfy its conditions aws:a 0/4 aws:a 0/4",
		"NoContradiction identity-based policy false aws:a 0/0 aws:a 0/0",
		"Variable identity-based policy false aws:a 0/0 aws:a 0/0",
		"Missing is dead: no value of aws:a can satisfy its conditions aws:a 4/0 aws:a 0/4",
		"Elsewhere identity-based policy false aws:SecureTransport 0/0",
		"Unreadable identity-based policy false aws:n 0/4",
		"Trust role trust policy false sts:ExternalId 1/1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	statements, conditions := c.Total()
	if diff := cmp.Diff([]scenario.Share{{Covered: 2, Total: 7}, {Covered: 2, Total: 9}}, []scenario.Share{statements, conditions}); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if p := statements.Percent(); p != 28.5 {
		t.Errorf("%g %%", p)
	}
	if p := (scenario.Share{}).Percent(); p != 100 {
		t.Errorf("of nothing %g %%", p)
	}
}

func TestMutation(t *testing.T) {
	t.Parallel()
	const text = `
world:
  organization: {id: o-exampleorg1, managementAccount: "999999999999", root: {id: r-ex01, accounts: ["999999999999"], units: [{id: ou-ex01-unitunit, accounts: ["111111111111"], serviceControlPolicies: [&scp {Version: "2012-10-17", Statement: [{Sid: All, Effect: Allow, NotAction: "x:*", Resource: "*"}]}]}]}}
  accounts:
    "999999999999": {}
    "111111111111":
      serviceControlPolicies: [{Version: "2012-10-17", Statement: [{Sid: All, Effect: Allow, Action: "*", Resource: "*"}]}]
      policies: {limit: {document: {Version: "2012-10-17", Statement: [{Sid: Limit, Effect: Allow, Action: "s3:*", NotResource: ["arn:aws:s3:::a", "arn:aws:s3:::b"]}]}}}
      groups: {g: {policies: {p: {Version: "2012-10-17", Statement: [{Sid: Group, Effect: Allow, Action: ["s3:GetObject", "s3:PutObject"], Resource: ["arn:aws:s3:::x/*", "arn:aws:s3:::y/*"]}]}}}}
      users:
        alice: {groups: [g], permissionsBoundary: "arn:aws:iam::111111111111:policy/limit", policies: {p: {Version: "2012-10-17", Statement: [{Sid: No, Effect: Deny, Action: ["s3:PutObject", "s3:PutObjectAcl"], Resource: ["arn:aws:s3:::y/*", "arn:aws:s3:::z/*"], Condition: {Bool: {aws:SecureTransport: true}}}]}}}
      roles:
        r:
          trustPolicy: {Version: "2012-10-17", Statement: [{Sid: Trust, Effect: Allow, Principal: {AWS: ["arn:aws:iam::111111111111:user/alice", "111111111111"], Service: ec2.amazonaws.com}, Action: sts:AssumeRole, Condition: {StringEquals: {sts:ExternalId: x, sts:RoleSessionName: y}}}]}
      resources:
        arn:aws:s3:::x: {policy: {Version: "2012-10-17", Statement: [{Sid: Bucket, Effect: Allow, Principal: "*", Action: "s3:ListBucket", Resource: "arn:aws:s3:::x"}]}}
tests:
- {name: get, as: alice, on: "arn:aws:s3:::x/1", can: s3:GetObject, cannot: [s3:PutObjectAcl, s3:DeleteObject]}
- {name: put, as: alice, on: "arn:aws:s3:::y/1", cannot: s3:PutObject}
`
	suite, problems := load(text)
	if suite == nil {
		t.Fatal(problems)
	}
	var got strings.Builder
	for _, m := range scenario.Mutate([]*scenario.Suite{suite}, scenario.Options{}).Mutants {
		fmt.Fprintf(&got, "%s: %s", m.Statement.Sid, m.Change)
		if m.KilledBy != "" {
			fmt.Fprintf(&got, " <- %s", m.KilledBy)
		}
		got.WriteByte('\n')
	}
	golden(t, "testdata/mutation.golden", got.String())
}

func TestMutationCountsPassingTestsOnly(t *testing.T) {
	t.Parallel()
	suite, problems := load(`
policies: {identity: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:GetObject", Resource: "*"}]}}
tests:
- {name: fails anyway, cannot: [s3:GetObject, s3:PutObject]}
- {name: notices, cannot: s3:PutObject}
`)
	if suite == nil {
		t.Fatal(problems)
	}
	mutants := scenario.Mutate([]*scenario.Suite{suite}, scenario.Options{}).Mutants
	if len(mutants) != 1 || mutants[0].KilledBy != "t.iam.yaml: notices" {
		t.Errorf("%+v", mutants)
	}
	only := scenario.Options{Match: func(name string) bool { return name == "fails anyway" }}
	if m := scenario.Mutate([]*scenario.Suite{suite}, only); len(m.Survivors()) != 1 {
		t.Errorf("%+v", m)
	}
}

// TestRunsAreDeterministic holds that a run tells the same whatever the order
// in which its tests happened to end.
func TestRunsAreDeterministic(t *testing.T) {
	t.Parallel()
	load := func(int) (*scenario.Suite, diag.List) { return load(covered) }
	once := func() string {
		var r record
		scenario.Run(5, load, scenario.Options{}, &r)
		return outcome(r.results)
	}
	want := once()
	for range 20 {
		if diff := cmp.Diff(want, once()); diff != "" {
			t.Fatalf("-before +now\n%s", diff)
		}
	}
}

func TestBarePolicies(t *testing.T) {
	t.Parallel()
	const text = `
policies:
  identity:
    - {Version: "2012-10-17", Statement: [{Sid: A, Effect: Allow, Action: ["s3:*", "sts:*"], Resource: "*"}]}
    - {Version: "2012-10-17", Statement: [{Sid: B, Effect: Allow, Action: "ec2:*", Resource: "*"}]}
  boundary: {Version: "2012-10-17", Statement: [{Effect: Allow, NotAction: "s3:Delete*", Resource: "*"}]}
  scp: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "*", Resource: "*"}, {Sid: NoRun, Effect: Deny, Action: "ec2:Run*", Resource: "*"}]}
  rcp: {Version: "2012-10-17", Statement: [{Sid: Tls, Effect: Deny, Principal: "*", Action: "s3:*", Resource: "*", Condition: {Bool: {aws:SecureTransport: false}}}]}
  trust: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {AWS: "111122223333"}, Action: "sts:AssumeRole"}]}
  resource:
    arn:aws:s3:::b: {Version: "2012-10-17", Statement: [{Sid: Closed, Effect: Deny, Principal: "*", Action: "s3:*", Resource: "arn:aws:s3:::b/closed"}]}
tests:
- name: the user
  can: [s3:GetObject, ec2:StopInstances]
  cannot: [{action: s3:DeleteObject, because: boundary}, {action: ec2:RunInstances, because: scp}, {action: s3:GetObject, on: "arn:aws:s3:::b/closed", because: {sid: Closed}}]
- {name: without TLS, on: "arn:aws:s3:::b/x", cannot: s3:GetObject, context: {aws:SecureTransport: false}, because: {layer: rcp, sid: Tls}}
- {name: the role, as: role/subject, cannot: ec2:RunInstances}
- {name: a session, as: "arn:aws:iam::111122223333:user/subject", assume: "arn:aws:iam::111122223333:role/subject", can: ec2:StopInstances}
`
	got := outcome(run(t, strings.Replace(text, "- {name: the role, as: role/subject, cannot: ec2:RunInstances}\n", "", 1), scenario.Options{}))
	if want := "ok the user\nok without TLS\nok a session\n"; got != want {
		t.Errorf("got\n%s", got)
	}
	if _, problems := load(text); !problems.HasErrors() {
		t.Error("role/subject is the name of nothing")
	}
}
