package report_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/scenario"
	"github.com/rolecall/rolecall/scenario/report"
)

var update = flag.Bool("update", false, "write the golden files")

func golden(t *testing.T, name, got string) {
	t.Helper()
	name = "testdata/" + name
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s: -want +got\n%s", name, diff)
	}
}

// write writes the report of the files of testdata: some pass, some fail, one
// cannot be used.
func write(t *testing.T, f report.Format, o report.Options) string {
	t.Helper()
	var out bytes.Buffer
	if err := writeTo(&out, f, o); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func writeTo(out io.Writer, f report.Format, o report.Options) error {
	loader := scenario.NewLoader(os.DirFS("testdata"), "")
	names := []string{"mixed.iam.yaml", "broken.iam.yaml", "good.iam.yaml"}
	r := &keeper{Reporter: report.New(f, out, o)}
	var c scenario.Coverage
	options := scenario.Options{Coverage: &c}
	scenario.Run(len(names), func(i int) (*scenario.Suite, diag.List) { return loader.Load(names[i]) }, options, r)
	return r.Finish(report.End{Coverage: &c, Mutation: scenario.Mutate(r.suites, options)})
}

// keeper keeps the suites that were loaded.
type keeper struct {
	report.Reporter
	suites []*scenario.Suite
}

func (k *keeper) Loaded(i int, s *scenario.Suite, problems diag.List) {
	if s != nil {
		k.suites = append(k.suites, s)
	}
	k.Reporter.Loaded(i, s, problems)
}

func TestFormats(t *testing.T) {
	t.Parallel()
	for f := report.Text; f <= report.GitHub; f++ {
		got := write(t, f, report.Options{})
		golden(t, f.String()+".golden", got)
		if named, ok := report.FormatNamed(f.String()); !ok || named != f {
			t.Errorf("%s is not the name of the format", f)
		}
	}
	golden(t, "quiet.golden", write(t, report.Text, report.Options{Quiet: true}))
	if _, ok := report.FormatNamed("cake"); ok {
		t.Error("cake is no format")
	}
	if got := report.Format(99).String(); got != "Format(99)" {
		t.Error(got)
	}
}

func TestColoursAreAllThatIsAdded(t *testing.T) {
	t.Parallel()
	coloured := write(t, report.Text, report.Options{Style: diag.Style{Color: true}})
	plain := regexp.MustCompile("\x1b\\[[0-9]*m").ReplaceAllString(coloured, "")
	if coloured == plain || plain != write(t, report.Text, report.Options{}) {
		t.Error("a report with colours is another one")
	}
}

func TestErrorsOfTheStream(t *testing.T) {
	t.Parallel()
	full := errors.New("disk full")
	for f := report.Text; f <= report.GitHub; f++ {
		pipe, in := io.Pipe()
		pipe.CloseWithError(full)
		if err := writeTo(in, f, report.Options{}); !errors.Is(err, full) {
			t.Errorf("%s: %v", f, err)
		}
	}
}

func TestJSONIsJSON(t *testing.T) {
	t.Parallel()
	var got struct {
		Summary struct{ Files, Tests, Passed, Failed, UnusableFiles int }
	}
	if err := json.Unmarshal([]byte(write(t, report.JSON, report.Options{})), &got); err != nil {
		t.Fatal(err)
	}
	if s := got.Summary; s.Files != 3 || s.Tests != s.Passed+s.Failed || s.Failed == 0 || s.Passed == 0 || s.UnusableFiles != 1 {
		t.Errorf("%+v", s)
	}
}

// element says what an element of JUnit XML may have, as the schema of the
// xUnit plugin of Jenkins (JUnit 10) does.
type element struct {
	required, optional, children []string
	text                         bool
}

var problem = element{optional: []string{"type", "message"}, text: true}

var junitSchema = map[string]element{
	"testsuites": {optional: []string{"name", "time", "tests", "failures", "errors"}, children: []string{"testsuite"}},
	"testsuite": {
		required: []string{"name", "tests", "failures", "errors"},
		optional: []string{"group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url"},
		children: []string{"testsuite", "properties", "testcase", "system-out", "system-err"},
	},
	"testcase": {required: []string{"name"}, optional: []string{"time", "classname", "group"}, children: []string{"skipped", "error", "failure", "system-out", "system-err"}},
	"failure":  problem, "error": problem,
}

func TestJUnitIsValid(t *testing.T) {
	t.Parallel()
	decoder := xml.NewDecoder(strings.NewReader(write(t, report.JUnit, report.Options{})))
	var open []string
	seen := map[string]int{}
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			name := token.Name.Local
			seen[name]++
			allowed := []string{"testsuites"}
			if len(open) > 0 {
				allowed = junitSchema[open[len(open)-1]].children
			}
			rule, ok := junitSchema[name]
			if !ok || !slices.Contains(allowed, name) {
				t.Fatalf("<%s> in %v", name, open)
			}
			checkAttributes(t, token, rule)
			open = append(open, name)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if text := strings.TrimSpace(string(token)); text != "" && !junitSchema[open[len(open)-1]].text {
				t.Errorf("text in %v: %s", open, text)
			}
		}
	}
	for name := range junitSchema {
		if seen[name] == 0 {
			t.Errorf("the report has no <%s>", name)
		}
	}
}

