package oidc

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/go-jose/go-jose/v4"

	"github.com/rolecall/rolecall/diag"
)

// ErrKeySet is wrapped by every error of [ParseKeySet].
var ErrKeySet = errors.New("not a usable JWK set")

// KeySet is the public keys of an identity provider. It is immutable. A nil
// KeySet has no keys.
type KeySet struct {
	keys []verificationKey
}

// verificationKey is a key of a set: an *rsa.PublicKey or *ecdsa.PublicKey.
type verificationKey struct {
	id        string
	use       string
	algorithm Algorithm // "" if the JWK names none
	public    crypto.PublicKey
}

// ParseKeySet reads a JWK set (RFC 7517). Only the public half of a key is
// kept. Refused, because the set would not do what it seems to do, or would
// give a secret away, are:
//
//   - symmetric keys (kty oct), and keys without kty
//   - RSA keys of less than [MinRSABits] or more than [MaxRSABits], and RSA
//     exponents that are even, below 3 or of more than 31 bits
//   - curves other than P-256, P-384 and P-521, and points that are not on them
//   - two keys of the same kid
//   - more than [MaxKeySet] bytes or [MaxKeys] keys
//
// Keys of any other kty are left out, as the RFC wants it. Keys for encryption
// stay, but verify nothing.
func ParseKeySet(text []byte) (*KeySet, error) {
	if len(text) > MaxKeySet {
		return nil, fmt.Errorf("%w: it has %d bytes, more than %d", ErrKeySet, len(text), MaxKeySet)
	}
	document, err := readObject(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKeySet, err)
	}
	items, ok := document.items("keys")
	if !ok {
		return nil, fmt.Errorf(`%w: it needs a member "keys" that is a list`, ErrKeySet)
	}
	if len(items) > MaxKeys {
		return nil, fmt.Errorf("%w: it has %d keys, more than %d", ErrKeySet, len(items), MaxKeys)
	}
	set := &KeySet{}
	ids := map[string]bool{}
	for i, item := range items {
		key, err := readKey(item)
		if err == nil && key.id != "" && ids[key.id] {
			err = errors.New("an earlier key has the same kid")
		}
		if err != nil {
			return nil, fmt.Errorf("%w: key %d, kid %q: %w", ErrKeySet, i+1, diag.Clip(key.id, 100), err)
		}
		ids[key.id] = true
		if key.public != nil {
			set.keys = append(set.keys, key)
		}
	}
	return set, nil
}

// Len gives the number of keys.
func (s *KeySet) Len() int {
	if s == nil {
		return 0
	}
	return len(s.keys)
}

// readKey reads a JWK. It has no public key if its type is one to leave out.
func readKey(text json.RawMessage) (verificationKey, error) {
	var o object
	if err := json.Unmarshal(text, &o); err != nil || o == nil {
		return verificationKey{}, errors.New("it is not an object")
	}
	var key verificationKey
	var algorithm, kind string
	for _, member := range []struct {
		name  string
		field *string
	}{{"kid", &key.id}, {"use", &key.use}, {"alg", &algorithm}, {"kty", &kind}} {
		var ok bool
		if *member.field, ok = o.text(member.name); !ok && o.has(member.name) {
			return key, errors.New(member.name + " must be a string")
		}
	}
	key.algorithm = Algorithm(algorithm)
	var err error
	switch kind {
	case "RSA":
		key.public, err = readPublic(o, "kty", "n", "e")
	case "EC":
		key.public, err = readPublic(o, "kty", "crv", "x", "y")
	case "oct":
		err = errors.New("it is a symmetric key, which is a secret; a provider publishes RSA and EC keys")
	case "":
		err = errors.New("it has no kty")
	}
	return key, err
}

// readPublic reads the public key that the named members of a JWK are. The
// others, private ones and certificates, are not looked at.
func readPublic(o object, names ...string) (crypto.PublicKey, error) {
	public := object{}
	for _, name := range names {
		if raw, ok := o[name]; ok {
			public[name] = raw
		}
	}
	text, err := json.Marshal(public)
	if err != nil {
		return nil, err
	}
	var jwk jose.JSONWebKey
	if err := jwk.UnmarshalJSON(text); err != nil {
		return nil, err
	}
	if err := checkPublic(jwk.Key); err != nil {
		return nil, err
	}
	return jwk.Key, nil
}

// checkPublic checks the size of a public RSA key. Curves are checked where
// they are read.
func checkPublic(key crypto.PublicKey) error {
	public, ok := key.(*rsa.PublicKey)
	if !ok {
		return nil
	}
	if bits := public.N.BitLen(); bits < MinRSABits || bits > MaxRSABits {
		return fmt.Errorf("an RSA key has %d to %d bits, not %d", MinRSABits, MaxRSABits, bits)
	}
	if public.E < 3 || public.E%2 == 0 || public.E > 1<<31-1 {
		return fmt.Errorf("%d is not an RSA exponent to use", public.E)
	}
	return nil
}

// fits tells whether a key may be used with an algorithm.
func fits(algorithm Algorithm, key crypto.PublicKey) bool {
	s, known := schemes[algorithm]
	switch public := key.(type) {
	case *rsa.PublicKey:
		return known && s.curve == nil
	case *ecdsa.PublicKey:
		return known && s.curve == public.Curve
	default:
		return false
	}
}

// verifies tells whether the key may verify signatures of an algorithm.
func (k *verificationKey) verifies(algorithm Algorithm) bool {
	return (k.use == "" || k.use == "sig") && (k.algorithm == "" || k.algorithm == algorithm) && fits(algorithm, k.public)
}

// find gives the key for a token (STS-160): that of its kid, which must fit the
// algorithm; without kid the only one that fits.
func (s *KeySet) find(id string, algorithm Algorithm) (crypto.PublicKey, *Error) {
	if s.Len() == 0 {
		return nil, invalid(messageKey, "no keys of the provider are known")
	}
	var found *verificationKey
	for i := range s.keys {
		key := &s.keys[i]
		switch {
		case id != "" && key.id != id, id == "" && !key.verifies(algorithm):
			continue
		case found != nil:
			return nil, invalid(messageKey, "the token has no kid, and several keys fit")
		}
		found = key
	}
	switch {
	case found == nil && id == "":
		return nil, invalid(messageKey, "the token has no kid, and no key is for "+string(algorithm))
	case found == nil:
		return nil, invalid(messageKey, fmt.Sprintf("no key has the kid %q", diag.Clip(id, 100)))
	case !found.verifies(algorithm):
		return nil, invalid(messageKey, fmt.Sprintf("the key of the kid %q is not for %s", diag.Clip(id, 100), algorithm))
	}
	return found.public, nil
}
