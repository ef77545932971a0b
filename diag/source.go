package diag

import (
	"strconv"
	"strings"
	"sync/atomic"
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
	// Origin is what the text was made from; nil for a text that the user wrote.
	Origin *Origin

	steps atomic.Pointer[[]step] // of a long text, once a place in it is asked for
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
// is taken as its nearest end. In a text that was made from another it is the
// place in that one.
func (s *Source) Position(offset int) Position {
	if s == nil {
		return Position{}
	}
	if s.Origin != nil {
		return s.Origin.Source.Position(s.Origin.Offset(offset))
	}
	offset = min(max(offset, 0), len(s.Text))
	at := s.step(offset)
	at.advance(s.Text[at.offset:offset])
	return Position{File: s.Name, Line: max(s.FirstLine, 1) + at.lines, Column: at.column + 1, Offset: offset}
}

// step is a place in a long text from which others are counted: how many lines
// end before it, and how many code points of its own line.
type step struct{ offset, lines, column int }

// stepSize is how far apart the steps of a text are.
const stepSize = 16 << 10

// advance moves on over text.
func (at *step) advance(text string) {
	at.offset += len(text)
	if lines := strings.Count(text, "\n"); lines > 0 {
		at.lines += lines
		at.column = 0
		text = text[strings.LastIndexByte(text, '\n')+1:]
	}
	at.column += utf8.RuneCountInString(text)
}

// step gives the last step at or before offset.
func (s *Source) step(offset int) step {
	if offset < stepSize {
		return step{}
	}
	steps := s.steps.Load()
	if steps == nil {
		list := []step{{}}
		for at := list[0]; len(s.Text)-at.offset >= stepSize; list = append(list, at) {
			end := at.offset + stepSize
			for end < len(s.Text) && !utf8.RuneStart(s.Text[end]) {
				end++
			}
			at.advance(s.Text[at.offset:end])
		}
		steps = &list
		s.steps.Store(steps)
	}
	i := min(offset/stepSize, len(*steps)-1)
	for (*steps)[i].offset > offset {
		i--
	}
	return (*steps)[i]
}

// maxLine is how many bytes of a line before and behind a place are looked at.
const maxLine = 4096

// line gives the line that holds offset, without its end, and where it starts.
// Of a very long line it gives a part.
func (s *Source) line(offset int) (text string, start int) {
	offset = min(max(offset, 0), len(s.Text))
	start = max(offset-maxLine, 0)
	for start > 0 && start < offset && !utf8.RuneStart(s.Text[start]) {
		start++
	}
	start += strings.LastIndexByte(s.Text[start:offset], '\n') + 1
	stop := min(offset+maxLine, len(s.Text))
	for stop < len(s.Text) && stop > offset && !utf8.RuneStart(s.Text[stop]) {
		stop--
	}
	text = s.Text[start:stop]
	if end := strings.IndexByte(text, '\n'); end >= 0 {
		text = text[:end]
	}
	return strings.TrimSuffix(text, "\r"), start
}
