package sts

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall/rolecall/sts/oidc"
	"github.com/rolecall/rolecall/world"
)

// claims are those of a good token, with changes; a nil value takes one out.
func claims(changes map[string]any) map[string]any {
	c := map[string]any{"iss": issuer, "sub": "ana", "aud": "app", "iat": start.Unix(), "exp": start.Add(5 * time.Minute).Unix()}
	for name, value := range changes {
		if value == nil {
			delete(c, name)
		} else {
			c[name] = value
		}
	}
	return c
}

func idToken(t testing.TB, changes map[string]any) *string {
	t.Helper()
	key, _ := keyring()
	return new(must(key.Mint(claims(changes)))(t))
}

func webInput(t testing.TB, changes map[string]any, more ...func(*AssumeRoleWithWebIdentityInput)) *AssumeRoleWithWebIdentityInput {
	t.Helper()
	in := &AssumeRoleWithWebIdentityInput{RoleArn: new(deployARN), RoleSessionName: new("web"), WebIdentityToken: idToken(t, changes)}
	for _, f := range more {
		f(in)
	}
	return in
}

const (
	tagsClaim   = "https://aws.amazon.com/tags"
	sourceClaim = "https://aws.amazon.com/source_identity"
	rolesClaim  = "https://aws.amazon.com/roles"
)

