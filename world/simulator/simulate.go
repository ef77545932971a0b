package simulator

import (
	"cmp"
	"encoding/base64"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/rolecall/rolecall/arn"
	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/policy/eval"
	"github.com/rolecall/rolecall/world"
)

// SimulateCustomPolicy decides with the policies that are passed.
func (c *Call) SimulateCustomPolicy(in *SimulateCustomPolicyInput) (*SimulatePolicyOutput, error) {
	var v constraints
	in.check(&v)
	v.required("policyInputList", in.PolicyInputList != nil)
	if err := v.err(); err != nil {
		return nil, err
	}
	return c.simulate(in, nil)
}

// SimulatePrincipalPolicy decides with the policies of a user, group or role,
// and with those that are passed besides; a boundary that is passed takes the
// place of the attached one.
func (c *Call) SimulatePrincipalPolicy(in *SimulatePrincipalPolicyInput) (*SimulatePolicyOutput, error) {
	var v constraints
	v.required("policySourceArn", in.PolicySourceArn != nil)
	v.text("policySourceArn", in.PolicySourceArn, minSource, maxARN)
	rest := in.simulation()
	rest.check(&v)
	if err := v.err(); err != nil {
		return nil, err
	}
	about, err := c.find(*in.PolicySourceArn)
	if err != nil {
		return nil, err
	}
	return c.simulate(rest, about)
}

// simulation is a simulation under way.
type simulation struct {
	*Call
	in    *Simulation
	about *subject // nil for a custom policy
	// caller is CallerArn, or the user or role that is asked about; empty for
	// somebody without a name.
	caller string
	// owner is the account in ResourceOwner.
	owner    string
	keys     conditions.Context
	identity *policy.Set
	boundary *policy.Set
	// statements is how many statements the policies have that are passed.
	statements int
	// resource and trust are the two readings of ResourcePolicy, made when needed.
	resource, trust *policy.Set
}

// maxVerdicts bounds the work on one page: a page of many statements has fewer
// results than are asked for, and says that there are more.
const maxVerdicts = 200_000

// simulate makes the page of results that is asked for.
func (c *Call) simulate(in *Simulation, about *subject) (*SimulatePolicyOutput, error) {
	s := &simulation{Call: c, in: in, about: about}
	if err := s.prepare(); err != nil {
		return nil, err
	}
	from, err := firstOf(in.Marker)
	if err != nil {
		return nil, err
	}
	resources := in.ResourceArns
	if len(resources) == 0 {
		resources = []string{"*"}
	}
	most, all := usualResults, len(in.ActionNames)*len(resources)
	if in.MaxItems != nil {
		most = int(*in.MaxItems)
	}
	most = min(most, max(1, maxVerdicts/(1+s.statements)))
	out := &SimulatePolicyOutput{EvaluationResults: []EvaluationResult{}}
	for i := from; i < min(from+most, all); i++ {
		r, err := s.decide(in.ActionNames[i/len(resources)], resources[i%len(resources)])
		if err != nil {
			return nil, err
		}
		out.EvaluationResults = append(out.EvaluationResults, r)
	}
	if next := from + most; next < all {
		out.IsTruncated, out.Marker = true, base64.StdEncoding.EncodeToString([]byte(strconv.Itoa(next)))
	}
	return out, nil
}

// firstOf reads a marker: the number of the first result of a page.
func firstOf(marker *string) (int, error) {
	if marker == nil {
		return 0, nil
	}
	text, err := base64.StdEncoding.DecodeString(*marker)
	const most = 24
	n, err2 := strconv.ParseUint(string(text), 10, most)
	if errors.Join(err, err2) != nil {
		return 0, invalidInput("Invalid Marker.")
	}
	return int(n), nil
}

// prepare reads what is the same for every action and resource.
func (s *simulation) prepare() error {
	var err error
	if s.keys, err = contextOf(s.in.ContextEntries); err != nil {
		return err
	}
	identity, err := parseList("PolicyInputList", s.in.PolicyInputList, policy.Identity)
	if err != nil {
		return err
	}
	boundary, err := parseList("PermissionsBoundaryPolicyInputList", s.in.PermissionsBoundaryPolicyInputList, policy.Boundary)
	if err != nil {
		return err
	}
	if len(boundary) > 1 {
		return invalidInput("PermissionsBoundaryPolicyInputList can contain only one policy.")
	}
	if s.about != nil {
		s.caller = s.about.arn
		identity = append(s.about.policies[:len(s.about.policies):len(s.about.policies)], identity...)
	}
	for _, p := range slices.Concat(identity, boundary) {
		s.statements += len(p.Document.Statements)
	}
	s.identity = policy.Compile(identity...)
	if len(boundary) == 1 {
		s.boundary = policy.Compile(boundary...)
	}
	if s.in.CallerArn != nil {
		s.caller = *s.in.CallerArn
		if _, err := arn.Parse(s.caller); err != nil {
			return invalidInput("Invalid CallerArn: " + diag.Clip(s.caller, clip))
		}
	}
	if s.in.ResourcePolicy != nil && s.in.CallerArn == nil && s.caller == "" {
		return invalidInput("CallerArn is required when ResourcePolicy is given.")
	}
	s.owner, err = ownerOf(s.in.ResourceOwner)
	return err
}

