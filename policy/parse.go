package policy

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/internal/jsonpos"
)

// MaxBytes is the default bound on the length of a document. AWS's own quotas
// are far below: 32 KB at most (PL-34).
const MaxBytes = 2 << 20

// maxDepth bounds nesting; a policy needs six levels.
const maxDepth = 32

// maxProblems bounds the diagnostics of one document.
const maxProblems = 1000

// Options says how a document is read. Kind must be set.
type Options struct {
	Kind Kind
	// MaxBytes bounds the length of the document; 0 means [MaxBytes].
	MaxBytes int
	// LegacyDuplicates reads a document the way AWS reads those saved long ago
	// with the same element twice in a statement: the last Effect wins, several
	// Action or Resource elements are joined (PL-5). Other duplicates are
	// refused still.
	LegacyDuplicates bool
}

func (o Options) maxBytes() int {
	if o.MaxBytes == 0 {
		return MaxBytes
	}
	return o.MaxBytes
}

// Parse reads the document that a source's text is. The list holds every
// problem found, errors and warnings, in the order of the text; with an error
// among them the Document is nil. The codes are those of this package, and
// JSON_SYNTAX.
func Parse(src *diag.Source, opts Options) (*Document, diag.List) {
	value, list := jsonpos.Parse(src, jsonpos.Limits{Bytes: opts.maxBytes(), Depth: maxDepth})
	if list != nil {
		return nil, list
	}
	defer value.Release()
	return Read(value, opts)
}

// Read makes a document of a JSON value, which may be part of a larger text.
// It is otherwise as [Parse].
func Read(value jsonpos.Value, opts Options) (*Document, diag.List) {
	if !opts.Kind.valid() {
		panic("policy: Options.Kind is not set")
	}
	p := parser{
		opts: opts, rules: opts.Kind.rules(),
		doc: &Document{Kind: opts.Kind, Source: value.Source(), Span: value.Span()},
	}
	if n := len(value.Raw()); n > opts.maxBytes() {
		p.refuse(jsonpos.Code, "", opening(value), fmt.Sprintf("the policy has %d bytes, more than the %d that are read", n, opts.maxBytes()), "")
		return nil, p.list
	}
	p.document(value)
	p.finish(value)
	if p.list.HasErrors() {
		return nil, p.list
	}
	p.doc.Warnings = p.list
	return p.doc, p.list
}

// parser reads one document.
type parser struct {
	opts  Options
	rules *kindRules
	doc   *Document
	list  diag.List
	// textRoom and listRoom are where the document's texts and lists are kept.
	textRoom room[Text]
	listRoom room[List]
	// rcp holds the refusals that RCPFullAWSAccess is exempt from (PL-30).
	rcp  diag.List
	sids map[string]bool
}

// finish orders the problems and tells each its JSON path.
func (p *parser) finish(value jsonpos.Value) {
	if len(p.list) == 0 {
		return
	}
	p.list.Sort()
	offsets := make([]int, len(p.list))
	for i := range p.list {
		offsets[i] = p.list[i].Span.Start
	}
	for i, path := range value.Paths(offsets) {
		p.list[i].Path = path
	}
}

func (p *parser) problem(severity diag.Severity, code, rule string, at diag.Span, summary, hint string) diag.Diagnostic {
	return diag.Diagnostic{
		Severity: severity, Code: code, Rule: rule, Summary: summary, Hint: hint,
		Value:  diag.Clip(p.doc.Source.Text[at.Start:at.End], 200),
		Source: p.doc.Source, Span: at,
	}
}

func (p *parser) add(d diag.Diagnostic) {
	switch {
	case len(p.list) < maxProblems:
		p.list = append(p.list, d)
	case len(p.list) == maxProblems:
		p.list = append(p.list, p.problem(diag.Error, CodeTooManyProblems, "", d.Span,
			fmt.Sprintf("more than %d problems; the rest is not listed", maxProblems), ""))
	}
}

func (p *parser) refuse(code, rule string, at diag.Span, summary, hint string) {
	p.add(p.problem(diag.Error, code, rule, at, summary, hint))
}

func (p *parser) warn(code, rule string, at diag.Span, summary, hint string) {
	p.add(p.problem(diag.Warning, code, rule, at, summary, hint))
}

// wrongType refuses a value of the wrong JSON type.
func (p *parser) wrongType(element, want string, got jsonpos.Value) {
	rule := "PL-11"
	if got.Kind() == jsonpos.Null {
		rule = "PL-13"
	}
	p.refuse(CodeDataType, rule, got.Span(), fmt.Sprintf("%s must be %s, not %s", element, want, got.Kind()), "")
}

var documentElements = []string{"Version", "Id", "Statement"}

func (p *parser) document(value jsonpos.Value) {
	if value.Kind() != jsonpos.Object {
		p.refuse(jsonpos.Code, "PL-1", value.Span(), "a policy is a JSON object, not "+value.Kind().String(), "")
		return
	}
	var version, id, statement jsonpos.Value
	for m := range value.Members() {
		switch {
		case m.Duplicate:
			p.duplicate(m)
		case m.Key == "Version":
			version = m.Value
		case m.Key == "Id":
			id = m.Value
		case m.Key == "Statement":
			statement = m.Value
		default:
			p.unknownElement(m, "a policy", documentElements, statementElements, "a statement")
		}
	}
	p.version(version, value)
	if id.Exists() {
		p.doc.ID = p.text(id, "Id")
	}
	p.statements(statement, value)
	p.size(value)
}

