package eval_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/policy/eval"
)

func TestMessages(t *testing.T) { // EV-163, EV-164
	t.Parallel()
	id := set(t, policy.Identity, allow)
	send := ask(user, "sqs:SendMessage", queue)
	const begin = "User: " + user + " is not authorized to perform: sqs:SendMessage on resource: " + queue
	tests := map[string]struct {
		query    eval.Query
		policies eval.Policies
		want     string
	}{
		"allowed":         {send, eval.Policies{Identity: id}, ""},
		"identity":        {send, eval.Policies{}, begin + " because no identity-based policy allows the sqs:SendMessage action"},
		"identity denies": {send, eval.Policies{Identity: set(t, policy.Identity, deny)}, begin + " with an explicit deny in an identity-based policy: arn:aws:iam::aws:policy/p"},
		"boundary":        {send, eval.Policies{Identity: id, Boundary: set(t, policy.Boundary, silent)}, begin + " because no permissions boundary allows the sqs:SendMessage action"},
		"boundary denies": {send, eval.Policies{Boundary: set(t, policy.Boundary, deny)}, begin + " with an explicit deny in a permissions boundary: arn:aws:iam::aws:policy/p"},
		"SCP":             {send, eval.Policies{Identity: id, SCP: []*policy.Set{nil}}, begin + " because no service control policy allows the sqs:SendMessage action"},
		"SCP denies":      {send, eval.Policies{SCP: []*policy.Set{set(t, policy.SCP, deny)}}, begin + " with an explicit deny in a service control policy: arn:aws:iam::aws:policy/p"},
		"endpoint":        {send, eval.Policies{Identity: id, Endpoint: set(t, policy.Endpoint, grantTo(aws("999999999999")))}, begin + " because no VPC endpoint policy allows the sqs:SendMessage action"},
		"resource denies": {send, eval.Policies{Resource: set(t, policy.Resource, toPrincipal("Deny", `"*"`))}, begin + " with an explicit deny in a resource-based policy"},
		"RCP denies":      {send, eval.Policies{RCP: []*policy.Set{set(t, policy.RCP, `{"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*"}`)}}, begin + " with an explicit deny in a resource control policy: arn:aws:iam::aws:policy/p"},
		"no resource":     {ask(user, "s3:ListAllMyBuckets", "*"), eval.Policies{}, "User: " + user + " is not authorized to perform: s3:ListAllMyBuckets because no identity-based policy allows the s3:ListAllMyBuckets action"},
		"session":         {ask(session, "s3:ListAllMyBuckets", "*"), eval.Policies{Identity: id, Session: set(t, policy.Session, silent)}, "User: " + session + " is not authorized to perform: s3:ListAllMyBuckets because no session policy allows the s3:ListAllMyBuckets action"},
		"trust":           {ask(other, "sts:AssumeRole", target), eval.Policies{Identity: id}, "User: " + other + " is not authorized to perform: sts:AssumeRole on resource: " + target + " because no role trust policy allows the sts:AssumeRole action"},
		"trust denies":    {ask(other, "sts:AssumeRole", target), eval.Policies{Resource: set(t, policy.Trust, `{"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "*"}`)}, "User: " + other + " is not authorized to perform: sts:AssumeRole on resource: " + target + " with an explicit deny in the role trust policy"},
		"anonymous":       {ask("*", "s3:GetObject", bucket+"/k"), eval.Policies{}, "User: anonymous is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::b/k because no resource-based policy allows the s3:GetObject action"},
		"credentials":     {ask(fed, "sts:AssumeRole", target), eval.Policies{}, "User: " + fed + " is not authorized to perform: sts:AssumeRole on resource: " + target},
		"a session":       {ask(session, "sts:GetSessionToken", "*"), eval.Policies{}, "Cannot call GetSessionToken with session credentials"},
		"root":            {ask(root, "sts:AssumeRole", target), eval.Policies{}, "Roles may not be assumed by root accounts."},
		"a provider":      {ask("accounts.google.com", "sts:AssumeRoleWithWebIdentity", target), eval.Policies{}, "Not authorized to perform sts:AssumeRoleWithWebIdentity"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := mustDecide(t, tt.query, tt.policies)
			if diff := cmp.Diff(tt.want, d.Message()); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestAPolicyWithoutARNIsNotNamed(t *testing.T) {
	t.Parallel()
	text := `{"Version": "2012-10-17", "Statement": ` + deny + `}`
	d, _ := policy.Parse(&diag.Source{Name: "p", Text: text}, policy.Options{Kind: policy.Identity})
	got := mustDecide(t, ask(user, "s3:ListAllMyBuckets", ""), eval.Policies{Identity: policy.Compile(policy.Policy{Name: "inline", Document: d})})
	want := "User: " + user + " is not authorized to perform: s3:ListAllMyBuckets with an explicit deny in an identity-based policy"
	if diff := cmp.Diff(want, got.Message()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestMatchedStatements(t *testing.T) { // EV-161
	t.Parallel()
	p := eval.Policies{
		Identity: set(t, policy.Identity, silent, allow),
		Boundary: set(t, policy.Boundary, allow),
		SCP:      []*policy.Set{set(t, policy.SCP, allow), set(t, policy.SCP, silent, allow)},
		Resource: set(t, policy.Resource, grantTo(aws(user))),
	}
	matched := func(p eval.Policies) (out []string) {
		for m := range mustDecide(t, ask(user, "sqs:SendMessage", queue), p).Matched() {
			out = append(out, fmt.Sprintf("%s %d %s", m.Layer, m.Level, m.Statement.Sid))
		}
		return out
	}
	if diff := cmp.Diff([]string{"scp 0 Yes", "scp 1 Yes", "resource 0 Allow", "identity 0 Yes", "boundary 0 Yes"}, matched(p)); diff != "" {
		t.Errorf("allowed: -want +got\n%s", diff)
	}
	p.Boundary = set(t, policy.Boundary, allow, deny)
	if diff := cmp.Diff([]string{"boundary 0 No"}, matched(p)); diff != "" {
		t.Errorf("explicitly denied: -want +got\n%s", diff)
	}
	p.Boundary, p.Resource = set(t, policy.Boundary, silent), nil
	if got := matched(p); got != nil {
		t.Errorf("implicitly denied: %v", got)
	}
	for range mustDecide(t, ask(user, "sqs:SendMessage", queue), eval.Policies{Identity: p.Identity}).Matched() {
		break // an early end is fine
	}
	for r := range (eval.Decision{BlockedBy: 0xffff}).BlockedBy.All() {
		if r == eval.BySCP {
			break
		}
	}
}

func TestExplanation(t *testing.T) {
	t.Parallel()
	r, err := eval.NewRequest(ask(session, "s3:GetObject", bucket+"/k"))
	if err != nil {
		t.Fatal(err)
	}
	near := `{"Sid": "Near", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true", "AWS:securetransport2": "1"}, "StringEquals": {"aws:PrincipalTag/a": "b", "aws:PrincipalTag/A2": "b"}}}`
	far := `{"Sid": "Far", "Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::x", "Condition": {"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"aws:principaltag/a": "b", "aws:PrincipalTag/A2": "b", "k:k": "x", "k:l": "x"}}}`
	p := eval.Policies{
		Identity: set(t, policy.Identity, far, near, `{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}`),
		SCP:      []*policy.Set{set(t, policy.SCP, allow), set(t, policy.SCP, allow)},
		RCP:      []*policy.Set{policy.Compile()},
		Session:  policy.Compile(),
	}
	e, err := eval.Explain(r, &p)
	if err != nil {
		t.Fatal(err)
	}
	var layers []string
	for i := range e.Layers {
		l, n := &e.Layers[i], 0
		for range l.All() {
			n++
		}
		layers = append(layers, fmt.Sprintf("%s %d: %d of %d statements %s", l.Name, l.Level, len(l.Statements), n, l.Skipped))
	}
	want := []string{"scp 0: 1 of 1 statements ", "scp 1: 1 of 1 statements ", "rcp 0: 0 of 0 statements ", "identity 0: 1 of 3 statements ", "session 0: 0 of 0 statements no policy is attached"}
	if diff := cmp.Diff(want, layers); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if diff := cmp.Diff([]string{"aws:principaltag/a", "aws:PrincipalTag/A2", "aws:SecureTransport", "AWS:securetransport2", "k:k", "k:l"}, e.MissingKeys(), cmp.Transformer("lower", strings.ToLower)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	var nearest []string
	for _, v := range e.Nearest() {
		nearest = append(nearest, v.Statement.Sid)
	}
	if diff := cmp.Diff([]string{"Near", "Far"}, nearest); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if allowed, err := eval.Explain(r, &eval.Policies{Identity: set(t, policy.Identity, allow)}); err != nil || allowed.Nearest() != nil {
		t.Errorf("nothing is near where nothing is missing: %v, %v", allowed.Nearest(), err)
	}
	if got := e.Decision.Warnings(); len(got) != 1 || got[0].Code != policy.CodeTypeMismatchValue {
		t.Errorf("the value that cannot be read is reported: %v", got)
	}
	if got := mustDecide(t, ask(user, "sts:GetCallerIdentity", ""), p).Warnings(); got != nil {
		t.Errorf("policies that have no say are not reported: %v", got)
	}
}

func TestSkippedLayersSayWhy(t *testing.T) {
	t.Parallel()
	level := []*policy.Set{policy.Compile()}
	tests := map[string]struct {
		query    eval.Query
		policies eval.Policies
		want     string
	}{
		"SCPs of a service-linked role": {ask(linked, "sqs:SendMessage", queue), eval.Policies{SCP: level}, "SCPs do not limit a service-linked role"},
		"SCPs of nobody":                {ask("*", "sqs:SendMessage", queue), eval.Policies{SCP: level}, "SCPs do not limit an anonymous caller"},
		"RCPs":                          {ask(user, "ec2:RunInstances", "*"), eval.Policies{RCP: level}, "RCPs do not cover this request"},
		"an endpoint":                   {ask("ec2.amazonaws.com", "sqs:SendMessage", queue), eval.Policies{Endpoint: set(t, policy.Endpoint, grantTo(`"*"`))}, "endpoint policies do not limit a service principal"},
		"a trust policy":                {ask(user, "iam:GetRole", target), eval.Policies{Resource: set(t, policy.Trust, trusting(aws("*")))}, "a trust policy is consulted for STS actions on the role only"},
		"no policies at all":            {ask(user, "sts:GetCallerIdentity", "*"), eval.Policies{Identity: set(t, policy.Identity, deny)}, "the call is decided without policies"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := eval.NewRequest(tt.query)
			if err != nil {
				t.Fatal(err)
			}
			e, err := eval.Explain(r, &tt.policies)
			if err != nil {
				t.Fatal(err)
			}
			if len(e.Layers) != 1 || e.Layers[0].Skipped != tt.want {
				t.Errorf("%+v, want one layer, skipped because %s", e.Layers, tt.want)
			}
		})
	}
}