func TestAssumeRoleWithWebIdentity(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	out := must(l.AssumeRoleWithWebIdentity(ctx(), webInput(t, map[string]any{
		sourceClaim: "octo", "amr": []string{"pwd", "otp"},
		tagsClaim: map[string]any{"principal_tags": map[string]any{"Team": []string{"red"}}, "transitive_tag_keys": []string{"Team"}},
	})))(t)
	session := l.with(out.Credentials)
	got := *out
	got.Credentials, got.TokenSize, got.PackedPolicySize = Credentials{Expiration: out.Credentials.Expiration}, TokenSize{}, 0
	want := AssumeRoleWithWebIdentityOutput{
		Credentials:     Credentials{Expiration: start.Add(time.Hour)}, // beyond the token's
		AssumedRoleUser: AssumedRoleUser{Arn: "arn:aws:sts::111111111111:assumed-role/deploy/web", AssumedRoleId: "AROARTXV5AHDDEPLOY001:web"},
		Audience:        "app", Provider: "arn:aws:iam::111111111111:oidc-provider/idp.example.com", SourceIdentity: "octo", SubjectFromWebIdentityToken: "ana",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	keys := l.seen(session)
	for key, value := range map[string]string{
		"aws:FederatedProvider": out.Provider, "idp.example.com:aud": "app", "idp.example.com:sub": "ana", "idp.example.com:amr": "pwd,otp",
		"aws:SourceIdentity": "octo", "aws:PrincipalTag/Team": "red", "aws:MultiFactorAuthPresent": "", "sts:RoleAuthorizedByIdp": "",
	} {
		if keys[key] != value {
			t.Errorf("%s: %q, want %q", key, keys[key], value)
		}
	}
	chained := l.session(session, in(role("role1"))) // an ordinary role session
	keys = l.seen(chained)
	if keys["aws:FederatedProvider"] != "" || keys["idp.example.com:sub"] != "" || keys["aws:SourceIdentity"] != "octo" || keys["aws:PrincipalTag/Team"] != "red" {
		t.Errorf("keys of the chained session: %v", keys)
	}
}

func TestWebIdentityRefusals(t *testing.T) {
	t.Parallel()
	const refused = "Not authorized to perform sts:AssumeRoleWithWebIdentity"
	tests := map[string]struct {
		claims map[string]any
		change func(*AssumeRoleWithWebIdentityInput)
		status int
		code   Code
		want   string
	}{
		"another subject than trusted": {map[string]any{"sub": "bob"}, nil, 403, AccessDenied, refused},
		"a role that does not trust":   {nil, func(in *AssumeRoleWithWebIdentityInput) { in.RoleArn = new(role("plain")) }, 403, AccessDenied, refused},
		"a role that does not exist":   {nil, func(in *AssumeRoleWithWebIdentityInput) { in.RoleArn = new(role("ghost")) }, 403, AccessDenied, refused},
		"tags that Google's trust lacks": {
			map[string]any{"iss": "https://accounts.google.com", tagsClaim: map[string]any{"principal_tags": map[string]any{"a": []string{"b"}}}},
			nil, 403, AccessDenied, refused,
		},
		"a source identity that Google's trust lacks": {map[string]any{"iss": "https://accounts.google.com", sourceClaim: "octo"}, nil, 403, AccessDenied, refused},
		"another issuer":    {map[string]any{"iss": "https://other.example.com"}, nil, 400, InvalidIdentityToken, "No OpenIDConnect provider found in your account for https://other.example.com"},
		"no such account":   {nil, func(in *AssumeRoleWithWebIdentityInput) { in.RoleArn = new("arn:aws:iam::444444444444:role/x") }, 400, InvalidIdentityToken, "No OpenIDConnect provider found in your account for https://idp.example.com"},
		"the audience":      {map[string]any{"aud": "other"}, nil, 400, InvalidIdentityToken, "Incorrect token audience"},
		"a provider's keys": {map[string]any{"iss": "https://silent.example.com"}, nil, 400, InvalidIdentityToken, "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements"},
		"an expired token":  {map[string]any{"exp": start.Unix()}, nil, 400, ExpiredTokenException, "Token expired: current date/time 1767323045 must be before the expiration date/time 1767323045"},
		"the roles claim":   {map[string]any{rolesClaim: []string{role("plain")}}, nil, 400, InvalidIdentityToken, "The target role ARN is not present in the roles claim of the identity token"},
		"no token":          {nil, func(in *AssumeRoleWithWebIdentityInput) { in.WebIdentityToken = new("text") }, 400, InvalidIdentityToken, "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"},
		"an access token":   {nil, func(in *AssumeRoleWithWebIdentityInput) { in.ProviderId = new("www.amazon.com") }, 400, IDPCommunicationError, "OAuth 2.0 access tokens of www.amazon.com cannot be verified offline."},
		"tags twice":        {map[string]any{tagsClaim: map[string]any{"principal_tags": map[string]any{"a": []string{"b"}, "A": []string{"b"}}}}, nil, 400, InvalidParameterValue, tagsDuplicate},
		"a policy":          {nil, func(in *AssumeRoleWithWebIdentityInput) { in.Policy = new("x") }, 400, MalformedPolicyDocument, "This policy contains invalid Json"},
		"a role ARN":        {nil, func(in *AssumeRoleWithWebIdentityInput) { in.RoleArn = new("nothing-valid-in-here") }, 400, ValidationError, "nothing-valid-in-here is invalid"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			in := webInput(t, tt.claims)
			if tt.change != nil {
				tt.change(in)
			}
			_, err := l.AssumeRoleWithWebIdentity(ctx(), in)
			e := fails(t, err, tt.status, tt.code, tt.want)
			if ghost := role("ghost"); *in.RoleArn == ghost && e.Detail != ghost+" is no role" {
				t.Errorf("detail %q", e.Detail)
			}
		})
	}
}

func TestBuiltInProvidersGoByTheirName(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	out := must(l.AssumeRoleWithWebIdentity(ctx(), webInput(t, map[string]any{"iss": "https://accounts.google.com"})))(t)
	if out.Provider != "accounts.google.com" || l.seen(l.with(out.Credentials))["aws:FederatedProvider"] != "accounts.google.com" {
		t.Errorf("%+v", out)
	}
}

