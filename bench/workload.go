// Package bench holds the workloads that decisions are measured with, and the
// benchmarks. The workloads are synthetic: requests of a data platform against
// policies of growing size.
//
//	make bench          every benchmark
//	make bench-peers    the same work done by other engines, and the ratios
//	make bench-sizes    the plot of docs/performance.md
//
// # The workloads
//
//   - w1: one policy of 3 statements, one condition. w1v is the same with a
//     policy variable.
//   - w2-s3, w2-mixed: 10 policies of 10 statements; the seventh allows. All
//     statements concern one service, or 30 of them.
//   - w3allow-*, w3deny-*: 100 policies of 10. The last statement allows, or
//     none does; 20 statements match but for a condition.
//   - w4a, w4b: trust policies: external id and MFA, a web identity.
//   - w5-s3, w5-mixed: documents of 6 KB, to parse and compile.
//   - w6: a wildcard that costs a backtracking matcher ages.
//   - w7-mixed, w7-mixed-1000: 512 requests in turn, against the policies of
//     w2-mixed and w3allow-mixed.
//   - w8: policies in every layer, Deny statements in each.
//   - w9 is the explanation of the others.
//
// Every benchmark checks its decision first. Compare figures of one run only.
package bench

import (
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/policy/eval"
)

//go:embed testdata/*.json
var testdata embed.FS

// Names lists the workloads that are one request and one decision.
var Names = []string{
	"w1", "w1v", "w2-s3", "w2-mixed", "w3deny-s3", "w3allow-s3", "w3deny-mixed", "w3allow-mixed", "w4a", "w4b", "w6", "w8",
}

// Document is the JSON of a policy with its name.
type Document struct {
	Name     string
	Document json.RawMessage
}

// Request is a request as strings and a map.
type Request struct {
	Principal struct {
		// Type is the type of the principal: AWS, Federated.
		Type    string
		ID      string
		Account string
	}
	Action          string
	Resource        string
	ResourceAccount string
	Context         map[string]string
}

// Workload is a request, the policies in force, and the decision expected.
type Workload struct {
	Name             string
	Description      string
	Request          Request
	IdentityPolicies []Document
	ResourcePolicy   json.RawMessage
	// Expected is the decision in the words of the policy simulator: Allowed,
	// ImplicitlyDenied, ExplicitlyDenied.
	Expected string

	// layers is set for a workload with more layers than those above.
	layers func() (*eval.Policies, error)
}

// Load reads a workload by its name. It fails on a name that is not in
// [Names].
func Load(name string) (*Workload, error) {
	switch name {
	case "w6":
		return loadWildcard()
	case "w8":
		return layered(), nil
	}
	file := name
	last, denied := lastOfDenied[name]
	if denied {
		file = strings.Replace(name, "w3deny", "w3allow", 1)
	}
	w := &Workload{}
	if err := read(file, w); err != nil {
		return nil, err
	}
	w.Name = name
	if denied {
		return w, w.replaceLast(last)
	}
	return w, nil
}

