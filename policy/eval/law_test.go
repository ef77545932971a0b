package eval_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/policy/cases"
	"github.com/rolecall/rolecall/policy/eval"
	"github.com/rolecall/rolecall/rolecalltest/gen"
)

// parseCase reads a drawn case.
func parseCase(t *rapid.T, c gen.Object) *cases.Case {
	t.Helper()
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	parsed := cases.Parse(&diag.Source{Name: "case", Text: string(text)}, cases.Options{Time: corpusTime})
	if parsed.Problems.HasErrors() {
		t.Fatalf("%s\nis refused: %v", text, parsed.Problems)
	}
	return parsed
}

func decide(t *rapid.T, c gen.Object) cases.Result {
	t.Helper()
	r := parseCase(t, c).Decide()
	if r.Problems != nil {
		t.Fatalf("a drawn case is possible: %v", r.Problems)
	}
	return r
}

// sameDecision holds that two results agree.
func sameDecision(t interface {
	Helper()
	Fatalf(string, ...any)
}, a, b cases.Result,
) {
	t.Helper()
	if a.Outcome() != b.Outcome() || a.Decision.Reason != b.Decision.Reason || a.Decision.BlockedBy != b.Decision.BlockedBy {
		t.Fatalf("%s by %s (%b), and %s by %s (%b)", a.Outcome(), a.Decision.Reason, a.Decision.BlockedBy, b.Outcome(), b.Decision.Reason, b.Decision.BlockedBy)
	}
}

// copyOf copies a JSON value.
func copyOf[T any](t *rapid.T, v T) T {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out T
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// rewrite applies a function to every value of a JSON value, inner ones first.
func rewrite(v any, path string, f func(path string, v any) any) any {
	switch x := v.(type) {
	case gen.Object:
		for _, k := range slices.Sorted(maps.Keys(x)) {
			x[k] = rewrite(x[k], path+"/"+k, f)
		}
	case gen.List:
		for i := range x {
			x[i] = rewrite(x[i], path, f)
		}
	}
	return f(path, v)
}

// documents gives every policy of a case, with the kind it is of.
func documents(c gen.Object) (docs []gen.Object, kinds []policy.Kind) {
	add := func(v any, kind policy.Kind) {
		if d, ok := v.(gen.Object); ok {
			docs, kinds = append(docs, d), append(kinds, kind)
		}
	}
	each := func(v any, kind policy.Kind) {
		list, _ := v.(gen.List)
		for _, d := range list {
			add(d, kind)
		}
	}
	each(c["identityPolicies"], policy.Identity)
	each(c["sessionPolicies"], policy.Session)
	for _, level := range []string{"serviceControlPolicies", "resourceControlPolicies"} {
		levels, _ := c[level].(gen.List)
		for _, l := range levels {
			each(l, map[string]policy.Kind{"serviceControlPolicies": policy.SCP, "resourceControlPolicies": policy.RCP}[level])
		}
	}
	add(c["permissionsBoundary"], policy.Boundary)
	add(c["resourcePolicy"], policy.Resource)
	add(c["endpointPolicy"], policy.Endpoint)
	return docs, kinds
}

func TestAddingADenyNeverAllows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := gen.Case().Draw(t, "case")
		before := decide(t, c)
		docs, kinds := documents(copied(t, &c))
		if len(docs) == 0 {
			return
		}
		i := rapid.IntRange(0, len(docs)-1).Draw(t, "document")
		if kinds[i] == policy.RCP {
			return // RCPFullAWSAccess takes no further statement
		}
		statements, ok := docs[i]["Statement"].(gen.List)
		if !ok {
			statements = gen.List{docs[i]["Statement"]}
		}
		deny := gen.Object{"Effect": "Deny", "Action": rapid.SampledFrom([]string{"*", "s3:*", "sts:*"}).Draw(t, "denied")}
		if kinds[i] == policy.Resource || kinds[i] == policy.Endpoint {
			deny["Principal"] = gen.Object{"AWS": "*"}
		}
		trust := kinds[i] == policy.Resource && strings.Contains(before.Case.Query.Resource, ":role/")
		if !trust {
			deny["Resource"] = "*"
		}
		docs[i]["Statement"] = append(statements, deny)
		if after := decide(t, c); after.Decision.Allowed() && !before.Decision.Allowed() {
			t.Fatalf("a Deny turned %s into allowed", before.Outcome())
		}
	})
}

// copied replaces a case by its copy, so that the drawn one stays as it is.
func copied(t *rapid.T, c *gen.Object) gen.Object {
	*c = copyOf(t, *c)
	return *c
}

