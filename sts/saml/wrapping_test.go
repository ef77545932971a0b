package saml

import (
	"testing"

	"github.com/beevik/etree"
)

// evil makes of an assertion what an attacker would like it to be, with
// another ID and without its signature.
func evil(tb testing.TB, assertion *etree.Element) *etree.Element {
	tb.Helper()
	forged := assertion.Copy()
	forged.CreateAttr("ID", "_evil")
	find(tb, forged, "NameID").SetText("admin@example.com")
	for _, signature := range children(forged, signatureNS, "Signature") {
		forged.RemoveChild(signature)
	}
	return forged
}

// unsign takes the signature out of an element.
func unsign(tb testing.TB, el *etree.Element) *etree.Element {
	tb.Helper()
	signature := children(el, signatureNS, "Signature")[0]
	el.RemoveChild(signature)
	return signature
}

// TestSignatureWrapping: the signed content is moved to where nobody reads it,
// and other content takes its place. The numbers are those by which the eight
// arrangements are commonly known.
func TestSignatureWrapping(t *testing.T) {
	t.Parallel()
	signedResponse := good()
	signedResponse.Signed = SignedResponse
	const twoAssertions = "there are 2 assertions where one is expected"
	tests := map[string]struct {
		signed Response
		edit   func(r *etree.Element)
		want   string
	}{
		"XSW1: the signed response within the signature of the forged one": {signedResponse, func(r *etree.Element) {
			original := r.Copy()
			signature := unsign(t, original)
			r.CreateAttr("ID", "_evilresponse")
			r.RemoveChild(children(r, signatureNS, "Signature")[0])
			forge(t, r)
			r.AddChild(signature)
			signature.AddChild(original)
		}, twoAssertions},
		"XSW2: the signed response before the signature of the forged one": {signedResponse, func(r *etree.Element) {
			original := r.Copy()
			signature := unsign(t, original)
			r.CreateAttr("ID", "_evilresponse")
			r.RemoveChild(children(r, signatureNS, "Signature")[0])
			forge(t, r)
			r.AddChild(original)
			r.AddChild(signature)
		}, twoAssertions},
		"XSW3: a forged assertion before the signed one": {good(), func(r *etree.Element) {
			r.InsertChildAt(0, evil(t, find(t, r, "Assertion")))
		}, twoAssertions},
		"XSW4: the signed assertion within the forged one": {good(), func(r *etree.Element) {
			original := find(t, r, "Assertion")
			forged := evil(t, original)
			forged.AddChild(original)
			r.AddChild(forged)
		}, twoAssertions},
		"XSW5: the signature in the forged assertion, the signed one last": {good(), func(r *etree.Element) {
			original := find(t, r, "Assertion")
			forged := evil(t, original)
			forged.AddChild(unsign(t, original))
			r.InsertChildAt(original.Index(), forged)
		}, twoAssertions},
		"XSW6: the signed assertion within the signature of the forged one": {good(), func(r *etree.Element) {
			original := find(t, r, "Assertion")
			forged := evil(t, original)
			signature := unsign(t, original)
			forged.AddChild(signature)
			signature.AddChild(original)
			r.AddChild(forged)
		}, twoAssertions},
		"XSW7: a forged assertion in Extensions": {good(), func(r *etree.Element) {
			extensions := etree.NewElement("samlp:Extensions")
			extensions.AddChild(evil(t, find(t, r, "Assertion")))
			r.InsertChildAt(0, extensions)
		}, twoAssertions},
		"XSW8: the signed assertion in an Object of the signature": {good(), func(r *etree.Element) {
			original := find(t, r, "Assertion")
			forged := evil(t, original)
			signature := unsign(t, original)
			forged.AddChild(signature)
			signature.CreateElement("ds:Object").AddChild(original)
			r.AddChild(forged)
		}, twoAssertions},
		"the only assertion is not the response's own": {good(), func(r *etree.Element) {
			extensions := r.CreateElement("samlp:Extensions")
			extensions.AddChild(find(t, r, "Assertion"))
		}, "the assertion is not a child of the response"},
		"a forged assertion with the ID of the signed one": {good(), func(r *etree.Element) {
			forged := evil(t, find(t, r, "Assertion"))
			forged.CreateAttr("ID", "_a1")
			r.InsertChildAt(0, forged)
		}, twoAssertions},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := trusted().Verify(tampering(t, tt.signed, tt.edit), "aws", now)
			signatureRefusal(tt.want).check(t, got, err)
		})
	}
}

// forge changes what a response says.
func forge(tb testing.TB, response *etree.Element) {
	tb.Helper()
	find(tb, response, "NameID").SetText("admin@example.com")
}

