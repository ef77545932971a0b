package peers

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/rolecall/rolecall/bench"
)

// opaRules makes a rule of each statement, so that OPA can index what it can.
func opaRules(w *bench.Workload) (func() bool, error) {
	all, err := statements(w)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	b.WriteString("package bench\n\ndefault allowed := false\ndefault deny := false\nallowed if { allow; not deny }\n")
	for _, st := range all {
		b.WriteString(opaRule(&st))
	}
	ctx := context.Background()
	query, err := rego.New(rego.Query("data.bench.allowed"), rego.Module("bench.rego", b.String())).PrepareForEval(ctx)
	if err != nil {
		return nil, err
	}
	input, err := ast.InterfaceToValue(map[string]any{
		"subject": subject(w, all), "action": w.Request.Action, "resource": w.Request.Resource, "keys": requestKeys(w, all),
	})
	if err != nil {
		return nil, err
	}
	return func() bool {
		result, err := query.Eval(ctx, rego.EvalParsedInput(input))
		return err == nil && result.Allowed()
	}, nil
}

func opaRule(st *statement) string {
	var lines []string
	if st.Principal != nil && !slices.Contains(st.Principal, "*") {
		lines = append(lines, "input.subject in "+set(st.Principal))
	}
	lines = append(lines, opaMatch("a", "input.action", st.Action))
	if st.Resource != nil {
		lines = append(lines, opaMatch("r", "input.resource", st.Resource))
	}
	for op, keys := range st.Condition {
		for key, list := range keys {
			lines = append(lines, opaCondition(op, identifier(op+key), "input.keys["+strconv.Quote(key)+"]", list))
		}
	}
	name := "allow"
	if st.Effect == "Deny" {
		name = "deny"
	}
	return name + " if {\n\t" + strings.Join(lines, "\n\t") + "\n}\n"
}

// set writes a list as a set of Rego.
func set(list []string) string {
	text, _ := json.Marshal(list)
	return "{" + strings.Trim(string(text), "[]") + "}"
}

func opaMatch(variable, ref string, patterns []string) string {
	if len(patterns) == 1 && !strings.ContainsAny(patterns[0], "*?") {
		return ref + " == " + strconv.Quote(patterns[0])
	}
	globs := make([]string, len(patterns))
	for i, p := range patterns {
		globs[i] = strings.NewReplacer("{", `\{`, "[", `\[`).Replace(p)
	}
	return fmt.Sprintf("some %[1]s in %[2]s; glob.match(%[1]s, null, %[3]s)", variable, set(globs), ref)
}

func opaCondition(op, variable, ref string, list []string) string {
	switch op {
	case "StringNotEquals":
		return "not " + ref + " in " + set(list)
	case "IpAddress":
		return "some " + variable + " in " + set(list) + "; net.cidr_contains(" + variable + ", " + ref + ")"
	case "NotIpAddress":
		return "every n in " + set(list) + " { not net.cidr_contains(n, " + ref + ") }"
	case "StringLike", "ArnLike":
		return "some " + variable + " in " + set(list) + "; glob.match(" + variable + ", null, " + ref + ")"
	default:
		return ref + " in " + set(list)
	}
}
