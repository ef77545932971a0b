package celx

import (
	"strings"

	"github.com/rolecall/rolecall/diag"
)

// placer finds where in a source the characters of an assertion stand. Where
// the source holds the text as it is, that is exact. Otherwise quotes, escapes
// and indentation lie between: the characters of the text occur in the source
// in the same order, white space aside, and are looked for one by one.
type placer struct {
	src  *diag.Source
	span diag.Span
	// places has the offset in the source of every byte of the text, and of
	// its end.
	places []int
}

// maxGap bounds what lies in a source between two characters of the text.
const maxGap = 1000

func newPlacer(src *diag.Source, span diag.Span, text string) placer {
	p := placer{src: src, span: span, places: make([]int, 0, len(text)+1)}
	raw := ""
	if src != nil && 0 <= span.Start && span.Start <= span.End && span.End <= len(src.Text) {
		raw = src.Text[span.Start:span.End]
	}
	at := max(strings.Index(raw, text), 0)
	exact := strings.HasPrefix(raw[at:], text)
	for i := range len(text) {
		if !exact && !white(text[i]) {
			if found := strings.IndexByte(raw[at:min(at+maxGap, len(raw))], text[i]); found >= 0 {
				at += found
			}
		}
		p.places = append(p.places, span.Start+at)
		if at < len(raw) && (exact || !white(text[i])) {
			at++
		}
	}
	p.places = append(p.places, span.Start+at)
	return p
}

func white(c byte) bool { return strings.IndexByte(" \t\r\n", c) >= 0 }

// place gives the span of a range of bytes of the text, which ends with the
// assertion: of what its source escapes, nothing may be found.
func (p *placer) place(start, end int) diag.Span {
	span := diag.Span{Start: p.places[start], End: p.places[start]}
	if end > start {
		span.End = max(span.Start, min(p.places[end-1]+1, p.span.End))
	}
	return span
}
