package diag

import (
	"bufio"
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestAMadeTextShowsItsOrigin(t *testing.T) {
	t.Parallel()
	yaml := &Source{Name: "w.yaml", Text: "# x\nkey:  värde\nlist:\n  - one\n  - two\n"}
	//                 0         1         2         3
	//                 0123456789012345678901234567890
	made := &Source{Name: "w.yaml", Text: `{"key":"värde","list":["one","two"]}`, Origin: &Origin{Source: yaml, Marks: []Mark{
		{0, 4}, {1, 4}, {6, 7}, {7, 10}, {15, 16}, {16, 17}, {22, 21}, {23, 25}, {24, 27}, {29, 30}, {30, 35}, {35, 38}, {36, 38},
	}}}
	tests := map[string]struct {
		span Span
		want string
	}{
		"a key":   {Span{1, 6}, "2:1 key"},
		"a value": {Span{7, 15}, "2:7 värde"},
		"a list":  {Span{23, 36}, "4:3 - one\n  - two"},
		"an item": {Span{30, 35}, "5:5 two"},
	}
	for name, tt := range tests {
		src, span := made.Shown(tt.span)
		position := made.Position(tt.span.Start)
		position.File = ""
		if got := position.String() + " " + src.Text[span.Start:span.End]; got != tt.want || src != yaml {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
	var out bytes.Buffer
	list := List{{Severity: Error, Summary: "wrong", Source: made, Span: Span{7, 15}}}
	if err := Render(&out, list, Style{}); err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(&out)
	Excerpt(w, made, Span{23, 36}, 5, Style{})
	w.Flush()
	want := `error: wrong
  w.yaml:2:7
  2 | key:  värde
    |       ^^^^^
  4 |   - one
  5 |   - two
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}

func TestADecodedTextIsShownItself(t *testing.T) {
	t.Parallel()
	file := &Source{Name: "f", Text: "x\n  \"%7B%0A..\"\n"}
	decoded := &Source{Name: "f", Text: "{\n 1\n}", Origin: &Origin{Source: file, Marks: []Mark{{0, 4}}, Shown: true}}
	if got := decoded.Position(5).String(); got != "f:2:3" {
		t.Error(got)
	}
	var out bytes.Buffer
	w := bufio.NewWriter(&out)
	Excerpt(w, decoded, Span{0, 6}, 5, Style{})
	w.Flush()
	if diff := cmp.Diff("  2 | {\n    |  1\n    | }\n", out.String()); diff != "" {
		t.Error(diff)
	}
	list := List{
		{Severity: Error, Summary: "4", Source: file, Span: Span{5, 6}},
		{Severity: Error, Summary: "3", Source: decoded, Span: Span{4, 5}},
		{Severity: Error, Summary: "2", Source: decoded, Span: Span{2, 3}},
		{Severity: Error, Summary: "1", Source: file},
	}
	list.Sort()
	if got := list[0].Summary + list[1].Summary + list[2].Summary + list[3].Summary; got != "1234" {
		t.Error(got)
	}
}

func TestAnOriginWithoutMarks(t *testing.T) {
	t.Parallel()
	made := &Source{Text: "abc", Origin: &Origin{Source: &Source{Name: "f", Text: "x"}}}
	if got := made.Position(2).String(); got != "f:1:1" {
		t.Error(got)
	}
}

// TestPlacesOfALongText holds places that are counted from steps against a
// count from the beginning.
func TestPlacesOfALongText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		piece := rapid.StringOfN(rapid.SampledFrom([]rune("ab\nç𝄞")), 1, 40, -1)
		var text strings.Builder
		for _, n := range rapid.SliceOfN(rapid.IntRange(1, 2000), 1, 8).Draw(t, "times") {
			text.WriteString(strings.Repeat(piece.Draw(t, "piece"), n))
		}
		src := &Source{Text: text.String()}
		for _, offset := range rapid.SliceOfN(rapid.IntRange(0, len(src.Text)), 1, 10).Draw(t, "offsets") {
			before := src.Text[:offset]
			line := strings.Count(before, "\n") + 1
			column := utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
			if got := src.Position(offset); utf8.ValidString(before) && (got.Line != line || got.Column != column) {
				t.Fatalf("%v, want %d:%d", got, line, column)
			}
		}
	})
}

func TestALongLineIsShownInPart(t *testing.T) {
	t.Parallel()
	src := &Source{Text: strings.Repeat("ç", 100_000) + "here" + strings.Repeat("ç", 100_000)}
	var out bytes.Buffer
	if err := Render(&out, List{{Severity: Error, Summary: "x", Source: src, Span: Span{200_000, 200_004}}}, Style{Width: 20}); err != nil {
		t.Fatal(err)
	}
	want := "error: x\n  1:100001\n  1 | ...çççççherecççç...\n    |         ^^^^\n"
	want = strings.Replace(want, "herecççç", "hereççççç", 1)
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}
