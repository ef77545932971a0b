package saml

import (
	"crypto"
	"crypto/hmac"
	"crypto/rsa"
	_ "crypto/sha1" // for signatures that must be refused
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

// forgery is how a signature is made by hand. The fields left empty are as in
// a good one, so that each test has a signature that is right but for one
// thing.
type forgery struct {
	uri, c14n, method, transforms, digest string
	hash, digestHash                      crypto.Hash
	canonical                             dsig.Canonicalizer // of the content
	info                                  string             // added to SignedInfo
	reference                             string             // added to Reference
	extra                                 string             // added to Signature
	value                                 func(signedInfo []byte) []byte
	key                                   *rsa.PrivateKey
}

const (
	transform     = `<ds:Transform Algorithm="%s"></ds:Transform>`
	enveloped     = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
	exclusive     = "http://www.w3.org/2001/10/xml-exc-c14n#"
	exclusiveWith = exclusive + "WithComments"
	inclusive     = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
	inclusive11   = "http://www.w3.org/2006/12/xml-c14n11"
	xslt          = "http://www.w3.org/TR/1999/REC-xslt-19991116"
	xpath         = "http://www.w3.org/TR/1999/REC-xpath-19991116"
	rsaSHA1       = "http://www.w3.org/2000/09/xmldsig#rsa-sha1"
	sha1Digest    = "http://www.w3.org/2000/09/xmldsig#sha1"
	hmacSHA256    = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"
)

// transforms puts transforms into XML.
func transforms(names ...string) string {
	var b strings.Builder
	for _, name := range names {
		fmt.Fprintf(&b, transform, name)
	}
	return b.String()
}

func (f forgery) withDefaults(id string) forgery {
	fill := func(s *string, value string) {
		if *s == "" {
			*s = value
		}
	}
	fill(&f.uri, `URI="#`+id+`"`)
	fill(&f.c14n, exclusive)
	fill(&f.method, signatureMethods[0])
	fill(&f.digest, digestMethods[0])
	fill(&f.transforms, transforms(enveloped, exclusive))
	if f.hash == 0 {
		f.hash = crypto.SHA256
	}
	if f.digestHash == 0 {
		f.digestHash = crypto.SHA256
	}
	if f.canonical == nil {
		f.canonical = dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("")
	}
	if f.key == nil {
		f.key = honest().key
	}
	return f
}

// sign adds a signature to an element.
func (f forgery) sign(tb testing.TB, holder *etree.Element) {
	tb.Helper()
	id, _ := attr(holder, "ID")
	f = f.withDefaults(id)
	content, err := f.canonical.Canonicalize(holder.Copy())
	if err != nil {
		tb.Fatal(err)
	}
	signature := fragment(tb, fmt.Sprintf(`<ds:Signature xmlns:ds="%s"><ds:SignedInfo>`+
		`<ds:CanonicalizationMethod Algorithm="%s"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="%s"></ds:SignatureMethod>`+
		`<ds:Reference %s><ds:Transforms>%s</ds:Transforms><ds:DigestMethod Algorithm="%s"></ds:DigestMethod>`+
		`<ds:DigestValue>%s</ds:DigestValue>%s</ds:Reference>%s</ds:SignedInfo><ds:SignatureValue/>%s</ds:Signature>`,
		signatureNS, f.c14n, f.method, f.uri, f.transforms, f.digest, base64.StdEncoding.EncodeToString(sum(f.digestHash, content)),
		f.reference, f.info, f.extra))
	holder.AddChild(signature)
	info := children(signature, signatureNS, "SignedInfo")[0].Copy()
	declareScope(info, children(signature, signatureNS, "SignedInfo")[0])
	signed, err := dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("").Canonicalize(info)
	if err != nil {
		tb.Fatal(err)
	}
	value, err := rsa.SignPKCS1v15(nil, f.key, f.hash, sum(f.hash, signed))
	if err != nil {
		tb.Fatal(err)
	}
	if f.value != nil {
		value = f.value(signed)
	}
	children(signature, signatureNS, "SignatureValue")[0].SetText(base64.StdEncoding.EncodeToString(value))
}

func sum(hash crypto.Hash, data []byte) []byte {
	h := hash.New()
	h.Write(data)
	return h.Sum(nil)
}

func fragment(tb testing.TB, text string) *etree.Element {
	tb.Helper()
	doc := etree.NewDocument()
	if err := doc.ReadFromString(text); err != nil {
		tb.Fatal(err)
	}
	return doc.Root()
}

// forged gives a good response with an assertion signed by hand, after an
// edit.
func forged(tb testing.TB, f forgery, edit func(assertion *etree.Element)) string {
	tb.Helper()
	r := good().withDefaults(entity)
	assertion := r.assertion()
	edit(assertion)
	f.sign(tb, assertion)
	response, err := encode(r.envelope(assertion))
	if err != nil {
		tb.Fatal(err)
	}
	return response
}

func unedited(*etree.Element) {}

func TestSignaturesByHandAreTaken(t *testing.T) {
	t.Parallel()
	withComments := dsig.MakeC14N10ExclusiveWithCommentsCanonicalizerWithPrefixList("")
	withPrefix := dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("xs")
	tests := map[string]string{
		"as an identity provider makes it":      forged(t, forgery{}, unedited),
		"canonicalization that keeps comments":  forged(t, forgery{canonical: withComments, transforms: transforms(enveloped, exclusiveWith)}, unedited),
		"SignedInfo with comments kept":         forged(t, forgery{c14n: exclusiveWith}, unedited),
		"a digest of another size than the key": forged(t, forgery{digest: digestMethods[2], digestHash: crypto.SHA512}, unedited),
		"a prefix that is only used in a value": forged(t, forgery{canonical: withPrefix, transforms: transforms(enveloped) +
			`<ds:Transform Algorithm="` + exclusive + `"><ec:InclusiveNamespaces xmlns:ec="` + exclusive + `" PrefixList="xs"></ec:InclusiveNamespaces></ds:Transform>`},
			func(a *etree.Element) { a.CreateAttr("xmlns:xs", "http://www.w3.org/2001/XMLSchema") }),
	}
	for name, response := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := trusted().Verify(response, "aws", now); err != nil {
				t.Error(err)
			}
		})
	}
}

