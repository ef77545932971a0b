package celx_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall/rolecall/conditions/celx"
	"github.com/rolecall/rolecall/diag"
)

type kind string

type statement struct {
	Sid    string `cel:"sid"`
	Hidden string
}

type decision struct {
	Allowed bool        `cel:"allowed"`
	Layer   kind        `cel:"layer"`
	Matched []statement `cel:"matched"`
	Why     *statement  `cel:"why"`
	Count   int         `cel:"count"`
	self    int
}

type session struct {
	Duration time.Duration     `cel:"duration"`
	Expires  time.Time         `cel:"expires"`
	Tags     map[string]string `cel:"tags"`
	Chain    []string          `cel:"chain"`
}

func newEnv(t testing.TB) *celx.Env {
	t.Helper()
	env, err := celx.NewEnv(
		celx.Declare[decision]("decision"), celx.Declare[*session]("session"),
		celx.Declare[[]statement]("statements"), celx.Declare[map[string][]int]("numbers"),
	)
	if err != nil {
		t.Fatal(err)
	}
	return env
}

var vars = map[string]any{
	"decision": decision{
		Allowed: true, Layer: "identity", Count: 2, self: 1,
		Matched: []statement{{Sid: "Deploy"}, {Sid: "Read"}}, Why: &statement{Sid: "Deploy"},
	},
	"session": &session{
		Duration: time.Hour, Expires: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC), Tags: map[string]string{"env": "prod"},
	},
	"statements": []statement{{Sid: "A"}, {Sid: "B"}, {Sid: "C"}},
	"numbers":    map[string][]int{"a": {1, 2}},
}

// compile compiles a text that is a source by itself.
func compile(t testing.TB, text string) (*celx.Assertion, diag.List) {
	t.Helper()
	return newEnv(t).Compile(&diag.Source{Name: "t", Text: text}, diag.Span{End: len(text)}, text)
}

func mustCompile(t testing.TB, text string) *celx.Assertion {
	t.Helper()
	a, list := compile(t, text)
	if list != nil {
		t.Fatal(list)
	}
	return a
}

func TestAssertions(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		`decision.allowed && decision.matched.exists(m, m.sid == 'Deploy') && session.duration <= duration('1h')`: true,
		`decision.layer == "identity"`:                            true,
		`decision.why.sid == 'Read'`:                              false,
		`session.expires < timestamp('2026-11-21T12:00:01Z')`:     true,
		`session.tags['env'] == 'prod' && !('x' in session.tags)`: true,
		`session.chain == []`:                                     true,
		`size(statements) == 3 && statements[0].sid == 'A'`:       true,
		`numbers['a'].map(n, n * 2) == [2, 4]`:                    true,
		`iam.stringLike(decision.why.sid, 'D*y')`:                 true,
		`iam.number('1.0') == iam.number('1e0')`:                  true,
		`decision.count > 2`:                                      false,
		`has(session.tags.env)`:                                   true,
	} {
		got, err := mustCompile(t, text).Eval(vars)
		if got != want || err != nil {
			t.Errorf("%s = %t, %v", text, got, err)
		}
	}
}

func TestAssertionsThatFail(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`session.tags['none'] == ''`:                   "no such key: none",
		`statements[7].sid == ''`:                      "index out of bounds: 7",
		`iam.number(decision.layer) > iam.number('1')`: `"identity" is not a number`,
		`decision.count / 0 == 1`:                      "division by zero",
	} {
		got, err := mustCompile(t, text).Eval(vars)
		if got || err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), text) {
			t.Errorf("%s = %t, %v", text, got, err)
		}
	}
	if _, err := mustCompile(t, `decision.allowed`).Eval(nil); err == nil {
		t.Error("a variable without a value is an error")
	}
}

func TestAssertionsThatAreRefused(t *testing.T) {
	t.Parallel()
	nested := strings.Repeat("statements.all(x, ", 4) + "true" + strings.Repeat(")", 4)
	for text, want := range map[string]string{
		`decision.alllowed`:              `t:1:9: CEL_TYPE: undefined field 'alllowed'; did you mean "allowed"?`,
		`desicion.allowed`:               `t:1:1: CEL_TYPE: undeclared reference to 'desicion'; did you mean "decision"?`,
		`x`:                              `t:1:1: CEL_TYPE: undeclared reference to 'x'; the variables are decision, session, statements, numbers`,
		`decision.Hidden == ''`:          `t:1:9: CEL_TYPE: undefined field 'Hidden'`,
		`decision.count`:                 `t:1:1: CEL_TYPE: an assertion is true or false, and this is an int`,
		"decision.allowed &&\n  1 == ''": "t:2:5: CEL_TYPE: found no matching overload for '_==_' applied to '(int, string)'",
		`decision.allowed &&`:            `t:1:20: CEL_SYNTAX: Syntax error: mismatched input '<EOF>'`,
		``:                               `t:1:1: CEL_SYNTAX: Syntax error: mismatched input '<EOF>'`,
		`'ä😀' == ) `:                     `t:1:9: CEL_SYNTAX: Syntax error: mismatched input ')'`,
		nested:                           `t:1:1: CEL_COST: the assertion has too many loops within each other; use at most three of all, exists, exists_one, map and filter within each other`,
		strings.Repeat("(", 300) + "1" + strings.Repeat(")", 300): `t:1:1: CEL_SYNTAX: expression recursion limit exceeded: 250`,
		`'` + strings.Repeat("a", 70_000) + `' == ''`:             `t:1:1: CEL_SYNTAX: expression code point size exceeds limit: size: 70008, limit 65536`,
	} {
		a, list := compile(t, text)
		if a != nil || len(list) == 0 || !strings.HasPrefix(list[0].Error(), want) {
			t.Errorf("%s:\n%v\nwant %s", diag.Clip(text, 200), list, want)
		}
	}
}

