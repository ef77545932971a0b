package lint

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
)

// with wraps statements in a document of the current version.
func with(statements string) string {
	return `{"Version": "2012-10-17", "Statement": [` + statements + `]}`
}

// allow and deny make an identity-based policy of one statement; s3 is the
// beginning of one that nobody objects to.
func allow(members string) string { return with(`{"Effect": "Allow", ` + members + `}`) }

func deny(members string) string { return with(`{"Effect": "Deny", ` + members + `}`) }

// when is a harmless statement with a condition.
func when(condition string) string {
	return allow(`"Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", "Condition": {` + condition + `}`)
}

func denyWhen(condition string) string {
	return deny(`"Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", "Condition": {` + condition + `}`)
}

// trust is a role trust policy.
func trust(principal, action, condition string) string {
	return allow(`"Principal": {` + principal + `}, "Action": ` + action + `, "Condition": {` + condition + `}`)
}

const orgOnly = `"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}`

func reference(t testing.TB) *Reference {
	t.Helper()
	r, err := ReadReference(os.DirFS("testdata/reference"))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// findings lints a text, whether it parses or not.
func findings(t testing.TB, kind policy.Kind, text string) []Finding {
	t.Helper()
	src := &diag.Source{Name: "p.json", Text: text}
	d, problems := policy.Parse(src, policy.Options{Kind: kind})
	if d == nil {
		return Refused(problems)
	}
	return Check(d, Options{Accounts: []string{"111122223333"}, Reference: reference(t)})
}

// paths gives where the findings of a code are.
func paths(list []Finding, code string) []string {
	var at []string
	for _, f := range list {
		if f.Code == code {
			at = append(at, f.Path)
		}
	}
	return at
}

func codesOf(list []Finding) []string {
	var found []string
	for _, f := range list {
		found = append(found, f.Code)
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// sample is a document that a rule must flag, where, and near misses that it
// must not.
type sample struct {
	code   string
	kind   policy.Kind
	flag   string
	at     string // the paths, separated by blanks
	misses []string
}

func TestEachRuleFlagsItsCaseAndNotTheNearMiss(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{codeNotChecked: true, codeUnused: true, policy.CodeTooManyProblems: true} // tests of their own
	for _, s := range samples {
		seen[s.code] = true
		t.Run(s.code, func(t *testing.T) {
			t.Parallel()
			list := findings(t, s.kind, s.flag)
			if got := strings.Join(paths(list, s.code), " "); got != s.at || len(paths(list, s.code)) == 0 {
				t.Errorf("%s\nflagged at %q, want %q; findings: %v", s.flag, got, s.at, codesOf(list))
			}
			for _, miss := range s.misses {
				list := findings(t, s.kind, miss)
				if at := paths(list, s.code); at != nil {
					t.Errorf("%s\nflagged at %q", miss, at)
				}
				for _, f := range list {
					if r, _ := Lookup(f.Code); r.Refusal && f.Severity == diag.Error && f.refusal {
						t.Errorf("%s\nis refused: %s", miss, f.Error())
					}
				}
			}
			if r, _ := Lookup(s.code); len(s.misses) == 0 && !r.Refusal {
				t.Error("no near miss")
			}
		})
	}
	for _, r := range Rules() {
		if !seen[r.Code] {
			t.Errorf("%s has no case", r.Code)
		}
	}
}

func TestEveryFindingIsComplete(t *testing.T) {
	t.Parallel()
	for _, s := range samples {
		for _, f := range findings(t, s.kind, s.flag) {
			if f.Code == "" || f.Summary == "" || f.Happens == "" || f.Hint == "" || !strings.HasPrefix(f.Page, "https://") || f.Severity == 0 || f.Span.End <= f.Span.Start {
				t.Errorf("%s: incomplete: %+v", s.flag, f)
			}
			for _, text := range []string{f.Summary, f.Happens, f.Hint} {
				if strings.HasSuffix(text, ".") {
					t.Errorf("%s: %q ends in a full stop", f.Code, text)
				}
			}
		}
	}
}

func TestACleanPolicyHasNoFindings(t *testing.T) {
	t.Parallel()
	clean := map[string]struct {
		kind policy.Kind
		text string
	}{
		"identity": {policy.Identity, allow(`"Sid": "Read", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/${aws:username}/*"`)},
		"bucket":   {policy.Resource, with(`{"Sid": "tls", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"], "Condition": {"Bool": {"aws:SecureTransport": "false"}}}`)},
		"ec2":      {policy.Trust, trust(`"Service": "ec2.amazonaws.com"`, `"sts:AssumeRole"`, ``)},
		"github":   {policy.Trust, trust(`"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"`, `"sts:AssumeRoleWithWebIdentity"`, `"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com", "token.actions.githubusercontent.com:sub": "repo:acme/app:ref:refs/heads/main"}`)},
		"scp":      {policy.SCP, deny(`"Action": ["s3:GetObject"], "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "us-east-1"]}}`)},
	}
	for name, tt := range clean {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			src := &diag.Source{Text: tt.text}
			d, problems := policy.Parse(src, policy.Options{Kind: tt.kind})
			if d == nil {
				t.Fatal(problems)
			}
			for _, f := range Check(d, Options{}) {
				t.Errorf("%s", f.Error())
			}
		})
	}
}

func TestRulesThatNeedMoreAreSilentWithoutIt(t *testing.T) {
	t.Parallel()
	for _, s := range samples {
		r, _ := Lookup(s.code)
		if !r.NeedsReference && s.code != "EXTERNAL_ID_MISSING" {
			continue
		}
		d, problems := policy.Parse(&diag.Source{Text: s.flag}, policy.Options{Kind: s.kind})
		if d == nil {
			t.Fatal(problems)
		}
		if at := paths(Check(d, Options{}), s.code); at != nil {
			t.Errorf("%s is flagged at %q without what it needs", s.code, at)
		}
	}
}

func TestRulesAreWellFormed(t *testing.T) {
	t.Parallel()
	list := Rules()
	for i, r := range list {
		if i > 0 && list[i-1].Code >= r.Code {
			t.Errorf("%s is there twice or not in order", r.Code)
		}
		if r.Title == "" || r.Happens == "" || r.Mend == "" || r.Page == "" || r.Severity == 0 {
			t.Errorf("%s is incomplete", r.Code)
		}
		if got, ok := Lookup(r.Code); !ok || got.Title != r.Title {
			t.Errorf("%s is not found", r.Code)
		}
	}
	if _, ok := Lookup("NO_SUCH_CODE"); ok {
		t.Error("a code that does not exist is found")
	}
}

func TestTheFindingNamesItsStatement(t *testing.T) {
	t.Parallel()
	text := with(`{"Sid": "One", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}, {"Sid": "Two", "Effect": "Allow", "Action": ["s3:ListBucket", "s3:List*"], "Resource": "*"}`)
	for _, f := range findings(t, policy.Identity, text) {
		if f.Code == "REDUNDANT_ACTION" {
			if f.Sid != "Two" || f.Position().String() != "p.json:1:164" || f.Value != `"s3:ListBucket"` {
				t.Errorf("%+v at %s", f, f.Position())
			}
			return
		}
	}
	t.Error("no finding")
}

func TestADocumentWithinALargerText(t *testing.T) {
	t.Parallel()
	list := findings(t, policy.Identity, "\n\n  "+allow(`"Action": ["s3:GetObject", "s3:GetObject"], "Resource": "arn:aws:s3:::b/k"`))
	if len(list) != 1 || list[0].Path != "Statement[0].Action[1]" || list[0].Position().Line != 3 {
		t.Errorf("%+v", list)
	}
}

func TestTooManyFindingsAreCut(t *testing.T) {
	t.Parallel()
	text := allow(`"Action": "s3:GetObject", "Resource": [` + strings.Repeat(`"arn:aws:s3::1:b",`, 1500) + `"arn:aws:s3:::c"]`)
	list := findings(t, policy.Identity, text)
	if at := paths(list, policy.CodeTooManyProblems); len(at) != 1 || len(list) > maxFindings+1 {
		t.Errorf("%d findings, cut at %q", len(list), at)
	}
}

func TestTheBudgetIsReported(t *testing.T) {
	t.Parallel()
	var items []string
	for i := range 3000 {
		items = append(items, `"s3:Get`+strings.Repeat("a", 20)+itoa(10000+i)+`*"`)
	}
	text := allow(`"Action": [` + strings.Join(items, ",") + `], "Resource": "arn:aws:s3:::b/k"`)
	d, problems := policy.Parse(&diag.Source{Text: text}, policy.Options{Kind: policy.Identity})
	if d == nil {
		t.Fatal(problems)
	}
	if at := paths(Check(d, Options{}), codeNotChecked); len(at) != 1 {
		t.Error("nobody says that the budget was too small")
	}
	if at := paths(findings(t, policy.Identity, when(orgOnly)), codeNotChecked); at != nil {
		t.Error("a small document has used the budget up")
	}
}

func TestLintingIsDeterministicAndNeverPanics(t *testing.T) {
	t.Parallel()
	known := reference(t)
	words := []string{"*", "s3:*", "s3:GetObject", "iam:PassRole", "sts:AssumeRole", "arn:aws:s3:::b/*", "arn:aws:iam::*:role/*", "arn:aws:sqs", "a", "", "aws:TagKeys", "${aws:username}"}
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.SampledFrom(words)
		list := func(name string) string {
			return `["` + strings.Join(rapid.SliceOfN(word, 0, 4).Draw(t, name), `", "`) + `"]`
		}
		var statements []string
		for range rapid.IntRange(1, 4).Draw(t, "statements") {
			statements = append(statements, `{"Effect": "`+rapid.SampledFrom([]string{"Allow", "Deny"}).Draw(t, "effect")+
				`", "`+rapid.SampledFrom([]string{"Action", "NotAction"}).Draw(t, "not")+`": `+list("actions")+`, "Resource": `+list("resources")+
				`, "Condition": {"ForAllValues:StringLike": {"`+word.Draw(t, "key")+`:x": `+list("values")+`}}}`)
		}
		d, _ := policy.Parse(&diag.Source{Text: with(strings.Join(statements, ","))}, policy.Options{Kind: policy.Identity})
		if d == nil {
			return
		}
		opts := Options{Reference: known}
		if diff := cmp.Diff(codesAndPaths(Check(d, opts)), codesAndPaths(Check(d, opts))); diff != "" {
			t.Fatal(diff)
		}
	})
}

