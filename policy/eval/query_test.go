package eval_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/policy/eval"
)

func TestImpossibleRequests(t *testing.T) { // EV-48
	t.Parallel()
	id, bound, sess := set(t, policy.Identity, allow), set(t, policy.Boundary, allow), set(t, policy.Session, allow)
	assumed := ask(root, "sqs:SendMessage", queue)
	assumed.Context = context(t, "aws:AssumedRoot", "true")
	send := func(p string) eval.Query { return ask(p, "sqs:SendMessage", queue) }
	tests := map[string]struct {
		query    eval.Query
		policies eval.Policies
		want     string
	}{
		"session policies of a user":       {send(user), eval.Policies{Session: sess}, "an IAM user cannot have a session policy"},
		"session policies of root":         {send(root), eval.Policies{Session: sess}, "a root user cannot have a session policy"},
		"session policies, AssumeRoot":     {assumed, eval.Policies{Session: sess}, ""},
		"session policies, service-linked": {send(linked), eval.Policies{Session: sess}, "a service-linked role cannot have a session policy"},
		"a boundary of root":               {send(root), eval.Policies{Boundary: bound}, "a root user cannot have a permissions boundary"},
		"a boundary of a service":          {send("x.amazonaws.com"), eval.Policies{Boundary: bound}, "a service principal cannot have a permissions boundary"},
		"a boundary, service-linked":       {send(linked), eval.Policies{Boundary: bound}, "a service-linked role cannot have a permissions boundary"},
		"identity policies of anonymous":   {send("*"), eval.Policies{Identity: id}, "an anonymous caller cannot have an identity-based policy"},
		"identity policies of root":        {send(root), eval.Policies{Identity: id}, "a root user cannot have an identity-based policy"},
		"an empty set of identity policy":  {send(root), eval.Policies{Identity: policy.Compile()}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := eval.NewRequest(tt.query)
			if err != nil {
				t.Fatal(err)
			}
			_, err = eval.Decide(r, &tt.policies)
			_, explained := eval.Explain(r, &tt.policies)
			for _, err := range []error{err, explained} {
				switch {
				case tt.want == "" && err != nil:
					t.Errorf("it is possible: %v", err)
				case tt.want != "" && (!errors.Is(err, eval.ErrImpossible) || !strings.Contains(err.Error(), tt.want)):
					t.Errorf("%v, want an error with %q", err, tt.want)
				}
			}
		})
	}
}

func TestBadQueries(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(*eval.Query)
		want   string
	}{
		"an action without service":    {func(q *eval.Query) { q.Action = "GetObject" }, "is not of the form"},
		"a resource that is no ARN":    {func(q *eval.Query) { q.Resource = "bucket" }, `neither "*" nor an ARN`},
		"a group":                      {func(q *eval.Query) { q.Principal = "arn:aws:iam::111122223333:group/g" }, "a group is never a principal"},
		"a resource account":           {func(q *eval.Query) { q.ResourceAccount = "home" }, "12-digit account id"},
		"the role of another":          {func(q *eval.Query) { q.Principal, q.RoleARN = session, target }, "is not the role of"},
		"the role of a user":           {func(q *eval.Query) { q.RoleARN = role }, "is not the role of"},
		"an issuer of a user":          {func(q *eval.Query) { q.Issuer = user }, "cannot be the issuer"},
		"an issuer of another account": {func(q *eval.Query) { q.Principal, q.Issuer = fed, other }, "cannot be the issuer"},
		"a role as issuer":             {func(q *eval.Query) { q.Principal, q.Issuer = fed, role }, "cannot be the issuer"},
		"an issuer that is nobody":     {func(q *eval.Query) { q.Principal, q.Issuer = fed, "x" }, "no principal can have this name"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := ask(user, "s3:GetObject", bucket+"/k")
			tt.change(&q)
			if _, err := eval.NewRequest(q); !errors.Is(err, eval.ErrQuery) || !strings.Contains(err.Error(), tt.want) || strings.Count(err.Error(), "bad request") != 1 {
				t.Errorf("%v, want an error with %q that says once that the request is bad", err, tt.want)
			}
		})
	}
}

