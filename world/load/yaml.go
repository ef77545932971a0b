package load

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/internal/jsonpos"
)

// Bounds of a YAML text. A node of the YAML reader takes some 200 bytes, so
// that the marks which make nodes are counted before it starts.
const (
	maxYAML      = 16 << 20
	maxYAMLMarks = 3 << 20
	// maxExpanded and maxExpandedBytes bound the text with all aliases written
	// out.
	maxExpanded      = 2 << 20
	maxExpandedBytes = 64 << 20
)

// fromYAML rewrites a YAML text as JSON. The source that it gives has the YAML
// text as its origin, so that every place in it is shown there.
func fromYAML(src *diag.Source) (*diag.Source, diag.List) {
	t := transcoder{source: src, open: map[*yaml.Node]bool{}}
	if len(src.Text) > maxYAML || strings.Count(src.Text, ",")+strings.Count(src.Text, "\n")+strings.Count(src.Text, "- ")+
		strings.Count(src.Text, "[")+strings.Count(src.Text, "{")+strings.Count(src.Text, ": ") > maxYAMLMarks {
		t.fail(diag.Span{}, CodeTooLarge, "the YAML text is too large", fmt.Sprintf("up to %d MiB of YAML are read; write a large world as JSON", maxYAML>>20))
		return nil, t.problems
	}
	root, problem := parseYAML(src)
	if problem != nil {
		return nil, diag.List{*problem}
	}
	t.places = newPlaces(src.Text)
	t.value(root, 0)
	if len(t.problems) > 0 {
		return nil, t.problems
	}
	made := &diag.Source{Name: src.Name, Text: string(t.out), FirstLine: src.FirstLine}
	made.Origin = &diag.Origin{Source: src, Marks: t.marks}
	return made, nil
}

// parseYAML reads the one document of a text.
func parseYAML(src *diag.Source) (root *yaml.Node, problem *diag.Diagnostic) {
	defer func() {
		// The library answers some broken texts with a panic.
		if r := recover(); r != nil {
			root, problem = nil, yamlProblem(src, fmt.Sprint(r))
		}
	}()
	decoder := yaml.NewDecoder(strings.NewReader(src.Text))
	var first, second yaml.Node
	switch err := decoder.Decode(&first); {
	case errors.Is(err, io.EOF) || err == nil && len(first.Content) == 0:
		return nil, yamlProblem(src, "there is nothing in the text")
	case err != nil:
		return nil, yamlProblem(src, err.Error())
	}
	switch err := decoder.Decode(&second); {
	case errors.Is(err, io.EOF):
		return first.Content[0], nil
	case err != nil:
		return nil, yamlProblem(src, err.Error())
	default:
		problem = yamlProblem(src, fmt.Sprintf("yaml: line %d: a second document begins", second.Line))
		problem.Hint = "write one document a file, and put the files in a folder"
		return nil, problem
	}
}

var (
	yamlMessage   = regexp.MustCompile(`(?s)^(?:yaml: )?(?:line ([0-9]+): )?(.*)$`)
	unknownAnchor = regexp.MustCompile(`^unknown anchor '([^']*)'`)
)

// yamlProblem makes a diagnostic of a message of the YAML reader, which holds
// a line number at best.
func yamlProblem(src *diag.Source, message string) *diag.Diagnostic {
	parts := yamlMessage.FindStringSubmatch(message)
	d := &diag.Diagnostic{Severity: diag.Error, Code: CodeYAML, Summary: "not valid YAML: " + parts[2], Source: src}
	if line, err := strconv.Atoi(parts[1]); err == nil {
		p := newPlaces(src.Text)
		start := p.offset(line, 1)
		rest := src.Text[start:]
		if end := strings.IndexByte(rest, '\n'); end >= 0 {
			rest = rest[:end]
		}
		start += len(rest) - len(strings.TrimLeft(rest, " "))
		d.Span = diag.Span{Start: start, End: start + len(strings.TrimSpace(rest))}
	} else if anchor := unknownAnchor.FindStringSubmatch(parts[2]); anchor != nil {
		if at := strings.Index(src.Text, "*"+anchor[1]); at >= 0 {
			d.Span = diag.Span{Start: at, End: at + 1 + len(anchor[1])}
		}
	}
	return d
}

