package celx

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/google/cel-go/cel"

	"github.com/rolecall/rolecall/diag"
)

// compiler makes diagnostics of CEL's issues.
type compiler struct {
	env  *Env
	at   placer
	text string
}

// refuse gives the one problem of the assertion as a whole.
func (c *compiler) refuse(code, summary, hint string) diag.List {
	return diag.List{{
		Severity: diag.Error, Code: code, Summary: summary, Hint: hint, Value: diag.Clip(c.text, 100),
		Source: c.at.src, Span: c.at.span,
	}}
}

func (c *compiler) problems(code string, issues *cel.Issues) diag.List {
	var list diag.List
	for _, problem := range issues.Errors() {
		offset := offsetOf(c.text, problem.Location.Line(), problem.Location.Column())
		word := wordAt(c.text, offset)
		list = append(list, diag.Diagnostic{
			Severity: diag.Error, Code: code, Summary: summary(problem.Message), Hint: c.hint(problem.Message), Value: word,
			Source: c.at.src, Span: c.at.place(offset, offset+len(word)),
		})
	}
	list.Sort()
	return list
}

// offsetOf gives the byte of a line, counted from 1, and column, counted in
// code points from 0.
func offsetOf(text string, line, column int) int {
	offset := 0
	for ; line > 1; line-- {
		end := strings.IndexByte(text[offset:], '\n')
		if end < 0 {
			break
		}
		offset += end + 1
	}
	for ; column > 0 && offset < len(text); column-- {
		_, size := utf8.DecodeRuneInString(text[offset:])
		offset += size
	}
	return offset
}

var word = regexp.MustCompile(`^(?s:\.?[A-Za-z_][A-Za-z0-9_]*|.)?`)

// wordAt gives the name that begins at an offset, or one character.
func wordAt(text string, offset int) string { return word.FindString(text[offset:]) }

// summary is CEL's message without the list of all that could stand there.
func summary(message string) string {
	message, _, _ = strings.Cut(message, " expecting {")
	message = strings.TrimSuffix(strings.TrimSpace(message), " (in container '')")
	return diag.Clip(message, 300)
}

var (
	unknownName  = regexp.MustCompile(`undeclared reference to '([^']*)'`)
	unknownField = regexp.MustCompile(`undefined field '([^']*)'`)
)

func (c *compiler) hint(message string) string {
	if m := unknownName.FindStringSubmatch(message); m != nil {
		return diag.DidYouMean(m[1], c.env.names, "the variables are "+strings.Join(c.env.names, ", "))
	}
	if m := unknownField.FindStringSubmatch(message); m != nil {
		return diag.DidYouMean(m[1], c.env.fields, "")
	}
	return ""
}
