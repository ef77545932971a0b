package scenario

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/reach"
)

// TestRequired holds what all ways have in common.
func TestRequired(t *testing.T) {
	t.Parallel()
	mfa := reach.Condition{Key: "aws:multifactorauthpresent", Operator: "Bool", Values: []string{"True"}}
	noMFA := mfa
	noMFA.Not = true
	without := reach.Condition{Key: "aws:MultiFactorAuthPresent", Operator: "Bool", Values: []string{"false"}}
	ifExists := reach.Condition{Key: "aws:MultiFactorAuthPresent", Operator: "BoolIfExists", Values: []string{"true"}}
	age := reach.Condition{Key: "aws:MultiFactorAuthAge", Operator: "NumericLessThan", Values: []string{"60"}}
	ageIfExists := reach.Condition{Key: "aws:MultiFactorAuthAge", Operator: "NumericLessThanIfExists", Values: []string{"60"}}
	id := reach.Condition{Key: "sts:ExternalId", Operator: "StringEquals", Values: []string{"x"}}
	ip := reach.Condition{Key: "aws:SourceIp", Operator: "IpAddress", Values: []string{"192.0.2.0/24"}}
	tests := map[string]struct {
		ways []reach.Alternative
		want requirement
	}{
		"nothing":              {nil, requirement{}},
		"MFA":                  {[]reach.Alternative{{mfa}}, requirement{MFA: true, Keys: []string{"aws:multifactorauthpresent"}}},
		"a fresh one":          {[]reach.Alternative{{age, id}}, requirement{MFA: true, ExternalID: true, Keys: []string{"aws:MultiFactorAuthAge", "sts:ExternalId"}}},
		"either, with MFA":     {[]reach.Alternative{{mfa, id}, {age, ip}}, requirement{MFA: true}},
		"a way without":        {[]reach.Alternative{{mfa, id}, {id}}, requirement{ExternalID: true, Keys: []string{"sts:ExternalId"}}},
		"a way without, first": {[]reach.Alternative{{id}, {mfa, id}}, requirement{ExternalID: true, Keys: []string{"sts:ExternalId"}}},
		"no MFA":               {[]reach.Alternative{{noMFA}}, requirement{Keys: []string{"aws:multifactorauthpresent"}}},
		"MFA false":            {[]reach.Alternative{{without}}, requirement{Keys: []string{"aws:MultiFactorAuthPresent"}}},
		"if it exists":         {[]reach.Alternative{{ifExists}}, requirement{Keys: []string{"aws:MultiFactorAuthPresent"}}},
		"an age, if it exists": {[]reach.Alternative{{ageIfExists}}, requirement{Keys: []string{"aws:MultiFactorAuthAge"}}},
		"the same key twice":   {[]reach.Alternative{{id, id}}, requirement{ExternalID: true, Keys: []string{"sts:ExternalId"}}},
	}
	for name, tt := range tests {
		got := required(tt.ways)
		if len(got.Keys) == 0 {
			got.Keys = nil
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
	}
}

// TestManyEdges holds that no edge of a large graph is overlooked.
func TestManyEdges(t *testing.T) {
	t.Parallel()
	const n = 2*partOfEdges + 7
	list := make([]edgeValue, n)
	for i := range list {
		list[i].To.Name = "r"
		list[i].From.Arn = fmt.Sprint(i)
	}
	check := func(text string) []Failure {
		t.Helper()
		require, problems := graphEnv().Compile(&diag.Source{Name: "t", Text: text}, diag.Span{End: len(text)}, text)
		if problems != nil {
			t.Fatal(problems)
		}
		return (&Invariant{require: require}).check(list)
	}
	const all = "edges.all(e, e.to.name == 'r')"
	if f := check(all); f != nil {
		t.Errorf("%+v", f)
	}
	if f := check(fmt.Sprintf("size(edges) == %d", n)); f != nil {
		t.Errorf("a whole graph is cut: %+v", f)
	}
	for i := range mostEdges + 3 {
		list[n-1-i*50].To.Name = "x"
	}
	f := check(all)
	if len(f) != 1 || len(f[0].Notes) != mostEdges+1 || !strings.HasPrefix(f[0].Notes[mostEdges], "and 3 more") {
		t.Errorf("%+v", f)
	}
}

// TestNodes holds what an invariant sees of principals.
func TestNodes(t *testing.T) {
	t.Parallel()
	suite, problems := NewLoader(oneFile("world: {accounts: {\"111122223333\": {users: {ann: {path: /a/, tags: {b: c}}}}}}\ninvariants: [{require: \"true\"}]"), "").Load("t.iam.yaml")
	if suite == nil {
		t.Fatal(problems)
	}
	for name, want := range map[string]string{
		"arn:aws:iam::111122223333:user/a/ann":                  "user 111122223333 ann map[b:c]",
		"arn:aws:iam::111122223333:root":                        "account 111122223333 111122223333 map[]",
		"arn:aws:sts::111122223333:assumed-role/r/s":            "session 111122223333 s map[]",
		"arn:aws:iam::111122223333:oidc-provider/example.com/x": "oidc 111122223333 example.com/x map[]",
		"arn:aws:iam::111122223333:saml-provider/corp":          "saml 111122223333 corp map[]",
		"ec2.amazonaws.com":                                     "service  ec2.amazonaws.com map[]",
		"*":                                                     "anyone  * map[]",
	} {
		n := node(suite.World, name)
		if got := fmt.Sprintf("%s %s %s %v", n.Kind, n.Account, n.Name, n.Tags); got != want || n.Arn != name {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
