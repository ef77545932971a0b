package saml

import (
	"testing"
	"time"

	"github.com/beevik/etree"
	"github.com/google/go-cmp/cmp"
)

// only gives a good response with these attributes and no others.
func only(attributes ...Attribute) Response {
	r := good()
	r.Attributes = attributes
	return r
}

func TestAttributesThatAreRefused(t *testing.T) {
	t.Parallel()
	const pattern = "[a-zA-Z_0-9+=,.@-]{2,64}"
	noName := refusal{InvalidIdentityToken, "RoleSessionName is required in AuthnResponse", "add the attribute https://aws.amazon.com/SAML/Attributes/RoleSessionName"}
	badName := func(detail string) refusal {
		return refusal{InvalidIdentityToken, "RoleSessionName in AuthnResponse must match " + pattern, detail}
	}
	badSource := func(detail string) refusal {
		return refusal{InvalidIdentityToken, "Source Identity must match " + pattern + ` and not begin with "aws:"`, detail}
	}
	badDuration := func(value string) refusal {
		return refusal{InvalidIdentityToken, "Invalid SAML response: SessionDuration is \"" + value + "\", it must be a number of seconds from 900 to 43200", ""}
	}
	tests := map[string]struct {
		response Response
		want     refusal
	}{
		"no attributes":                   {only(), noName},
		"no RoleSessionName":              {only(AWSAttribute("Role", role+","+provider)), noName},
		"a RoleSessionName of no value":   {only(AWSAttribute("RoleSessionName")), noName},
		"a RoleSessionName in lower case": {only(AWSAttribute("rolesessionname", "alice")), noName},
		"an empty RoleSessionName":        {only(AWSAttribute("RoleSessionName", "")), badName(`it is ""`)},
		"a short RoleSessionName":         {only(AWSAttribute("RoleSessionName", "a")), badName(`it is "a"`)},
		"a RoleSessionName with a space":  {only(AWSAttribute("RoleSessionName", "alice smith")), badName(`it is "alice smith"`)},
		"a RoleSessionName with a line":   {only(AWSAttribute("RoleSessionName", "alice\n")), badName(`it is "alice\n"`)},
		"a RoleSessionName of 65": {
			only(AWSAttribute("RoleSessionName", "aaaaaaaaaabbbbbbbbbbaaaaaaaaaabbbbbbbbbbaaaaaaaaaabbbbbbbbbb12345")),
			badName(`it is "aaaa`),
		},
		"two RoleSessionNames":          {with(AWSAttribute("RoleSessionName", "bob")), badName("there are 2 values")},
		"a source identity of AWS":      {with(AWSAttribute("SourceIdentity", "aws:alice")), badSource(`it is "aws:alice"`)},
		"two source identities":         {with(AWSAttribute("SourceIdentity", "alice", "bob")), badSource("there are 2 values")},
		"a source identity of no value": {with(AWSAttribute("SourceIdentity")), badSource("there are 0 values")},
		"a short duration":              {with(AWSAttribute("SessionDuration", "899")), badDuration("899")},
		"a long duration":               {with(AWSAttribute("SessionDuration", "43201")), badDuration("43201")},
		"a duration with a unit":        {with(AWSAttribute("SessionDuration", "1h")), badDuration("1h")},
		"two durations": {with(AWSAttribute("SessionDuration", "900", "1800")), refusal{
			InvalidIdentityToken,
			"Invalid SAML response: attribute https://aws.amazon.com/SAML/Attributes/SessionDuration has 2 values, it must have one", "",
		}},
		"a tag of two values": {with(AWSAttribute("PrincipalTag:team", "red")), refusal{
			InvalidIdentityToken,
			"Invalid SAML response: attribute https://aws.amazon.com/SAML/Attributes/PrincipalTag:team has 2 values, it must have one", "",
		}},
		"a tag of no value": {with(AWSAttribute("PrincipalTag:empty")), refusal{
			InvalidIdentityToken,
			"Invalid SAML response: attribute https://aws.amazon.com/SAML/Attributes/PrincipalTag:empty has 0 values, it must have one", "",
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := trusted().Verify(respond(t, honest(), tt.response), "aws", now)
			tt.want.check(t, got, err)
		})
	}
}

