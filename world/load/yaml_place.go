package load

import (
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/rolecall/rolecall/diag"
)

// places finds bytes of a YAML text by the line and column that the YAML
// reader counts. It counts code points, and takes more than a line feed for
// the end of a line.
type places struct {
	text string
	// lines holds, for each line, how many code points stand before it.
	lines []uint32
	// every holds the byte at which each runeStep-th code point begins.
	every []uint32
}

const runeStep = 64

func newPlaces(text string) *places {
	p := &places{text: text, lines: []uint32{0}}
	runes := uint32(0)
	for i, r := range text {
		if runes%runeStep == 0 {
			p.every = append(p.every, uint32(i))
		}
		runes++
		switch r {
		case '\r':
			if strings.HasPrefix(text[i+1:], "\n") {
				continue // the line feed ends the line
			}
		case '\n', '\u0085', '\u2028', '\u2029':
		default:
			continue
		}
		p.lines = append(p.lines, runes)
	}
	return p
}

// offset gives the byte at a line and column, both counted from 1.
func (p *places) offset(line, column int) int {
	if line < 1 || line > len(p.lines) {
		return len(p.text)
	}
	rune := int(p.lines[line-1]) + max(column-1, 0)
	if rune/runeStep >= len(p.every) {
		return len(p.text)
	}
	at := int(p.every[rune/runeStep])
	for range rune % runeStep {
		_, size := utf8.DecodeRuneInString(p.text[at:])
		at += size
	}
	return at
}

// node gives where a node begins, its anchor and tag skipped.
func (p *places) node(n *yaml.Node) int {
	at := p.offset(n.Line, n.Column)
	if n.Kind == yaml.AliasNode {
		return at
	}
	for at < len(p.text) && (p.text[at] == '&' && n.Anchor != "" || p.text[at] == '!') {
		word := strings.IndexAny(p.text[at:], " \t\r\n")
		if word < 0 {
			return at
		}
		at += word
		at += len(p.text[at:]) - len(strings.TrimLeft(p.text[at:], " \t\r\n"))
	}
	return at
}

// scalar gives the place of a scalar. Of one over several lines it is the part
// on the first.
func (p *places) scalar(n *yaml.Node) diag.Span {
	start := p.node(n)
	rest := p.text[start:]
	switch {
	case n.Kind == yaml.AliasNode:
		return diag.Span{Start: start, End: min(start+1+len(n.Value), len(p.text))}
	case n.Style&yaml.DoubleQuotedStyle != 0 && strings.HasPrefix(rest, `"`):
		return diag.Span{Start: start, End: start + quoted(rest, '"', '\\')}
	case n.Style&yaml.SingleQuotedStyle != 0 && strings.HasPrefix(rest, "'"):
		return diag.Span{Start: start, End: start + quoted(rest, '\'', '\'')}
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 && strings.HasPrefix(rest, n.Value):
		return diag.Span{Start: start, End: start + len(n.Value)}
	}
	if line := strings.IndexAny(rest, "\r\n"); line >= 0 {
		rest = rest[:line]
	}
	return diag.Span{Start: start, End: start + len(strings.TrimRight(rest, " \t"))}
}

// quoted gives the length of the quoted scalar that text begins with. In
// single quotes a quotation mark escapes another.
func quoted(text string, mark, escape byte) int {
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == escape && i+1 < len(text) && (escape != mark || text[i+1] == mark):
			i++
		case text[i] == mark:
			return i + 1
		}
	}
	return len(text)
}

// closing gives the end of a collection that begins at start and whose last
// item ends at end: a bracket that closes it belongs to it.
func (p *places) closing(start, end int) int {
	if start >= len(p.text) || p.text[start] != '{' && p.text[start] != '[' {
		return end
	}
	for i := max(start+1, end); i < len(p.text); i++ {
		switch p.text[i] {
		case '}', ']':
			return i + 1
		case ' ', '\t', '\r', '\n', ',':
		case '#':
			line := strings.IndexByte(p.text[i:], '\n')
			if line < 0 {
				return end
			}
			i += line
		default:
			return end
		}
	}
	return end
}
