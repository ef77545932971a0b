package gen

import (
	"pgregory.net/rapid"

	"github.com/rolecall/rolecall/conditions"
)

// keys are condition keys with values for policies and requests.
var keys = []struct {
	name   string
	values []string
}{
	{"aws:PrincipalTag/team", []string{"red", "blue", "Red", "r*", ""}},
	{"aws:RequestTag/env", []string{"prod", "dev", "${aws:PrincipalTag/team}", "${aws:username, 'nobody'}"}},
	{"aws:TagKeys", []string{"team", "env", "t*", "${*}"}},
	{"aws:MultiFactorAuthPresent", []string{"true", "false", "TRUE"}},
	{"aws:MultiFactorAuthAge", []string{"0", "3600", "3600.0", "7200", "soon"}},
	{"aws:SourceIp", []string{"203.0.113.7", "203.0.113.0/24", "2001:db8::1", "10.0.0.0/8", "::/0"}},
	{"aws:CurrentTime", []string{"2026-11-01T12:00:00Z", "2027", "1793534400"}},
	{"aws:SourceArn", []string{"arn:aws:s3:::bucket", "arn:aws:s3:::b*", "arn:aws:*:*:${aws:PrincipalAccount}:*"}},
	{"aws:PrincipalArn", []string{"arn:aws:iam::" + Home + ":role/app", "arn:aws:iam::*:user/*", "arn:aws:iam::" + Home + ":root"}},
	{"aws:PrincipalAccount", []string{Home, Other, "anonymous"}},
	{"sts:ExternalId", []string{"x-1", "x-2"}},
	{"custom:Data", []string{"QQ==", "QR==", "Q"}},
}

func drawCondition(t *rapid.T) Object {
	block := Object{}
	for range rapid.IntRange(1, 2).Draw(t, "operators") {
		operator := rapid.SampledFrom(conditions.OperatorNames()).Draw(t, "operator")
		key := rapid.SampledFrom(keys).Draw(t, "key")
		block[operator] = Object{key.name: drawConditionValue(t, key.values)}
	}
	return block
}

func drawConditionValue(t *rapid.T, values []string) any {
	switch rapid.IntRange(1, 12).Draw(t, "value form") {
	case 1:
		return List{}
	case 2:
		return rapid.Bool().Draw(t, "boolean")
	case 3:
		return rapid.IntRange(0, 7200).Draw(t, "number")
	default:
		return orBare(t, "value", values...)
	}
}

// drawContext draws request context; a value may be a list, a number or a
// boolean.
func drawContext(t *rapid.T) Object {
	context := Object{}
	for _, key := range keys {
		switch rapid.IntRange(1, 5).Draw(t, key.name) {
		case 1:
			context[key.name] = listOf(t, key.name, 0, 2, func() any { return pick(t, key.name, key.values...) })
		case 2, 3:
			context[key.name] = pick(t, key.name, key.values...)
		}
	}
	if chance(t, "boolean", 4) {
		context["aws:SecureTransport"] = rapid.Bool().Draw(t, "secure")
	}
	return context
}
