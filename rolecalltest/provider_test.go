package rolecalltest_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/rolecall/rolecall"
	"github.com/rolecall/rolecall/rolecalltest"
	"github.com/rolecall/rolecall/sts"
	"github.com/rolecall/rolecall/sts/saml"
)

const (
	account = "333333333333"
	github  = "token.actions.githubusercontent.com"
)

var noon = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

func TestTokensOfAFakeProviderAreTaken(t *testing.T) {
	t.Parallel()
	provider := rolecalltest.NewOIDCProvider(t, github)
	w, err := rolecall.Example().With(provider.In(t, account, "sts.amazonaws.com"))
	if err != nil {
		t.Fatal(err)
	}
	endpoint := rolecalltest.NewSTSAt(t, w.Snapshot(), func() time.Time { return noon })
	tests := map[string]struct {
		claims map[string]any
		want   string // of the answer
	}{
		"the branch that is trusted": {map[string]any{"aud": "sts.amazonaws.com", "sub": "repo:example/shop:ref:refs/heads/main"}, "assumed-role/github-deploy/ci"},
		"another branch":             {map[string]any{"aud": "sts.amazonaws.com", "sub": "repo:example/shop:ref:refs/heads/next"}, "AccessDenied"},
		"another audience":           {map[string]any{"aud": "other", "sub": "repo:example/shop:ref:refs/heads/main"}, "InvalidIdentityToken"},
		"no subject":                 {map[string]any{"aud": "sts.amazonaws.com", "sub": nil}, "InvalidIdentityToken"},
		"an old token": {map[string]any{
			"aud": "sts.amazonaws.com", "sub": "repo:example/shop:ref:refs/heads/main", "iat": noon.Unix() - 7200, "exp": noon.Unix() - 3600,
		}, "ExpiredTokenException"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			form := url.Values{
				"Action": {"AssumeRoleWithWebIdentity"}, "Version": {"2011-06-15"}, "RoleSessionName": {"ci"},
				"RoleArn": {"arn:aws:iam::" + account + ":role/github-deploy"}, "WebIdentityToken": {provider.Token(t, noon, tt.claims)},
			}
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, endpoint.URL, strings.NewReader(form.Encode()))
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			response, err := endpoint.Client.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			body, err := io.ReadAll(response.Body)
			if err != nil || !strings.Contains(string(body), tt.want) {
				t.Errorf("%v\n%s", err, body)
			}
		})
	}
}

func TestResponsesOfAFakeProviderAreTaken(t *testing.T) {
	t.Parallel()
	provider := rolecalltest.NewSAMLProvider(t, "corp", noon)
	w, err := rolecall.Example().With(provider.In(account))
	if err != nil {
		t.Fatal(err)
	}
	endpoint := rolecalltest.NewSTSAt(t, w.Snapshot(), func() time.Time { return noon })
	const role, arn = "arn:aws:iam::" + account + ":role/saml-admin", "arn:aws:iam::" + account + ":saml-provider/corp"
	assume := func(response string) (*sts.AssumeRoleWithSAMLOutput, error) {
		return endpoint.Service.AssumeRoleWithSAML(context.Background(), &sts.AssumeRoleWithSAMLInput{
			RoleArn: new(role), PrincipalArn: new(arn), SAMLAssertion: &response,
		})
	}
	out, err := assume(provider.Response(t, noon, role, arn, "admin", saml.AWSAttribute("SessionDuration", "900")))
	if err != nil || !strings.HasSuffix(out.AssumedRoleUser.Arn, "assumed-role/saml-admin/admin") {
		t.Fatalf("%+v, %v", out, err)
	}
	if got := out.Credentials.Expiration.Sub(noon); got != 15*time.Minute {
		t.Errorf("the session lasts %s", got)
	}
	other := rolecalltest.NewSAMLProvider(t, "other", noon)
	var refused *sts.Error
	if _, err := assume(other.Response(t, noon, role, arn, "admin")); !errors.As(err, &refused) || refused.Code != "InvalidIdentityToken" {
		t.Errorf("another provider's response: %v", err)
	}
}
