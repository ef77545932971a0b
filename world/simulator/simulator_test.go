package simulator

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall/rolecall/world"
	"github.com/rolecall/rolecall/world/load"
)

const worldText = `
organization:
  id: o-exampleorg1
  managementAccount: "999999999999"
  root:
    id: r-ex01
    accounts: ["999999999999", "111111111111"]
    serviceControlPolicies:
      - {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "*", Resource: "*"}, {Effect: Deny, Action: "ec2:*", Resource: "*"}]}
accounts:
  "999999999999": {}
  "111111111111":
    policies:
      limit:
        document:
          Version: "2012-10-17"
          Statement: [{Effect: Allow, NotAction: "iam:*", Resource: "*"}]
    groups:
      staff:
        policies:
          read:
            Version: "2012-10-17"
            Statement: [{Effect: Allow, Action: "s3:GetObject", Resource: "*"}]
    users:
      alice:
        groups: [staff]
        tags: {team: red}
        permissionsBoundary: arn:aws:iam::111111111111:policy/limit
        policies:
          own:
            Version: "2012-10-17"
            Statement:
              - {Effect: Allow, Action: ["sts:AssumeRole", "iam:GetUser", "ec2:RunInstances"], Resource: "*"}
              - {Effect: Allow, Action: "sqs:SendMessage", Resource: "*", Condition: {StringEquals: {"aws:PrincipalTag/team": red}}}
      mallory:
        attachedPolicies: []
    roles:
      open:
        trustPolicy: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {AWS: "111111111111"}, Action: "sts:AssumeRole"}]}
        policies:
          get:
            Version: "2012-10-17"
            Statement: [{Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::b/${aws:PrincipalAccount}/*"}]
      guarded:
        trustPolicy:
          Version: "2012-10-17"
          Statement: [{Effect: Allow, Principal: {AWS: "111111111111"}, Action: "sts:AssumeRole", Condition: {StringEquals: {"sts:ExternalId": x}}}]
`

const (
	aliceARN   = "arn:aws:iam::111111111111:user/alice"
	staffARN   = "arn:aws:iam::111111111111:group/staff"
	openARN    = "arn:aws:iam::111111111111:role/open"
	guardedARN = "arn:aws:iam::111111111111:role/guarded"
	objectARN  = "arn:aws:s3:::b/k"
)

