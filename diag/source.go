package diag

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Source is a text that diagnostics point into: a file, or one line of a
// stream. It must not change once diagnostics refer to it.
type Source struct {
	// Name is what the user called the text: a file name, "-" for standard
	// input, or a flag such as "--identity".
	Name string
	// Text is the whole text.
	Text string
	// FirstLine is the number of the line that Text begins with, for a text
	// cut out of a larger one. 0 means 1.
	FirstLine int
}

// Position is a place in a source. Line and Column count from 1; Column counts
// code points, as AWS does in the simulator's StartPosition. Offset counts
// bytes from 0. The zero Position means "nowhere".
type Position struct {
	File   string
	Line   int
	Column int
	Offset int
}

// String gives "file:line:column", or what is known of it.
func (p Position) String() string {
	if p.Line == 0 {
		return p.File
	}
	place := strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Column)
	if p.File == "" {
		return place
	}
	return p.File + ":" + place
}

// Span is a range of bytes in a source: Start is the first, End the one after
// the last.
type Span struct{ Start, End int }

// Position finds line and column of a byte offset. An offset outside the text
// is taken as its nearest end.
func (s *Source) Position(offset int) Position {
	if s == nil {
		return Position{}
	}
	offset = min(max(offset, 0), len(s.Text))
	before := s.Text[:offset]
	lineStart := strings.LastIndexByte(before, '\n') + 1
	return Position{
		File:   s.Name,
		Line:   max(s.FirstLine, 1) + strings.Count(before, "\n"),
		Column: utf8.RuneCountInString(before[lineStart:]) + 1,
		Offset: offset,
	}
}

// line gives the line that holds offset, without its end, and where it starts.
func (s *Source) line(offset int) (text string, start int) {
	offset = min(max(offset, 0), len(s.Text))
	start = strings.LastIndexByte(s.Text[:offset], '\n') + 1
	text = s.Text[start:]
	if end := strings.IndexByte(text, '\n'); end >= 0 {
		text = text[:end]
	}
	return strings.TrimSuffix(text, "\r"), start
}