func codesAndPaths(list []Finding) []string {
	var out []string
	for i := range list {
		out = append(out, list[i].Code+" "+list[i].Path+" "+list[i].Summary+" "+list[i].Hint)
	}
	return out
}

func TestSummaries(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, code, want string }{
		"one escalation":     {allow(`"Action": "iam:Add*", "Resource": "*"`), "PRIVILEGE_ESCALATION", "iam:AddUserToGroup: the holder can join any group"},
		"two escalations":    {allow(`"Action": "iam:*LoginProfile", "Resource": "*"`), "PRIVILEGE_ESCALATION", "2 ways to further permissions: iam:CreateLoginProfile (give another user a password); iam:UpdateLoginProfile (change another user's password)"},
		"more than are told": {allow(`"Action": "iam:Put*", "Resource": "*"`), "PRIVILEGE_ESCALATION", "5 ways to further permissions: iam:PutUserPolicy (write an inline policy for their own user); iam:PutGroupPolicy (write an inline policy for a group of theirs); iam:PutRolePolicy (write an inline policy for a role of theirs); and 2 more"},
		"ForAnyValue:Null":   {when(`"ForAnyValue:Null": {"aws:TagKeys": "false"}`), "NULL_WITH_QUALIFIER", "ForAnyValue:Null is always false"},
		"ForAllValues:Null":  {when(`"ForAllValues:Null": {"aws:TagKeys": "false"}`), "NULL_WITH_QUALIFIER", "ForAllValues:Null is always true"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, f := range findings(t, policy.Identity, tt.text) {
				if f.Code == tt.code {
					if diff := cmp.Diff(tt.want, f.Summary); diff != "" {
						t.Error(diff)
					}
					return
				}
			}
			t.Errorf("no %s", tt.code)
		})
	}
}

