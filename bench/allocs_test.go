package bench

import (
	"testing"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/policy/eval"
)

// These tests count allocations and are therefore not parallel.

func TestDecidingAllocatesNothing(t *testing.T) {
	for _, name := range Names {
		r, p := prepare(t, load(t, name))
		if n := testing.AllocsPerRun(100, func() { _, _ = eval.Decide(r, p) }); n != 0 {
			t.Errorf("%s: %v allocations a decision, want 0", name, n)
		}
	}
	for _, name := range []string{"w7-mixed", "w7-mixed-1000"} {
		requests, p := rotating(t, name)
		i := 0
		n := testing.AllocsPerRun(2*len(requests), func() {
			_, _ = eval.Decide(requests[i%len(requests)], p)
			i++
		})
		if n != 0 {
			t.Errorf("%s: %v allocations a decision, want 0", name, n)
		}
	}
}

func TestPreparingAllocatesOnce(t *testing.T) {
	for _, name := range Names {
		w := load(t, name)
		_, p := prepare(t, w)
		var c cold
		if n := testing.AllocsPerRun(100, func() { _, _ = c.decide(w, p) }); n > 1 {
			t.Errorf("%s: %v allocations to prepare and decide a request, want at most 1", name, n)
		}
	}
}

func TestParsingAllocatesInProportion(t *testing.T) {
	for name, most := range map[string][2]float64{"w5-s3": {50, 200}, "w5-mixed": {50, 135}} {
		text, err := Text(name)
		if err != nil {
			t.Fatal(err)
		}
		if n := testing.AllocsPerRun(20, func() { parsed(t, text) }); n > most[0] {
			t.Errorf("%s: %v allocations to parse, want at most %v", name, n, most[0])
		}
		d := parsed(t, text)
		if n := testing.AllocsPerRun(20, func() { policy.Compile(policy.Policy{Document: d}) }); n > most[1]-most[0] {
			t.Errorf("%s: %v allocations to compile, want at most %v", name, n, most[1]-most[0])
		}
	}
}

// everyFamily has a test of each operator family, with variables where they
// are allowed, that the context meets.
var everyFamily = map[string]struct{ operator, key, value, given string }{
	"StringEquals":              {"StringEquals", "aws:username", "data-platform", "data-platform"},
	"StringEquals, variable":    {"StringEquals", "aws:userid", "ID:${aws:PrincipalOrgID}", "ID:o-acme123456"},
	"StringEqualsIgnoreCase":    {"StringEqualsIgnoreCase", "aws:username", "DATA-${aws:PrincipalOrgID}", "data-O-ACME123456"},
	"StringLike":                {"StringLike", "aws:UserAgent", "aws-*-go?/*", "aws-sdk-go1/30"},
	"StringLike, variable":      {"StringLike", "s3:prefix", "home/${aws:PrincipalOrgID}/*", "home/o-acme123456/a"},
	"StringNotLike":             {"StringNotLike", "aws:UserAgent", "Boto3/*", "aws-sdk-go"},
	"NumericLessThan":           {"NumericLessThan", "s3:max-keys", "1000.5", "1e2"},
	"DateGreaterThan":           {"DateGreaterThan", "aws:CurrentTime", "2026-01-01T00:00:00Z", "2026-11-01T12:00:00+01:00"},
	"Bool":                      {"Bool", "aws:SecureTransport", "true", "TRUE"},
	"BinaryEquals":              {"BinaryEquals", "x:key", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", "QmluYXJ5VmFsdWVJbkJhc2U2NA=="},
	"IpAddress":                 {"IpAddress", "aws:SourceIp", "10.0.0.0/8", "10.42.7.19"},
	"NotIpAddress":              {"NotIpAddress", "aws:SourceIp", "2001:db8::/32", "2001:db9::1"},
	"ArnLike":                   {"ArnLike", "aws:SourceArn", "arn:aws:*:us-*:111122223333:*", "arn:aws:sns:us-east-1:111122223333:topic"},
	"ArnLike, variable":         {"ArnLike", "aws:SourceArn", "arn:aws:sns:*:*:${aws:PrincipalOrgID}", "arn:aws:sns:us-east-1:111122223333:o-acme123456"},
	"ArnNotEquals":              {"ArnNotEquals", "aws:SourceArn", "arn:aws:sns:us-east-1:111122223333:other", "arn:aws:sns:us-east-1:111122223333:topic"},
	"Null":                      {"Null", "aws:TokenIssueTime", "true", ""},
	"IfExists, missing":         {"StringEqualsIfExists", "aws:missing", "x", ""},
	"ForAnyValue":               {"ForAnyValue:StringLike", "aws:TagKeys", "team*", "team-a"},
	"ForAllValues, multivalued": {"ForAllValues:StringEquals", "aws:TagKeys", "${aws:PrincipalOrgID}", "o-acme123456"},
}

func TestNoOperatorAllocates(t *testing.T) {
	for name, tt := range everyFamily {
		d := parsed(t, `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
			"Condition": {"`+tt.operator+`": {"`+tt.key+`": "`+tt.value+`"}}}}`)
		p := &eval.Policies{Identity: policy.Compile(policy.Policy{Name: name, Document: d})}
		context := conditions.NewContext(2)
		_ = context.Add("aws:PrincipalOrgID", "o-acme123456")
		switch {
		case tt.given != "" && tt.key == "aws:TagKeys":
			_ = context.AddList(tt.key, []string{tt.given})
		case tt.given != "":
			_ = context.Add(tt.key, tt.given)
		}
		r, err := eval.NewRequest(eval.Query{
			Principal: "arn:aws:iam::111122223333:role/app", Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k", Context: context,
		})
		if err != nil {
			t.Fatal(err)
		}
		if decision, err := eval.Decide(r, p); err != nil || !decision.Allowed() {
			t.Errorf("%s: %v, %v, want allowed", name, decision.Outcome, err)
		}
		if n := testing.AllocsPerRun(100, func() { _, _ = eval.Decide(r, p) }); n != 0 {
			t.Errorf("%s: %v allocations a decision, want 0", name, n)
		}
	}
}
