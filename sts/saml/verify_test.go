package saml

import (
	"crypto"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"
	"github.com/google/go-cmp/cmp"
)

func TestAVerifiedResponseSaysWhatTheIdentityProviderSaid(t *testing.T) {
	t.Parallel()
	r := with(
		AWSAttribute("SessionDuration", "1800"),
		AWSAttribute("PrincipalTag:Cost Center", ""),
		AWSAttribute("TransitiveTagKeys", "team", "Cost Center"),
		AWSAttribute("SourceIdentity", "alice@hq"),
		Attribute{"urn:oid:1.3.6.1.4.1.5923.1.1.1.1", []string{"staff", "member"}},
	)
	r.Subject.NameQualifier = "corp"
	r.SessionNotOnOrAfter = now.Add(8 * time.Hour)
	got, err := trusted().Verify(respond(t, honest(), r), "aws", now)
	if err != nil {
		t.Fatal(err)
	}
	want := &Assertion{
		ID:                  "_a1",
		Issuer:              entity,
		IssueInstant:        now,
		Expires:             now.Add(5*time.Minute - time.Nanosecond),
		Subject:             Subject{"alice@example.com", "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent", "corp"},
		Recipient:           "https://signin.aws.amazon.com/saml",
		Audiences:           []string{"urn:amazon:webservices"},
		SessionNotOnOrAfter: now.Add(8 * time.Hour),
		Roles:               []RolePair{{role, provider}},
		RoleSessionName:     "alice",
		SessionDuration:     30 * time.Minute,
		Tags:                []Tag{{"team", "blue"}, {"Cost Center", ""}},
		TransitiveTagKeys:   []string{"team", "Cost Center"},
		SourceIdentity:      "alice@hq",
		Attributes:          []Key{{Name: "saml:edupersonaffiliation", Values: []string{"staff", "member"}, List: true}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestVerifyTakes(t *testing.T) {
	t.Parallel()
	both := good()
	both.Signed = SignedAssertion | SignedResponse
	response := good()
	response.Signed = SignedResponse
	sha384, sha512 := good(), good()
	sha384.Hash, sha512.Hash = crypto.SHA384, crypto.SHA512
	static, region, path := good(), good(), good()
	static.Recipient = "https://signin.aws.amazon.com/static/saml"
	region.Recipient = "https://ap-southeast-3.signin.aws.amazon.com/saml"
	path.Recipient = "https://signin.aws.amazon.com/saml/acs/SAMLSP4HEXAMPLE"
	byURL := good()
	byURL.Audience = "https://signin.aws.amazon.com/saml"
	atTheEnd, early := good(), good()
	atTheEnd.IssueInstant, atTheEnd.NotOnOrAfter = now.Add(-5*time.Minute), now.Add(time.Nanosecond)
	early.IssueInstant = now.Add(5 * time.Minute)
	tests := map[string]string{
		"a signed assertion":                  respond(t, honest(), good()),
		"a signed response":                   respond(t, honest(), response),
		"both signed":                         respond(t, honest(), both),
		"SHA-384":                             respond(t, honest(), sha384),
		"SHA-512":                             respond(t, honest(), sha512),
		"the static sign-in URL":              respond(t, honest(), static),
		"the sign-in URL of a Region":         respond(t, honest(), region),
		"a sign-in URL with a path":           respond(t, honest(), path),
		"a sign-in URL as audience":           respond(t, honest(), byURL),
		"the last instant":                    respond(t, honest(), atTheEnd),
		"a clock that is 5 minutes behind":    respond(t, honest(), early),
		"line breaks in the base64":           strings.Join(strings.SplitAfter(respond(t, honest(), good()), "A"), "\r\n"),
		"a byte order mark and an XML head":   pack("\ufeff<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" + xmlOf(t, respond(t, honest(), good())) + "\n"),
		"no KeyInfo":                          tampering(t, good(), func(r *etree.Element) { drop(t, r, "KeyInfo") }),
		"KeyInfo without a certificate":       tampering(t, good(), func(r *etree.Element) { drop(t, r, "X509Data") }),
		"a signature value broken into lines": tampering(t, good(), indentSignatureValue(t)),
		"a response without an Issuer":        tampering(t, good(), func(r *etree.Element) { drop(t, r, "Issuer") }),
		"no AudienceRestriction":              signing(t, good(), func(a *etree.Element) { drop(t, a, "AudienceRestriction") }),
		"no Conditions":                       signing(t, good(), func(a *etree.Element) { drop(t, a, "Conditions") }),
		"a condition OneTimeUse":              signing(t, good(), func(a *etree.Element) { find(t, a, "Conditions").CreateElement("saml:OneTimeUse") }),
		"a confirmation of another method as well": signing(t, good(), func(a *etree.Element) {
			find(t, a, "Subject").CreateElement("saml:SubjectConfirmation").CreateAttr("Method", "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches")
		}),
		"the prefix xml declared as what it is": tampering(t, good(), func(r *etree.Element) {
			r.CreateAttr("xmlns:xml", "http://www.w3.org/XML/1998/namespace")
			r.CreateAttr("xml:lang", "en")
		}),
		"an attribute that nobody reads": respond(t, honest(), with(Attribute{"urn:example:photo", []string{"x", "y"}})),
	}
	for name, response := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := trusted().Verify(response, "aws", now)
			if err != nil {
				t.Fatal(err)
			}
			if got.Subject.Name != "alice@example.com" || got.CheckRole(role, provider) != nil {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// drop removes the first element of a name.
func drop(tb testing.TB, root *etree.Element, tag string) {
	tb.Helper()
	el := find(tb, root, tag)
	el.Parent().RemoveChild(el)
}

func indentSignatureValue(tb testing.TB) func(*etree.Element) {
	return func(r *etree.Element) {
		value := find(tb, r, "SignatureValue")
		value.SetText("\n\t  " + value.Text()[:64] + "\n\t  " + value.Text()[64:] + "\n")
	}
}

func TestVerifyRefuses(t *testing.T) {
	t.Parallel()
	invalidResponse := func(what string) refusal {
		return refusal{InvalidIdentityToken, "Invalid SAML response: " + what, ""}
	}
	unreadable := func(detail string) refusal {
		return refusal{InvalidIdentityToken, "Invalid base64 SAMLResponse", detail}
	}
	late := func(detail string) refusal {
		return refusal{ExpiredTokenException, "Token must be redeemed within 5 minutes of issuance", detail}
	}
	const noIssuer, noAudience = "Issuer not present in specified provider", "Response does not contain the required audience."
	const bearerText = "the Subject needs one SubjectConfirmation of method bearer with one SubjectConfirmationData"
	changed := func(edit func(*Response)) string {
		r := good()
		edit(&r)
		return respond(t, honest(), r)
	}
	edited := func(edit func(*etree.Element)) string { return signing(t, good(), edit) }
	set := func(tag, name, value string) string {
		return edited(func(a *etree.Element) { find(t, a, tag).CreateAttr(name, value) })
	}
	unset := func(tag, name string) string {
		return edited(func(a *etree.Element) { find(t, a, tag).RemoveAttr(name) })
	}
	tests := map[string]struct {
		response string
		want     refusal
	}{
		"too long":           {strings.Repeat("A", MaxResponse+1), unreadable("longer than 100000 characters")},
		"not base64":         {"PHNhbWw+!", unreadable("not base64")},
		"base64url":          {"-_-_", unreadable("not base64")},
		"not XML":            {pack("SAMLResponse"), unreadable("not XML at 1:1: there is text outside the root element")},
		"a bare assertion":   {pack(`<Assertion xmlns="` + assertionNS + `"/>`), unreadable("the root element is Assertion")},
		"of SAML 1.1":        {pack(`<Response xmlns="urn:oasis:names:tc:SAML:1.0:protocol"/>`), unreadable("the root element is Response")},
		"of another version": {tampering(t, good(), func(r *etree.Element) { r.CreateAttr("Version", "1.1") }), invalidResponse(`the Version of the Response is "1.1", it must be "2.0"`)},
		"a failure": {tampering(t, good(), func(r *etree.Element) {
			find(t, r, "StatusCode").CreateAttr("Value", "urn:oasis:names:tc:SAML:2.0:status:Responder")
		}), invalidResponse(`the StatusCode is "urn:oasis:names:tc:SAML:2.0:status:Responder", it must be "urn:oasis:names:tc:SAML:2.0:status:Success" once`)},
		"no status": {
			tampering(t, good(), func(r *etree.Element) { drop(t, r, "Status") }),
			invalidResponse(`the StatusCode is "", it must be "urn:oasis:names:tc:SAML:2.0:status:Success" once`),
		},
		"no assertion":                {tampering(t, good(), func(r *etree.Element) { drop(t, r, "Assertion") }), invalidResponse("there is no Assertion")},
		"an assertion of version 1.1": {set("Assertion", "Version", "1.1"), invalidResponse(`the Version of the Assertion is "1.1", it must be "2.0"`)},
		"of another issuer":           {changed(func(r *Response) { r.Issuer = "https://other.example.com" }), refusal{InvalidIdentityToken, noIssuer, `the Issuer is "https://other.example.com"`}},
		"of no issuer":                {edited(func(a *etree.Element) { drop(t, a, "Issuer") }), refusal{InvalidIdentityToken, noIssuer, "0 Issuers"}},
		"the response of another issuer": {
			tampering(t, good(), func(r *etree.Element) { find(t, r, "Issuer").SetText("https://other.example.com") }),
			refusal{InvalidIdentityToken, noIssuer, `the Issuer is "https://other.example.com"`},
		},
		"no NameID":      {changed(func(r *Response) { r.Subject.Name = "" }), refusal{AccessDenied, "Not authorized to perform sts:AssumeRoleWithSAML", "no NameID"}},
		"a blank NameID": {changed(func(r *Response) { r.Subject.Name = " \n" }), refusal{AccessDenied, "Not authorized to perform sts:AssumeRoleWithSAML", "no NameID"}},
		"no Subject":     {edited(func(a *etree.Element) { drop(t, a, "Subject") }), refusal{AccessDenied, "Not authorized to perform sts:AssumeRoleWithSAML", "no NameID"}},
		"two Subjects":   {edited(func(a *etree.Element) { a.AddChild(find(t, a, "Subject").Copy()) }), invalidResponse("there are 2 Subjects")},
		"two NameIDs":    {edited(func(a *etree.Element) { find(t, a, "Subject").CreateElement("saml:NameID") }), invalidResponse("there are 2 NameIDs")},
		"no bearer":      {set("SubjectConfirmation", "Method", "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"), invalidResponse(bearerText)},
		"two bearers": {
			edited(func(a *etree.Element) { find(t, a, "Subject").AddChild(find(t, a, "SubjectConfirmation").Copy()) }),
			invalidResponse(bearerText),
		},
		"no confirmation data": {edited(func(a *etree.Element) { drop(t, a, "SubjectConfirmationData") }), invalidResponse(bearerText)},
		"no Recipient":         {unset("SubjectConfirmationData", "Recipient"), invalidResponse("the SubjectConfirmationData has no Recipient")},
		"no NotOnOrAfter":      {unset("SubjectConfirmationData", "NotOnOrAfter"), invalidResponse("the SubjectConfirmationData has no NotOnOrAfter")},
		"no IssueInstant":      {unset("Assertion", "IssueInstant"), invalidResponse("the assertion has no IssueInstant")},
		"two Conditions":       {edited(func(a *etree.Element) { a.AddChild(find(t, a, "Conditions").Copy()) }), invalidResponse("there are 2 Conditions")},
		"an unknown condition": {edited(func(a *etree.Element) { find(t, a, "Conditions").CreateElement("saml:Condition") }), invalidResponse("the condition saml:Condition is not known")},
		"a time without a zone": {
			set("Conditions", "NotOnOrAfter", "2026-01-02T03:09:05"),
			invalidResponse(`NotOnOrAfter is "2026-01-02T03:09:05", it must be a time such as 2026-01-02T03:04:05Z`),
		},
		"a second restriction to others": {edited(func(a *etree.Element) {
			find(t, a, "Conditions").CreateElement("saml:AudienceRestriction").CreateElement("saml:Audience").SetText("urn:example:other")
		}), refusal{InvalidIdentityToken, noAudience, `the audience is "urn:example:other"`}},
		"a restriction to nobody": {edited(func(a *etree.Element) { drop(t, a, "Audience") }), refusal{InvalidIdentityToken, noAudience, `the audience is ""`}},
		"issued 5 minutes ago, though said to live longer": {changed(func(r *Response) {
			r.IssueInstant, r.NotOnOrAfter = now.Add(-5*time.Minute-1), now.Add(time.Hour)
		}), late("it could be redeemed until 2026-01-02T03:04:04.999999999Z")},
		"sent 5 minutes ago":            {tampering(t, good(), func(r *etree.Element) { r.CreateAttr("IssueInstant", "2026-01-02T02:59:04Z") }), late("until 2026-01-02T03:04:04Z")},
		"over":                          {changed(func(r *Response) { r.IssueInstant, r.NotOnOrAfter = now.Add(-time.Minute), now }), late("until 2026-01-02T03:04:04.999999999Z")},
		"asserted 5 minutes ago":        {set("Assertion", "IssueInstant", "2026-01-02T02:59:04Z"), late("until 2026-01-02T03:04:04Z")},
		"over by the Conditions only":   {set("Conditions", "NotOnOrAfter", "2026-01-02T03:04:05Z"), late("")},
		"over by the confirmation only": {set("SubjectConfirmationData", "NotOnOrAfter", "2026-01-02T03:04:05Z"), late("")},
		"with its session over":         {changed(func(r *Response) { r.SessionNotOnOrAfter = now }), late("the session at the identity provider ended at 2026-01-02T03:04:05Z")},
		"not yet valid":                 {set("Conditions", "NotBefore", "2026-01-02T03:09:06Z"), invalidResponse("NotBefore is 2026-01-02T03:09:06Z, more than 5 minutes ahead")},
		"not yet confirmed": {
			set("SubjectConfirmationData", "NotBefore", "2026-01-02T03:09:06Z"),
			invalidResponse("NotBefore is 2026-01-02T03:09:06Z, more than 5 minutes ahead"),
		},
		"issued in the future": {
			set("Assertion", "IssueInstant", "2026-01-02T03:09:06Z"),
			invalidResponse("IssueInstant is 2026-01-02T03:09:06Z, more than 5 minutes ahead"),
		},
		"an IssueInstant that is no time": {
			set("Assertion", "IssueInstant", "today"),
			invalidResponse(`IssueInstant is "today", it must be a time such as 2026-01-02T03:04:05Z`),
		},
		"a response whose IssueInstant is no time": {
			tampering(t, good(), func(r *etree.Element) { r.CreateAttr("IssueInstant", "today") }),
			invalidResponse(`IssueInstant is "today", it must be a time such as 2026-01-02T03:04:05Z`),
		},
		"a NotBefore that is no time": {
			set("Conditions", "NotBefore", "today"),
			invalidResponse(`NotBefore is "today", it must be a time such as 2026-01-02T03:04:05Z`),
		},
		"a session end that is no time": {
			set("AuthnStatement", "SessionNotOnOrAfter", "never"),
			invalidResponse(`SessionNotOnOrAfter is "never", it must be a time such as 2026-01-02T03:04:05Z`),
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := trusted().Verify(tt.response, "aws", now)
			tt.want.check(t, got, err)
		})
	}
}

func TestRecipientsAndAudiencesOfThePartitions(t *testing.T) {
	t.Parallel()
	const awsAudience, chinaAudience, govAudience = "urn:amazon:webservices", "urn:amazon:webservices:cn-north-1", "urn:amazon:webservices:govcloud"
	const china, gov = "https://signin.amazonaws.cn/saml", "https://signin.amazonaws-us-gov.com/saml"
	tests := []struct {
		partition, recipient, audience string
		ok                             bool
	}{
		{"aws-cn", china, chinaAudience, true},
		{"aws-us-gov", gov, govAudience, true},
		{"aws-us-gov", gov, gov, true},
		{"aws-cn", china, awsAudience, false},
		{"aws-us-gov", gov, awsAudience, false},
		{"aws", china, awsAudience, false},
		{"aws-cn", "https://signin.aws.amazon.com/saml", chinaAudience, false},
		{"aws-cn", "https://cn-north-1.signin.amazonaws.cn/saml", chinaAudience, false},
		{"aws", "http://signin.aws.amazon.com/saml", awsAudience, false},
		{"aws", "https://signin.aws.amazon.com/saml/", awsAudience, false},
		{"aws", "https://signin.aws.amazon.com/saml?x", awsAudience, false},
		{"aws", "https://signin.aws.amazon.com/saml.evil.example", awsAudience, false},
		{"aws", "https://signin.aws.amazon.com.evil.example/saml", awsAudience, false},
		{"aws", "https://signin-aws.amazon.com/saml", awsAudience, false},
		{"aws", "https://evil.signin.aws.amazon.com/saml", awsAudience, false},
		{"aws", "https://us-east-1.signin.aws.amazon.com/static/saml", awsAudience, false},
		{"aws", "https://SIGNIN.aws.amazon.com/saml", awsAudience, false},
		{"aws", "https://signin.aws.amazon.com/saml\n", awsAudience, false},
		{"aws", "", awsAudience, false},
		{"aws", "https://signin.aws.amazon.com/saml", "urn:amazon:webservices:other", false},
		{"aws", "https://signin.aws.amazon.com/saml", "https://sp.example.com", false},
	}
	for _, tt := range tests {
		response := signing(t, good(), func(a *etree.Element) {
			find(t, a, "SubjectConfirmationData").CreateAttr("Recipient", tt.recipient)
			find(t, a, "Audience").SetText(tt.audience)
		})
		if _, err := trusted().Verify(response, tt.partition, now); (err == nil) != tt.ok {
			t.Errorf("%s, recipient %q, audience %q: %v", tt.partition, tt.recipient, tt.audience, err)
		}
	}
	for _, partition := range []string{"aws", "aws-cn", "aws-us-gov"} {
		recipient, audience, ok := SignIn(partition)
		r := good()
		r.Recipient, r.Audience = recipient, audience
		if _, err := trusted().Verify(respond(t, honest(), r), partition, now); err != nil || !ok {
			t.Errorf("SignIn(%s) gives %s, %s: %v", partition, recipient, audience, err)
		}
	}
}

func TestAPartitionWithoutSignInIsNoRefusal(t *testing.T) {
	t.Parallel()
	_, err := trusted().Verify(respond(t, honest(), good()), "aws-iso", now)
	const want = `saml: no sign-in endpoint is known for partition "aws-iso"; known are aws, aws-cn and aws-us-gov`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if _, _, ok := SignIn("aws-iso"); ok {
		t.Error("SignIn knows aws-iso")
	}
}

func TestAResponseOfTheGreatestLengthIsTaken(t *testing.T) {
	t.Parallel()
	r := good()
	roles := AWSAttribute("Role")
	for range 550 {
		roles.Values = append(roles.Values, role+","+provider)
	}
	r.Attributes = append(r.Attributes, roles)
	response := respond(t, honest(), r)
	// Line breaks count as characters.
	padded := response[:len(response)-4] + strings.Repeat("\n", MaxResponse-len(response)) + response[len(response)-4:]
	got, err := trusted().Verify(padded, "aws", now)
	if err != nil {
		t.Fatal(err)
	}
	if len(response) < 90_000 || len(padded) != MaxResponse || len(got.Roles) != 551 {
		t.Errorf("%d characters, %d padded, %d roles", len(response), len(padded), len(got.Roles))
	}
}

func TestVectors(t *testing.T) {
	t.Parallel()
	// STS-183.
	if got := NameQualifier("https://example.com/saml", "123456789012", "MySAMLIdP"); got != "1uAJanUnBc2XeUkHURMht+xam2c=" {
		t.Errorf("NameQualifier = %s", got)
	}
	// STS-116.
	for format, want := range map[string]string{
		"urn:oasis:names:tc:SAML:2.0:nameid-format:persistent":   "persistent",
		"urn:oasis:names:tc:SAML:2.0:nameid-format:transient":    "transient",
		"urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress": "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
		"": "",
	} {
		if got := SubjectType(format); got != want {
			t.Errorf("SubjectType(%q) = %q, want %q", format, got, want)
		}
	}
	unnamed := signing(t, good(), func(a *etree.Element) { find(t, a, "NameID").RemoveAttr("Format") })
	got, err := trusted().Verify(unnamed, "aws", now)
	if err != nil {
		t.Fatal(err)
	}
	if want := "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"; got.Subject.Format != want {
		t.Errorf("a NameID without a format has %q, want %q", got.Subject.Format, want)
	}
}

func TestErrorsAreOneLine(t *testing.T) {
	t.Parallel()
	_, err := trusted().Verify(base64.StdEncoding.EncodeToString([]byte("<a/>")), "aws", now)
	want := "InvalidIdentityToken: Invalid base64 SAMLResponse (the root element is a, not a SAML 2.0 Response)"
	if err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
	_, err = trusted().Verify(tampering(t, good(), func(r *etree.Element) { drop(t, r, "Assertion") }), "aws", now)
	if want := "InvalidIdentityToken: Invalid SAML response: there is no Assertion"; err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
}