func newCall(t testing.TB) *Call {
	t.Helper()
	w, problems := load.Parse("world.yaml", worldText)
	if w == nil {
		t.Fatal(problems)
	}
	return &Call{World: w, Account: "111111111111", Now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
}

func document(statements ...string) string {
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
}

func allow(action string) string {
	return fmt.Sprintf(`{"Effect":"Allow","Action":%q,"Resource":"*"}`, action)
}

func deny(action string) string {
	return fmt.Sprintf(`{"Effect":"Deny","Action":%q,"Resource":"*"}`, action)
}

// brief is what most tests look at: decision, policies matched, keys missing.
func brief(r *EvaluationResult) string {
	text := r.EvalDecision
	for _, s := range r.MatchedStatements {
		text += " " + s.SourcePolicyId
	}
	if len(r.MissingContextValues) > 0 {
		text += " missing " + strings.Join(r.MissingContextValues, ",")
	}
	return text
}

func TestCustomPolicies(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		in   Simulation
		want string
	}{
		"allowed":           {Simulation{PolicyInputList: []string{document(allow("s3:GetObject"))}}, "allowed PolicyInputList.1"},
		"nothing allows":    {Simulation{PolicyInputList: []string{document(allow("s3:PutObject"))}}, "implicitDeny"},
		"no policy":         {Simulation{PolicyInputList: []string{}}, "implicitDeny"},
		"the second denies": {Simulation{PolicyInputList: []string{document(allow("s3:*")), document(deny("s3:Get*"))}}, "explicitDeny PolicyInputList.2"},
		"boundary silent": {
			Simulation{PolicyInputList: []string{document(allow("s3:*"))}, PermissionsBoundaryPolicyInputList: []string{document(allow("ec2:*"))}},
			"implicitDeny",
		},
		"boundary allows": {
			Simulation{PolicyInputList: []string{document(allow("s3:*"))}, PermissionsBoundaryPolicyInputList: []string{document(allow("s3:*"))}},
			"allowed PolicyInputList.1 PermissionsBoundaryPolicyInputList.1",
		},
		"SCPs play no part": {
			Simulation{PolicyInputList: []string{document(allow("ec2:*"))}, ActionNames: []string{"ec2:RunInstances"}},
			"allowed PolicyInputList.1",
		},
		"a missing key": {
			Simulation{PolicyInputList: []string{document(`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}`)}},
			"implicitDeny missing aws:MultiFactorAuthPresent",
		},
		"a given key": {
			Simulation{
				PolicyInputList: []string{document(`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}`)},
				ContextEntries:  []ContextEntry{{new("aws:MultiFactorAuthPresent"), new("boolean"), []string{"true"}}},
			}, "allowed PolicyInputList.1",
		},
		"a list": {
			Simulation{
				PolicyInputList: []string{document(`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]}}}`)},
				ContextEntries:  []ContextEntry{{new("aws:TagKeys"), new("stringList"), []string{"a", "c"}}},
			}, "implicitDeny",
		},
		"nobody has a name": {
			Simulation{PolicyInputList: []string{document(`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringLike":{"aws:username":"*"}}}`)}},
			"implicitDeny missing aws:username",
		},
		"the caller has one": {
			Simulation{
				PolicyInputList: []string{document(`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringLike":{"aws:username":"*"}}}`)},
				CallerArn:       new("arn:aws:iam::222222222222:user/zoe"),
			}, "allowed PolicyInputList.1",
		},
		"a resource of another account": {
			Simulation{PolicyInputList: []string{document(allow("sqs:*"))}, ActionNames: []string{"sqs:SendMessage"}, ResourceArns: []string{"arn:aws:sqs:us-east-1:222222222222:q"}},
			"allowed PolicyInputList.1",
		},
		"a caller of another account": {
			Simulation{
				PolicyInputList: []string{document(allow("sqs:*"))}, ActionNames: []string{"sqs:SendMessage"},
				ResourceArns: []string{"arn:aws:sqs:us-east-1:222222222222:q"}, CallerArn: new(aliceARN),
			}, "implicitDeny",
		},
		"a resource policy across accounts": {
			Simulation{
				PolicyInputList: []string{document(allow("s3:*"))}, CallerArn: new(aliceARN), ResourceOwner: new("arn:aws:iam::222222222222:root"),
				ResourcePolicy: new(document(`{"Effect":"Allow","Principal":{"AWS":"` + aliceARN + `"},"Action":"s3:*","Resource":"*"}`)),
			}, "allowed ResourcePolicy PolicyInputList.1",
		},
		"no resource policy across accounts": {
			Simulation{PolicyInputList: []string{document(allow("s3:*"))}, CallerArn: new(aliceARN), ResourceOwner: new("222222222222")},
			"implicitDeny",
		},
		"a resource policy alone": {
			Simulation{
				PolicyInputList: []string{}, CallerArn: new(aliceARN),
				ResourcePolicy: new(document(`{"Effect":"Allow","Principal":{"AWS":"` + aliceARN + `"},"Action":"s3:*","Resource":"*"}`)),
			}, "allowed ResourcePolicy",
		},
		"a trust policy of the world": {
			Simulation{PolicyInputList: []string{document(allow("sts:*"))}, ActionNames: []string{"sts:AssumeRole"}, ResourceArns: []string{guardedARN}, CallerArn: new(aliceARN)},
			"implicitDeny missing sts:ExternalId",
		},
		"a trust policy that is given": {
			Simulation{
				PolicyInputList: []string{document(allow("sts:*"))}, ActionNames: []string{"sts:AssumeRole"}, ResourceArns: []string{guardedARN}, CallerArn: new(aliceARN),
				ResourcePolicy: new(document(`{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"sts:AssumeRole"}`)),
			}, "allowed ResourcePolicy PolicyInputList.1",
		},
		"an identity policy does not replace trust": {
			Simulation{PolicyInputList: []string{document(allow("*"))}, ActionNames: []string{"sts:AssumeRole"}, ResourceArns: []string{"arn:aws:iam::111111111111:role/none"}},
			"implicitDeny",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := test.in
			if in.ActionNames == nil {
				in.ActionNames = []string{"s3:GetObject"}
			}
			if in.ResourceArns == nil {
				in.ResourceArns = []string{objectARN}
			}
			out, err := newCall(t).SimulateCustomPolicy(&in)
			if err != nil {
				t.Fatal(err)
			}
			if got := brief(&out.EvaluationResults[0]); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
			if out.EvaluationResults[0].OrganizationsDecisionDetail != nil {
				t.Error("a custom policy is of no organization")
			}
		})
	}
}

