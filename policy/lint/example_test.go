package lint_test

import (
	"fmt"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/policy/lint"
)

func Example() {
	source := &diag.Source{Name: "role.json", Text: `{"Version": "2012-10-17", "Statement": [{
  "Effect": "Allow",
  "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},
  "Action": "sts:AssumeRoleWithWebIdentity",
  "Condition": {"StringLike": {"token.actions.githubusercontent.com:sub": "repo:acme/*"}}
}]}`}
	document, problems := policy.Parse(source, policy.Options{Kind: policy.Trust})
	if document == nil {
		fmt.Println(problems)
		return
	}
	for _, f := range lint.Check(document, lint.Options{Accounts: []string{"111122223333"}}) {
		fmt.Println(f.Position().Line, f.Severity, f.Code+":", f.Summary)
	}
	// Output:
	// 3 warning OIDC_NO_AUD: no condition on token.actions.githubusercontent.com:aud
	// 5 warning GITHUB_SUB: the organization or repository in "repo:acme/*" is a pattern
}