// ownerOf reads ResourceOwner.
func ownerOf(text *string) (string, error) {
	if text == nil || arn.IsAccountID(*text) {
		return value(text), nil
	}
	a, err := arn.Parse(*text)
	if err != nil || !arn.IsAccountID(a.Account) {
		return "", invalidInput("Invalid ResourceOwner: " + diag.Clip(*text, clip) + "; give the id of an account, or arn:aws:iam::ACCOUNT:root")
	}
	return a.Account, nil
}

func value(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

// nobody is the name of the caller where none is given. No policy can name him
// by accident.
const nobody = "rolecall-simulated-caller"

// request gathers the policies of one action on one resource.
func (s *simulation) request(action, resource string) (*eval.Request, *eval.Policies, error) {
	request := world.Request{Principal: s.caller, Action: action, Resource: resource, Context: s.keys, Time: s.Now}
	if s.caller == "" || !s.known(s.caller) {
		request.Principal = "*" // for the side of the resource
	}
	prepared, policies, err := s.World.Prepare(request)
	if err != nil {
		return nil, nil, err
	}
	p, q := *policies, prepared.Query()
	q.Principal = s.caller
	if s.caller == "" {
		s.unnamed(&q)
	}
	if s.owner != "" && accountOf(resource) == "" {
		q.ResourceAccount = s.owner
	}
	if err := s.replace(&p, resource); err != nil {
		return nil, nil, err
	}
	prepared, err = eval.NewRequest(q)
	return prepared, &p, err
}

// known tells whether the world has a caller.
func (s *simulation) known(name string) bool {
	return s.World.User(name) != nil || s.World.Role(name) != nil
}

// unnamed makes the caller somebody of the account that owns the resource, who
// has no name.
func (s *simulation) unnamed(q *eval.Query) {
	account := cmp.Or(accountOf(q.Resource), s.owner, q.ResourceAccount, s.Account)
	if s.about != nil {
		account = s.about.account
	}
	q.Principal = "arn:" + s.World.Partition() + ":iam::" + account + ":user/" + nobody
	q.Context = q.Context.Clone(3)
	for _, key := range []string{"aws:username", "aws:userid", "aws:PrincipalArn"} {
		if !q.Context.Has(conditions.NewKey(key)) {
			_ = q.Context.AddAbsent(key) // is not there yet
		}
	}
}

func accountOf(resource string) string {
	a, err := arn.Parse(resource)
	if err != nil || !arn.IsAccountID(a.Account) {
		return ""
	}
	return a.Account
}

// replace puts the policies that are simulated in the place of the world's.
func (s *simulation) replace(p *eval.Policies, resource string) error {
	switch {
	case s.about == nil:
		p.SCP = nil
	case s.in.CallerArn != nil || s.about.arn == "":
		p.SCP = s.World.SCPs(s.about.account)
	}
	p.Identity = s.identity
	switch {
	case s.boundary != nil:
		p.Boundary = s.boundary
	case s.about == nil || s.in.CallerArn != nil:
		p.Boundary = s.attachedBoundary()
	}
	if s.in.ResourcePolicy == nil {
		return nil
	}
	set, kind := &s.resource, policy.Resource
	if isRole(resource) {
		set, kind = &s.trust, policy.Trust
	}
	if *set == nil {
		read, err := parse("ResourcePolicy", *s.in.ResourcePolicy, kind)
		if err != nil {
			return err
		}
		*set = policy.Compile(read)
	}
	p.Resource = *set
	return nil
}

// attachedBoundary gives the boundary of the user or role that is asked about,
// where somebody else calls.
func (s *simulation) attachedBoundary() *policy.Set {
	if s.about == nil || s.about.boundary == "" {
		return nil
	}
	m := s.World.ManagedPolicy(s.about.boundary)
	if m == nil || m.Document() == nil {
		return policy.Compile() // not known: it allows nothing
	}
	return policy.Compile(policy.Policy{Name: m.Name, ARN: m.ARN, Document: m.Document()})
}

func isRole(resource string) bool {
	a, err := arn.Parse(resource)
	return err == nil && a.Service == "iam" && strings.HasPrefix(a.Resource, "role/")
}
