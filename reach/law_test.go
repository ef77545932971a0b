package reach_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/policy/eval"
	"github.com/rolecall/rolecall/reach"
	"github.com/rolecall/rolecall/rolecalltest/gen"
	"github.com/rolecall/rolecall/world"
)

// identities gives the ARNs of all users and roles, and of the roles.
func identities(w *world.World) (all, roles []string) {
	for a := range w.Accounts() {
		for u := range w.Users(a.ID) {
			all = append(all, u.ARN())
		}
		for r := range w.Roles(a.ID) {
			roles = append(roles, r.ARN())
		}
	}
	return append(all, roles...), roles
}

func can(t *rapid.T, f *reach.Finder, q reach.Question) reach.Answer {
	t.Helper()
	answer, err := f.CanAssume(q)
	if err != nil {
		t.Fatalf("%s to %s: %v", q.From, q.To, err)
	}
	return answer
}

// drawCall draws what is given of a call.
func drawCall(t *rapid.T) reach.Call {
	var call reach.Call
	for key, values := range map[string][]string{
		"sts:ExternalId": {"x-1", "x-2"}, "aws:MultiFactorAuthPresent": {"true", "false"}, "sts:RoleSessionName": {"alice", "s1"},
		"sts:SourceIdentity": {"alice", "bob"}, "aws:SourceIp": {"203.0.113.7", "10.0.0.1"}, "aws:RequestTag/team": {"red", "blue"},
	} {
		if rapid.IntRange(0, 5).Draw(t, "give "+key) == 0 {
			call.Context.Set(conditions.NewKey(key), conditions.Seen{Values: []string{rapid.SampledFrom(values).Draw(t, key)}})
		}
	}
	return call
}

func TestWhoAndWhatEqualAskingOfEveryPair(t *testing.T) {
	t.Parallel()
	seen := map[reach.Verdict]int{}
	rapid.Check(t, func(t *rapid.T) {
		f := reach.New(gen.Load(t, gen.World().Draw(t, "world")))
		call := drawCall(t)
		all, roles := identities(f.World())
		type pair struct{ from, to string }
		want, who, what := map[pair]reach.Verdict{}, map[pair]reach.Verdict{}, map[pair]reach.Verdict{}
		for _, to := range roles {
			for _, from := range all {
				answer := can(t, f, reach.Question{From: from, To: to, Call: call})
				seen[answer.Verdict]++
				if answer.Verdict != reach.No {
					want[pair{from, to}] = answer.Verdict
				}
			}
			list, err := f.WhoCanAssume(to, call)
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range list {
				if slices.Contains(all, a.Principal) {
					who[pair{a.Principal, to}] = a.Verdict
				}
			}
		}
		for _, from := range all {
			list, err := f.WhatCanAssume(from, call)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range list {
				what[pair{from, r.Role.ARN()}] = r.Hop.Verdict
			}
		}
		if diff := cmp.Diff(want, who, cmp.AllowUnexported(pair{})); diff != "" {
			t.Errorf("who can assume (-pairs +who):\n%s", diff)
		}
		if diff := cmp.Diff(want, what, cmp.AllowUnexported(pair{})); diff != "" {
			t.Errorf("what can be assumed (-pairs +what):\n%s", diff)
		}
	})
	for _, v := range []reach.Verdict{reach.Yes, reach.No, reach.Conditional} {
		if seen[v] == 0 {
			t.Errorf("no answer was %s", v)
		}
	}
}

// values of the keys that answers hinge on.
var keyValues = map[string][]string{
	"sts:externalid": {"x-1", "x-2", "other"}, "aws:multifactorauthpresent": {"true", "false"}, "sts:rolesessionname": {"alice", "bob", "s1", "other"},
	"sts:sourceidentity": {"alice", "bob", "other"}, "aws:sourceip": {"203.0.113.7", "10.0.0.1", "192.0.2.9"}, "aws:multifactorauthage": {"10", "3600", "9000"},
	"aws:currenttime": {"2020-01-01T00:00:00Z", "2026-11-01T12:00:00Z", "2040-01-01T00:00:00Z"}, "aws:requesttag/team": {"red", "blue"},
}

// TestAConditionalAnswerHoldsWhereItsResidualHolds: given values of the keys
// that it hinges on, the action is allowed exactly if the residual holds.
func TestAConditionalAnswerHoldsWhereItsResidualHolds(t *testing.T) {
	t.Parallel()
	outcomes := map[conditions.Truth]int{}
	rapid.Check(t, func(t *rapid.T) {
		f := reach.New(gen.Load(t, gen.World().Draw(t, "world")))
		all, roles := identities(f.World())
		if len(roles) == 0 {
			return
		}
		for range 8 {
			q := reach.Question{From: rapid.SampledFrom(all).Draw(t, "from"), To: rapid.SampledFrom(roles).Draw(t, "to")}
			hop := can(t, f, q).Hops[0]
			if hop.Verdict != reach.Conditional {
				continue
			}
			context := hop.Asked[0].Decision.Request().Context().Clone(8)
			for _, c := range hop.Conditions() {
				key := conditions.NewKey(c.Key)
				pool := keyValues[strings.ToLower(c.Key)]
				if pool == nil || !context.Look(key).Open {
					continue
				}
				value := conditions.Seen{Missing: true}
				if n := rapid.IntRange(0, len(pool)).Draw(t, c.Key); n < len(pool) {
					value = conditions.Seen{Values: pool[n : n+1]}
				} else if !context.Look(key).Missing {
					continue // it is always there
				}
				context.Set(key, value)
				q.Call.Context.Set(key, value)
			}
			holds := hop.Residual.Eval(&context)
			outcomes[holds]++
			if holds == conditions.Unknown {
				continue
			}
			given := can(t, f, q).Hops[0].Asked[0].Decision
			if given.Allowed() != (holds == conditions.True) || given.Outcome == eval.Conditional {
				t.Fatalf("%s to %s: the residual is %s, the decision %s", q.From, q.To, holds, given.Outcome)
			}
		}
	})
	if outcomes[conditions.True]+outcomes[conditions.False] == 0 {
		t.Errorf("the residuals came out %v", outcomes)
	}
}

