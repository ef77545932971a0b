package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/scenario"
)

// junit writes JUnit XML as Jenkins and those after it read it: a testsuite for
// each file, with an error for one that cannot be used. Places are in the
// texts, since the schema gives a test case none.
type junit struct {
	out    io.Writer
	suites []*junitSuite
	counts counts
}

type junitSuites struct {
	XMLName  xml.Name      `xml:"testsuites"`
	Name     string        `xml:"name,attr"`
	Tests    int           `xml:"tests,attr"`
	Failures int           `xml:"failures,attr"`
	Errors   int           `xml:"errors,attr"`
	Time     string        `xml:"time,attr,omitempty"`
	Suites   []*junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	File     string      `xml:"file,attr,omitempty"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name      string         `xml:"name,attr"`
	ClassName string         `xml:"classname,attr"`
	Failures  []junitProblem `xml:"failure"`
	Errors    []junitProblem `xml:"error"`
}

type junitProblem struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// Loaded adds a test suite.
func (j *junit) Loaded(file int, suite *scenario.Suite, problems diag.List) {
	j.counts.loaded(suite)
	s := &junitSuite{Name: fmt.Sprintf("file %d", file+1)}
	j.suites = append(j.suites, s)
	if suite != nil {
		s.Name, s.File = suite.Name, suite.Name
		return
	}
	if len(problems) > 0 && problems[0].Source != nil {
		s.Name = problems[0].Source.Name
	}
	s.Tests, s.Errors = 1, 1
	c := junitCase{Name: "load", ClassName: s.Name}
	for _, p := range problems.Only(diag.Error) {
		c.Errors = append(c.Errors, junitProblem{valid(p.Summary), p.Code, valid(p.Error())})
	}
	s.Cases = append(s.Cases, c)
}

// Tested adds a test case.
func (j *junit) Tested(r scenario.Result) {
	j.counts.tested(&r)
	s := j.suites[len(j.suites)-1]
	s.Tests++
	c := junitCase{Name: valid(r.Name), ClassName: r.Suite}
	for i := range r.Failures {
		f := &r.Failures[i]
		c.Failures = append(c.Failures, junitProblem{valid(brief(f)), "expectation", valid(failureText(f))})
	}
	if !r.Passed() {
		s.Failures++
	}
	s.Cases = append(s.Cases, c)
}

// Finish writes the document.
func (j *junit) Finish(e End) error {
	all := junitSuites{Name: "rolecall test", Suites: j.suites}
	for _, s := range j.suites {
		all.Tests, all.Failures, all.Errors = all.Tests+s.Tests, all.Failures+s.Failures, all.Errors+s.Errors
	}
	if e.Elapsed > 0 {
		all.Time = fmt.Sprintf("%.3f", e.Elapsed.Seconds())
	}
	text, err := xml.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(j.out, "%s%s\n", xml.Header, text)
	return err
}

// valid leaves out the characters that XML cannot hold.
func valid(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0xfffe || r == 0xffff {
			return '?'
		}
		return r
	}, text)
}
