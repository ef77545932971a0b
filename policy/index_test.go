package policy

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/principal"
)

// The words that random statements are made of: few, so that requests meet
// them.
var (
	someActions = []string{
		`"s3:GetObject"`, `"s3:Get*"`, `"s3:*"`, `"S3:PUTOBJECT"`, `"s3:?etObject"`, `"*"`, `"sqs:SendMessage"`, `"sqs:*Message"`,
		`["s3:GetObject", "sqs:*"]`, `["s3:ListBucket", "s3:Put*"]`, `["s3:Get Object", "iam:PassRole"]`,
	}
	someResources = []string{
		`"*"`, `"arn:aws:s3:::data/*"`, `"arn:aws:s3:::data/${aws:username}/*"`, `"arn:aws:s3:::*/logs/*"`, `"arn:aws:*:::data/logs/?.txt"`,
		`["arn:aws:s3:::other", "arn:aws:s3:::data/logs/a.txt"]`, `["arn:aws:s3:::d*", "arn:aws:sqs:*:111122223333:jobs"]`,
		`"arn:aws:sqs:us-east-1:*:j*"`, `"arn:aws:s3"`, `"arn:aws:s3:::data/${*}"`, `[]`, `"arn:aws:s3:::*"`,
	}
	someConditions = []string{
		``, ``, `, "Condition": {"StringEquals": {"aws:username": "alice"}}`, `, "Condition": {"StringNotEquals": {"aws:username": "alice"}}`,
		`, "Condition": {"StringLike": {"aws:username": "${aws:userid}*"}}`, `, "Condition": {"Null": {"AWS:UserName": "false"}}`,
		`, "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}, "StringEquals": {"aws:username": ["alice", "bob"]}}`,
		`, "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/a*"}, "Bool": {"aws:SecureTransport": "true"}}`,
	}
	somePrincipals = []string{`"*"`, `{"AWS": "111122223333"}`, `{"AWS": "arn:aws:iam::111122223333:user/alice"}`, `{"Service": "ec2.amazonaws.com"}`}
)

func drawSet(t *rapid.T, kind Kind) *Set {
	pick := func(label string, words []string) string { return rapid.SampledFrom(words).Draw(t, label) }
	var policies []Policy
	for i := range rapid.IntRange(1, 3).Draw(t, "policies") {
		var list []string
		for range rapid.SampledFrom([]int{1, 3, 9, 20, 60}).Draw(t, "statements") {
			text := `{"Effect": "` + pick("effect", []string{"Allow", "Deny"}) + `", "` + pick("not", []string{"", "", "", "Not"}) + `Action": ` + pick("action", someActions)
			if kind == Resource {
				text += `, "` + pick("not", []string{"", "", "Not"}) + `Principal": ` + pick("principal", somePrincipals)
			}
			if kind == Identity || rapid.Bool().Draw(t, "has resource") {
				text += `, "` + pick("not", []string{"", "", "", "Not"}) + `Resource": ` + pick("resource", someResources)
			}
			list = append(list, text+pick("condition", someConditions)+`}`)
		}
		version := pick("version", []string{Version2008, Version2012})
		d, problems := Parse(&diag.Source{Text: `{"Version": "` + version + `", "Statement": [` + strings.Join(list, ",") + `]}`}, Options{Kind: kind})
		if d == nil {
			t.Fatal(problems)
		}
		policies = append(policies, Policy{Name: strconv.Itoa(i), Document: d})
	}
	return Compile(policies...)
}

func drawRequest(t *rapid.T) *Request {
	caller, err := principal.ParseCaller("arn:aws:iam::111122223333:user/alice", false)
	if err != nil {
		t.Fatal(err)
	}
	var context conditions.Context
	for _, words := range [][]string{
		{"aws:username", "alice", "bob", "al*"},
		{"aws:userid", "al", "AIDA"},
		{"aws:SourceIp", "10.1.2.3", "nowhere"},
		{"aws:PrincipalArn", caller.Name},
		{"aws:SecureTransport", "true", "false"},
	} {
		key, values := words[0], words[1:]
		switch rapid.IntRange(0, 4).Draw(t, key) {
		case 0:
		case 1:
			_ = context.AddOpen(key, rapid.Bool().Draw(t, "present"))
		default:
			_ = context.Add(key, rapid.SampledFrom(values).Draw(t, key))
		}
	}
	r := &Request{Caller: &caller, Context: &context, Boundary: rapid.Bool().Draw(t, "boundary"), NeedsResource: rapid.Bool().Draw(t, "needs resource")}
	action := rapid.SampledFrom([]string{"s3:GetObject", "s3:PutObject", "s3:GetBucketAcl", "sqs:SendMessage", "iam:PassRole", "ec2:RunInstances"}).Draw(t, "action")
	resource := rapid.SampledFrom([]string{
		"*", "arn:aws:s3:::data/logs/a.txt", "arn:aws:s3:::data/alice/x", "arn:aws:s3:::other", "arn:aws:sqs:us-east-1:111122223333:jobs",
		"arn:aws:s3:::x", "arn:aws:s3:::data/" + strings.Repeat("data/", 400), "arn:aws:s3:::data/*",
	}).Draw(t, "resource")
	if err := r.Set(action, resource); err != nil {
		t.Fatal(err)
	}
	return r
}

