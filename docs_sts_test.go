package rolecall_test

import (
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const stsRules = "docs/sts.md"

var (
	stsRule    = regexp.MustCompile(`\bSTS-[0-9]+\b`)
	stsRuleRow = regexp.MustCompile(`(?m)^\| (STS-[0-9]+) \| (.*) \| ([a-zA-Z, ]+) \| (.*) \|$`)
)

// filesByRule gives the files that cite each rule of STS, tests left out.
func filesByRule(t *testing.T) map[string]map[string]bool {
	t.Helper()
	cited := map[string]map[string]bool{}
	for _, file := range goFiles(t) {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		for _, rule := range stsRule.FindAllString(readText(t, file), -1) {
			if cited[rule] == nil {
				cited[rule] = map[string]bool{}
			}
			cited[rule][strings.TrimPrefix(path.Dir(file)+"/", "./")+path.Base(file)] = true
		}
	}
	return cited
}

func TestSTSRulesSayWhereTheyStand(t *testing.T) {
	t.Parallel()
	text, cited := readText(t, stsRules), filesByRule(t)
	_, table, _ := strings.Cut(text, "\n## The rules\n")
	listed := map[string]bool{}
	want := stsRuleRow.ReplaceAllStringFunc(table, func(row string) string {
		parts := stsRuleRow.FindStringSubmatch(row)
		listed[parts[1]] = true
		files := strings.Join(slices.Sorted(maps.Keys(cited[parts[1]])), ", ")
		if files == "" {
			files = "-"
		}
		return "| " + parts[1] + " | " + parts[2] + " | " + parts[3] + " | " + files + " |"
	})
	want = strings.TrimSuffix(text, table) + want
	if *update {
		if err := os.WriteFile(stsRules, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		text = want
	}
	if diff := cmp.Diff(want, text); diff != "" {
		t.Errorf("run go test . -run STSRules -update: -want +got\n%s", diff)
	}
	for rule, files := range cited {
		if !listed[rule] {
			t.Errorf("%v cite %s, which is no rule of %s", slices.Sorted(maps.Keys(files)), rule, stsRules)
		}
	}
	if len(listed) == 0 {
		t.Errorf("%s lists no rules", stsRules)
	}
}