func checkAttributes(t *testing.T, token xml.StartElement, rule element) {
	t.Helper()
	var names []string
	for _, a := range token.Attr {
		names = append(names, a.Name.Local)
		if !slices.Contains(rule.required, a.Name.Local) && !slices.Contains(rule.optional, a.Name.Local) {
			t.Errorf("<%s> has %s", token.Name.Local, a.Name.Local)
		}
	}
	for _, name := range rule.required {
		if !slices.Contains(names, name) {
			t.Errorf("<%s> has no %s", token.Name.Local, name)
		}
	}
}

func TestTAPCounts(t *testing.T) {
	t.Parallel()
	n := 0
	scanner := bufio.NewScanner(strings.NewReader(write(t, report.TAP, report.Options{})))
	plan := ""
	for scanner.Scan() {
		line := scanner.Text()
		if strings.HasPrefix(line, "ok ") || strings.HasPrefix(line, "not ok ") {
			n++
		}
		if strings.HasPrefix(line, "1..") {
			plan = line
		}
	}
	if plan == "" || plan != "1.."+strings.TrimSpace(plan[3:]) || n == 0 || !strings.HasSuffix(plan, ".."+itoa(n)) {
		t.Errorf("%d test points, and the plan is %q", n, plan)
	}
}

func itoa(n int) string {
	text, _ := json.Marshal(n)
	return string(text)
}

// TestHTMLAsksForNothing holds that the page is one file without scripts, and
// that what policies say cannot become a part of it.
func TestHTMLAsksForNothing(t *testing.T) {
	t.Parallel()
	loader := scenario.NewLoader(os.DirFS("testdata"), "")
	var c scenario.Coverage
	scenario.Run(1, func(int) (*scenario.Suite, diag.List) { return loader.Load("mixed.iam.yaml") }, scenario.Options{Coverage: &c}, report.New(report.Text, io.Discard, report.Options{}))
	var out bytes.Buffer
	if err := report.HTML(&out, &c); err != nil {
		t.Fatal(err)
	}
	golden(t, "html.golden", out.String())
	page := out.String()
	for _, forbidden := range []string{"<script", "src=", "<link", "url(", "@import", "http:", "https:", "<b>bold</b>"} {
		if strings.Contains(page, forbidden) {
			t.Errorf("the page has %s", forbidden)
		}
	}
	for _, class := range []string{"covered", "partly", "missed", "dead"} {
		if !strings.Contains(page, `<span class="`+class+`" title=`) {
			t.Errorf("nothing is %s", class)
		}
	}
}
