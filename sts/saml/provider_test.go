package saml

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

func TestTheFakeIdentityProviderIsDeterministic(t *testing.T) {
	t.Parallel()
	again := maker(1)()
	if again.Metadata() != honest().Metadata() {
		t.Error("the same entropy gives other metadata")
	}
	r := good()
	r.ID = ""
	first, second := respond(t, honest(), r), respond(t, again, r)
	if first != second {
		t.Error("the same user at the same time gives other responses")
	}
	r.IssueInstant = now.Add(time.Second)
	ids := map[string]bool{}
	for _, response := range []string{first, respond(t, honest(), r)} {
		got, err := trusted().Verify(response, "aws", now)
		if err != nil {
			t.Fatal(err)
		}
		ids[got.ID] = true
	}
	if len(ids) != 2 {
		t.Errorf("two responses have the identifiers %v", ids)
	}
	if imposter().Metadata() == honest().Metadata() {
		t.Error("other entropy gives the same metadata")
	}
}

func TestTheFakeIdentityProviderRefuses(t *testing.T) {
	t.Parallel()
	refused := func(what string, err error, want string) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want an error with %q", what, err, want)
		}
	}
	_, err := honest().Respond(Response{})
	refused("no time", err, "saml: the response needs an IssueInstant")
	r := good()
	r.Hash = 99
	_, err = honest().Respond(r)
	refused("an unknown hash of the assertion", err, "saml: unsupported hash mechanism")
	r.Signed = SignedResponse
	_, err = honest().Respond(r)
	refused("an unknown hash of the response", err, "saml: unsupported hash mechanism")
	_, err = NewIdentityProvider("", honest().key, now)
	refused("no name", err, "saml: an identity provider needs a name and a key")
	_, err = NewIdentityProvider(entity, nil, now)
	refused("no key", err, "saml: an identity provider needs a name and a key")
	_, err = NewIdentityProvider(entity, honest().key, time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC))
	refused("a year that certificates have not", err, "saml: ")
	_, err = GenerateKey(strings.NewReader("short"))
	refused("little entropy", err, "saml: reading entropy: unexpected EOF")
	_, err = GenerateKey(bytes.NewReader(make([]byte, 256)))
	refused("the same prime twice", err, "saml: the entropy gives no key")
}

func TestGeneratedKeysAreWhole(t *testing.T) {
	t.Parallel()
	for seed := range byte(2) {
		key, err := GenerateKey(rand.NewChaCha8([32]byte{100 + seed}))
		if err != nil {
			t.Fatal(err)
		}
		if key.N.BitLen() != 2048 {
			t.Errorf("a key of %d bits", key.N.BitLen())
		}
	}
}
