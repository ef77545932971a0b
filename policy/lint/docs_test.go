package lint

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the tables of docs/lint.md")

// TestDocsListEveryCode holds the two tables of docs/lint.md to the code.
func TestDocsListEveryCode(t *testing.T) {
	t.Parallel()
	const name = "../../docs/lint.md"
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	findings := "| code | severity | finds | what happens | rule | source |\n| --- | --- | --- | --- | --- | --- |\n"
	refused := "| code | finds | rule | source |\n| --- | --- | --- | --- |\n"
	for _, r := range Rules() {
		page := fmt.Sprintf("[%s](%s)", strings.TrimSuffix(r.Page[strings.LastIndexByte(r.Page, '/')+1:], ".html"), r.Page)
		if r.Happens == refusalHappens {
			refused += fmt.Sprintf("| `%s` | %s | %s | %s |\n", r.Code, cell(r.Title), r.Rule, page)
			continue
		}
		severity := r.Severity.String()
		if r.NeedsReference {
			severity += ", with `--reference`"
		}
		findings += fmt.Sprintf("| `%s` | %s | %s | %s | %s | %s |\n", r.Code, severity, cell(r.Title), cell(r.Happens), r.Rule, page)
	}
	want := between(t, between(t, string(text), "findings", findings), "refusals", refused)
	if *update {
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Errorf("run go test ./policy/lint -run Docs -update: -want +got\n%s", diff)
	}
}

func cell(s string) string { return strings.NewReplacer("|", `\|`, "*", `\*`).Replace(s) }

// between replaces what stands between two marks of a text.
func between(t *testing.T, text, mark, with string) string {
	t.Helper()
	head, rest, ok := strings.Cut(text, "<!-- begin "+mark+" -->\n")
	_, tail, okToo := strings.Cut(rest, "<!-- end "+mark+" -->\n")
	if !ok || !okToo {
		t.Fatalf("no marks %q", mark)
	}
	return head + "<!-- begin " + mark + " -->\n" + with + "<!-- end " + mark + " -->\n" + tail
}
