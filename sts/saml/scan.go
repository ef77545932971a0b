package saml

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// bounds limits an XML text.
type bounds struct {
	// bytes is the greatest length of a text.
	bytes int
	// elements is how many elements a text may hold.
	elements int
}

// Bounds of every XML text. A namespace map is copied for each element when
// XML is made canonical, so that prefixes count as much as elements.
const (
	maxDepth      = 32
	maxAttributes = 64
	maxPrefixes   = 64
)

const (
	xmlNamespace   = "http://www.w3.org/XML/1998/namespace"
	xmlnsNamespace = "http://www.w3.org/2000/xmlns/"
)

// problem is what is wrong with an XML text, and where.
type problem struct {
	offset int
	what   string
}

// binding is a namespace prefix and what it stands for.
type binding struct{ prefix, uri string }

// frame is an open element.
type frame struct {
	name     xml.Name
	bindings int // how many bindings were in scope around it
}

// scanner walks over an XML text before a tree is made of it. encoding/xml
// knows what a token is, but takes prefixes that are not declared, attributes
// that occur twice, names with several colons, several roots and declarations
// anywhere. A text in which two readers could see different things must not
// get as far as a signature check.
type scanner struct {
	decoder  *xml.Decoder
	bounds   bounds
	start    int // where the token under way begins
	open     []frame
	bindings []binding
	rooted   bool
	offsets  []int // where each element begins, in order
}

// scan checks a text and gives the offset of every element's start tag in the
// order of the document.
func scan(text string, b bounds) ([]int, *problem) {
	if len(text) > b.bytes {
		return nil, &problem{0, fmt.Sprintf("the text is longer than %d bytes", b.bytes)}
	}
	if !utf8.ValidString(text) {
		return nil, &problem{invalidAt(text), "the text is not UTF-8"}
	}
	s := &scanner{decoder: xml.NewDecoder(strings.NewReader(text)), bounds: b}
	s.decoder.CharsetReader = func(charset string, _ io.Reader) (io.Reader, error) {
		return nil, fmt.Errorf("the encoding is %q, it must be UTF-8", charset)
	}
	for {
		s.start = int(s.decoder.InputOffset())
		token, err := s.decoder.RawToken()
		if errors.Is(err, io.EOF) {
			return s.offsets, s.end()
		}
		if err == nil {
			err = s.token(token)
		}
		if err != nil {
			return nil, &problem{s.start, strings.TrimPrefix(err.Error(), "xml: ")}
		}
	}
}

// invalidAt gives the offset of the first byte that is not UTF-8.
func invalidAt(text string) int {
	for i, r := range text {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(text[i:]); size == 1 {
				return i
			}
		}
	}
	return len(text)
}

func (s *scanner) end() *problem {
	switch {
	case len(s.open) > 0:
		return &problem{s.start, fmt.Sprintf("element %s is not closed", rawName(s.open[len(s.open)-1].name))}
	case !s.rooted:
		return &problem{s.start, "the text holds no XML element"}
	default:
		return nil
	}
}

func (s *scanner) token(token xml.Token) error {
	switch token := token.(type) {
	case xml.StartElement:
		return s.startElement(token)
	case xml.EndElement:
		return s.endElement(token.Name)
	case xml.CharData:
		if len(s.open) == 0 && strings.TrimLeft(string(token), xmlSpace) != "" {
			return errors.New("there is text outside the root element")
		}
	case xml.ProcInst:
		if token.Target != "xml" || s.start > 0 {
			return fmt.Errorf("processing instruction %s is refused; remove it", token.Target)
		}
	case xml.Directive:
		return errors.New("document type declarations are refused, and entities with them; remove the <! ... > part")
	}
	return nil
}

