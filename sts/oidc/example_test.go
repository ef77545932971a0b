package oidc_test

import (
	"fmt"
	"time"

	"github.com/rolecall/rolecall/sts/oidc"
)

// A fake identity provider of a test signs a token, and STS verifies it.
func Example() {
	key, err := oidc.DeriveSigningKey(oidc.ES256, []byte("a seed of an example, of 32 bytes"))
	if err != nil {
		fmt.Println(err)
		return
	}
	now := time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)
	text, err := key.Mint(map[string]any{
		"iss":         "https://token.actions.githubusercontent.com",
		"aud":         "sts.amazonaws.com",
		"sub":         "repo:octo/app:ref:refs/heads/main",
		"iat":         now.Unix(),
		"exp":         now.Add(5 * time.Minute).Unix(),
		"repository":  "octo/app",
		"environment": "production",
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	jwks, err := oidc.JWKS(key)
	if err != nil {
		fmt.Println(err)
		return
	}
	keys, err := oidc.ParseKeySet(jwks)
	if err != nil {
		fmt.Println(err)
		return
	}
	providers := map[string]*oidc.Provider{"token.actions.githubusercontent.com": {
		Name:      "token.actions.githubusercontent.com",
		ClientIDs: []string{"sts.amazonaws.com"},
		Keys:      keys,
	}}

	token, err := oidc.Parse(text)
	if err != nil {
		fmt.Println(err)
		return
	}
	provider := providers[token.ProviderName()] // nil if the account has none
	role := "arn:aws:iam::111122223333:role/deploy"
	identity, err := token.Verify(provider, oidc.Call{Now: now, RoleARN: role})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, k := range identity.Keys {
		fmt.Println(k.Name, k.Values)
	}

	_, err = token.Verify(provider, oidc.Call{Now: now.Add(time.Hour), RoleARN: role})
	fmt.Println(err)
	// Output:
	// token.actions.githubusercontent.com:aud [sts.amazonaws.com]
	// token.actions.githubusercontent.com:sub [repo:octo/app:ref:refs/heads/main]
	// token.actions.githubusercontent.com:environment [production]
	// token.actions.githubusercontent.com:repository [octo/app]
	// ExpiredTokenException: Token expired: current date/time 1767326400 must be before the expiration date/time 1767323100
}

func ExampleParseKeySet() {
	_, err := oidc.ParseKeySet([]byte(`{"keys": [{"kty": "oct", "kid": "hmac", "k": "c2VjcmV0"}]}`))
	fmt.Println(err)
	// Output: not a usable JWK set: key 1, kid "hmac": it is a symmetric key, which is a secret; a provider publishes RSA and EC keys
}
