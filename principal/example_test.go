package principal_test

import (
	"fmt"

	"github.com/rolecall/rolecall/principal"
)

func ExampleElement_Match() {
	caller, err := principal.ParseCaller("arn:aws:sts::111122223333:assumed-role/deploy/run-7", false)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range []string{"111122223333", "arn:aws:iam::111122223333:role/ci/deploy", caller.Name, "*", "999999999999"} {
		entry, _ := principal.ParseEntry(principal.AWS, name)
		element := principal.NewElement([]principal.Entry{entry}, false)
		fmt.Println(name, "names it as:", element.Match(&caller, false, false))
	}
	// Output:
	// 111122223333 names it as: account
	// arn:aws:iam::111122223333:role/ci/deploy names it as: entity
	// arn:aws:sts::111122223333:assumed-role/deploy/run-7 names it as: direct
	// * names it as: wildcard
	// 999999999999 names it as: none
}
