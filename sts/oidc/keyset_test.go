package oidc

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// rsaJWK is a JWK with a modulus of all ones, of which only the size matters.
func rsaJWK(bits int, exponent []byte, members fields) fields {
	n := new(big.Int).Lsh(big.NewInt(1), uint(bits))
	jwk := fields{"kty": "RSA", "n": b64.EncodeToString(n.Sub(n, big.NewInt(1)).Bytes()), "e": b64.EncodeToString(exponent)}
	for name, value := range members {
		jwk[name] = value
	}
	return jwk
}

var f4 = []byte{1, 0, 1}

// ecJWK is the JWK of a key with some members changed.
func ecJWK(t testing.TB, changes fields) fields {
	t.Helper()
	var jwk fields
	if err := json.Unmarshal(publicJWK(t, keys().es256), &jwk); err != nil {
		t.Fatal(err)
	}
	for name, value := range changes {
		if jwk[name] = value; value == nil {
			delete(jwk, name)
		}
	}
	return jwk
}

func jwks(t testing.TB, keys ...any) []byte {
	t.Helper()
	return []byte(text(t, fields{"keys": append([]any{}, keys...)}))
}

func TestParseKeySetRefuses(t *testing.T) {
	t.Parallel()
	many := make([]any, MaxKeys+1)
	for i := range many {
		many[i] = rsaJWK(2048, f4, fields{"kid": fmt.Sprint(i)})
	}
	tests := map[string]struct {
		text []byte
		want string
	}{
		"nothing":                   {nil, "not valid JSON"},
		"a list":                    {[]byte("[]"), "not a JSON object"},
		"null":                      {[]byte("null"), "not a JSON object"},
		"one key":                   {[]byte(text(t, ecJWK(t, nil))), `it needs a member "keys" that is a list`},
		"keys that are null":        {[]byte(`{"keys":null}`), `it needs a member "keys" that is a list`},
		"keys in an object":         {[]byte(`{"keys":{}}`), `it needs a member "keys" that is a list`},
		"keys twice":                {[]byte(`{"keys":[],"keys":[]}`), `the name "keys" occurs twice in an object`},
		"a member of a key twice":   {[]byte(`{"keys":[{"kty":"RSA","kty":"oct"}]}`), `the name "kty" occurs twice in an object`},
		"broken UTF-8":              {[]byte("{\"keys\":[],\"x\":\"\xff\"}"), "not valid UTF-8"},
		"nesting":                   {[]byte(`{"keys":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + "}"), "nested more than 20 deep"},
		"too long":                  {[]byte(`{"keys":[]` + strings.Repeat(" ", MaxKeySet) + "}"), "it has 262155 bytes, more than 262144"},
		"too many keys":             {jwks(t, many...), "it has 201 keys, more than 200"},
		"a key that is text":        {jwks(t, "RSA"), `key 1, kid "": it is not an object`},
		"a key that is null":        {jwks(t, nil), `key 1, kid "": it is not an object`},
		"a kid that is a number":    {jwks(t, ecJWK(t, fields{"kid": 1})), "kid must be a string"},
		"an alg that is null":       {jwks(t, ecJWK(t, fields{"alg": json.RawMessage("null")})), "alg must be a string"},
		"no kty":                    {jwks(t, ecJWK(t, fields{"kty": nil, "kid": "k"})), `key 1, kid "k": it has no kty`},
		"a symmetric key":           {jwks(t, fields{"kty": "oct", "k": "c2VjcmV0", "kid": "k"}), `kid "k": it is a symmetric key`},
		"RSA of 1024 bits":          {jwks(t, rsaJWK(1024, f4, fields{"kid": "k"})), `key 1, kid "k": an RSA key has 2048 to 4096 bits, not 1024`},
		"RSA of 2047 bits":          {jwks(t, rsaJWK(2047, f4, nil)), "not 2047"},
		"RSA of 4097 bits":          {jwks(t, rsaJWK(4097, f4, nil)), "modulus too large"},
		"an exponent of 1":          {jwks(t, rsaJWK(2048, []byte{1}, nil)), "bad e value"},
		"an exponent of 2":          {jwks(t, rsaJWK(2048, []byte{2}, nil)), "2 is not an RSA exponent to use"},
		"an even exponent":          {jwks(t, rsaJWK(2048, []byte{1, 0, 0}, nil)), "65536 is not an RSA exponent to use"},
		"an exponent of 33 bits":    {jwks(t, rsaJWK(2048, []byte{1, 0, 0, 0, 1}, nil)), "4294967297 is not an RSA exponent to use"},
		"an exponent of 100 bits":   {jwks(t, rsaJWK(2048, bytes.Repeat([]byte{1}, 13), nil)), "bad e value"},
		"no modulus":                {jwks(t, fields{"kty": "RSA", "e": "AQAB"}), "missing n/e values"},
		"a modulus that is a list":  {jwks(t, fields{"kty": "RSA", "e": "AQAB", "n": []string{}}), "cannot unmarshal"},
		"the curve of Bitcoin":      {jwks(t, ecJWK(t, fields{"crv": "secp256k1"})), "unsupported elliptic curve"},
		"P-224":                     {jwks(t, ecJWK(t, fields{"crv": "P-224"})), "unsupported elliptic curve"},
		"no curve":                  {jwks(t, ecJWK(t, fields{"crv": nil})), "unsupported elliptic curve"},
		"a point off the curve":     {jwks(t, ecJWK(t, fields{"x": coordinate(t, keys().es256, "y")})), "not on declared curve"},
		"the point at infinity":     {jwks(t, ecJWK(t, fields{"x": strings.Repeat("A", 43), "y": strings.Repeat("A", 43)})), "not on declared curve"},
		"a short coordinate":        {jwks(t, ecJWK(t, fields{"x": "AQ"})), "wrong length for x"},
		"a point of another curve":  {jwks(t, ecJWK(t, fields{"crv": "P-384"})), "wrong length for x"},
		"a kid twice":               {jwks(t, ecJWK(t, fields{"kid": "k"}), rsaJWK(2048, f4, fields{"kid": "k"})), `key 2, kid "k": an earlier key has the same kid`},
		"a kid twice, one left out": {jwks(t, fields{"kty": "OKP", "kid": "k"}, ecJWK(t, fields{"kid": "k"})), `key 2, kid "k": an earlier key has the same kid`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			set, err := ParseKeySet(tt.text)
			if !errors.Is(err, ErrKeySet) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("ParseKeySet: %v, want %q", err, tt.want)
			}
			if set != nil {
				t.Errorf("an error and a set of %d keys", set.Len())
			}
		})
	}
}

func TestParseKeySetTakes(t *testing.T) {
	t.Parallel()
	k := keys()
	for name, tt := range map[string]struct {
		text []byte
		want int
	}{
		"no keys":                   {jwks(t), 0},
		"RSA of 2048 and 4096 bits": {jwks(t, rsaJWK(2048, f4, nil), rsaJWK(4096, []byte{3}, nil)), 2},
		"keys without kid":          {jwks(t, ecJWK(t, fields{"kid": nil}), ecJWK(t, fields{"kid": nil})), 2},
		"other types, left out":     {jwks(t, fields{"kty": "OKP", "crv": "Ed25519", "kid": "e", "x": "AA"}, fields{"kty": "AKP"}, ecJWK(t, nil)), 1},
		"a key for encryption":      {jwks(t, rsaJWK(2048, f4, fields{"use": "enc", "alg": "RSA-OAEP"})), 1},
		"other members":             {jwks(t, ecJWK(t, fields{"x5c": []string{"no certificate"}, "x5t": "no thumbprint", "x5u": ":", "key_ops": []string{"verify"}})), 1},
		"a private key":             {jwks(t, ecJWK(t, fields{"d": "no scalar"}), rsaJWK(2048, f4, fields{"d": 1, "p": "x"})), 2},
		"all curves":                {jwks(t, json.RawMessage(publicJWK(t, k.es256)), json.RawMessage(publicJWK(t, k.es384)), json.RawMessage(publicJWK(t, k.es512))), 3},
	} {
		set, err := ParseKeySet(tt.text)
		if err != nil || set.Len() != tt.want {
			t.Errorf("%s: %d keys, %v; want %d", name, set.Len(), err, tt.want)
			continue
		}
		for _, key := range set.keys {
			switch key.public.(type) {
			case *rsa.PublicKey, *ecdsa.PublicKey:
			default:
				t.Errorf("%s: kept a %T", name, key.public)
			}
		}
	}
	if (*KeySet)(nil).Len() != 0 {
		t.Error("a nil KeySet has keys")
	}
}

// TestAKeyIsForItsUseAndAlgorithm: which tokens a JWK verifies by its members.
func TestAKeyIsForItsUseAndAlgorithm(t *testing.T) {
	t.Parallel()
	k := keys().es256
	token := mint(t, rename(t, k, "k"), with(nil))
	got := map[string]bool{}
	for name, changes := range map[string]fields{
		"neither": {"use": nil, "alg": nil}, "for signatures": {"use": "sig", "alg": nil}, "of ES256": {"use": nil, "alg": "ES256"},
		"both": {}, "for encryption": {"use": "enc"}, "of ES384": {"alg": "ES384"}, "of ECDH": {"use": nil, "alg": "ECDH-ES"}, "for SIG": {"use": "SIG"},
	} {
		changes["kid"] = "k"
		set, err := ParseKeySet(jwks(t, ecJWK(t, changes)))
		if err != nil {
			t.Fatal(err)
		}
		_, err = verify(&Provider{Name: providerName, ClientIDs: []string{client}, Keys: set}, token)
		got[name] = err == nil
	}
	want := map[string]bool{
		"neither": true, "for signatures": true, "of ES256": true, "both": true,
		"for encryption": false, "of ES384": false, "of ECDH": false, "for SIG": false,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
