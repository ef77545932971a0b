package scenario_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/scenario"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares a text with a file.
func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s: -want +got\n%s", name, diff)
	}
}

// worldText is the world of the tests.
const worldText = `
organization:
  id: o-exampleorg1
  managementAccount: "999999999999"
  rootSessions: true
  root:
    id: r-ex01
    accounts: ["111111111111", "222222222222", "999999999999"]
accounts:
  "111111111111":
    name: home
    oidcProviders:
      token.actions.githubusercontent.com: {clientIds: [sts.amazonaws.com]}
      gitlab.com: {clientIds: ["https://gitlab.com"], jwks: '{"keys": []}'}
      oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE: {clientIds: [sts.amazonaws.com]}
      idp.example.com: {clientIds: [app]}
    samlProviders: {corp: {}}
    policies:
      lost: null
      limit: {document: {Version: "2012-10-17", Statement: [{Sid: Limit, Effect: Allow, Action: "s3:*", Resource: "*"}]}}
    users:
      alice:
        tags: {team: red}
        policies:
          own:
            Version: "2012-10-17"
            Statement:
              - {Sid: Read, Effect: Allow, Action: "s3:Get*", Resource: "arn:aws:s3:::example/*"}
              - {Sid: Office, Effect: Allow, Action: "s3:PutObject", Resource: "*", Condition: {IpAddress: {aws:SourceIp: 192.0.2.0/24}}}
              - {Sid: NoSecrets, Effect: Deny, Action: "s3:*", Resource: "arn:aws:s3:::example/secret/*"}
              - {Sid: Roles, Effect: Allow, Action: "sts:*", Resource: "*"}
      carol:
        accessKeys: [{id: AKIAEXAMPLECAROL0000, secret: old, status: Inactive}]
        policies: {all: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}}
      dora: {attachedPolicies: ["arn:aws:iam::111111111111:policy/lost"]}
      bob:
        permissionsBoundary: arn:aws:iam::111111111111:policy/limit
        policies: {all: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}}
    roles:
      deploy:
        maxSessionDuration: 7200
        tags: {env: prod}
        trustPolicy:
          Version: "2012-10-17"
          Statement:
            - {Sid: Alice, Effect: Allow, Principal: {AWS: "arn:aws:iam::111111111111:user/alice"}, Action: ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]}
            - {Sid: Tokens, Effect: Allow, Principal: {Federated: ["arn:aws:iam::111111111111:oidc-provider/idp.example.com", "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com", "arn:aws:iam::111111111111:oidc-provider/gitlab.com", "arn:aws:iam::111111111111:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE"]}, Action: ["sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity"]}
            - {Sid: Responses, Effect: Allow, Principal: {Federated: "arn:aws:iam::111111111111:saml-provider/corp"}, Action: ["sts:AssumeRoleWithSAML", "sts:TagSession", "sts:SetSourceIdentity"]}
        policies:
          deploy:
            Version: "2012-10-17"
            Statement:
              - {Sid: Deploy, Effect: Allow, Action: ["s3:PutObject", "s3:GetObject", "sts:AssumeRole"], Resource: "*"}
      guarded:
        trustPolicy:
          Version: "2012-10-17"
          Statement:
            - Sid: Guarded
              Effect: Allow
              Principal: {AWS: ["arn:aws:iam::111111111111:user/alice", "arn:aws:iam::111111111111:role/deploy"]}
              Action: sts:AssumeRole
              Condition: {StringEquals: {sts:ExternalId: xyz}}
        policies: {all: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}}
      last:
        trustPolicy: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {AWS: "arn:aws:iam::111111111111:role/deploy"}, Action: sts:AssumeRole}]}
      office:
        trustPolicy: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {AWS: "111111111111"}, Action: sts:AssumeRole, Condition: {IpAddress: {aws:SourceIp: 192.0.2.0/24}}}]}
      mfa:
        trustPolicy: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {AWS: "111111111111"}, Action: sts:AssumeRole, Condition: {Bool: {aws:MultiFactorAuthPresent: true}}}]}
  "222222222222": {name: away, roles: {deploy: {trustPolicy: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: sts:AssumeRole}]}}}}
  "999999999999": {users: {chief: {policies: {all: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}}}}}
`

// files makes a file system of the world and a test file about it.
func files(text string) fstest.MapFS {
	return fstest.MapFS{"world.yaml": {Data: []byte(worldText)}, "t.iam.yaml": {Data: []byte(text)}}
}

func load(text string) (*scenario.Suite, diag.List) {
	return scenario.NewLoader(files(text), "").Load("t.iam.yaml")
}

// record is what a run told.
type record struct {
	problems diag.List
	results  []scenario.Result
}

func (r *record) Loaded(_ int, _ *scenario.Suite, problems diag.List) {
	r.problems = append(r.problems, problems...)
}

func (r *record) Tested(result scenario.Result) { r.results = append(r.results, result) }

// run runs a test file, which must load.
func run(t testing.TB, text string, o scenario.Options) []scenario.Result {
	t.Helper()
	var r record
	scenario.Run(1, func(int) (*scenario.Suite, diag.List) { return load(text) }, o, &r)
	if r.problems.HasErrors() {
		t.Fatal(r.problems)
	}
	return r.results
}

// outcome gives the results as text: a line a test, and one a failure.
func outcome(results []scenario.Result) string {
	var text strings.Builder
	for i := range results {
		r := &results[i]
		word := "ok"
		if !r.Passed() {
			word = "FAIL"
		}
		fmt.Fprintf(&text, "%s %s\n", word, r.Name)
		for j := range r.Failures {
			f := &r.Failures[j]
			fmt.Fprintf(&text, "  %d: %s: want %s, got %s\n", f.Position().Line, f.Check, f.Expected, f.Got)
			for _, note := range f.Notes {
				fmt.Fprintf(&text, "    %s\n", note)
			}
		}
	}
	return text.String()
}

// inWorld makes a test file of tests.
func inWorld(tests string) string { return "world: world.yaml\ntests:\n" + tests }
