package policy

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/principal"
)

const (
	alice = "arn:aws:iam::111122223333:user/alice"
	doc   = "arn:aws:s3:::bucket/alice/doc.txt"
)

// set compiles documents of a kind.
func set(t testing.TB, kind Kind, texts ...string) *Set {
	t.Helper()
	var policies []Policy
	for i, text := range texts {
		d, list := Parse(source(text), Options{Kind: kind})
		if list.HasErrors() {
			t.Fatal(list)
		}
		policies = append(policies, Policy{Name: string(rune('a' + i)), Document: d})
	}
	return Compile(policies...)
}

// request makes a request of alice.
func request(t testing.TB, action, resource string, context map[string]string) *Request {
	t.Helper()
	caller, err := principal.ParseCaller(alice, false)
	if err != nil {
		t.Fatal(err)
	}
	ctx := conditions.NewContext(len(context))
	for k, v := range context {
		if v == "?" {
			err = ctx.AddOpen(k, false)
		} else {
			err = ctx.Add(k, v)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	r := &Request{Caller: &caller, Context: &ctx}
	if err := r.Set(action, resource); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestMatch(t *testing.T) {
	t.Parallel()
	const (
		no, yes  = conditions.False, conditions.True
		everyone = principal.Everybody
	)
	identity := func(action, resource string) string {
		return with(`{"Effect": "Allow", "Action": ` + action + `, "Resource": ` + resource + `}`)
	}
	tests := map[string]struct {
		kind             Kind
		text             string
		action, resource string
		context          map[string]string
		want             Outcome
	}{
		"an exact action":                       {Identity, identity(`"s3:GetObject"`, `"*"`), "s3:GetObject", doc, nil, Outcome{no, everyone, everyone}},
		"case of an action":                     {Identity, identity(`"S3:getobject"`, `"*"`), "s3:GetObject", doc, nil, Outcome{no, everyone, everyone}},
		"a wildcard in an action":               {Identity, identity(`["ec2:*", "s3:?et*"]`, `"*"`), "s3:GetObject", doc, nil, Outcome{no, everyone, everyone}},
		"another service":                       {Identity, identity(`"s3:*"`, `"*"`), "s3-object-lambda:GetObject", doc, nil, Outcome{no, 0, 0}},
		"every action":                          {Identity, identity(`"*"`, `"*"`), "ec2:RunInstances", "*", nil, Outcome{no, everyone, everyone}},
		"star colon star":                       {Identity, identity(`"*:*"`, `"*"`), "ec2:RunInstances", "*", nil, Outcome{no, everyone, everyone}},
		"a dead action":                         {Identity, identity(`"s3:GetObject "`, `"*"`), "s3:GetObject", doc, nil, Outcome{no, 0, 0}},
		"NotAction":                             {Identity, with(`{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}`), "s3:GetObject", doc, nil, Outcome{no, everyone, everyone}},
		"NotAction, listed":                     {Identity, with(`{"Effect": "Allow", "NotAction": ["iam:*", "s3:G*"], "Resource": "*"}`), "s3:GetObject", doc, nil, Outcome{no, 0, 0}},
		"a resource with a wildcard":            {Identity, identity(`"*"`, `["arn:aws:s3:::other", "arn:aws:s3:::bucket/*"]`), "s3:GetObject", doc, nil, Outcome{no, everyone, everyone}},
		"another resource":                      {Identity, identity(`"*"`, `"arn:aws:s3:::bucket"`), "s3:GetObject", doc, nil, Outcome{no, 0, 0}},
		"no resource, a star":                   {Identity, identity(`"*"`, `"*"`), "s3:ListAllMyBuckets", "*", nil, Outcome{no, everyone, everyone}},
		"no resource, an ARN":                   {Identity, identity(`"*"`, `"arn:aws:s3:::*"`), "s3:ListAllMyBuckets", "*", nil, Outcome{no, 0, 0}},
		"NotResource":                           {Identity, with(`{"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::other/*"}`), "s3:GetObject", doc, nil, Outcome{no, everyone, everyone}},
		"NotResource, listed":                   {Identity, with(`{"Effect": "Allow", "Action": "*", "NotResource": ["arn:aws:s3:::other/*", "arn:aws:s3:::bucket/*"]}`), "s3:GetObject", doc, nil, Outcome{no, 0, 0}},
		"NotResource, no resource":              {Identity, with(`{"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::*"}`), "s3:ListAllMyBuckets", "*", nil, Outcome{no, everyone, everyone}},
		"a variable":                            {Identity, identity(`"*"`, `"arn:aws:s3:::bucket/${aws:username}/*"`), "s3:GetObject", doc, map[string]string{"aws:username": "alice"}, Outcome{no, everyone, everyone}},
		"a variable without value":              {Identity, identity(`"*"`, `"arn:aws:s3:::bucket/${aws:username}/*"`), "s3:GetObject", doc, nil, Outcome{no, 0, 0}},
		"a variable that is open":               {Identity, identity(`"*"`, `"arn:aws:s3:::bucket/${aws:username}/*"`), "s3:GetObject", doc, map[string]string{"aws:username": "?"}, Outcome{no, 0, everyone}},
		"a short ARN":                           {Identity, identity(`"*"`, `"arn:aws:s3"`), "s3:GetObject", doc, nil, Outcome{no, everyone, everyone}},
		"a short ARN in a bucket policy":        {Resource, with(`{"Principal": "*", "Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3"}`), "s3:GetObject", doc, nil, Outcome{no, 0, 0}},
		"a short ARN with a star there":         {Resource, with(`{"Principal": "*", "Effect": "Allow", "Action": "*", "Resource": "arn:aws:s*"}`), "s3:GetObject", doc, nil, Outcome{no, everyone, everyone}},
		"a Deny":                                {Identity, with(`{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}, {"Effect": "Allow", "Action": "*", "Resource": "*"}`), "s3:GetObject", doc, nil, Outcome{yes, everyone, everyone}},
		"an open Deny":                          {Identity, with(`{"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"a:b": "true"}}}`), "s3:GetObject", doc, map[string]string{"a:b": "?"}, Outcome{conditions.Unknown, 0, 0}},
		"a failed condition":                    {Identity, with(`{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"a:b": "true"}}}`), "s3:GetObject", doc, nil, Outcome{no, 0, 0}},
		"match kinds add up":                    {Resource, with(`{"Principal": {"AWS": "` + alice + `"}, "Effect": "Allow", "Action": "*"}, {"Principal": {"AWS": "111122223333"}, "Effect": "Allow", "Action": "*"}`), "s3:GetObject", doc, nil, Outcome{no, principal.Direct | principal.Account, principal.Direct | principal.Account}},
		"another principal":                     {Resource, with(`{"Principal": {"AWS": "999999999999"}, "Effect": "Deny", "Action": "*"}`), "s3:GetObject", doc, nil, Outcome{no, 0, 0}},
		"no principal where one is wanted":      {Resource, with(`{"Effect": "Deny", "Action": "*"}`), "s3:GetObject", doc, nil, Outcome{no, 0, 0}},
		"a trust policy covers the role itself": {Trust, with(`{"Principal": {"AWS": "*"}, "Effect": "Allow", "Action": "sts:AssumeRole"}`), "sts:AssumeRole", "arn:aws:iam::111122223333:role/r", nil, Outcome{no, everyone, everyone}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := set(t, tt.kind, tt.text)
			r := request(t, tt.action, tt.resource, tt.context)
			if got := s.Match(r); got != tt.want {
				t.Errorf("%+v, want %+v", got, tt.want)
			}
			for v := range s.Explain(r) {
				applying := slices.ContainsFunc(refs(s, r, v.Statement.Effect), func(ref StatementRef) bool { return ref.Index == v.Statement.Index })
				if v.Applies.Possible() != applying {
					t.Errorf("statement %d: Explain says %s, Applying lists it: %t", v.Statement.Index, v.Applies, applying)
				}
			}
		})
	}
}

func refs(s *Set, r *Request, effect Effect) []StatementRef {
	var out []StatementRef
	for ref := range s.Applying(r, effect) {
		out = append(out, ref)
	}
	return out
}

func TestRequestFlags(t *testing.T) {
	t.Parallel()
	r := request(t, "kms:Decrypt", "arn:aws:kms:us-east-1:111122223333:key/1", nil)
	key := set(t, Resource, with(`{"Principal": "*", "Effect": "Allow", "Action": "kms:*"}`))
	if key.Match(r).Allow == 0 {
		t.Error("without Resource a statement means the resource it is attached to")
	}
	r.NeedsResource = true
	if key.Match(r).Allow != 0 {
		t.Error("a key policy statement without Resource has no effect (EV-110)")
	}
	account := set(t, Endpoint, with(`{"Principal": {"AWS": "111122223333"}, "Effect": "Allow", "Action": "*", "Resource": "*"}`))
	if account.Match(r).Allow != principal.Account {
		t.Error("an account means its users too")
	}
	r.RootOnlyAccounts = true
	if account.Match(r).Allow != 0 {
		t.Error("at a gateway endpoint it means the root user only (EV-117)")
	}
	deny := set(t, Resource, with(`{"NotPrincipal": {"AWS": ["111122223333", "`+alice+`"]}, "Effect": "Deny", "Action": "*"}`))
	r.NeedsResource = false
	if deny.Match(r).Deny != conditions.False {
		t.Error("alice is spared")
	}
	r.Boundary = true
	if deny.Match(r).Deny != conditions.True {
		t.Error("with a permissions boundary nobody is spared (PL-71)")
	}
}

func TestRequestRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ action, resource, want string }{
		"no service":               {"GetObject", "*", `is not of the form`},
		"no name":                  {"s3:", "*", `is not of the form`},
		"an empty service":         {":GetObject", "*", `is not of the form`},
		"two colons":               {"s3:a:b", "*", `is not of the form`},
		"a wildcard":               {"s3:Get*", "*", `does not name one action`},
		"a blank":                  {"s3:Get Object", "*", `does not name one action`},
		"too long":                 {"s3:" + strings.Repeat("x", 600), "*", `does not name one action`},
		"a resource that is empty": {"s3:GetObject", "", `neither "*" nor an ARN`},
		"a resource that is short": {"s3:GetObject", "arn:aws:s3", `neither "*" nor an ARN of six parts`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := new(Request).Set(tt.action, tt.resource)
			if !errors.Is(err, ErrRequest) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want an error with %q", err, tt.want)
			}
		})
	}
	bare := request(t, "s3:ListAllMyBuckets", "*", nil)
	if got := bare.ARN(); got.Service != "" {
		t.Errorf("no resource has the ARN %s", got)
	}
	r := request(t, "S3:GetObject", doc, nil)
	if got := r.ARN().String(); got != doc {
		t.Errorf("ARN() = %s", got)
	}
	if r.Service() != "s3" || !r.Is("s3", "getobject") || r.Is("s3", "putobject") {
		t.Error("the action is compared in lower case")
	}
}

