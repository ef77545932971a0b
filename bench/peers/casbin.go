package peers

import (
	"slices"
	"strconv"
	"strings"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"

	"github.com/rolecall/rolecall/bench"
)

const casbinModel = `
[request_definition]
r = sub, act, obj
[policy_definition]
p = sub, act, obj, cond, eft
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = like(p.act, r.act) && like(p.obj, r.obj) && (p.sub == "*" || p.sub == r.sub) && holds(p.cond)
`

// casbinRules makes a rule of each action, resource and principal of each
// statement. casbin's keyMatch knows a star at the end only, so that "like" and
// the conditions are functions given to it.
func casbinRules(w *bench.Workload) (func() bool, error) {
	all, err := statements(w)
	if err != nil {
		return nil, err
	}
	m, err := model.NewModelFromString(casbinModel)
	if err != nil {
		return nil, err
	}
	e, err := casbin.NewEnforcer(m)
	if err != nil {
		return nil, err
	}
	keys := requestKeys(w, all)
	e.AddFunction("like", func(args ...any) (any, error) { return like(args[0].(string), args[1].(string)), nil })
	e.AddFunction("holds", func(args ...any) (any, error) {
		i, err := strconv.Atoi(args[0].(string))
		return err == nil && holds(&all[i], keys), err
	})
	for i, st := range all {
		subjects, resources := []string(st.Principal), []string(st.Resource)
		if subjects == nil || slices.Contains(subjects, "*") {
			subjects = []string{"*"}
		}
		if resources == nil {
			resources = []string{"*"}
		}
		for _, sub := range subjects {
			for _, act := range st.Action {
				for _, obj := range resources {
					if _, err := e.AddPolicy(sub, act, obj, strconv.Itoa(i), strings.ToLower(st.Effect)); err != nil {
						return nil, err
					}
				}
			}
		}
	}
	sub, r := subject(w, all), &w.Request
	return func() bool {
		ok, err := e.Enforce(sub, r.Action, r.Resource)
		return ok && err == nil
	}, nil
}

func holds(st *statement, keys map[string]string) bool {
	for op, tests := range st.Condition {
		for key, values := range tests {
			var value any
			if v, ok := keys[key]; ok {
				value = v
			}
			if !newTest(op, values).Fulfills(nil, value, nil) {
				return false
			}
		}
	}
	return true
}

// like is the textbook wildcard matcher with one place to go back to.
func like(pattern, s string) bool {
	p, i, star, mark := 0, 0, -1, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, i
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == s[i]):
			p++
			i++
		case star >= 0:
			mark++
			p, i = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
