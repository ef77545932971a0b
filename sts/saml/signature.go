package saml

import (
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"

	"github.com/rolecall/rolecall/diag"
)

// Algorithms that a signature may use (STS-169). The library would take more:
// SHA-1, inclusive canonicalization, none at all.
var (
	signatureMethods = []string{dsig.RSASHA256SignatureMethod, dsig.RSASHA384SignatureMethod, dsig.RSASHA512SignatureMethod}
	digestMethods    = []string{
		"http://www.w3.org/2001/04/xmlenc#sha256",
		"http://www.w3.org/2001/04/xmldsig-more#sha384",
		"http://www.w3.org/2001/04/xmlenc#sha512",
	}
	canonicalizations = []string{
		dsig.CanonicalXML10ExclusiveAlgorithmId.String(),
		dsig.CanonicalXML10ExclusiveWithCommentsAlgorithmId.String(),
	}
	envelopedTransform = []string{dsig.EnvelopedSignatureAltorithmId.String()}
)

// exclusiveNS is the namespace of InclusiveNamespaces.
const exclusiveNS = "http://www.w3.org/2001/10/xml-exc-c14n#"

// verified gives the assertion as its signature, or that of the response,
// covers it, and the response likewise, or as it came if only the assertion is
// signed. Both are new trees, made of the signed bytes.
func (m *Metadata) verified(msg *message) (response, assertion *etree.Element, err error) {
	response = msg.response
	for _, signature := range msg.signatures {
		covered, err := m.covered(signature)
		if err != nil {
			return nil, nil, err
		}
		if signature.Parent() == msg.assertion {
			assertion = covered
		} else {
			response = covered
		}
	}
	if assertion == nil {
		found := children(response, assertionNS, "Assertion")
		if len(found) != 1 {
			return nil, nil, refuse(messageSignature, "the signed response holds %d assertions", len(found))
		}
		assertion = found[0]
	}
	return response, assertion, nil
}

// covered verifies a signature and gives what it covers.
func (m *Metadata) covered(signature *etree.Element) (*etree.Element, error) {
	holder := signature.Parent()
	id, _ := attr(holder, "ID")
	if err := checkSignature(signature, id); err != nil {
		return nil, err
	}
	detail := "no signing key of the metadata of " + diag.Clip(m.entityID, 100) +
		" made it; give the present metadata if the identity provider has changed its key"
	for _, key := range m.keys {
		covered, err := validate(holder, signature.Index(), key)
		if errors.Is(err, rsa.ErrVerification) {
			continue
		}
		if err != nil {
			detail = "the content is not what was signed: " + err.Error()
			continue
		}
		if got, _ := attr(covered, "ID"); got != id || !is(covered, holder.NamespaceURI(), holder.Tag) {
			return nil, refuse(messageSignature, "the signature covers another element than the one that holds it")
		}
		return covered, nil
	}
	return nil, refuse(messageSignature, "signature of the %s: %s", holder.Tag, detail)
}

// validate verifies the signature at an index of an element with one key.
//
// The library gets a copy in which the signature comes first and has no
// KeyInfo. So it finds this signature and no other, and no certificate but the
// one made here of a key of the metadata. Neither change touches what is
// signed: the signature leaves the element before that is digested, and
// KeyInfo is outside SignedInfo. The certificate of an hour is valid at that
// hour, since the dates of real ones are not enforced.
func validate(holder *etree.Element, index int, key *rsa.PublicKey) (*etree.Element, error) {
	detached := holder.Copy()
	declareScope(detached, holder)
	signature := detached.Child[index].(*etree.Element) // a copy has the same children
	detached.InsertChildAt(0, signature)
	for _, info := range children(signature, signatureNS, "KeyInfo") {
		signature.RemoveChild(info)
	}
	for _, value := range children(signature, signatureNS, "SignatureValue") {
		s, _ := text(value)
		value.Child = nil
		value.SetText(strings.Join(strings.Fields(s), ""))
	}
	hour := time.Unix(0, 0)
	certificate := &x509.Certificate{PublicKey: key, NotBefore: hour, NotAfter: hour}
	context := dsig.NewDefaultValidationContext(&dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{certificate}})
	context.Clock = dsig.NewFakeClockAt(hour)
	return context.Validate(detached)
}

