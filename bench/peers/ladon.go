package peers

import (
	"context"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/ory/ladon"

	"github.com/rolecall/rolecall/bench"
)

// ladonRegexp makes a ladon policy of each statement, wildcards as regular
// expressions, with a cache that holds all of them. Conditions that ladon has
// not are written for it here, and work on values parsed beforehand.
func ladonRegexp(w *bench.Workload) (func() bool, error) {
	all, err := statements(w)
	if err != nil {
		return nil, err
	}
	var policies ladon.Policies
	for i, st := range all {
		p := &ladon.DefaultPolicy{
			ID: strconv.Itoa(i), Effect: ladon.AllowAccess, Subjects: []string{"<.*>"}, Resources: []string{"<.*>"}, Conditions: ladon.Conditions{},
		}
		if st.Effect == "Deny" {
			p.Effect = ladon.DenyAccess
		}
		if st.Principal != nil && !slices.Contains(st.Principal, "*") {
			p.Subjects = st.Principal
		}
		p.Actions = regexps(st.Action)
		if st.Resource != nil {
			p.Resources = regexps(st.Resource)
		}
		for op, keys := range st.Condition {
			for key, list := range keys {
				p.Conditions.AddCondition(key, newTest(op, list))
			}
		}
		policies = append(policies, p)
	}
	warden := &ladon.Ladon{Matcher: ladon.NewRegexpMatcher(8192)}
	r := &ladon.Request{Subject: subject(w, all), Action: w.Request.Action, Resource: w.Request.Resource, Context: ladon.Context{}}
	for key, value := range requestKeys(w, all) {
		r.Context[key] = value
	}
	ctx := context.Background()
	return func() bool { return warden.DoPoliciesAllow(ctx, r, policies) == nil }, nil
}

// subject is the name by which the caller is named in the policies.
func subject(w *bench.Workload, all []statement) string {
	for _, st := range all {
		for _, name := range names(w) {
			if slices.Contains(st.Principal, name) {
				return name
			}
		}
	}
	return names(w)[0]
}

// regexps makes regular expressions, in ladon's brackets, of wildcards.
func regexps(patterns []string) []string {
	list := make([]string, len(patterns))
	for i, p := range patterns {
		list[i] = p
		if strings.ContainsAny(p, "*?") {
			list[i] = "<" + expression(p) + ">"
		}
	}
	return list
}

func expression(pattern string) string {
	return strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(pattern))
}

// test is a condition on one key.
type test struct {
	op       string
	values   []string
	networks []netip.Prefix
	likes    []*regexp.Regexp
}

func newTest(op string, values []string) *test {
	t := &test{op: op, values: values}
	for _, v := range values {
		switch op {
		case "IpAddress", "NotIpAddress":
			t.networks = append(t.networks, netip.MustParsePrefix(v))
		case "StringLike", "ArnLike":
			t.likes = append(t.likes, regexp.MustCompile("^"+expression(v)+"$"))
		}
	}
	return t
}

// GetName gives the operator.
func (t *test) GetName() string { return t.op }

// Fulfills tells whether a value passes.
func (t *test) Fulfills(_ context.Context, value any, _ *ladon.Request) bool {
	v, ok := value.(string)
	switch t.op {
	case "StringNotEquals":
		return !ok || !slices.Contains(t.values, v)
	case "IpAddress", "NotIpAddress":
		address, err := netip.ParseAddr(v)
		in := slices.ContainsFunc(t.networks, func(p netip.Prefix) bool { return p.Contains(address) })
		return err == nil && in == (t.op == "IpAddress")
	case "StringLike", "ArnLike":
		return ok && slices.ContainsFunc(t.likes, func(e *regexp.Regexp) bool { return e.MatchString(v) })
	default:
		return ok && slices.Contains(t.values, v)
	}
}
