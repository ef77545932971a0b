package saml_test

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/sts/saml"
)

// An identity provider tells who Alice is; the metadata is all that is needed
// to believe it.
func Example() {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	key, err := saml.GenerateKey(rand.NewChaCha8([32]byte{1}))
	if err != nil {
		panic(err)
	}
	idp, err := saml.NewIdentityProvider("https://idp.example.com/saml", key, now)
	if err != nil {
		panic(err)
	}
	response, err := idp.Respond(saml.Response{
		Subject:      saml.Subject{Name: "alice@example.com"},
		IssueInstant: now,
		Attributes: []saml.Attribute{
			saml.AWSAttribute("Role", "arn:aws:iam::111122223333:role/app,arn:aws:iam::111122223333:saml-provider/corp"),
			saml.AWSAttribute("RoleSessionName", "alice"),
		},
	})
	if err != nil {
		panic(err)
	}

	metadata, problems := saml.ParseMetadata(&diag.Source{Name: "idp.xml", Text: idp.Metadata()})
	if problems.HasErrors() {
		panic(problems)
	}
	assertion, err := metadata.Verify(response, "aws", now)
	if err != nil {
		panic(err)
	}
	for _, key := range assertion.Keys("111122223333", "corp") {
		fmt.Println(key.Name, key.Values)
	}
	_, err = metadata.Verify(response, "aws", now.Add(10*time.Minute))
	fmt.Println(err)
	// Output:
	// saml:aud [https://signin.aws.amazon.com/saml]
	// saml:iss [https://idp.example.com/saml]
	// saml:sub [alice@example.com]
	// saml:sub_type [persistent]
	// saml:namequalifier [q9cKCJk6vpTW1u2/xwTUYDemF2k=]
	// saml:doc [111122223333/corp]
	// ExpiredTokenException: Token must be redeemed within 5 minutes of issuance (it could be redeemed until 2026-01-02T03:09:04.999999999Z, now is 2026-01-02T03:14:05Z)
}
