package scenario

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall/rolecall/internal/jsonpos"
	"github.com/rolecall/rolecall/world/load"
)

type tree = map[string]any

func schema(t *testing.T) tree {
	t.Helper()
	text, err := os.ReadFile("../docs/iam-test.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var s tree
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func names[T any](fields []field[T]) []string {
	var list []string
	for _, f := range fields {
		list = append(list, f.name)
	}
	slices.Sort(list)
	return list
}

// TestSchemaHasTheKeysOfTheReader holds the published schema to what is read.
func TestSchemaHasTheKeysOfTheReader(t *testing.T) {
	t.Parallel()
	s := schema(t)
	defs := s["$defs"].(tree)
	properties := func(name string) []string {
		def := s
		if name != "" {
			def = defs[name].(tree)
		}
		if either, ok := def["anyOf"].([]any); ok && name != "" {
			def = either[len(either)-1].(tree)
		}
		var list []string
		for key := range def["properties"].(tree) {
			list = append(list, key)
		}
		slices.Sort(list)
		return list
	}
	for name, want := range map[string][]string{
		"": names(suiteFields), "test": names(testFields), "check": names(checkFields), "question": names(questionFields), "step": names(stepFields),
		"defaults": names(defaultFields), "policies": names(bareFields), "reason": names(reasonFields), "failure": names(failureFields),
		"github": names(githubFields), "gitlab": names(gitlabFields), "eks": names(eksFields), "web-identity": names(webIdentityFields),
		"saml": names(responseFields), "root": names(rootFields), "invariant": names(invariantFields),
	} {
		if diff := cmp.Diff(want, properties(name)); diff != "" {
			t.Errorf("%q: -reader +schema\n%s", name, diff)
		}
	}
	var inSchema []string
	for _, layer := range defs["layer"].(tree)["enum"].([]any) {
		inSchema = append(inSchema, layer.(string))
	}
	if diff := cmp.Diff(layers, inSchema); diff != "" {
		t.Errorf("layers: -reader +schema\n%s", diff)
	}
}

// TestSchemaTakesTheExamples validates all examples against the schema.
func TestSchemaTakesTheExamples(t *testing.T) {
	t.Parallel()
	s := schema(t)
	files, err := filepath.Glob("../testdata/examples/*/*.iam.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	files = append(files, "testdata/failures.iam.yaml")
	for _, name := range files {
		if problems := validate(s, s, document(t, name), name); len(problems) > 0 {
			t.Errorf("%s", strings.Join(problems, "\n"))
		}
	}
}

// TestSchemaRefuses holds the validator and the schema to what the reader
// refuses.
func TestSchemaRefuses(t *testing.T) {
	t.Parallel()
	s := schema(t)
	for _, text := range []string{
		`{}`, `[]`, `{"world": "w"}`, `{"world": "w", "policies": {}, "tests": []}`, `{"world": "w", "tests": [{}]}`,
		`{"world": "w", "tests": [{"name": "x", "becuse": "scp"}]}`, `{"world": "w", "tests": [{"name": "x", "because": "spc"}]}`,
		`{"world": "w", "tests": [{"name": "x", "can": {"on": "*"}}]}`, `{"world": "w", "tests": [{"name": "x", "can-assume": {"role": "x", "hops": 33}}]}`,
		`{"world": "w", "tests": [{"name": "x", "assume": {"role": "x", "mfa": "yes"}}]}`, `{"world": "w", "invariants": [{"name": "x"}]}`,
	} {
		var v any
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			t.Fatal(err)
		}
		if problems := validate(s, s, v, "text"); len(problems) == 0 {
			t.Errorf("the schema takes %s", text)
		}
	}
}

// document reads a file as the loader does and gives it as encoding/json would.
func document(t *testing.T, name string) any {
	t.Helper()
	host, problems := load.OpenHost(os.DirFS(filepath.Dir(name)), "", filepath.Base(name))
	if host == nil {
		t.Fatal(problems)
	}
	return plain(host.Value)
}

func plain(v jsonpos.Value) any {
	switch v.Kind() {
	case jsonpos.Object:
		made := tree{}
		for m := range v.Members() {
			made[m.Key] = plain(m.Value)
		}
		return made
	case jsonpos.Array:
		made := []any{}
		for item := range v.Items() {
			made = append(made, plain(item))
		}
		return made
	default:
		var made any
		_ = json.Unmarshal([]byte(v.Raw()), &made)
		return made
	}
}

// validate is as much of JSON Schema as the schema uses. It gives what is wrong
// with a value.
func validate(root, schema tree, v any, at string) []string {
	var problems []string
	wrong := func(format string, args ...any) { problems = append(problems, at+": "+fmt.Sprintf(format, args...)) }
	for keyword, rule := range schema {
		switch keyword {
		case "$ref":
			name := strings.TrimPrefix(rule.(string), "#/$defs/")
			problems = append(problems, validate(root, root["$defs"].(tree)[name].(tree), v, at)...)
		case "type":
			types, ok := rule.([]any)
			if !ok {
				types = []any{rule}
			}
			if !slices.ContainsFunc(types, func(t any) bool { return isType(v, t.(string)) }) {
				wrong("is no %v", rule)
			}
		case "enum":
			if !slices.Contains(rule.([]any), v) {
				wrong("%v is none of %v", v, rule)
			}
		case "anyOf", "oneOf":
			passed := 0
			for _, each := range rule.([]any) {
				if len(validate(root, each.(tree), v, at)) == 0 {
					passed++
				}
			}
			if passed == 0 || keyword == "oneOf" && passed > 1 {
				wrong("%d of %s hold", passed, keyword)
			}
		case "minimum", "maximum":
			n, _ := v.(float64)
			if keyword == "minimum" && n < rule.(float64) || keyword == "maximum" && n > rule.(float64) {
				wrong("%v is beyond %s %v", n, keyword, rule)
			}
		case "required":
			has, _ := v.(tree)
			for _, name := range rule.([]any) {
				if _, ok := has[name.(string)]; !ok {
					wrong("has no %s", name)
				}
			}
		case "items":
			list, _ := v.([]any)
			for i, item := range list {
				problems = append(problems, validate(root, rule.(tree), item, fmt.Sprintf("%s[%d]", at, i))...)
			}
		case "properties", "additionalProperties":
			problems = append(problems, members(root, schema, keyword, v, at)...)
		case "$schema", "$id", "$defs", "title", "description":
		default:
			wrong("the validator does not know %s", keyword)
		}
	}
	return problems
}

func members(root, schema tree, keyword string, v any, at string) []string {
	var problems []string
	known, _ := schema["properties"].(tree)
	members, _ := v.(tree)
	for key, value := range members {
		rule, ok := known[key]
		switch {
		case keyword == "properties" && ok:
		case keyword == "additionalProperties" && !ok:
			rule = schema[keyword]
		default:
			continue
		}
		if rule == false {
			problems = append(problems, at+": unknown key "+key)
		} else {
			problems = append(problems, validate(root, rule.(tree), value, at+"."+key)...)
		}
	}
	return problems
}

func isType(v any, name string) bool {
	switch value := v.(type) {
	case nil:
		return name == "null"
	case bool:
		return name == "boolean"
	case string:
		return name == "string"
	case float64:
		return name == "number" || name == "integer" && value == math.Trunc(value)
	case []any:
		return name == "array"
	default:
		return name == "object"
	}
}
