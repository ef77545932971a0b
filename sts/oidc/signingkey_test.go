package oidc

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestTheSameSeedGivesTheSameKey(t *testing.T) {
	t.Parallel()
	// Pinned: a service that starts again with its key must publish the same
	// JWK set. The kid is the thumbprint of the public key.
	want := map[Algorithm]string{
		RS256: "kyu3yH5eWiAJf1d-IVaJxTFzOJaBcKKmotbrdoQzIS0",
		RS384: "qcsM0QUV34WQiSH6fJhqPt_8JVzyfKDQv6Igsy1ES4k",
		RS512: "2V5P0KPeBJ9_mb_b18X5THPBxVZYpyOBxkaZTV-cTfU",
		ES256: "DmUCMPjJUW1G_kw0yyaN26nlMIJEh325KpGLKt4RVPE",
		ES384: "g6kLy6Ib2YD41F7bgWh0HItLLige5NzTvHQQIjSbnSs",
		ES512: "XamLwDApL7rHToaoCoKS5Sr4ik_qcKXJXtf92zPCPuA",
	}
	got, again, other := map[Algorithm]string{}, map[Algorithm]string{}, map[string]bool{}
	for algorithm := range want {
		got[algorithm] = key(algorithm, "seed").ID()
		again[algorithm] = key(algorithm, "seed").ID()
		other[key(algorithm, "another").ID()] = true
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if diff := cmp.Diff(got, again); diff != "" {
		t.Errorf("the second time: -first +second\n%s", diff)
	}
	for _, id := range got {
		if other[id] {
			t.Errorf("another seed gives the same key %s", id)
		}
	}
}

func TestADerivedRSAKeyIsSound(t *testing.T) {
	t.Parallel()
	k := keys()
	first, second := k.rs256.private.(*rsa.PrivateKey), k.otherRS256.private.(*rsa.PrivateKey)
	if err := first.Validate(); err != nil {
		t.Error(err)
	}
	if first.N.BitLen() != 2048 || first.E != rsaExponent || len(first.Primes) != 2 {
		t.Errorf("%d bits, exponent %d, %d primes", first.N.BitLen(), first.E, len(first.Primes))
	}
	distance := new(big.Int).Sub(first.Primes[0], first.Primes[1])
	if distance.Abs(distance).BitLen() < 900 {
		t.Error("the primes are close to each other")
	}
	if new(big.Int).GCD(nil, nil, first.N, second.N).Cmp(big.NewInt(1)) != 0 {
		t.Error("two keys share a prime")
	}
}

func TestDeriveSigningKeyRefuses(t *testing.T) {
	t.Parallel()
	seed := make([]byte, MinSeed)
	for name, err := range map[string]error{
		"a short seed":  second(DeriveSigningKey(ES384, seed[:MinSeed-1])),
		"no seed":       second(DeriveSigningKey(RS256, nil)),
		"no algorithm":  second(DeriveSigningKey("", seed)),
		"HMAC":          second(DeriveSigningKey("HS256", seed)),
		"no signature":  second(DeriveSigningKey("none", seed)),
		"in other case": second(DeriveSigningKey("rs256", seed)),
	} {
		if !errors.Is(err, ErrSigningKey) {
			t.Errorf("%s: %v, want %v", name, err, ErrSigningKey)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestNewSigningKeyRefuses(t *testing.T) {
	t.Parallel()
	p224, err := ecdsa.GenerateKey(elliptic.P224(), nil)
	if err != nil {
		t.Fatal(err)
	}
	n := new(big.Int).Lsh(big.NewInt(1), 1024)
	small := &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: n.Sub(n, big.NewInt(1)), E: rsaExponent}}
	plain := &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: new(big.Int).Lsh(n, 1024), E: 1}}
	k := keys()
	for name, tt := range map[string]struct {
		algorithm Algorithm
		private   crypto.Signer
	}{
		"an exponent of 1":       {RS256, plain},
		"no key":                 {RS256, nil},
		"Ed25519":                {RS256, ed25519.NewKeyFromSeed(make([]byte, 32))},
		"a small RSA key":        {RS256, small},
		"P-224":                  {ES256, p224},
		"an EC key for RS256":    {RS256, k.es256.private},
		"an RSA key for ES256":   {ES256, k.rs256.private},
		"a P-256 key for ES384":  {ES384, k.es256.private},
		"an RSA key for PS256":   {"PS256", k.rs256.private},
		"an RSA key for HS256":   {"HS256", k.rs256.private},
		"an RSA key for nothing": {"", k.rs256.private},
	} {
		if _, err := NewSigningKey(tt.algorithm, tt.private, ""); !errors.Is(err, ErrSigningKey) {
			t.Errorf("%s: %v, want %v", name, err, ErrSigningKey)
		}
	}
}