func TestPrincipalPolicies(t *testing.T) {
	t.Parallel()
	type in = SimulatePrincipalPolicyInput
	tests := map[string]struct {
		in             in
		want           string
		organizations  bool
		boundary, have bool
	}{
		"own policy":         {in{PolicySourceArn: new(aliceARN), ActionNames: []string{"sqs:SendMessage"}}, "allowed own limit", true, true, true},
		"a group's policy":   {in{PolicySourceArn: new(aliceARN), ActionNames: []string{"s3:GetObject"}}, "allowed read limit", true, true, true},
		"the boundary":       {in{PolicySourceArn: new(aliceARN), ActionNames: []string{"iam:GetUser"}}, "implicitDeny", true, false, true},
		"an SCP":             {in{PolicySourceArn: new(aliceARN), ActionNames: []string{"ec2:RunInstances"}}, "explicitDeny", false, true, true},
		"nothing":            {in{PolicySourceArn: new(aliceARN), ActionNames: []string{"s3:PutObject"}}, "implicitDeny", true, true, true},
		"a policy besides":   {in{PolicySourceArn: new(aliceARN), ActionNames: []string{"s3:PutObject"}, PolicyInputList: []string{document(allow("s3:*"))}}, "allowed PolicyInputList.1 limit", true, true, true},
		"another boundary":   {in{PolicySourceArn: new(aliceARN), ActionNames: []string{"iam:GetUser"}, PermissionsBoundaryPolicyInputList: []string{document(allow("*"))}}, "allowed own PermissionsBoundaryPolicyInputList.1", true, true, true},
		"a role":             {in{PolicySourceArn: new(openARN), ActionNames: []string{"s3:GetObject"}, ResourceArns: []string{"arn:aws:s3:::b/111111111111/k"}}, "allowed get", true, false, false},
		"a group":            {in{PolicySourceArn: new(staffARN), ActionNames: []string{"s3:GetObject"}}, "allowed read", true, false, false},
		"a group under SCPs": {in{PolicySourceArn: new(staffARN), ActionNames: []string{"ec2:RunInstances"}}, "explicitDeny", false, false, false},
		"a role that trusts": {in{PolicySourceArn: new(aliceARN), ActionNames: []string{"sts:AssumeRole"}, ResourceArns: []string{openARN}}, "allowed trust policy own limit", true, true, true},
		"a role that asks":   {in{PolicySourceArn: new(aliceARN), ActionNames: []string{"sts:AssumeRole"}, ResourceArns: []string{guardedARN}}, "implicitDeny missing sts:ExternalId", true, true, true},
		"and gets": {
			in{
				PolicySourceArn: new(aliceARN), ActionNames: []string{"sts:AssumeRole"}, ResourceArns: []string{guardedARN},
				ContextEntries: []ContextEntry{{new("sts:ExternalId"), nil, []string{"x"}}},
			}, "allowed trust policy own limit", true, true, true,
		},
		"another caller": {
			in{PolicySourceArn: new(aliceARN), CallerArn: new("arn:aws:iam::111111111111:user/mallory"), ActionNames: []string{"s3:GetObject"}},
			"allowed read limit missing aws:PrincipalTag/team", true, true, true,
		},
		"a caller without the tag": {
			in{PolicySourceArn: new(aliceARN), CallerArn: new("arn:aws:iam::111111111111:user/mallory"), ActionNames: []string{"sqs:SendMessage"}},
			"implicitDeny missing aws:PrincipalTag/team", true, true, true,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := newCall(t).SimulatePrincipalPolicy(&test.in)
			if err != nil {
				t.Fatal(err)
			}
			r := &out.EvaluationResults[0]
			if got := brief(r); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
			if r.OrganizationsDecisionDetail.AllowedByOrganizations != test.organizations {
				t.Errorf("organizations: %t", !test.organizations)
			}
			if b := r.PermissionsBoundaryDecisionDetail; (b != nil) != test.have || test.have && b.AllowedByPermissionsBoundary != test.boundary {
				t.Errorf("boundary: %+v", b)
			}
		})
	}
}