// nobody refuses a signature that no key of the metadata made.
const nobody = "no signing key of the metadata of " + entity + " made it"

func oddly(tag string) string {
	return "the " + tag + " of the signature holds other elements than it should"
}

func unaccepted(tag, algorithm string) string {
	return "the " + tag + " \"" + algorithm + "\" is not accepted"
}

// TestSignaturesThatAreRefused: but for the imposters', every one is made with
// the right key, so that only the check in question refuses it.
func TestSignaturesThatAreRefused(t *testing.T) {
	t.Parallel()
	const notTheTransforms = "the transforms must be enveloped-signature and exclusive canonicalization, and no others"
	inclusiveForm := dsig.MakeC14N10RecCanonicalizer()
	public := honest().key.N.Bytes()
	tests := map[string]struct {
		forgery forgery
		want    string
	}{
		"SHA-1":                               {forgery{method: rsaSHA1, hash: crypto.SHA1}, unaccepted("SignatureMethod", rsaSHA1)},
		"a digest with SHA-1":                 {forgery{digest: sha1Digest, digestHash: crypto.SHA1}, unaccepted("DigestMethod", sha1Digest)},
		"no algorithm":                        {forgery{method: "none"}, unaccepted("SignatureMethod", "none")},
		"an empty reference":                  {forgery{uri: `URI=""`}, `the Reference is to "", it must be to the ID`},
		"no reference":                        {forgery{uri: `Type="x"`}, `the Reference is to "", it must be to the ID`},
		"a reference without #":               {forgery{uri: `URI="x_a1"`}, `the Reference is to "x_a1", it must be to the ID`},
		"a reference to another ID":           {forgery{uri: `URI="#r_a1"`}, `the Reference is to "#r_a1", it must be to the ID`},
		"a reference by XPointer":             {forgery{uri: `URI="#xpointer(/)"`}, `the Reference is to "#xpointer(/)", it must be to the ID`},
		"inclusive canonicalization":          {forgery{canonical: inclusiveForm, transforms: transforms(enveloped, inclusive)}, unaccepted("Transform", inclusive)},
		"SignedInfo inclusive":                {forgery{c14n: inclusive11}, unaccepted("CanonicalizationMethod", inclusive11)},
		"no canonicalization":                 {forgery{canonical: dsig.MakeNullCanonicalizer(), transforms: transforms(enveloped)}, notTheTransforms},
		"no transforms":                       {forgery{transforms: " "}, notTheTransforms},
		"a transform more":                    {forgery{transforms: transforms(enveloped, exclusive, exclusive)}, notTheTransforms},
		"a stylesheet":                        {forgery{transforms: transforms(enveloped, xslt)}, unaccepted("Transform", xslt)},
		"an XPath instead of enveloped":       {forgery{transforms: transforms(xpath, exclusive)}, unaccepted("Transform", xpath)},
		"the transforms exchanged":            {forgery{transforms: transforms(exclusive, enveloped)}, unaccepted("Transform", exclusive)},
		"two references":                      {forgery{info: `<ds:Reference URI="#_a1"></ds:Reference>`}, oddly("SignedInfo")},
		"something in the reference":          {forgery{reference: "<ds:DigestValue></ds:DigestValue>"}, oddly("Reference")},
		"an object":                           {forgery{extra: "<ds:Object></ds:Object>"}, oddly("Signature")},
		"a second SignedInfo":                 {forgery{extra: "<ds:SignedInfo></ds:SignedInfo>"}, oddly("Signature")},
		"another digest":                      {forgery{digestHash: crypto.SHA384}, "the content is not what was signed"},
		"an imposter":                         {forgery{key: imposter().key}, nobody},
		"an imposter, borrowed certificate":   {forgery{key: imposter().key, extra: keyInfo(honest())}, nobody},
		"an imposter, certificate of his own": {forgery{key: imposter().key, extra: keyInfo(imposter())}, nobody},
		"HMAC with the public key as the secret": {forgery{method: hmacSHA256, value: func(signed []byte) []byte {
			mac := hmac.New(sha256.New, public)
			mac.Write(signed)
			return mac.Sum(nil)
		}}, unaccepted("SignatureMethod", hmacSHA256)},
		"parameters of a transform": {
			forgery{transforms: `<ds:Transform Algorithm="` + enveloped + `"><ds:XPath>1</ds:XPath></ds:Transform>` + transforms(exclusive)},
			oddly("Transform"),
		},
		"parameters of the canonicalization": {
			forgery{transforms: transforms(enveloped) + `<ds:Transform Algorithm="` + exclusive + `"><ds:XPath>1</ds:XPath></ds:Transform>`},
			oddly("Transform"),
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := trusted().Verify(forged(t, tt.forgery, unedited), "aws", now)
			signatureRefusal(tt.want).check(t, got, err)
		})
	}
}

