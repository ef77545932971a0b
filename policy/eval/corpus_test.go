package eval_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rolecall/rolecall/policy/cases"
)

const corpusDir = "../../testdata/conformance"

// corpusTime is the time of every request of the corpus.
var corpusTime = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

// readCorpus gives every case of the corpus.
func readCorpus(t testing.TB) []*cases.Case {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(corpusDir, "*", "*.cases"))
	if err != nil {
		t.Fatal(err)
	}
	var all []*cases.Case
	for _, file := range files {
		all = append(all, readFile(t, file)...)
	}
	if len(all) == 0 {
		t.Fatal("the corpus has no case")
	}
	return all
}

func readFile(t testing.TB, file string) []*cases.Case {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []*cases.Case
	reader := cases.NewReader(f, file)
	for {
		src, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, cases.Parse(src, cases.Options{Time: corpusTime}))
	}
	if len(all) == 0 {
		t.Errorf("%s has no case", file)
	}
	return all
}

func TestCorpus(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, c := range readCorpus(t) {
		if names[c.Name] {
			t.Errorf("%s: two cases are named %q", c.Source.Name, c.Name)
		}
		names[c.Name] = true
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			if c.Expect == nil || c.Origin == "" || c.Name == "" {
				t.Fatalf("a case of the corpus has a name, a source and an expectation: %v", c.Problems)
			}
			for _, d := range c.Problems {
				if d.Code == cases.CodeUnknownField {
					t.Fatal(d)
				}
			}
			decided := c.Decide()
			if mismatch := decided.Mismatch(); mismatch != "" {
				t.Error(mismatch)
			}
			sameDecision(t, decided, c.Explain())
		})
	}
}