// logout is something else that the identity provider signs: it is no
// response, and no count of assertions finds it.
func logout(tb testing.TB, id string) *etree.Element {
	tb.Helper()
	el := etree.NewElement("samlp:LogoutResponse")
	el.CreateAttr("xmlns:samlp", protocolNS)
	el.CreateAttr("ID", id)
	el.CreateElement("samlp:Status")
	signed, err := honest().sign(el, good().withDefaults(entity).Hash)
	if err != nil {
		tb.Fatal(err)
	}
	return signed
}

// TestWrappingOfOtherSignedContent: what is wrapped is no assertion, so that
// the checks behind the count of assertions must hold.
func TestWrappingOfOtherSignedContent(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		edit func(r *etree.Element)
		want string
	}{
		"signed content beside an unsigned assertion": {func(r *etree.Element) {
			unsign(t, find(t, r, "Assertion"))
			forge(t, r)
			r.CreateElement("samlp:Extensions").AddChild(logout(t, "_l1"))
		}, "there is a signature in samlp:LogoutResponse, where none belongs"},
		"its signature in the assertion": {func(r *etree.Element) {
			assertion := find(t, r, "Assertion")
			unsign(t, assertion)
			forge(t, r)
			other := logout(t, "_l1")
			assertion.AddChild(unsign(t, other))
			r.CreateElement("samlp:Extensions").AddChild(other)
		}, `the Reference is to "#_l1", it must be to the ID of the element that holds the signature, "#_a1"`},
		"its signature in the assertion, of the same ID": {func(r *etree.Element) {
			assertion := find(t, r, "Assertion")
			unsign(t, assertion)
			forge(t, r)
			other := logout(t, "_a1")
			assertion.AddChild(unsign(t, other))
			r.CreateElement("samlp:Extensions").AddChild(other)
		}, `the identifier "_a1" occurs twice`},
		"its signature in the assertion, of the same xml:id": {func(r *etree.Element) {
			r.CreateElement("samlp:Extensions").CreateAttr("xml:id", "_a1")
		}, `the identifier "_a1" occurs twice`},
		"an assertion with two identifiers": {func(r *etree.Element) {
			find(t, r, "Assertion").CreateAttr("Id", "_l1")
		}, `the identifier "_l1" occurs twice, or its element has another`},
		"an assertion whose ID has a prefix": {func(r *etree.Element) {
			assertion := find(t, r, "Assertion")
			assertion.RemoveAttr("ID")
			assertion.CreateAttr("saml:ID", "_a1")
		}, `it must be to the ID of the element that holds the signature, "#"`},
		"the signature next to the assertion": {func(r *etree.Element) {
			r.AddChild(unsign(t, find(t, r, "Assertion")))
		}, `the Reference is to "#_a1", it must be to the ID of the element that holds the signature, "#r_a1"`},
		"a second signature that proves nothing": {func(r *etree.Element) {
			assertion := find(t, r, "Assertion")
			assertion.AddChild(children(assertion, signatureNS, "Signature")[0].Copy())
		}, "the Assertion has two signatures"},
		"one signature that verifies and one that does not": {func(r *etree.Element) {
			other := logout(t, "r_a1")
			r.AddChild(unsign(t, other))
		}, "signature of the Response: the content is not what was signed"},
		"no signature": {func(r *etree.Element) {
			unsign(t, find(t, r, "Assertion"))
		}, "neither the response nor the assertion is signed"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := trusted().Verify(tampering(t, good(), tt.edit), "aws", now)
			signatureRefusal(tt.want).check(t, got, err)
		})
	}
}

func TestEncryptedContentIsRefusedClearly(t *testing.T) {
	t.Parallel()
	const hint = " is not supported: let the identity provider sign, and not encrypt, what it sends to AWS"
	tests := map[string]struct {
		response string
		tag      string
	}{
		"an assertion": {tampering(t, good(), func(r *etree.Element) {
			assertion := find(t, r, "Assertion")
			r.RemoveChild(assertion)
			encrypted := r.CreateElement("saml:EncryptedAssertion")
			encrypted.CreateAttr("xmlns:saml", assertionNS)
		}), "EncryptedAssertion"},
		"a subject": {signing(t, good(), func(a *etree.Element) {
			find(t, a, "NameID").Tag = "EncryptedID"
		}), "EncryptedID"},
		"an attribute": {signing(t, good(), func(a *etree.Element) {
			find(t, a, "AttributeStatement").CreateElement("saml:EncryptedAttribute")
		}), "EncryptedAttribute"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := trusted().Verify(tt.response, "aws", now)
			refusal{InvalidIdentityToken, "Invalid SAML response: " + tt.tag + hint, ""}.check(t, got, err)
		})
	}
}
