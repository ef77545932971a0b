package arn_test

import (
	"fmt"

	"github.com/rolecall/rolecall/arn"
)

func ExampleParse() {
	a, err := arn.Parse("arn:aws:iam::111122223333:role/ci/deploy")
	if err != nil {
		fmt.Println(err)
		return
	}
	kind, _ := a.ResourceType()
	fmt.Println(a.Account, kind, a.Name())
	// Output: 111122223333 role deploy
}

func ExamplePattern_Match() {
	pattern, _ := arn.CompilePattern("arn:aws:sqs:*:111122223333:jobs-*", arn.NoVariables)
	for _, text := range []string{"arn:aws:sqs:eu-west-1:111122223333:jobs-nightly", "arn:aws:sqs:eu-west-1:999999999999:jobs-nightly"} {
		fmt.Println(pattern.Match(text, nil))
	}
	// Output:
	// true
	// false
}