func read(name string, into any) error {
	text, err := testdata.ReadFile("testdata/" + name + ".json")
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

// lastOfDenied is the statement that stands at the end of w3deny-* where the
// statement that allows stands in w3allow-*.
var lastOfDenied = map[string]string{
	"w3deny-s3": `{"Sid": "Stmt1000", "Effect": "Allow",
		"Action": ["s3:*MultipartUpload*", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:Put*"],
		"Resource": ["arn:aws:s3:::acme-staging-backups-675/search/*/raw/*",
			"arn:aws:s3:::acme-staging-features-676/catalog/*", "arn:aws:s3:::acme-*-orders-677/*"]}`,
	"w3deny-mixed": `{"Sid": "Stmt1000", "Effect": "Allow",
		"Action": ["s3:*Object", "s3:*MultipartUpload*"],
		"Resource": ["arn:aws:s3:::acme-dev-thumbnails-038/identity/202?/*.parquet", "arn:aws:s3:::acme-staging-models-039/*"]}`,
}

func (w *Workload) replaceLast(statement string) error {
	var document struct {
		Version   string
		Statement []json.RawMessage
	}
	last := &w.IdentityPolicies[len(w.IdentityPolicies)-1]
	if err := json.Unmarshal(last.Document, &document); err != nil {
		return err
	}
	document.Statement[len(document.Statement)-1] = json.RawMessage(statement)
	var err error
	last.Document, err = json.Marshal(document)
	w.Expected = "ImplicitlyDenied"
	return err
}

// loadWildcard: the pattern has eight stars, the text is 2,048 characters.
func loadWildcard() (*Workload, error) {
	var file struct {
		Action, Resource, Expected string
		Document                   json.RawMessage
	}
	if err := read("w6", &file); err != nil {
		return nil, err
	}
	w := &Workload{
		Name: "w6", Expected: file.Expected,
		IdentityPolicies: []Document{{Name: "wildcard", Document: file.Document}},
	}
	w.Request.Principal.Type, w.Request.Principal.Account = "AWS", "111122223333"
	w.Request.Principal.ID = "arn:aws:iam::111122223333:role/app-backend"
	w.Request.Action, w.Request.Resource = file.Action, file.Resource
	return w, nil
}

// Query gives the request in the engine's form, its keys sorted.
func (w *Workload) Query() (eval.Query, error) {
	r := &w.Request
	q := eval.Query{Principal: r.Principal.ID, Action: r.Action, Resource: r.Resource, ResourceAccount: r.ResourceAccount}
	for _, key := range slices.Sorted(maps.Keys(r.Context)) {
		if err := q.Context.Add(key, r.Context[key]); err != nil {
			return q, err
		}
	}
	return q, nil
}

// Policies parses and compiles the policies.
func (w *Workload) Policies() (*eval.Policies, error) {
	if w.layers != nil {
		return w.layers()
	}
	p := &eval.Policies{}
	var list []policy.Policy
	for _, d := range w.IdentityPolicies {
		document, err := parse(string(d.Document), policy.Identity)
		if err != nil {
			return nil, err
		}
		list = append(list, policy.Policy{Name: d.Name, Document: document})
	}
	if list != nil && w.Request.Principal.Type == "AWS" {
		p.Identity = policy.Compile(list...)
	}
	if w.ResourcePolicy != nil {
		// IAM would refuse its "Principal": "*" in a trust policy.
		document, err := parse(string(w.ResourcePolicy), policy.Resource)
		if err != nil {
			return nil, err
		}
		p.Resource = policy.Compile(policy.Policy{Name: "trust", Document: document})
	}
	return p, nil
}

func parse(text string, kind policy.Kind) (*policy.Document, error) {
	d, list := policy.Parse(&diag.Source{Name: "policy", Text: text}, policy.Options{Kind: kind})
	if d == nil {
		return nil, list
	}
	return d, nil
}

// Prepare gives the request prepared and the policies compiled, and fails
// unless the decision is the one expected.
func (w *Workload) Prepare() (*eval.Request, *eval.Policies, error) {
	q, err := w.Query()
	if err != nil {
		return nil, nil, err
	}
	p, err := w.Policies()
	if err != nil {
		return nil, nil, err
	}
	r, err := eval.NewRequest(q)
	if err != nil {
		return nil, nil, err
	}
	return r, p, w.Check(eval.Decide(r, p))
}

// outcomes are the decisions as the workloads write them.
var outcomes = map[string]eval.Outcome{
	"Allowed": eval.Allowed, "ImplicitlyDenied": eval.ImplicitDeny, "ExplicitlyDenied": eval.ExplicitDeny,
}

// Check compares a decision with the one expected.
func (w *Workload) Check(d eval.Decision, err error) error {
	if err == nil && d.Outcome != outcomes[w.Expected] {
		err = fmt.Errorf("%s: %s, want %s", w.Name, d.Outcome, w.Expected)
	}
	return err
}

// Rotating gives the requests of w7-mixed or w7-mixed-1000 with the decision
// expected of each. They share their policies.
func Rotating(name string) ([]*Workload, error) {
	base, err := Load(map[string]string{"w7-mixed": "w2-mixed", "w7-mixed-1000": "w3allow-mixed"}[name])
	if err != nil {
		return nil, err
	}
	var cases [][3]string
	if err := read(name, &cases); err != nil {
		return nil, err
	}
	list := make([]*Workload, len(cases))
	for i, c := range cases {
		w := *base
		w.Name = fmt.Sprintf("%s/%d", name, i)
		w.Request.Action, w.Request.Resource, w.Expected = c[0], c[1], c[2]
		if strings.HasPrefix(c[0], "kms:") && strings.Contains(c[1], ":key/") {
			w.Expected = "ImplicitlyDenied" // a key's policy must grant access too, and there is none
		}
		list[i] = &w
	}
	return list, nil
}

// Text gives a document to parse: w5-s3 or w5-mixed.
func Text(name string) (string, error) {
	text, err := testdata.ReadFile("testdata/" + name + ".json")
	return string(text), err
}