func keyInfo(p *IdentityProvider) string {
	return "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>" + base64.StdEncoding.EncodeToString(p.certificate) + "</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
}

func TestParametersOfAlgorithmsAreRefused(t *testing.T) {
	t.Parallel()
	for _, tag := range []string{"CanonicalizationMethod", "SignatureMethod", "DigestMethod", "DigestValue"} {
		response := tampering(t, good(), func(r *etree.Element) {
			find(t, r, tag).CreateElement("ds:HMACOutputLength").SetText("1")
		})
		got, err := trusted().Verify(response, "aws", now)
		signatureRefusal(oddly(tag)).check(t, got, err)
	}
}

func TestTheMessagesOwnCertificateIsNotLookedAt(t *testing.T) {
	t.Parallel()
	// The right key with somebody else's certificate, or none that can be
	// read, is still the right key.
	for name, info := range map[string]string{
		"somebody else's": keyInfo(imposter()),
		"no certificate":  "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>!</ds:X509Certificate></ds:X509Data></ds:KeyInfo>",
		"a name":          "<ds:KeyInfo><ds:KeyName>k1</ds:KeyName></ds:KeyInfo>",
	} {
		if _, err := trusted().Verify(forged(t, forgery{extra: info}, unedited), "aws", now); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestKeyRotation(t *testing.T) {
	t.Parallel()
	before, during, after := trusted(), parse(t, honest().Metadata(rotated())), parse(t, rotated().Metadata())
	old, renewed := respond(t, honest(), good()), respond(t, rotated(), good())
	for name, tt := range map[string]struct {
		metadata *Metadata
		response string
		ok       bool
	}{
		"the old key before":  {before, old, true},
		"the new key before":  {before, renewed, false},
		"the old key between": {during, old, true},
		"the new key between": {during, renewed, true},
		"the old key after":   {after, old, false},
		"the new key after":   {after, renewed, true},
	} {
		if _, err := tt.metadata.Verify(tt.response, "aws", now); (err == nil) != tt.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestChangedContentIsRefused(t *testing.T) {
	t.Parallel()
	signedResponse := good()
	signedResponse.Signed = SignedResponse
	changed := "the content is not what was signed"
	tests := map[string]struct {
		response string
		want     string
	}{
		"the subject":              {tampering(t, good(), func(r *etree.Element) { forge(t, r) }), changed},
		"an attribute":             {tampering(t, good(), func(r *etree.Element) { find(t, r, "AttributeValue").SetText(role + "x," + provider) }), changed},
		"the name of an attribute": {tampering(t, good(), func(r *etree.Element) { find(t, r, "Attribute").CreateAttr("Name", "x") }), changed},
		"an attribute added":       {tampering(t, good(), func(r *etree.Element) { find(t, r, "AttributeStatement").CreateElement("saml:Attribute") }), changed},
		"the namespace of the assertion's children": {tampering(t, good(), func(r *etree.Element) {
			find(t, r, "Conditions").CreateAttr("xmlns:saml", "urn:example:ignored")
		}), changed},
		"the status of a signed response":    {tampering(t, signedResponse, func(r *etree.Element) { find(t, r, "Status").CreateElement("samlp:StatusDetail") }), changed},
		"the assertion of a signed response": {tampering(t, signedResponse, func(r *etree.Element) { forge(t, r) }), changed},
		"the digest": {
			tampering(t, good(), func(r *etree.Element) {
				find(t, r, "DigestValue").SetText(base64.StdEncoding.EncodeToString(make([]byte, 32)))
			}),
			nobody,
		},
		"the signature": {
			tampering(t, good(), func(r *etree.Element) { find(t, r, "SignatureValue").SetText("AAAA") }),
			nobody,
		},
		"elements in the signature value": {
			tampering(t, good(), func(r *etree.Element) { find(t, r, "SignatureValue").CreateElement("x") }),
			nobody,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := trusted().Verify(tt.response, "aws", now)
			signatureRefusal(tt.want).check(t, got, err)
		})
	}
}

// TestOnlySignedBytesAreRead: a comment that the signature does not cover is
// in what was sent, and not in what is read.
func TestOnlySignedBytesAreRead(t *testing.T) {
	t.Parallel()
	for _, signed := range []Part{SignedAssertion, SignedResponse, SignedAssertion | SignedResponse} {
		r := good()
		r.Signed = signed
		msg, err := decode(tampering(t, r, func(r *etree.Element) {
			r.CreateComment("x")
			find(t, r, "Assertion").CreateComment("x")
		}))
		if err != nil {
			t.Fatal(err)
		}
		response, assertion, err := trusted().verified(msg)
		if err != nil {
			t.Fatal(err)
		}
		if commented(assertion) {
			t.Errorf("signed %d: the assertion is read as it was sent", signed)
		}
		if commented(response) != (signed == SignedAssertion) {
			t.Errorf("signed %d: the response is read as it was sent, or was not signed", signed)
		}
	}
}

func commented(el *etree.Element) bool {
	return slices.ContainsFunc(el.Child, func(token etree.Token) bool {
		_, ok := token.(*etree.Comment)
		return ok
	})
}
