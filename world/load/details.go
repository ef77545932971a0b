package load

import (
	"fmt"
	"slices"

	"github.com/rolecall/rolecall/arn"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/internal/jsonpos"
	"github.com/rolecall/rolecall/world"
)

// Authorization details are the output of GetAccountAuthorizationDetails (IAM
// API reference), as the AWS CLI prints it or as the API encodes it. Fields
// that the output may gain are told of by a warning and not refused.

// detail is an identity or policy of the output with what says where it
// belongs.
type detail[T any] struct {
	value           T
	name, path, arn string
	at              world.Place
	defaultVersion  string // of a managed policy
}

// page is one page of the output.
type page struct {
	at        world.Place
	truncated bool
	accounts  map[string]bool
	// into is the account that the page was given for; nil if the ARNs say.
	into *account
}

var pageLists = []string{"UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"}

// isDetails tells whether a value is a page of authorization details.
func isDetails(v jsonpos.Value) bool {
	if v.Kind() != jsonpos.Object {
		return false
	}
	return hasKey(v, func(key string) bool { return slices.Contains(pageLists, key) })
}

var pageFields = []field[page]{
	{"UserDetailList", func(r *reader, m jsonpos.Member, p *page) { readList(r, m, p, "user", userDetails, (*reader).addUser) }},
	{"GroupDetailList", func(r *reader, m jsonpos.Member, p *page) {
		readList(r, m, p, "group", groupDetails, (*reader).addGroup)
	}},
	{"RoleDetailList", func(r *reader, m jsonpos.Member, p *page) { readList(r, m, p, "role", roleDetails, (*reader).addRole) }},
	{"Policies", func(r *reader, m jsonpos.Member, p *page) {
		readList(r, m, p, "policy", policyDetails, (*reader).addPolicy)
	}},
	{"IsTruncated", func(r *reader, m jsonpos.Member, p *page) {
		if r.boolean(m.Value, m.Key) {
			p.truncated, p.at = true, r.at(m)
		}
	}},
	{"Marker", ignored[page]},
	{"NextToken", func(r *reader, m jsonpos.Member, p *page) {
		if m.Value.Kind() != jsonpos.Null {
			p.truncated, p.at = true, r.at(m)
		}
	}},
	{"ResponseMetadata", ignored[page]},
}

// ignored reads a field that no decision depends on.
func ignored[T any](*reader, jsonpos.Member, *T) {}

// details reads a page. Without an account it is of those that its ARNs name.
func (r *reader) details(v jsonpos.Value, into *account) {
	if !r.count(place(v)) {
		return
	}
	output := *r
	output.output = true
	p := page{at: place(v), accounts: map[string]bool{}, into: into}
	object(&output, v, "authorization details", pageFields, &p)
	r.pages = append(r.pages, p)
}

// detailsOf reads what an account says under authorizationDetails: a page in
// place, a file of pages, or a list of them.
func (r *reader) detailsOf(v jsonpos.Value, a *account) {
	if v.Kind() == jsonpos.Array {
		r.items(v, "authorizationDetails", maxItems, func(item jsonpos.Value) { r.detailsOf(item, a) })
		return
	}
	name, ok := r.reference(v)
	if !ok {
		if !isDetails(v) {
			r.wrongType(v, "authorizationDetails", "the output of get-account-authorization-details, {file: name} or a list of these")
			return
		}
		r.details(v, a)
		return
	}
	file, ok := r.file(v, name)
	if !ok {
		return
	}
	values, list := file.parse()
	r.problems.add(list)
	for _, page := range values {
		if !isDetails(page) {
			r.refuse(CodeDataType, place(page), "this is not the output of get-account-authorization-details",
				"it has UserDetailList, GroupDetailList, RoleDetailList and Policies")
			continue
		}
		r.details(page, a)
	}
}

// readList reads a list of a page and adds each item to its account, which is
// nil for what AWS manages.
func readList[T any](r *reader, m jsonpos.Member, p *page, kind string, fields []field[detail[T]], add func(*reader, *account, *detail[T])) {
	r.items(m.Value, m.Key, maxThings, func(item jsonpos.Value) {
		d := detail[T]{at: place(item)}
		if !r.count(d.at) {
			return
		}
		object(r, item, "a "+kind, fields, &d)
		whole, err := arn.Parse(d.arn)
		switch {
		case err != nil:
			r.refuse(world.CodeBadName, d.at, "the "+kind+" has no Arn that can be read: "+err.Error(), "")
		case whole.Resource != kind+d.path+d.name:
			r.refuse(CodeConflict, d.at, fmt.Sprintf("the Arn %s does not fit the path %q and the name %q",
				diag.Clip(d.arn, 200), diag.Clip(d.path, 100), diag.Clip(d.name, 100)), "")
		case !r.inPartition(whole.Partition, d.at):
		case whole.Account == awsAccount && kind == "policy":
			add(r, nil, &d)
		case p.into != nil && p.into.ID != whole.Account:
			r.refuse(CodeConflict, d.at, fmt.Sprintf("%s does not belong to account %s", diag.Clip(d.arn, 200), diag.Clip(p.into.ID, 20)),
				"these are the authorization details of another account")
		default:
			p.accounts[whole.Account] = true
			add(r, r.accountOf(whole.Account, d.at), &d)
		}
	})
}

// awsAccount stands in the place of the account in ARNs of AWS managed
// policies.
const awsAccount = "aws"

// inPartition takes the partition of the first ARN for the world's, and
// refuses others.
func (r *reader) inPartition(partition string, at world.Place) bool {
	if r.arnPartition.name == "" {
		r.arnPartition.name, r.arnPartition.at = partition, at
	}
	if r.arnPartition.name == partition {
		return true
	}
	r.refuse(CodeConflict, at, fmt.Sprintf("the ARN is of the partition %q", diag.Clip(partition, 20)),
		"another is at "+r.arnPartition.at.Position().String())
	return false
}

// incomplete tells of pages that others must follow which are not there: no
// page of the account is the last.
func (l *loader) incomplete() {
	ended, someEnd, everyEnd := map[string]bool{}, false, false
	for i := range l.pages {
		if p := &l.pages[i]; !p.truncated {
			someEnd, everyEnd = true, everyEnd || len(p.accounts) == 0
			for id := range p.accounts {
				ended[id] = true
			}
		}
	}
	warned := map[string]bool{}
	for i := range l.pages {
		p := &l.pages[i]
		followed := everyEnd || someEnd && len(p.accounts) == 0
		for id := range p.accounts {
			followed = followed || ended[id]
		}
		if !p.truncated || followed || warned[p.at.Source.Name] {
			continue
		}
		warned[p.at.Source.Name] = true
		l.problems.first = append(l.problems.first, diag.Diagnostic{
			Severity: diag.Warning, Code: CodeIncomplete, Source: p.at.Source, Span: p.at.Span,
			Summary: "the authorization details break off here: users, groups, roles and policies may be missing, and answers may be wrong",
			Hint:    "give the pages that follow as well; get-account-authorization-details without --max-items prints all of them",
		})
	}
}
