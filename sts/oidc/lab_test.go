package oidc

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"
)

// The world of the tests: one provider, its keys, and a time.
const (
	issuer       = "https://idp.example.com/tenant"
	providerName = "idp.example.com/tenant"
	client       = "sts.amazonaws.com"
	roleARN      = "arn:aws:iam::111122223333:role/ci/deploy"
	subject      = "repo:octo/app:ref:refs/heads/main"
	nowEpoch     = 1767322800
)

var now = time.Unix(nowEpoch, 0)

func key(algorithm Algorithm, owner string) *SigningKey {
	k, err := DeriveSigningKey(algorithm, []byte(strings.Repeat(owner+" ", 32)))
	if err != nil {
		panic(err)
	}
	return k
}

// keyring holds the keys of the provider and of somebody else. RSA keys take
// their time, so they are made once.
type keyring struct {
	rs256, rs512, es256, es384, es512 *SigningKey
	// Somebody else's keys, with kids of their own.
	otherRS256, otherES256 *SigningKey
	// A key of the provider for encryption, and one that no JWK set has.
	encryption, unpublished *SigningKey
}

var keys = sync.OnceValue(func() *keyring {
	return &keyring{
		rs256: key(RS256, "provider"), rs512: key(RS512, "provider"),
		es256: key(ES256, "provider"), es384: key(ES384, "provider"), es512: key(ES512, "provider"),
		otherRS256: key(RS256, "other"), otherES256: key(ES256, "other"),
		encryption: key(ES256, "encryption"), unpublished: key(ES256, "unpublished"),
	}
})

// rename gives a copy of the key with another kid.
func rename(t testing.TB, k *SigningKey, id string) *SigningKey {
	t.Helper()
	renamed, err := NewSigningKey(k.algorithm, k.private, id)
	if err != nil {
		t.Fatal(err)
	}
	return renamed
}

func keySet(t testing.TB, keys ...*SigningKey) *KeySet {
	t.Helper()
	text, err := JWKS(keys...)
	if err != nil {
		t.Fatal(err)
	}
	set, err := ParseKeySet(text)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// published gives the key with a use of its own and without algorithm in its
// JWK.
func published(k *SigningKey, use string) *SigningKey {
	other := *k
	other.public.Use, other.public.Algorithm = use, ""
	return &other
}

// provider is the provider of the tests, with all its keys. Some of them do
// not say what they are for.
func provider(t testing.TB) *Provider {
	k := keys()
	return &Provider{
		Name:      providerName,
		ClientIDs: []string{"first", client},
		Keys: keySet(t, published(k.rs256, ""), k.rs512, published(k.es256, ""), published(k.es384, "sig"), k.es512,
			published(k.encryption, "enc")),
	}
}

type fields map[string]any

// with gives the claims of a good token with some changed; nil removes one.
func with(changes fields) fields {
	c := fields{
		"iss": issuer, "sub": subject, "aud": client,
		"iat": nowEpoch - 60, "nbf": nowEpoch - 60, "exp": nowEpoch + 240,
	}
	maps.Copy(c, changes)
	for claim, value := range changes {
		if value == nil {
			delete(c, claim)
		}
	}
	return c
}

func mint(t testing.TB, k *SigningKey, claims any) string {
	t.Helper()
	token, err := k.Mint(claims)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// raw signs a header and a payload as they are.
func raw(t testing.TB, k *SigningKey, header, payload string) string {
	t.Helper()
	token, err := k.sign(base64.RawURLEncoding.EncodeToString([]byte(header)), []byte(payload))
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// headed signs good claims under a header with further members.
func headed(t testing.TB, k *SigningKey, members fields) string {
	t.Helper()
	header := fields{"alg": k.algorithm, "kid": k.ID(), "typ": "JWT"}
	maps.Copy(header, members)
	for member, value := range members {
		if value == nil {
			delete(header, member)
		}
	}
	return raw(t, k, text(t, header), text(t, with(nil)))
}

func text(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// verify parses and verifies for the role at the time of the tests.
func verify(p *Provider, token string) (*Identity, error) {
	parsed, err := Parse(token)
	if err != nil {
		return nil, err
	}
	return parsed.Verify(p, Call{Now: now, RoleARN: roleARN})
}
