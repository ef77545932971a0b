package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/policy/cases"
	"github.com/rolecall/rolecall/policy/eval"
)

// requestFlags are one request and the policies in force for it.
type requestFlags struct {
	Principal       string   `placeholder:"ARN" help:"Who calls: an ARN, a service such as ec2.amazonaws.com, or *."`
	Action          string   `placeholder:"SERVICE:NAME" help:"What it wants to do."`
	Resource        string   `placeholder:"ARN" help:"On what; * without it."`
	ResourceAccount string   `placeholder:"ID" help:"The account that owns the resource, where the ARN does not tell."`
	Context         []string `placeholder:"KEY=VALUE" sep:"none" help:"A condition key; repeat it, or write KEY=[\"a\",\"b\"], for a multivalued one."`

	Identity       []string `placeholder:"FILE" sep:"none" help:"An identity-based policy."`
	ResourcePolicy string   `placeholder:"FILE" help:"The resource-based policy, or a role's trust policy."`
	Boundary       string   `placeholder:"FILE" help:"The permissions boundary."`
	Session        []string `placeholder:"FILE" sep:"none" help:"A session policy."`
	SCP            []string `name:"scp" placeholder:"FILES" sep:"none" help:"A level of SCPs, its files separated by commas; the organization's root first."`
	RCP            []string `name:"rcp" placeholder:"FILES" sep:"none" help:"A level of RCPs, in the same way."`
	Endpoint       string   `placeholder:"FILE" help:"The VPC endpoint policy."`
}

// given tells whether any of the flags is used.
func (f *requestFlags) given() bool {
	return f.Principal != "" || f.Action != "" || f.Resource != "" || f.ResourceAccount != "" ||
		len(f.Context)+len(f.Identity)+len(f.Session)+len(f.SCP)+len(f.RCP) > 0 ||
		f.ResourcePolicy != "" || f.Boundary != "" || f.Endpoint != ""
}

// request decides the request that the flags give.
func (e *evaluation) request() (int, error) {
	f := &e.command.Request
	switch {
	case len(e.command.Files) > 0 || e.command.Example:
		return 0, usageError{"files and a request by flags exclude each other", "give the one or the other"}
	case f.Principal == "" || f.Action == "":
		return 0, usageError{"a request needs --principal and --action", "for example --principal arn:aws:iam::111122223333:user/alice --action s3:GetObject"}
	}
	c := &cases.Case{}
	c.Query = eval.Query{
		Principal: f.Principal, Action: f.Action, Resource: f.Resource, ResourceAccount: f.ResourceAccount,
		Time: e.options.Time, ProtectAWSManaged: e.options.ProtectAWSManaged,
	}
	if err := addContext(&c.Query.Context, f.Context); err != nil {
		return 0, err
	}
	loader := policyLoader{options: e.options}
	f.load(&loader, c)
	if loader.err != nil {
		return 0, loader.err
	}
	if list := loader.problems; list.HasErrors() {
		list.Sort()
		if err := diag.Render(e.env.stderr, list.Only(diag.Error), diag.Style{}); err != nil {
			return 0, err
		}
		return exitUnusable, nil
	}
	if err := e.decide(c); err != nil {
		return 0, err
	}
	return e.requestStatus(c)
}

func (e *evaluation) requestStatus(c *cases.Case) (int, error) {
	switch result := c.Decide(); {
	case result.Problems != nil:
		return exitUnusable, nil
	case result.Decision.Outcome == eval.Conditional:
		return exitConditional, nil
	case !result.Decision.Allowed():
		return exitNo, nil
	default:
		return exitYes, nil
	}
}

// addContext reads KEY=VALUE pairs. A key that is repeated, or whose value is
// a JSON array, is multivalued.
func addContext(context *conditions.Context, pairs []string) error {
	var order []string
	values := map[string][]string{}
	multi := map[string]bool{}
	for _, pair := range pairs {
		key, value, ok := strings.Cut(pair, "=")
		if !ok || key == "" {
			return usageError{fmt.Sprintf("--context %q is not KEY=VALUE", pair), "for example --context aws:SourceIp=203.0.113.7"}
		}
		if _, known := values[key]; !known {
			order = append(order, key)
		} else {
			multi[key] = true
		}
		list := []string{value}
		if strings.HasPrefix(value, "[") && json.Unmarshal([]byte(value), &list) == nil {
			multi[key] = true
		}
		values[key] = append(values[key], list...)
	}
	for _, key := range order {
		var err error
		if multi[key] {
			err = context.AddList(key, values[key])
		} else {
			err = context.Add(key, values[key][0])
		}
		if err != nil {
			return usageError{"--context: " + err.Error(), ""}
		}
	}
	return nil
}

// load reads the policies that the flags name into a case.
func (f *requestFlags) load(l *policyLoader, c *cases.Case) {
	to := &c.Policies
	if len(f.Identity) > 0 {
		to.Identity = l.set(policy.Identity, f.Identity)
	}
	if len(f.Session) > 0 {
		to.Session = l.set(policy.Session, f.Session)
	}
	if f.Boundary != "" {
		to.Boundary = l.set(policy.Boundary, []string{f.Boundary})
	}
	if f.ResourcePolicy != "" {
		to.Resource = l.set(cases.ResourcePolicyKind(f.Resource), []string{f.ResourcePolicy})
	}
	if f.Endpoint != "" {
		to.Endpoint = l.set(policy.Endpoint, []string{f.Endpoint})
	}
	for _, level := range f.SCP {
		to.SCP = append(to.SCP, l.set(policy.SCP, strings.Split(level, ",")))
	}
	for _, level := range f.RCP {
		to.RCP = append(to.RCP, l.set(policy.RCP, strings.Split(level, ",")))
	}
}

// policyLoader reads policy files. It goes on after a problem, so that all of
// them are reported.
type policyLoader struct {
	options  cases.Options
	problems diag.List
	err      error
}

func (l *policyLoader) set(kind policy.Kind, files []string) *policy.Set {
	var policies []policy.Policy
	for _, name := range files {
		text, err := readFile(name)
		if err != nil {
			l.err = errors.Join(l.err, err)
			continue
		}
		d, list := policy.Parse(&diag.Source{Name: name, Text: text}, policy.Options{Kind: kind, LegacyDuplicates: l.options.LegacyDuplicates})
		l.problems = append(l.problems, list...)
		if d != nil {
			policies = append(policies, policy.Policy{Name: name, Document: d})
		}
	}
	return policy.Compile(policies...)
}

// readFile reads no more of a file than a policy may have.
func readFile(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, policy.MaxBytes+1))
	return string(text), err
}