func (s *scanner) startElement(e xml.StartElement) error {
	if len(s.open) == 0 && s.rooted {
		return errors.New("there is a second root element")
	}
	s.rooted = true
	s.offsets = append(s.offsets, s.start)
	s.open = append(s.open, frame{e.Name, len(s.bindings)})
	switch {
	case len(s.offsets) > s.bounds.elements:
		return fmt.Errorf("there are more than %d elements", s.bounds.elements)
	case len(s.open) > maxDepth:
		return fmt.Errorf("elements are nested more than %d deep", maxDepth)
	case len(e.Attr) > maxAttributes:
		return fmt.Errorf("element %s has more than %d attributes", rawName(e.Name), maxAttributes)
	}
	if err := s.declare(e.Attr); err != nil {
		return err
	}
	if _, err := s.resolve(e.Name); err != nil {
		return err
	}
	return s.attributes(e)
}

// declare takes the namespace declarations of an element into scope.
func (s *scanner) declare(attrs []xml.Attr) error {
	for _, a := range attrs {
		prefix, ok := declares(a.Name)
		if !ok {
			continue
		}
		reserved := a.Value == xmlNamespace || a.Value == xmlnsNamespace || prefix == "xmlns"
		switch {
		case prefix == "xml" && a.Value == xmlNamespace:
			continue
		case prefix == "xml" || reserved:
			return fmt.Errorf("%s=%q declares a reserved namespace", rawName(a.Name), a.Value)
		case prefix != "" && a.Value == "":
			return fmt.Errorf("%s declares an empty namespace", rawName(a.Name))
		}
		s.bindings = append(s.bindings, binding{prefix, a.Value})
	}
	if len(s.bindings) > maxPrefixes {
		return fmt.Errorf("there are more than %d namespace declarations in scope", maxPrefixes)
	}
	return nil
}

// declares gives the prefix that an attribute of this name declares.
func declares(name xml.Name) (prefix string, ok bool) {
	if name.Space == "xmlns" {
		return name.Local, true
	}
	return "", name.Space == "" && name.Local == "xmlns"
}

// attributes looks for two attributes of one name, also if the name is spelt
// with two prefixes of one namespace.
func (s *scanner) attributes(e xml.StartElement) error {
	seen := make(map[xml.Name]bool, len(e.Attr))
	for _, a := range e.Attr {
		name := a.Name
		if _, ok := declares(name); !ok && name.Space != "" {
			uri, err := s.resolve(name)
			if err != nil {
				return err
			}
			name.Space = uri
		} else if strings.Contains(name.Local, ":") {
			return fmt.Errorf("attribute name %q is not a name", rawName(name))
		}
		if seen[name] {
			return fmt.Errorf("element %s has attribute %s twice", rawName(e.Name), rawName(a.Name))
		}
		seen[name] = true
	}
	return nil
}

// resolve gives the namespace of a name, by its prefix.
func (s *scanner) resolve(name xml.Name) (string, error) {
	if strings.Contains(name.Local, ":") {
		return "", fmt.Errorf("%q is not a name", rawName(name))
	}
	if name.Space == "xml" {
		return xmlNamespace, nil
	}
	for i := len(s.bindings) - 1; i >= 0; i-- {
		if s.bindings[i].prefix == name.Space {
			return s.bindings[i].uri, nil
		}
	}
	if name.Space == "" {
		return "", nil
	}
	return "", fmt.Errorf("prefix %q of %s is not declared", name.Space, rawName(name))
}

func (s *scanner) endElement(name xml.Name) error {
	if len(s.open) == 0 {
		return fmt.Errorf("</%s> closes nothing", rawName(name))
	}
	last := s.open[len(s.open)-1]
	if last.name != name {
		return fmt.Errorf("</%s> closes <%s>", rawName(name), rawName(last.name))
	}
	s.open = s.open[:len(s.open)-1]
	s.bindings = s.bindings[:last.bindings]
	return nil
}

// rawName gives a name as it was written.
func rawName(name xml.Name) string {
	if name.Space == "" {
		return name.Local
	}
	return name.Space + ":" + name.Local
}