func TestRolePairs(t *testing.T) {
	t.Parallel()
	const comma = "arn:aws:iam::111122223333:role/a,b"
	for value, want := range map[string]RolePair{
		role + "," + provider:                 {role, provider},
		provider + "," + role:                 {role, provider},
		" " + role + "\t, " + provider + "\n": {role, provider},
		comma + "," + provider:                {comma, provider},
		provider + " , " + comma:              {comma, provider},
	} {
		if got, ok := rolePair(value); !ok || got != want {
			t.Errorf("rolePair(%q) = %v, %t; want %v", value, got, ok, want)
		}
	}
	for _, value := range []string{"", ",", role, provider, role + "," + role, role + ";" + provider} {
		if got, ok := rolePair(value); ok {
			t.Errorf("rolePair(%q) = %v", value, got)
		}
	}
}

func TestCheckRoleTakesAPairLiterally(t *testing.T) {
	t.Parallel()
	const other = "arn:aws:iam::111122223333:role/other"
	response := only(
		AWSAttribute("RoleSessionName", "alice"),
		AWSAttribute("Role", role+","+provider),
		AWSAttribute("Role", "unreadable", "arn:aws:iam::111122223333:saml-provider/lab,"+other),
	)
	got, err := trusted().Verify(respond(t, honest(), response), "aws", now)
	if err != nil {
		t.Fatal(err)
	}
	if err := got.CheckRole(role, provider); err != nil {
		t.Error(err)
	}
	const message = "Not authorized to perform sts:AssumeRoleWithSAML"
	holds := "; it holds " + role + "," + provider + ", " + other + ",arn:aws:iam::111122223333:saml-provider/lab"
	refusal{AccessDenied, message, holds}.check(t, nil, got.CheckRole(other, provider))
	refusal{AccessDenied, message, holds}.check(t, nil, got.CheckRole(role+"x", provider))
	refusal{AccessDenied, message, holds}.check(t, nil, got.CheckRole(provider, role))

	got.Roles = append(got.Roles, got.Roles...)
	refusal{AccessDenied, message, " and 1 more"}.check(t, nil, got.CheckRole(other, provider))
	got.Roles = nil
	refusal{AccessDenied, message, "holds no pair ROLE-ARN,PROVIDER-ARN"}.check(t, nil, got.CheckRole(role, provider))
}