// TestAResult is the result that AWS was recorded to answer: one statement in
// one line of 113 characters.
func TestAResult(t *testing.T) {
	t.Parallel()
	document := `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*", "Sid": ""}}`
	if len(document) != 113 || strings.LastIndexByte(document, '{') != 39 {
		t.Fatal("the document is another one")
	}
	out, err := newCall(t).SimulatePrincipalPolicy(&SimulatePrincipalPolicyInput{
		PolicySourceArn: new(openARN), PolicyInputList: []string{document},
		ActionNames: []string{"s3:PutObject", "s3:GetObjectVersion"}, ResourceArns: []string{objectARN},
	})
	if err != nil {
		t.Fatal(err)
	}
	matched := []Statement{{
		SourcePolicyId: "PolicyInputList.1", SourcePolicyType: "IAM Policy", StartPosition: Position{1, 41}, EndPosition: Position{1, 113},
	}}
	result := func(action, decision string, matched []Statement) EvaluationResult {
		return EvaluationResult{
			EvalActionName: action, EvalResourceName: objectARN, EvalDecision: decision, MatchedStatements: matched, MissingContextValues: []string{},
			OrganizationsDecisionDetail: &OrganizationsDecisionDetail{true}, EvalDecisionDetails: map[string]string{},
			ResourceSpecificResults: []ResourceSpecificResult{{
				EvalResourceName: objectARN, EvalResourceDecision: decision, MatchedStatements: matched, MissingContextValues: []string{},
			}},
		}
	}
	want := &SimulatePolicyOutput{EvaluationResults: []EvaluationResult{
		result("s3:PutObject", "allowed", matched), result("s3:GetObjectVersion", "implicitDeny", []Statement{}),
	}}
	if diff := cmp.Diff(want, out); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestDetailsAcrossAccounts(t *testing.T) {
	t.Parallel()
	out, err := newCall(t).SimulateCustomPolicy(&Simulation{
		ActionNames: []string{"s3:GetObject"}, ResourceArns: []string{objectARN, "*"}, PolicyInputList: []string{document(allow("s3:*"))},
		CallerArn: new(aliceARN), ResourceOwner: new("222222222222"),
		ResourcePolicy: new(document(`{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}`)),
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"IAM Policy": "allowed", "Resource Policy": "explicitDeny"}
	if diff := cmp.Diff(want, out.EvaluationResults[0].EvalDecisionDetails); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if r := out.EvaluationResults[1]; r.EvalDecisionDetails != nil || r.ResourceSpecificResults != nil || r.EvalResourceName != "*" {
		t.Errorf("%+v", r)
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	c := newCall(t)
	in := &Simulation{PolicyInputList: []string{}, ResourceArns: []string{"arn:aws:s3:::a", "arn:aws:s3:::b"}, MaxItems: new(int32(2))}
	for i := range 3 {
		in.ActionNames = append(in.ActionNames, fmt.Sprintf("s3:Action%d", i))
	}
	var got []string
	for page := 0; ; page++ {
		out, err := c.SimulateCustomPolicy(in)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range out.EvaluationResults {
			got = append(got, fmt.Sprint(page, " ", r.EvalActionName, " ", r.EvalResourceName))
		}
		if out.IsTruncated != (out.Marker != "") {
			t.Error(out.IsTruncated, out.Marker)
		}
		if !out.IsTruncated {
			break
		}
		in.Marker = &out.Marker
	}
	want := []string{
		"0 s3:Action0 arn:aws:s3:::a", "0 s3:Action0 arn:aws:s3:::b", "1 s3:Action1 arn:aws:s3:::a", "1 s3:Action1 arn:aws:s3:::b",
		"2 s3:Action2 arn:aws:s3:::a", "2 s3:Action2 arn:aws:s3:::b",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// TestPagesOfLargePoliciesAreShort holds the work on one page to its bound.
func TestPagesOfLargePoliciesAreShort(t *testing.T) {
	t.Parallel()
	c := newCall(t)
	in := &Simulation{MaxItems: new(int32(1000))}
	in.ActionNames = slices.Repeat([]string{"s3:GetObject"}, 1000)
	statement := strings.TrimSuffix(strings.Repeat(`{"Effect":"Allow","Action":"s3:*","Resource":"*"},`, 2000), ",")
	in.PolicyInputList = []string{document(statement)}
	out, err := c.SimulateCustomPolicy(in)
	if err != nil {
		t.Fatal(err)
	}
	if got := len(out.EvaluationResults); got != maxVerdicts/2001 || !out.IsTruncated {
		t.Errorf("%d results, more: %t", got, out.IsTruncated)
	}
}

func TestBadInput(t *testing.T) {
	t.Parallel()
	get := []string{"s3:GetObject"}
	custom := func(change func(*Simulation)) func(*Call) error {
		return func(c *Call) error {
			in := &Simulation{ActionNames: get, PolicyInputList: []string{}}
			change(in)
			_, err := c.SimulateCustomPolicy(in)
			return err
		}
	}
	source := func(arn string) func(*Call) error {
		return func(c *Call) error {
			_, err := c.SimulatePrincipalPolicy(&SimulatePrincipalPolicyInput{PolicySourceArn: &arn, ActionNames: get})
			return err
		}
	}
	const one = "ValidationError: 1 validation error detected: Value at "
	tests := map[string]struct {
		call   func(*Call) error
		status int
		want   string
	}{
		"nothing": {
			func(c *Call) error { _, err := c.SimulateCustomPolicy(&Simulation{}); return err }, 400,
			"ValidationError: 2 validation errors detected: Value at 'actionNames' failed to satisfy constraint: Member must not be null; Value at 'policyInputList' failed to satisfy constraint: Member must not be null",
		},
		"no source": {
			func(c *Call) error {
				_, err := c.SimulatePrincipalPolicy(&SimulatePrincipalPolicyInput{ActionNames: get})
				return err
			}, 400, one + "'policySourceArn' failed to satisfy constraint: Member must not be null",
		},
		"a short action":   {custom(func(in *Simulation) { in.ActionNames = []string{"x"} }), 400, one + "'actionNames.1.member' failed to satisfy constraint: Member must have length greater than or equal to 3"},
		"too many results": {custom(func(in *Simulation) { in.MaxItems = new(int32(1001)) }), 400, one + "'maxItems' failed to satisfy constraint: Member must have value less than or equal to 1000"},
		"no results":       {custom(func(in *Simulation) { in.MaxItems = new(int32(0)) }), 400, one + "'maxItems' failed to satisfy constraint: Member must have value greater than or equal to 1"},
		"unknown type": {
			custom(func(in *Simulation) { in.ContextEntries = []ContextEntry{{new("aws:x"), new("text"), nil}} }), 400,
			one + "'contextEntries.1.member.contextKeyType' failed to satisfy constraint: Member must satisfy enum value set",
		},
		"an empty policy": {custom(func(in *Simulation) { in.PolicyInputList = []string{""} }), 400, one + "'policyInputList.1.member' failed to satisfy constraint: Member must have length greater than or equal to 1"},
		"a wildcard":      {custom(func(in *Simulation) { in.ActionNames = []string{"s3:Get*"} }), 400, "InvalidInput: The action s3:Get* has a wildcard; name one action."},
		"no action":       {custom(func(in *Simulation) { in.ActionNames = []string{"GetObject"} }), 400, "InvalidInput: Cannot simulate GetObject on *: "},
		"no resource":     {custom(func(in *Simulation) { in.ResourceArns = []string{"bucket"} }), 400, "InvalidInput: Cannot simulate s3:GetObject on bucket: "},
		"no policy":       {custom(func(in *Simulation) { in.PolicyInputList = []string{"x"} }), 400, "InvalidInput: Invalid policy document: "},
		"a principal": {custom(func(in *Simulation) {
			in.PolicyInputList = []string{document(`{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}`)}
		}), 400, "InvalidInput: Invalid policy document: "},
		"two boundaries": {
			custom(func(in *Simulation) {
				in.PermissionsBoundaryPolicyInputList = []string{document(allow("*")), document(allow("*"))}
			}), 400,
			"InvalidInput: PermissionsBoundaryPolicyInputList can contain only one policy.",
		},
		"a number that is none": {
			custom(func(in *Simulation) {
				in.ContextEntries = []ContextEntry{{new("aws:x"), new("numericList"), []string{"1", "x"}}}
			}), 400,
			"InvalidInput: The value 'x' of the context key aws:x is not of type numeric.",
		},
		"a date that is none":     {custom(func(in *Simulation) { in.ContextEntries = []ContextEntry{{new("aws:x"), new("date"), []string{"x"}}} }), 400, "InvalidInput: The value 'x' of the context key aws:x is not of type date."},
		"bytes that are none":     {custom(func(in *Simulation) { in.ContextEntries = []ContextEntry{{new("aws:x"), new("binary"), []string{"?"}}} }), 400, "InvalidInput: The value '?' of the context key aws:x is not of type binary."},
		"an address that is none": {custom(func(in *Simulation) { in.ContextEntries = []ContextEntry{{new("aws:x"), new("ip"), []string{"1.2.3"}}} }), 400, "InvalidInput: The value '1.2.3' of the context key aws:x is not of type ip."},
		"a key twice": {
			custom(func(in *Simulation) {
				in.ContextEntries = []ContextEntry{{new("aws:x"), nil, []string{"1"}}, {new("AWS:X"), nil, []string{"1"}}}
			}), 400,
			"InvalidInput: The context key AWS:X cannot be used: ",
		},
		"a caller that is none":   {custom(func(in *Simulation) { in.CallerArn = new("alice") }), 400, "InvalidInput: Invalid CallerArn: alice"},
		"an owner that is none":   {custom(func(in *Simulation) { in.ResourceOwner = new("me") }), 400, "InvalidInput: Invalid ResourceOwner: me; "},
		"a policy without caller": {custom(func(in *Simulation) { in.ResourcePolicy = new(document()) }), 400, "InvalidInput: CallerArn is required when ResourcePolicy is given."},
		"a bad marker":            {custom(func(in *Simulation) { in.Marker = new("x") }), 400, "InvalidInput: Invalid Marker."},
		"no user":                 {source("arn:aws:iam::111111111111:user/none"), 404, "NoSuchEntity: The user with name none cannot be found."},
		"no role":                 {source("arn:aws:iam::111111111111:role/none"), 404, "NoSuchEntity: The role with name none cannot be found."},
		"no group":                {source("arn:aws:iam::222222222222:group/none"), 404, "NoSuchEntity: The group with name none cannot be found."},
		"no entity":               {source("arn:aws:iam::111111111111:policy/x"), 400, "InvalidInput: Invalid Entity Arn: arn:aws:iam::111111111111:policy/x does not clearly define entity type and name."},
		"a session":               {source("arn:aws:sts::111111111111:assumed-role/open/x"), 400, "InvalidInput: Invalid Entity Arn: "},
		"no ARN":                  {source("nothing-valid-in-here"), 400, "InvalidInput: Invalid Entity Arn: "},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var e *Error
			if err := test.call(newCall(t)); !errors.As(err, &e) {
				t.Fatal(err)
			}
			if !strings.HasPrefix(e.Error(), test.want) || e.Status != test.status {
				t.Errorf("%d %s, want %s", e.Status, e, test.want)
			}
		})
	}
}

func TestContextKeys(t *testing.T) {
	t.Parallel()
	c := newCall(t)
	text := document(
		`{"Effect":"Allow","Action":"*","Resource":["arn:aws:sns:us-east-1:111111111111:${aws:username}","arn:aws:s3:::${s3:prefix, 'x'}/${*}"],"Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"},"StringEquals":{"AWS:multifactorauthpresent":"${aws:PrincipalTag/team}"}}}`)
	out, err := c.GetContextKeysForCustomPolicy(&GetContextKeysForCustomPolicyInput{PolicyInputList: []string{text}})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"AWS:multifactorauthpresent", "aws:PrincipalTag/team", "aws:username", "s3:prefix"}
	if diff := cmp.Diff(want, out.ContextKeyNames); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	out, err = c.GetContextKeysForPrincipalPolicy(&GetContextKeysForPrincipalPolicyInput{PolicySourceArn: new(openARN), PolicyInputList: []string{text}})
	if err != nil {
		t.Fatal(err)
	}
	want = slices.Insert(want, 1, "aws:PrincipalAccount")
	if diff := cmp.Diff(want, out.ContextKeyNames); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	out, err = c.GetContextKeysForCustomPolicy(&GetContextKeysForCustomPolicyInput{PolicyInputList: []string{}})
	if err != nil || out.ContextKeyNames == nil || len(out.ContextKeyNames) > 0 {
		t.Error(out, err)
	}
}

func TestOperations(t *testing.T) {
	t.Parallel()
	c := newCall(t)
	var names []string
	for o := range Operations() {
		names = append(names, o.Name)
		in := o.NewInput()
		if got := o.Resource(in); got != "*" {
			t.Errorf("%s: %s", o.Name, got)
		}
		if out, err := o.Call(c, in); out != nil || err == nil {
			t.Error(out, err)
		}
		switch in := in.(type) {
		case *SimulatePrincipalPolicyInput:
			in.PolicySourceArn = new(aliceARN)
		case *GetContextKeysForPrincipalPolicyInput:
			in.PolicySourceArn = new(aliceARN)
		default:
			continue
		}
		if got := o.Resource(in); got != aliceARN {
			t.Errorf("%s: %s", o.Name, got)
		}
	}
	want := []string{"GetContextKeysForCustomPolicy", "GetContextKeysForPrincipalPolicy", "SimulateCustomPolicy", "SimulatePrincipalPolicy"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// An unknown policy of a caller never becomes a yes.
func TestWhatIsNotKnownIsNoYes(t *testing.T) {
	t.Parallel()
	c := newCall(t)
	w, problems := c.World.With(world.PutUser("111111111111", world.User{
		Name: "partial", Permissions: world.Permissions{Partial: true, Attached: []string{"arn:aws:iam::aws:policy/AdministratorAccess"}},
	}))
	if w == nil {
		t.Fatal(problems)
	}
	c.World = w
	out, err := c.SimulatePrincipalPolicy(&SimulatePrincipalPolicyInput{
		PolicySourceArn: new("arn:aws:iam::111111111111:user/partial"), ActionNames: []string{"s3:GetObject"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := brief(&out.EvaluationResults[0]); got != "implicitDeny" {
		t.Error(got)
	}
}
