package saml

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall/rolecall/diag"
)

// entityDescriptor gives metadata with something in the IDPSSODescriptor.
func entityDescriptor(within string) string {
	return fmt.Sprintf(`<EntityDescriptor xmlns=%q xmlns:ds=%q entityID=%q>
<IDPSSODescriptor protocolSupportEnumeration=%q>
%s
</IDPSSODescriptor>
</EntityDescriptor>`, metadataNS, signatureNS, entity, protocolNS, within)
}

// certified gives a KeyDescriptor with the certificate of an identity
// provider.
func certified(p *IdentityProvider, use string) string {
	return keyDescriptor(use, keyInfo(p))
}

func keyDescriptor(use, info string) string {
	if use != "" {
		use = ` use="` + use + `"`
	}
	return "<KeyDescriptor" + use + ">" + info + "</KeyDescriptor>"
}

func bareKey(p *IdentityProvider) string {
	return rsaKeyValue(p.key.N.Bytes(), big.NewInt(int64(p.key.E)).Bytes())
}

func rsaKeyValue(modulus, exponent []byte) string {
	return fmt.Sprintf("<ds:KeyInfo><ds:KeyValue><ds:RSAKeyValue><ds:Modulus>%s</ds:Modulus><ds:Exponent>%s</ds:Exponent></ds:RSAKeyValue></ds:KeyValue></ds:KeyInfo>",
		base64.StdEncoding.EncodeToString(modulus), base64.StdEncoding.EncodeToString(exponent))
}

func x509Data(text string) string {
	return keyDescriptor("signing", "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>"+text+"</ds:X509Certificate></ds:X509Data></ds:KeyInfo>")
}

func TestKeysOfMetadata(t *testing.T) {
	t.Parallel()
	a, b, c := honest(), rotated(), imposter()
	lines := strings.ReplaceAll(base64.StdEncoding.EncodeToString(a.certificate), "A", "A\n\t ")
	tests := map[string]struct {
		text string
		want []*IdentityProvider
	}{
		"for signing":                 {entityDescriptor(certified(a, "signing")), []*IdentityProvider{a}},
		"for whatever":                {entityDescriptor(certified(a, "")), []*IdentityProvider{a}},
		"not those for encryption":    {entityDescriptor(certified(b, "encryption") + certified(a, "signing")), []*IdentityProvider{a}},
		"several, in order":           {entityDescriptor(certified(b, "signing") + certified(a, "") + certified(c, "signing")), []*IdentityProvider{b, a, c}},
		"one that stands there twice": {entityDescriptor(certified(a, "signing") + certified(a, "")), []*IdentityProvider{a}},
		"several of one descriptor":   {entityDescriptor(keyDescriptor("signing", keyInfo(a)+keyInfo(b))), []*IdentityProvider{a, b}},
		"without a certificate":       {entityDescriptor(keyDescriptor("signing", bareKey(b))), []*IdentityProvider{b}},
		"both ways":                   {entityDescriptor(keyDescriptor("signing", bareKey(a)+keyInfo(a))), []*IdentityProvider{a}},
		"broken into lines":           {entityDescriptor(x509Data(lines)), []*IdentityProvider{a}},
		"of several roles": {
			strings.Replace(entityDescriptor(certified(a, "signing")), "</EntityDescriptor>",
				"<SPSSODescriptor>"+certified(c, "signing")+"</SPSSODescriptor><IDPSSODescriptor>"+certified(b, "signing")+"</IDPSSODescriptor></EntityDescriptor>", 1),
			[]*IdentityProvider{a, b},
		},
		"with a head and a byte order mark": {"\ufeff<?xml version='1.0' encoding='UTF-8'?>\n<!-- exported -->\n" + a.Metadata(), []*IdentityProvider{a}},
		"made by the provider for tests":    {a.Metadata(b, c), []*IdentityProvider{a, b, c}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			metadata := parse(t, tt.text)
			if metadata.EntityID() != entity {
				t.Errorf("EntityID() = %q", metadata.EntityID())
			}
			keys := metadata.Keys()
			if len(keys) != len(tt.want) {
				t.Fatalf("%d keys, want %d", len(keys), len(tt.want))
			}
			for i, key := range keys {
				if !key.Equal(&tt.want[i].key.PublicKey) {
					t.Errorf("key %d is another", i)
				}
			}
		})
	}
}

