package saml

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

// IdentityProvider is a fake identity provider for tests: it makes metadata,
// and responses that verify against it. What it makes depends on nothing but
// its fields and arguments.
type IdentityProvider struct {
	entityID    string
	key         *rsa.PrivateKey
	certificate []byte // DER
}

// Part says which parts of a response are signed. 0 stands for
// SignedAssertion.
type Part uint8

// The parts; both may be set.
const (
	SignedAssertion Part = 1 << iota
	SignedResponse
)

// Attribute is an attribute of a response.
type Attribute struct {
	Name   string
	Values []string
}

// AWSAttribute gives an attribute that AWS reads, by its name behind
// [AttributePrefix]: "Role", "RoleSessionName", "PrincipalTag:team".
func AWSAttribute(name string, values ...string) Attribute {
	return Attribute{AttributePrefix + name, values}
}

// Response is what an identity provider says about a user. Only IssueInstant
// must be given; but without Name and RoleSessionName STS refuses it.
type Response struct {
	// ID is that of the assertion; empty: a hash of all that it says. The
	// response's own has another character before it.
	ID string
	// Issuer is the entityID if it is empty.
	Issuer string
	// Subject.Format is "persistent" if it is empty.
	Subject Subject
	// Recipient and Audience are those of partition aws if they are empty; see
	// [SignIn].
	Recipient, Audience string
	IssueInstant        time.Time
	// NotOnOrAfter is 5 minutes after IssueInstant if it is zero.
	NotOnOrAfter time.Time
	// SessionNotOnOrAfter is left out if it is zero.
	SessionNotOnOrAfter time.Time
	Attributes          []Attribute
	// Signed is what is signed.
	Signed Part
	// Hash is the algorithm of digest and signature, SHA-256 if it is 0.
	Hash crypto.Hash
}

// Metadata gives the metadata of the identity provider. The keys of others,
// which it has signed with or will, can be added.
func (p *IdentityProvider) Metadata(others ...*IdentityProvider) string {
	doc := etree.NewDocument()
	root := doc.CreateElement("EntityDescriptor")
	root.CreateAttr("xmlns", metadataNS)
	root.CreateAttr("entityID", p.entityID)
	descriptor := root.CreateElement("IDPSSODescriptor")
	descriptor.CreateAttr("protocolSupportEnumeration", protocolNS)
	for _, signer := range append([]*IdentityProvider{p}, others...) {
		key := descriptor.CreateElement("KeyDescriptor")
		key.CreateAttr("use", "signing")
		info := key.CreateElement("ds:KeyInfo")
		info.CreateAttr("xmlns:ds", signatureNS)
		certificate := info.CreateElement("ds:X509Data").CreateElement("ds:X509Certificate")
		certificate.SetText(base64.StdEncoding.EncodeToString(signer.certificate))
	}
	service := descriptor.CreateElement("SingleSignOnService")
	service.CreateAttr("Binding", "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST")
	service.CreateAttr("Location", p.entityID)
	doc.Indent(2)
	text, _ := doc.WriteToString() // writing to memory does not fail
	return text
}

// Respond gives a signed response in base64.
func (p *IdentityProvider) Respond(r Response) (string, error) {
	if r.IssueInstant.IsZero() {
		return "", errors.New("saml: the response needs an IssueInstant")
	}
	if r.Signed == 0 {
		r.Signed = SignedAssertion
	}
	r = r.withDefaults(p.entityID)
	assertion := r.assertion()
	if r.ID == "" {
		r.ID = hashID(assertion)
		assertion.CreateAttr("ID", r.ID)
	}
	var err error
	if r.Signed&SignedAssertion != 0 {
		if assertion, err = p.sign(assertion, r.Hash); err != nil {
			return "", err
		}
	}
	response := r.envelope(assertion)
	if r.Signed&SignedResponse != 0 {
		if response, err = p.sign(response, r.Hash); err != nil {
			return "", err
		}
	}
	return encode(response)
}

// sign gives a signed copy of an element, with the signature behind the Issuer
// as the schema has it.
func (p *IdentityProvider) sign(el *etree.Element, hash crypto.Hash) (*etree.Element, error) {
	context, err := dsig.NewSigningContext(p.key, [][]byte{p.certificate})
	if err != nil {
		return nil, fmt.Errorf("saml: %w", err)
	}
	context.Hash = hash
	context.Canonicalizer = dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("")
	signature, err := context.ConstructSignature(el, true)
	if err != nil {
		return nil, fmt.Errorf("saml: %w", err)
	}
	signed := el.Copy()
	signed.InsertChildAt(1, signature)
	return signed, nil
}

func hashID(el *etree.Element) string {
	doc := etree.NewDocumentWithRoot(el.Copy())
	bytes, _ := doc.WriteToBytes() // writing to memory does not fail
	sum := sha256.Sum256(bytes)
	return "_" + hex.EncodeToString(sum[:16])
}

// encode writes an element in base64. Carriage returns and, in attributes,
// line feeds are written as references, or a reader would take them for
// something else than what was signed.
func encode(el *etree.Element) (string, error) {
	doc := etree.NewDocumentWithRoot(el)
	doc.WriteSettings = etree.WriteSettings{CanonicalText: true, CanonicalAttrVal: true}
	bytes, err := doc.WriteToBytes()
	if err != nil {
		return "", fmt.Errorf("saml: %w", err)
	}
	return base64.StdEncoding.EncodeToString(bytes), nil
}
