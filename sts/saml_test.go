package sts

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall/rolecall/sts/saml"
	"github.com/rolecall/rolecall/world"
)

// response makes a good response, with changes.
func response(t testing.TB, change ...func(*saml.Response)) *string {
	t.Helper()
	_, idp := keyring()
	r := saml.Response{
		IssueInstant: start, Subject: saml.Subject{Name: "ana@example.com"},
		Attributes: []saml.Attribute{
			saml.AWSAttribute("Role", deployARN+","+samlARN, samlARN+" , "+role("AWSReservedSSO_Admin"), role("ghost")+","+samlARN, "arn:aws:iam::222222222222:role/foreign,"+samlARN, role("plain")+","+samlARN),
			saml.AWSAttribute("RoleSessionName", "ana"),
		},
	}
	for _, f := range change {
		f(&r)
	}
	return new(must(idp.Respond(r))(t))
}

func attribute(name string, values ...string) func(*saml.Response) {
	return func(r *saml.Response) { r.Attributes = append(r.Attributes, saml.AWSAttribute(name, values...)) }
}

func samlInput(response *string, change ...func(*AssumeRoleWithSAMLInput)) *AssumeRoleWithSAMLInput {
	in := &AssumeRoleWithSAMLInput{RoleArn: new(deployARN), PrincipalArn: new(samlARN), SAMLAssertion: response}
	for _, f := range change {
		f(in)
	}
	return in
}

