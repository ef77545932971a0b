package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"syscall"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/scenario"
	"github.com/rolecall/rolecall/scenario/report"
)

// testCommand is rolecall test.
type testCommand struct {
	Paths []string `arg:"" optional:"" name:"path" help:"Test files (*.iam.yaml, *.iam.json) and folders of them; the working folder without any."`

	RunFilter string  `name:"run" placeholder:"REGEXP" help:"Run only the tests and invariants whose names match."`
	Watch     bool    `help:"Run again whenever a file changes, until interrupted."`
	Format    string  `default:"text" enum:"text,json,junit,tap,github" help:"Form of the report: text, json, junit, tap or github."`
	JSON      bool    `name:"json" help:"Print JSON: short for --format json."`
	Quiet     bool    `short:"q" help:"Leave out of the text the tests that passed."`
	Cover     bool    `help:"Report which statements and conditions of the policies ever decided."`
	CoverMin  float64 `name:"cover-min" placeholder:"N" help:"Fail if less than N percent of the statements decided; implies --cover."`
	CoverHTML string  `name:"cover-html" placeholder:"FILE" help:"Write the policies, coloured by coverage, as one HTML file; implies --cover."`
	Mutate    bool    `help:"Weaken the policies one step at a time and name the changes that no test notices."`

	roots map[string]*os.Root
}

// Run runs the tests, once or whenever a file changes.
func (c *testCommand) Run(env *environment, status *int) error {
	if c.JSON {
		c.Format = report.JSON.String()
	}
	if c.CoverMin < 0 || c.CoverMin > 100 {
		return usageError{"--cover-min is a percentage", "give 0 to 100"}
	}
	c.Cover = c.Cover || c.CoverMin > 0 || c.CoverHTML != ""
	match, err := c.match()
	if err != nil {
		return err
	}
	if c.Watch {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		return c.watch(ctx, env, match)
	}
	t, err := c.once(env, match)
	if err != nil {
		return err
	}
	*status = t.status()
	if t.ran == 0 && *status == exitYes {
		return usageError{"no test matches --run " + c.RunFilter, "rolecall test without --run lists them all"}
	}
	return nil
}

func (c *testCommand) match() (func(string) bool, error) {
	if c.RunFilter == "" {
		return nil, nil
	}
	pattern, err := regexp.Compile(c.RunFilter)
	if err != nil {
		return nil, usageError{"--run: " + err.Error(), "the syntax is that of Go's package regexp"}
	}
	return pattern.MatchString, nil
}

// testFile is a test file with the loader for its folder.
type testFile struct {
	loader *scenario.Loader
	name   string
}

// files finds the test files. Those below the working folder may name files
// anywhere in it, others only beside and below them.
func (c *testCommand) files(seen *files) ([]testFile, error) {
	paths := c.Paths
	if len(paths) == 0 {
		paths = []string{"."}
	}
	var list []testFile
	known := map[string]bool{}
	loaders := map[string]*scenario.Loader{}
	for _, p := range paths {
		prefix, name := base(p)
		fsys, err := c.folder(prefix)
		if err != nil {
			return nil, err
		}
		loader := loaders[prefix]
		if loader == nil {
			loader = scenario.NewLoader(seen.watch(fsys, prefix), prefix)
			loaders[prefix] = loader
		}
		found, err := scenario.Find(fsys, name)
		if err != nil {
			return nil, err
		}
		for _, name := range found {
			if full := filepath.Join(prefix, name); !known[full] {
				known[full] = true
				list = append(list, testFile{loader, name})
			}
		}
	}
	if len(list) == 0 {
		return nil, usageError{"no test files here", "the name of a test file ends in .iam.yaml, .iam.yml or .iam.json; docs/test-format.md tells what stands in one"}
	}
	return list, nil
}

// base cuts a path into the folder that its files may name files in, empty for
// the working folder, and the rest.
func base(p string) (prefix, name string) {
	clean := filepath.Clean(p)
	if filepath.IsLocal(clean) {
		return "", filepath.ToSlash(clean)
	}
	if info, err := os.Stat(clean); err == nil && info.IsDir() {
		return clean, "."
	}
	return filepath.Dir(clean), filepath.Base(clean)
}