// transcoder writes YAML nodes as JSON and keeps where each came from.
type transcoder struct {
	source   *diag.Source
	places   *places
	out      []byte
	marks    []diag.Mark
	problems diag.List
	// spent counts the nodes that were looked at, those of an alias each time.
	spent    int
	tooLarge bool
	// open holds the nodes that are being written, to find aliases of themselves.
	open map[*yaml.Node]bool
}

func (t *transcoder) fail(at diag.Span, code, summary, hint string) {
	if len(t.problems) < maxProblems {
		t.problems = append(t.problems, diag.Diagnostic{Severity: diag.Error, Code: code, Summary: summary, Hint: hint, Source: t.source, Span: at})
	}
}

// spend counts a node, and reports false when there were too many.
func (t *transcoder) spend(n *yaml.Node) bool {
	if t.spent++; t.spent <= maxExpanded && len(t.out) <= maxExpandedBytes {
		return true
	}
	if !t.tooLarge {
		t.tooLarge = true
		t.fail(t.places.scalar(n), CodeTooLarge, "the YAML text is too large with its aliases written out", "use fewer aliases, or {file: ...} for a policy that is used often")
	}
	return false
}

func (t *transcoder) mark(original int) {
	t.marks = append(t.marks, diag.Mark{Made: uint32(len(t.out)), Original: uint32(original)})
}

// value writes a node and gives where it ends in the YAML text.
func (t *transcoder) value(n *yaml.Node, depth int) (end int) {
	switch {
	case !t.spend(n):
		return 0
	case depth > maxDepth:
		t.fail(t.places.scalar(n), jsonpos.Code, fmt.Sprintf("lists and mappings are nested more than %d deep", maxDepth), "")
		return 0
	case n.Kind == yaml.AliasNode:
		at := t.places.scalar(n)
		if t.open[n.Alias] {
			t.fail(at, CodeYAML, "the alias *"+diag.Clip(n.Value, 100)+" stands within what it names", "")
			return at.End
		}
		t.value(n.Alias, depth+1)
		return at.End
	case n.Kind == yaml.ScalarNode:
		return t.scalar(n)
	}
	t.open[n] = true
	start := t.places.node(n)
	t.mark(start)
	if n.Kind == yaml.MappingNode {
		end = t.mapping(n, depth)
	} else {
		end = t.sequence(n, depth)
	}
	end = t.places.closing(start, max(start, end))
	t.mark(end)
	delete(t.open, n)
	return end
}

func (t *transcoder) sequence(n *yaml.Node, depth int) (end int) {
	t.out = append(t.out, '[')
	for i, item := range n.Content {
		if i > 0 {
			t.out = append(t.out, ',')
		}
		end = t.value(item, depth+1)
	}
	t.out = append(t.out, ']')
	return end
}

func (t *transcoder) mapping(n *yaml.Node, depth int) (end int) {
	t.out = append(t.out, '{')
	for i, m := range t.members(n, depth) {
		if i > 0 {
			t.out = append(t.out, ',')
		}
		at := t.places.scalar(m.key)
		t.mark(at.Start)
		t.out = jsonpos.AppendQuote(t.out, m.name)
		t.mark(at.End)
		t.out = append(t.out, ':')
		if stop := t.value(m.value, depth+1); !m.merged {
			end = stop
		}
	}
	t.out = append(t.out, '}')
	return end
}

// scalar writes a scalar: null, a boolean or a number where JSON would write
// it the same, and anything else as a string of its text. So nothing of what
// was written is lost, whatever the field wants.
func (t *transcoder) scalar(n *yaml.Node) (end int) {
	at := t.places.scalar(n)
	t.mark(at.Start)
	switch tag := n.ShortTag(); tag {
	case "!!null":
		t.out = append(t.out, "null"...)
	case "!!bool", "!!int", "!!float":
		if plainJSON.MatchString(n.Value) && !accountID.MatchString(n.Value) {
			t.out = append(t.out, n.Value...)
			break
		}
		t.out = jsonpos.AppendQuote(t.out, n.Value)
	case "!!str", "!!timestamp", "!!merge", "!":
		t.out = jsonpos.AppendQuote(t.out, n.Value)
	default:
		t.fail(at, CodeYAML, fmt.Sprintf("the tag %s has no meaning here", diag.Clip(tag, 100)), "write the value itself")
		t.out = append(t.out, "null"...)
	}
	t.mark(at.End)
	return at.End
}

var (
	plainJSON = regexp.MustCompile(`^(true|false|-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?)$`)
	accountID = regexp.MustCompile(`^[0-9]{12}$`)
)
