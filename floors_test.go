// Package rolecall_test holds the structure of the module.
package rolecall_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const module = "github.com/rolecall/rolecall"

// floors is the house: a package imports only packages on lower floors.
// docs/architecture.md says what each of them owns.
var floors = map[string]int{
	"diag":             0,
	"internal/glob":    0,
	"sts/seal":         0,
	"internal/jsonpos": 1,
	"arn":              1,
	"sts/oidc":         1,
	"sts/saml":         1,
	"principal":        2,
	"conditions":       2,
	"policy":           3,
	"conditions/celx":  3,
	"policy/eval":      4,
	"policy/lint":      4,
	"policy/cases":     5,
	"world":            5,
	"world/load":       6,
	"sts":              6,
	"world/simulator":  6,
	"reach":            7,
	".":                8, // the facade
	"scenario":         8,
	"scenario/report":  9,
	"rolecalltest":     9,
	"sts/stshttp":      7,
	"rolecalltest/gen": 9,
	"bench":            9,
	"bench/plot":       10,
	"cmd/rolecall":     10,
}

// goFiles gives the Go files of the module, nested modules left out.
func goFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && name != "." {
			if _, err := os.Stat(filepath.Join(name, "go.mod")); err == nil || strings.HasPrefix(entry.Name(), ".") {
				return fs.SkipDir
			}
		}
		if strings.HasSuffix(name, ".go") {
			files = append(files, filepath.ToSlash(name))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatal("no Go files")
	}
	return files
}

func imports(t *testing.T, file string) []string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, spec := range parsed.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, p)
	}
	return paths
}

func TestImportsRunDownwards(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, file := range goFiles(t) {
		pkg := path.Dir(file)
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		seen[pkg] = true
		floor, ok := floors[pkg]
		if !ok {
			t.Errorf("%s: the package is on no floor", pkg)
			continue
		}
		for _, imported := range imports(t, file) {
			below, own := strings.CutPrefix(imported, module+"/")
			if imported == module {
				below, own = ".", true
			}
			if own && floors[below] >= floor {
				t.Errorf("%s on floor %d imports %s on floor %d", file, floor, below, floors[below])
			}
		}
	}
	for pkg := range floors {
		if !seen[pkg] {
			t.Errorf("floor %d: there is no package %s", floors[pkg], pkg)
		}
	}
}

// users says which package alone may import a library, or a package of it.
var users = map[string]string{
	"github.com/alecthomas/kong":                 "cmd/rolecall",
	"golang.org/x/term":                          "cmd/rolecall",
	"github.com/go-jose/go-jose/v4":              "sts/oidc",
	"github.com/google/cel-go":                   "conditions/celx",
	"pgregory.net/rapid":                         "rolecalltest/gen",
	"github.com/beevik/etree":                    "sts/saml",
	"github.com/russellhaering/goxmldsig":        "sts/saml",
	"github.com/google/go-cmp/cmp":               "",
	"github.com/rogpeppe/go-internal/testscript": "",
	"github.com/santhosh-tekuri/jsonschema/v6":   "",
	"go.yaml.in/yaml/v3":                         "world/load",
}

// userOf gives the package that may import an external package.
func userOf(imported string) (user string, known bool) {
	for library := imported; library != "."; library = path.Dir(library) {
		if user, known = users[library]; known {
			break
		}
	}
	return user, known
}

func external(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return strings.Contains(first, ".") && imported != module && !strings.HasPrefix(imported, module+"/")
}

func TestLibrariesStayWhereTheyBelong(t *testing.T) {
	t.Parallel()
	for _, file := range goFiles(t) {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		for _, imported := range imports(t, file) {
			if user, known := userOf(imported); external(imported) && (!known || user != path.Dir(file)) {
				t.Errorf("%s imports %s", file, imported)
			}
		}
	}
}

