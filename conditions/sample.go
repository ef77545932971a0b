package conditions

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Samples gives values of one key such that some tests of it tell no further
// values apart: whatever value the key has, one of the samples has the same
// results. exact is false where that cannot be promised, as for two wildcards
// that overlap or a policy variable that is open; the samples are still worth
// trying. A key that may be missing is the caller's business.
func Samples(tests []*Test, ctx *Context) (values []string, exact bool) {
	s := sampler{ctx: ctx, exact: true}
	for _, t := range tests {
		s.test(t)
	}
	if s.text {
		s.add("rolecall-sample") // like none of the others
		if s.folded {
			for _, v := range slices.Clone(s.values) {
				s.add(strings.ToUpper(v))
				s.add(strings.ToLower(v))
			}
		}
	}
	slices.Sort(s.values)
	return slices.Compact(s.values), s.exact && s.laminar()
}

// sampler gathers samples of one key.
type sampler struct {
	ctx    *Context
	values []string
	exact  bool
	text   bool // a test compares text, so that any value may be told apart
	folded bool // a test compares text without case
	// wild are the different policy values with wildcards.
	wild []string
}

func (s *sampler) add(values ...string) { s.values = append(s.values, values...) }

func (s *sampler) test(t *Test) {
	for _, v := range t.values {
		switch b := t.op.Base; {
		case b == Null:
		case b <= StringNotLike:
			s.text = true
			s.folded = s.folded || b == StringEqualsIgnoreCase || b == StringNotEqualsIgnoreCase
			s.pattern(v, t, b == StringLike || b == StringNotLike)
		case b <= NumericGreaterThanEquals:
			s.number(v)
		case b <= DateGreaterThanEquals:
			s.date(v)
		case b == Bool:
			s.add("true", "false")
			s.exact = s.exact && !strings.Contains(v, "${")
		case b == BinaryEquals:
			s.text = true
			s.add(v)
		case b <= NotIPAddress:
			s.network(v)
		default:
			s.text = true
			s.pattern(v, t, true)
		}
	}
}

// pattern samples what a text with wildcards and variables matches.
func (s *sampler) pattern(text string, t *Test, wildcards bool) {
	wildcards = wildcards && strings.ContainsAny(text, "*?")
	for _, star := range []string{"", "x", "rolecall"} {
		value, known := s.fill(text, t.variables, wildcards, star)
		if !known {
			s.exact = false
			return
		}
		s.add(value)
		if !wildcards {
			return
		}
	}
	if !slices.Contains(s.wild, text) {
		s.wild = append(s.wild, text)
	}
}

// fill gives a text that a pattern matches, with star for each of its stars.
// It reports false if a variable is open.
func (s *sampler) fill(text string, variables, wildcards bool, star string) (value string, known bool) {
	var out strings.Builder
	for text != "" {
		switch c := text[0]; {
		case variables && strings.HasPrefix(text, "${") && strings.Contains(text, "}"):
			body, rest, _ := strings.Cut(text[2:], "}")
			word, ok := s.variable(body)
			if !ok {
				return "", false
			}
			out.WriteString(word)
			text = rest
			continue
		case wildcards && c == '*':
			out.WriteString(star)
		case wildcards && c == '?':
			out.WriteByte('x')
		default:
			out.WriteByte(c)
		}
		text = text[1:]
	}
	return out.String(), true
}

func (s *sampler) variable(body string) (value string, known bool) {
	if body == "*" || body == "?" || body == "$" {
		return body, true
	}
	v, _ := parseVariable(body)
	if v.never {
		return "", true // the value matches nothing, so that any sample will do
	}
	e := s.ctx.find(&v.key)
	switch {
	case e == nil || e.state == multi:
		return v.fallback, true
	case e.state == single:
		return e.text[0], true
	default:
		return "", false
	}
}

// laminar tells whether any two of the wildcards have no match in common or
// one matches all that the other does: one alone, or several that end in their
// only star.
func (s *sampler) laminar() bool {
	if len(s.wild) < 2 {
		return true
	}
	return !slices.ContainsFunc(s.wild, func(w string) bool {
		return strings.IndexAny(w, "*?") != len(w)-1 || w[len(w)-1] != '*' || strings.Contains(w, "${")
	})
}

// number samples a limit and both sides of it, of whole numbers.
func (s *sampler) number(text string) {
	n, err := strconv.ParseInt(text, 10, 62)
	if err != nil {
		s.exact = false
		s.add(text)
		return
	}
	for d := int64(-1); d <= 1; d++ {
		s.add(strconv.FormatInt(n+d, 10))
	}
}

// date samples an instant and the seconds around it.
func (s *sampler) date(text string) {
	at, ok := parseInstant(text)
	if !ok {
		at = instant{} // it matches nothing; any instant will do
	}
	s.exact = s.exact && at.fraction == ""
	for d := int64(-1); d <= 1; d++ {
		s.add(time.Unix(at.seconds+d, 0).UTC().Format("2006-01-02T15:04:05Z"))
	}
}

// network samples the first and the last address of a network and those right
// outside, and one of each family that none of them may be of.
func (s *sampler) network(text string) {
	s.add("0.0.0.0", "::")
	p, ok := parseNetwork(text)
	if !ok {
		return
	}
	first, last := ends(p)
	for _, a := range []netip.Addr{first, last, first.Prev(), last.Next()} {
		if a.IsValid() {
			s.add(a.String())
		}
	}
}