func TestDurationOfAWebIdentitySession(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	out := must(l.AssumeRoleWithWebIdentity(ctx(), webInput(t, nil, func(in *AssumeRoleWithWebIdentityInput) { in.DurationSeconds = new(int32(43200)) })))(t)
	if !out.Credentials.Expiration.Equal(start.Add(12 * time.Hour)) {
		t.Error(out.Credentials.Expiration)
	}
	r := *l.World().RoleNamed(home, "deploy")
	r.MaxSessionDuration = time.Hour
	l.change(world.PutRole(home, r))
	_, err := l.AssumeRoleWithWebIdentity(ctx(), webInput(t, nil, func(in *AssumeRoleWithWebIdentityInput) { in.DurationSeconds = new(int32(3601)) }))
	fails(t, err, 400, ValidationError, "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
}

// payloadOf verifies a token of GetWebIdentityToken as its recipient would, and
// gives its claims.
func payloadOf(t testing.TB, l *lab, token string, claims any) {
	t.Helper()
	parsed := must(oidc.Parse(token))(t)
	keys := must(oidc.ParseKeySet(must(l.JWKS())(t)))(t)
	_, err := parsed.Verify(&oidc.Provider{Name: parsed.ProviderName(), ClientIDs: []string{"a"}, Keys: keys}, oidc.Call{Now: start})
	if err == nil || !strings.Contains(err.Error(), "InvalidIdentityToken") || strings.Contains(err.Error(), "signature") {
		t.Errorf("own tokens are not taken for web identities: %v", err)
	}
	if err := json.Unmarshal(must(base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1]))(t), claims); err != nil {
		t.Fatal(err)
	}
}

