package policy

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/internal/jsonpos"
)

// MaxBytes is the default bound on the length of a document. AWS's own quotas
// are far below (PL-34).
const MaxBytes = 16 << 20

// maxDepth bounds nesting; a policy needs six levels.
const maxDepth = 32

// maxProblems bounds the diagnostics of one document.
const maxProblems = 1000

// Options says how a document is read. Kind must be set.
type Options struct {
	Kind Kind
	// MaxBytes bounds the length of the text; 0 means [MaxBytes].
	MaxBytes int
	// LegacyDuplicates reads a document the way AWS reads those saved long ago
	// with the same element twice in a statement: the last Effect wins, several
	// Action or Resource elements are joined (PL-5). Other duplicates are
	// refused still.
	LegacyDuplicates bool
	// Path is put before the JSON path of every diagnostic, for a document that
	// is part of a larger one.
	Path string
}

// Parse reads the document that a source's text is. The list holds every
// problem found, errors and warnings, in the order of the text; with an error
// among them the Document is nil. The codes are those of this package, and
// JSON_SYNTAX.
func Parse(src *diag.Source, opts Options) (*Document, diag.List) {
	limit := opts.MaxBytes
	if limit == 0 {
		limit = MaxBytes
	}
	value, list := jsonpos.Parse(src, jsonpos.Limits{Bytes: limit, Depth: maxDepth})
	if list != nil {
		for i := range list {
			list[i].Path = opts.Path
		}
		return nil, list
	}
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
		doc: &Document{Kind: opts.Kind, Source: value.Source()},
	}
	p.document(value)
	p.list.Sort()
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
	// rcp holds the refusals that RCPFullAWSAccess is exempt from (PL-30).
	rcp  diag.List
	sids map[string]bool
}

// place is where something stands: its JSON path and its span.
type place struct {
	path string
	span diag.Span
}

func (p *parser) problem(severity diag.Severity, code, rule string, at place, summary, hint string) diag.Diagnostic {
	path := at.path
	if p.opts.Path != "" {
		path = strings.TrimSuffix(p.opts.Path+"."+path, ".")
	}
	text := p.doc.Source.Text
	return diag.Diagnostic{
		Severity: severity, Code: code, Rule: rule, Summary: summary, Hint: hint, Path: path,
		Value:  diag.Clip(text[min(at.span.Start, len(text)):min(at.span.End, len(text))], 200),
		Source: p.doc.Source, Span: at.span,
	}
}

func (p *parser) add(d diag.Diagnostic) {
	switch {
	case len(p.list) < maxProblems:
		p.list = append(p.list, d)
	case len(p.list) == maxProblems:
		p.list = append(p.list, p.problem(diag.Error, CodeTooManyProblems, "", place{span: d.Span},
			fmt.Sprintf("more than %d problems; the rest is not listed", maxProblems), ""))
	}
}

func (p *parser) refuse(code, rule string, at place, summary, hint string) {
	p.add(p.problem(diag.Error, code, rule, at, summary, hint))
}

func (p *parser) warn(code, rule string, at place, summary, hint string) {
	p.add(p.problem(diag.Warning, code, rule, at, summary, hint))
}

// wrongType refuses a value of the wrong JSON type.
func (p *parser) wrongType(at place, element, want string, got jsonpos.Value) {
	rule := "PL-11"
	if got.Kind() == jsonpos.Null {
		rule = "PL-13"
	}
	p.refuse(CodeDataType, rule, at, fmt.Sprintf("%s must be %s, not %s", element, want, got.Kind()), "")
}

var documentElements = []string{"Version", "Id", "Statement"}

func (p *parser) document(value jsonpos.Value) {
	if value.Kind() != jsonpos.Object {
		p.refuse(jsonpos.Code, "PL-1", place{span: value.Span()}, "a policy is a JSON object, not "+value.Kind().String(), "")
		return
	}
	var version, id, statement jsonpos.Value
	for m := range value.Members() {
		at := place{path: m.Key, span: m.KeySpan}
		switch {
		case m.Duplicate:
			p.duplicate(at, m.Key)
		case m.Key == "Version":
			version = m.Value
		case m.Key == "Id":
			id = m.Value
		case m.Key == "Statement":
			statement = m.Value
		default:
			p.unknownElement(at, m.Key, "a policy", documentElements, statementElements, "a statement")
		}
	}
	p.version(version, value)
	if id.Exists() {
		p.doc.ID = p.text(id, "Id", "Id")
	}
	p.statements(statement, value)
	p.size(value)
}

func (p *parser) duplicate(at place, name string) {
	p.refuse(CodeDuplicateKey, "PL-5", at, fmt.Sprintf("%q occurs twice", diag.Clip(name, 100)), "keep one of them")
}

