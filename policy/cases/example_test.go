package cases_test

import (
	"fmt"
	"strings"

	"github.com/rolecall/rolecall/policy/cases"
)

func Example() {
	reader := cases.NewReader(strings.NewReader(`{
  "name": "bob reads",
  "request": {"principal": "arn:aws:iam::111122223333:user/bob", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k"},
  "expect": {"decision": "allowed"}
}`), "bob.cases")
	source, err := reader.Next()
	if err != nil {
		fmt.Println(err)
		return
	}
	result := cases.Parse(source, cases.Options{}).Decide()
	fmt.Println(string(result.AppendJSON(nil)))
	fmt.Println(result.Mismatch())
	// Output:
	// {"name":"bob reads","decision":"implicitDeny","reason":"identity","blockedBy":["identity"],"matched":[]}
	// expected allowed, got implicitDeny: User: arn:aws:iam::111122223333:user/bob is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::b/k because no identity-based policy allows the s3:GetObject action
}