func TestRulesKeepToTheirKindOfPolicy(t *testing.T) {
	t.Parallel()
	const everything = `"Action": "*", "Resource": "*"`
	tests := map[string]struct {
		kind policy.Kind
		text string
		not  string
	}{
		"a provider of a bucket":        {policy.Resource, allow(`"Principal": {` + gitHub + `}, ` + get), "PRINCIPAL_ACTION_MISMATCH"},
		"a role and its session":        {policy.Resource, allow(`"Principal": {"AWS": ["arn:aws:sts::111122223333:assumed-role/r/s", "arn:aws:iam::111122223333:role/r"]}, ` + get), "PRINCIPAL_SESSION_REDUNDANT"},
		"an Id of a bucket policy":      {policy.Resource, `{"Version": "2012-10-17", "Id": "x", "Statement": {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, ` + get + `}}`, "ID_NOT_ALLOWED"},
		"a dash in a bucket policy":     {policy.Resource, allow(`"Sid": "–", "Principal": {"AWS": "111122223333"}, ` + get), "INVALID_CHARACTER"},
		"everyone at an endpoint":       {policy.Endpoint, allow(`"Principal": "*", ` + everything), "PUBLIC_PRINCIPAL"},
		"everything at an endpoint":     {policy.Endpoint, allow(`"Principal": "*", ` + everything), "ADMIN_STAR"},
		"everything in a boundary":      {policy.Boundary, allow(everything), "ADMIN_STAR"},
		"NotAction in an SCP":           {policy.SCP, allow(`"NotAction": "iam:*", "Resource": "*"`), "ALLOW_NOTACTION"},
		"NotResource in an SCP":         {policy.SCP, allow(`"Action": "iam:*", "NotResource": "arn:aws:s3:::b"`), "ALLOW_NOTRESOURCE"},
		"roles in a boundary":           {policy.Boundary, allow(`"Action": "iam:PassRole", "Resource": "*"`), "PASSROLE_STAR"},
		"escalation in an SCP":          {policy.SCP, allow(`"Action": "iam:*", "Resource": "*"`), "PRIVILEGE_ESCALATION"},
		"another account of a bucket":   {policy.Resource, allow(`"Principal": {"AWS": "444455556666"}, "Action": "sts:AssumeRole"`), "EXTERNAL_ID_MISSING"},
		"every object in a boundary":    {policy.Boundary, allow(`"Action": "s3:GetObject", "Resource": "*"`), "RESOURCE_STAR"},
		"an account of a bucket policy": {policy.Resource, allow(`"Principal": {"AWS": "111122223333"}, ` + get), "ENDPOINT_PRINCIPAL"},
		"a federated trust":             {policy.Trust, trust(gitHub, web, ``), "FEDERATED_PRINCIPAL"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			list := findings(t, tt.kind, tt.text)
			if at := paths(list, tt.not); at != nil || slices.ContainsFunc(list, func(f Finding) bool { return f.refusal }) {
				t.Errorf("%s at %q; findings %v", tt.not, at, codesOf(list))
			}
		})
	}
}