func TestAssumeRoleWithSAML(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	out := must(l.AssumeRoleWithSAML(ctx(), samlInput(response(t,
		attribute("PrincipalTag:Team", "red"), attribute("TransitiveTagKeys", "Team"), attribute("SourceIdentity", "ana-1")))))(t)
	got := *out
	got.Credentials, got.TokenSize, got.PackedPolicySize = Credentials{Expiration: out.Credentials.Expiration}, TokenSize{}, 0
	want := AssumeRoleWithSAMLOutput{
		Credentials:     Credentials{Expiration: start.Add(time.Hour)},
		AssumedRoleUser: AssumedRoleUser{Arn: "arn:aws:sts::111111111111:assumed-role/deploy/ana", AssumedRoleId: "AROARTXV5AHDDEPLOY001:ana"},
		Audience:        "https://signin.aws.amazon.com/saml", Issuer: entity, NameQualifier: saml.NameQualifier(entity, home, "corp"),
		SourceIdentity: "ana-1", Subject: "ana@example.com", SubjectType: "persistent",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	keys := l.seen(l.with(out.Credentials))
	for key, value := range map[string]string{
		"saml:sub": "ana@example.com", "saml:sub_type": "persistent", "saml:namequalifier": out.NameQualifier, "aws:SourceIdentity": "ana-1",
		"aws:PrincipalTag/Team": "red", "saml:aud": "", "saml:iss": "", "saml:doc": "", "aws:FederatedProvider": "", "aws:MultiFactorAuthPresent": "",
	} {
		if keys[key] != value {
			t.Errorf("%s: %q, want %q", key, keys[key], value)
		}
	}
	if keys := l.seen(l.session(l.with(out.Credentials), in(role("role1")))); keys["saml:sub"] != "" || keys["aws:PrincipalTag/Team"] != "red" {
		t.Errorf("keys of a chained session: %v", keys)
	}
}

func TestSAMLRefusals(t *testing.T) {
	t.Parallel()
	const refused = "Not authorized to perform sts:AssumeRoleWithSAML"
	good := response(t)
	otherRole := func(arn string) func(*AssumeRoleWithSAMLInput) {
		return func(in *AssumeRoleWithSAMLInput) { in.RoleArn = &arn }
	}
	provider := func(arn string) func(*AssumeRoleWithSAMLInput) {
		return func(in *AssumeRoleWithSAMLInput) { in.PrincipalArn = &arn }
	}
	tests := map[string]struct {
		input  *AssumeRoleWithSAMLInput
		status int
		code   Code
		want   string
	}{
		"a role that the response does not name": {samlInput(good, otherRole(role("role1"))), 403, AccessDenied, refused},
		"a role that does not trust":             {samlInput(good, otherRole(role("plain"))), 403, AccessDenied, refused},
		"a role that does not exist":             {samlInput(good, otherRole(role("ghost"))), 403, AccessDenied, refused},
		"a role that trusts but is not named": {
			samlInput(response(t, func(r *saml.Response) { r.Attributes[0].Values = []string{role("plain") + "," + samlARN} })), 403, AccessDenied, refused,
		},
		"a role of another account than the provider": {samlInput(good, otherRole("arn:aws:iam::222222222222:role/foreign")), 403, AccessDenied, refused},
		"a provider of another partition":             {samlInput(good, provider("arn:aws-cn:iam::111111111111:saml-provider/corp")), 400, InvalidIdentityToken, "Specified provider doesn't exist"},
		"a role of Identity Center":                   {samlInput(good, otherRole(role("AWSReservedSSO_Admin"))), 403, AccessDenied, refused},
		"another recipient than trusted": {
			samlInput(response(t, func(r *saml.Response) { r.Recipient = "https://eu-west-1.signin.aws.amazon.com/saml" })), 403, AccessDenied, refused,
		},
		"exchanged ARNs":                 {samlInput(good, otherRole(samlARN), provider(deployARN)), 400, ValidationError, "Request ARN is invalid"},
		"a user for the role":            {samlInput(good, otherRole(aliceARN)), 400, ValidationError, "Request ARN is invalid"},
		"no provider of that name":       {samlInput(good, provider("arn:aws:iam::111111111111:saml-provider/other")), 400, InvalidIdentityToken, "Specified provider doesn't exist"},
		"a provider of no such account":  {samlInput(good, provider("arn:aws:iam::444444444444:saml-provider/corp")), 400, InvalidIdentityToken, "Specified provider doesn't exist"},
		"a provider of another service":  {samlInput(good, provider("arn:aws:sts::111111111111:saml-provider/corp")), 400, ValidationError, "Request ARN is invalid"},
		"a provider without metadata":    {samlInput(good, provider("arn:aws:iam::111111111111:saml-provider/silent")), 400, InvalidIdentityToken, "Response signature invalid"},
		"a response that was changed":    {samlInput(new(strings.Replace(*good, "A", "B", 1))), 400, InvalidIdentityToken, ""},
		"a response of the past":         {samlInput(response(t, func(r *saml.Response) { r.IssueInstant = start.Add(-6 * time.Minute) })), 400, ExpiredTokenException, "Token must be redeemed within 5 minutes of issuance"},
		"duplicate tags":                 {samlInput(response(t, attribute("PrincipalTag:a", "1"), attribute("PrincipalTag:A", "2"))), 400, InvalidParameterValue, tagsDuplicate},
		"a duration beyond the role's":   {samlInput(good, func(in *AssumeRoleWithSAMLInput) { in.DurationSeconds = new(int32(43201)) }), 400, ValidationError, "1 validation error detected: Value '43201' at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to 43200"},
		"a policy that is none":          {samlInput(good, func(in *AssumeRoleWithSAMLInput) { in.Policy = new("{}") }), 400, MalformedPolicyDocument, "Syntax errors in policy."},
		"a session at the provider ends": {samlInput(response(t, func(r *saml.Response) { r.SessionNotOnOrAfter = start.Add(time.Second) })), 400, ExpiredTokenException, "Token must be redeemed within 5 minutes of issuance"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			_, err := l.AssumeRoleWithSAML(ctx(), tt.input)
			if tt.want == "" {
				tt.want = errorOf(err).Message
			}
			fails(t, err, tt.status, tt.code, tt.want)
		})
	}
}

