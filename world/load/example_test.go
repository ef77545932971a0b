package load_test

import (
	"fmt"
	"testing/fstest"

	"github.com/rolecall/rolecall/world/load"
)

func Example() {
	fsys := fstest.MapFS{
		"world.yaml": {Data: []byte(`
accounts:
  "111122223333":
    users:
      alice:
        attachedPolicies: [arn:aws:iam::aws:policy/AdministratorAccess]
    roles:
      deploy:
        trustPolicy: {file: policies/trust.json}
awsManagedPolicies:
  arn:aws:iam::aws:policy/AdministratorAccess:
    {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}
`)},
		"policies/trust.json": {Data: []byte(`{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "arn:aws:iam::111122223333:user/alice"}}
]}`)},
	}
	w, problems := load.FS(fsys, "world.yaml")
	if w == nil {
		fmt.Println(problems)
		return
	}
	role := w.Role("arn:aws:iam::111122223333:role/deploy")
	fmt.Println(role.ARN(), "trusts", role.Trust.Statements[0].Principal.Types[0].Values[0].Value)
	fmt.Println(role.Trust.Source.Position(role.Trust.Statements[0].Span.Start))

	_, problems = load.Parse("typo.yaml", "accounts:\n  \"111122223333\":\n    user: {}\n")
	fmt.Println(problems)
	// Output:
	// arn:aws:iam::111122223333:role/deploy trusts arn:aws:iam::111122223333:user/alice
	// policies/trust.json:2:3
	// typo.yaml:3:5: UNKNOWN_KEY: unknown key "user" in an account; did you mean "users"?
}
