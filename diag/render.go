package diag

import (
	"bufio"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Style tells [Render] how to print.
type Style struct {
	// Color switches ANSI colours on.
	Color bool
	// Width is the number of columns a source line may take; a longer line is
	// cut around the caret. 0 means 160.
	Width int
}

const defaultWidth = 160

// Color is how text looks on a terminal. Colours that are added up count
// together, as Red+Bold.
type Color string

// The colours, as ANSI escape sequences.
const (
	Red    Color = "\x1b[31m"
	Green  Color = "\x1b[32m"
	Yellow Color = "\x1b[33m"
	Cyan   Color = "\x1b[36m"
	Bold   Color = "\x1b[1m"
	Dim    Color = "\x1b[2m"
	reset        = "\x1b[0m"
)

// Render writes every diagnostic of the list with its source line and a caret
// under the place:
//
//	error: unknown element "Acton" in a statement [UNKNOWN_ELEMENT, PL-3]
//	  policy.json:3:5 at Statement[0].Acton
//	  3 |     "Acton": "s3:GetObject",
//	    |     ^^^^^^^
//	  hint: did you mean "Action"?
func Render(w io.Writer, list List, style Style) error {
	out := bufio.NewWriter(w)
	for i, d := range list {
		if i > 0 {
			out.WriteByte('\n')
		}
		renderOne(out, d, style)
	}
	return out.Flush()
}

func renderOne(out *bufio.Writer, d Diagnostic, style Style) {
	color := Red
	switch d.Severity {
	case Warning:
		color = Yellow
	case Suggestion:
		color = Cyan
	}
	out.WriteString(style.Paint(color+Bold, d.Severity.String()+":") + " " + d.Summary)
	switch {
	case d.Code != "" && d.Rule != "":
		out.WriteString(style.Paint(Dim, " ["+d.Code+", "+d.Rule+"]"))
	case d.Code != "":
		out.WriteString(style.Paint(Dim, " ["+d.Code+"]"))
	}
	out.WriteByte('\n')
	if place := d.Position().String(); place != "" {
		out.WriteString("  " + place)
		if d.Path != "" {
			out.WriteString(" at " + d.Path)
		}
		out.WriteByte('\n')
	}
	if d.Source != nil && d.Source.Text != "" {
		snippet(out, d.Source, d.Span, color, style)
	}
	if d.Hint != "" {
		out.WriteString("  " + style.Paint(Bold, "hint:") + " " + d.Hint + "\n")
	}
}

// Snippet writes the source line in which a span begins, with a caret line
// below it.
func Snippet(out *bufio.Writer, src *Source, span Span, style Style) {
	if src != nil && src.Text != "" {
		snippet(out, src, span, Red, style)
	}
}

// snippet writes the source line in which span begins, with a caret line below
// it. Characters that would disturb a terminal are shown as '?'.
func snippet(out *bufio.Writer, src *Source, span Span, color Color, style Style) {
	place := src.Position(span.Start)
	src, span = src.Shown(span)
	line, start := src.line(span.Start)
	from := min(max(span.Start-start, 0), len(line))
	to := min(max(span.End-start, from), len(line))
	head, marked, tail := window(line, from, to, style.width())
	number := strconv.Itoa(place.Line)
	gutter := strings.Repeat(" ", len(number))
	out.WriteString("  " + style.Paint(Dim, number+" |") + " " + head + marked + tail + "\n")
	carets := strings.Repeat("^", max(utf8.RuneCountInString(marked), 1))
	pad := strings.Repeat(" ", utf8.RuneCountInString(head))
	out.WriteString("  " + style.Paint(Dim, gutter+" |") + " " + pad + style.Paint(color, carets) + "\n")
}

// Excerpt writes the source lines that span covers, numbered, at most
// maxLines of them. Of a span within one line it writes just the span.
func Excerpt(out *bufio.Writer, src *Source, span Span, maxLines int, style Style) {
	if src == nil {
		return
	}
	number := src.Position(span.Start).Line
	src, span = src.Shown(span)
	if span.End <= span.Start || span.End > len(src.Text) {
		return
	}
	if text := src.Text[span.Start:span.End]; !strings.Contains(text, "\n") {
		_, _, text = window(text, 0, 0, style.width())
		out.WriteString("  " + style.Paint(Dim, strconv.Itoa(number)+" |") + " " + text + "\n")
		return
	}
	_, start := src.line(span.Start)
	_, lastStart := src.line(span.End - 1)
	digits := len(strconv.Itoa(number + maxLines))
	for n := 0; start <= lastStart; n++ {
		if n == maxLines {
			out.WriteString("  " + style.Paint(Dim, strings.Repeat(" ", digits)+" | ...") + "\n")
			return
		}
		line, _ := src.line(start)
		head, _, _ := window(line, len(line), len(line), style.width())
		label := strconv.Itoa(number + n)
		if src.Origin != nil && n > 0 {
			label = "" // the lines of a decoded text have no numbers in the file
		}
		pad := strings.Repeat(" ", digits-len(label))
		out.WriteString("  " + style.Paint(Dim, pad+label+" |") + " " + head + "\n")
		next := strings.IndexByte(src.Text[start:], '\n')
		if next < 0 {
			return
		}
		start += next + 1
	}
}

// window cuts line to about width columns around the marked part, which is
// line[from:to], and gives what stands before it, the part itself and what
// follows.
func window(line string, from, to, width int) (head, marked, tail string) {
	const maxRuneLen = utf8.UTFMax // a line may be megabytes long: look at what can be shown
	head = printable(line[max(0, from-width*maxRuneLen):from])
	marked = printable(line[from:min(to, from+width*maxRuneLen)])
	tail = printable(line[to:min(len(line), to+width*maxRuneLen)])
	if n := utf8.RuneCountInString(marked); n > width {
		marked = firstRunes(marked, width-3) + "..."
	}
	room := max(width-utf8.RuneCountInString(marked), 0)
	headRoom := max(room/2, room-utf8.RuneCountInString(tail))
	if n := utf8.RuneCountInString(head); n > headRoom {
		head = "..." + lastRunes(head, max(headRoom-3, 0))
	}
	tailRoom := max(room-utf8.RuneCountInString(head), 0)
	if n := utf8.RuneCountInString(tail); n > tailRoom {
		tail = firstRunes(tail, max(tailRoom-3, 0)) + "..."
	}
	return head, marked, tail
}

// Printable replaces what would disturb a terminal: tabs by blanks, control and
// broken characters by '?'.
func Printable(s string) string { return printable(s) }

// printable replaces tabs by a blank and control or broken characters by '?',
// so that a hostile text cannot move the cursor or colour the terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case r < ' ' || r >= 0x7f && r < 0xa0 || r == utf8.RuneError:
			return '?'
		case r >= 0x200b && r <= 0x200f || r >= 0x2028 && r <= 0x202e || r >= 0x2066 && r <= 0x2069:
			return '?'
		default:
			return r
		}
	}, s)
}

func firstRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

func lastRunes(s string, n int) string {
	return firstTail(s, utf8.RuneCountInString(s)-n)
}

// firstTail drops the first n code points of s.
func firstTail(s string, n int) string {
	for i := range s {
		if n <= 0 {
			return s[i:]
		}
		n--
	}
	return ""
}

func (s Style) width() int {
	if s.Width <= 0 {
		return defaultWidth
	}
	return s.Width
}

// Paint gives a text its colour, if colours are switched on.
func (s Style) Paint(color Color, text string) string {
	if !s.Color || text == "" {
		return text
	}
	return string(color) + text + reset
}
