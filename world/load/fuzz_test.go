package load_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/world/load"
)

// check loads a text: problems have a place and can be shown, and a world that
// is taken is written and read back alike.
func check(t *testing.T, name, text string) {
	t.Helper()
	w, problems := load.FS(files(map[string]string{name: text, "policies/p.json": anyPolicy}), name)
	if (w == nil) != problems.HasErrors() {
		t.Fatalf("%t, but %v", w != nil, problems)
	}
	for _, p := range problems {
		if p.Code == "" || p.Summary == "" || p.Severity != diag.Error && p.Severity != diag.Warning {
			t.Errorf("%+v", p)
		}
		if at := p.Position(); p.Source != nil && p.Source.Text != "" && (at.Line < 1 || at.Line > strings.Count(text, "\n")+1) {
			t.Errorf("line %d: %v", at.Line, p)
		}
	}
	if err := diag.Render(&bytes.Buffer{}, problems, diag.Style{}); err != nil {
		t.Fatal(err)
	}
	if w == nil {
		return
	}
	var out bytes.Buffer
	if err := load.Write(&out, w); err != nil {
		return // two tags or policies of one name
	}
	again, problems := load.Parse("again.json", out.String())
	if again == nil {
		t.Fatalf("%v\n%s", problems, out.String())
	}
	if diff := cmp.Diff(w.Description(), again.Description(), sameWorld); diff != "" {
		t.Error(diff)
	}
}

func FuzzWorld(f *testing.F) {
	f.Add("accounts: {111122223333: {users: {alice: {}}}}")
	f.Fuzz(func(t *testing.T, text string) {
		check(t, "world.yaml", text)
		check(t, "world", text)
	})
}

func FuzzDetails(f *testing.F) {
	f.Add(page1 + page2)
	f.Fuzz(func(t *testing.T, text string) { check(t, "details.json", text) })
}
