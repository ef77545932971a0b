package lint

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/principal"
)

const (
	lawRole    = "arn:aws:iam::111122223333:role/app"
	lawSession = "arn:aws:sts::111122223333:assumed-role/app/s"
	lawUser    = "arn:aws:iam::444455556666:user/bob"
)

// drawLawStatement draws from few words, so that statements often cover each
// other.
func drawLawStatement(t *rapid.T) string {
	pick := func(label string, values ...string) string { return rapid.SampledFrom(values).Draw(t, label) }
	list := func(label string, values ...string) string {
		return `["` + strings.Join(rapid.SliceOfN(rapid.SampledFrom(values), 1, 3).Draw(t, label), `", "`) + `"]`
	}
	not := func(label string) string { return pick(label, "", "", "", "Not") }
	who := `"*"`
	if rapid.Bool().Draw(t, "named") {
		who = `{"AWS": ` + list("principals", "*", "111122223333", "444455556666", lawRole, lawSession, lawUser) + `}`
	}
	members := []string{
		`"Effect": "` + pick("effect", "Allow", "Deny") + `"`,
		`"` + not("not principal") + `Principal": ` + who,
		`"` + not("not action") + `Action": ` + list("actions", "*", "s3:*", "s3:Get*", "s3:GetObject", "S3:?et*", "sqs:*"),
	}
	if pick("resource", "", "x", "x") != "" {
		members = append(members, `"`+not("not resource")+`Resource": `+list("resources", "*", "arn:aws:s3:::*", "arn:aws:s3:::b/*", "arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::b/?", "arn:aws:*:*:*:*"))
	}
	if pick("condition", "", "x") != "" {
		block := []string{}
		for _, op := range []string{"StringEquals", "StringLike", "StringNotEquals", "ForAllValues:StringLike", "StringEqualsIfExists"} {
			if rapid.IntRange(1, 3).Draw(t, op) == 1 {
				block = append(block, `"`+op+`": {"aws:username": `+list("values", "a", "b", "a*", "*")+`}`)
			}
		}
		if rapid.IntRange(1, 4).Draw(t, "null") == 1 {
			block = append(block, `"Null": {"aws:username": "`+pick("null", "true", "false")+`"}`)
		}
		members = append(members, `"Condition": {`+strings.Join(block, ", ")+`}`)
	}
	return "{" + strings.Join(members, ", ") + "}"
}

// lawRequests are enough to tell statements of these words apart.
func lawRequests(t *testing.T) []*policy.Request {
	t.Helper()
	var requests []*policy.Request
	contexts := make([]*conditions.Context, 0, 4)
	for _, name := range []string{"", "a", "b", "ax"} {
		var ctx conditions.Context
		if name != "" {
			ctx.AddDefault("aws:username", name)
		}
		contexts = append(contexts, &ctx)
	}
	var list conditions.Context
	if err := list.AddList("aws:username", []string{"a", "b"}); err != nil {
		t.Fatal(err)
	}
	contexts = append(contexts, &list)
	for _, name := range []string{"*", lawRole, lawSession, "arn:aws:sts::111122223333:assumed-role/other/s", lawUser, "ec2.amazonaws.com"} {
		caller, err := principal.ParseCaller(name, false)
		if err != nil {
			t.Fatal(err)
		}
		for _, action := range []string{"s3:GetObject", "s3:GetBucketTagging", "s3:PutObject", "sqs:SendMessage"} {
			for _, resource := range []string{"*", "arn:aws:s3:::b/a", "arn:aws:s3:::b/ab", "arn:aws:s3:::c", "arn:aws:sqs:eu-west-1:111122223333:q"} {
				for i, ctx := range contexts {
					r := &policy.Request{Caller: &caller, Context: ctx, Boundary: i%2 == 0}
					if err := r.Set(action, resource); err != nil {
						t.Fatal(err)
					}
					requests = append(requests, r)
				}
			}
		}
	}
	return requests
}

// without gives the document without what a finding says is needless.
func without(d *policy.Document, f *Finding) *policy.Document {
	smaller := *d
	smaller.Statements = slices.Clone(d.Statements)
	for i := range d.Statements {
		s := &smaller.Statements[i]
		if f.Span.Start < s.Span.Start || f.Span.Start >= s.Span.End {
			continue
		}
		drop := func(l *policy.List) *policy.List {
			items := slices.DeleteFunc(slices.Clone(l.Items), func(t policy.Text) bool { return t.Span == f.Span })
			return &policy.List{Not: l.Not, Items: items}
		}
		switch f.Code {
		case "REDUNDANT_ACTION":
			s.Action = drop(s.Action)
		case "REDUNDANT_RESOURCE":
			s.Resource = drop(s.Resource)
		default:
			smaller.Statements = slices.Delete(smaller.Statements, i, i+1)
		}
		return &smaller
	}
	return d
}

// TestWhatIsNeedlessDecidesNothing holds what is said to be redundant or
// unreachable against the engine: without it every request is decided alike.
func TestWhatIsNeedlessDecidesNothing(t *testing.T) {
	t.Parallel()
	requests := lawRequests(t)
	met := map[string]int{"REDUNDANT_ACTION": 0, "REDUNDANT_RESOURCE": 0, "REDUNDANT_STATEMENT": 0, "UNREACHABLE_STATEMENT": 0, "CONDITION_NEVER_TRUE": 0}
	rapid.Check(t, func(t *rapid.T) {
		var statements []string
		for range rapid.IntRange(1, 3).Draw(t, "statements") {
			statements = append(statements, drawLawStatement(t))
		}
		if rapid.IntRange(1, 4).Draw(t, "twice") == 1 {
			statements = append(statements, statements[0])
		}
		d, problems := policy.Parse(&diag.Source{Text: with(strings.Join(statements, ",\n"))}, policy.Options{Kind: policy.Resource})
		if d == nil {
			t.Fatal(problems)
		}
		all := policy.Compile(policy.Policy{Document: d})
		list := Check(d, Options{})
		for i := range list {
			f := &list[i]
			if _, ok := met[f.Code]; !ok {
				continue
			}
			met[f.Code]++
			fewer := policy.Compile(policy.Policy{Document: without(d, f)})
			for _, r := range requests {
				if a, b := decided(all.Match(r)), decided(fewer.Match(r)); a != b {
					t.Fatalf("%s\n%s: %+v is decided %s with it and %s without", d.Source.Text, f.Error(), *r, a, b)
				}
			}
		}
	})
	for code, n := range met {
		if n == 0 {
			t.Errorf("%s was never met", code)
		}
	}
}

// decided is what an outcome comes to: a Deny beats every Allow.
func decided(o policy.Outcome) string {
	if o.Deny == conditions.True {
		return "denied"
	}
	return fmt.Sprint(o)
}