// TestTokensAreTheSameByteForByte pins tokens, by their hash.
func TestTokensAreTheSameByteForByte(t *testing.T) {
	t.Parallel()
	k := keys()
	want := map[Algorithm]string{RS256: "da9966fa2076648a", ES384: "7e0c141691eacd18"}
	got := map[Algorithm]string{}
	for _, key := range []*SigningKey{k.rs256, k.es384} {
		sum := sha256.Sum256([]byte(mint(t, key, with(nil))))
		got[key.Algorithm()] = hex.EncodeToString(sum[:8])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// TestATokenVerifiesWithTheStandardLibrary checks what is minted without any
// code of this package.
func TestATokenVerifiesWithTheStandardLibrary(t *testing.T) {
	t.Parallel()
	k := keys()
	header, payload, signature := parts(mint(t, k.rs256, fields{"a": "<&>"}))
	for got, want := range map[string]string{
		header:  `{"alg":"RS256","kid":"` + k.rs256.ID() + `","typ":"JWT"}`,
		payload: `{"a":"<&>"}`,
	} {
		if got != b64.EncodeToString([]byte(want)) {
			t.Errorf("%s is not %s", got, want)
		}
	}
	bytes, err := b64.DecodeString(signature)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(header + "." + payload))
	if err := rsa.VerifyPKCS1v15(k.rs256.private.Public().(*rsa.PublicKey), crypto.SHA256, sum[:], bytes); err != nil {
		t.Error(err)
	}
	header, payload, signature = parts(mint(t, k.es256, fields{}))
	if bytes, err = b64.DecodeString(signature); err != nil || len(bytes) != 64 {
		t.Fatalf("%d bytes, %v", len(bytes), err)
	}
	sum = sha256.Sum256([]byte(header + "." + payload))
	r, s := new(big.Int).SetBytes(bytes[:32]), new(big.Int).SetBytes(bytes[32:])
	if !ecdsa.Verify(k.es256.private.Public().(*ecdsa.PublicKey), sum[:], r, s) {
		t.Error("the EC signature does not verify")
	}
}

// TestSignaturesKeepTheirLength: R or S with leading zeros are padded.
func TestSignaturesKeepTheirLength(t *testing.T) {
	t.Parallel()
	k := keys()
	sizes := map[*SigningKey]int{k.es256: 64, k.es384: 96, k.es512: 132, k.rs256: 256}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int().Draw(t, "n")
		for key, want := range sizes {
			if key == k.rs256 && n%8 != 0 { // which is slow
				continue
			}
			token, err := key.Mint(fields{"n": n})
			if err != nil {
				t.Fatal(err)
			}
			if got := b64.DecodedLen(len(last(token))); got != want {
				t.Fatalf("%s: %d bytes, want %d", key.Algorithm(), got, want)
			}
		}
	})
}

func TestMintTakesObjectsOnly(t *testing.T) {
	t.Parallel()
	k := keys().es256
	for name, claims := range map[string]any{
		"nil": nil, "a list": []string{"a"}, "text": "{}", "bytes": []byte("{}"), "a function": func() {}, "half an object": json.RawMessage("{"),
		"a nil map": map[string]any(nil),
	} {
		if _, err := k.Mint(claims); !errors.Is(err, ErrClaims) {
			t.Errorf("%s: %v, want %v", name, err, ErrClaims)
		}
	}
	for want, claims := range map[string]any{
		`{}`:                json.RawMessage(" { } "),
		`{"B":1,"A":2}`:     struct{ B, A int }{1, 2},
		`{"a":1,"b":"é<"}`:  map[string]any{"b": "é<", "a": 1},
		`{"sub":1,"sub":2}`: json.RawMessage(`{"sub": 1, "sub": 2}`),
	} {
		_, payload, _ := parts(mint(t, k, claims))
		if payload != b64.EncodeToString([]byte(want)) {
			t.Errorf("%s is minted as %s", want, payload)
		}
	}
}

func TestJWKSPublishesPublicKeysOnly(t *testing.T) {
	t.Parallel()
	k := keys()
	document, err := JWKS(k.rs256, rename(t, k.es384, "second"))
	if err != nil {
		t.Fatal(err)
	}
	var got struct{ Keys []map[string]string }
	if err := json.Unmarshal(document, &got); err != nil {
		t.Fatal(err)
	}
	for _, key := range got.Keys {
		for _, long := range []string{"n", "x", "y"} {
			if key[long] != "" {
				key[long] = strings.Repeat("x", len(key[long]))
			}
		}
	}
	want := []map[string]string{
		{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": k.rs256.ID(), "e": "AQAB", "n": strings.Repeat("x", 342)},
		{"kty": "EC", "use": "sig", "alg": "ES384", "kid": "second", "crv": "P-384", "x": strings.Repeat("x", 64), "y": strings.Repeat("x", 64)},
	}
	if diff := cmp.Diff(want, got.Keys); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if empty, err := JWKS(); err != nil || string(empty) != `{"keys":[]}` {
		t.Errorf("no keys: %s, %v", empty, err)
	}
}

func BenchmarkMint(b *testing.B) {
	for _, k := range []*SigningKey{keys().rs256, keys().es384} {
		b.Run(string(k.Algorithm()), func(b *testing.B) {
			for b.Loop() {
				mint(b, k, with(nil))
			}
		})
	}
}

func BenchmarkDeriveSigningKey(b *testing.B) {
	seed := make([]byte, MinSeed)
	for i := 0; b.Loop(); i++ {
		seed[0], seed[1] = byte(i), byte(i>>8)
		if _, err := DeriveSigningKey(RS256, seed); err != nil {
			b.Fatal(err)
		}
	}
}
