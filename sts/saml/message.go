package saml

import (
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/beevik/etree"

	"github.com/rolecall/rolecall/diag"
)

// responseBounds: what MaxResponse characters of base64 can hold at most.
var responseBounds = bounds{bytes: MaxResponse / 4 * 3, elements: 5_000}

// statusSuccess is the status of a response that says yes.
const statusSuccess = "urn:oasis:names:tc:SAML:2.0:status:Success"

// message is a Response whose shape has been checked. Nothing in it is to be
// believed yet.
type message struct {
	response  *etree.Element
	assertion *etree.Element
	// signatures are children of the response or of the assertion, at most one
	// of each.
	signatures []*etree.Element
}

// decode reads a response in base64 and checks its shape.
func decode(response string) (*message, error) {
	if len(response) > MaxResponse {
		return nil, refuse(messageUnreadable, "the response is longer than %d characters", MaxResponse)
	}
	raw, err := base64.StdEncoding.DecodeString(response) // takes line breaks
	if err != nil {
		return nil, refuse(messageUnreadable, "not base64: %v", err)
	}
	doc, p := read(string(raw), responseBounds)
	if p != nil {
		source := &diag.Source{Text: string(raw)}
		return nil, refuse(messageUnreadable, "not XML at %s: %s", source.Position(p.offset), p.what)
	}
	return shape(doc.root)
}

// shape checks that a tree is a response of one assertion, and that nothing in
// it could be taken for another.
func shape(root *etree.Element) (*message, error) {
	if !is(root, protocolNS, "Response") {
		return nil, refuse(messageUnreadable, "the root element is %s, not a SAML 2.0 Response", diag.Clip(root.FullTag(), 60))
	}
	if err := checkVersion(root); err != nil {
		return nil, err
	}
	if err := checkStatus(root); err != nil {
		return nil, err
	}
	c := census{ids: map[string]bool{}}
	walk(root, c.count)
	m := &message{response: root, signatures: c.signatures}
	switch {
	case c.encrypted != "":
		return nil, invalid("%s is not supported: let the identity provider sign, and not encrypt, what it sends to AWS", c.encrypted)
	case len(c.assertions) == 0:
		return nil, invalid("there is no Assertion")
	case len(c.assertions) > 1:
		return nil, refuse(messageSignature, "there are %d assertions where one is expected", len(c.assertions))
	case c.assertions[0].Parent() != root:
		return nil, refuse(messageSignature, "the assertion is not a child of the response")
	case c.problem != "":
		return nil, refuse(messageSignature, "%s", c.problem)
	}
	m.assertion = c.assertions[0]
	return m, m.checkSignatures()
}

func checkVersion(el *etree.Element) error {
	if version, _ := attr(el, "Version"); version != "2.0" {
		return invalid("the Version of the %s is %q, it must be \"2.0\"", el.Tag, diag.Clip(version, 20))
	}
	return nil
}

// checkStatus: the status is outside of a signed assertion, so it may only be
// a reason to refuse.
func checkStatus(response *etree.Element) error {
	var values []string
	for _, status := range children(response, protocolNS, "Status") {
		for _, code := range children(status, protocolNS, "StatusCode") {
			value, _ := attr(code, "Value")
			values = append(values, value)
		}
	}
	if len(values) != 1 || values[0] != statusSuccess {
		return invalid("the StatusCode is %q, it must be %q once", diag.Clip(listed(values), 200), statusSuccess)
	}
	return nil
}

// census counts what must be there once or not at all.
type census struct {
	assertions []*etree.Element
	signatures []*etree.Element
	encrypted  string
	ids        map[string]bool
	problem    string
}

func (c *census) count(el *etree.Element) {
	switch {
	case is(el, assertionNS, "Assertion"):
		c.assertions = append(c.assertions, el)
	case is(el, signatureNS, "Signature"):
		c.signatures = append(c.signatures, el)
	case strings.HasPrefix(el.Tag, "Encrypted") && el.NamespaceURI() == assertionNS:
		c.encrypted = el.Tag
	}
	own := 0
	for _, a := range el.Attr {
		// Which attributes are identifiers is for a schema to say. Any that
		// another reader could take for one counts: ID, Id, xml:id.
		if a.Space == "xmlns" || !strings.EqualFold(a.Key, "id") {
			continue
		}
		if own++; own > 1 || c.ids[a.Value] {
			c.problem = fmt.Sprintf("the identifier %q occurs twice, or its element has another", diag.Clip(a.Value, 60))
		}
		c.ids[a.Value] = true
	}
}

// checkSignatures: a signature stands in what it signs, and nowhere else.
func (m *message) checkSignatures() error {
	holders := map[*etree.Element]bool{}
	for _, signature := range m.signatures {
		holder := signature.Parent()
		switch {
		case holder != m.response && holder != m.assertion:
			return refuse(messageSignature, "there is a signature in %s, where none belongs", diag.Clip(holder.FullTag(), 60))
		case holders[holder]:
			return refuse(messageSignature, "the %s has two signatures", holder.Tag)
		}
		holders[holder] = true
	}
	if len(holders) == 0 {
		return refuse(messageSignature, "neither the response nor the assertion is signed")
	}
	return nil
}
