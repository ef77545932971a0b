package reach

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rolecall/rolecall/arn"
	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/policy/eval"
	"github.com/rolecall/rolecall/principal"
	"github.com/rolecall/rolecall/world"
)

// caller is a principal that may assume roles.
type caller struct {
	kind principal.Kind
	// name is the principal of the request: an ARN, a service, a provider.
	name string
	// id is the unique id of a role.
	id string
	// account is empty for services and the providers that are built into AWS.
	account string
	// host is the issuer of an OIDC provider, without https://.
	host string
	// stranger is what a principal of another world can be: nothing is known of
	// it but, at most, its account.
	stranger bool
}

// roleCaller is a session of a role, its name known or not.
func roleCaller(r *world.Role, session string) caller {
	c := caller{kind: principal.Role, name: r.ARN(), id: r.ID, account: arn.AccountOf(r.ARN())}
	if session != "" {
		c.kind = principal.RoleSession
		prefix, _, _ := strings.Cut(r.ARN(), ":role/")
		c.name = strings.Replace(prefix, ":iam:", ":sts:", 1) + ":assumed-role/" + r.Name + "/" + session
	}
	return c
}

// hop is one call under question.
type hop struct {
	finder   *Finder
	contexts *contexts
	from     caller
	role     *world.Role
	// session is what the caller's session carries from an earlier hop; nil in
	// the first.
	session *Carried
	// scratch, if it is not nil, is the room in which decisions are made that
	// nobody wants to see; the result then has none in Asked.
	scratch *world.Preparer
}

// decide asks for every action that the call needs.
func (h *hop) decide() (Hop, error) {
	result := Hop{From: h.from.name, To: h.role.ARN(), Verdict: Yes, Session: h.gives()}
	if result.Refusal = h.refusal(); result.Refusal != "" {
		result.Verdict = No
		return result, nil
	}
	ctx := h.context()
	for _, action := range h.actions() {
		decision, err := h.ask(action, ctx)
		if err != nil {
			return Hop{}, err
		}
		if h.scratch == nil || decision.Outcome == eval.Conditional {
			result.Asked = append(result.Asked, Asked{action, decision})
		}
		switch {
		case decision.Allowed():
		case decision.Outcome == eval.Conditional && result.Verdict != No:
			result.Verdict = Conditional
		case decision.Outcome != eval.Conditional:
			result.Verdict = No
		}
	}
	if result.Verdict == Conditional {
		return h.settle(result), nil
	}
	return result, nil
}

func (h *hop) ask(action string, ctx conditions.Context) (eval.Decision, error) {
	request := world.Request{
		Principal: h.from.name, Action: action, Resource: h.role.ARN(), Context: ctx, Time: h.contexts.call.Time,
	}
	request.Session = h.contexts.call.Session
	if h.session != nil {
		request.Session = world.Session{Tags: h.session.Tags}
	}
	if h.scratch != nil {
		decision, err := decide(h.scratch, request)
		if err != nil || decision.Outcome != eval.Conditional {
			return decision, err
		}
	}
	return decide(h.finder.world.Preparer(), request)
}

func decide(in *world.Preparer, request world.Request) (eval.Decision, error) {
	prepared, policies, err := in.Prepare(request)
	if err != nil {
		return eval.Decision{}, err
	}
	decision, err := eval.Decide(prepared, policies)
	if decision.Outcome == eval.ImplicitDeny {
		decision.Reason = firstMissing(decision)
	}
	return decision, err
}

// firstMissing gives what a refusal names first of all that is missing: whom
// the role trusts, then what the caller may do (EV-148).
func firstMissing(d eval.Decision) eval.Reason {
	for _, r := range []eval.Reason{eval.ByResource, eval.ByIdentity, eval.ByBoundary, eval.BySession, eval.BySCP} {
		if d.BlockedBy.Has(r) && d.Reason.IsLayer() {
			return r
		}
	}
	return d.Reason
}

// settle looks whether what is open matters after all.
func (h *hop) settle(result Hop) Hop {
	var context *conditions.Context
	for _, a := range result.Asked {
		if a.Decision.Outcome == eval.Conditional {
			context = a.Decision.Request().Context()
			if result.Residual.Hinge == nil && result.Residual.Parts == nil {
				result.Residual = a.Decision.Residual()
			} else {
				result.Residual = result.Residual.And(a.Decision.Residual())
			}
		}
	}
	s := newSolver(h.finder.world, &result.Residual, context, h.from)
	switch {
	case s.never():
		result.Verdict = No
	case s.always():
		result.Verdict = Yes
	default:
		result.Alternatives = s.alternatives()
	}
	return result
}

// mainActions has a list of its own for each of the main actions; most calls
// need no other.
var mainActions = map[string][]string{
	assumeRole:            {assumeRole},
	assumeWithWebIdentity: {assumeWithWebIdentity},
	assumeWithSAML:        {assumeWithSAML},
}