func TestMetadataThatIsRefused(t *testing.T) {
	t.Parallel()
	root := func(text string) string { return text + "\n" }
	many := func() string {
		var b strings.Builder
		for i := range maxKeys + 2 {
			modulus := honest().key.N.Bytes()
			modulus[len(modulus)-1] = byte(2*i + 1)
			b.WriteString(keyDescriptor("", rsaKeyValue(modulus, []byte{1, 0, 1})))
		}
		return b.String()
	}
	const path, hint = " at EntityDescriptor/IDPSSODescriptor[0]/KeyDescriptor[0]", "; export the metadata anew"
	tests := map[string]struct{ text, want string }{
		"nothing":           {"", "idp.xml:1:1: SAML_METADATA_SYNTAX: the text holds no XML element; give the XML file that the identity provider offers as its SAML metadata"},
		"not XML":           {"{}", "idp.xml:1:1: SAML_METADATA_SYNTAX: there is text outside the root element; "},
		"a bad end":         {"<a>\n </b>", "idp.xml:2:2: SAML_METADATA_SYNTAX: </b> closes <a>; "},
		"a DTD":             {"<!DOCTYPE a [<!ENTITY x 'y'>]>" + honest().Metadata(), "idp.xml:1:1: SAML_METADATA_SYNTAX: document type declarations are refused"},
		"too long":          {strings.Repeat(" ", MaxMetadata+1), "SAML_METADATA_SYNTAX: the text is longer than 10000000 bytes"},
		"too many elements": {"<a>" + strings.Repeat("<b/>", 100_000) + "</a>", "SAML_METADATA_SYNTAX: there are more than 100000 elements"},
		"of a federation": {
			root(`<EntitiesDescriptor xmlns="` + metadataNS + `"/>`),
			"idp.xml:1:1: SAML_METADATA_ENTITY: the metadata is of several entities; cut out the EntityDescriptor of the one identity provider",
		},
		"something else": {"\n <html/>", "idp.xml:2:2: SAML_METADATA_ENTITY: the root element is html, not an EntityDescriptor of SAML 2.0 metadata; "},
		"no name": {
			strings.Replace(honest().Metadata(), "entityID", "entityId", 1),
			`idp.xml:1:1: SAML_METADATA_ENTITY: the entityID is missing at EntityDescriptor; add entityID="...", the Issuer of the identity provider's assertions`,
		},
		"of a service": {
			strings.ReplaceAll(honest().Metadata(), "IDPSSODescriptor", "SPSSODescriptor"),
			"SAML_METADATA_ENTITY: there is no IDPSSODescriptor at EntityDescriptor; give the metadata of the identity provider, not of a service provider",
		},
		"no key": {
			entityDescriptor(certified(honest(), "encryption")),
			`idp.xml:2:1: SAML_METADATA_NO_KEY: there is no RSA signing key at EntityDescriptor; add a KeyDescriptor with use="signing" and the certificate of the identity provider`,
		},
		"another use": {
			entityDescriptor(certified(honest(), "Signing")),
			`idp.xml:3:1: SAML_METADATA_KEY: use is "Signing"` + path + `; write use="signing" or use="encryption"`,
		},
		"a certificate in armour": {
			entityDescriptor(x509Data("-----BEGIN CERTIFICATE-----")),
			"idp.xml:3:55: SAML_METADATA_KEY: the certificate is not base64: illegal base64 data at input byte 0" + path +
				"/KeyInfo/X509Data/X509Certificate; export the metadata anew: the element holds a certificate as base64 of DER, without the BEGIN and END lines",
		},
		"a certificate with elements":   {entityDescriptor(x509Data("<b/>")), "SAML_METADATA_KEY: the certificate is not base64: there are elements within it"},
		"something else as certificate": {entityDescriptor(x509Data("AAAA")), "SAML_METADATA_KEY: the certificate cannot be read: malformed certificate"},
		"a key without Modulus": {
			entityDescriptor(keyDescriptor("", strings.Replace(bareKey(honest()), "ds:Modulus", "ds:X", 1))),
			"SYNTAX: </ds:Modulus> closes <ds:X>",
		},
		"a key without Exponent": {
			entityDescriptor(keyDescriptor("", strings.ReplaceAll(bareKey(honest()), "ds:Exponent", "ds:X"))),
			"SAML_METADATA_KEY: the key needs one Exponent" + path + "/KeyInfo/KeyValue/RSAKeyValue" + hint,
		},
		"a key not in base64": {
			entityDescriptor(keyDescriptor("", strings.Replace(bareKey(honest()), "<ds:Modulus>", "<ds:Modulus>!", 1))),
			"SAML_METADATA_KEY: Modulus is not base64: illegal base64 data at input byte 0" + path + "/KeyInfo/KeyValue/RSAKeyValue/Modulus" + hint,
		},
		"an exponent of 1": {
			entityDescriptor(keyDescriptor("", rsaKeyValue(honest().key.N.Bytes(), []byte{1}))),
			"SAML_METADATA_KEY: the Exponent is not between 3 and 2147483647",
		},
		"a long exponent": {
			entityDescriptor(keyDescriptor("", rsaKeyValue(honest().key.N.Bytes(), []byte{1, 0, 0, 0, 0, 0, 0, 0, 1}))),
			"SAML_METADATA_KEY: the Exponent is not between 3 and 2147483647",
		},
		"too many keys": {entityDescriptor(many()), "SAML_METADATA_KEY: there are more than 20 signing keys at EntityDescriptor/IDPSSODescriptor[0]/KeyDescriptor[20]/"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			metadata, problems := ParseMetadata(&diag.Source{Name: "idp.xml", Text: tt.text})
			if metadata != nil || !problems.HasErrors() || len(problems) != 1 {
				t.Fatalf("got %v, %v", metadata, problems)
			}
			if !strings.Contains(problems.Error(), tt.want) {
				t.Errorf("got  %s\nwant %s", problems, tt.want)
			}
		})
	}
}

