package load_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy/eval"
	"github.com/rolecall/rolecall/world"
	"github.com/rolecall/rolecall/world/load"
)

// output makes a page of authorization details; documents go through encode.
func output(encode func(string) string) string {
	return fmt.Sprintf(`{
  "UserDetailList": [{
    "Path": "/dev/", "UserName": "alice", "UserId": "AIDAEXAMPLEALICE00000", "Arn": "arn:aws:iam::111122223333:user/dev/alice",
    "CreateDate": "2024-01-01T00:00:00+00:00", "GroupList": ["dev"],
    "UserPolicyList": [{"PolicyName": "inline", "PolicyDocument": %[1]s}],
    "AttachedManagedPolicies": [{"PolicyName": "own", "PolicyArn": "arn:aws:iam::111122223333:policy/p/own"}],
    "PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": "arn:aws:iam::111122223333:policy/limit"},
    "Tags": [{"Key": "team", "Value": "red"}]
  }],
  "GroupDetailList": [{
    "Path": "/", "GroupName": "dev", "GroupId": "AGPAEXAMPLEDEV0000000", "Arn": "arn:aws:iam::111122223333:group/dev",
    "CreateDate": "2024-01-01T00:00:00+00:00", "GroupPolicyList": [{"PolicyName": "g", "PolicyDocument": %[1]s}],
    "AttachedManagedPolicies": [{"PolicyName": "X", "PolicyArn": "arn:aws:iam::aws:policy/X"}]
  }],
  "RoleDetailList": [{
    "Path": "/", "RoleName": "deploy", "RoleId": "AROAEXAMPLEDEPLOY0000", "Arn": "arn:aws:iam::111122223333:role/deploy",
    "CreateDate": "2024-01-01T00:00:00+00:00", "AssumeRolePolicyDocument": %[2]s,
    "InstanceProfileList": [{"InstanceProfileName": "x", "Roles": [{"Path": "/"}]}], "RolePolicyList": [], "AttachedManagedPolicies": [],
    "Tags": [], "RoleLastUsed": {"LastUsedDate": "2024-01-01T00:00:00+00:00", "Region": "eu-west-1"}
  }],
  "Policies": [{
    "PolicyName": "own", "PolicyId": "ANPAEXAMPLEOWN0000000", "Arn": "arn:aws:iam::111122223333:policy/p/own", "Path": "/p/",
    "DefaultVersionId": "v2", "AttachmentCount": 1, "PermissionsBoundaryUsageCount": 0, "IsAttachable": true, "Description": "",
    "CreateDate": "2024-01-01T00:00:00+00:00", "UpdateDate": "2024-01-01T00:00:00+00:00",
    "PolicyVersionList": [
      {"Document": %[1]s, "VersionId": "v2", "IsDefaultVersion": true, "CreateDate": "2024-01-01T00:00:00+00:00"},
      {"Document": %[1]s, "VersionId": "v1", "IsDefaultVersion": false, "CreateDate": "2024-01-01T00:00:00+00:00"}]
  }, {
    "PolicyName": "X", "PolicyId": "ANPAX", "Arn": "arn:aws:iam::aws:policy/X", "Path": "/", "DefaultVersionId": "v1",
    "PolicyVersionList": [{"Document": %[1]s, "VersionId": "v1", "IsDefaultVersion": true}]
  }]
}`, encode(anyPolicy), encode(anyTrust))
}

// The forms of a document.
func plain(s string) string      { return s }
func inString(s string) string   { text, _ := json.Marshal(s); return string(text) }
func urlEncoded(s string) string { return inString(url.QueryEscape(strings.ReplaceAll(s, " ", ""))) }

const unknownLimit = "the document of arn:aws:iam::111122223333:policy/limit is not given"