func TestAddingAnIdentityAllowNeverDenies(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := gen.Case().Draw(t, "case")
		before := decide(t, c)
		policies, ok := c["identityPolicies"].(gen.List)
		if !ok {
			return
		}
		copied(t, &c)
		allow := gen.Object{"Version": "2012-10-17", "Statement": gen.Object{"Effect": "Allow", "Action": "*", "Resource": "*"}}
		c["identityPolicies"] = append(slices.Clone(policies), allow)
		if after := decide(t, c); before.Decision.Allowed() && !after.Decision.Allowed() {
			t.Fatalf("an Allow turned allowed into %s", after.Outcome())
		}
	})
}

func TestOrderNeverMatters(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := gen.Case().Draw(t, "case")
		before := decide(t, c)
		shuffled := rewrite(copied(t, &c), "", func(_ string, v any) any {
			if list, ok := v.(gen.List); ok && len(list) > 1 {
				return rapid.Permutation(list).Draw(t, "order")
			}
			return v
		})
		sameDecision(t, before, decide(t, shuffled.(gen.Object)))
	})
}

func TestABareStringIsAListOfOne(t *testing.T) {
	t.Parallel()
	lists := []string{"Action", "NotAction", "Resource", "NotResource", "AWS", "Service", "Federated"}
	rapid.Check(t, func(t *rapid.T) {
		c := gen.Case().Draw(t, "case")
		before := decide(t, c)
		wrapped := rewrite(copied(t, &c), "", func(path string, v any) any {
			name := path[strings.LastIndexByte(path, '/')+1:]
			_, isList := v.(gen.List)
			_, isObject := v.(gen.Object)
			_, condition, _ := strings.Cut(path, "/Condition/")
			inList := strings.Contains(condition, "/")
			if isList || isObject || !inList && !slices.Contains(lists, name) {
				return v
			}
			return gen.List{v}
		})
		flat := rewrite(wrapped, "", func(_ string, v any) any { // lists that were lists before hold lists now
			list, ok := v.(gen.List)
			if !ok {
				return v
			}
			var out gen.List
			for _, item := range list {
				if inner, ok := item.(gen.List); ok && len(inner) == 1 {
					if _, policies := inner[0].(gen.Object); !policies {
						item = inner[0]
					}
				}
				out = append(out, item)
			}
			if out == nil {
				return list
			}
			return out
		})
		sameDecision(t, before, decide(t, flat.(gen.Object)))
	})
}

func TestDecideEqualsExplain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := parseCase(t, gen.Case().Draw(t, "case"))
		decided, explained := c.Decide(), c.Explain()
		sameDecision(t, decided, explained)
		applying := 0
		for i := range explained.Explanation.Layers {
			layer := &explained.Explanation.Layers[i]
			sameVerdicts(t, layer)
			for _, s := range layer.Statements {
				wanted := policy.Allow
				if decided.Decision.Outcome == eval.ExplicitDeny {
					wanted = policy.Deny
				}
				if s.Applies == conditions.True && s.Statement.Effect == wanted {
					applying++
				}
			}
		}
		matched := 0
		for range decided.Decision.Matched() {
			matched++
		}
		if decided.Decision.Outcome != eval.ImplicitDeny && decided.Decision.Reason != eval.ByBuiltIn && matched != applying {
			t.Fatalf("%d statements matched, %d apply", matched, applying)
		}
	})
}

// sameVerdicts checks that the statements of a layer that are described at once
// are those that name action and resource, and no other applies.
func sameVerdicts(t *rapid.T, layer *eval.Layer) {
	t.Helper()
	var concerned []policy.Verdict
	for v := range layer.All() {
		if v.Action.Matches == conditions.True && v.Resource.Matches.Possible() {
			concerned = append(concerned, v)
		} else if v.Applies != conditions.False {
			t.Fatalf("%s applies but for its action or resource", v.Statement.Sid)
		}
	}
	if diff := cmp.Diff(concerned, layer.Statements, cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(conditions.Explanation{}),
		cmp.Comparer(func(a, b *conditions.Test) bool { return a == b }), cmp.Comparer(func(a, b *policy.Policy) bool { return a == b }),
		cmp.Comparer(func(a, b *diag.Source) bool { return a == b })); diff != "" {
		t.Fatalf("-all +concerned\n%s", diff)
	}
}

func TestRenamingAccountsChangesNothing(t *testing.T) {
	t.Parallel()
	// The new ids are next to the old ones: an operator that takes an id for a
	// number or a date finds the same order.
	rename := strings.NewReplacer(gen.Home, "111122223334", gen.Other, "444455556667")
	rapid.Check(t, func(t *rapid.T) {
		c := gen.Case().Draw(t, "case")
		before := decide(t, c)
		text, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		var renamed gen.Object
		if err := json.Unmarshal([]byte(rename.Replace(string(text))), &renamed); err != nil {
			t.Fatal(err)
		}
		sameDecision(t, before, decide(t, renamed))
	})
}

