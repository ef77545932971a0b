package saml

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestResponsesSignedByAnotherLibrary: the files of testdata/xmlsec1 have the
// looks of what well-known identity providers send (prefixes or none,
// indentation, InclusiveNamespaces, the response or the assertion signed or
// both) and were signed with xmlsec1, which shares no code with this package.
func TestResponsesSignedByAnotherLibrary(t *testing.T) {
	t.Parallel()
	file := func(name string) string {
		text, err := os.ReadFile(filepath.Join("testdata", "xmlsec1", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	metadata := parse(t, file("metadata.xml"))
	alice := Assertion{
		ID: "id1002", Issuer: entity, IssueInstant: now.Add(123 * time.Millisecond), Expires: now.Add(5*time.Minute + 123*time.Millisecond - 1),
		Subject:   Subject{"alice@example.com", "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress", ""},
		Recipient: "https://signin.aws.amazon.com/saml", Audiences: []string{"urn:amazon:webservices"},
		Roles: []RolePair{{role, provider}}, RoleSessionName: "alice@example.com", SessionDuration: 2 * time.Hour,
	}
	zoe := Assertion{
		ID: "_d71a3a8e", Issuer: entity, IssueInstant: now.Add(654321 * time.Microsecond), Expires: now.Add(5*time.Minute + 654*time.Millisecond - 1),
		Subject:   Subject{"Zoë & co <z@example.com>", "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent", ""},
		Recipient: "https://signin.aws.amazon.com/saml", Audiences: []string{"urn:amazon:webservices"},
		SessionNotOnOrAfter: now.Add(8*time.Hour + 654*time.Millisecond),
		Roles:               []RolePair{{role, provider}, {"arn:aws:iam::111122223333:role/audit", provider}},
		RoleSessionName:     "zoe@example.com", Tags: []Tag{{"note", "a \"b\" 'c'\r\td ]]>"}},
		Attributes: []Key{{Name: "saml:mail", Values: []string{"z@example.com"}}},
	}
	for name, want := range map[string]Assertion{"both.xml": alice, "response.xml": alice, "assertion.xml": zoe} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := metadata.Verify(pack(file(name)), "aws", now.Add(time.Minute))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}
