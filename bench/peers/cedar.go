package peers

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"

	"github.com/rolecall/rolecall/bench"
)

// cedarLike makes a Cedar policy of each statement. Actions and resources are
// attributes compared by "like"; Cedar has no "?", a star stands for it. The
// principals of a resource policy are groups that the caller is in.
func cedarLike(w *bench.Workload) (func() bool, error) {
	all, err := statements(w)
	if err != nil {
		return nil, err
	}
	set := cedar.NewPolicySet()
	for i, st := range all {
		var p cedar.Policy
		if err := p.UnmarshalCedar([]byte(cedarPolicy(&st))); err != nil {
			return nil, fmt.Errorf("%s: %w", cedarPolicy(&st), err)
		}
		set.Add(cedar.PolicyID(strconv.Itoa(i)), &p)
	}
	values := cedar.RecordMap{}
	for key, value := range requestKeys(w, all) {
		var v cedar.Value = cedar.String(value)
		if key == "aws:SourceIp" {
			if v, err = types.ParseIPAddr(value); err != nil {
				return nil, err
			}
		}
		values[cedar.String(identifier(key))] = v
	}
	values["action"], values["resource"] = cedar.String(w.Request.Action), cedar.String(w.Request.Resource)
	caller := cedar.NewEntityUID("Principal", cedar.String(w.Request.Principal.ID))
	var groups []cedar.EntityUID
	for _, name := range names(w) {
		groups = append(groups, cedar.NewEntityUID("Group", cedar.String(name)))
	}
	entities := cedar.EntityMap{caller: {UID: caller, Parents: cedar.NewEntityUIDSet(groups...)}}
	request := cedar.Request{
		Principal: caller, Action: cedar.NewEntityUID("Action", cedar.String(w.Request.Action)),
		Resource: cedar.NewEntityUID("Resource", cedar.String(w.Request.Resource)), Context: cedar.NewRecord(values),
	}
	return func() bool {
		ok, _ := cedar.Authorize(set, entities, request)
		return bool(ok)
	}, nil
}

func cedarPolicy(st *statement) string {
	effect := "permit"
	if st.Effect == "Deny" {
		effect = "forbid"
	}
	var when []string
	if named := cedarPrincipals(st.Principal); named != "" {
		when = append(when, named)
	}
	when = append(when, either(st.Action, func(p string) string { return cedarMatch("context.action", p) }))
	if st.Resource != nil {
		when = append(when, either(st.Resource, func(p string) string { return cedarMatch("context.resource", p) }))
	}
	for op, keys := range st.Condition {
		for key, list := range keys {
			when = append(when, cedarCondition(op, "context."+identifier(key), identifier(key), list))
		}
	}
	return effect + "(principal, action, resource) when { " + strings.Join(when, " && ") + " };"
}

func cedarPrincipals(list principals) string {
	var in []string
	for _, name := range list {
		if name == "*" {
			return ""
		}
		in = append(in, "principal in Group::"+strconv.Quote(name))
	}
	if in == nil {
		return ""
	}
	return "(" + strings.Join(in, " || ") + ")"
}

func either(list []string, test func(string) string) string {
	tests := make([]string, len(list))
	for i, item := range list {
		tests[i] = test(item)
	}
	return "(" + strings.Join(tests, " || ") + ")"
}

func cedarMatch(attribute, pattern string) string {
	if !strings.ContainsAny(pattern, "*?") {
		return attribute + " == " + strconv.Quote(pattern)
	}
	return attribute + " like " + strconv.Quote(strings.ReplaceAll(pattern, "?", "*"))
}

func cedarCondition(op, attribute, name string, list []string) string {
	switch op {
	case "IpAddress", "NotIpAddress":
		test := either(list, func(v string) string { return attribute + ".isInRange(ip(" + strconv.Quote(v) + "))" })
		if op == "NotIpAddress" {
			return "!" + test
		}
		return "context has " + name + " && " + test
	case "StringNotEquals":
		return "!(context has " + name + " && " + either(list, func(v string) string { return attribute + " == " + strconv.Quote(v) }) + ")"
	case "StringLike", "ArnLike":
		return "context has " + name + " && " + either(list, func(v string) string { return cedarMatch(attribute, v) })
	default:
		return "context has " + name + " && " + either(list, func(v string) string { return attribute + " == " + strconv.Quote(v) })
	}
}