func TestProblemsPointIntoTheFile(t *testing.T) {
	t.Parallel()
	const wrong = "decision.allowed && decision.alllowed"
	tests := map[string]struct{ file, text string }{
		"plain":      {"tests:\n- assert: decision.allowed && decision.^alllowed # yes", wrong},
		"quoted":     {`- assert: "decision.allowed && decision.^alllowed"`, wrong},
		"escaped":    {`{"assert": "decision.matched[0].sid == \"\\n\" && decision.^alllowed"}`, `decision.matched[0].sid == "\n" && decision.alllowed`},
		"single":     {`- assert: 'decision.matched[0].sid == ''x'' && decision.^alllowed'`, `decision.matched[0].sid == 'x' && decision.alllowed`},
		"folded":     {"- assert: >\n    decision.allowed &&\n    decision.^alllowed\n", "decision.allowed && decision.alllowed\n"},
		"literal":    {"- assert: |\n    decision.allowed &&\n      decision.^alllowed\n", "decision.allowed &&\n  decision.alllowed\n"},
		"other text": {"- assert: ^", wrong},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := strings.Index(tt.file, "^")
			src := &diag.Source{Name: "f", Text: strings.Replace(tt.file, "^", "", 1)}
			start := strings.Index(src.Text, "assert") + len(`assert: `)
			_, list := newEnv(t).Compile(src, diag.Span{Start: start, End: len(src.Text)}, tt.text)
			// CEL points at the dot before a field.
			if len(list) != 1 || list[0].Span.Start != want-1 && name != "other text" {
				t.Errorf("%v: %v, want offset %d of %q", list, list[0].Span, want-1, src.Text)
			}
		})
	}
}

func TestCostIsBounded(t *testing.T) {
	t.Parallel()
	statements := make([]statement, 1000)
	for i := range statements {
		statements[i].Sid = strings.Repeat("a", 100_000) // a comparison of these costs 10,000 steps
	}
	many := map[string]any{"statements": statements}
	a := mustCompile(t, "statements.all(x, statements.all(y, statements.all(z, x.sid == z.sid)))")
	if _, err := a.Eval(many); err == nil || !strings.Contains(err.Error(), "cost limit exceeded") {
		t.Errorf("too many steps: %v", err)
	}
	long := map[string]any{"decision": decision{Layer: kind(strings.Repeat("a", 1<<20))}}
	a = mustCompile(t, "iam.stringLike(string(decision.layer), '*"+strings.Repeat("a", 1000)+"b')")
	if _, err := a.Eval(long); err == nil || !strings.Contains(err.Error(), "cost limit exceeded") {
		t.Errorf("a long pattern: %v", err)
	}
}

func TestSplits(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		`statements.all(s, s.sid < 'B')`:                          true,
		`statements.all(s, ['A'].all(m, m == s.sid))`:             true,
		`statements.all(s, statements.exists(m, m.sid == s.sid))`: false,
		`statements.all(statements, statements.sid < 'B')`:        false,
		`statements.filter(s, s.sid != 'A').all(s, s.sid < 'B')`:  false,
		`statements.exists(s, s.sid < 'B')`:                       false,
		`statements.all(s, s.sid < 'B') && size(statements) == 3`: false,
		`!statements.all(s, s.sid < 'B')`:                         false,
		`decision.allowed`:                                        false,
	} {
		if got := mustCompile(t, text).Splits("statements"); got != want {
			t.Errorf("%s: %t", text, got)
		}
		if mustCompile(t, text).Splits("decision") || mustCompile(t, text).Splits("") {
			t.Errorf("%s splits by a variable that it is not about", text)
		}
	}
}

