package oidc

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestAGoodTokenProvesAnIdentity(t *testing.T) {
	t.Parallel()
	claims := with(fields{
		"aud":       []string{"other", client, "first"},
		"amr":       []string{"mfa", "pwd"},
		rolesClaim:  []string{"arn:aws:iam::111122223333:role/other", roleARN},
		sourceClaim: "Alice+x=,.@-_",
		tagsClaim: fields{
			"principal_tags":      fields{"team": []string{"red"}, "Cost Center": "42"},
			"transitive_tag_keys": []string{"team"},
		},
		"unknown": fields{"a": []any{1, nil, fields{}}},
	})
	want := &Identity{
		Provider: providerName, Issuer: issuer, Subject: subject, Audience: client, RoleAuthorized: true,
		Tags: []Tag{{"Cost Center", "42"}, {"team", "red"}}, TransitiveTagKeys: []string{"team"},
		SourceIdentity: "Alice+x=,.@-_",
		Keys: []Key{
			{Name: providerName + ":aud", Values: []string{client}, Lasting: true},
			{Name: providerName + ":sub", Values: []string{subject}, Lasting: true},
			{Name: providerName + ":amr", Values: []string{"mfa", "pwd"}, List: true, Lasting: true},
		},
		IssuedAt: time.Unix(nowEpoch-60, 0).UTC(), Expires: time.Unix(nowEpoch+240, 0).UTC(),
	}
	k := keys()
	for _, key := range []*SigningKey{k.rs256, k.rs512, k.es256, k.es384, k.es512} {
		got, err := verify(provider(t), mint(t, key, claims))
		if err != nil {
			t.Errorf("%s: %v", key.Algorithm(), err)
			continue
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", key.Algorithm(), diff)
		}
	}
}