func TestKeysThatAreNotUsedAreWarnings(t *testing.T) {
	t.Parallel()
	text := entityDescriptor(keyDescriptor("signing", ellipticKey(t)) + "\n" +
		keyDescriptor("", rsaKeyValue([]byte{0x80, 1}, []byte{3})) + "\n" +
		keyDescriptor("", rsaKeyValue(append([]byte{0x80}, make([]byte, 1024)...), []byte{3})) + "\n" +
		keyDescriptor("", "<ds:KeyInfo><ds:KeyName>k</ds:KeyName></ds:KeyInfo>") + "\n" +
		certified(honest(), "signing"))
	metadata, problems := ParseMetadata(&diag.Source{Text: text})
	if metadata == nil || len(metadata.Keys()) != 1 || problems.HasErrors() {
		t.Fatalf("got %v, %v", metadata, problems)
	}
	var got []string
	for _, p := range problems {
		got = append(got, fmt.Sprintf("%d: %s: %s", p.Position().Line, p.Code, p.Summary))
	}
	want := []string{
		"3: SAML_METADATA_KEY_UNUSED: the certificate holds a key for ECDSA; STS verifies RSA signatures",
		"4: SAML_METADATA_KEY_UNUSED: an RSA key of 16 bits is not used",
		"5: SAML_METADATA_KEY_UNUSED: an RSA key of 8200 bits is not used",
		"6: SAML_METADATA_KEY_UNUSED: the KeyDescriptor holds neither an X509Certificate nor an RSAKeyValue",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	metadata, problems = ParseMetadata(&diag.Source{Text: entityDescriptor(keyDescriptor("signing", ellipticKey(t)))})
	if metadata != nil || len(problems) != 2 || problems[1].Code != CodeNoKey {
		t.Errorf("got %v, %v", metadata, problems)
	}
}

func TestProblemsAreBounded(t *testing.T) {
	t.Parallel()
	metadata, problems := ParseMetadata(&diag.Source{Text: entityDescriptor(certified(honest(), "") + strings.Repeat("<KeyDescriptor/>", 1000))})
	if metadata != nil || len(problems) != 101 || problems[100].Error() != "3:2705: TOO_MANY_PROBLEMS: more than 100 problems; the rest is not listed; mend those that are listed first" {
		t.Errorf("got %v, %d problems, the last %v", metadata, len(problems), problems[len(problems)-1])
	}
}

// ellipticKey gives the KeyInfo of an EC key.
func ellipticKey(tb testing.TB) string {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: now, NotAfter: now}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		tb.Fatal(err)
	}
	return keyInfo(&IdentityProvider{certificate: der})
}

func TestKeysCannotBeChangedFromOutside(t *testing.T) {
	t.Parallel()
	metadata := parse(t, honest().Metadata())
	metadata.Keys()[0] = &imposter().key.PublicKey
	if !metadata.Keys()[0].Equal(&honest().key.PublicKey) {
		t.Error("the key was replaced")
	}
}