// declareScope declares on a copy what the ancestors of the original declare.
func declareScope(copied, original *etree.Element) {
	declared := map[string]bool{}
	for el := original; el != nil; el = el.Parent() {
		for _, a := range el.Attr {
			if a.Space != "xmlns" && (a.Space != "" || a.Key != "xmlns") || declared[a.FullKey()] {
				continue
			}
			declared[a.FullKey()] = true
			if el != original {
				copied.Attr = append(copied.Attr, etree.Attr{Space: a.Space, Key: a.Key, Value: a.Value})
			}
		}
	}
}

// checkSignature checks that a signature says what it should before anything
// is computed: one reference, to the element with this ID, by allowed
// algorithms, and nothing besides. What is checked here is signed: the library
// verifies the same SignedInfo.
func checkSignature(signature *etree.Element, id string) error {
	info, ok := parts(signature, "SignedInfo", "SignatureValue")
	if !ok {
		if info, ok = parts(signature, "SignedInfo", "SignatureValue", "KeyInfo"); !ok {
			return odd("Signature")
		}
	}
	fields, ok := parts(info[0], "CanonicalizationMethod", "SignatureMethod", "Reference")
	if !ok {
		return odd("SignedInfo")
	}
	if err := algorithm(fields[0], canonicalizations); err != nil {
		return err
	}
	if err := algorithm(fields[1], signatureMethods); err != nil {
		return err
	}
	if err := bare(fields[0], fields[1]); err != nil {
		return err
	}
	return checkReference(fields[2], id)
}

func checkReference(reference *etree.Element, id string) error {
	uri, given := attr(reference, "URI")
	if !given || id == "" || uri != "#"+id {
		return refuse(messageSignature, "the Reference is to %q, it must be to the ID of the element that holds the signature, %q",
			diag.Clip(uri, 60), "#"+diag.Clip(id, 60))
	}
	fields, ok := parts(reference, "Transforms", "DigestMethod", "DigestValue")
	if !ok {
		return odd("Reference")
	}
	transforms, ok := parts(fields[0], "Transform", "Transform")
	if !ok {
		return refuse(messageSignature, "the transforms must be enveloped-signature and exclusive canonicalization, and no others")
	}
	if err := algorithm(transforms[0], envelopedTransform); err != nil {
		return err
	}
	if err := algorithm(transforms[1], canonicalizations); err != nil {
		return err
	}
	if err := algorithm(fields[1], digestMethods); err != nil {
		return err
	}
	within := transforms[1].ChildElements()
	if len(within) > 1 || len(within) == 1 && !is(within[0], exclusiveNS, "InclusiveNamespaces") {
		return odd("Transform")
	}
	return bare(transforms[0], fields[1], fields[2])
}

// odd refuses an element of a signature that is not made as it should be.
func odd(tag string) error {
	return refuse(messageSignature, "the %s of the signature holds other elements than it should", tag)
}

// parts gives the elements within one, if they are those of XML Signature with
// these names, in this order.
func parts(el *etree.Element, names ...string) ([]*etree.Element, bool) {
	return el.ChildElements(), slices.EqualFunc(el.ChildElements(), names, func(child *etree.Element, name string) bool {
		return is(child, signatureNS, name)
	})
}

// algorithm checks that an element names one of some algorithms.
func algorithm(el *etree.Element, allowed []string) error {
	name, _ := attr(el, "Algorithm")
	if !slices.Contains(allowed, name) {
		return refuse(messageSignature, "the %s %q is not accepted; let the identity provider use %s",
			el.Tag, diag.Clip(name, 100), allowed[0])
	}
	return nil
}

// bare checks that nothing stands within elements: an algorithm could have
// parameters there that would not be honoured.
func bare(elements ...*etree.Element) error {
	for _, el := range elements {
		if len(el.ChildElements()) > 0 {
			return odd(el.Tag)
		}
	}
	return nil
}
