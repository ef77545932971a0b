package simulator_test

import (
	"fmt"
	"log"
	"time"

	"github.com/rolecall/rolecall"
	"github.com/rolecall/rolecall/world/simulator"
)

// May alice assume the role? Her policies allow it; the role's trust policy asks
// for more.
func Example() {
	call := &simulator.Call{World: rolecall.Example().Snapshot(), Now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	alice := "arn:aws:iam::222222222222:user/alice"
	out, err := call.SimulatePrincipalPolicy(&simulator.SimulatePrincipalPolicyInput{
		PolicySourceArn: &alice,
		ActionNames:     []string{"sts:AssumeRole"},
		ResourceArns:    []string{"arn:aws:iam::333333333333:role/production"},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(out.EvaluationResults[0].EvalDecision, out.EvaluationResults[0].MissingContextValues)
	// Output: implicitDeny [aws:MultiFactorAuthPresent sts:ExternalId]
}
