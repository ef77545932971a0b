package oidc

import (
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// attack is a token that must be refused, and how. Every attack is told from
// every other by what it is refused for, so that a check that is missing shows
// even where a later one would refuse too.
type attack struct {
	token string
	want  Error
}

func refused(message, detail string) Error {
	return Error{Code: InvalidIdentityToken, Message: message, Detail: detail}
}

func badForm(detail string) Error { return refused(messageNotJWT, detail) }

func badAlgorithm(name string) Error {
	return refused("The ID Token must be signed with RS256, RS384, RS512, ES256, ES384 or ES512", fmt.Sprintf("its alg is %q", name))
}

func badKey(format string, args ...any) Error {
	return refused(messageKey, fmt.Sprintf(format, args...))
}

func badSignature() Error {
	return refused(messageSignature, "it was not made over this header and payload with the provider's key")
}

func tokenExpired(expires int) Error {
	return Error{
		Code:    ExpiredTokenException,
		Message: fmt.Sprintf("Token expired: current date/time %d must be before the expiration date/time %d", nowEpoch, expires),
	}
}

func runAttacks(t *testing.T, attacks map[string]attack) {
	t.Helper()
	p := provider(t)
	for name, tt := range attacks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			identity, err := verify(p, tt.token)
			var got *Error
			if !errors.As(err, &got) {
				t.Fatalf("not refused: %v, identity %v", err, identity)
			}
			if diff := cmp.Diff(tt.want, *got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if identity != nil {
				t.Errorf("refused, and an identity: %v", identity)
			}
		})
	}
}

var b64 = base64.RawURLEncoding

// parts cuts a token into its three parts.
func parts(token string) (header, payload, signature string) {
	p := strings.Split(token, ".")
	return p[0], p[1], p[2]
}

// unsigned is a token of good claims without signature.
func unsigned(t testing.TB, k *SigningKey, algorithm string) string {
	t.Helper()
	return b64.EncodeToString([]byte(text(t, fields{"alg": algorithm, "kid": k.ID()}))) + "." +
		b64.EncodeToString([]byte(text(t, with(nil)))) + "."
}

// hs256 is a token that is signed with HMAC under a secret.
func hs256(t testing.TB, k *SigningKey, secret []byte) string {
	t.Helper()
	input := strings.TrimSuffix(unsigned(t, k, "HS256"), ".")
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(input))
	return input + "." + b64.EncodeToString(mac.Sum(nil))
}

// as gives the key with another algorithm and a kid of the caller's choice.
func as(k *SigningKey, algorithm Algorithm, id string) *SigningKey {
	other := *k
	other.algorithm, other.public.KeyID = algorithm, id
	return &other
}

// publicPEM and publicJWK are a public key as attackers find it, and try it as
// a secret.
func publicPEM(t testing.TB, k *SigningKey) []byte {
	t.Helper()
	bytes, err := x509.MarshalPKIXPublicKey(k.private.Public())
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: bytes})
}

