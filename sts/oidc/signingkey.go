package oidc

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"

	"github.com/go-jose/go-jose/v4"
)

// Errors of minting. They are wrapped with what was wrong in detail.
var (
	// ErrSigningKey: the key cannot sign with the algorithm.
	ErrSigningKey = errors.New("not a usable signing key")
	// ErrClaims: the claims are no JSON object.
	ErrClaims = errors.New("claims must be a JSON object")
)

// SigningKey mints tokens with one key and one algorithm. It is immutable, and
// signs with no entropy: the same claims give the same token.
type SigningKey struct {
	algorithm Algorithm
	private   crypto.Signer
	public    jose.JSONWebKey
	header    string // in base64url
}

// NewSigningKey makes a SigningKey of an *rsa.PrivateKey or an
// *ecdsa.PrivateKey, which must fit the algorithm and the bounds of
// [ParseKeySet]. The id is the kid of the tokens; "" stands for the thumbprint
// of the public key (RFC 7638).
func NewSigningKey(algorithm Algorithm, private crypto.Signer, id string) (*SigningKey, error) {
	switch private.(type) {
	case *rsa.PrivateKey, *ecdsa.PrivateKey:
	default:
		return nil, fmt.Errorf("%w: give an *rsa.PrivateKey or an *ecdsa.PrivateKey, not %T", ErrSigningKey, private)
	}
	public := private.Public()
	if err := checkPublic(public); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSigningKey, err)
	}
	if !fits(algorithm, public) {
		return nil, fmt.Errorf("%w: it is not for %q", ErrSigningKey, algorithm)
	}
	jwk := jose.JSONWebKey{Key: public, KeyID: id, Algorithm: string(algorithm), Use: "sig"}
	if id == "" {
		sum, err := jwk.Thumbprint(crypto.SHA256)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrSigningKey, err)
		}
		jwk.KeyID = base64.RawURLEncoding.EncodeToString(sum)
	}
	header, err := json.Marshal(map[string]string{"alg": string(algorithm), "kid": jwk.KeyID, "typ": "JWT"})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSigningKey, err)
	}
	return &SigningKey{
		algorithm: algorithm,
		private:   private,
		public:    jwk,
		header:    base64.RawURLEncoding.EncodeToString(header),
	}, nil
}

// Algorithm gives the algorithm that the key signs with.
func (k *SigningKey) Algorithm() Algorithm { return k.algorithm }

// ID gives the kid of the key.
func (k *SigningKey) ID() string { return k.public.KeyID }

// Mint signs claims and gives the token, whose header is alg, kid and typ JWT
// (STS-153). The claims are whatever encoding/json writes as an object: a map,
// whose names are then sorted, a struct, or a json.RawMessage, of which only
// white space is changed. Nothing is added and nothing is checked, so that
// tokens that must be refused can be minted too. It fails with [ErrClaims].
func (k *SigningKey) Mint(claims any) (string, error) {
	var payload bytes.Buffer
	encoder := json.NewEncoder(&payload)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(claims); err != nil {
		return "", fmt.Errorf("%w: %w", ErrClaims, err)
	}
	text := bytes.TrimSuffix(payload.Bytes(), []byte("\n"))
	if text[0] != '{' {
		return "", ErrClaims
	}
	return k.sign(k.header, text)
}

// sign gives the token of a header in base64url and a payload.
func (k *SigningKey) sign(header string, payload []byte) (string, error) {
	input := header + "." + base64.RawURLEncoding.EncodeToString(payload)
	s := schemes[k.algorithm]
	hash := s.hash.New()
	hash.Write([]byte(input))
	// Without a reader ECDSA signs as in RFC 6979. RSA reads none.
	signature, err := k.private.Sign(nil, hash.Sum(nil), s.hash)
	if err == nil && s.curve != nil {
		signature, err = fixedLength(signature, s.coordinate())
	}
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrSigningKey, err)
	}
	return input + "." + base64.RawURLEncoding.EncodeToString(signature), nil
}

// fixedLength turns an ECDSA signature in DER into R and S of size bytes each,
// as tokens have it (RFC 7518, 3.4).
func fixedLength(der []byte, size int) ([]byte, error) {
	var point struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &point); err != nil {
		return nil, err
	}
	fixed := make([]byte, 2*size)
	point.R.FillBytes(fixed[:size])
	point.S.FillBytes(fixed[size:])
	return fixed, nil
}

// JWKS gives the JWK set of the public keys in their order, each with kid, use
// and alg, for somebody who verifies tokens (STS-154). [ParseKeySet] reads it.
func JWKS(keys ...*SigningKey) ([]byte, error) {
	set := jose.JSONWebKeySet{Keys: make([]jose.JSONWebKey, len(keys))}
	for i, key := range keys {
		set.Keys[i] = key.public
	}
	text, err := json.Marshal(set)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSigningKey, err)
	}
	return text, nil
}
