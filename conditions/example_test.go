package conditions_test

import (
	"fmt"

	"github.com/rolecall/rolecall/conditions"
)

func ExampleTest_Eval() {
	operator, _ := conditions.ParseOperator("ForAnyValue:StringLike")
	test := conditions.NewTest(operator, "aws:TagKeys", []string{"team-*", "${aws:PrincipalTag/own}"}, true)

	context := conditions.NewContext(1)
	fmt.Println("missing:", test.Eval(&context))

	if err := context.AddList("aws:tagkeys", []string{"env", "team-red"}); err != nil {
		fmt.Println(err)
	}
	fmt.Println("given:", test.Eval(&context))

	open := conditions.NewContext(1)
	if err := open.AddOpen("aws:TagKeys", true); err != nil {
		fmt.Println(err)
	}
	fmt.Println("open:", test.Eval(&open))
	// Output:
	// missing: false
	// given: true
	// open: unknown
}
