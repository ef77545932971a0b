package eval_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/policy/eval"
)

const (
	home    = "111122223333"
	user    = "arn:aws:iam::111122223333:user/alice"
	other   = "arn:aws:iam::444455556666:user/bob"
	session = "arn:aws:sts::111122223333:assumed-role/app/s1"
	role    = "arn:aws:iam::111122223333:role/app"
	fed     = "arn:aws:sts::111122223333:federated-user/carol"
	root    = "arn:aws:iam::111122223333:root"
	linked  = "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"
	queue   = "arn:aws:sqs:us-east-1:111122223333:q"
	target  = "arn:aws:iam::111122223333:role/target"
	key     = "arn:aws:kms:us-east-1:111122223333:key/1"
	bucket  = "arn:aws:s3:::b"
)

// allow, deny and silent are the statements of policies without principals.
const (
	allow  = `{"Sid": "Yes", "Effect": "Allow", "Action": "*", "Resource": "*"}`
	deny   = `{"Sid": "No", "Effect": "Deny", "Action": "*", "Resource": "*"}`
	silent = `{"Effect": "Allow", "Action": "none:None", "Resource": "*"}`
)

// set compiles statements as one policy of a kind, with an ARN.
func set(t testing.TB, kind policy.Kind, statements ...string) *policy.Set {
	t.Helper()
	text := `{"Version": "2012-10-17", "Statement": [` + strings.Join(statements, ",") + `]}`
	d, list := policy.Parse(&diag.Source{Name: "p", Text: text}, policy.Options{Kind: kind})
	if list.HasErrors() {
		t.Fatal(list)
	}
	return policy.Compile(policy.Policy{Name: "p", ARN: "arn:aws:iam::aws:policy/p", Document: d})
}

// grantTo is a statement of a resource policy that allows everything to a
// principal.
func grantTo(principal string) string { return toPrincipal("Allow", principal) }

func toPrincipal(effect, principal string) string {
	return `{"Sid": "` + effect + `", "Effect": "` + effect + `", "Principal": ` + principal + `, "Action": "*", "Resource": "*"}`
}

func aws(principal string) string { return `{"AWS": "` + principal + `"}` }

// trusting is a statement of a trust policy.
func trusting(principal string) string {
	return `{"Effect": "Allow", "Principal": ` + principal + `, "Action": "sts:*"}`
}

func context(t testing.TB, pairs ...string) conditions.Context {
	t.Helper()
	c := conditions.NewContext(len(pairs) / 2)
	for i := 0; i < len(pairs); i += 2 {
		if err := c.Add(pairs[i], pairs[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// decision is what a test expects: "outcome by reason" and "blocked: reasons".
func decision(d eval.Decision) string {
	text := d.Outcome.String() + " by " + d.Reason.String()
	var blocked []string
	for r := range d.BlockedBy.All() {
		blocked = append(blocked, r.String())
	}
	if len(blocked) > 0 {
		text += ", blocked by " + strings.Join(blocked, "+")
	}
	return text
}

func mustDecide(t testing.TB, q eval.Query, p eval.Policies) eval.Decision {
	t.Helper()
	r, err := eval.NewRequest(q)
	if err != nil {
		t.Fatal(err)
	}
	d, err := eval.Decide(r, &p)
	if err != nil {
		t.Fatal(err)
	}
	explained, err := eval.Explain(r, &p)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(decision(d), decision(explained.Decision)); diff != "" {
		t.Errorf("-Decide +Explain\n%s", diff)
	}
	return d
}

type row struct {
	query    eval.Query
	policies eval.Policies
	want     string
}

func runRows(t *testing.T, rows map[string]row) {
	t.Helper()
	for name, r := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := decision(mustDecide(t, r.query, r.policies)); got != r.want {
				t.Errorf("%s, want %s", got, r.want)
			}
		})
	}
}

func ask(principal, action, resource string) eval.Query {
	return eval.Query{Principal: principal, Action: action, Resource: resource}
}

func TestOpenKeysMakeADecisionConditional(t *testing.T) { // EV-147
	t.Parallel()
	query := ask(user, "sqs:SendMessage", queue)
	if err := query.Context.AddOpen("aws:MultiFactorAuthPresent", false); err != nil {
		t.Fatal(err)
	}
	const mfa = `"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}`
	mfaAllow := `{"Effect": "Allow", "Action": "*", "Resource": "*", ` + mfa
	mfaDeny := `{"Effect": "Deny", "Action": "*", "Resource": "*", ` + mfa
	runRows(t, map[string]row{
		"an open Allow":                    {query, eval.Policies{Identity: set(t, policy.Identity, mfaAllow)}, "conditional by identity, blocked by identity"},
		"an open Deny":                     {query, eval.Policies{Identity: set(t, policy.Identity, allow, mfaDeny)}, "conditional by identity, blocked by identity"},
		"an open Allow beside a sure one":  {query, eval.Policies{Identity: set(t, policy.Identity, allow, mfaAllow)}, "allowed by identity"},
		"an open Allow and a sure Deny":    {query, eval.Policies{Identity: set(t, policy.Identity, mfaAllow, deny)}, "explicitDeny by identity, blocked by identity"},
		"an open Deny and nothing allowed": {query, eval.Policies{Identity: set(t, policy.Identity, mfaDeny)}, "implicitDeny by identity, blocked by identity"},
		"an open SCP":                      {query, eval.Policies{Identity: set(t, policy.Identity, allow), SCP: []*policy.Set{set(t, policy.SCP, allow), set(t, policy.SCP, mfaAllow)}}, "conditional by scp, blocked by scp"},
		"an open SCP and a silent one":     {query, eval.Policies{Identity: set(t, policy.Identity, allow), SCP: []*policy.Set{set(t, policy.SCP, mfaAllow), set(t, policy.SCP, silent)}}, "implicitDeny by scp, blocked by scp"},
	})
	d := mustDecide(t, query, eval.Policies{Identity: set(t, policy.Identity, mfaAllow)})
	if d.Message() != "" || d.LayerName(eval.ByRoot) != "" || d.CrossAccount() {
		t.Error("a conditional decision is no denial")
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	got := fmt.Sprint(eval.Outcome(0), eval.Outcome(9), eval.Conditional, eval.Reason(0), eval.Reason(99), eval.ByProtection)
	if want := "outcome(0) outcome(9) conditional reason(0) reason(99) protected"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestDecideDoesNotAllocate(t *testing.T) { // not parallel: it counts allocations
	r, err := eval.NewRequest(ask(session, "sqs:SendMessage", queue))
	if err != nil {
		t.Fatal(err)
	}
	p := eval.Policies{
		Identity: set(t, policy.Identity, deny, allow), Boundary: set(t, policy.Boundary, allow), Session: set(t, policy.Session, allow),
		SCP: []*policy.Set{set(t, policy.SCP, allow), set(t, policy.SCP, allow)}, RCP: []*policy.Set{policy.Compile()},
		Resource: set(t, policy.Resource, grantTo(aws(home))), Endpoint: set(t, policy.Endpoint, grantTo(`"*"`)),
	}
	denied := eval.Policies{Identity: set(t, policy.Identity, silent), Boundary: p.Boundary}
	for name, p := range map[string]*eval.Policies{"every layer": &p, "implicitly denied": &denied, "nothing in force": {}} {
		if n := testing.AllocsPerRun(100, func() { _, _ = eval.Decide(r, p) }); n != 0 {
			t.Errorf("%s: %v allocations, want 0", name, n)
		}
	}
}
