package lint

import (
	"path"
	"strings"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/internal/jsonpos"
	"github.com/rolecall/rolecall/policy"
)

var suppressionRules = []Rule{{
	Code: codeUnused, Severity: diag.Suggestion, Page: pageLeast,
	Title: "a suppression that suppresses nothing", Happens: "it may hide a finding of the future that nobody has looked at", Mend: "remove it",
}}

const codeUnused = "SUPPRESSION_UNUSED"

// Suppression accepts findings of a code. Reason must not be empty.
type Suppression struct {
	Code string
	// File and Sid narrow it to a file, given by its name or path, and to a
	// statement; empty means any.
	File, Sid string
	Reason    string
	// Source and Span are where it stands.
	Source *diag.Source
	Span   diag.Span
}

// CodeSuppression is the code of what is wrong with a suppression.
const CodeSuppression = "SUPPRESSION"

// Bounds of a file of suppressions.
const (
	maxSuppressions     = 10_000
	maxSuppressionBytes = 4 << 20
)

// ReadSuppressions reads a JSON array of objects with the members code, reason
// and, optionally, file and sid. The list holds every problem found; with one
// there are no suppressions.
func ReadSuppressions(src *diag.Source) ([]Suppression, diag.List) {
	value, problems := jsonpos.Parse(src, jsonpos.Limits{Bytes: maxSuppressionBytes, Depth: maxDepth})
	if problems != nil {
		return nil, problems
	}
	bad := func(at diag.Span, summary, hint string) {
		problems = append(problems, diag.Diagnostic{Severity: diag.Error, Code: CodeSuppression, Summary: summary, Hint: hint, Source: src, Span: at})
	}
	if value.Kind() != jsonpos.Array {
		bad(opening(value.Span()), "suppressions are a JSON array", `write [{"code": "...", "sid": "...", "reason": "..."}]`)
		return nil, problems
	}
	var list []Suppression
	for item := range value.Items() {
		if len(list) == maxSuppressions {
			bad(opening(item.Span()), "more than 10000 suppressions", "")
			break
		}
		list = append(list, readSuppression(item, src, bad))
	}
	if problems != nil {
		return nil, problems
	}
	return list, nil
}

func readSuppression(item jsonpos.Value, src *diag.Source, bad func(at diag.Span, summary, hint string)) Suppression {
	s := Suppression{Source: src, Span: opening(item.Span())}
	if item.Kind() != jsonpos.Object {
		bad(item.Span(), "a suppression is an object, not "+item.Kind().String(), `write {"code": "...", "reason": "..."}`)
		return s
	}
	members := map[string]*string{"code": &s.Code, "file": &s.File, "sid": &s.Sid, "reason": &s.Reason}
	codeAt, reasonAt := s.Span, s.Span
	for m := range item.Members() {
		to, ok := members[m.Key]
		switch {
		case !ok:
			bad(m.KeySpan, "unknown member "+quote(m.Key), diag.DidYouMean(m.Key, []string{"code", "file", "sid", "reason"}, "the members are code, file, sid and reason"))
			continue
		case m.Duplicate:
			bad(m.KeySpan, quote(m.Key)+" occurs twice", "keep one of them")
		case m.Value.Kind() != jsonpos.String:
			bad(m.Value.Span(), m.Key+" must be a string, not "+m.Value.Kind().String(), "")
		}
		*to = text(m.Value)
		switch m.Key {
		case "code":
			codeAt = m.Value.Span()
		case "reason":
			reasonAt = m.Value.Span()
		}
	}
	if problem, hint := checkCode(s.Code); problem != "" {
		bad(codeAt, problem, hint)
	}
	if strings.TrimSpace(s.Reason) == "" {
		bad(reasonAt, "a suppression needs a reason", "say why the finding is accepted")
	}
	return s
}

// checkCode says what is wrong with a code to suppress.
func checkCode(code string) (problem, hint string) {
	r, ok := Lookup(code)
	switch {
	case code == "":
		return "a suppression needs a code", "the codes are in docs/lint.md"
	case !ok:
		return "there is no code " + quote(code), diag.DidYouMean(code, codes(), "the codes are in docs/lint.md")
	case r.Refusal && r.statement == nil && !warns(code):
		return quote(code) + " cannot be suppressed: AWS refuses the document", "mend the document"
	default:
		return "", ""
	}
}

// warns tells whether a code that the parser refuses documents by occurs as a
// finding of a document that parses too.
func warns(code string) bool {
	switch code {
	case policy.CodeActionFormat, policy.CodeMissingPrincipal, policy.CodeSidDuplicate:
		return true
	default:
		return false
	}
}

// ParseSuppression reads CODE=REASON or CODE:SID=REASON.
func ParseSuppression(s string) (Suppression, *diag.Diagnostic) {
	fail := func(summary, hint string) (Suppression, *diag.Diagnostic) {
		return Suppression{}, &diag.Diagnostic{Severity: diag.Error, Code: CodeSuppression, Summary: summary, Hint: hint}
	}
	what, reason, ok := strings.Cut(s, "=")
	code, sid, _ := strings.Cut(what, ":")
	if !ok || strings.TrimSpace(reason) == "" {
		return fail("the suppression "+quote(s)+" has no reason", "write CODE=REASON or CODE:SID=REASON")
	}
	if problem, hint := checkCode(code); problem != "" {
		return fail(problem, hint)
	}
	src := &diag.Source{Name: "--ignore", Text: s}
	return Suppression{Code: code, Sid: sid, Reason: reason, Source: src, Span: diag.Span{End: len(what)}}, nil
}

// Suppress sets Suppressed on every finding that a suppression accepts; the
// first one that fits tells the reason. It gives a finding for each suppression
// that accepts none. What a document was refused for cannot be accepted.
func Suppress(findings []Finding, list []Suppression) (unused []Finding) {
	used := make([]bool, len(list))
	byCode := map[string][]int{}
	for i := range list {
		byCode[list[i].Code] = append(byCode[list[i].Code], i)
	}
	for i := range findings {
		f := &findings[i]
		for _, j := range byCode[f.Code] {
			if !list[j].accepts(f) {
				continue
			}
			used[j] = true
			if f.Suppressed == "" {
				f.Suppressed = list[j].Reason
			}
		}
	}
	r := known(codeUnused)
	for i := range list {
		if !used[i] {
			unused = append(unused, Finding{
				Diagnostic: diag.Diagnostic{
					Severity: r.Severity, Code: r.Code, Summary: "no finding is " + list[i].String(), Hint: r.Mend,
					Source: list[i].Source, Span: list[i].Span,
				},
				Happens: r.Happens, Page: r.Page,
			})
		}
	}
	return unused
}

// String names what a suppression accepts.
func (s *Suppression) String() string {
	text := s.Code
	if s.Sid != "" {
		text += " of statement " + quote(s.Sid)
	}
	if s.File != "" {
		text += " in " + quote(s.File)
	}
	return text
}

func (s *Suppression) accepts(f *Finding) bool {
	if s.Sid != "" && s.Sid != f.Sid || f.refusal {
		return false
	}
	return s.File == "" || f.Source != nil && sameFile(s.File, f.Source.Name)
}

// sameFile compares a name or path with the path of a file: a path without its
// beginning is enough.
func sameFile(want, have string) bool {
	want, have = path.Clean(strings.ReplaceAll(want, `\`, "/")), path.Clean(strings.ReplaceAll(have, `\`, "/"))
	return want == have || strings.HasSuffix(have, "/"+want)
}