func TestGetWebIdentityToken(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	session := l.session(l.key(aliceKey), in(deployARN, func(in *AssumeRoleInput) { in.SourceIdentity, in.Tags = new("alice"), tags("Team", "red") }))
	out := must(l.GetWebIdentityToken(WithEnvironment(ctx(), &Environment{Region: "eu-west-1"}), session, &GetWebIdentityTokenInput{
		Audience: []string{"a", "b"}, SigningAlgorithm: new("ES384"), Tags: tags("k", "v"),
	}))(t)
	var got map[string]any
	payloadOf(t, l, out.WebIdentityToken, &got)
	if id, _ := got["jti"].(string); len(id) != 36 {
		t.Errorf("jti %q", id)
	}
	if iss, _ := got["iss"].(string); !strings.HasPrefix(iss, "https://") || !strings.HasSuffix(iss, ".tokens.sts.global.api.aws") {
		t.Errorf("iss %q", iss)
	}
	delete(got, "jti")
	delete(got, "iss")
	want := map[string]any{
		"aud": []any{"a", "b"}, "sub": deployARN, "iat": float64(start.Unix()), "exp": float64(start.Unix() + 300),
		"https://sts.amazonaws.com/": map[string]any{
			"aws_account": home, "source_region": "eu-west-1", "org_id": "o-exampleorg1", "ou_path": []any{"o-exampleorg1/r-ex01/"},
			"principal_tags": map[string]any{"Team": "red", "env": "prod", "Heart": "0"}, "request_tags": map[string]any{"k": "v"},
			"source_identity": "alice", "principal_id": deployARN, "original_session_exp": "2026-01-02T04:04:05Z",
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if !out.Expiration.Equal(start.Add(5 * time.Minute)) {
		t.Error(out.Expiration)
	}

	plain := must(l.GetWebIdentityToken(ctx(), l.key(aliceKey), &GetWebIdentityTokenInput{Audience: []string{"a"}, SigningAlgorithm: new("RS256")}))(t)
	got = nil
	payloadOf(t, l, plain.WebIdentityToken, &got)
	if got["aud"] != "a" || got["sub"] != aliceARN {
		t.Errorf("claims %v", got)
	}
	web := must(l.AssumeRoleWithWebIdentity(ctx(), webInput(t, nil)))(t)
	federated := must(l.GetWebIdentityToken(ctx(), l.with(web.Credentials), &GetWebIdentityTokenInput{Audience: []string{"a"}, SigningAlgorithm: new("ES384")}))(t)
	payloadOf(t, l, federated.WebIdentityToken, &got)
	if p := got["https://sts.amazonaws.com/"].(map[string]any)["federated_provider"]; p != web.Provider {
		t.Errorf("federated provider %v", p)
	}
}

func TestOutboundTokensVerify(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	for _, algorithm := range outboundAlgorithms {
		key := must(l.keys[algorithm]())(t)
		token := must(key.Mint(claims(nil)))(t)
		keys := must(oidc.ParseKeySet(must(l.JWKS())(t)))(t)
		parsed := must(oidc.Parse(token))(t)
		must(parsed.Verify(&oidc.Provider{Name: "idp.example.com", ClientIDs: []string{"app"}, Keys: keys}, oidc.Call{Now: start}))(t)
	}
}

func TestGetWebIdentityTokenRefusals(t *testing.T) {
	t.Parallel()
	input := func(change ...func(*GetWebIdentityTokenInput)) *GetWebIdentityTokenInput {
		in := &GetWebIdentityTokenInput{Audience: []string{"a"}, SigningAlgorithm: new("ES384")}
		for _, f := range change {
			f(in)
		}
		return in
	}
	l := newLab(t)
	alice := l.key(aliceKey)
	_, err := l.GetWebIdentityToken(ctx(), alice, input(func(in *GetWebIdentityTokenInput) { in.SigningAlgorithm = new("HS256") }))
	fails(t, err, 400, ValidationError, "SigningAlgorithm HS256 is invalid; valid values are RS256 and ES384")
	_, err = l.GetWebIdentityToken(ctx(), l.key(bobKey), input())
	fails(t, err, 403, AccessDenied, "User: arn:aws:iam::111111111111:user/bob is not authorized to perform: sts:GetWebIdentityToken because no identity-based policy allows the sts:GetWebIdentityToken action")
	_, err = l.GetWebIdentityToken(ctx(), l.key(workKey), input())
	fails(t, err, 403, OutboundFederationDisabled, "Outbound web identity federation is not enabled for the account.")
	_, err = l.GetWebIdentityToken(ctx(), l.key(workKey), input(func(in *GetWebIdentityTokenInput) { in.Tags = tags("a", "b") }))
	fails(t, err, 403, AccessDenied, "User: arn:aws:iam::222222222222:user/worker is not authorized to perform: sts:TagGetWebIdentityToken because no identity-based policy allows the sts:TagGetWebIdentityToken action")
	_, err = l.GetWebIdentityToken(ctx(), alice, input(func(in *GetWebIdentityTokenInput) { in.Tags = tags("a", "b", "A", "c") }))
	fails(t, err, 400, InvalidParameterValue, tagsDuplicate)
	long := strings.Repeat("x", 1000)
	_, err = l.GetWebIdentityToken(ctx(), alice, input(func(in *GetWebIdentityTokenInput) {
		in.Audience = []string{long, long, long, long, long, long, long, long, long}
	}))
	if e := errorOf(err); e.Code != JWTPayloadSizeExceeded || e.Status != 400 {
		t.Error(err)
	}
	session := l.session(alice, in(deployARN, func(in *AssumeRoleInput) { in.DurationSeconds = new(int32(900)) }))
	must(l.GetWebIdentityToken(ctx(), session, input(func(in *GetWebIdentityTokenInput) { in.DurationSeconds = new(int32(900)) })))(t)
	l.pass(10*time.Minute + time.Second)
	_, err = l.GetWebIdentityToken(ctx(), session, input()) // the default counts too
	fails(t, err, 403, SessionDurationEscalation, "The requested token duration extends beyond the expiration of the calling session.")
	must(l.GetWebIdentityToken(ctx(), session, input(func(in *GetWebIdentityTokenInput) { in.DurationSeconds = new(int32(60)) })))(t)
}

func TestContextOfGetWebIdentityToken(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	_, err := l.GetWebIdentityToken(ctx(), l.key(bobKey), &GetWebIdentityTokenInput{Audience: []string{"a", "b"}, SigningAlgorithm: new("ES384"), Tags: tags("k", "v")})
	keys := map[string]string{}
	for key, seen := range errorOf(err).Decision.Request().Context().All() {
		keys[key.String()] = strings.Join(seen.Values, ",")
	}
	for key, want := range map[string]string{
		"sts:IdentityTokenAudience": "a,b", "sts:DurationSeconds": "300", "sts:SigningAlgorithm": "ES384", "aws:RequestTag/k": "v", "aws:TagKeys": "k",
	} {
		if keys[key] != want {
			t.Errorf("%s: %q, want %q", key, keys[key], want)
		}
	}
}