func TestApplyingNamesStatements(t *testing.T) {
	t.Parallel()
	s := set(t, Identity,
		with(`{"Sid": "One", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}, {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}`),
		with(`{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}, {"Effect": "Allow", "Action": "*", "Resource": "*"}`),
	)
	r := request(t, "s3:GetObject", doc, nil)
	var got []string
	for _, ref := range refs(s, r, Allow) {
		got = append(got, ref.Policy.Name+" "+ref.Sid+" "+ref.Effect.String()+" "+ref.Position().String())
	}
	want := []string{"a One Allow p.json:1:41", "b  Allow p.json:1:98"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	for range s.Applying(r, Allow) {
		break // an early end is fine
	}
	for range s.Explain(r) {
		break
	}
	if len(s.Policies()) != 2 {
		t.Error("Policies gives the policies")
	}
}

func TestANilSetIsEmpty(t *testing.T) {
	t.Parallel()
	var s *Set
	r := request(t, "s3:GetObject", doc, nil)
	if got := s.Match(r); got != (Outcome{Deny: conditions.False}) {
		t.Errorf("%+v", got)
	}
	if s.Policies() != nil || len(refs(s, r, Allow)) > 0 {
		t.Error("it holds nothing")
	}
	for range s.Explain(r) {
		t.Error("it has no statements")
	}
}

func TestExplainSaysWhichPartFails(t *testing.T) {
	t.Parallel()
	s := set(t, Resource, with(`{
		"Sid": "S", "Effect": "Allow", "Principal": {"AWS": "999999999999"},
		"Action": ["ec2:*", "s3:Get*"], "NotResource": ["arn:aws:s3:::x", "arn:aws:s3:::bucket/*"],
		"Condition": {"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"a:b": ["c", "d"]}}
	}`))
	r := request(t, "s3:GetObject", doc, map[string]string{"a:b": "d"})
	var got []Verdict
	for v := range s.Explain(r) {
		got = append(got, v)
	}
	if len(got) != 1 {
		t.Fatalf("%d verdicts", len(got))
	}
	v := got[0]
	if v.Applies != conditions.False || v.Principal != 0 || !v.HasPrincipal {
		t.Errorf("%+v", v)
	}
	if diff := cmp.Diff(Part{Matches: conditions.True, Item: "s3:Get*"}, v.Action); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(Part{Matches: conditions.False, Not: true, Item: "arn:aws:s3:::bucket/*"}, v.Resource); diff != "" {
		t.Error(diff)
	}
	var results []string
	for _, c := range v.Conditions {
		results = append(results, c.Test.Operator().String()+" "+c.Test.Key().String()+" "+c.Result.String())
	}
	if diff := cmp.Diff([]string{"Bool aws:SecureTransport false", "StringEquals a:b true"}, results); diff != "" {
		t.Error(diff)
	}
}

func TestMatchDoesNotAllocate(t *testing.T) { // not parallel: it counts allocations
	s := set(t, Resource, with(`{"Effect": "Deny", "NotPrincipal": {"AWS": "*"}, "NotAction": "ec2:*", "Resource": "*"}`),
		with(`{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:G?t*", "Resource": ["arn:aws:*:::x", "arn:aws:s3:::*/${aws:username}/*"], "Condition": {"StringLike": {"aws:username": "a*"}}}`))
	r := request(t, "s3:GetObject", doc, map[string]string{"aws:username": "alice"})
	if s.Match(r).Allow != principal.Account {
		t.Fatal("the statement applies")
	}
	if n := testing.AllocsPerRun(100, func() { s.Match(r) }); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}