func publicJWK(t testing.TB, k *SigningKey) []byte {
	t.Helper()
	text, err := k.public.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestAttackOnTheAlgorithm(t *testing.T) {
	t.Parallel()
	k := keys()
	signature := last(mint(t, k.rs256, with(nil)))
	set, err := JWKS(k.rs256)
	if err != nil {
		t.Fatal(err)
	}
	modulus := k.rs256.private.(*rsa.PrivateKey).N.Bytes()
	runAttacks(t, map[string]attack{
		"alg none":                           {unsigned(t, k.rs256, "none"), badAlgorithm("none")},
		"alg none with a signature":          {unsigned(t, k.rs256, "none") + signature, badAlgorithm("none")},
		"alg None":                           {unsigned(t, k.rs256, "None"), badAlgorithm("None")},
		"alg nOnE":                           {unsigned(t, k.rs256, "nOnE"), badAlgorithm("nOnE")},
		"an empty alg":                       {unsigned(t, k.rs256, ""), badAlgorithm("")},
		"alg in lower case":                  {unsigned(t, k.rs256, "rs256") + signature, badAlgorithm("rs256")},
		"no alg":                             {headed(t, k.rs256, fields{"alg": nil}), badAlgorithm("")},
		"alg that is no string":              {headed(t, k.rs256, fields{"alg": []string{"RS256"}}), badAlgorithm("")},
		"HS256 with the public key in PEM":   {hs256(t, k.rs256, publicPEM(t, k.rs256)), badAlgorithm("HS256")},
		"HS256 with the public key as a JWK": {hs256(t, k.rs256, publicJWK(t, k.rs256)), badAlgorithm("HS256")},
		"HS256 with the JWK set":             {hs256(t, k.rs256, set), badAlgorithm("HS256")},
		"HS256 with the modulus":             {hs256(t, k.rs256, modulus), badAlgorithm("HS256")},
		"HS256 with nothing":                 {hs256(t, k.rs256, nil), badAlgorithm("HS256")},
		"PS256":                              {unsigned(t, k.rs256, "PS256") + signature, badAlgorithm("PS256")},
		"EdDSA":                              {unsigned(t, k.rs256, "EdDSA") + signature, badAlgorithm("EdDSA")},
	})
}

func TestAttackOnTheKey(t *testing.T) {
	t.Parallel()
	k := keys()
	borrow := func(owner, claimed *SigningKey, algorithm Algorithm) string {
		return raw(t, as(owner, algorithm, ""), text(t, fields{"alg": algorithm, "kid": claimed.ID()}), text(t, with(nil)))
	}
	notFor := func(claimed *SigningKey, algorithm Algorithm) Error {
		return badKey("the key of the kid %q is not for %s", claimed.ID(), algorithm)
	}
	runAttacks(t, map[string]attack{
		"a kid that nobody has":              {mint(t, rename(t, k.es256, "nobody"), with(nil)), badKey(`no key has the kid "nobody"`)},
		"a kid in other case":                {mint(t, rename(t, k.es256, strings.ToUpper(k.es256.ID())), with(nil)), badKey("no key has the kid %q", strings.ToUpper(k.es256.ID()))},
		"a kid that is no string":            {headed(t, k.es256, fields{"kid": 1}), badForm("a member of the header is not what RFC 7515 has it to be")},
		"a key that the provider never had":  {mint(t, k.unpublished, with(nil)), badKey("no key has the kid %q", k.unpublished.ID())},
		"another provider's key":             {mint(t, k.otherRS256, with(nil)), badKey("no key has the kid %q", k.otherRS256.ID())},
		"another's RSA key under our kid":    {borrow(k.otherRS256, k.rs256, RS256), badSignature()},
		"another's EC key under our kid":     {borrow(k.otherES256, k.es256, ES256), badSignature()},
		"ES256 under the kid of an RSA key":  {borrow(k.otherES256, k.rs256, ES256), notFor(k.rs256, ES256)},
		"RS256 under the kid of an EC key":   {borrow(k.otherRS256, k.es256, RS256), notFor(k.es256, RS256)},
		"ES256 under the kid of a P-384 key": {borrow(k.otherES256, k.es384, ES256), notFor(k.es384, ES256)},
		"RS256 by a key that is for RS512":   {borrow(k.rs512, k.rs512, RS256), notFor(k.rs512, RS256)},
		"a key for encryption":               {mint(t, k.encryption, with(nil)), notFor(k.encryption, ES256)},
		"another's key without kid":          {headed(t, k.otherES256, fields{"kid": nil}), badSignature()},
	})
}

func TestAttackByTheHeader(t *testing.T) {
	t.Parallel()
	k := keys()
	mine := json.RawMessage(publicJWK(t, k.otherES256))
	chain := []string{base64.StdEncoding.EncodeToString([]byte("a certificate of mine"))}
	// The attacker signs with a key of their own, claims the provider's kid, and
	// says where the key is to be found.
	withMine := func(members fields) string {
		members["kid"] = k.es256.ID()
		return headed(t, k.otherES256, members)
	}
	extension := func(name string) Error {
		return badForm("the header has " + name + ", and no extension is understood")
	}
	const two = `{"alg":"RS256","alg":"ES256"}`
	runAttacks(t, map[string]attack{
		"a key in the header":             {withMine(fields{"jwk": mine}), badSignature()},
		"a key in the header without kid": {headed(t, k.otherES256, fields{"jwk": mine, "kid": nil}), badSignature()},
		"a key in the header, unknown":    {headed(t, k.otherES256, fields{"jwk": mine}), badKey("no key has the kid %q", k.otherES256.ID())},
		"a URL of keys":                   {withMine(fields{"jku": "https://attacker.example.com/jwks.json"}), badSignature()},
		"a URL of certificates":           {withMine(fields{"x5u": "https://attacker.example.com/chain.pem"}), badSignature()},
		"a thumbprint":                    {withMine(fields{"x5t": "bWluZQ"}), badSignature()},
		"certificates in the header":      {withMine(fields{"x5c": chain}), badForm("a member of the header is not what RFC 7515 has it to be")},
		"crit":                            {headed(t, k.es256, fields{"crit": []string{"exp"}, "exp": 1}), extension("crit")},
		"an empty crit":                   {headed(t, k.es256, fields{"crit": []string{}}), extension("crit")},
		"b64 false":                       {headed(t, k.es256, fields{"b64": false, "crit": []string{"b64"}}), extension("crit")},
		"b64 false without crit":          {headed(t, k.es256, fields{"b64": false}), extension("b64")},
		"b64 true":                        {headed(t, k.es256, fields{"b64": true}), extension("b64")},
		"alg twice":                       {raw(t, k.es256, two, text(t, with(nil))), badForm(`the header: the name "alg" occurs twice in an object`)},
		"a header that is nested":         {raw(t, k.es256, `{"alg":"ES256","x":`+strings.Repeat("[", 5000)+strings.Repeat("]", 5000)+`}`, "{}"), badForm("the header: arrays and objects are nested more than 20 deep")},
	})
}

func TestAttackOnTheSignature(t *testing.T) {
	t.Parallel()
	k := keys()
	rs, es := mint(t, k.rs256, with(nil)), mint(t, k.es256, with(nil))
	another := mint(t, k.rs256, with(fields{"sub": "somebody else"}))
	change := func(token string, change func([]byte) []byte) string {
		header, payload, signature := parts(token)
		bytes, err := b64.DecodeString(signature)
		if err != nil {
			t.Fatal(err)
		}
		return header + "." + payload + "." + b64.EncodeToString(change(bytes))
	}
	cut := func(s []byte) []byte { return s[:len(s)-1] }
	longer := func(s []byte) []byte { return append(s, 0) }
	none := func([]byte) []byte { return nil }
	der := func(s []byte) []byte {
		text, err := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(s[:32]), new(big.Int).SetBytes(s[32:])})
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	zero := func(s []byte) []byte { return make([]byte, len(s)) }
	header, payload, signature := parts(rs)
	_, otherPayload, otherSignature := parts(another)
	inDER := change(es, der)
	length := func(n int) Error {
		return refused(messageSignature, fmt.Sprintf("an ES256 signature is R and S of 32 bytes each, not %d bytes in all", n))
	}
	runAttacks(t, map[string]attack{
		"RS256 cut by a byte":            {change(rs, cut), badSignature()},
		"RS256 longer by a byte":         {change(rs, longer), badSignature()},
		"RS256 without signature":        {change(rs, none), badSignature()},
		"RS256 of zeros":                 {change(rs, zero), badSignature()},
		"the signature of another token": {header + "." + payload + "." + otherSignature, badSignature()},
		"the payload of another token":   {header + "." + otherPayload + "." + signature, badSignature()},
		"ES256 cut by a byte":            {change(es, cut), length(63)},
		"ES256 longer by a byte":         {change(es, longer), length(65)},
		"ES256 without signature":        {change(es, none), length(0)},
		"ES256 in DER":                   {inDER, length(b64.DecodedLen(len(last(inDER))))},
		"ES256 of zeros":                 {change(es, zero), badSignature()},
	})
}

func last(token string) string {
	_, _, signature := parts(token)
	return signature
}
