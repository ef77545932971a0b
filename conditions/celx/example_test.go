package celx_test

import (
	"fmt"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/conditions/celx"
	"github.com/rolecall/rolecall/diag"
)

func ExampleExpression() {
	test := func(operator, key string, values ...string) conditions.Test {
		op, _ := conditions.ParseOperator(operator)
		return conditions.NewTest(op, key, values, true)
	}
	block := conditions.NewBlock([]conditions.Test{
		test("StringLike", "s3:prefix", "home/${aws:username}/*"),
		test("StringEqualsIfExists", "aws:PrincipalTag/team", "red", "blue"),
		test("NotIpAddress", "aws:SourceIp", "10.0.0.0/8"),
		test("ForAllValues:StringEquals", "aws:TagKeys", "env"),
		test("Null", "aws:TokenIssueTime", "false"),
	})
	fmt.Println(celx.Expression(&block))
	// Output:
	// 's3:prefix' in value && 'aws:username' in value && iam.stringLike(value['s3:prefix'], 'home/' + iam.literal(value['aws:username']) + '/*') &&
	// (!('aws:PrincipalTag/team' in values) || 'aws:PrincipalTag/team' in value && value['aws:PrincipalTag/team'] in ['red', 'blue']) &&
	// (!('aws:SourceIp' in values) || 'aws:SourceIp' in value && !iam.network('10.0.0.0/8').containsIP(iam.ip(value['aws:SourceIp']))) &&
	// (!('aws:TagKeys' in values) || values['aws:TagKeys'].all(v, v == '') || values['aws:TagKeys'].all(v, v == 'env')) &&
	// 'aws:TokenIssueTime' in values && values['aws:TokenIssueTime'] != []
}

func ExampleCondition_Eval() {
	op, _ := conditions.ParseOperator("NumericLessThan")
	block := conditions.NewBlock([]conditions.Test{
		conditions.NewTest(op, "aws:MultiFactorAuthAge", []string{"3600"}, true),
	})
	condition, err := celx.Compile(&block)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(condition)
	for _, age := range []string{"60", "7200", "soon"} {
		request := conditions.NewContext(1)
		request.AddDefault("aws:MultiFactorAuthAge", age)
		holds, err := condition.Eval(&request)
		fmt.Println(age, holds, err)
	}
	// Output:
	// 'aws:MultiFactorAuthAge' in value && iam.number(value['aws:MultiFactorAuthAge']) < iam.number('3600')
	// 60 true <nil>
	// 7200 false <nil>
	// soon false <nil>
}

func ExampleEnv_Compile() {
	type Decision struct {
		Allowed bool   `cel:"allowed"`
		Reason  string `cel:"reason"`
	}
	env, err := celx.NewEnv(celx.Declare[Decision]("decision"))
	if err != nil {
		fmt.Println(err)
		return
	}
	source := &diag.Source{Name: "deploy.iam.yaml", Text: "assert: decision.alllowed\n"}
	_, problems := env.Compile(source, diag.Span{Start: 8, End: 24}, "decision.alllowed")
	fmt.Println(problems)

	assertion, _ := env.Compile(source, diag.Span{}, "decision.allowed && decision.reason != 'scp'")
	vars := map[string]any{"decision": Decision{Allowed: true, Reason: "scp"}}
	holds, err := assertion.Eval(vars)
	fmt.Println(holds, err)
	parts, _ := assertion.Trace(vars)
	for _, part := range parts {
		fmt.Println(part.Expression, "is", part.Value)
	}
	// Output:
	// deploy.iam.yaml:1:17: CEL_TYPE: undefined field 'alllowed'; did you mean "allowed"?
	// false <nil>
	// decision.allowed is true
	// decision.reason != "scp" is false
	// decision.reason is "scp"
}
