package cases

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/rolecall/rolecall/diag"
)

// Reader cuts a stream into the texts of cases: one JSON object after the
// other. A case is a line (JSON Lines), or several lines of which none but the
// first begins with `{`, as a pretty-printer writes them; so a broken case ends
// at the latest where the next one begins.
type Reader struct {
	in   *bufio.Reader
	name string
	line int // of the line read last
	// held is a line that ended the case before it.
	held     []byte
	heldLine int
	buffer   []byte // of the line, reused
	done     bool
}

// NewReader reads a stream; name is what diagnostics call it.
func NewReader(in io.Reader, name string) *Reader {
	return &Reader{in: bufio.NewReaderSize(in, 1<<16), name: name}
}

// Next gives the text of the next case, and io.EOF after the last. A case of
// more than [MaxBytes] is skipped over and cut short; [Parse] then refuses it.
// Another error is that of the stream.
func (r *Reader) Next() (*diag.Source, error) {
	var text []byte
	first, depth := 0, 0
	r.skipBlank()
	for {
		line, number, err := r.nextLine()
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("%s:%d: %w", r.name, r.line, err)
		}
		switch {
		case err != nil && first == 0:
			return nil, io.EOF
		case err != nil:
			return r.source(text, first), nil
		case first == 0 && len(bytes.TrimSpace(line)) == 0:
			continue
		case first == 0:
			first = number
		case line[0] == '{':
			r.held, r.heldLine = bytes.Clone(line), number
			return r.source(text, first), nil
		}
		if len(text) <= MaxBytes {
			text = append(text, line...)
		}
		if depth += nesting(line); depth <= 0 {
			return r.source(text, first), nil
		}
	}
}

// Idle tells whether Next would have to wait for input, so that what has been
// written so far should be shown.
func (r *Reader) Idle() bool { return r.held == nil && r.in.Buffered() == 0 }

func (r *Reader) source(text []byte, first int) *diag.Source {
	if len(text) <= MaxBytes { // a longer text was cut, and must stay too long
		text = bytes.TrimRight(text, " \t\r\n")
	}
	return &diag.Source{Name: r.name, Text: string(text), FirstLine: first}
}

// skipBlank passes over lines of white space, many at a time.
func (r *Reader) skipBlank() {
	for r.held == nil {
		piece, _ := r.in.Peek(max(1, r.in.Buffered())) // what fails here fails again when a line is read
		blank := piece[:len(piece)-len(bytes.TrimLeft(piece, " \t\r\n"))]
		n := bytes.LastIndexByte(blank, '\n') + 1
		if n == 0 {
			return
		}
		r.line += bytes.Count(blank[:n], []byte{'\n'})
		if _, err := r.in.Discard(n); err != nil {
			return
		}
	}
}

// nextLine gives a line with its end, at most MaxBytes+1 bytes of it, and its
// number. A line that was held back comes first. The line is good until the
// next one is read.
func (r *Reader) nextLine() ([]byte, int, error) {
	if r.held != nil {
		line := r.held
		r.held = nil
		return line, r.heldLine, nil
	}
	if r.done {
		return nil, r.line, io.EOF
	}
	line := r.buffer[:0]
	defer func() { r.buffer = line }()
	for {
		piece, err := r.in.ReadSlice('\n')
		if room := MaxBytes + 1 - len(line); room > 0 {
			line = append(line, piece[:min(len(piece), room)]...)
		}
		switch {
		case err == nil:
			r.line++
			return line, r.line, nil
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF):
			r.done = true
			if len(line) == 0 {
				return nil, r.line, io.EOF
			}
			r.line++
			return line, r.line, nil
		default:
			return nil, r.line, err
		}
	}
}

// nesting counts the brackets that a line opens and does not close. A string
// ends with its line at the latest, since JSON has no line breaks in strings.
func nesting(line []byte) int {
	depth, inString := 0, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth--
		}
	}
	return depth
}

// salvageName gives the name of a case that is not valid JSON, if it stands
// before the place where it goes wrong.
func salvageName(text string) string {
	decoder := json.NewDecoder(strings.NewReader(text[:min(len(text), 1<<16)]))
	if t, err := decoder.Token(); err != nil || t != json.Delim('{') {
		return ""
	}
	for {
		key, err := decoder.Token()
		if err != nil {
			return ""
		}
		if key == "name" {
			name, _ := decoder.Token()
			text, _ := name.(string)
			return text
		}
		var skip json.RawMessage
		if decoder.Decode(&skip) != nil {
			return ""
		}
	}
}
