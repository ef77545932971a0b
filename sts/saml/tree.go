package saml

import (
	"strings"

	"github.com/beevik/etree"

	"github.com/rolecall/rolecall/diag"
)

// Namespaces of the elements that are read.
const (
	protocolNS  = "urn:oasis:names:tc:SAML:2.0:protocol"
	assertionNS = "urn:oasis:names:tc:SAML:2.0:assertion"
	metadataNS  = "urn:oasis:names:tc:SAML:2.0:metadata"
	signatureNS = "http://www.w3.org/2000/09/xmldsig#"
)

// xmlSpace is what XML calls white space.
const xmlSpace = " \t\r\n"

// byteOrderMark may begin a text; files of Windows often have it.
const byteOrderMark = "\ufeff"

// document is a checked XML text as a tree.
type document struct {
	root *etree.Element
	// offset is where each element begins in the text.
	offset map[*etree.Element]int
}

// read checks a text and makes a tree of it.
func read(text string, b bounds) (*document, *problem) {
	body := strings.TrimPrefix(text, byteOrderMark)
	skipped := len(text) - len(body)
	offsets, p := scan(body, b)
	if p != nil {
		p.offset += skipped
		return nil, p
	}
	tree := etree.NewDocument()
	if err := tree.ReadFromString(body); err != nil {
		return nil, &problem{skipped, err.Error()}
	}
	doc := &document{root: tree.Root(), offset: make(map[*etree.Element]int, len(offsets))}
	walk(doc.root, func(el *etree.Element) {
		doc.offset[el] = offsets[len(doc.offset)] + skipped
	})
	return doc, nil
}

// span gives the place of an element's start tag.
func (d *document) span(el *etree.Element) diag.Span {
	start := d.offset[el]
	return diag.Span{Start: start, End: start + len("<") + len(el.FullTag())}
}

// walk visits an element and all below it in the order of the document.
func walk(el *etree.Element, visit func(*etree.Element)) {
	visit(el)
	for _, child := range el.ChildElements() {
		walk(child, visit)
	}
}

// is tells whether an element has a name. The prefix does not matter.
func is(el *etree.Element, namespace, tag string) bool {
	return el.Tag == tag && el.NamespaceURI() == namespace
}

// children gives the children of a name.
func children(el *etree.Element, namespace, tag string) []*etree.Element {
	var found []*etree.Element
	for _, child := range el.ChildElements() {
		if is(child, namespace, tag) {
			found = append(found, child)
		}
	}
	return found
}

// attr gives the attribute without a prefix that has a name. (The selectors of
// etree would take one with a prefix too.)
func attr(el *etree.Element, name string) (value string, ok bool) {
	for _, a := range el.Attr {
		if a.Space == "" && a.Key == name {
			return a.Value, true
		}
	}
	return "", false
}

// text gives all character data of an element, with comments left out. It
// reports false if there are elements within it. Reading only as far as the
// first comment would turn `root@example.com<!-- -->.evil.example` into
// somebody else.
func text(el *etree.Element) (string, bool) {
	var b strings.Builder
	for _, token := range el.Child {
		switch token := token.(type) {
		case *etree.CharData:
			b.WriteString(token.Data)
		case *etree.Element:
			return "", false
		}
	}
	return b.String(), true
}

// identifier gives the text of an element without white space around it, as
// identifiers stand in messages that were indented.
func identifier(el *etree.Element) (string, bool) {
	s, ok := text(el)
	return strings.Trim(s, xmlSpace), ok
}