func TestMoreHopsAreNeverWorse(t *testing.T) {
	t.Parallel()
	longer := 0
	rapid.Check(t, func(t *rapid.T) {
		f := reach.New(gen.Load(t, gen.World().Draw(t, "world")))
		all, roles := identities(f.World())
		call := drawCall(t)
		for _, from := range all {
			for _, to := range roles {
				longer += checkHops(t, f, reach.Question{From: from, To: to, Call: call})
			}
		}
	})
	if longer == 0 {
		t.Error("no chain was longer than a hop")
	}
}

// checkHops asks over one to three hops and tells how many answers took more
// than one.
func checkHops(t *rapid.T, f *reach.Finder, q reach.Question) (longer int) {
	t.Helper()
	rank := map[reach.Verdict]int{reach.No: 0, reach.Conditional: 1, reach.Yes: 2}
	last := -1
	for q.Hops = 1; q.Hops <= 3; q.Hops++ {
		answer := can(t, f, q)
		if rank[answer.Verdict] < last || len(answer.Hops) > q.Hops {
			t.Fatalf("%d hops: %s over %d", q.Hops, answer.Verdict, len(answer.Hops))
		}
		last = rank[answer.Verdict]
		for i, h := range answer.Hops {
			if answer.Verdict != reach.No && h.Verdict == reach.No || answer.Verdict == reach.Yes && h.Verdict != reach.Yes {
				t.Fatalf("hop %d of a %s is a %s", i, answer.Verdict, h.Verdict)
			}
		}
		if len(answer.Hops) > 1 {
			longer++
		}
	}
	return longer
}

// graph gives the edges of a world as text.
func graph(t *rapid.T, f *reach.Finder) []string {
	t.Helper()
	edges, err := f.Graph(reach.Call{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, e := range edges {
		line := e.From + " " + e.To + " " + e.Action + " " + e.Verdict.String()
		for _, a := range e.Alternatives {
			line += " or " + a.String()
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return lines
}

func TestRenamingAccountsChangesNothing(t *testing.T) {
	t.Parallel()
	// The new ids are next to the old ones, so that nothing that compares
	// numbers or text sees another order.
	rename := strings.NewReplacer("111122223333", "111122223334", "444455556666", "444455556667", "777788889999", "777788889998", "222233334444", "222233334445")
	rapid.Check(t, func(t *rapid.T) {
		drawn := gen.World().Draw(t, "world")
		before := graph(t, reach.New(gen.Load(t, drawn)))
		text, err := json.Marshal(drawn)
		if err != nil {
			t.Fatal(err)
		}
		var renamed gen.Object
		if err := json.Unmarshal([]byte(rename.Replace(string(text))), &renamed); err != nil {
			t.Fatal(err)
		}
		after := graph(t, reach.New(gen.Load(t, renamed)))
		for i := range before {
			before[i] = rename.Replace(before[i])
		}
		slices.Sort(before)
		if diff := cmp.Diff(before, after); diff != "" {
			t.Fatalf("(-before +after):\n%s", diff)
		}
	})
}

func TestWithEqualsLoadingTheChangedWorld(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := reach.New(gen.Load(t, gen.World().Draw(t, "world")))
		_, roles := identities(f.World())
		if len(roles) == 0 {
			return
		}
		before := graph(t, f)
		from := f.World().Role(rapid.SampledFrom(roles).Draw(t, "trust of"))
		to := *f.World().Role(rapid.SampledFrom(roles).Draw(t, "changed"))
		to.Trust = from.Trust
		account := strings.Split(to.ARN(), ":")[4]
		change := world.PutRole(account, to)
		if rapid.Bool().Draw(t, "remove") {
			change = world.RemoveRole(account, to.Name)
		}
		changed, err := f.With(change)
		if err != nil {
			t.Fatal(err)
		}
		again, problems := world.New(changed.World().Description())
		if again == nil {
			t.Fatal(problems)
		}
		if diff := cmp.Diff(graph(t, reach.New(again)), graph(t, changed)); diff != "" {
			t.Fatalf("(-loaded +changed):\n%s", diff)
		}
		if diff := cmp.Diff(before, graph(t, f)); diff != "" {
			t.Fatalf("the world itself changed (-before +after):\n%s", diff)
		}
	})
}
