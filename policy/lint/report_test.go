package lint

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
)

// everything is a report of every sample, a refused file among them, and of
// a suppression that is not used.
func everything(t *testing.T) *Report {
	t.Helper()
	r := &Report{}
	for _, s := range samples {
		r.Files = append(r.Files, File{Name: "p.json", Kind: s.kind})
		r.Findings = append(r.Findings, findings(t, s.kind, s.flag)...)
	}
	list := suppressions(t, `[{"code": "PASSROLE_STAR", "reason": "accepted"}, {"code": "OLD_VERSION", "file": "no such file", "reason": "x"}]`)
	r.Findings = append(r.Findings, Suppress(r.Findings, list)...)
	return r
}

func TestSARIFSatisfiesItsSchema(t *testing.T) {
	t.Parallel()
	compiler := jsonschema.NewCompiler()
	schema, err := compiler.Compile("testdata/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]*Report{"every finding": everything(t), "none": {}} {
		var out bytes.Buffer
		if err := r.WriteSARIF(&out); err != nil {
			t.Fatal(err)
		}
		log, err := jsonschema.UnmarshalJSON(&out)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(log); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := schema.Validate(map[string]any{"version": "2.1.0", "runs": []any{map[string]any{}}}); err == nil {
		t.Error("the schema takes a run without a tool")
	}
}

func TestSARIFSaysWhatWasFound(t *testing.T) {
	t.Parallel()
	r := everything(t)
	var out bytes.Buffer
	if err := r.WriteSARIF(&out); err != nil {
		t.Fatal(err)
	}
	var log sarifLog
	if err := json.Unmarshal(out.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	run := log.Runs[0]
	if len(run.Results) != len(r.Findings) || log.Version != "2.1.0" {
		t.Fatalf("%d results for %d findings", len(run.Results), len(r.Findings))
	}
	suppressed := 0
	for i, result := range run.Results {
		f := &r.Findings[i]
		if run.Tool.Driver.Rules[result.RuleIndex].ID != f.Code || result.RuleID != f.Code {
			t.Fatalf("%s is reported as %s", f.Code, result.RuleID)
		}
		at := result.Locations[0].Physical.Region
		if p := f.Position(); at.StartLine != p.Line || at.StartColumn != p.Column {
			t.Errorf("%s is at %s, reported at %+v", f.Code, p, at)
		}
		if len(result.Suppressions) > 0 {
			suppressed++
			if f.Suppressed == "" || result.Suppressions[0].Justification != f.Suppressed {
				t.Errorf("%+v", result.Suppressions)
			}
		}
	}
	if suppressed == 0 || suppressed != r.Count().Suppressed {
		t.Errorf("%d are suppressed, want %d", suppressed, r.Count().Suppressed)
	}
}

func TestLevels(t *testing.T) {
	t.Parallel()
	for s, want := range map[diag.Severity]string{diag.Error: "error error", diag.Security: "error error", diag.Warning: "warning warning", diag.Suggestion: "note notice"} {
		if got := sarifLevelOf(s) + " " + gitHubLevel(s); got != want {
			t.Errorf("%s: %s, want %s", s, got, want)
		}
	}
}

func TestFileURI(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"-": "stdin", "a b/p.json": "a%20b/p.json", "/tmp/p#1.json": "file:///tmp/p%231.json", "a:b.json": "./a:b.json"} {
		if got := fileURI(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// small is a report of one file with two findings, one of them accepted.
func small(t *testing.T) *Report {
	t.Helper()
	text := "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": {\"Sid\": \"All\", \"Effect\": \"Allow\", \"Action\": [\"*\", \"*\"], \"Resource\": \"*\"}\n}\n"
	d, problems := policy.Parse(&diag.Source{Name: "a,b:%.json", Text: text}, policy.Options{Kind: policy.Identity})
	if d == nil {
		t.Fatal(problems)
	}
	r := &Report{Files: []File{{Name: "a,b:%.json", Kind: policy.Identity, Guess: "it has no Principal"}}, Findings: Check(d, Options{})}
	Suppress(r.Findings, []Suppression{{Code: "REDUNDANT_ACTION", Reason: "for the sake of symmetry"}})
	return r
}

func TestWriteText(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := small(t).WriteText(&out, diag.Style{}); err != nil {
		t.Fatal(err)
	}
	want := `security: statement "All" allows every action on every resource [ADMIN_STAR, PL-77]
  a,b:%.json:3:24 at Statement.Sid
  3 |   "Statement": {"Sid": "All", "Effect": "Allow", "Action": ["*", "*"], "Resource": "*"}
    |                        ^^^^^
  hint: list the actions and resources that are needed
  so: whoever has the policy may do everything in the account
  see: https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html

1 file: 1 security finding, 1 suppressed
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}

func TestWriteJSON(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := small(t).WriteJSON(&out); err != nil {
		t.Fatal(err)
	}
	want := `{
  "files": [
    {
      "name": "a,b:%.json",
      "kind": "identity-based policy",
      "guess": "it has no Principal"
    }
  ],
  "findings": [
    {
      "code": "ADMIN_STAR",
      "severity": "security",
      "file": "a,b:%.json",
      "line": 3,
      "column": 24,
      "endLine": 3,
      "endColumn": 29,
      "path": "Statement.Sid",
      "sid": "All",
      "value": "\"All\"",
      "summary": "statement \"All\" allows every action on every resource",
      "happens": "whoever has the policy may do everything in the account",
      "mend": "list the actions and resources that are needed",
      "rule": "PL-77",
      "page": "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html"
    },
    {
      "code": "REDUNDANT_ACTION",
      "severity": "suggestion",
      "file": "a,b:%.json",
      "line": 3,
      "column": 66,
      "endLine": 3,
      "endColumn": 69,
      "path": "Statement.Action[1]",
      "sid": "All",
      "value": "\"*\"",
      "summary": "\"*\" is covered by \"*\"",
      "happens": "it adds nothing",
      "mend": "remove it",
      "rule": "PL-82",
      "page": "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html",
      "suppressed": "for the sake of symmetry"
    }
  ],
  "summary": {
    "errors": 0,
    "security": 1,
    "warnings": 0,
    "suggestions": 0,
    "suppressed": 1
  }
}
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}

func TestWriteGitHub(t *testing.T) {
	t.Parallel()
	r := small(t)
	r.Findings[0].Summary = "100%\nof it"
	var out bytes.Buffer
	if err := r.WriteGitHub(&out); err != nil {
		t.Fatal(err)
	}
	want := "::error file=a%2Cb%3A%25.json,line=3,col=24,endColumn=28,title=ADMIN_STAR::100%25%0Aof it. So: whoever has the policy may do everything in the account. To mend it: list the actions and resources that are needed\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}

func TestCountAndHas(t *testing.T) {
	t.Parallel()
	var r Report
	if got := r.Count().String(); got != "no findings" || r.Has(diag.Suggestion) {
		t.Error(got)
	}
	add := func(s diag.Severity, reason string) {
		r.Findings = append(r.Findings, Finding{Diagnostic: diag.Diagnostic{Severity: s}, Suppressed: reason})
	}
	add(diag.Suggestion, "")
	add(diag.Error, "accepted")
	if !r.Has(diag.Suggestion) || r.Has(diag.Warning) {
		t.Error("a suppressed error counts, or a suggestion does not")
	}
	for _, s := range []diag.Severity{diag.Error, diag.Security, diag.Warning, diag.Warning, diag.Suggestion} {
		add(s, "")
	}
	if got, want := r.Count().String(), "1 error, 1 security finding, 2 warnings, 2 suggestions, 1 suppressed"; got != want || !r.Has(diag.Error) {
		t.Errorf("%s, want %s", got, want)
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestWritersReportErrors(t *testing.T) {
	t.Parallel()
	r := small(t)
	for name, err := range map[string]error{
		"text": r.WriteText(brokenPipe{}, diag.Style{}), "json": r.WriteJSON(brokenPipe{}), "sarif": r.WriteSARIF(brokenPipe{}), "github": r.WriteGitHub(brokenPipe{}),
	} {
		if err == nil || !strings.Contains(err.Error(), "broken pipe") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestGuessKind(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text string
		want policy.Kind
	}{
		"no principal":                 {allow(get), policy.Identity},
		"principal and resource":       {allow(`"Principal": "*", ` + get), policy.Resource},
		"principal and other actions":  {allow(`"Principal": "*", "Action": ["sts:AssumeRole", "s3:*"]`), policy.Resource},
		"a queue without resource":     {allow(`"Principal": "*", "Action": "sqs:SendMessage"`), policy.Resource},
		"only tags":                    {allow(`"Principal": "*", "Action": "sts:TagSession"`), policy.Resource},
		"assume role":                  {trust(`"AWS": "111122223333"`, assume, ``), policy.Trust},
		"assume role in a list":        {trust(`"AWS": "111122223333"`, `["STS:AssumeRole", "sts:TagSession"]`, ``), policy.Trust},
		"all of sts":                   {trust(`"AWS": "111122223333"`, `"sts:*"`, ``), policy.Trust},
		"one statement, no list":       {`{"Statement": {"Principal": {"AWS": "1"}, "Action": "sts:AssumeRole"}}`, policy.Trust},
		"assume role on a resource":    {allow(`"Principal": "*", "Action": "sts:AssumeRole", "Resource": "*"`), policy.Resource},
		"NotPrincipal and NotResource": {deny(`"NotPrincipal": "*", "Action": "s3:*", "NotResource": "*"`), policy.Resource},
		"nothing":                      {`{}`, policy.Identity},
		"not JSON":                     {`{`, policy.Identity},
		"a list":                       {`[1]`, policy.Identity},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, why := GuessKind(&diag.Source{Text: tt.text})
			if got != tt.want || why == "" {
				t.Errorf("%s (%s), want %s", got, why, tt.want)
			}
		})
	}
}
