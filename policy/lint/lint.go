// Package lint finds what is wrong with policies that AWS takes all the same.
//
// # Findings
//
// [Check] looks at one parsed document and gives [Finding]s: a code, a
// severity, the place, what happens because of it, how to mend it, and the
// page that says so. The warnings of the parser are among them, under their
// own codes. [Refused] makes findings of the errors of a document that did not
// parse. [Rules] lists every code.
//
// # Severities
//
// They are those of AWS's policy checks: an error never does what it says, a
// security finding grants more than it should, a warning probably does not say
// what was meant, a suggestion could be said better.
//
// # What is never claimed
//
// That a statement is redundant or unreachable, or that two patterns have
// nothing in common, is said only where it is sure for every request. The
// comparison costs time; it has a budget for each document, and NOT_CHECKED
// says when the budget was too small.
//
// # Names
//
// The global condition keys and those of IAM and STS are built in. Whether
// actions, resources and the keys of other services exist is checked against a
// [Reference], read from the files that AWS publishes.
//
// # Suppressions
//
// [Suppress] marks findings that somebody has looked at and accepted, with the
// reason. They stay in the list.
package lint

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/internal/jsonpos"
	"github.com/rolecall/rolecall/policy"
)

// Options says what is known besides the document.
type Options struct {
	// Accounts are the ids of the accounts of one's own. With none given,
	// nobody can be told to be a third party, and EXTERNAL_ID_MISSING is silent.
	Accounts []string
	// Reference knows the actions, resources and keys of services; without it
	// the rules that need one are silent.
	Reference *Reference
}

// Finding is one thing to look at. The Diagnostic's Summary says what was
// found, its Hint how to mend it, its Rule which rule of docs/semantics.md is
// behind it.
type Finding struct {
	diag.Diagnostic
	// Happens says what follows from it.
	Happens string
	// Page is the address of the documentation page that says so.
	Page string
	// Sid is that of the statement; it may be empty.
	Sid string
	// Suppressed is the reason why the finding is accepted; empty means that it
	// is not.
	Suppressed string

	// refusal: the parser refused the document because of it.
	refusal bool
}

// maxFindings bounds the findings of one document.
const maxFindings = 1000

// Check gives the findings of a document in the order of its text, the
// warnings of its parser included.
func Check(d *policy.Document, opts Options) []Finding {
	p := newPass(d, opts)
	for i := range table {
		if p.full() {
			break
		}
		p.run(&table[i])
	}
	for _, w := range d.Warnings {
		f := fromDiagnostic(w)
		if w.Code == policy.CodePolicySize && (d.Kind == policy.SCP || d.Kind == policy.RCP) {
			f.Severity = diag.Error // no quota to be raised
		}
		p.findings = append(p.findings, f)
	}
	p.finish()
	return p.findings
}

// Refused gives the findings of a document that policy.Parse refused.
func Refused(problems diag.List) []Finding {
	findings := make([]Finding, len(problems))
	for i, d := range problems {
		findings[i] = fromDiagnostic(d)
	}
	return findings
}

// fromDiagnostic makes a finding of what the parser found.
func fromDiagnostic(d diag.Diagnostic) Finding {
	f := Finding{Diagnostic: d}
	r, ok := Lookup(d.Code)
	if !ok {
		return f
	}
	f.Happens, f.Page = r.Happens, r.Page
	if f.Hint == "" {
		f.Hint = r.Mend
	}
	if f.Rule == "" {
		f.Rule = r.Rule
	}
	if d.Severity == diag.Error {
		f.Happens, f.refusal = refusalHappens, true
	} else {
		f.Severity = r.Severity
	}
	return f
}

// pass is one look at a document.
type pass struct {
	doc        *policy.Document
	opts       Options
	own        map[string]bool // Options.Accounts
	statements []statement
	findings   []Finding

	rule *Rule // the rule that is being applied
	// budget is what comparisons may still cost.
	budget     int
	incomplete bool
}