// folder gives the file system below a folder, out of which no link leads.
func (c *testCommand) folder(prefix string) (fs.FS, error) {
	if c.roots == nil {
		c.roots = map[string]*os.Root{}
	}
	if c.roots[prefix] == nil {
		root, err := os.OpenRoot(cmp.Or(prefix, "."))
		if err != nil {
			return nil, err
		}
		c.roots[prefix] = root
	}
	return c.roots[prefix].FS(), nil
}

// testRun is one run.
type testRun struct {
	report.Reporter
	coverage *scenario.Coverage
	minimum  float64
	mutation *scenario.Mutation
	suites   []*scenario.Suite

	ran, failed, broken int
	output              *bufio.Writer
}

// Loaded counts.
func (t *testRun) Loaded(file int, suite *scenario.Suite, problems diag.List) {
	if suite == nil {
		t.broken++
	} else {
		t.suites = append(t.suites, suite)
	}
	t.Reporter.Loaded(file, suite, problems)
	_ = t.output.Flush() // it keeps its error until the end
}

// Tested counts.
func (t *testRun) Tested(r scenario.Result) {
	t.ran++
	if !r.Passed() {
		t.failed++
	}
	t.Reporter.Tested(r)
	_ = t.output.Flush() // it keeps its error until the end
}

func (t *testRun) status() int {
	covered := 100.0
	if t.coverage != nil {
		statements, _ := t.coverage.Total()
		covered = statements.Percent()
	}
	switch {
	case t.broken > 0:
		return exitUnusable
	case t.failed > 0, covered < t.minimum, t.mutation != nil && len(t.mutation.Survivors()) > 0:
		return exitNo
	default:
		return exitYes
	}
}

func (c *testCommand) once(env *environment, match func(string) bool) (*testRun, error) {
	return c.onceSeen(env, match, &files{})
}

// onceSeen runs the tests, and notes the files that were read.
func (c *testCommand) onceSeen(env *environment, match func(string) bool, seen *files) (*testRun, error) {
	list, err := c.files(seen)
	if err != nil {
		return nil, err
	}
	format, _ := report.FormatNamed(c.Format) // kong holds it to the names
	out := bufio.NewWriter(env.stdout)
	t := &testRun{output: out, minimum: c.CoverMin}
	t.Reporter = report.New(format, out, report.Options{Style: diag.Style{Color: env.color()}, Quiet: c.Quiet})
	if c.Cover {
		t.coverage = &scenario.Coverage{}
	}
	options := scenario.Options{Match: match, Coverage: t.coverage}
	start := env.now()
	scenario.Run(len(list), func(i int) (*scenario.Suite, diag.List) { return list[i].loader.Load(list[i].name) }, options, t)
	if c.Mutate {
		stop := env.progress("weakening policies")
		t.mutation = scenario.Mutate(t.suites, options)
		stop()
	}
	end := report.End{Coverage: t.coverage, Mutation: t.mutation}
	if env.stdoutTerminal {
		end.Elapsed = env.now().Sub(start)
	}
	err = errors.Join(t.Finish(end), out.Flush())
	if c.CoverHTML != "" && err == nil {
		err = writeFile(c.CoverHTML, t.coverage)
	}
	if covered := t.status(); err == nil && covered == exitNo && t.failed == 0 && t.coverage != nil {
		c.sayBelow(env, t)
	}
	return t, err
}

func (c *testCommand) sayBelow(env *environment, t *testRun) {
	if statements, _ := t.coverage.Total(); statements.Percent() < c.CoverMin {
		fmt.Fprintf(env.stderr, "coverage of statements is %.1f %%, and --cover-min is %g %%\n", statements.Percent(), c.CoverMin)
	}
}

func writeFile(name string, c *scenario.Coverage) (err error) {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return report.HTML(f, c)
}
