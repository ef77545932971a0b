package jsonpos

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/rolecall/rolecall/diag"
)

func failure(src *diag.Source, offset int, summary, hint string) *diag.Diagnostic {
	return &diag.Diagnostic{
		Severity: diag.Error, Code: Code, Rule: "PL-1", Summary: summary, Hint: hint,
		Source: src, Span: diag.Span{Start: offset, End: offset + 1},
	}
}

// guard looks for what is wrong with a text before it is read as JSON.
func guard(src *diag.Source, limits Limits) *diag.Diagnostic {
	if err := guardText(src, limits); err != nil {
		return err
	}
	if at, problem := scan(src.Text, limits.Depth); problem != "" {
		return failure(src, at, problem, "")
	}
	return nil
}

func guardText(src *diag.Source, limits Limits) *diag.Diagnostic {
	text := src.Text
	if most := min(limits.Bytes, maxText); len(text) > most {
		return failure(src, 0, fmt.Sprintf("the text has %d bytes, more than the %d that are read", len(text), most), "split it up")
	}
	if !utf8.ValidString(text) {
		return failure(src, invalidUTF8(text), "the text is not valid UTF-8", "save it as UTF-8 without a byte order mark")
	}
	if strings.HasPrefix(text, "\ufeff") {
		return failure(src, 0, "the text begins with a byte order mark", "save it as UTF-8 without a byte order mark")
	}
	return nil
}

func invalidUTF8(text string) int {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return 0
}

// scan looks for what is wrong even in a text that is JSON: nesting beyond
// depth, and \u escapes that are half a surrogate pair.
func scan(text string, depth int) (at int, problem string) {
	open := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '[', '{':
			if open++; open > depth {
				return i, fmt.Sprintf("arrays and objects are nested more than %d deep", depth)
			}
		case ']', '}':
			open--
		case '"':
			end, bad := scanString(text, i+1)
			if bad {
				return end, "half of a surrogate pair is no character"
			}
			i = end
		}
	}
	return 0, ""
}

// scanString reads a string from behind its opening quotation mark and gives
// the place of the closing one (or the end of the text), or of a lone
// surrogate.
func scanString(text string, i int) (end int, loneSurrogate bool) {
	for ; i < len(text); i++ {
		switch text[i] {
		case '"':
			return i, false
		case '\\':
			size, lone := escape(text[i:])
			if lone {
				return i, true
			}
			i += size - 1
		}
	}
	return i, false
}

// escape gives the length of the escape sequence that text begins with, a
// surrogate pair counting as one, and whether it is half a pair.
func escape(text string) (size int, lone bool) {
	unit := codeUnit(text)
	switch {
	case unit < 0xd800 || unit > 0xdfff:
		return 2, false
	case unit >= 0xdc00:
		return 0, true
	}
	if low := codeUnit(text[6:]); low < 0xdc00 || low > 0xdfff {
		return 0, true
	}
	return 12, false
}

// codeUnit reads \uXXXX; other text gives -1.
func codeUnit(text string) int {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return -1
	}
	unit, err := strconv.ParseUint(text[2:6], 16, 16)
	if err != nil {
		return -1
	}
	return int(unit)
}

// syntaxError says where a text stops being JSON, and why; of JSON it says
// nothing.
func syntaxError(text string) (at int, why string) {
	var raw json.RawMessage
	var syntax *json.SyntaxError
	if err := json.Unmarshal([]byte(text), &raw); errors.As(err, &syntax) {
		return max(int(syntax.Offset)-1, 0), syntax.Error()
	}
	return 0, ""
}