func TestWithoutOpenKeysNoDecisionIsConditional(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		if r := decide(t, gen.Case().Draw(t, "case")); r.Decision.Outcome == eval.Conditional {
			t.Fatal("conditional with every key known")
		}
	})
}

// openSome gives the context of a case with some of its keys open.
func openSome(t *rapid.T, known *conditions.Context) conditions.Context {
	opened := conditions.NewContext(8)
	for key, seen := range known.All() {
		if rapid.Bool().Draw(t, "open "+key.String()) {
			seen = conditions.Seen{Open: true, Missing: rapid.Bool().Draw(t, "maybe missing "+key.String())}
		}
		opened.Set(key, seen)
	}
	return opened
}

func TestConditionalCoversWhatOpenKeysCouldBe(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := parseCase(t, gen.Case().Draw(t, "case"))
		known := c.Decide()
		c.Query.Context = openSome(t, &c.Query.Context)
		guess := c.Decide()
		sameDecision(t, guess, c.Explain())
		if guess.Decision.Outcome != eval.Conditional && guess.Decision.Allowed() != known.Decision.Allowed() {
			t.Fatalf("%s when known, %s when open", known.Outcome(), guess.Outcome())
		}
	})
}

func TestTheResidualHoldsExactlyWhereTheRequestIsAllowed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := parseCase(t, gen.Case().Draw(t, "case"))
		known := c.Decide()
		if known.Problems != nil {
			return
		}
		given := c.Query.Context
		for range 10 {
			c.Query.Context = openSome(t, &given)
			guess := c.Decide()
			if guess.Problems != nil {
				continue
			}
			residual := guess.Decision.Residual()
			if got := residual.Eval(known.Decision.Request().Context()); got != conditions.Of(known.Decision.Allowed()) {
				t.Fatalf("the request is %s, its residual %s", known.Outcome(), got)
			}
		}
	})
}

// TestTheResidualOfOneCondition shows what the law above draws rarely.
func TestTheResidualOfOneCondition(t *testing.T) {
	t.Parallel()
	const allow = `{"Version": "2012-10-17", "Statement": [
		{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"x:k": "a"}, "Bool": {"x:b": "true"}}},
		{"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::${x:d}", "Condition": {"StringLike": {"x:c": "x*"}}}]}`
	document, problems := policy.Parse(&diag.Source{Name: "p", Text: allow}, policy.Options{Kind: policy.Identity})
	if document == nil {
		t.Fatal(problems)
	}
	query := eval.Query{Principal: "arn:aws:iam::" + gen.Home + ":user/alice", Action: "s3:GetObject", Resource: "arn:aws:s3:::bucket"}
	for _, key := range []string{"x:k", "x:b", "x:c", "x:d"} {
		query.Context.OpenDefault(key, false)
	}
	request, err := eval.NewRequest(query)
	if err != nil {
		t.Fatal(err)
	}
	decision, err := eval.Decide(request, &eval.Policies{Identity: policy.Compile(policy.Policy{Document: document})})
	if err != nil || decision.Outcome != eval.Conditional {
		t.Fatalf("%s, %v", decision.Outcome, err)
	}
	residual := decision.Residual()
	tests := map[string]struct {
		context map[string]string
		want    conditions.Truth
	}{
		"all as wanted":               {map[string]string{"x:k": "a", "x:b": "true", "x:c": "y", "x:d": "bucket"}, conditions.True},
		"one is missing":              {map[string]string{"x:k": "a", "x:c": "y", "x:d": "bucket"}, conditions.False},
		"one is another":              {map[string]string{"x:k": "b", "x:b": "true", "x:c": "y", "x:d": "bucket"}, conditions.False},
		"the deny applies":            {map[string]string{"x:k": "a", "x:b": "true", "x:c": "xyz", "x:d": "bucket"}, conditions.False},
		"the deny is about another":   {map[string]string{"x:k": "a", "x:b": "true", "x:c": "xyz", "x:d": "other"}, conditions.True},
		"the deny has no resource":    {map[string]string{"x:k": "a", "x:b": "true", "x:c": "xyz"}, conditions.True},
		"the deny's key is not there": {map[string]string{"x:k": "a", "x:b": "true"}, conditions.True},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var ctx conditions.Context
			for key, value := range tt.context {
				if err := ctx.Add(key, value); err != nil {
					t.Fatal(err)
				}
			}
			if got := residual.Eval(&ctx); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
	and := residual.And(eval.Decision{Outcome: eval.ExplicitDeny}.Residual())
	var empty conditions.Context
	if got := and.Eval(&empty); got != conditions.False {
		t.Errorf("with what is denied it is %s", got)
	}
	allowed := eval.Decision{Outcome: eval.Allowed}.Residual()
	if got := allowed.Eval(&empty); got != conditions.True {
		t.Errorf("of what is allowed it is %s", got)
	}
}