func TestAuthorizationDetails(t *testing.T) {
	t.Parallel()
	var want string
	for name, encode := range map[string]func(string) string{"as the CLI prints it": plain, "in strings": inString, "URL-encoded": urlEncoded} {
		w, problems := load.Parse("details.json", output(encode))
		if w == nil || len(problems) != 1 || problems[0].Summary != unknownLimit {
			t.Fatalf("%s: %v", name, problems)
		}
		got := written(t, w)
		if want == "" {
			want = got
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		alice := w.User("arn:aws:iam::111122223333:user/dev/alice")
		if alice.ID != "AIDAEXAMPLEALICE00000" || alice.Groups[0] != "dev" || alice.Boundary == "" || alice.Tags[0].Value != "red" || len(alice.Inline) != 1 || alice.Attached[0] != "arn:aws:iam::111122223333:policy/p/own" {
			t.Errorf("%+v", alice)
		}
		if got := alice.UnknownPolicies(); len(got) != 1 || got[0] != "arn:aws:iam::111122223333:policy/limit" {
			t.Errorf("%s is unknown", got)
		}
		own := w.ManagedPolicy("arn:aws:iam::111122223333:policy/p/own")
		if len(own.Versions) != 2 || own.Document() != own.Versions[0].Document || own.ID != "ANPAEXAMPLEOWN0000000" {
			t.Errorf("%+v", own)
		}
		again, problems := load.Parse("again.json", got)
		if diff := cmp.Diff(w.Description(), again.Description(), sameWorld); diff != "" || len(problems) != 1 {
			t.Error(diff, problems)
		}
	}
}

func TestAMissingBoundaryMakesAnswersConditional(t *testing.T) {
	t.Parallel()
	w, _ := load.Parse("details.json", output(plain))
	decide := func(who string) eval.Outcome {
		t.Helper()
		request, policies, err := w.Prepare(world.Request{
			Principal: who, Action: "s3:GetObject", Resource: "arn:aws:s3:::b/x", Context: conditions.Context{}, Time: time.Unix(0, 0),
		})
		if err != nil {
			t.Fatal(err)
		}
		d, err := eval.Decide(request, policies)
		if err != nil {
			t.Fatal(err)
		}
		return d.Outcome
	}
	if got := decide("arn:aws:iam::111122223333:user/dev/alice"); got != eval.Conditional {
		t.Errorf("%v", got)
	}
}

func TestAMissingGroupIsUnknown(t *testing.T) {
	t.Parallel()
	w, problems := load.Parse("details.json", `{"UserDetailList": [{"Path": "/", "UserName": "alice", "Arn": "arn:aws:iam::111122223333:user/alice", "GroupList": ["dev"]}]}`)
	if w == nil || len(problems) != 1 || problems[0].Error() != "details.json:1:47: warning: UNKNOWN_POLICY: the group arn:aws:iam::111122223333:group/dev is not given; answers that it could change are conditional" {
		t.Fatal(problems)
	}
	if got := w.User("arn:aws:iam::111122223333:user/alice").UnknownPolicies(); len(got) != 1 {
		t.Errorf("%s", got)
	}
}

const (
	page1 = `{"UserDetailList": [{"Path": "/", "UserName": "alice", "Arn": "arn:aws:iam::111122223333:user/alice", "GroupList": ["dev"]}], "IsTruncated": true, "Marker": "m"}`
	page2 = `{"GroupDetailList": [{"Path": "/", "GroupName": "dev", "Arn": "arn:aws:iam::111122223333:group/dev"}], "IsTruncated": false}`
	other = `{"GroupDetailList": [{"Path": "/", "GroupName": "dev", "Arn": "arn:aws:iam::444455556666:group/dev"}], "IsTruncated": false}`
)

func TestPagesMerge(t *testing.T) {
	t.Parallel()
	tests := map[string]map[string]string{
		"in a folder":           {"w/1.json": page1, "w/2.json": page2},
		"in one file":           {"w/1.json": page1 + "\n" + page2 + "\n"},
		"named by a world":      {"w/w.yaml": "accounts: {111122223333: {authorizationDetails: [{file: 1.json}, {file: 2.json}]}}", "w/1.json": page1, "w/2.json": page2},
		"in place and in files": {"w/w.yaml": "accounts: {111122223333: {authorizationDetails: [" + page1 + ", {file: p/2.json}]}}", "w/p/2.json": page2},
		"as YAML":               {"w/1.yaml": page1, "w/2.yml": page2},
	}
	for name, texts := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, problems := load.FS(files(texts), "w")
			if w == nil || len(problems) > 0 {
				t.Fatal(problems)
			}
			if alice := w.User("arn:aws:iam::111122223333:user/alice"); len(alice.UnknownPolicies()) > 0 {
				t.Errorf("%+v", alice)
			}
		})
	}
}

func TestAMissingPageIsTheFirstWarning(t *testing.T) {
	t.Parallel()
	for name, texts := range map[string]map[string]string{
		"alone":                         {"1.json": page1},
		"another account's is no end":   {"1.json": page1, "2.json": other},
		"as the CLI says it":            {"1.json": `{"NextToken": "x", ` + page1[1:len(page1)-len(`"IsTruncated": true, "Marker": "m"}`)-2] + "}"},
		"behind others, in a folder":    {"0.yaml": "accounts: {444455556666: {users: {bob: {partial: true, groups: [x]}}}}", "1.json": page1},
		"named by a world, with others": {"w.yaml": "accounts: {111122223333: {authorizationDetails: {file: p/1.json}}}", "p/1.json": page1},
	} {
		w, problems := load.FS(files(texts), ".")
		if w == nil || problems[0].Code != load.CodeIncomplete || problems[0].Severity != diag.Warning || !strings.HasSuffix(problems[0].Position().File, "1.json") {
			t.Errorf("%s: %v", name, problems)
		}
	}
}

