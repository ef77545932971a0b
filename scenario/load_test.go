package scenario_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/scenario"
)

func TestProblemsOfFiles(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, want string }{
		"nothing":              {"{}", "t.iam.yaml:1:1: MISSING_KEY: the file says neither world nor policies; world: names a world file, policies: gives policies alone"},
		"no mapping":           {"- a", "t.iam.yaml:1:1: DATA_TYPE: a test file must be a mapping, not a list"},
		"not YAML":             {"a: [", "t.iam.yaml:1:1: YAML_SYNTAX: not valid YAML: did not find expected node content"},
		"no tests":             {"world: world.yaml", "t.iam.yaml:1:1: MISSING_KEY: the file has no tests; tests: is a list of tests, invariants: of properties of the trust graph"},
		"unknown key":          {"wrld: world.yaml", `t.iam.yaml:1:1: UNKNOWN_KEY: unknown key "wrld" in a test file; did you mean "world"?`},
		"world and policies":   {"world: world.yaml\npolicies: {}", "t.iam.yaml:2:11: CONFLICT: the file has both a world and policies; keep one of them"},
		"no world there":       {"world: wrld.yaml\ntests: []", "wrld.yaml:1:1: FILE: open wrld.yaml: file does not exist"},
		"out of the folder":    {"world: ../world.yaml\ntests: []", `t.iam.yaml:1:8: FILE: "../world.yaml" is not a path in the folder that is worked in; write it relative to this file, with slashes`},
		"a bad world":          {"world: {accounts: {x: {}}}\ntests: []", `t.iam.yaml:1:20: BAD_NAME: `},
		"tests no list":        {"world: world.yaml\ntests: {}", "t.iam.yaml:2:8: DATA_TYPE: tests must be a list, not a mapping"},
		"no name":              {inWorld("- {as: alice, can: s3:GetObject}"), "t.iam.yaml:3:3: MISSING_KEY: the test has no name; name: says what the test shows"},
		"unknown key of one":   {inWorld("- {name: x, has: alice, can: s3:GetObject}"), `t.iam.yaml:3:13: UNKNOWN_KEY: unknown key "has" in a test; did you mean "as"?`},
		"a key twice":          {`{"world": "world.yaml", "world": "world.yaml"}`, `t.iam.yaml:1:25: DUPLICATE_KEY: "world" occurs twice; keep one of them`},
		"unknown caller":       {inWorld("- {name: x, as: alcie, can: s3:GetObject}"), `t.iam.yaml:3:17: UNKNOWN_NAME: no user or role is named "alcie"; did you mean "alice"?`},
		"ambiguous caller":     {inWorld("- {name: x, as: deploy, can: s3:GetObject}"), `t.iam.yaml:3:17: UNKNOWN_NAME: "deploy" is the name of 2 things; name one of them: arn:aws:iam::111111111111:role/deploy, arn:aws:iam::222222222222:role/deploy`},
		"no caller":            {inWorld("- {name: x, can: s3:GetObject}"), "t.iam.yaml:3:3: MISSING_KEY: the test does not say who calls; as: names a user, a role or a service"},
		"nobody asks":          {inWorld("- {name: x, can-assume: last}"), "t.iam.yaml:3:3: MISSING_KEY: the test does not say who asks; as: names a user, a role, a service or oidc:HOST"},
		"unknown asker":        {inWorld("- {name: x, as: alcie, can-assume: last}"), `t.iam.yaml:3:17: UNKNOWN_NAME: no user or role is named "alcie"; did you mean "alice"?`},
		"nothing expected":     {inWorld("- {name: x, as: alice}"), "t.iam.yaml:3:3: MISSING_KEY: the test expects nothing; say can, cannot, can-assume, cannot-assume or assume"},
		"no such action":       {inWorld("- {name: x, as: alice, can: GetObject}"), "t.iam.yaml:3:29: BAD_VALUE: "},
		"item without action":  {inWorld("- {name: x, as: alice, can: {on: '*'}}"), "t.iam.yaml:3:29: MISSING_KEY: the item has no action"},
		"wrong layer":          {inWorld("- {name: x, as: alice, can: s3:GetObject, because: identiti}"), `t.iam.yaml:3:52: BAD_VALUE: because cannot be "identiti"; did you mean "identity"?`},
		"because of both":      {inWorld("- {name: x, as: alice, can: s3:GetObject, cannot: s3:PutObject, because: scp}"), "t.iam.yaml:3:74: CONFLICT: because needs either can or cannot beside it"},
		"unknown role":         {inWorld("- {name: x, as: alice, assume: depoy}"), `t.iam.yaml:3:32: UNKNOWN_NAME: no role is named "depoy"; did you mean "deploy"?`},
		"step without role":    {inWorld("- {name: x, as: alice, assume: {mfa: true}}"), "t.iam.yaml:3:32: MISSING_KEY: the step names no role"},
		"two calls in one":     {inWorld("- {name: x, as: alice, assume: {role: last, session-token: true}}"), "t.iam.yaml:3:32: CONFLICT: the step is more than one call; make a step of each"},
		"two providers":        {inWorld("- {name: x, assume: {role: last, eks: {service-account: a}, saml: {name: a}}}"), "t.iam.yaml:3:21: CONFLICT: one identity provider vouches for one role"},
		"no provider there":    {inWorld("- {name: x, assume: {role: away/deploy, saml: {name: a}}}"), "t.iam.yaml:3:21: MISSING_KEY: the step does not say which identity provider; provider: is one of the role's account: nothing"},
		"vouched and as":       {inWorld("- {name: x, as: alice, assume: {role: last, saml: {name: a}}}"), "t.iam.yaml:3:17: CONFLICT: an identity provider vouches for who begins, so that there is no as; leave it out"},
		"a role begins":        {inWorld("- {name: x, as: last, assume: guarded}"), "t.iam.yaml:3:17: BAD_VALUE: arn:aws:iam::111111111111:role/last cannot begin a chain of calls"},
		"fails and can":        {inWorld("- {name: x, as: alice, assume: last, fails: AccessDenied, can: s3:GetObject}"), "t.iam.yaml:3:45: CONFLICT: a call that fails gives no session"},
		"fails alone":          {inWorld("- {name: x, as: alice, can: s3:GetObject, fails: AccessDenied}"), "t.iam.yaml:3:50: MISSING_KEY: there is no call that could fail"},
		"assume and question":  {inWorld("- {name: x, as: alice, assume: last, can-assume: last}"), "t.iam.yaml:3:32: CONFLICT: assume makes calls and can-assume asks who could"},
		"policy of the test":   {inWorld("- {name: x, as: alice, assume: last, session-policy: {Statement: []}}"), "t.iam.yaml:3:54: CONFLICT: session-policy of a test with assume belongs to the call"},
		"bad duration":         {inWorld("- {name: x, as: alice, assume: {role: last, duration: soon}}"), "t.iam.yaml:3:55: BAD_VALUE: duration must be a duration, such as 1h or 15m, or a number of seconds"},
		"bad time":             {"world: world.yaml\nnow: today\ntests: []", "t.iam.yaml:2:6: BAD_VALUE: now must be a time such as 2026-03-02T09:00:00Z"},
		"no repository":        {inWorld("- {name: x, assume: {role: last, github: {repository: shop}}}"), "t.iam.yaml:3:42: MISSING_KEY: github names no repository; repository: is OWNER/NAME"},
		"no project":           {inWorld("- {name: x, assume: {role: last, gitlab: {}}}"), "t.iam.yaml:3:42: MISSING_KEY: gitlab names no project; project: is GROUP/NAME"},
		"no service account":   {inWorld("- {name: x, assume: {role: last, eks: {}}}"), "t.iam.yaml:3:39: MISSING_KEY: eks names no service account"},
		"no provider":          {inWorld("- {name: x, assume: {role: last, web-identity: {}}}"), "t.iam.yaml:3:48: MISSING_KEY: web-identity names no provider"},
		"hops":                 {inWorld("- {name: x, as: alice, can-assume: {role: last, hops: 99}}"), "t.iam.yaml:3:55: BAD_VALUE: hops must be a whole number from 1 to 32"},
		"if of cannot":         {inWorld("- {name: x, as: alice, cannot-assume: {role: last, if: [a]}}"), "t.iam.yaml:3:56: CONFLICT: if belongs to can-assume"},
		"assertion":            {inWorld("- {name: x, as: alice, can: s3:GetObject, assert: decision.alowed}"), `t.iam.yaml:3:60: CEL_TYPE: undefined field 'alowed'; did you mean "allowed"?`},
		"assertion of no bool": {inWorld("- {name: x, as: alice, can: s3:GetObject, assert: session.arn}"), "t.iam.yaml:3:51: CEL_TYPE: an assertion is true or false, and this is a string"},
		"matrix name":          {inWorld("- {name: '${{ usr }}', matrix: {user: [alice]}, as: '${{ user }}', can: s3:GetObject}"), `t.iam.yaml:3:10: MATRIX: the matrix has no "usr"; did you mean "user"?`},
		"no matrix":            {inWorld("- {name: '${{ user }}', as: alice, can: s3:GetObject}"), `t.iam.yaml:3:10: MATRIX: the matrix has no "user"; a name of the test's matrix stands between ${{ and }}`},
		"matrix without rows":  {inWorld("- {name: x, matrix: [], as: alice, can: s3:GetObject}"), "t.iam.yaml:3:21: MATRIX: the matrix has no rows"},
		"uneven rows":          {inWorld("- {name: x, matrix: [{a: 1}, {b: 1}], as: alice, can: s3:GetObject}"), `t.iam.yaml:3:30: MATRIX: the row has no "a", which the first one has`},
		"invariant":            {"world: world.yaml\ninvariants: [{require: 'edges.all(e, e.frm.arn == e.to.arn)'}]", `t.iam.yaml:2:39: CEL_TYPE: undefined field 'frm'; did you mean "from"?`},
		"nothing required":     {"world: world.yaml\ninvariants: [{name: x}]", "t.iam.yaml:2:14: MISSING_KEY: the invariant requires nothing; require: is an expression over edges"},
		"two boundaries":       {"policies: {boundary: [{Statement: []}, {Statement: []}]}", "t.iam.yaml:1:11: "},
		"a key in two cases":   {inWorld("- {name: x, as: alice, can: s3:GetObject, context: {a:b: 1, A:b: 2}}"), "t.iam.yaml:3:61: BAD_VALUE: the same condition key twice"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			suite, problems := load(tt.text)
			if suite != nil || len(problems) == 0 || !strings.HasPrefix(problems[0].Error(), tt.want) {
				t.Errorf("got %v\nwant %s", problems, tt.want)
			}
		})
	}
}