// linear is the set without its index.
func linear(s *Set) *Set { return &Set{policies: s.policies, statements: s.statements} }

// concerning lists the places of the statements that concern a request.
func concerning(s *Set, r *Request) (places []diag.Span) {
	for _, v := range s.Concerning(r) {
		places = append(places, v.Statement.Span)
	}
	return places
}

func TestIndexChangesNoOutcome(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawSet(t, rapid.SampledFrom([]Kind{Identity, Resource}).Draw(t, "kind"))
		for range 8 {
			r := drawRequest(t)
			if diff := cmp.Diff(linear(s).Match(r), s.Match(r)); diff != "" {
				t.Fatalf("-linear +indexed\n%s", diff)
			}
			if diff := cmp.Diff(concerning(linear(s), r), concerning(s, r)); diff != "" {
				t.Fatalf("described: -linear +indexed\n%s", diff)
			}
		}
	})
}

// many is a document of n statements of one service, one a resource.
func many(t *testing.T, n, patterns int) *Set {
	t.Helper()
	var b strings.Builder
	b.WriteString(`{"Version": "2012-10-17", "Statement": [`)
	for i := range n {
		resources := make([]string, patterns)
		for j := range resources {
			resources[j] = fmt.Sprintf(`"arn:aws:s3:::bucket-%d-%d/*"`, i, j)
		}
		effect := []string{"Allow", "Deny"}[i%2]
		fmt.Fprintf(&b, `{"Effect": %q, "Action": "s3:Action%d", "Resource": [%s]},`, effect, i%700, strings.Join(resources, ","))
	}
	b.WriteString(`{"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}]}`)
	d, list := Parse(&diag.Source{Text: b.String()}, Options{Kind: Identity})
	if d == nil {
		t.Fatal(list)
	}
	return Compile(Policy{Document: d})
}

func TestBlocksHaveBounds(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ n, patterns, blocks int }{
		"more statements than a block holds": {5000, 1, 2},
		"more patterns than a block holds":   {40, 200, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := many(t, tt.n, tt.patterns)
			if got := len(*s.index.services.find(textKey("s3"), "s3")); got != tt.blocks {
				t.Errorf("%d blocks, want %d", got, tt.blocks)
			}
			for _, i := range []int{0, 1, 29, tt.n/2 + 1, tt.n - 1} {
				for _, action := range []string{fmt.Sprintf("s3:Action%d", i%700), "s3:Other", "ec2:Other"} {
					var context conditions.Context
					r := &Request{Caller: &principal.Caller{}, Context: &context}
					if err := r.Set(action, fmt.Sprintf("arn:aws:s3:::bucket-%d-%d/x", i, tt.patterns-1)); err != nil {
						t.Fatal(err)
					}
					if diff := cmp.Diff(linear(s).Match(r), s.Match(r)); diff != "" {
						t.Errorf("statement %d, %s: -linear +indexed\n%s", i, action, diff)
					}
				}
			}
		})
	}
}

func TestLargeBlocksDoNotAllocate(t *testing.T) { // not parallel: it counts allocations
	s := many(t, 5000, 1)
	var context conditions.Context
	r := &Request{Caller: &principal.Caller{}, Context: &context}
	if err := r.Set("s3:Action2", "arn:aws:s3:::bucket-2-0/x"); err != nil {
		t.Fatal(err)
	}
	if s.Match(r).Allow != principal.Everybody {
		t.Fatal("statement 2 allows")
	}
	if n := testing.AllocsPerRun(100, func() { s.Match(r) }); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}

func TestNamesFindsWhatAMapFinds(t *testing.T) {
	t.Parallel()
	sameKey := func(string) uint64 { return 7 }
	for name, tt := range map[string]struct {
		n   int
		key func(string) uint64
	}{
		"none":                             {0, textKey},
		"one":                              {1, textKey},
		"a table full":                     {maxNames, textKey},
		"more":                             {3 * maxNames, textKey},
		"names of one key":                 {40, sameKey},
		"more than a table has of one key": {2 * maxNames, sameKey},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			values := map[string]int{}
			for i := range tt.n {
				values[fmt.Sprintf("service-%d-abcdefgh", i)] = i
			}
			table := newNames(values, tt.key)
			for name, want := range values {
				if got := table.find(tt.key(name), name); got == nil || *got != want {
					t.Fatalf("%s: %v, want %d", name, got, want)
				}
			}
			if got := table.find(tt.key("another"), "another"); got != nil {
				t.Errorf("another name has %d", *got)
			}
		})
	}
}