const (
	assumeRole            = "sts:AssumeRole"
	assumeWithWebIdentity = "sts:AssumeRoleWithWebIdentity"
	assumeWithSAML        = "sts:AssumeRoleWithSAML"
)

// actions are those that the call needs, each asked on its own (EV-126).
func (h *hop) actions() []string {
	actions := mainActions[h.mainAction()]
	if h.session == nil && len(h.contexts.passed.Tags) > 0 || h.session != nil && len(h.session.Transitive) > 0 {
		actions = append(actions, "sts:TagSession")
	}
	if h.sourceIdentity() != "" {
		actions = append(actions, "sts:SetSourceIdentity")
	}
	return actions
}

func (h *hop) mainAction() string {
	switch {
	case h.from.kind != principal.IdentityProvider:
		return assumeRole
	case h.from.host != "":
		return assumeWithWebIdentity
	default:
		return assumeWithSAML
	}
}

// sourceIdentity is the one that the call passes or inherits.
func (h *hop) sourceIdentity() string {
	if h.session != nil {
		return h.session.SourceIdentity
	}
	return h.contexts.passed.SourceIdentity
}

// refusal says why the call fails whatever the policies say.
func (h *hop) refusal() string {
	switch {
	case h.from.kind == principal.IdentityProvider && !h.hasProvider():
		return fmt.Sprintf("account %s has no identity provider %s", arn.AccountOf(h.role.ARN()), h.from.name)
	case h.from.kind == principal.IdentityProvider && h.from.host == "" && strings.HasPrefix(h.role.Name, "AWSReservedSSO_"):
		return "roles of IAM Identity Center cannot be assumed with SAML" // EV-144
	}
	own, _ := h.contexts.call.Context.Text("aws:SourceIdentity")
	if passed := h.contexts.passed.SourceIdentity; h.session == nil && own != "" && passed != "" && own != passed {
		return "the caller's session has another source identity, which cannot change" // EV-131
	}
	return ""
}

// hasProvider tells whether the role's account has the identity provider; those
// that are built into AWS need none.
func (h *hop) hasProvider() bool {
	account := arn.AccountOf(h.role.ARN())
	if h.from.account == "" {
		return true
	}
	if h.from.account != account {
		return false
	}
	if h.from.host != "" {
		return h.finder.world.OIDCProvider(account, h.from.host) != nil
	}
	_, name, _ := strings.Cut(h.from.name, ":saml-provider/")
	return h.finder.world.SAMLProvider(account, name) != nil
}

// context is that of the call.
func (h *hop) context() conditions.Context {
	if h.session == nil {
		ctx := h.contexts.first(h.from.kind, h.from.host)
		if h.from.host != "" {
			ctx = ctx.Clone(1)
			ctx.AddDefault("aws:FederatedProvider", h.from.name)
		}
		if h.from.stranger {
			ctx = strange(ctx, h.from)
		}
		return ctx
	}
	ctx := h.contexts.next(*h.session)
	// A tag that the new session inherits takes the place of the role's tag of
	// the same key already while the trust policy is asked (EV-138, STS-59,
	// both CONTESTED).
	for _, t := range h.session.Transitive {
		if slices.ContainsFunc(h.role.Tags, func(own world.Tag) bool { return strings.EqualFold(own.Key, t.Key) }) {
			ctx.AddDefault("aws:ResourceTag/"+t.Key, t.Value)
			ctx.AddDefault("iam:ResourceTag/"+t.Key, t.Value)
		}
	}
	return ctx
}

// gives is what the session that the call makes carries on.
func (h *hop) gives() Carried {
	passed := h.contexts.passed
	given := Carried{Name: passed.Name, SourceIdentity: h.sourceIdentity(), MaxDuration: h.role.MaxSessionDuration}
	if h.session != nil {
		given.Tags, given.Transitive = h.session.Transitive, h.session.Transitive
	} else {
		given.Tags, given.Transitive = passed.Tags, passed.Transitive
	}
	if h.from.kind == principal.Role || h.from.kind == principal.RoleSession {
		given.MaxDuration = min(given.MaxDuration, time.Hour) // EV-130
	}
	return given
}

// strange opens what is not known of a principal of an account that the world
// does not hold, where a trust policy names no more than the account, or
// nobody.
func strange(ctx conditions.Context, c caller) conditions.Context {
	ctx = ctx.Clone(8)
	open(&ctx, []string{"aws:PrincipalArn", "aws:PrincipalType", "aws:userid"}, true)
	open(&ctx, []string{"aws:username"}, false)
	if c.account == nowhere {
		open(&ctx, []string{"aws:PrincipalAccount"}, true)
	}
	return ctx
}