func TestFilesAreBounded(t *testing.T) {
	t.Parallel()
	many := func(item string, n int) string { return "[" + strings.Repeat(item+", ", n) + item + "]" }
	tests := map[string]struct{ text, want string }{
		"requests":     {inWorld("- {name: x, as: alice, can: " + many("s3:GetObject", 1100) + ", on: " + many("'*'", 1100) + "}"), "the file has more than 100000 tests, or 1000000 requests"},
		"tests":        {inWorld("- {name: x, matrix: {a: " + many("b", 999) + "}, as: " + many("alice", 101) + ", can: s3:GetObject}"), "the file has more than 100000 tests"},
		"rows":         {inWorld("- {name: x, matrix: {a: " + many("b", 100) + ", c: " + many("d", 100) + "}, as: alice, can: s3:GetObject}"), "the matrix has more than 1000 rows"},
		"filled texts": {inWorld("- {name: '" + strings.Repeat("${{ a }}", 10_000) + "', matrix: {a: " + strings.Repeat("b", 10_000) + "}, as: alice, can: s3:GetObject}"), "the text is too long with the values of the matrix"},
		"problems":     {inWorld(strings.Repeat("- {name: x, as: nobody, can: s3:GetObject}\n", 1000)), `no user or role is named "nobody"`},
		"nested loops": {"world: world.yaml\ninvariants: [{require: '" + strings.Repeat("edges.all(e, ", 4) + "true" + strings.Repeat(")", 4) + "'}]", "the assertion has too many loops within each other"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			suite, problems := load(tt.text)
			if suite != nil || len(problems) == 0 || len(problems) > 200 || !strings.HasPrefix(problems[0].Summary, tt.want) {
				t.Errorf("%d problems, the first %v, want %s", len(problems), problems[:min(len(problems), 1)], tt.want)
			}
		})
	}
}