// TestPoliciesNeedLittle holds that a program that decides by policies alone
// compiles one library.
func TestPoliciesNeedLittle(t *testing.T) {
	t.Parallel()
	needs := map[string][]string{}
	for _, file := range goFiles(t) {
		if !strings.HasSuffix(file, "_test.go") {
			needs[path.Dir(file)] = append(needs[path.Dir(file)], imports(t, file)...)
		}
	}
	seen := map[string]bool{}
	var visit func(pkg string)
	visit = func(pkg string) {
		for _, imported := range needs[pkg] {
			if external(imported) && imported != "github.com/tidwall/gjson" {
				t.Errorf("policy/eval needs %s, because of %s", imported, pkg)
			}
			if below, own := strings.CutPrefix(imported, module+"/"); own && !seen[below] {
				seen[below] = true
				visit(below)
			}
		}
	}
	visit("policy/eval")
	if !seen["policy"] || !seen["conditions"] {
		t.Errorf("policy/eval needs only %v", seen)
	}
}

// fuzzTargets are the fuzz targets, at least one a parser.
var fuzzTargets = []string{
	"arn FuzzParse",
	"conditions FuzzTest",
	"conditions/celx FuzzAssertion",
	"conditions/celx FuzzCondition",
	"internal/glob FuzzMatch",
	"internal/jsonpos FuzzParse",
	"policy FuzzParse",
	"policy/cases FuzzReader",
	"policy/lint FuzzReadReference",
	"policy/lint FuzzReadSuppressions",
	"principal FuzzParseCaller",
	"scenario FuzzLoad",
	"sts FuzzMessage",
	"sts FuzzSession",
	"sts/oidc FuzzParseKeySet",
	"sts/oidc FuzzPayload",
	"sts/oidc FuzzVerify",
	"sts/saml FuzzMetadata",
	"sts/saml FuzzResponse",
	"sts/seal FuzzOpen",
	"sts/stshttp FuzzAuthorization",
	"sts/stshttp FuzzForm",
	"world/load FuzzDetails",
	"world/load FuzzWorld",
}

func TestEveryParserHasAFuzzTarget(t *testing.T) {
	t.Parallel()
	var found []string
	for _, file := range goFiles(t) {
		if !strings.HasSuffix(file, "_test.go") || file == "floors_test.go" {
			continue
		}
		for line := range strings.SplitSeq(readText(t, file), "\n") {
			name, ok := strings.CutPrefix(line, "func Fuzz")
			if !ok {
				continue
			}
			name = "Fuzz" + name[:strings.IndexByte(name, '(')]
			found = append(found, path.Dir(file)+" "+name)
			corpus := filepath.Join(filepath.Dir(file), "testdata", "fuzz", name)
			if seeds, err := os.ReadDir(corpus); err != nil || len(seeds) == 0 {
				t.Errorf("%s of %s has no corpus in %s", name, file, corpus)
			}
		}
	}
	slices.Sort(found)
	if diff := cmp.Diff(fuzzTargets, found); diff != "" {
		t.Errorf("change the list together with the targets (-want +got):\n%s", diff)
	}
}

// TestArchitectureShowsTheHouse: docs/architecture.md has every package once,
// on its floor.
func TestArchitectureShowsTheHouse(t *testing.T) {
	t.Parallel()
	shown := map[string]int{}
	for _, row := range regexp.MustCompile("(?m)^\\| ([0-9]+) \\| `([^`]+)` \\|").FindAllStringSubmatch(readText(t, "docs/architecture.md"), -1) {
		if _, twice := shown[row[2]]; twice {
			t.Errorf("%s stands there twice", row[2])
		}
		floor, err := strconv.Atoi(row[1])
		if err != nil {
			t.Fatal(err)
		}
		shown[row[2]] = floor
	}
	if diff := cmp.Diff(floors, shown); diff != "" {
		t.Errorf("(-floors_test.go +docs/architecture.md):\n%s", diff)
	}
}