func TestTrace(t *testing.T) {
	t.Parallel()
	tests := map[string][]celx.Part{
		`decision.allowed && decision.count > 2`: {
			{Expression: "decision.allowed", Value: "true"},
			{Expression: "decision.count > 2", Value: "false"},
			{Expression: "decision.count", Value: "2"},
		},
		`!decision.allowed && session.tags['env'] in ['dev', 'test']`: {{Expression: "decision.allowed", Value: "true"}},
		`session.tags['env'] in ['dev', 'test'] || statements.exists(s, s.sid == 'D')`: {
			{Expression: `session.tags["env"] in ["dev", "test"]`, Value: "false"},
			{Expression: `session.tags["env"]`, Value: `"prod"`},
			{Expression: `statements.exists(s, s.sid == "D")`, Value: "false"},
		},
		`statements.filter(s, s.sid == 'A') == [] || session.expires == timestamp(0)`: {
			{Expression: `statements.filter(s, s.sid == "A") == []`, Value: "false"},
			{Expression: `statements.filter(s, s.sid == "A")`, Value: "[{Sid:A Hidden:}]"},
			{Expression: "session.expires == timestamp(0)", Value: "false"},
			{Expression: "session.expires", Value: `timestamp("2026-11-21T12:00:00Z")`},
			{Expression: "timestamp(0)", Value: `timestamp("1970-01-01T00:00:00Z")`},
		},
		`decision.why == decision.why`: {
			{Expression: "decision.why == decision.why", Value: "true"},
			{Expression: "decision.why", Value: "{Sid:Deploy Hidden:}"},
			{Expression: "decision.why", Value: "{Sid:Deploy Hidden:}"},
		},
		`session.tags['none'] == 'x'`: {
			{Expression: `session.tags["none"] == "x"`, Value: "no such key: none"}, {Expression: `session.tags["none"]`, Value: "no such key: none"},
		},
	}
	for text, want := range tests {
		got, err := mustCompile(t, text).Trace(vars)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", text, diff)
		}
	}
}

func TestBreaking(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]any{
		`statements.all(s, s.sid < 'B' || s.sid == 'C')`:                         {statement{Sid: "B"}},
		`statements.filter(s, s.sid != 'A').all(s, ['A'].exists(m, m == s.sid))`: {statement{Sid: "B"}, statement{Sid: "C"}},
		`statements.all(s, true)`:                                                nil,
		`decision.allowed`:                                                       nil,
		`session.tags.all(k, k == 'env')`:                                        nil,
		`statements.exists(s, s.sid == 'nothing')`:                               nil,
	} {
		got, err := mustCompile(t, text).Breaking(vars)
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(decision{})); diff != "" || err != nil {
			t.Errorf("%s: %v, -want +got\n%s", text, err, diff)
		}
	}
	if _, err := mustCompile(t, `statements.all(s, session.tags[s.sid] == '')`).Breaking(vars); err == nil {
		t.Error("a failure is an error")
	}
}

func TestEnvRefuses(t *testing.T) {
	t.Parallel()
	for name, declare := range map[string]celx.Declaration{
		"CEL has no type for chan int":   celx.Declare[chan int]("x"),
		`the field "f" of celx_test.bad`: celx.Declare[[]bad]("x"),
		"has no name":                    celx.Declare[struct{ X int }]("x"),
		"CEL has no type for interface":  celx.Declare[map[string]any]("x"),
		`"2 x" is no name`:               celx.Declare[int]("2 x"),
	} {
		if _, err := celx.NewEnv(declare); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

type bad struct {
	F func() `cel:"f"`
}

// FuzzAssertion compiles any text, in a source that holds it in quotes:
// problems lie inside the source, and evaluation ends.
func FuzzAssertion(f *testing.F) {
	f.Add(`decision.allowed && decision.matched.exists(m, m.sid == 'Deploy')`)
	f.Add(`statements.all(s, s.sid in ['A', "\u00e9"] || iam.number(s.sid) < iam.number('1e3'))`)
	f.Add("session.tags['x'] ==\n  r'\\' // comment")
	f.Add(`"ä😀" + [1, {}.x`)
	env := newEnv(f)
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1000 {
			return
		}
		src := &diag.Source{Text: "- " + strconv.Quote(text)}
		a, list := env.Compile(src, diag.Span{Start: 2, End: len(src.Text)}, text)
		if (a == nil) != list.HasErrors() {
			t.Fatalf("neither an assertion nor an error: %v", list)
		}
		for _, d := range list {
			if d.Span.Start < 2 || d.Span.End < d.Span.Start || d.Span.End > len(src.Text) || d.Summary == "" {
				t.Errorf("%v has the span %v of %d bytes", d, d.Span, len(src.Text))
			}
		}
		if a == nil {
			return
		}
		holds, err := a.Eval(vars)
		if _, failed := a.Trace(vars); failed != nil {
			t.Errorf("Trace: %v, Eval: %v", failed, err)
		}
		breaking, _ := a.Breaking(vars)
		if err == nil && holds && len(breaking) > 0 {
			t.Errorf("%q holds, and %v break it", text, breaking)
		}
	})
}
