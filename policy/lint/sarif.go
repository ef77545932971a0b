package lint

import (
	"io"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/rolecall/rolecall/diag"
)

// sarifSchema is where the schema of SARIF 2.1.0 is.
const sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool       sarifTool     `json:"tool"`
	ColumnKind string        `json:"columnKind"`
	Results    []sarifResult `json:"results"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name           string      `json:"name"`
	InformationURI string      `json:"informationUri"`
	Rules          []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID                   string          `json:"id"`
	ShortDescription     sarifMessage    `json:"shortDescription"`
	FullDescription      sarifMessage    `json:"fullDescription"`
	Help                 sarifMessage    `json:"help"`
	HelpURI              string          `json:"helpUri,omitempty"`
	DefaultConfiguration sarifLevel      `json:"defaultConfiguration"`
	Properties           sarifProperties `json:"properties"`
}

type sarifLevel struct {
	Level string `json:"level"`
}

// sarifProperties are those that code scanning reads.
type sarifProperties struct {
	Tags             []string `json:"tags,omitempty"`
	SecuritySeverity string   `json:"security-severity,omitempty"`
	Severity         string   `json:"severity"`
	Rule             string   `json:"rule,omitempty"`
}

type sarifMessage struct {
	Text string `json:"text"`
}

type sarifResult struct {
	RuleID       string             `json:"ruleId"`
	RuleIndex    int                `json:"ruleIndex"`
	Level        string             `json:"level"`
	Message      sarifMessage       `json:"message"`
	Locations    []sarifLocation    `json:"locations"`
	Suppressions []sarifSuppression `json:"suppressions,omitempty"`
}

type sarifLocation struct {
	Physical sarifPhysical  `json:"physicalLocation"`
	Logical  []sarifLogical `json:"logicalLocations,omitempty"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   sarifRegion   `json:"region"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
}

type sarifRegion struct {
	StartLine   int           `json:"startLine"`
	StartColumn int           `json:"startColumn"`
	EndLine     int           `json:"endLine"`
	EndColumn   int           `json:"endColumn"`
	Snippet     *sarifMessage `json:"snippet,omitempty"`
}

type sarifLogical struct {
	FullyQualifiedName string `json:"fullyQualifiedName"`
}

type sarifSuppression struct {
	Kind          string `json:"kind"`
	Justification string `json:"justification"`
}

// WriteSARIF writes the report as a SARIF 2.1.0 log of one run. The rules of
// the findings are listed with it. Suppressed findings carry a suppression of
// kind external with the reason. A finding of a code that has no rule cannot
// occur.
func (r *Report) WriteSARIF(w io.Writer) error {
	run := sarifRun{ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{Name: "rolecall lint", InformationURI: "https://github.com/rolecall/rolecall", Rules: []sarifRule{}}
	used := map[string]bool{}
	for i := range r.Findings {
		used[r.Findings[i].Code] = true
	}
	index := map[string]int{}
	for i := range table {
		if rule := &table[i]; used[rule.Code] {
			index[rule.Code] = len(run.Tool.Driver.Rules)
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, rule.sarif())
		}
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		run.Results = append(run.Results, f.sarif(index[f.Code]))
	}
	return writeJSON(w, sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{run}})
}

func (r *Rule) sarif() sarifRule {
	rule := sarifRule{
		ID: r.Code, ShortDescription: sarifMessage{r.Title}, FullDescription: sarifMessage{r.Title + ". So: " + r.Happens},
		Help: sarifMessage{r.Mend + ". See " + r.Page}, HelpURI: r.Page, DefaultConfiguration: sarifLevel{sarifLevelOf(r.Severity)},
		Properties: sarifProperties{Severity: r.Severity.String(), Rule: r.Rule},
	}
	if r.Severity == diag.Security {
		rule.Properties.Tags, rule.Properties.SecuritySeverity = []string{"security"}, "7.0"
	}
	return rule
}

func sarifLevelOf(s diag.Severity) string {
	switch s {
	case diag.Error, diag.Security:
		return "error"
	case diag.Warning:
		return "warning"
	default:
		return "note"
	}
}

func (f *Finding) sarif(rule int) sarifResult {
	start, end := f.Position(), f.end()
	result := sarifResult{RuleID: f.Code, RuleIndex: rule, Level: sarifLevelOf(f.Severity), Message: sarifMessage{f.sentence()}}
	location := sarifLocation{Physical: sarifPhysical{
		Artifact: sarifArtifact{fileURI(start.File)},
		Region: sarifRegion{
			StartLine: max(start.Line, 1), StartColumn: max(start.Column, 1), EndLine: max(end.Line, 1), EndColumn: max(end.Column, 1),
		},
	}}
	if f.Value != "" {
		location.Physical.Region.Snippet = &sarifMessage{f.Value}
	}
	if f.Path != "" {
		location.Logical = []sarifLogical{{FullyQualifiedName: f.Path}}
	}
	result.Locations = []sarifLocation{location}
	if f.Suppressed != "" {
		result.Suppressions = []sarifSuppression{{Kind: "external", Justification: f.Suppressed}}
	}
	return result
}

// fileURI writes a path as a URI reference; a relative one stays relative.
func fileURI(name string) string {
	if name == "-" {
		return "stdin"
	}
	u := url.URL{Path: filepath.ToSlash(name)}
	if strings.HasPrefix(u.Path, "/") {
		u.Scheme = "file"
	}
	return u.String()
}
