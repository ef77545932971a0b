package oidc

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/go-jose/go-jose/v4"

	"github.com/rolecall/rolecall/diag"
)

// Token is an ID token that was read and is not verified yet: anybody may have
// written it.
type Token struct {
	jws       *jose.JSONWebSignature
	algorithm Algorithm
	keyID     string
	claims    claims
}

// claims are the claims that every provider's tokens have, and all of them as
// they are written.
type claims struct {
	issuer    string
	subject   string
	audience  []string
	party     string // azp, if hasParty
	hasParty  bool
	methods   []string // amr
	expires   int64
	issued    int64
	notBefore int64 // 0 if there is none
	all       object
}

// Parse reads a token and checks its form and its claims (STS-155 to STS-157).
// Every error is an [*Error].
func Parse(text string) (*Token, error) {
	header, payload, err := split(text)
	if err != nil {
		return nil, notJWT(err.Error())
	}
	for _, name := range []string{"crit", "b64"} {
		if header.has(name) {
			return nil, notJWT("the header has " + name + ", and no extension is understood")
		}
	}
	jws, err := jose.ParseSignedCompact(text, allowed)
	if err != nil {
		var other *jose.ErrUnexpectedSignatureAlgorithm
		if errors.As(err, &other) {
			return nil, invalid("The ID Token must be signed with RS256, RS384, RS512, ES256, ES384 or ES512",
				fmt.Sprintf("its alg is %q", diag.Clip(string(other.Got), 100)))
		}
		return nil, notJWT("a member of the header is not what RFC 7515 has it to be")
	}
	read, failure := readClaims(payload)
	if failure != nil {
		return nil, failure
	}
	signed := jws.Signatures[0].Protected
	return &Token{jws: jws, algorithm: Algorithm(signed.Algorithm), keyID: signed.KeyID, claims: read}, nil
}

// ProviderName gives the name of the provider that the token claims to be of:
// its issuer without "https://" (STS-158). It is not verified and serves to
// find the [Provider] to verify it against.
func (t *Token) ProviderName() string {
	return strings.TrimPrefix(t.claims.issuer, "https://")
}

// split gives the two objects of a token in compact form.
func split(text string) (header, payload object, err error) {
	if len(text) > MaxToken {
		return nil, nil, fmt.Errorf("it has %d bytes, more than %d", len(text), MaxToken)
	}
	parts := strings.SplitN(text, ".", 4)
	if len(parts) != 3 {
		return nil, nil, errors.New("it does not have three parts")
	}
	var decoded [3][]byte
	for i, part := range parts {
		if decoded[i], err = decode(part); err != nil {
			return nil, nil, fmt.Errorf("part %d: %w", i+1, err)
		}
	}
	if header, err = readObject(decoded[0]); err != nil {
		return nil, nil, fmt.Errorf("the header: %w", err)
	}
	if payload, err = readObject(decoded[1]); err != nil {
		return nil, nil, fmt.Errorf("the payload: %w", err)
	}
	return header, payload, nil
}

// decode reads base64url without padding, in its one canonical spelling.
func decode(text string) ([]byte, error) {
	if strings.ContainsAny(text, "\r\n") { // which encoding/base64 skips
		return nil, errors.New("a line break")
	}
	data, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil, errors.New("not base64url without padding")
	}
	return data, nil
}

// readClaims reads the claims of every token. Those of STS-157 must be there;
// an empty one is as good as none.
func readClaims(all object) (claims, *Error) {
	c := claims{all: all}
	for _, claim := range []struct {
		name  string
		field *string
	}{{"iss", &c.issuer}, {"sub", &c.subject}, {"azp", &c.party}} {
		var ok bool
		if *claim.field, ok = all.text(claim.name); !ok && all.has(claim.name) {
			return c, wrongType(claim.name, "a string")
		}
	}
	for _, claim := range []struct {
		name  string
		field *[]string
	}{{"aud", &c.audience}, {"amr", &c.methods}} {
		var ok bool
		if *claim.field, ok = all.list(claim.name); !ok && all.has(claim.name) {
			return c, wrongType(claim.name, "a string or a list of strings")
		}
	}
	for _, claim := range []struct {
		name  string
		field *int64
	}{{"exp", &c.expires}, {"iat", &c.issued}, {"nbf", &c.notBefore}} {
		var ok bool
		if *claim.field, ok = all.integer(claim.name); !ok && all.has(claim.name) {
			return c, wrongType(claim.name, "an integer")
		}
	}
	c.hasParty = all.has("azp")
	for _, required := range []struct {
		name    string
		present bool
	}{
		{"iss", c.issuer != ""},
		{"sub", c.subject != ""},
		{"aud", len(c.audience) > 0},
		{"exp", all.has("exp")},
		{"iat", all.has("iat")},
	} {
		if !required.present {
			return c, missing(required.name)
		}
	}
	return c, nil
}