func TestAWorldAddsWhatDetailsLack(t *testing.T) {
	t.Parallel()
	add := `
accounts:
  "111122223333":
    authorizationDetails: {file: details.json}
    users: {alice: {accessKeys: [{id: AKIA1, secret: s}], mfaDevices: [{serialNumber: m, seed: JBSWY3DPEHPK3PXP}]}, bob: {}}
    roles: {deploy: {maxSessionDuration: 7200}}
awsManagedPolicies: {"arn:aws:iam::aws:policy/X": null}
`
	w, problems := load.FS(files(map[string]string{"w.yaml": add, "details.json": output(plain)}), ".")
	if w == nil {
		t.Fatal(problems)
	}
	alice := w.User("arn:aws:iam::111122223333:user/dev/alice")
	if len(alice.AccessKeys) != 1 || len(alice.MFADevices) != 1 || w.User("arn:aws:iam::111122223333:user/bob") == nil {
		t.Errorf("%+v", alice)
	}
	if got := w.Role("arn:aws:iam::111122223333:role/deploy").MaxSessionDuration; got != 2*time.Hour {
		t.Error(got)
	}
	if w.ManagedPolicy("arn:aws:iam::aws:policy/X").Document() != nil {
		t.Error("the world wins over the details")
	}
	for _, more := range []string{"users: {alice: {tags: {}, policies: {}, groups: [dev]}}", "roles: {deploy: {path: /x/}}", "groups: {dev: {}}"} {
		text := "accounts: {\"111122223333\": {authorizationDetails: {file: details.json}, " + more + "}}"
		w, problems := load.FS(files(map[string]string{"w.yaml": text, "details.json": output(plain)}), ".")
		if w != nil || !strings.Contains(problems.Error(), "is described twice") && !strings.Contains(problems.Error(), "has no trust policy") {
			t.Errorf("%s: %v", more, problems)
		}
	}
}

func TestDetailsThatAreRefused(t *testing.T) {
	t.Parallel()
	user := func(fields string) string { return `{"UserDetailList": [{` + fields + `}]}` }
	tests := map[string]struct{ text, want string }{
		"no ARN":               {user(`"UserName": "a", "Path": "/"`), `d:1:34: BAD_NAME: the user has no Arn that can be read`},
		"another path":         {user(`"UserName": "a", "Path": "/x/", "Arn": "arn:aws:iam::111122223333:user/a"`), `d:1:34: CONFLICT: the Arn arn:aws:iam::111122223333:user/a does not fit the path "/x/" and the name "a"`},
		"a user of AWS":        {user(`"UserName": "a", "Path": "/", "Arn": "arn:aws:iam::aws:user/a"`), `d:1:34: BAD_NAME: "aws" is not an account id`},
		"no pages in a file":   {`{"accounts": {"111122223333": {"authorizationDetails": [{"file": "x"}, 7]}}}`, `authorizationDetails must be the output`},
		"two partitions":       {user(`"UserName": "a", "Path": "/", "Arn": "arn:aws:iam::111122223333:user/a"}, {"UserName": "b", "Path": "/", "Arn": "arn:aws-cn:iam::111122223333:user/b"`), `the ARN is of the partition "aws-cn"; another is at d:1:34`},
		"no document":          {user(`"UserName": "a", "Path": "/", "Arn": "arn:aws:iam::111122223333:user/a", "UserPolicyList": [{"PolicyName": "p"}]`), `d:1:114: MISSING_FIELD: the policy has no PolicyDocument`},
		"no trust policy":      {`{"RoleDetailList": [{"RoleName": "a", "Path": "/", "Arn": "arn:aws:iam::111122223333:role/a"}]}`, `d:1:34: MISSING_FIELD: role a has no trust policy`},
		"a broken encoding":    {user(`"UserName": "a", "Path": "/", "Arn": "arn:aws:iam::111122223333:user/a", "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": "%zz"}]`), `d:1:152: JSON_SYNTAX: not valid JSON`},
		"a file is not named":  {user(`"UserName": "a", "Path": "/", "Arn": "arn:aws:iam::111122223333:user/a", "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": {"file": "x"}}]`), `unknown element "file" in a policy`},
		"two defaults":         {`{"Policies": [{"PolicyName": "p", "Path": "/", "Arn": "arn:aws:iam::111122223333:policy/p", "DefaultVersionId": "v1", "PolicyVersionList": [{"VersionId": "v2", "IsDefaultVersion": true, "Document": ` + anyPolicy + `}]}]}`, `the policy has the default version "v1", and "v2" says that it is`},
		"the same user twice":  {page2 + page2, `d:1:173: DUPLICATE: the group arn:aws:iam::111122223333:group/dev is described twice; the other is at d:1:49`},
		"no output in a world": {`{"accounts": {"111122223333": {"authorizationDetails": {"x": 1}}}}`, `authorizationDetails must be the output of get-account-authorization-details`},
		"another account":      {`{"accounts": {"444455556666": {"authorizationDetails": ` + page2 + `}}}`, `arn:aws:iam::111122223333:group/dev does not belong to account 444455556666`},
		"another partition":    {`{"partition": "aws-cn", "accounts": {"111122223333": {"authorizationDetails": ` + page2 + `}}}`, `the ARN is of the partition "aws"; the partition of the world is given at d:1:2`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, problems := load.Parse("d", tt.text)
			if w != nil || !strings.Contains(problems.Error(), tt.want) {
				t.Errorf("%v", problems)
			}
		})
	}
}

