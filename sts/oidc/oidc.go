// Package oidc verifies the ID tokens that AssumeRoleWithWebIdentity takes, and
// mints such tokens, all offline.
//
// # Verifying
//
// [Parse] reads a token, which says nothing yet but whose it claims to be
// ([Token.ProviderName]). [Token.Verify] checks it against one [Provider] and
// gives the [Identity] that it proves. Failures are an [*Error] with the code
// and the message of STS, in the order of STS-155 to STS-164:
//
//   - the form: three parts of base64url, two JSON objects, an algorithm of the
//     allow-list RS256, RS384, RS512, ES256, ES384, ES512
//   - the claims iss, sub, aud, exp and iat, and the types of those that are read
//   - the provider, the audience, the key, the signature, and only then the times
//   - the claims of AWS: roles, tags, source identity
//
// # What a token cannot do
//
// The header of a token chooses a key by its kid among the provider's, and
// nothing else: a key or a URL in the header is not looked at, and "none" and
// HMAC are no algorithms here. A key verifies only algorithms of its own type
// and curve and, where the JWK names a use and an algorithm, those (STS-156,
// STS-160). A header with crit or b64 is refused: no extension is understood.
//
// Names that occur twice in an object, broken UTF-8, nesting beyond [MaxDepth]
// and other than canonical base64 are refused, so that there is one reading of
// a token. Names and values of claims compare with their case.
//
// # Context keys
//
// [Identity.Keys] are the condition keys that a trust policy may ask for,
// PROVIDER:aud and the like, in a fixed order (STS-165). Built-in providers
// (accounts.google.com, cognito-identity.amazonaws.com, graph.facebook.com,
// www.amazon.com) go by their bare host, and are verified like any other if
// somebody gives their keys and client ids under that name (STS-166). The OAuth
// 2.0 access tokens of the latter two are no ID tokens: only their issuer can
// verify them, so they are not for this package (STS-123).
//
// # Minting
//
// A [SigningKey] signs any claims, and [JWKS] publishes its public half: for
// GetWebIdentityToken, and for fake identity providers in tests. Minting reads
// neither clock nor entropy. What is signed is what was given, and signatures
// are deterministic: PKCS #1 v1.5 is by definition, ECDSA by RFC 6979. Keys
// are deterministic as well if they come from [DeriveSigningKey].
package oidc

import (
	"crypto"
	"crypto/elliptic"
	_ "crypto/sha256" // the hashes of the algorithms
	_ "crypto/sha512" // likewise

	"github.com/go-jose/go-jose/v4"
)

// Bounds of what is read.
const (
	// MaxToken is the greatest length of a token, in bytes: that of the
	// parameter WebIdentityToken.
	MaxToken = 20000
	// MaxKeySet is the greatest length of a JWK set, in bytes.
	MaxKeySet = 256 << 10
	// MaxKeys is how many keys a JWK set may have.
	MaxKeys = 200
	// MaxDepth is how deep arrays and objects may be nested in either.
	MaxDepth = 20
	// MinRSABits and MaxRSABits bound the size of RSA keys.
	MinRSABits = 2048
	MaxRSABits = 4096
)

// Algorithm is a signature algorithm, as the header of a token names it. The
// empty Algorithm is invalid.
type Algorithm string

// The algorithms of ID tokens (STS-156).
const (
	RS256 Algorithm = "RS256"
	RS384 Algorithm = "RS384"
	RS512 Algorithm = "RS512"
	ES256 Algorithm = "ES256"
	ES384 Algorithm = "ES384"
	ES512 Algorithm = "ES512"
)

// allowed are the algorithms that a token may be signed with.
var allowed = []jose.SignatureAlgorithm{jose.RS256, jose.RS384, jose.RS512, jose.ES256, jose.ES384, jose.ES512}

// scheme is what an algorithm consists of. It has a curve, or is RSA.
type scheme struct {
	hash  crypto.Hash
	curve elliptic.Curve
}

// coordinate is the size of R and of S in bytes, 0 for RSA.
func (s scheme) coordinate() int {
	if s.curve == nil {
		return 0
	}
	return (s.curve.Params().BitSize + 7) / 8
}

var schemes = map[Algorithm]scheme{
	RS256: {crypto.SHA256, nil},
	RS384: {crypto.SHA384, nil},
	RS512: {crypto.SHA512, nil},
	ES256: {crypto.SHA256, elliptic.P256()},
	ES384: {crypto.SHA384, elliptic.P384()},
	ES512: {crypto.SHA512, elliptic.P521()},
}