// TestTakes are tokens near those that are refused.
func TestTakes(t *testing.T) {
	t.Parallel()
	k := keys()
	p := provider(t)
	bare := *p
	bare.Name = "idp.example.com"
	for name, tt := range map[string]struct {
		provider *Provider
		token    string
	}{
		"a second before the expiry":      {p, mint(t, k.es256, with(fields{"exp": nowEpoch + 1}))},
		"5 minutes ahead of iat and nbf":  {p, mint(t, k.es256, with(fields{"iat": nowEpoch + 300, "nbf": nowEpoch + 300, "exp": nowEpoch + 301}))},
		"issued long ago":                 {p, mint(t, k.es256, with(fields{"iat": nowEpoch - 400000, "nbf": 0}))},
		"no nbf":                          {p, mint(t, k.es256, with(fields{"nbf": nil}))},
		"another audience, our azp":       {p, mint(t, k.es256, with(fields{"aud": "x", "azp": client}))},
		"a role in a string":              {p, mint(t, k.es256, with(fields{rolesClaim: roleARN}))},
		"a source identity of two":        {p, mint(t, k.es256, with(fields{sourceClaim: "ab"}))},
		"a source identity of 64":         {p, mint(t, k.es256, with(fields{sourceClaim: strings.Repeat("a", 64)}))},
		"no typ":                          {p, headed(t, k.es256, fields{"typ": nil})},
		"another typ":                     {p, headed(t, k.es256, fields{"typ": "at+jwt"})},
		"the right key in the header":     {p, headed(t, k.es256, fields{"jwk": map[string]any{"kty": "EC", "crv": "P-256", "x": coordinate(t, k.es256, "x"), "y": coordinate(t, k.es256, "y")}})},
		"a URL of keys, not looked at":    {p, headed(t, k.es256, fields{"jku": "https://attacker.example.com", "x5u": "https://attacker.example.com"})},
		"no kid, and one key is for it":   {p, headed(t, k.es384, fields{"kid": nil})},
		"an empty kid is none":            {p, headed(t, k.es384, fields{"kid": ""})},
		"an issuer without https":         {&bare, mint(t, k.es256, with(fields{"iss": "idp.example.com"}))},
		"a provider without path":         {&bare, mint(t, k.es256, with(fields{"iss": "https://idp.example.com"}))},
		"a domain that looks like STS's":  {&Provider{Name: "tokens.sts.global.api.aws.example.com", ClientIDs: p.ClientIDs, Keys: p.Keys}, mint(t, k.es256, with(fields{"iss": "https://tokens.sts.global.api.aws.example.com"}))},
		"all the nesting that is allowed": {p, mint(t, k.es256, with(fields{"x": nested(MaxDepth - 1)}))},
	} {
		if _, err := verify(tt.provider, tt.token); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func coordinate(t testing.TB, k *SigningKey, name string) string {
	t.Helper()
	o, err := readObject(publicJWK(t, k))
	if err != nil {
		t.Fatal(err)
	}
	text, _ := o.text(name)
	return text
}

func nested(depth int) any {
	var v any = 1
	for range depth {
		v = []any{v}
	}
	return v
}

func TestWithoutKidTheOnlyKeyThatFitsIsTaken(t *testing.T) {
	t.Parallel()
	k := keys()
	token := headed(t, k.es256, fields{"kid": nil})
	for name, tt := range map[string]struct {
		keys *KeySet
		want string
	}{
		"one of its curve":          {keySet(t, k.rs256, k.es256, k.es384), ""},
		"two of its curve":          {keySet(t, k.es256, k.otherES256), "the token has no kid, and several keys fit"},
		"two, the right one second": {keySet(t, k.otherES256, k.es256), "the token has no kid, and several keys fit"},
		"none of its curve":         {keySet(t, k.rs256, k.es384), "the token has no kid, and no key is for ES256"},
	} {
		_, err := verify(&Provider{Name: providerName, ClientIDs: []string{client}, Keys: tt.keys}, token)
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}

// TestAFractionOfASecondDoesNotCount: times of tokens are whole seconds.
func TestAFractionOfASecondDoesNotCount(t *testing.T) {
	t.Parallel()
	token, err := Parse(mint(t, keys().es256, with(nil)))
	if err != nil {
		t.Fatal(err)
	}
	expires := time.Unix(nowEpoch+240, 0)
	for at, want := range map[time.Time]bool{
		expires.Add(-time.Nanosecond): true, expires: false, expires.Add(time.Nanosecond): false,
		time.Unix(nowEpoch-60, 0).Add(-leeway): true, time.Unix(nowEpoch-60, 0).Add(-leeway - time.Nanosecond): false,
	} {
		if _, err := token.Verify(provider(t), Call{Now: at}); (err == nil) != want {
			t.Errorf("at %v: %v", at, err)
		}
	}
}

// TestNoChangeOfATokenGoesUnnoticed changes a character of a token.
func TestNoChangeOfATokenGoesUnnoticed(t *testing.T) {
	t.Parallel()
	p := provider(t)
	tokens := []string{mint(t, keys().es256, with(nil)), mint(t, keys().rs256, with(nil))}
	rapid.Check(t, func(t *rapid.T) {
		token := rapid.SampledFrom(tokens).Draw(t, "token")
		at := rapid.IntRange(0, len(token)-1).Draw(t, "at")
		other := rapid.OneOf(rapid.SampledFrom([]byte("AQgw-_.=")), rapid.Byte()).Draw(t, "byte")
		changed := token[:at] + string([]byte{other}) + token[at+rapid.IntRange(0, 1).Draw(t, "replaced"):]
		if changed == token {
			return
		}
		if identity, err := verify(p, changed); err == nil {
			t.Fatalf("%s is taken for %s", changed, identity.Subject)
		}
	})
}

// TestWhatIsMintedIsRead draws claims and finds them again.
func TestWhatIsMintedIsRead(t *testing.T) {
	t.Parallel()
	p := provider(t)
	word := rapid.StringN(1, 20, -1)
	rapid.Check(t, func(t *rapid.T) {
		sub, azp := word.Draw(t, "sub"), rapid.Bool().Draw(t, "azp")
		audience := rapid.Permutation(append(rapid.SliceOfN(word, 0, 3).Draw(t, "aud"), client)).Draw(t, "order")
		tags := rapid.MapOfN(word, word, 0, 4).Draw(t, "tags")
		changes := fields{"sub": sub, "aud": audience, tagsClaim: fields{"principal_tags": tags}}
		if azp {
			changes["azp"] = client
		}
		token, err := keys().es256.Mint(with(changes))
		if err != nil {
			t.Fatal(err)
		}
		identity, err := verify(p, token)
		if err != nil {
			t.Fatal(err)
		}
		if identity.Subject != sub || identity.Audience != client && identity.Audience != "first" || len(identity.Tags) != len(tags) {
			t.Fatalf("claims %v give %+v", changes, identity)
		}
		for _, tag := range identity.Tags {
			if tags[tag.Key] != tag.Value {
				t.Fatalf("the tag %q is %q", tag.Key, tag.Value)
			}
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	p := provider(b)
	for _, k := range []*SigningKey{keys().rs256, keys().es256} {
		token := mint(b, k, with(nil))
		b.Run(string(k.Algorithm()), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := verify(p, token); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
