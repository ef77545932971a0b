package report

import (
	"encoding/json"
	"io"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/scenario"
)

// jsonReport is the whole run as one JSON object.
type jsonReport struct {
	out      io.Writer
	Files    []*jsonFile   `json:"files"`
	Summary  jsonSummary   `json:"summary"`
	Coverage *jsonCoverage `json:"coverage,omitempty"`
	Mutation *jsonMutation `json:"mutation,omitempty"`
	counts   counts
}

type jsonSummary struct {
	Files    int `json:"files"`
	Tests    int `json:"tests"`
	Passed   int `json:"passed"`
	Failed   int `json:"failed"`
	Unusable int `json:"unusableFiles"`
}

type jsonFile struct {
	Name     string     `json:"name"`
	Problems []string   `json:"problems,omitempty"`
	Tests    []jsonTest `json:"tests"`
}

type jsonTest struct {
	Name     string        `json:"name"`
	Place    string        `json:"place"`
	Passed   bool          `json:"passed"`
	Checks   int           `json:"checks"`
	Failures []jsonFailure `json:"failures,omitempty"`
}

type jsonFailure struct {
	Check     string          `json:"check"`
	Expected  string          `json:"expected,omitempty"`
	Got       string          `json:"got"`
	Place     string          `json:"place"`
	Message   string          `json:"message,omitempty"`
	Notes     []string        `json:"notes,omitempty"`
	DecidedBy []jsonStatement `json:"decidedBy,omitempty"`
}

type jsonStatement struct {
	Policy string `json:"policy"`
	Sid    string `json:"sid,omitempty"`
	Effect string `json:"effect"`
	Place  string `json:"place,omitempty"`
}

type jsonShare struct {
	Covered int     `json:"covered"`
	Total   int     `json:"total"`
	Percent float64 `json:"percent"`
}

type jsonCoverage struct {
	Statements jsonShare     `json:"statements"`
	Conditions jsonShare     `json:"conditions"`
	Details    []jsonCovered `json:"details"`
}

type jsonCovered struct {
	jsonStatement
	Decided    int                 `json:"decided"`
	Dead       string              `json:"dead,omitempty"`
	Conditions []jsonConditionSeen `json:"conditions,omitempty"`
}

type jsonConditionSeen struct {
	Operator string `json:"operator"`
	Key      string `json:"key"`
	Held     int    `json:"held"`
	Refused  int    `json:"refused"`
}

type jsonMutation struct {
	Mutants   int          `json:"mutants"`
	Survivors []jsonMutant `json:"survivors"`
}

type jsonMutant struct {
	jsonStatement
	Change string `json:"change"`
}

func newJSON(out io.Writer) *jsonReport { return &jsonReport{out: out, Files: []*jsonFile{}} }

func statementOf(s policy.StatementRef) jsonStatement {
	return jsonStatement{s.Policy.Name, s.Sid, s.Effect.String(), s.Place()}
}

// Loaded adds a file.
func (j *jsonReport) Loaded(_ int, suite *scenario.Suite, problems diag.List) {
	j.counts.loaded(suite)
	f := &jsonFile{Tests: []jsonTest{}}
	for _, p := range problems {
		f.Problems = append(f.Problems, p.Error())
		if p.Source != nil && f.Name == "" {
			f.Name = p.Source.Name
		}
	}
	if suite != nil {
		f.Name = suite.Name
	}
	j.Files = append(j.Files, f)
}

// Tested adds a test to the file.
func (j *jsonReport) Tested(r scenario.Result) {
	j.counts.tested(&r)
	t := jsonTest{Name: r.Name, Place: r.Position.String(), Passed: r.Passed(), Checks: r.Checks}
	for i := range r.Failures {
		f := &r.Failures[i]
		made := jsonFailure{Check: f.Check, Expected: f.Expected, Got: f.Got, Place: f.Position().String(), Message: f.Message, Notes: f.Notes}
		for _, s := range f.Deciding() {
			made.DecidedBy = append(made.DecidedBy, statementOf(s))
		}
		t.Failures = append(t.Failures, made)
	}
	file := j.Files[len(j.Files)-1]
	file.Tests = append(file.Tests, t)
}

// Finish writes the object.
func (j *jsonReport) Finish(e End) error {
	c := j.counts
	j.Summary = jsonSummary{c.files, c.passed + c.failed, c.passed, c.failed, c.broken}
	if e.Coverage != nil {
		statements, conditions := e.Coverage.Total()
		j.Coverage = &jsonCoverage{Statements: newShare(statements), Conditions: newShare(conditions), Details: []jsonCovered{}}
		for _, s := range e.Coverage.Statements() {
			made := jsonCovered{jsonStatement: statementOf(s.StatementRef), Decided: s.Decided, Dead: s.Dead}
			for _, seen := range s.Conditions {
				made.Conditions = append(made.Conditions, jsonConditionSeen{seen.Operator, seen.Key, seen.Held, seen.Refused})
			}
			j.Coverage.Details = append(j.Coverage.Details, made)
		}
	}
	if e.Mutation != nil {
		j.Mutation = &jsonMutation{Mutants: len(e.Mutation.Mutants), Survivors: []jsonMutant{}}
		for _, m := range e.Mutation.Survivors() {
			j.Mutation.Survivors = append(j.Mutation.Survivors, jsonMutant{statementOf(m.Statement), m.Change})
		}
	}
	encoder := json.NewEncoder(j.out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(j)
}

func newShare(s scenario.Share) jsonShare { return jsonShare{s.Covered, s.Total, s.Percent()} }