func TestProblemsAreTold(t *testing.T) {
	t.Parallel()
	_, problems := load(inWorld(`
- {name: a, as: alcie, can: s3:GetObject}
- {name: b, as: alice, can: s3:GetObject, becuse: scp}
- {name: "c ${{ x }}", matrix: {x: [1, 2, 3]}, as: nobody, can: s3:GetObject}
`))
	var got []string
	for _, p := range problems.Only(diag.Error) {
		got = append(got, p.Position().String()+" "+p.Code)
	}
	want := []string{"t.iam.yaml:4:17 UNKNOWN_NAME", "t.iam.yaml:5:43 UNKNOWN_KEY", "t.iam.yaml:6:52 UNKNOWN_NAME"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("all problems, each once, in their order: -want +got\n%s", diff)
	}
}

func TestPathsLeadUp(t *testing.T) {
	t.Parallel()
	fsys := fstest.MapFS{
		"iam/world.yaml":            {Data: []byte(worldText)},
		"iam/policies/read.json":    {Data: []byte(`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}`)},
		"iam/tests/world.iam.yaml":  {Data: []byte("world: ../world.yaml\ntests: [{name: x, as: alice, can: sts:AssumeRole}]")},
		"iam/tests/policy.iam.json": {Data: []byte(`{"policies": {"identity": {"file": "../policies/read.json"}}, "tests": [{"name": "x", "can": "s3:GetObject"}]}`)},
		"iam/.hidden/x.iam.yaml":    {Data: []byte("x")},
		"iam/tests/notes.yaml":      {Data: []byte("x")},
	}
	found, err := scenario.Find(fsys, "iam")
	if diff := cmp.Diff([]string{"iam/tests/policy.iam.json", "iam/tests/world.iam.yaml"}, found); diff != "" || err != nil {
		t.Fatalf("%v -want +got\n%s", err, diff)
	}
	loader := scenario.NewLoader(fsys, "here")
	for _, name := range found {
		suite, problems := loader.Load(name)
		if suite == nil || suite.Name != "here/"+name {
			t.Errorf("%s: %v", name, problems)
		}
	}
	if _, err := scenario.Find(fsys, "none"); err == nil {
		t.Error("a folder that is not there is an error")
	}
}

func TestAWorldIsLoadedOnce(t *testing.T) {
	t.Parallel()
	fsys := files(inWorld("- {name: x, as: alice, can: sts:AssumeRole}"))
	fsys["u.iam.yaml"] = fsys["t.iam.yaml"]
	loader := scenario.NewLoader(fsys, "")
	a, _ := loader.Load("t.iam.yaml")
	b, _ := loader.Load("u.iam.yaml")
	if a == nil || b == nil || a.World != b.World {
		t.Error("two files of one world have two worlds")
	}
}