func TestShortenNeverLengthens(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		assertion Assertion
		want      time.Duration
	}{
		"nothing given":           {Assertion{}, time.Hour},
		"a shorter duration":      {Assertion{SessionDuration: 15 * time.Minute}, 15 * time.Minute},
		"a longer duration":       {Assertion{SessionDuration: 12 * time.Hour}, time.Hour},
		"a session that ends":     {Assertion{SessionNotOnOrAfter: now.Add(90*time.Second + 1)}, 90 * time.Second},
		"a session that goes on":  {Assertion{SessionNotOnOrAfter: now.Add(2 * time.Hour)}, time.Hour},
		"the session ends before": {Assertion{SessionDuration: 30 * time.Minute, SessionNotOnOrAfter: now.Add(time.Minute)}, time.Minute},
	}
	for name, tt := range tests {
		if got := tt.assertion.Shorten(time.Hour, now); got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestTheEarliestSessionEndCounts(t *testing.T) {
	t.Parallel()
	response := signing(t, good(), func(a *etree.Element) {
		for _, end := range []string{"2026-01-02T08:00:00+01:00", "2026-01-02T06:00:00Z", "2026-01-02T09:00:00Z"} {
			a.CreateElement("saml:AuthnStatement").CreateAttr("SessionNotOnOrAfter", end)
		}
	})
	got, err := trusted().Verify(response, "aws", now)
	if err != nil {
		t.Fatal(err)
	}
	if want := time.Date(2026, 1, 2, 6, 0, 0, 0, time.UTC); got.SessionNotOnOrAfter != want {
		t.Errorf("got %v, want %v", got.SessionNotOnOrAfter, want)
	}
}

func TestKeysOfEveryResponse(t *testing.T) {
	t.Parallel()
	got, err := trusted().Verify(respond(t, honest(), with(Attribute{"2.5.4.3", []string{"Alice"}})), "aws", now)
	if err != nil {
		t.Fatal(err)
	}
	want := []Key{
		{Name: "saml:aud", Values: []string{"https://signin.aws.amazon.com/saml"}},
		{Name: "saml:iss", Values: []string{entity}},
		{Name: "saml:sub", Values: []string{"alice@example.com"}, Lasting: true},
		{Name: "saml:sub_type", Values: []string{"persistent"}, Lasting: true},
		{Name: "saml:namequalifier", Values: []string{NameQualifier(entity, "111122223333", "corp")}, Lasting: true},
		{Name: "saml:doc", Values: []string{"111122223333/corp"}},
		{Name: "saml:commonName", Values: []string{"Alice"}},
	}
	if diff := cmp.Diff(want, got.Keys("111122223333", "corp")); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// TestEveryAttributeFillsItsKey holds the table of STS-178, written down here
// a second time.
func TestEveryAttributeFillsItsKey(t *testing.T) {
	t.Parallel()
	const person, org = "urn:oid:1.3.6.1.4.1.5923.1.1.1.", "urn:oid:1.3.6.1.4.1.5923.1.2.1."
	lists := [][2]string{
		{person + "1", "saml:edupersonaffiliation"},
		{person + "2", "saml:edupersonnickname"},
		{person + "4", "saml:edupersonorgunitdn"},
		{person + "7", "saml:edupersonentitlement"},
		{person + "9", "saml:edupersonscopedaffiliation"},
		{person + "10", "saml:edupersontargetedid"},
		{person + "11", "saml:edupersonassurance"},
		{org + "2", "saml:eduorghomepageuri"},
		{org + "3", "saml:eduorgidentityauthnpolicyuri"},
		{org + "4", "saml:eduorglegalname"},
		{org + "5", "saml:eduorgsuperioruri"},
		{org + "6", "saml:eduorgwhitepagesuri"},
		{"urn:oid:2.5.4.3", "saml:cn"},
	}
	strings := [][2]string{
		{person + "3", "saml:edupersonorgdn"},
		{person + "5", "saml:edupersonprimaryaffiliation"},
		{person + "6", "saml:edupersonprincipalname"},
		{person + "8", "saml:edupersonprimaryorgunitdn"},
		{"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name", "saml:name"},
		{"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname", "saml:givenName"},
		{"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname", "saml:surname"},
		{"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress", "saml:mail"},
		{"http://schemas.xmlsoap.org/claims/CommonName", "saml:commonName"},
		{"http://schemas.microsoft.com/ws/2008/06/identity/claims/primarygroupsid", "saml:primaryGroupSID"},
		{"2.5.4.3", "saml:commonName"},
		{"2.5.4.4", "saml:surname"},
		{"2.5.4.42", "saml:givenName"},
		{"2.4.5.42", "saml:givenName"},
		{"2.5.4.45", "saml:x500UniqueIdentifier"},
		{"0.9.2342.19200300100.1.1", "saml:uid"},
		{"0.9.2342.19200300100.1.3", "saml:mail"},
		{"0.9.2342.19200300100.1.45", "saml:organizationStatus"},
		{"0.9.2342.19200300.100.1.45", "saml:organizationStatus"},
		{"0.9.2342.19200300.100.1.1", "saml:uid"},
		{"0.9.2342.19200300.100.1.3", "saml:mail"},
	}
	if got, want := len(keyRules), len(lists)+len(strings); got != want {
		t.Errorf("the table has %d rows, want %d", got, want)
	}
	check := func(attribute string, want Key) {
		t.Helper()
		got, err := trusted().Verify(respond(t, honest(), with(Attribute{attribute, []string{"a", "b"}})), "aws", now)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]Key{want}, got.Attributes); diff != "" {
			t.Errorf("%s: -want +got\n%s", attribute, diff)
		}
	}
	for _, row := range lists {
		check(row[0], Key{Name: row[1], Values: []string{"a", "b"}, List: true})
	}
	for _, row := range strings {
		check(row[0], Key{Name: row[1], Values: []string{"a"}})
	}
}

func TestTheFirstAttributeOfAKeyCounts(t *testing.T) {
	t.Parallel()
	response := with(
		Attribute{"0.9.2342.19200300.100.1.3", []string{"third@example.com"}},
		Attribute{"0.9.2342.19200300100.1.3", []string{"second@example.com"}},
		Attribute{"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress", nil},
	)
	got, err := trusted().Verify(respond(t, honest(), response), "aws", now)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Key{{Name: "saml:mail", Values: []string{"second@example.com"}}}, got.Attributes); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestATargetedIDStandsInANameID(t *testing.T) {
	t.Parallel()
	response := signing(t, with(Attribute{"urn:oid:1.3.6.1.4.1.5923.1.1.1.10", []string{""}}), func(a *etree.Element) {
		statement := find(t, a, "AttributeStatement").ChildElements()
		value := find(t, statement[len(statement)-1], "AttributeValue")
		id := value.CreateElement("saml:NameID")
		id.SetText("opaque")
	})
	got, err := trusted().Verify(response, "aws", now)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Key{{Name: "saml:edupersontargetedid", Values: []string{"opaque"}, List: true}}, got.Attributes); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
