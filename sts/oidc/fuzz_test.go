package oidc

import (
	"errors"
	"testing"
)

// FuzzVerify takes any token through parsing and verification.
func FuzzVerify(f *testing.F) {
	p := provider(f)
	f.Fuzz(func(t *testing.T, text string) {
		token, err := Parse(text)
		var failure *Error
		if err != nil {
			if token != nil || !errors.As(err, &failure) || failure.Code != InvalidIdentityToken || failure.Message == "" {
				t.Fatalf("token %v, error %#v", token, err)
			}
			return
		}
		identity, err := token.Verify(p, Call{Now: now, RoleARN: roleARN})
		if err != nil {
			if identity != nil || !errors.As(err, &failure) || failure.Message == "" {
				t.Fatalf("identity %v, error %#v", identity, err)
			}
			return
		}
		if token.ProviderName() != providerName || identity.Subject == "" || !now.Before(identity.Expires) {
			t.Fatalf("%q proves %+v", text, identity)
		}
	})
}

// FuzzPayload signs any payload with the provider's key, so that fuzzing gets
// behind the signature.
func FuzzPayload(f *testing.F) {
	p, k := provider(f), keys().es256
	f.Fuzz(func(t *testing.T, payload string) {
		token, err := k.sign(k.header, []byte(payload))
		if err != nil {
			t.Fatal(err)
		}
		identity, err := verify(p, token)
		if err != nil {
			if identity != nil {
				t.Fatalf("identity %v, error %v", identity, err)
			}
			return
		}
		again, err := verify(p, token)
		if err != nil || len(again.Keys) != len(identity.Keys) || len(again.Tags) != len(identity.Tags) {
			t.Fatalf("first %+v, then %+v, %v", identity, again, err)
		}
		seen := map[string]bool{}
		for _, key := range identity.Keys {
			if seen[key.Name] || !key.List && len(key.Values) != 1 {
				t.Fatalf("key %+v", key)
			}
			seen[key.Name] = true
		}
	})
}

// FuzzParseKeySet reads any JWK set, and looks for keys in it.
func FuzzParseKeySet(f *testing.F) {
	f.Fuzz(func(t *testing.T, text []byte) {
		set, err := ParseKeySet(text)
		if err != nil {
			if set != nil || !errors.Is(err, ErrKeySet) {
				t.Fatalf("set %v, error %v", set, err)
			}
			return
		}
		if set.Len() > MaxKeys {
			t.Fatalf("%d keys", set.Len())
		}
		for _, key := range set.keys {
			if err := checkPublic(key.public); err != nil {
				t.Fatal(err)
			}
			for algorithm := range schemes {
				if found, failure := set.find(key.id, algorithm); (found == nil) == (failure == nil) || found != nil && !fits(algorithm, found) {
					t.Fatalf("%s with kid %q: %v, %v", algorithm, key.id, found, failure)
				}
			}
		}
	})
}
