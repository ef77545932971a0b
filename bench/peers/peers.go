// Package peers has other engines decide the workloads of package bench, so
// that figures of one run on one machine can be compared. It is a module of its
// own: nobody who uses rolecall compiles the engines.
//
// Each engine gets the policies in the form that suits it, compiled or parsed
// beforehand, and each decision is checked. None of them is made to say more
// than allowed or not.
package peers

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/rolecall/rolecall/bench"
	"github.com/rolecall/rolecall/policy/eval"
)

// Engine is an engine that decides workloads.
type Engine struct {
	Name string
	// Prepare gives a function that decides the workload once.
	Prepare func(w *bench.Workload) (decide func() bool, err error)
}

// Engines lists the engines, rolecall first.
var Engines = []Engine{
	{"rolecall", rolecall},
	{"minio", minio},
	{"cedar", cedarLike},
	{"ladon", ladonRegexp},
	{"casbin", casbinRules},
	{"opa", opaRules},
}

// Workloads lists the workloads that all engines decide.
var Workloads = []string{
	"w1", "w2-s3", "w2-mixed", "w3deny-s3", "w3allow-s3", "w3deny-mixed", "w3allow-mixed", "w4a", "w4b",
}

func rolecall(w *bench.Workload) (func() bool, error) {
	r, p, err := w.Prepare()
	return func() bool {
		d, _ := eval.Decide(r, p)
		return d.Allowed()
	}, err
}

// texts is a string or a list of strings.
type texts []string

func (t *texts) UnmarshalJSON(data []byte) error {
	if data[0] == '[' {
		return json.Unmarshal(data, (*[]string)(t))
	}
	*t = make(texts, 1)
	return json.Unmarshal(data, &(*t)[0])
}

// principals is who a statement of a resource policy names, whatever the type;
// "*" is everybody.
type principals []string

func (p *principals) UnmarshalJSON(data []byte) error {
	if data[0] == '"' {
		*p = principals{"*"}
		return nil
	}
	byType := map[string]texts{}
	if err := json.Unmarshal(data, &byType); err != nil {
		return err
	}
	for _, values := range byType {
		*p = append(*p, values...)
	}
	return nil
}

// statement is a statement in a form that is easy to translate.
type statement struct {
	Effect    string
	Principal principals
	Action    texts
	Resource  texts
	Condition map[string]map[string]texts
}

// statements reads the policies of a workload: those of the resource if it has
// some, since they decide then, else those of the identity.
func statements(w *bench.Workload) ([]statement, error) {
	documents := w.IdentityPolicies
	if w.ResourcePolicy != nil {
		documents = []bench.Document{{Document: w.ResourcePolicy}}
	}
	var all []statement
	for _, d := range documents {
		var document struct{ Statement []statement }
		if err := json.Unmarshal(d.Document, &document); err != nil {
			return nil, fmt.Errorf("%s: %w", d.Name, err)
		}
		all = append(all, document.Statement...)
	}
	return all, nil
}

// names tells the caller as policies may name it: itself and its account.
func names(w *bench.Workload) []string {
	p := &w.Request.Principal
	return []string{p.ID, "arn:aws:iam::" + p.Account + ":root"}
}

// requestKeys gives the request's keys, spelled as in the policies.
func requestKeys(w *bench.Workload, all []statement) map[string]string {
	spelling := map[string]string{}
	for _, st := range all {
		for _, keys := range st.Condition {
			for key := range keys {
				spelling[strings.ToLower(key)] = key
			}
		}
	}
	result := map[string]string{}
	for key, value := range w.Request.Context {
		if as, ok := spelling[strings.ToLower(key)]; ok {
			key = as
		}
		result[key] = value
	}
	return result
}

// identifier makes a name of a condition key that any language takes.
func identifier(key string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, key)
}
