package world

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
)

// Codes of the problems of a world.
const (
	CodeBadName       = "BAD_NAME"
	CodeDuplicate     = "DUPLICATE"
	CodeDangling      = "DANGLING_REFERENCE"
	CodeMissing       = "MISSING_FIELD"
	CodeBadValue      = "BAD_VALUE"
	CodeUnknownPolicy = "UNKNOWN_POLICY"
)

// builder makes a world and gathers what is wrong with it.
type builder struct {
	world    *World
	problems diag.List
	// errors and warnings count the problems, those that were dropped as well.
	errors, warnings int
	warned           map[string]bool // by ARN, of unknown policies
	unknowns         map[string]policy.Policy
	// reuse holds accounts of another world that did not change.
	reuse map[string]*account
}

// maxProblems bounds the errors of one world, and likewise the warnings: none
// of them may crowd out an error.
const maxProblems = 1000

// maxSearches bounds how many errors get a hint that is searched for among
// all names.
const maxSearches = 50

func (b *builder) add(severity diag.Severity, code string, at Place, summary, hint string) {
	n := &b.errors
	if severity == diag.Warning {
		n = &b.warnings
	}
	if *n++; *n > maxProblems {
		return
	}
	b.problems = append(b.problems, diag.Diagnostic{
		Severity: severity, Code: code, Summary: summary, Hint: hint, Source: at.Source, Span: at.Span,
	})
}

func (b *builder) refuse(code string, at Place, summary, hint string) {
	b.add(diag.Error, code, at, summary, hint)
}

func (b *builder) build(d *Description) {
	w := b.world
	switch w.partition {
	case "aws", "aws-cn", "aws-us-gov":
	default:
		b.refuse(CodeBadValue, Place{}, fmt.Sprintf("unknown partition %q", w.partition), "write aws, aws-cn or aws-us-gov")
	}
	b.managedByAWS(d.AWSManagedPolicies)
	for i := range d.Accounts {
		b.account(&d.Accounts[i])
	}
	if d.Organization != nil {
		b.organization(d.Organization)
	}
}

func (b *builder) managedByAWS(policies []ManagedPolicy) {
	w := b.world
	w.awsManaged = make(map[string]*ManagedPolicy, len(policies))
	for i := range policies {
		p := &policies[i]
		prefix := "arn:" + w.partition + ":iam::aws:policy/"
		if name, ok := strings.CutPrefix(p.ARN, prefix); !ok || name == "" {
			b.refuse(CodeBadName, p.Place, fmt.Sprintf("%q is not the ARN of an AWS managed policy", diag.Clip(p.ARN, 200)), "it begins with "+prefix)
			continue
		}
		if old := w.awsManaged[p.ARN]; old != nil {
			b.twice(p.Place, old.Place, "the policy "+p.ARN)
			continue
		}
		w.awsManaged[p.ARN] = p
	}
}

// twice refuses the second description of something.
func (b *builder) twice(at, first Place, what string) {
	hint := ""
	if place := first.Position().String(); place != "" {
		hint = "the other is at " + place
	}
	b.refuse(CodeDuplicate, at, what+" is described twice", hint)
}

// organization takes up the organization: every account in it exists and is in
// one place.
func (b *builder) organization(o *Organization) {
	w := b.world
	w.org = &organization{Organization: *o}
	seen := map[string]bool{}
	b.unit(&w.org.Root, seen)
	at := o.Root.Place
	if o.ID == "" {
		b.refuse(CodeMissing, at, "the organization has no id", `write for example id: o-exampleorg1`)
	}
	if o.ManagementAccount != "" && !seen[o.ManagementAccount] {
		b.refuse(CodeDangling, at, fmt.Sprintf("the management account %q is in no unit of the organization", o.ManagementAccount),
			"list it among the accounts of the root or of a unit")
	}
	for _, d := range o.DelegatedAdministrators {
		for _, id := range d.Accounts {
			if !seen[id] {
				b.refuse(CodeDangling, at, fmt.Sprintf("the delegated administrator %q of %s is in no unit of the organization", id, d.Service), "")
			}
		}
	}
	w.org.enroll(w.accounts, w.sets)
}

func (b *builder) unit(u *Unit, seen map[string]bool) {
	if u.ID == "" {
		b.refuse(CodeMissing, u.Place, "a unit of the organization has no id", "")
	}
	for _, id := range u.Accounts {
		switch {
		case b.world.accounts[id] == nil:
			b.refuse(CodeDangling, u.Place, fmt.Sprintf("unit %s holds the account %q, which is not among the accounts", cmp.Or(u.ID, u.Name), id),
				"describe it under accounts; {} is enough")
		case seen[id]:
			b.refuse(CodeDuplicate, u.Place, fmt.Sprintf("the account %s is in the organization twice", id), "")
		}
		seen[id] = true
	}
	for i := range u.Units {
		b.unit(&u.Units[i], seen)
	}
}
