package policy_test

import (
	"fmt"
	"os"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
)

func ExampleParse() {
	source := &diag.Source{Name: "p.json", Text: `{"Version": "2012-10-17",
 "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Ressource": "*"}]}`}
	_, problems := policy.Parse(source, policy.Options{Kind: policy.Identity})
	if err := diag.Render(os.Stdout, problems, diag.Style{}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// error: a statement of an identity-based policy needs Resource or NotResource [MISSING_RESOURCE, PL-23]
	//   p.json:2:16 at Statement[0]
	//   2 |  "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Ressource": "*"}]}
	//     |                ^
	//   hint: add "Resource": "*" or an ARN
	//
	// error: unknown element "Ressource" in a statement [UNKNOWN_ELEMENT, PL-3]
	//   p.json:2:62 at Statement[0].Ressource
	//   2 |  "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Ressource": "*"}]}
	//     |                                                              ^^^^^^^^^^^
	//   hint: did you mean "Resource"?
}

func ExampleDocument_String() {
	source := &diag.Source{Text: `{"Statement": {"Resource": ["*"], "Action": ["s3:*"], "Effect": "Deny"}, "Version": "2012-10-17"}`}
	document, _ := policy.Parse(source, policy.Options{Kind: policy.SCP})
	fmt.Println(document)
	// Output: {"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}
}