// unknownElement refuses a member (PL-2, PL-3). Names are compared with case
// (PL-6, CONTESTED); the hint says what was probably meant, or where a member
// of the other level belongs.
func (p *parser) unknownElement(at place, name, where string, known, elsewhere []string, otherPlace string) {
	hint := diag.DidYouMean(name, known, "the elements are "+strings.Join(known, ", "))
	for _, e := range elsewhere {
		if e == name {
			hint = name + " belongs in " + otherPlace
		}
	}
	rule := "PL-2"
	if where != "a policy" {
		rule = "PL-3"
	}
	p.refuse(CodeUnknownElement, rule, at, fmt.Sprintf("unknown element %q in %s", diag.Clip(name, 100), where), hint)
}

func (p *parser) version(value, document jsonpos.Value) {
	if !value.Exists() {
		at := place{span: diag.Span{Start: document.Span().Start, End: document.Span().Start + 1}}
		p.warn(CodeMissingVersion, "PL-36", at, "no Version: read as "+Version2008+", without policy variables", `add "Version": "`+Version2012+`"`)
		return
	}
	text := p.text(value, "Version", "Version")
	if text == nil {
		return
	}
	p.doc.Version = *text
	at := place{path: "Version", span: text.Span}
	switch {
	case text.Value != Version2012 && text.Value != Version2008:
		p.refuse(CodeVersion, "PL-35", at, fmt.Sprintf("there is no Version %q", diag.Clip(text.Value, 50)), `use "`+Version2012+`"`)
	case text.Value == Version2008 && p.rules.onlyNewVersion:
		p.refuse(CodeVersion, "PL-29", at, "a "+p.opts.Kind.String()+" must have Version "+Version2012, "")
	}
}

func (p *parser) statements(value, document jsonpos.Value) {
	at := place{path: "Statement", span: value.Span()}
	switch {
	case !value.Exists():
		at.span = diag.Span{Start: document.Span().Start, End: document.Span().Start + 1}
		p.refuse(CodeMissingStatement, "PL-8", at, "a policy needs a Statement", "")
	case value.Kind() == jsonpos.Object:
		p.statement(value, "Statement")
	case value.Kind() != jsonpos.Array:
		p.wrongType(at, "Statement", "an object or an array of objects", value)
	default:
		n := 0
		for item := range value.Items() {
			p.statement(item, fmt.Sprintf("Statement[%d]", n))
			n++
		}
		if n == 0 {
			p.refuse(CodeMissingStatement, "PL-9", at, "a policy needs at least one statement", "")
		}
	}
	p.fullAccess()
}

// size warns of a document beyond its quota (PL-34). Where white space does
// not count, that inside strings does (CONTESTED).
func (p *parser) size(value jsonpos.Value) {
	raw := value.Raw()
	if len(raw) <= p.rules.limit {
		return
	}
	n := utf8.RuneCountInString(raw)
	if !p.rules.allCharacters {
		n = utf8.RuneCount(compact(raw))
	}
	if n > p.rules.limit {
		at := place{span: diag.Span{Start: value.Span().Start, End: value.Span().Start + 1}}
		p.warn(CodePolicySize, "PL-34", at, fmt.Sprintf("%d characters, more than the %d of a %s by default", n, p.rules.limit, p.opts.Kind), "")
	}
}

// compact drops the white space outside strings.
func compact(raw string) []byte {
	out := make([]byte, 0, len(raw))
	inString := false
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		switch {
		case inString && c == '\\':
			out = append(out, c)
			i++
			c = raw[i]
		case c == '"':
			inString = !inString
		case !inString && (c == ' ' || c == '\t' || c == '\n' || c == '\r'):
			continue
		}
		out = append(out, c)
	}
	return out
}

// text reads a string element.
func (p *parser) text(value jsonpos.Value, path, element string) *Text {
	if value.Kind() != jsonpos.String {
		p.wrongType(place{path: path, span: value.Span()}, element, "a string", value)
		return nil
	}
	return &Text{Value: value.Text(), Span: value.Span()}
}

// texts reads a string or an array of strings (PL-10). It refuses other items
// and goes on.
func (p *parser) texts(value jsonpos.Value, path, element string) []Text {
	switch value.Kind() {
	case jsonpos.String:
		return []Text{{Value: value.Text(), Span: value.Span()}}
	case jsonpos.Array:
		items, n := []Text{}, 0
		for item := range value.Items() {
			if t := p.text(item, fmt.Sprintf("%s[%d]", path, n), "an item of "+element); t != nil {
				items = append(items, *t)
			}
			n++
		}
		return items
	default:
		p.wrongType(place{path: path, span: value.Span()}, element, "a string or an array of strings", value)
		return nil
	}
}

// itemPath names item i of a list: the list itself if it is a bare string.
func itemPath(path string, i, n int, list jsonpos.Value) string {
	if list.Kind() != jsonpos.Array || n == 0 {
		return path
	}
	return fmt.Sprintf("%s[%d]", path, i)
}
