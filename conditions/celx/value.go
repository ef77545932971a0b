package celx

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// mode is what the texts of a family mean to its function.
type mode uint8

const (
	// exact: nothing but the text itself.
	exact mode = iota + 1
	// wildcard: a pattern of iam.stringLike.
	wildcard
	// parts: a pattern of iam.arnLike.
	parts
)

// value is one value of the policy.
type value struct {
	source string // as the policy has it
	text   string // as CEL has it: a string, or several joined by +
	// varies: the text holds variables, and means something only where the
	// guards hold.
	varies bool
	guards []expression
	// never: a malformed variable never has a value (PL-179).
	never bool
}

// variable is the inside of a `${...}`: a key, and perhaps a default in single
// quotes behind a comma and one space (PL-172).
var variable = regexp.MustCompile(`(?s)^([^ \t\r\n]+?)(?:, '(.*)')?$`)

// pieces cuts a text with variables: plain text, then a variable with its
// braces, and so on in turn. A "${" without "}" is plain text (PL-179).
func pieces(text string) []string {
	var list []string
	for {
		start := strings.Index(text, "${")
		length := strings.IndexByte(text[max(start, 0):], '}') + 1
		if start < 0 || length == 0 {
			return append(list, text)
		}
		list = append(list, text[:start], text[start:start+length])
		text = text[start+length:]
	}
}

func readValues(sources []string, m mode, variables bool) []value {
	values := make([]value, len(sources))
	for i, source := range sources {
		values[i] = readValue(source, m, variables)
	}
	return values
}

func readValue(source string, m mode, variables bool) value {
	list := []string{source}
	if variables {
		list = pieces(source)
	}
	colons := 0
	for i := 0; i < len(list); i += 2 {
		colons += strings.Count(list[i], ":")
	}
	if m == parts && colons < 5 {
		// It is no pattern, whatever its variables are (PL-165): iam.arnLike
		// fails on it.
		return value{source: source, text: quote(m.escape(source))}
	}
	r := valueReader{value: value{source: source}, mode: m}
	for i, piece := range list {
		if i%2 == 0 {
			r.characters(piece)
		} else {
			r.variable(piece[len("${") : len(piece)-len("}")])
		}
	}
	return r.finish()
}

// valueReader gathers the pieces of a value.
type valueReader struct {
	value  value
	mode   mode
	text   strings.Builder // literal text since the last variable
	pieces []string
}

// characters takes text of the policy, in which * and ? keep their meaning.
func (r *valueReader) characters(s string) {
	if r.mode != exact {
		s = strings.ReplaceAll(s, `\`, `\\`)
	}
	r.text.WriteString(s)
}

func (r *valueReader) variable(body string) {
	if body == "*" || body == "?" || body == "$" { // PL-174
		r.text.WriteString(r.mode.escape(body))
		return
	}
	match := variable.FindStringSubmatch(body)
	if match == nil {
		r.value.never = true
		return
	}
	r.value.varies = true
	name := quote(match[1])
	piece := "value[" + name + "]"
	if r.mode != exact {
		piece = "iam.literal(" + piece + ")" // PL-177
	}
	guard := plain(name + " in value") // PL-175, PL-178
	if len(match[1]) < len(body) {
		// The default stands for a key that is missing, not for a multivalued
		// one (PL-176).
		piece = "(" + guard.text + " ? " + piece + " : " + quote(r.mode.escape(match[2])) + ")"
		guard = either(guard, not(plain(name+" in values")))
	}
	if !slices.Contains(r.value.guards, guard) {
		r.value.guards = append(r.value.guards, guard)
	}
	r.flush()
	r.pieces = append(r.pieces, piece)
}

func (r *valueReader) flush() {
	if r.text.Len() > 0 {
		r.pieces = append(r.pieces, quote(r.text.String()))
		r.text.Reset()
	}
}

func (r *valueReader) finish() value {
	if r.flush(); r.pieces == nil {
		r.pieces = []string{"''"}
	}
	r.value.text = sum(r.pieces)
	return r.value
}

// sum joins pieces by +. Many are summed in halves, because CEL bounds how deep
// an expression is.
func sum(pieces []string) string {
	const few = 16
	if len(pieces) <= few {
		return strings.Join(pieces, " + ")
	}
	half := len(pieces) / 2
	return "(" + sum(pieces[:half]) + ") + (" + sum(pieces[half:]) + ")"
}

// escape takes the meaning from every character of a text.
func (m mode) escape(s string) string {
	if m == exact {
		return s
	}
	return escape(s)
}

// quote writes a CEL string in single quotes.
func quote(s string) string {
	s = strconv.Quote(strings.ToValidUTF8(s, "\uFFFD"))
	s = strings.ReplaceAll(s[1:len(s)-1], `\"`, `"`)
	return "'" + strings.ReplaceAll(s, "'", `\'`) + "'"
}
