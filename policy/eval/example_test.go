package eval_test

import (
	"fmt"
	"log"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/policy/eval"
)

func Example() {
	source := &diag.Source{Name: "read.json", Text: `{
	  "Version": "2012-10-17",
	  "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/${aws:username}/*"}
	}`}
	document, problems := policy.Parse(source, policy.Options{Kind: policy.Identity})
	if problems.HasErrors() {
		log.Fatal(problems)
	}
	policies := &eval.Policies{Identity: policy.Compile(policy.Policy{Name: "read", Document: document})}
	for _, object := range []string{"alice/q3.csv", "bob/q3.csv"} {
		request, err := eval.NewRequest(eval.Query{
			Principal: "arn:aws:iam::111122223333:user/alice",
			Action:    "s3:GetObject",
			Resource:  "arn:aws:s3:::reports/" + object,
		})
		if err != nil {
			log.Fatal(err)
		}
		decision, err := eval.Decide(request, policies)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(object+":", decision.Outcome)
		if !decision.Allowed() {
			fmt.Println(decision.Message())
		}
	}
	// Output:
	// alice/q3.csv: allowed
	// bob/q3.csv: implicitDeny
	// User: arn:aws:iam::111122223333:user/alice is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::reports/bob/q3.csv because no identity-based policy allows the s3:GetObject action
}

func ExampleExplain() {
	source := &diag.Source{Name: "trust.json", Text: `{
	  "Version": "2012-10-17",
	  "Statement": {
	    "Sid": "Partner", "Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "sts:AssumeRole",
	    "Condition": {"StringEquals": {"sts:ExternalId": "7731"}}
	  }
	}`}
	trust, problems := policy.Parse(source, policy.Options{Kind: policy.Trust})
	if problems.HasErrors() {
		log.Fatal(problems)
	}
	request, err := eval.NewRequest(eval.Query{
		Principal: "arn:aws:iam::444455556666:user/bob", Action: "sts:AssumeRole", Resource: "arn:aws:iam::111122223333:role/app",
	})
	if err != nil {
		log.Fatal(err)
	}
	explanation, err := eval.Explain(request, &eval.Policies{Resource: policy.Compile(policy.Policy{Name: "trust", Document: trust})})
	if err != nil {
		log.Fatal(err)
	}
	for _, layer := range explanation.Layers {
		for _, verdict := range layer.Statements {
			for _, condition := range verdict.Conditions {
				fmt.Println(verdict.Statement.Position(), condition.Test.Operator(), condition.Test.Key(), condition.Result, "-", condition.Note())
			}
		}
	}
	// Output: trust.json:3:17 StringEquals sts:ExternalId false - the key is missing
}
