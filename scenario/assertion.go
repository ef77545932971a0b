package scenario

import (
	"strings"
	"sync"

	"github.com/rolecall/rolecall/conditions/celx"
	"github.com/rolecall/rolecall/internal/jsonpos"
	"github.com/rolecall/rolecall/policy/eval"
)

// testEnv knows the variables of assert, made when a file first needs them.
var testEnv = sync.OnceValue(func() *celx.Env {
	return mustEnv(celx.Declare[decisionValue]("decision"), celx.Declare[explanationValue]("explanation"),
		celx.Declare[sessionValue]("session"), celx.Declare[map[string]string]("matrix"))
})

// graphEnv knows the variable of require.
var graphEnv = sync.OnceValue(func() *celx.Env { return mustEnv(celx.Declare[[]edgeValue]("edges")) })

func mustEnv(declarations ...celx.Declaration) *celx.Env {
	env, err := celx.NewEnv(declarations...)
	if err != nil {
		panic("scenario: " + err.Error())
	}
	return env
}

// assertions compiles one expression or a list of them.
func (r *reader) assertions(v jsonpos.Value) []*celx.Assertion {
	var list []*celx.Assertion
	for _, item := range r.items(v) {
		if a := r.compile(testEnv(), item, "an assertion"); a != nil {
			list = append(list, a)
		}
	}
	return list
}

func (r *reader) compile(env *celx.Env, v jsonpos.Value, what string) *celx.Assertion {
	if v.Kind() != jsonpos.String && v.Kind() != jsonpos.Bool {
		r.wrongType(v, what, "an expression")
		return nil
	}
	at := v.Span().Start
	if known, ok := r.compiled[at]; ok {
		return known
	}
	a, problems := env.Compile(v.Source(), v.Span(), v.Text())
	r.add(problems)
	r.compiled[at] = a
	return a
}

// assert evaluates the assertions of a test, or of one check of it, and gives
// those that do not hold.
func (t *Test) assert(list []*celx.Assertion, at place, what string, d *eval.Decision, s *session) []Failure {
	if len(list) == 0 {
		return nil
	}
	vars := map[string]any{
		"decision": newDecisionValue(d), "explanation": newExplanationValue(d), "session": s.of(), "matrix": rowValue(t.row),
	}
	var failures []Failure
	for _, a := range list {
		holds, err := a.Eval(vars)
		if holds && err == nil {
			continue
		}
		f := Failure{at: at, Check: what, Expected: a.String(), Got: "false", decision: d}
		if err != nil {
			f.Got = strings.TrimPrefix(err.Error(), a.String()+": ")
		}
		parts, _ := a.Trace(vars)
		for _, p := range parts {
			f.Notes = append(f.Notes, p.Expression+" is "+p.Value)
		}
		failures = append(failures, f)
	}
	return failures
}