func TestDerivedContext(t *testing.T) { // EV-13 to EV-16
	t.Parallel()
	at := time.Date(2026, 11, 21, 13, 0, 0, 0, time.FixedZone("", 3600))
	known := func(q eval.Query, change func(*eval.Query)) eval.Query { change(&q); return q }
	s3 := func(p string) eval.Query { return ask(p, "s3:GetObject", bucket+"/k") }
	tests := map[string]struct {
		query eval.Query
		want  map[string]string
	}{
		"a user": {s3("arn:aws:iam::111122223333:user/dev/alice"), map[string]string{
			"aws:PrincipalArn": "arn:aws:iam::111122223333:user/dev/alice", "aws:PrincipalType": "User", "aws:username": "alice",
			"aws:PrincipalAccount": home, "aws:PrincipalIsAWSService": "false", "aws:ResourceAccount": home,
		}},
		"a user with id and time": {known(s3(user), func(q *eval.Query) { q.UniqueID, q.Time = "AIDA00000000000000000", at }), map[string]string{
			"aws:PrincipalArn": user, "aws:PrincipalType": "User", "aws:username": "alice", "aws:userid": "AIDA00000000000000000",
			"aws:PrincipalAccount": home, "aws:PrincipalIsAWSService": "false", "aws:ResourceAccount": home,
			"aws:CurrentTime": "2026-11-21T12:00:00Z", "aws:EpochTime": "1795262400",
		}},
		"a session": {known(s3(session), func(q *eval.Query) { q.UniqueID = "AROA00000000000000000" }), map[string]string{
			"aws:PrincipalArn": role, "aws:PrincipalType": "AssumedRole", "aws:userid": "AROA00000000000000000:s1",
			"aws:PrincipalAccount": home, "aws:PrincipalIsAWSService": "false", "aws:ResourceAccount": home,
		}},
		"a session with a path": {known(s3(session), func(q *eval.Query) { q.RoleARN = "arn:aws:iam::111122223333:role/ci/app" }), map[string]string{
			"aws:PrincipalArn": "arn:aws:iam::111122223333:role/ci/app", "aws:PrincipalType": "AssumedRole",
			"aws:PrincipalAccount": home, "aws:PrincipalIsAWSService": "false", "aws:ResourceAccount": home,
		}},
		"a federated user": {s3(fed), map[string]string{
			"aws:PrincipalArn": fed, "aws:PrincipalType": "FederatedUser", "aws:userid": home + ":carol",
			"aws:PrincipalAccount": home, "aws:PrincipalIsAWSService": "false", "aws:ResourceAccount": home,
		}},
		"root": {s3(root), map[string]string{
			"aws:PrincipalArn": root, "aws:PrincipalType": "Account", "aws:userid": home,
			"aws:PrincipalAccount": home, "aws:PrincipalIsAWSService": "false", "aws:ResourceAccount": home,
		}},
		"anonymous": {s3("*"), map[string]string{
			"aws:PrincipalAccount": "anonymous", "aws:PrincipalType": "Anonymous", "aws:userid": "anonymous",
		}},
		"a service": {ask("ec2.amazonaws.com", "sqs:SendMessage", queue), map[string]string{
			"aws:PrincipalIsAWSService": "true", "aws:PrincipalServiceName": "ec2.amazonaws.com", "aws:ResourceAccount": home,
		}},
		"a provider": {ask("accounts.google.com", "sts:AssumeRoleWithWebIdentity", target), map[string]string{"aws:ResourceAccount": home}},
		"what is given wins": {known(s3(user), func(q *eval.Query) { q.Context = context(t, "AWS:USERNAME", "bob", "aws:resourceaccount", "1") }), map[string]string{
			"AWS:USERNAME": "bob", "aws:resourceaccount": "1", "aws:PrincipalArn": user, "aws:PrincipalType": "User",
			"aws:PrincipalAccount": home, "aws:PrincipalIsAWSService": "false",
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := eval.NewRequest(tt.query)
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]string{}
			for k, seen := range r.Context().All() {
				got[k.String()] = seen.Values[0]
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if r.Query().Principal != tt.query.Principal || r.Caller().Name != tt.query.Principal {
				t.Error("the request gives its query and caller back")
			}
		})
	}
}

func TestUniqueIDsFromContext(t *testing.T) { // EV-33
	t.Parallel()
	q := ask(session, "sqs:SendMessage", queue)
	q.Context = context(t, "aws:userid", "AROADBQP57FF2AEXAMPLE:s1")
	p := eval.Policies{Resource: set(t, policy.Resource, grantTo(aws("AROADBQP57FF2AEXAMPLE")))}
	if got := mustDecide(t, q, p); !got.Allowed() {
		t.Error(decision(got))
	}
	q.Principal = user
	if got := mustDecide(t, q, p); got.Allowed() {
		t.Error("a user's id is the whole of aws:userid:", decision(got))
	}
	issued := ask(fed, "sqs:SendMessage", queue)
	issued.Issuer, issued.IssuerID = user, "AIDACKCEVSQ6C2EXAMPLE"
	p = eval.Policies{Resource: set(t, policy.Resource, toPrincipal("Deny", aws("AIDACKCEVSQ6C2EXAMPLE")))}
	if got := mustDecide(t, issued, p); got.Outcome != eval.ExplicitDeny {
		t.Error("denying a user denies the sessions it issued:", decision(got))
	}
	canonical := ask(user, "s3:GetObject", bucket+"/k")
	canonical.CanonicalUserID = strings.Repeat("ab", 32)
	p = eval.Policies{Resource: set(t, policy.Resource, toPrincipal("Deny", `{"CanonicalUser": "`+canonical.CanonicalUserID+`"}`))}
	if got := mustDecide(t, canonical, p); got.Outcome != eval.ExplicitDeny {
		t.Error("a canonical user id names the account:", decision(got))
	}
}
