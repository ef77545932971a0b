package stshttp

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/sts"
)

// Bounds of a request (STS section 20).
const (
	// MaxBody is how many bytes a body may have.
	MaxBody = 1 << 20
	// MaxParameters is how many parameters a request may have, those of the
	// query string and of the body together.
	MaxParameters = 2000
)

// pair is a parameter as it was sent, decoded.
type pair struct{ name, value string }

// parseForm reads a form or a query string behind what was read before. "+" and
// "%20" are both a blank (STS-7); only "&" separates.
func parseForm(pairs []pair, text string) ([]pair, *sts.Error) {
	if len(pairs)+strings.Count(text, "&")+1 > MaxParameters && text != "" {
		return nil, malformed("A request may have " + strconv.Itoa(MaxParameters) + " parameters.")
	}
	for item := range strings.SplitSeq(text, "&") {
		if item == "" {
			continue
		}
		name, value, _ := strings.Cut(item, "=")
		var p pair
		var ok bool
		if p.name, ok = unescape(name); !ok {
			return nil, malformed("The name of the parameter '" + diag.Clip(name, clip) + "' is not UTF-8 text in percent-encoding.")
		}
		if p.value, ok = unescape(value); !ok {
			return nil, malformed("The value of the parameter '" + diag.Clip(p.name, clip) + "' is not UTF-8 text in percent-encoding.")
		}
		pairs = append(pairs, p)
	}
	return pairs, nil
}

// clip is how much of what was sent is repeated in a message.
const clip = 200

// unescape decodes percent-encoding. It reports false for an escape that is none
// and for what is not UTF-8.
func unescape(text string) (string, bool) {
	if strings.IndexByte(text, '%') < 0 && strings.IndexByte(text, '+') < 0 {
		return text, utf8.ValidString(text)
	}
	b := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '+':
			b = append(b, ' ')
		case '%':
			if i+2 >= len(text) {
				return "", false
			}
			high, low := unhex(text[i+1]), unhex(text[i+2])
			if high > 0xf || low > 0xf {
				return "", false
			}
			b = append(b, high<<4|low)
			i += 2
		default:
			b = append(b, c)
		}
	}
	return string(b), utf8.Valid(b)
}

// unhex gives the value of a hexadecimal digit, and 16 for what is none.
func unhex(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	default:
		return 16
	}
}

// node is a place in the tree that the names of parameters make: of
// Tags.member.1.Key=team the node Key has the value, below 1, member and Tags.
type node struct {
	value string
	set   bool
	below map[string]*node
}

// maxNesting is how many parts the name of a parameter may have; those with
// more are of no operation.
const maxNesting = 8

// tree makes the tree of all parameters. The same name twice is refused: two
// readers of such a request could each take another one.
func tree(pairs []pair) (*node, *sts.Error) {
	root := &node{below: make(map[string]*node, len(pairs))}
	for _, p := range pairs {
		if strings.Count(p.name, ".") >= maxNesting {
			continue
		}
		at := root
		for part := range strings.SplitSeq(p.name, ".") {
			next := at.below[part]
			if next == nil {
				next = &node{}
				if at.below == nil {
					at.below = map[string]*node{}
				}
				at.below[part] = next
			}
			at = next
		}
		if at.set {
			return nil, malformed("The parameter '" + diag.Clip(p.name, clip) + "' is there more than once.")
		}
		at.value, at.set = p.value, true
	}
	return root, nil
}

// text gives the value of a parameter of the top, and nothing if it is absent.
func (n *node) text(name string) string {
	if at := n.below[name]; at != nil {
		return at.value
	}
	return ""
}