func TestSAMLDurations(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		response *string
		given    *int32
		want     time.Duration
	}{
		"default":                        {response(t), nil, time.Hour},
		"the parameter":                  {response(t), new(int32(43200)), 12 * time.Hour},
		"shortened by the response":      {response(t, attribute("SessionDuration", "1800")), nil, 30 * time.Minute},
		"never lengthened":               {response(t, attribute("SessionDuration", "7200")), nil, time.Hour},
		"until the end at the provider":  {response(t, func(r *saml.Response) { r.SessionNotOnOrAfter = start.Add(20 * time.Minute) }), nil, 20*time.Minute - time.Second},
		"the least of all that is given": {response(t, attribute("SessionDuration", "1800"), func(r *saml.Response) { r.SessionNotOnOrAfter = start.Add(time.Hour) }), new(int32(3600)), 30 * time.Minute},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			out := must(l.AssumeRoleWithSAML(ctx(), samlInput(tt.response, func(in *AssumeRoleWithSAMLInput) { in.DurationSeconds = tt.given })))(t)
			if got := out.Credentials.Expiration.Sub(start); got != tt.want {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
}

func TestAResponseMakesOneSession(t *testing.T) {
	t.Parallel()
	text := response(t)
	l := newLab(t)
	if _, err := l.AssumeRoleWithSAML(ctx(), samlInput(text, func(in *AssumeRoleWithSAMLInput) { in.RoleArn = new(role("plain")) })); err == nil {
		t.Fatal("the role does not trust the provider")
	}
	must(l.AssumeRoleWithSAML(ctx(), samlInput(text)))(t) // a refusal does not use it up
	_, err := l.AssumeRoleWithSAML(ctx(), samlInput(text))
	if e := errorOf(err); e.Code != InvalidIdentityToken || !strings.Contains(e.Error(), "used before") {
		t.Error(err)
	}
	again := newLab(t, func(o *Options) { o.ResponsesAgain = true })
	for range 2 {
		must(again.AssumeRoleWithSAML(ctx(), samlInput(text)))(t)
	}
}

func TestGetDelegatedAccessToken(t *testing.T) {
	t.Parallel()
	const expired = "The trade-in token has expired or is not valid."
	l := newLab(t)
	trade := func(key, token string) (*GetDelegatedAccessTokenOutput, error) {
		return l.GetDelegatedAccessToken(ctx(), l.key(key), &GetDelegatedAccessTokenInput{TradeInToken: &token})
	}
	for _, tt := range []struct{ key, token string }{{awayKey, "none"}, {aliceKey, "trade-1"}, {awayKey, "trade-3"}} {
		_, err := trade(tt.key, tt.token)
		fails(t, err, 400, ExpiredTradeInToken, expired)
	}
	_, err := trade(bobKey, "trade-1")
	fails(t, err, 403, AccessDenied, "User: arn:aws:iam::111111111111:user/bob is not authorized to perform: sts:GetDelegatedAccessToken because no identity-based policy allows the sts:GetDelegatedAccessToken action")

	user := must(trade(awayKey, "trade-1"))(t)
	if user.AssumedPrincipal != aliceARN || !user.Credentials.Expiration.Equal(start.Add(30*time.Minute)) || user.PackedPolicySize != nil {
		t.Errorf("%+v", user)
	}
	_, err = trade(awayKey, "trade-1")
	fails(t, err, 400, ExpiredTradeInToken, expired)
	asUser, asRole := l.with(user.Credentials), l.with(must(trade(awayKey, "trade-2"))(t).Credentials)
	for _, c := range []*Caller{asUser, asRole} {
		if !l.may(c, "s3:GetObject", "*").Allowed() || l.may(c, "s3:ListBucket", "*").Allowed() || l.may(c, "s3:PutObject", object).Allowed() || l.may(c, "s3:RestoreObject", object).Allowed() {
			t.Errorf("%s is not limited to the delegated permissions", c)
		}
	}
	if asUser.ARN() != aliceARN || asRole.ARN() != "arn:aws:sts::111111111111:assumed-role/deploy/999999999999" {
		t.Errorf("%s, %s", asUser, asRole)
	}
	a := *l.World().Account(home)
	a.Delegations = nil
	l.change(world.PutAccount(a))
	if len(l.trades.used) != 0 {
		t.Errorf("remembered: %v", l.trades.used)
	}
	if l.may(asUser, "s3:GetObject", "*").Allowed() {
		t.Error("a delegation that is no more allows")
	}
}