func newPass(d *policy.Document, opts Options) *pass {
	p := &pass{doc: d, opts: opts, own: map[string]bool{}, budget: comparisonBudget}
	for _, id := range opts.Accounts {
		p.own[id] = true
	}
	p.statements = make([]statement, len(d.Statements))
	for i := range d.Statements {
		p.statements[i] = newStatement(d, i)
	}
	return p
}

// run applies one rule.
func (p *pass) run(r *Rule) {
	if r.NeedsReference && p.opts.Reference == nil {
		return
	}
	p.rule = r
	if r.document != nil {
		r.document(p)
	}
	for i := range p.statements {
		if r.statement == nil && r.test == nil || p.full() {
			return
		}
		s := &p.statements[i]
		if r.statement != nil {
			r.statement(p, s)
		}
		for j := range s.tests {
			if r.test != nil {
				r.test(p, s, &s.tests[j])
			}
		}
	}
}

func (p *pass) full() bool { return len(p.findings) >= maxFindings }

// report adds a finding of the rule that is being applied. An empty hint means
// that of the rule.
func (p *pass) report(at diag.Span, summary, hint string) {
	if p.full() {
		return
	}
	f := Finding{Happens: p.rule.Happens, Page: p.rule.Page}
	f.Diagnostic = diag.Diagnostic{
		Severity: p.rule.Severity, Code: p.rule.Code, Rule: p.rule.Rule, Summary: summary, Hint: cmp.Or(hint, p.rule.Mend),
		Value:  diag.Clip(p.doc.Source.Text[at.Start:at.End], 200),
		Source: p.doc.Source, Span: at,
	}
	p.findings = append(p.findings, f)
}

// finish orders the findings and tells each its JSON path and statement.
func (p *pass) finish() {
	if p.incomplete && !p.full() {
		p.rule = known(codeNotChecked)
		p.report(opening(p.doc.Span), "not every statement was compared with every other", "")
	}
	if p.full() {
		p.rule = known(policy.CodeTooManyProblems)
		p.findings = p.findings[:maxFindings-1]
		p.report(opening(p.doc.Span), fmt.Sprintf("more than %d findings; the rest is not listed", maxFindings), "")
	}
	slices.SortStableFunc(p.findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(a.Severity, b.Severity), cmp.Compare(a.Code, b.Code))
	})
	p.setPaths()
	for i := range p.findings {
		if s := p.statementAt(p.findings[i].Span.Start); s != nil {
			p.findings[i].Sid = s.sid()
		}
	}
}

// statementAt finds the statement that an offset lies in; nil is none.
func (p *pass) statementAt(offset int) *statement {
	i, _ := slices.BinarySearchFunc(p.statements, offset, func(s statement, offset int) int { return cmp.Compare(s.Span.End, offset+1) })
	if i < len(p.statements) && p.statements[i].Span.Start <= offset {
		return &p.statements[i]
	}
	return nil
}

// setPaths reads the document once more for the paths; no document without
// findings pays for them.
func (p *pass) setPaths() {
	if len(p.findings) == 0 {
		return
	}
	start := p.doc.Span.Start
	part := &diag.Source{Text: p.doc.Source.Text[start:p.doc.Span.End]}
	value, problems := jsonpos.Parse(part, jsonpos.Limits{Bytes: len(part.Text), Depth: maxDepth})
	if problems != nil {
		return
	}
	offsets := make([]int, len(p.findings))
	for i := range p.findings {
		offsets[i] = p.findings[i].Span.Start - start
	}
	for i, path := range value.Paths(offsets) {
		p.findings[i].Path = path
	}
}

// maxDepth is how deep a text may be nested; no policy that parsed is deeper.
const maxDepth = 64

// opening is the place of an object for what is missing in it: its brace.
func opening(s diag.Span) diag.Span { return diag.Span{Start: s.Start, End: s.Start + 1} }
