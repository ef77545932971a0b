package eval_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/policy"
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

// operatorsOf adds the condition operators of a policy set.
func operatorsOf(sets []*policy.Set, bases map[conditions.Base]bool, forms map[string]bool) {
	for _, set := range sets {
		for _, p := range set.Policies() {
			for _, st := range p.Document.Statements {
				for _, op := range st.Condition {
					bases[op.Operator.Base] = true
					forms[fmt.Sprintf("qualifier %d, IfExists %t", op.Operator.Qualifier, op.Operator.IfExists)] = true
				}
			}
		}
	}
}

// refusals reads the codes of refusals from where they are declared.
func refusals(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("../code.go")
	if err != nil {
		t.Fatal(err)
	}
	block, _, _ := strings.Cut(string(text), "\n)")
	var codes []string
	for _, m := range regexp.MustCompile(`= "([A-Z_]+)"`).FindAllStringSubmatch(block, -1) {
		codes = append(codes, m[1])
	}
	if len(codes) < 30 {
		t.Fatalf("%d codes of refusals", len(codes))
	}
	return codes
}

// TestCorpusReachesEverything is the gate that keeps the corpus whole: every
// operator, every form of one, every refusal and every reason has a case.
func TestCorpusReachesEverything(t *testing.T) {
	t.Parallel()
	bases, forms := map[conditions.Base]bool{}, map[string]bool{}
	codes, reasons := map[string]bool{}, map[string]bool{}
	for _, c := range readCorpus(t) {
		p := &c.Policies
		operatorsOf(append(append([]*policy.Set{p.Identity, p.Boundary, p.Session, p.Resource, p.Endpoint}, p.SCP...), p.RCP...), bases, forms)
		result := c.Decide()
		for _, d := range result.Problems {
			codes[d.Code] = true
		}
		if result.Problems == nil {
			reasons[result.Outcome()+" by "+result.Decision.Reason.String()] = true
		}
	}
	for b := conditions.StringEquals; b <= conditions.Null; b++ {
		if !bases[b] {
			t.Errorf("no case with the operator %s", b)
		}
	}
	if want := 6; len(forms) != want {
		t.Errorf("forms of operators: %v, want %d", forms, want)
	}
	for _, code := range refusals(t) {
		if !codes[code] {
			t.Errorf("no case is refused with %s", code)
		}
	}
	for _, reason := range []string{
		"allowed by identity", "allowed by resource", "allowed by root", "allowed by builtin",
		"explicitDeny by scp", "explicitDeny by rcp", "explicitDeny by endpoint", "explicitDeny by resource",
		"explicitDeny by identity", "explicitDeny by boundary", "explicitDeny by session",
		"implicitDeny by scp", "implicitDeny by endpoint", "implicitDeny by resource", "implicitDeny by identity",
		"implicitDeny by boundary", "implicitDeny by session", "implicitDeny by credentials", "implicitDeny by builtin",
	} {
		if !reasons[reason] {
			t.Errorf("no case is %s", reason)
		}
	}
}