func TestWhatAWSStoredLongAgoIsTaken(t *testing.T) {
	t.Parallel()
	twice := strings.Replace(anyTrust, `"Action"`, `"Action": "sts:TagSession", "Action"`, 1)
	w := parsed(t, "d", `{"RoleDetailList": [{"RoleName": "a", "Path": "/", "Arn": "arn:aws:iam::111122223333:role/a", "AssumeRolePolicyDocument": `+urlEncoded(twice)+`}]}`)
	if got := len(w.Role("arn:aws:iam::111122223333:role/a").Trust.Statements[0].Action.Items); got != 2 {
		t.Errorf("%d actions", got)
	}
	if w, _ := load.Parse("w", `{"accounts": {"111122223333": {"roles": {"a": {"trustPolicy": `+twice+`}}}}}`); w != nil {
		t.Error("a policy of today has an element once")
	}
}

func TestUnknownFieldsOfTheOutputAreWarnings(t *testing.T) {
	t.Parallel()
	w, problems := load.Parse("d", `{"UserDetailList": [{"UserName": "a", "Path": "/", "Arn": "arn:aws:iam::111122223333:user/a", "New": 1}, {"UserName": "b", "Path": "/", "Arn": "arn:aws:iam::111122223333:user/b", "New": 1}], "ResponseMetadata": {}}`)
	if w == nil || problems.Error() != `d:1:95: warning: UNKNOWN_KEY: the key "New" in a user is not known and was not read` {
		t.Error(problems)
	}
}

func TestThePartitionFollowsFromARNs(t *testing.T) {
	t.Parallel()
	w := parsed(t, "d", strings.ReplaceAll(page2, "arn:aws:", "arn:aws-us-gov:"))
	if w.Partition() != "aws-us-gov" {
		t.Error(w.Partition())
	}
}

func TestTheNewestVersionOfAnAWSPolicyWins(t *testing.T) {
	t.Parallel()
	page := func(version string) string {
		return `{"Policies": [{"PolicyName": "X", "Path": "/", "Arn": "arn:aws:iam::aws:policy/X", "DefaultVersionId": "` + version + `",
"PolicyVersionList": [{"VersionId": "` + version + `", "IsDefaultVersion": true, "Document": ` + anyPolicy + `}]}]}`
	}
	unknown := `{"Policies": [{"PolicyName": "X", "Path": "/", "Arn": "arn:aws:iam::aws:policy/X", "DefaultVersionId": "v99"}]}`
	for _, pages := range [][]string{{page("v9"), page("v10"), unknown}, {unknown, page("v10"), page("v9")}, {page("v10"), page("v10")}} {
		w, problems := load.Parse("d", strings.Join(pages, "\n"))
		if w == nil {
			t.Fatal(problems)
		}
		p := w.ManagedPolicy("arn:aws:iam::aws:policy/X")
		if p.Document() == nil || p.Versions[0].ID != "v10" {
			t.Errorf("%+v, %v", p, problems)
		}
		if different := len(pages) == 3; different != (len(problems) > 0) {
			t.Error(problems)
		}
	}
}

func TestADecodedDocumentIsShownAsItReads(t *testing.T) {
	t.Parallel()
	text := `{"RoleDetailList": [{"RoleName": "a", "Path": "/", "Arn": "arn:aws:iam::111122223333:role/a",
  "AssumeRolePolicyDocument": ` + urlEncoded(brokenTrust) + `}]}`
	_, problems := load.Parse("d", text)
	var out strings.Builder
	if err := diag.Render(&out, problems[1:], diag.Style{Width: 60}); err != nil {
		t.Fatal(err)
	}
	want := `error: unknown element "Acton" in a statement [UNKNOWN_ELEMENT, PL-3]
  d:2:31 at Statement[0].Acton
  2 | ...cipal":{"AWS":"111122223333"},"Acton":"sts:AssumeRole"}]}
    |                                  ^^^^^^^
  hint: did you mean "Action"?
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}
