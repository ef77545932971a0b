package policy

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall/rolecall/conditions"
)

func TestGrantsTellsWhereAnActionCouldBeAllowed(t *testing.T) {
	t.Parallel()
	const role = "arn:aws:iam::111122223333:role/a"
	tests := map[string]struct {
		statement string
		resources []string
		others    bool
	}{
		"by its name":      {`{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "` + role + `"}`, []string{role}, false},
		"by a wildcard":    {`{"Effect": "Allow", "Action": "sts:*", "Resource": ["` + role + `", "arn:aws:iam::*:role/b"]}`, []string{role}, true},
		"by a variable":    {`{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:iam::111122223333:role/${aws:username}"}`, nil, true},
		"by all but some":  {`{"Effect": "Allow", "Action": "sts:AssumeRole", "NotResource": "` + role + `"}`, nil, true},
		"another action":   {`{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}`, nil, false},
		"all but another":  {`{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}`, nil, true},
		"denied":           {`{"Effect": "Deny", "Action": "*", "Resource": "*"}`, nil, false},
		"under conditions": {`{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "` + role + `", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}`, []string{role}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := set(t, Identity, `{"Version": "2012-10-17", "Statement": `+tt.statement+`}`)
			resources, others := s.Grants("sts:AssumeRole")
			if diff := cmp.Diff(tt.resources, resources); diff != "" || others != tt.others {
				t.Errorf("others: %v (-want +got):\n%s", others, diff)
			}
			if resources, others := s.Grants("no action"); resources != nil || others {
				t.Error("what is no action is granted")
			}
		})
	}
	var none *Set
	if resources, others := none.Grants("sts:AssumeRole"); resources != nil || others {
		t.Error("nothing grants something")
	}
}

// undecided is a set of which three statements hinge on open keys.
const undecided = `{"Version": "2012-10-17", "Statement": [
  {"Sid": "Test", "Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"x:open": "a", "x:known": "k"}}},
  {"Sid": "Decided", "Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"x:known": "other", "x:open": "a"}}},
  {"Sid": "Resource", "Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::${x:open}"},
  {"Sid": "Both", "Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::${x:open}", "Condition": {"StringEquals": {"x:open": "a"}}}]}`

func TestUndecidedGivesWhatAStatementHingesOn(t *testing.T) {
	t.Parallel()
	s := set(t, Identity, undecided)
	r := request(t, "s3:GetObject", "arn:aws:s3:::bucket", map[string]string{"x:known": "k"})
	r.Context.OpenDefault("x:open", false)
	list := slices.Collect(s.Undecided(r))
	got := map[string]int{}
	for _, u := range list {
		got[u.Statement.Sid] = len(u.Hinges)
	}
	if diff := cmp.Diff(map[string]int{"Test": 1, "Resource": 1, "Both": 2}, got); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	test, resource, other := &list[0].Hinges[0], &list[1].Hinges[0], &list[2].Hinges[1]
	for value, want := range map[string][2]conditions.Truth{
		"a": {conditions.True, conditions.False}, "bucket": {conditions.False, conditions.True},
	} {
		ctx := r.Context.With(conditions.NewKey("x:open"), conditions.Seen{Values: []string{value}})
		if got := [2]conditions.Truth{test.Eval(&ctx), resource.Eval(&ctx)}; got != want {
			t.Errorf("%s: %v, want %v", value, got, want)
		}
	}
	if !test.Same(other) || test.Same(resource) || !resource.Same(resource) || resource.Same(&list[2].Hinges[0]) {
		t.Error("hinges that are written alike are the same, and no others")
	}
	for range s.Undecided(r) {
		break
	}
	var none *Set
	for range none.Undecided(r) {
		t.Error("nothing is undecided")
	}
}

func TestFailingSaysWhatDoesNotMatch(t *testing.T) {
	t.Parallel()
	s := set(t, Resource, `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "s3:*",
	  "Resource": "arn:aws:s3:::other", "Condition": {"StringEquals": {"x:one": "a", "x:none": "a"}, "ForAnyValue:StringEquals": {"x:many": "a"}}}}`)
	r := request(t, "s3:GetObject", "arn:aws:s3:::bucket", map[string]string{"x:one": "b"})
	if err := r.Context.AddList("x:many", []string{"b", "c"}); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"its principal is another", "its resource is another", "StringEquals x:one a: the request has b", "StringEquals x:none a: the key is missing",
		"ForAnyValue:StringEquals x:many a: the request has [b, c]",
	}
	for v := range s.Explain(r) {
		if diff := cmp.Diff(want, v.Failing()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if v.Statement.Place() != v.Statement.Position().String() {
			t.Errorf("it stands at %s", v.Statement.Place())
		}
	}
	if s.Len() != 1 || (StatementRef{}).Place() != "" {
		t.Error("there is one statement, and none that is nowhere")
	}
}

func TestSizeAndUninterpreted(t *testing.T) {
	t.Parallel()
	const text = `{"Version": "2012-10-17",  "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"NumericEquals": {"x:n": "many"}}}}`
	s := set(t, Identity, text)
	d := s.Policies()[0].Document
	if size, limit := d.Size(); size == 0 || limit != 6144 {
		t.Errorf("%d of %d", size, limit)
	}
	if got := d.Uninterpreted(); len(got) != 1 {
		t.Errorf("%v", got)
	}
}
