package diag

import (
	"bufio"
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestPosition(t *testing.T) {
	t.Parallel()
	src := &Source{Name: "f", Text: "ab\nçd\n\nx"}
	tests := map[int]string{-5: "f:1:1", 0: "f:1:1", 2: "f:1:3", 3: "f:2:1", 5: "f:2:2", 7: "f:3:1", 8: "f:4:1", 99: "f:4:2"}
	for offset, want := range tests {
		if got := src.Position(offset).String(); got != want {
			t.Errorf("Position(%d) = %s, want %s", offset, got, want)
		}
	}
	later := &Source{Text: "x\ny", FirstLine: 40}
	if got := later.Position(2).String(); got != "41:1" {
		t.Errorf("a text cut out of a larger one: %s", got)
	}
	var nowhere *Source
	if got := nowhere.Position(3); got != (Position{}) {
		t.Errorf("nowhere is %v", got)
	}
	if got := (Position{File: "f"}).String(); got != "f" {
		t.Errorf("a file alone is %q", got)
	}
}

func TestDiagnosticInOneLine(t *testing.T) {
	t.Parallel()
	src := &Source{Name: "p.json", Text: "{\n  \"Acton\": 1\n}"}
	tests := map[string]struct {
		d    Diagnostic
		want string
	}{
		"all of it": {
			Diagnostic{Severity: Error, Code: "X", Summary: "it is wrong", Hint: "mend it", Path: "Acton", Source: src, Span: Span{4, 11}},
			"p.json:2:3: X: it is wrong at Acton; mend it",
		},
		"a warning":  {Diagnostic{Severity: Warning, Summary: "it is odd", Source: src}, "p.json:1:1: warning: it is odd"},
		"no place":   {Diagnostic{Severity: Error, Summary: "it is wrong"}, "it is wrong"},
		"a severity": {Diagnostic{Summary: Severity(0).String() + " " + Error.String() + " " + Warning.String()}, "severity(0) error warning"},
		"a security": {Diagnostic{Severity: Security, Summary: "it is wide"}, "security: it is wide"},
		"a hint":     {Diagnostic{Severity: Suggestion, Summary: "it is long"}, "suggestion: it is long"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := tt.d.Error(); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func TestListIsAnError(t *testing.T) {
	t.Parallel()
	a, b := &Source{Name: "a", Text: "xxxx"}, &Source{Name: "b", Text: "x"}
	later := &Source{Name: "b", Text: "x", FirstLine: 9}
	list := List{
		{Severity: Warning, Summary: "5", Source: later},
		{Severity: Warning, Summary: "4", Source: b},
		{Severity: Error, Summary: "3", Source: b},
		{Severity: Error, Summary: "2", Source: a, Span: Span{2, 3}},
		{Severity: Warning, Summary: "1", Source: a},
		{Severity: Error, Summary: "0"},
	}
	list.Sort()
	var order string
	for _, d := range list {
		order += d.Summary
	}
	if order != "012345" {
		t.Errorf("sorted as %s", order)
	}
	err := list.Err()
	var back List
	if !errors.As(err, &back) || len(back) != 6 || strings.Count(err.Error(), "\n") != 5 {
		t.Errorf("the list is an error of one line a diagnostic: %v", err)
	}
	if got := list.Only(Warning); len(got) != 3 || got.HasErrors() || got.Err() != nil {
		t.Errorf("warnings alone are no error: %v", got)
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	names := []string{"Action", "NotAction", "Resource", "Sid", strings.Repeat("x", 70)}
	tests := map[string]string{
		"action": "Action", "Acton": "Action", "Aciton": "Action", "NotActions": "NotAction", "Ressource": "Resource", "sid": "Sid",
		"Description": "", "": "", strings.Repeat("y", 100): "",
	}
	for word, want := range tests {
		if got, ok := Nearest(word, names); got != want || ok != (want != "") {
			t.Errorf("Nearest(%q) = %q, %t, want %q", word, got, ok, want)
		}
	}
	if got := DidYouMean("Acton", names, "no"); got != `did you mean "Action"?` {
		t.Error(got)
	}
	if got := DidYouMean("zzzzz", names, "no"); got != "no" {
		t.Error(got)
	}
}

func TestEditDistanceIsADistance(t *testing.T) {
	t.Parallel()
	word := rapid.StringMatching(`[abc]{0,8}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		d := editDistance(a, b)
		if d != editDistance(b, a) || (d == 0) != (a == b) || d > max(len(a), len(b)) {
			t.Fatalf("editDistance(%q, %q) = %d", a, b, d)
		}
	})
}

func TestWords(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"identity": "an identity", "IAM user": "an IAM user", "policy": "a policy", "": "a "} {
		if got := WithArticle(in); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	for in, want := range map[string]string{"abc": "abc", "abcdef": "abcd...", "abcé": "abc..."} {
		if got := Clip(in, 4); got != want {
			t.Errorf("Clip(%q) = %q, want %q", in, got, want)
		}
	}
}

func render(t *testing.T, list List, style Style) string {
	t.Helper()
	var out bytes.Buffer
	if err := Render(&out, list, style); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestRender(t *testing.T) {
	t.Parallel()
	text := "{\n\t\"Acton\": \"é\x1b[31m\", \"x\": 1,\r\n" + strings.Repeat("a", 300) + "BAD" + strings.Repeat("c", 300) + "\n" + strings.Repeat("m", 500)
	src := &Source{Name: "p", Text: text}
	find := func(s string) Span {
		i := strings.Index(text, s)
		return Span{i, i + len(s)}
	}
	tests := map[string]struct {
		d     Diagnostic
		style Style
		want  string
	}{
		"a caret under the place": {
			Diagnostic{Severity: Error, Code: "C", Rule: "PL-1", Summary: "wrong", Hint: "mend it", Path: "Acton", Source: src, Span: find(`"Acton"`)},
			Style{},
			"error: wrong [C, PL-1]\n  p:2:2 at Acton\n  2 |  \"Acton\": \"é?[31m\", \"x\": 1,\n    |  ^^^^^^^\n  hint: mend it\n",
		},
		"carets count characters": {
			Diagnostic{Severity: Warning, Code: "C", Summary: "odd", Source: src, Span: find(`"x"`)},
			Style{},
			"warning: odd [C]\n  p:2:21\n  2 |  \"Acton\": \"é?[31m\", \"x\": 1,\n    |                     ^^^\n",
		},
		"a long line is cut": {
			Diagnostic{Severity: Error, Summary: "wrong", Source: src, Span: find("BAD")},
			Style{Width: 23},
			"error: wrong\n  p:3:301\n  3 | ...aaaaaaaBADccccccc...\n    |           ^^^\n",
		},
		"a long mark is cut": {
			Diagnostic{Severity: Error, Summary: "wrong", Source: src, Span: find(strings.Repeat("m", 500))},
			Style{Width: 20},
			"error: wrong\n  p:4:1\n  4 | mmmmmmmmmmmmmmmmm...\n    | ^^^^^^^^^^^^^^^^^^^^\n",
		},
		"an empty place": {
			Diagnostic{Severity: Error, Summary: "wrong", Source: src, Span: Span{1, 1}},
			Style{},
			"error: wrong\n  p:1:2\n  1 | {\n    |  ^\n",
		},
		"no source": {Diagnostic{Severity: Error, Summary: "wrong"}, Style{}, "error: wrong\n"},
		"colours": {
			Diagnostic{Severity: Error, Summary: "wrong", Source: src, Span: Span{0, 1}},
			Style{Color: true},
			"\x1b[31m\x1b[1merror:\x1b[0m wrong\n  p:1:1\n  \x1b[2m1 |\x1b[0m {\n  \x1b[2m  |\x1b[0m \x1b[31m^\x1b[0m\n",
		},
		"a span beyond its line": {
			Diagnostic{Severity: Error, Summary: "wrong", Source: src, Span: Span{0, 10}},
			Style{},
			"error: wrong\n  p:1:1\n  1 | {\n    | ^\n",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, render(t, List{tt.d}, tt.style)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
	two := render(t, List{{Severity: Error, Summary: "a"}, {Severity: Warning, Summary: "b"}}, Style{})
	if two != "error: a\n\nwarning: b\n" {
		t.Errorf("%q", two)
	}
}

func TestHostileTextDoesNotReachTheTerminal(t *testing.T) {
	t.Parallel()
	text := "a\x1b]0;x\x07b\u202ec\u200bd\x80e"
	out := render(t, List{{Severity: Error, Summary: "s", Source: &Source{Text: text}, Span: Span{0, 1}}}, Style{})
	if strings.ContainsAny(out, "\x1b\x07\u202e\u200b") || strings.Contains(out, "\x80") {
		t.Errorf("%q", out)
	}
}

func TestExcerpt(t *testing.T) {
	t.Parallel()
	src := &Source{Name: "p", Text: "one\n  {two\n three\n  four}\nfive {six} seven", FirstLine: 8}
	excerpt := func(start, end, most int) string {
		var out bytes.Buffer
		w := bufio.NewWriter(&out)
		Excerpt(w, src, Span{start, end}, most, Style{Width: 20})
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	two, six := strings.Index(src.Text, "{two"), strings.Index(src.Text, "{six")
	tests := map[string]struct{ got, want string }{
		"several lines":   {excerpt(two, six-6, 9), "   9 |   {two\n  10 |  three\n  11 |   four}\n"},
		"too many lines":  {excerpt(two, six-6, 2), "   9 |   {two\n  10 |  three\n     | ...\n"},
		"within one line": {excerpt(six, six+5, 9), "  12 | {six}\n"},
		"up to the end":   {excerpt(two, len(src.Text), 9), "   9 |   {two\n  10 |  three\n  11 |   four}\n  12 | five {six} seven\n"},
		"nothing":         {excerpt(3, 3, 9), ""},
		"beyond the end":  {excerpt(3, 999, 9), ""},
	}
	for name, tt := range tests {
		if diff := cmp.Diff(tt.want, tt.got); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
	}
	Excerpt(bufio.NewWriter(&bytes.Buffer{}), nil, Span{0, 1}, 1, Style{})
}

func TestSnippet(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	out := bufio.NewWriter(&text)
	Snippet(out, &Source{Name: "f", Text: "a\nb c\td\n"}, Span{Start: 4, End: 5}, Style{})
	Snippet(out, nil, Span{}, Style{})
	Snippet(out, &Source{Name: "f"}, Span{}, Style{})
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("  2 | b c d\n    |   ^\n", text.String()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if got := Printable("a\tb\x1b[2J\u202e"); got != "a b?[2J?" {
		t.Errorf("%q", got)
	}
}