func (p *parser) duplicate(m jsonpos.Member) {
	p.refuse(CodeDuplicateKey, "PL-5", m.KeySpan, fmt.Sprintf("%q occurs twice", diag.Clip(m.Key, 100)), "keep one of them")
}

// unknownElement refuses a member (PL-2, PL-3). Names are compared with case
// (PL-6, CONTESTED); the hint says what was probably meant, or where a member
// of the other level belongs.
func (p *parser) unknownElement(m jsonpos.Member, where string, known, elsewhere []string, otherPlace string) {
	hint := diag.DidYouMean(m.Key, known, "the elements are "+strings.Join(known, ", "))
	for _, e := range elsewhere {
		if e == m.Key {
			hint = m.Key + " belongs in " + otherPlace
		}
	}
	rule := "PL-2"
	if where != "a policy" {
		rule = "PL-3"
	}
	p.refuse(CodeUnknownElement, rule, m.KeySpan, fmt.Sprintf("unknown element %q in %s", diag.Clip(m.Key, 100), where), hint)
}

func (p *parser) version(value, document jsonpos.Value) {
	if !value.Exists() {
		p.warn(CodeMissingVersion, "PL-36", opening(document), "no Version: read as "+Version2008+", without policy variables", `add "Version": "`+Version2012+`"`)
		return
	}
	text := p.text(value, "Version")
	if text == nil {
		return
	}
	p.doc.Version = *text
	switch {
	case text.Value != Version2012 && text.Value != Version2008:
		p.refuse(CodeVersion, "PL-35", text.Span, fmt.Sprintf("there is no Version %q", diag.Clip(text.Value, 50)), `use "`+Version2012+`"`)
	case text.Value == Version2008 && p.rules.onlyNewVersion:
		p.refuse(CodeVersion, "PL-29", text.Span, p.opts.Kind.a()+" must have Version "+Version2012, "")
	}
}

func (p *parser) statements(value, document jsonpos.Value) {
	switch {
	case !value.Exists():
		p.refuse(CodeMissingStatement, "PL-8", opening(document), "a policy needs a Statement", "")
	case value.Kind() == jsonpos.Object:
		p.statement(value)
	case value.Kind() != jsonpos.Array:
		p.wrongType("Statement", "an object or an array of objects", value)
	default:
		n := value.Len()
		p.doc.Statements = make([]Statement, 0, n)
		for item := range value.Items() {
			p.statement(item)
		}
		if n == 0 {
			p.refuse(CodeMissingStatement, "PL-9", value.Span(), "a policy needs at least one statement", "")
		}
	}
	p.fullAccess()
}

// characters counts a document as its quota does (PL-34).
func (r *kindRules) characters(document jsonpos.Value) int {
	raw := document.Raw()
	return r.bytes(document) - (len(raw) - utf8.RuneCountInString(raw)) // white space is ASCII
}

// bytes is characters in bytes, of which there are no fewer. Where white space
// does not count, that inside strings does (CONTESTED).
func (r *kindRules) bytes(document jsonpos.Value) int {
	if r.allCharacters {
		return len(document.Raw())
	}
	return document.CompactLen()
}

// size warns of a document beyond its quota.
func (p *parser) size(value jsonpos.Value) {
	if len(value.Raw()) <= p.rules.limit || p.rules.bytes(value) <= p.rules.limit {
		return
	}
	if n := p.rules.characters(value); n > p.rules.limit {
		p.warn(CodePolicySize, "PL-34", opening(value), fmt.Sprintf("%d characters, more than the %d of %s by default", n, p.rules.limit, p.opts.Kind.a()), "")
	}
}

// opening is the place of an object for what is missing in it: its brace.
func opening(v jsonpos.Value) diag.Span {
	start := v.Span().Start
	return diag.Span{Start: start, End: start + 1}
}

// text reads a string element.
func (p *parser) text(value jsonpos.Value, element string) *Text {
	if value.Kind() != jsonpos.String {
		p.wrongType(element, "a string", value)
		return nil
	}
	return p.textRoom.one(Text{Value: value.Text(), Span: value.Span()})
}

// texts reads a string or an array of strings (PL-10) behind those read
// before. It refuses other items and goes on.
func (p *parser) texts(items []Text, value jsonpos.Value, element string) []Text {
	switch value.Kind() {
	case jsonpos.String:
		return append(p.grow(items, 1), Text{Value: value.Text(), Span: value.Span()})
	case jsonpos.Array:
		items = p.grow(items, value.Len())
		for item := range value.Items() {
			if item.Kind() != jsonpos.String {
				p.wrongType("an item of "+element, "a string", item)
				continue
			}
			items = append(items, Text{Value: item.Text(), Span: item.Span()})
		}
	default:
		p.wrongType(element, "a string or an array of strings", value)
	}
	return items
}

// grow gives a list room for more items.
func (p *parser) grow(items []Text, more int) []Text {
	if cap(items)-len(items) >= more {
		return items
	}
	return append(p.textRoom.take(len(items)+more), items...)
}
