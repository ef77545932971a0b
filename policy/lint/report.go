package lint

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
)

// Report is the findings of some files, ready to be written. The findings
// stand in the order of the files.
type Report struct {
	Files    []File
	Findings []Finding
}

// File is a file that was looked at.
type File struct {
	Name string
	Kind policy.Kind
	// Guess says how the kind was guessed; it is empty if it was given.
	Guess string
}

// Counts is how many findings of each severity a report has.
type Counts struct{ Errors, Security, Warnings, Suggestions, Suppressed int }

// Count counts the findings; those that are suppressed are counted as such
// only.
func (r *Report) Count() Counts {
	var c Counts
	for i := range r.Findings {
		switch f := &r.Findings[i]; {
		case f.Suppressed != "":
			c.Suppressed++
		case f.Severity == diag.Error:
			c.Errors++
		case f.Severity == diag.Security:
			c.Security++
		case f.Severity == diag.Warning:
			c.Warnings++
		default:
			c.Suggestions++
		}
	}
	return c
}

// Has tells whether a finding that is not suppressed is at least so severe.
func (r *Report) Has(least diag.Severity) bool {
	for i := range r.Findings {
		if f := &r.Findings[i]; f.Suppressed == "" && f.Severity <= least {
			return true
		}
	}
	return false
}

// String gives the counts in a sentence.
func (c Counts) String() string {
	var parts []string
	add := func(n int, one, many string) {
		switch {
		case n == 1:
			parts = append(parts, "1 "+one)
		case n > 1:
			parts = append(parts, itoa(n)+" "+many)
		}
	}
	add(c.Errors, "error", "errors")
	add(c.Security, "security finding", "security findings")
	add(c.Warnings, "warning", "warnings")
	add(c.Suggestions, "suggestion", "suggestions")
	if parts == nil {
		parts = []string{"no findings"}
	}
	add(c.Suppressed, "suppressed", "suppressed")
	return strings.Join(parts, ", ")
}

// WriteText writes the findings that are not suppressed, each with its source
// line, and a summary.
func (r *Report) WriteText(w io.Writer, style diag.Style) error {
	out := bufio.NewWriter(w)
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Suppressed != "" {
			continue
		}
		if err := diag.Render(out, diag.List{f.Diagnostic}, style); err != nil {
			return err
		}
		if f.Happens != "" {
			fmt.Fprintln(out, "  so: "+f.Happens)
		}
		if f.Page != "" {
			fmt.Fprintln(out, "  see: "+f.Page)
		}
		fmt.Fprintln(out)
	}
	files := itoa(len(r.Files)) + " files"
	if len(r.Files) == 1 {
		files = "1 file"
	}
	fmt.Fprintf(out, "%s: %s\n", files, r.Count())
	return out.Flush()
}

type jsonReport struct {
	Files    []jsonFile    `json:"files"`
	Findings []jsonFinding `json:"findings"`
	Summary  jsonSummary   `json:"summary"`
}

type jsonFile struct {
	Name  string `json:"name"`
	Kind  string `json:"kind"`
	Guess string `json:"guess,omitempty"`
}

type jsonFinding struct {
	Code       string `json:"code"`
	Severity   string `json:"severity"`
	File       string `json:"file"`
	Line       int    `json:"line"`
	Column     int    `json:"column"`
	EndLine    int    `json:"endLine"`
	EndColumn  int    `json:"endColumn"`
	Path       string `json:"path"`
	Sid        string `json:"sid,omitempty"`
	Value      string `json:"value,omitempty"`
	Summary    string `json:"summary"`
	Happens    string `json:"happens"`
	Mend       string `json:"mend"`
	Rule       string `json:"rule,omitempty"`
	Page       string `json:"page"`
	Suppressed string `json:"suppressed,omitempty"`
}

type jsonSummary struct {
	Errors      int `json:"errors"`
	Security    int `json:"security"`
	Warnings    int `json:"warnings"`
	Suggestions int `json:"suggestions"`
	Suppressed  int `json:"suppressed"`
}

// WriteJSON writes all of the report as one JSON object.
func (r *Report) WriteJSON(w io.Writer) error {
	out := jsonReport{Files: []jsonFile{}, Findings: []jsonFinding{}, Summary: jsonSummary(r.Count())}
	for _, f := range r.Files {
		out.Files = append(out.Files, jsonFile{Name: f.Name, Kind: f.Kind.String(), Guess: f.Guess})
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		start, end := f.Position(), f.end()
		out.Findings = append(out.Findings, jsonFinding{
			Code: f.Code, Severity: f.Severity.String(), File: start.File,
			Line: start.Line, Column: start.Column, EndLine: end.Line, EndColumn: end.Column,
			Path: f.Path, Sid: f.Sid, Value: f.Value, Summary: f.Summary, Happens: f.Happens, Mend: f.Hint,
			Rule: f.Rule, Page: f.Page, Suppressed: f.Suppressed,
		})
	}
	return writeJSON(w, out)
}

// end is the place behind the finding.
func (f *Finding) end() diag.Position { return f.Source.Position(f.Span.End) }

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// WriteGitHub writes workflow commands, which GitHub shows as annotations.
// Suppressed findings are left out.
func (r *Report) WriteGitHub(w io.Writer) error {
	out := bufio.NewWriter(w)
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Suppressed != "" {
			continue
		}
		start, end := f.Position(), f.end()
		fmt.Fprintf(out, "::%s file=%s,line=%d", gitHubLevel(f.Severity), gitHubProperty(start.File), max(start.Line, 1))
		if end.Line == start.Line && start.Line > 0 { // a column range within a line is all that is taken
			fmt.Fprintf(out, ",col=%d,endColumn=%d", start.Column, max(end.Column-1, start.Column))
		}
		fmt.Fprintf(out, ",title=%s::%s\n", gitHubProperty(f.Code), gitHubData(f.sentence()))
	}
	return out.Flush()
}

// sentence is all that a finding says, for those who take one text.
func (f *Finding) sentence() string {
	text := f.Summary
	if f.Happens != "" {
		text += ". So: " + f.Happens
	}
	if f.Hint != "" {
		text += ". To mend it: " + f.Hint
	}
	return text
}

func gitHubLevel(s diag.Severity) string {
	if level := sarifLevelOf(s); level != "note" {
		return level
	}
	return "notice"
}

// gitHubData escapes the text of a command, gitHubProperty a property of it.
func gitHubData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

func gitHubProperty(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(gitHubData(s))
}
