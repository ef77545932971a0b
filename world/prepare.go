package world

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/policy/eval"
	"github.com/rolecall/rolecall/principal"
)

// Request is who wants to do what in a world. Principal and Action must be
// set; every other field has a useful zero value.
type Request struct {
	// Principal, Action, Resource, Context and Time are those of [eval.Query].
	// What the context gives wins over what follows from the world.
	Principal, Action, Resource string
	Context                     conditions.Context
	Time                        time.Time
	// Session is what the caller's session carries.
	Session Session
	// Endpoint is the policy of the VPC endpoint that the request came through.
	Endpoint *policy.Set
}

// Session is what a caller's session carries besides its identity.
type Session struct {
	// Policies are the session policies; nil means that none were passed.
	Policies *policy.Set
	// Tags are the session tags; each takes the place of the user's or role's tag
	// of the same key (EV-136).
	Tags []Tag
	// Issuer is the ARN of the user, or root user, who made a federated user
	// session (EV-24).
	Issuer string
	// Credentials is the kind of credentials, where it matters.
	Credentials eval.Credentials
}

// ErrNotFound is wrapped by the error for a principal that an account of the
// world does not have.
var ErrNotFound = errors.New("not in the world")

// Prepare gathers what a decision needs. It fails on a request that cannot be
// (see [eval.NewRequest]), and with [ErrNotFound] on a user or role that its
// account, which the world holds, does not have. A caller from an account that
// the world does not hold has policies that are not known.
func (w *World) Prepare(r Request) (*eval.Request, *eval.Policies, error) {
	return w.Preparer().Prepare(r)
}

// Preparer prepares many requests one after the other in the same room: what
// it gives is valid until the next call only. It is not safe for use by several
// goroutines.
type Preparer struct {
	gathering
	table    conditions.Table
	prepared eval.Request
}

// Preparer makes a preparer of requests in the world.
func (w *World) Preparer() *Preparer {
	return &Preparer{gathering: gathering{world: w}}
}

// Prepare is [World.Prepare] in the room of the request before.
func (p *Preparer) Prepare(r Request) (*eval.Request, *eval.Policies, error) {
	context := p.query.Context
	const usual = 24
	context.CopyFrom(&r.Context, usual, &p.table)
	p.request = r
	p.query = eval.Query{
		Principal: r.Principal, Action: r.Action, Resource: r.Resource, Context: context, Time: r.Time,
		Issuer: r.Session.Issuer, Credentials: r.Session.Credentials,
	}
	p.policies = eval.Policies{Session: r.Session.Policies, Endpoint: r.Endpoint}
	if err := p.principal(); err != nil {
		return nil, nil, err
	}
	p.resource()
	if err := p.prepared.Reset(p.query); err != nil {
		return nil, nil, err
	}
	return &p.prepared, &p.policies, nil
}

// gathering collects the policies and keys of one request.
type gathering struct {
	world    *World
	request  Request
	query    eval.Query
	policies eval.Policies
}

// principal gathers the caller's side.
func (g *gathering) principal() error {
	caller, err := principal.ParseCaller(g.request.Principal, true)
	if err != nil {
		return fmt.Errorf("%w: %w", eval.ErrQuery, err)
	}
	if !caller.HasAccount() {
		return nil
	}
	if g.world.accounts[caller.Account] == nil || caller.Partition != g.world.partition {
		g.stranger(&caller)
		return nil
	}
	g.query.Context.AddDefault("aws:PrincipalAccount", caller.Account)
	g.organization("aws:PrincipalOrgID", "aws:PrincipalOrgPaths", caller.Account)
	g.policies.SCP = g.world.SCPs(caller.Account)
	return g.identity(&caller, g.request.Principal)
}

// identity gathers the policies, tags and unique id of the user or role
// behind a caller; name is its ARN.
func (g *gathering) identity(caller *principal.Caller, name string) error {
	switch {
	case caller.Kind == principal.User:
		u := g.world.User(name)
		if u == nil {
			return fmt.Errorf("%w: there is no user %s", ErrNotFound, name)
		}
		if g.query.Issuer != "" {
			g.query.IssuerID = u.ID
		} else {
			g.query.UniqueID = u.ID
		}
		g.take(&u.effective, u.Tags)
	case caller.IsRole():
		r := g.world.Role(name)
		if r == nil {
			return fmt.Errorf("%w: there is no role of %s", ErrNotFound, name)
		}
		g.query.UniqueID, g.query.ServiceLinked = r.ID, r.ServiceLinked
		if caller.Kind == principal.RoleSession {
			g.query.RoleARN = r.arn
		}
		g.take(&r.effective, r.Tags)
	case caller.Kind == principal.FederatedUser:
		return g.issuer()
	}
	return nil
}

// issuer gathers the side of the user who made a federated user session
// (EV-24). Without one the session has no identity-based policies.
func (g *gathering) issuer() error {
	if g.query.Issuer == "" {
		g.tags(nil)
		return nil
	}
	issuer, err := principal.ParseCaller(g.query.Issuer, false)
	if err != nil {
		return fmt.Errorf("%w: %w", eval.ErrQuery, err)
	}
	if issuer.Kind != principal.User {
		g.tags(nil)
		return nil // root, or what NewRequest refuses
	}
	return g.identity(&issuer, g.query.Issuer)
}

func (g *gathering) take(e *effective, tags []Tag) {
	g.policies.Identity, g.policies.Boundary = e.identity, e.boundary
	if len(e.unknown) > 0 {
		g.query.Context.AddOpenPrefix(UnknownPolicyPrefix)
	}
	g.tags(tags)
}

// tags adds the principal tags: those of the session before those of the user
// or role.
func (g *gathering) tags(own []Tag) {
	for _, list := range [][]Tag{g.request.Session.Tags, own} {
		for _, t := range list {
			g.query.Context.AddDefault("aws:PrincipalTag/"+t.Key, t.Value)
		}
	}
}

// stranger is a caller from an account that the world does not hold: its
// policies, tags and organization are not known.
func (g *gathering) stranger(caller *principal.Caller) {
	if caller.Kind != principal.Root {
		g.policies.Identity = stranger(caller.Account)
	}
	context := &g.query.Context
	for _, prefix := range []string{UnknownPolicyPrefix, "aws:PrincipalTag/"} {
		context.AddOpenPrefix(prefix)
	}
	for _, key := range []string{"aws:PrincipalOrgID", "aws:PrincipalOrgPaths"} {
		context.OpenDefault(key, false)
	}
}

// organization adds the keys of the organization that an account is in.
func (g *gathering) organization(id, paths, accountID string) {
	if m := g.world.member(accountID); m != nil {
		g.query.Context.AddDefault(id, g.world.org.ID)
		g.query.Context.AddDefaultList(paths, m.paths)
	}
}

// resource gathers the side of the resource: its policy, tags and the
// account's RCPs.
func (g *gathering) resource() {
	name := g.request.Resource
	if name == "" || name == "*" {
		return
	}
	owner, set, tags := g.world.resource(name)
	g.policies.Resource = set
	if owner != "" {
		g.query.ResourceAccount = owner
		g.policies.RCP = g.world.RCPs(owner)
		g.organization("aws:ResourceOrgID", "aws:ResourceOrgPaths", owner)
	}
	iam := strings.Contains(name, ":iam::")
	for _, t := range tags {
		g.query.Context.AddDefault("aws:ResourceTag/"+t.Key, t.Value)
		if iam {
			g.query.Context.AddDefault("iam:ResourceTag/"+t.Key, t.Value)
		}
	}
}
