package rolecall_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite what tests keep in docs")

const semantics = "docs/semantics.md"

func readText(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var (
	ruleNumber = regexp.MustCompile(`\b(PL|EV)-[0-9]+\b`)
	sourceLine = regexp.MustCompile(`(?m)^  "source": "([^"]*)"`)
	ruleRow    = regexp.MustCompile(`(?m)^\| ((?:PL|EV)-[0-9]+) \| (.*) \| (.*) \|(.*)\|$`)
)

// casesByRule counts the cases of the corpus by rule and file.
func casesByRule(t *testing.T) map[string]map[string]int {
	t.Helper()
	files, err := filepath.Glob("testdata/conformance/*/*.cases")
	if err != nil || len(files) == 0 {
		t.Fatalf("no corpus: %v", err)
	}
	counts := map[string]map[string]int{}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".cases")
		for _, source := range sourceLine.FindAllStringSubmatch(readText(t, file), -1) {
			for _, rule := range ruleNumber.FindAllString(source[1], -1) {
				if counts[rule] == nil {
					counts[rule] = map[string]int{}
				}
				counts[rule][name]++
			}
		}
	}
	return counts
}

// cell is the column "cases" for a rule.
func cell(files map[string]int) string {
	if len(files) == 0 {
		return " - "
	}
	var list []string
	for name, n := range files {
		list = append(list, fmt.Sprintf("%s %d", name, n))
	}
	slices.Sort(list)
	return " " + strings.Join(list, ", ") + " "
}

func TestSemanticsCountsTheCasesOfEachRule(t *testing.T) {
	t.Parallel()
	text, counts := readText(t, semantics), casesByRule(t)
	listed := map[string]bool{}
	want := ruleRow.ReplaceAllStringFunc(text, func(row string) string {
		parts := ruleRow.FindStringSubmatch(row)
		head, last := strings.TrimSuffix(row, parts[4]+"|"), parts[4]
		if listed[parts[1]] || !strings.HasSuffix(tableOf(text, row), "| cases |") {
			return head + last + "|" // a row of another table
		}
		listed[parts[1]] = true
		return head + cell(counts[parts[1]]) + "|"
	})
	if *update {
		if err := os.WriteFile(semantics, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		text = want
	}
	if diff := cmp.Diff(want, text); diff != "" {
		t.Errorf("run go test . -run Semantics -update: -want +got\n%s", diff)
	}
	for rule := range counts {
		if !listed[rule] {
			t.Errorf("cases name %s, which is no rule of %s", rule, semantics)
		}
	}
}

// tableOf gives the head of the table that a row stands in.
func tableOf(text, row string) string {
	before, _, _ := strings.Cut(text, row)
	head := before[:max(strings.LastIndex(before, "\n| --- |"), 0)]
	return head[strings.LastIndexByte(head, '\n')+1:]
}

func TestRulesThatCodeCitesExist(t *testing.T) {
	t.Parallel()
	text := readText(t, semantics)
	for _, file := range goFiles(t) {
		for _, rule := range ruleNumber.FindAllString(readText(t, file), -1) {
			if !strings.Contains(text, "\n| "+rule+" |") {
				t.Errorf("%s cites %s, which is no rule of %s", file, rule, semantics)
			}
		}
	}
}

func TestReadmeShowsTheExample(t *testing.T) {
	t.Parallel()
	example := readText(t, "policy/eval/example_test.go")
	_, example, _ = strings.Cut(example, "func Example() {\n")
	example, _, _ = strings.Cut(example, "\t// Output:")
	var body strings.Builder
	for line := range strings.Lines(example) {
		body.WriteString(strings.TrimPrefix(line, "\t"))
	}
	if !strings.Contains(readText(t, "README.md"), "```go\n"+body.String()+"```\n") {
		t.Errorf("README.md does not show the Example of policy/eval as it is:\n%s", body.String())
	}
}
