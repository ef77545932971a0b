package lint

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
)

func suppressions(t *testing.T, text string) []Suppression {
	t.Helper()
	list, problems := ReadSuppressions(&diag.Source{Name: "accepted.json", Text: text})
	if problems != nil {
		t.Fatal(problems)
	}
	return list
}

func TestSuppress(t *testing.T) {
	t.Parallel()
	text := with(`{"Sid": "One", "Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}, {"Sid": "Two", "Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {"StringLike": {"aws:userid": "x"}}}`)
	tests := map[string]struct {
		list string
		want []string // the Sids of the findings that are accepted
	}{
		"by code":              {`[{"code": "PASSROLE_STAR", "reason": "r"}]`, []string{"One", "Two"}},
		"by statement":         {`[{"code": "PASSROLE_STAR", "sid": "Two", "reason": "r"}]`, []string{"Two"}},
		"by file":              {`[{"code": "PASSROLE_STAR", "file": "p.json", "reason": "r"}]`, []string{"One", "Two"}},
		"by part of a path":    {`[{"code": "PASSROLE_STAR", "file": "b/p.json", "reason": "r"}]`, nil},
		"of another file":      {`[{"code": "PASSROLE_STAR", "file": "q.json", "reason": "r"}]`, nil},
		"of another code":      {`[{"code": "ADMIN_STAR", "reason": "r"}]`, nil},
		"the first one counts": {`[{"code": "PASSROLE_STAR", "sid": "One", "reason": "r"}, {"code": "PASSROLE_STAR", "reason": "s"}]`, []string{"One", "Two"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			list := findings(t, policy.Identity, text)
			unused := Suppress(list, suppressions(t, tt.list))
			var got []string
			for _, f := range list {
				if f.Suppressed != "" {
					got = append(got, f.Sid)
					if f.Code != "PASSROLE_STAR" || f.Sid == "One" && f.Suppressed != "r" {
						t.Errorf("%s is suppressed: %q", f.Code, f.Suppressed)
					}
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			if (len(got) == 0) != (len(unused) == 1) {
				t.Errorf("unused: %v", unused)
			}
		})
	}
}

func TestARefusalCannotBeSuppressed(t *testing.T) {
	t.Parallel()
	list := findings(t, policy.Identity, allow(`"Action": "GetObject", "Resource": "*"`))
	Suppress(list, []Suppression{{Code: "ACTION_FORMAT", Reason: "r"}})
	if len(list) != 1 || list[0].Suppressed != "" {
		t.Errorf("%+v", list)
	}
}

func TestSuppressionsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	tests := map[string][]string{
		`{}`: {"suppressions are a JSON array"},
		`[`:  {"not valid JSON: unexpected end of JSON input"},
		`[1, {"code": "PASSROLE_START", "raeson": "x"}]`: {"a suppression is an object, not a number", `unknown member "raeson"`, `there is no code "PASSROLE_START"`, "a suppression needs a reason"},
		`[{"reason": "x"}]`:                                                        {"a suppression needs a code"},
		`[{"code": "PASSROLE_STAR", "reason": " "}]`:                               {"a suppression needs a reason"},
		`[{"code": "JSON_SYNTAX", "reason": "x"}]`:                                 {`"JSON_SYNTAX" cannot be suppressed: AWS refuses the document`},
		`[{"code": "ACTION_FORMAT", "reason": "x", "reason": "y"}]`:                {`"reason" occurs twice`},
		`[{"code": "ACTION_FORMAT", "reason": "x", "sid": ["a"]}]`:                 {"sid must be a string, not an array"},
		`[{"code": "SUPPRESSION_UNUSED", "reason": "x", "file": "a", "sid": "b"}]`: nil,
	}
	for text, want := range tests {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			list, problems := ReadSuppressions(&diag.Source{Text: text})
			var got []string
			for _, d := range problems {
				got = append(got, d.Summary)
			}
			if diff := cmp.Diff(want, got); diff != "" || (list == nil) != (want != nil) {
				t.Errorf("%v\n%s", list, diff)
			}
		})
	}
	many := "[" + strings.Repeat(`{"code": "ADMIN_STAR", "reason": "x"},`, maxSuppressions) + `{"code": "ADMIN_STAR", "reason": "x"}]`
	if _, problems := ReadSuppressions(&diag.Source{Text: many}); len(problems) != 1 {
		t.Errorf("%v", problems)
	}
}

func TestParseSuppression(t *testing.T) {
	t.Parallel()
	s, problem := ParseSuppression("PASSROLE_STAR:Two=sandbox=only")
	if problem != nil || s.Code != "PASSROLE_STAR" || s.Sid != "Two" || s.Reason != "sandbox=only" || s.String() != `PASSROLE_STAR of statement "Two"` {
		t.Errorf("%+v, %v", s, problem)
	}
	for _, text := range []string{"", "PASSROLE_STAR", "PASSROLE_STAR=", "=x", "PASROLE_STAR=x", "EFFECT=x"} {
		if _, problem := ParseSuppression(text); problem == nil || problem.Hint == "" {
			t.Errorf("%q: %v", text, problem)
		}
	}
}

func FuzzReadSuppressions(f *testing.F) {
	f.Add(`[{"code": "PASSROLE_STAR", "file": "a/b.json", "sid": "x", "reason": "y"}]`)
	f.Add(`[{"code": 1}, null, {"reason": "x", "reason": ""}]`)
	f.Fuzz(func(t *testing.T, text string) {
		list, problems := ReadSuppressions(&diag.Source{Text: text})
		if list != nil && problems != nil {
			t.Fatal("both a list and problems")
		}
		for _, s := range list {
			if _, ok := Lookup(s.Code); !ok || strings.TrimSpace(s.Reason) == "" {
				t.Fatalf("%+v", s)
			}
		}
		Suppress(findings(t, policy.Identity, when(orgOnly)), list)
	})
}
