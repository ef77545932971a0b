package saml

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/beevik/etree"

	"github.com/rolecall/rolecall/diag"
)

// Sizes of RSA keys in bits. Below the least, crypto/rsa verifies nothing;
// above the greatest, verifying takes too long.
const (
	leastKey    = 1024
	greatestKey = 8192
)

// keyDescriptor reads the keys of a KeyDescriptor: certificates, and RSA keys
// without one.
func (r *metadataReader) keyDescriptor(key *etree.Element, path string) {
	found := false
	for _, info := range children(key, signatureNS, "KeyInfo") {
		for _, data := range children(info, signatureNS, "X509Data") {
			for _, certificate := range children(data, signatureNS, "X509Certificate") {
				found = true
				r.certificate(certificate, path)
			}
		}
		for _, value := range children(info, signatureNS, "KeyValue") {
			for _, bare := range children(value, signatureNS, "RSAKeyValue") {
				found = true
				r.bareKey(bare, path)
			}
		}
	}
	if !found {
		r.report(diag.Warning, CodeKeyUnused, key, path, "the KeyDescriptor holds neither an X509Certificate nor an RSAKeyValue",
			"add the certificate as KeyInfo/X509Data/X509Certificate")
	}
}

const certificateHint = "export the metadata anew: the element holds a certificate as base64 of DER, without the BEGIN and END lines"

func (r *metadataReader) certificate(el *etree.Element, path string) {
	path += "/KeyInfo/X509Data/X509Certificate"
	der, err := binary(el)
	if err != nil {
		r.report(diag.Error, CodeKey, el, path, "the certificate is not base64: "+err.Error(), certificateHint)
		return
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		r.report(diag.Error, CodeKey, el, path, "the certificate cannot be read: "+strings.TrimPrefix(err.Error(), "x509: "), certificateHint)
		return
	}
	key, ok := certificate.PublicKey.(*rsa.PublicKey)
	if !ok {
		r.report(diag.Warning, CodeKeyUnused, el, path, fmt.Sprintf("the certificate holds a key for %s; STS verifies RSA signatures",
			certificate.PublicKeyAlgorithm), "let the identity provider sign with an RSA key")
		return
	}
	r.add(el, path, key)
}

func (r *metadataReader) bareKey(el *etree.Element, path string) {
	path += "/KeyInfo/KeyValue/RSAKeyValue"
	var numbers [2]*big.Int
	for i, name := range []string{"Modulus", "Exponent"} {
		parts := children(el, signatureNS, name)
		if len(parts) != 1 {
			r.report(diag.Error, CodeKey, el, path, "the key needs one "+name, "export the metadata anew")
			return
		}
		bytes, err := binary(parts[0])
		if err != nil {
			r.report(diag.Error, CodeKey, parts[0], path+"/"+name, name+" is not base64: "+err.Error(), "export the metadata anew")
			return
		}
		numbers[i] = new(big.Int).SetBytes(bytes)
	}
	const greatestExponent = 1<<31 - 1
	if !numbers[1].IsInt64() || numbers[1].Int64() < 3 || numbers[1].Int64() > greatestExponent {
		r.report(diag.Error, CodeKey, el, path, "the Exponent is not between 3 and 2147483647", "export the metadata anew")
		return
	}
	r.add(el, path, &rsa.PublicKey{N: numbers[0], E: int(numbers[1].Int64())})
}

// add takes a key, once if the metadata has it twice.
func (r *metadataReader) add(el *etree.Element, path string, key *rsa.PublicKey) {
	switch bits := key.N.BitLen(); {
	case bits < leastKey || bits > greatestKey:
		r.report(diag.Warning, CodeKeyUnused, el, path, fmt.Sprintf("an RSA key of %d bits is not used", bits),
			"let the identity provider sign with an RSA key of 2048 to 8192 bits")
	case slices.ContainsFunc(r.metadata.keys, func(k *rsa.PublicKey) bool { return k.Equal(key) }):
	case len(r.metadata.keys) == maxKeys:
		if !r.problems.HasErrors() {
			r.report(diag.Error, CodeKey, el, path, fmt.Sprintf("there are more than %d signing keys", maxKeys),
				"remove the keys that the identity provider does not sign with any more")
		}
	default:
		r.metadata.keys = append(r.metadata.keys, key)
	}
}

// binary reads base64 with white space anywhere, as XML has it.
func binary(el *etree.Element) ([]byte, error) {
	s, ok := text(el)
	if !ok {
		return nil, fmt.Errorf("there are elements within it")
	}
	return base64.StdEncoding.DecodeString(strings.Join(strings.Fields(s), ""))
}
