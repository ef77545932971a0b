package scenario

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/policy/eval"
	"github.com/rolecall/rolecall/reach"
	"github.com/rolecall/rolecall/sts"
	"github.com/rolecall/rolecall/world"
)

// runner runs the tests of a suite against a world, which may be a changed one.
type runner struct {
	suite  *Suite
	world  *world.World
	finder *reach.Finder
	lab    func() (*lab, error)
	edges  func() ([]edgeValue, error)
	// observe is told every decision; it may be nil and is called by several
	// goroutines.
	observe func(eval.Decision)
}

func newRunner(s *Suite, f *reach.Finder, observe func(eval.Decision)) *runner {
	return &runner{
		suite: s, world: f.World(), finder: f, observe: observe,
		lab:   sync.OnceValues(func() (*lab, error) { return newLab(f.World(), s.Tests) }),
		edges: sync.OnceValues(func() ([]edgeValue, error) { return edges(f) }),
	}
}

// invariant checks an invariant.
func (r *runner) invariant(i *Invariant) Result {
	result := Result{Suite: r.suite.Name, Name: i.Name, Position: i.Position(), Checks: 1}
	list, err := r.edges()
	if err != nil {
		result.Failures = []Failure{{at: i.at, Check: "invariant", Got: err.Error()}}
		return result
	}
	result.Failures = i.check(list)
	return result
}

// test runs a test.
func (r *runner) test(t *Test) Result {
	result := Result{Suite: r.suite.Name, Name: t.Name, Position: t.Position()}
	fail := func(f ...Failure) { result.Failures = append(result.Failures, f...) }
	for i := range t.questions {
		result.Checks++
		answer, f := t.questions[i].ask(r.finder)
		if f != nil {
			fail(*f)
		}
		r.sawAnswer(&answer)
		fail(t.assertAnswer(&t.questions[i], &answer)...)
	}
	var made *session
	if len(t.steps) > 0 {
		var failures []Failure
		result.Checks++
		made, failures = r.assume(t)
		fail(failures...)
		if len(failures) > 0 || t.fails != nil {
			return result
		}
		if len(t.checks) == 0 {
			fail(t.assert(t.asserts, t.at, "the session", nil, made)...)
		}
	}
	for i := range t.checks {
		result.Checks++
		fail(r.check(t, &t.checks[i], made)...)
	}
	return result
}

func (r *runner) saw(d eval.Decision) {
	if r.observe != nil {
		r.observe(d)
	}
}

func (r *runner) sawAnswer(a *reach.Answer) {
	for i := range a.Hops {
		for _, asked := range a.Hops[i].Asked {
			r.saw(asked.Decision)
		}
	}
}

// assertAnswer evaluates the assertions of a test about an answer: the decision
// is that on the last call.
func (t *Test) assertAnswer(q *question, a *reach.Answer) []Failure {
	if len(t.asserts) == 0 || len(a.Hops) == 0 {
		return nil
	}
	f := Failure{answer: a}
	return t.assert(t.asserts, q.at, "the answer for "+shortRole(q.To), f.deciding(), nil)
}

// assume makes the calls of a test. All but the last must succeed, and so must
// that one unless a failure is expected.
func (r *runner) assume(t *Test) (*session, []Failure) {
	broken := func(s *step, err error) []Failure {
		f := Failure{at: s.at, Check: s.String(), Expected: "a session", Got: err.Error(), decision: decisionOf(err)}
		if f.decision != nil {
			f.Message = f.decision.Message()
		}
		return []Failure{f}
	}
	last := &t.steps[len(t.steps)-1]
	l, err := r.lab()
	if err != nil {
		return nil, broken(last, err)
	}
	ctx := context.Background()
	if r.observe != nil {
		ctx = sts.WithObserver(ctx, r.observe)
	}
	c, err := l.newCalling(ctx, t)
	if err != nil {
		return nil, broken(last, err)
	}
	for i := range t.steps {
		s := &t.steps[i]
		err := c.call(s)
		switch {
		case s == last && t.fails != nil:
			return nil, t.expectFailure(s, c, err)
		case err != nil:
			return nil, broken(s, err)
		}
	}
	// Whoever has a session may ask who it is; the answer tells its keys.
	d, err := c.service.Authorize(sts.WithObserver(c.ctx, nil), c.caller, "sts:GetCallerIdentity", "*", conditions.Context{})
	if err != nil {
		return nil, broken(last, err)
	}
	made := newSession(c.caller, d, c.now)
	made.calling = c
	return made, nil
}

// expectFailure compares the refusal of a call with what is expected.
func (t *Test) expectFailure(s *step, c *calling, err error) []Failure {
	f := Failure{at: t.fails.at, Check: s.String(), decision: decisionOf(err)}
	if err == nil {
		f.Expected, f.Got = t.fails.refusal(), "a session of "+c.caller.ARN()
		return []Failure{f}
	}
	if f.Expected, f.Got = t.fails.failureOf(err); f.Expected != "" {
		return []Failure{f}
	}
	return t.assert(t.asserts, t.fails.at, s.String(), decisionOf(err), nil)
}

// refusal names the failure that is expected.
func (e *expectation) refusal() string {
	if e.code != "" {
		return e.code
	}
	return "a refusal"
}

// check decides one request and compares.
func (r *runner) check(t *Test, c *check, made *session) []Failure {
	who := t.caller
	if made != nil {
		who = made.value.Arn
	}
	f := Failure{at: c.at, Check: fmt.Sprintf("%s: %s on %s", who, c.action, c.resource), Expected: expectedWord(c.allowed)}
	d, err := r.decide(t, c, made)
	if err != nil {
		f.Got = err.Error()
		return []Failure{f}
	}
	f.decision, f.Message = &d, d.Message()
	if want := d.Outcome == eval.Conditional || d.Allowed() != c.allowed; want {
		f.Got = describe(d)
		return []Failure{f}
	}
	if c.because != nil {
		if f.Expected, f.Got = c.because.mismatch(d); f.Expected != "" {
			f.at = c.because.at
			return []Failure{f}
		}
	}
	return t.assert(c.asserts, c.at, f.Check, &d, made)
}

func expectedWord(allowed bool) string {
	if allowed {
		return "allowed"
	}
	return "denied"
}

// describe gives a decision in a few words.
func describe(d eval.Decision) string {
	layer := d.LayerName(d.Reason)
	switch {
	case d.Outcome == eval.Conditional:
		return "conditional, on " + joined(unknowns(d.Residual(), nil))
	case d.Outcome == eval.ExplicitDeny && layer != "":
		return "denied by an explicit deny: " + layer
	case d.Allowed() && layer != "":
		return "allowed by " + layer
	case layer != "":
		return "denied: no " + layer + " allows it"
	default:
		return fmt.Sprintf("%s (%s)", d.Outcome, d.Reason)
	}
}

// unknowns names what a conditional decision hinges on: policies whose documents
// the world does not hold.
func unknowns(f eval.Residual, list []string) []string {
	if f.Hinge != nil && f.Hinge.Test != nil {
		name := f.Hinge.Test.Key().String()
		if policy, ok := strings.CutPrefix(name, world.UnknownPolicyPrefix); ok {
			name = "what the policy " + policy + " says"
		}
		if !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	for _, part := range f.Parts {
		list = unknowns(part, list)
	}
	return list
}

// decide decides a request of a session, or of a caller without one.
func (r *runner) decide(t *Test, c *check, made *session) (eval.Decision, error) {
	if made != nil {
		return made.calling.service.Authorize(made.calling.ctx, made.caller, c.action, c.resource, c.context)
	}
	q := world.Request{Principal: t.caller, Action: c.action, Resource: c.resource, Context: surroundings(c.context), Time: t.now}
	if t.session != nil {
		q.Session.Policies = policy.Compile(t.session...)
	}
	if r.world.User(t.caller) != nil {
		q.Session.Credentials = eval.LongTerm
	}
	request, policies, err := r.world.Prepare(q)
	if err != nil {
		return eval.Decision{}, err
	}
	d, err := eval.Decide(request, policies)
	if err == nil {
		r.saw(d)
	}
	return d, err
}

// surroundings adds the keys that every request has, as the calls of sessions
// do.
func surroundings(given conditions.Context) conditions.Context {
	const more = 3
	c := given.Clone(more)
	c.AddDefault("aws:SecureTransport", "true")
	c.AddDefault("aws:ViaAWSService", "false")
	c.AddDefault("aws:RequestedRegion", "us-east-1")
	return c
}

// String names the call of a step.
func (s *step) String() string {
	switch {
	case s.token != nil:
		return "AssumeRoleWithWebIdentity " + shortRole(s.role)
	case s.response != nil:
		return "AssumeRoleWithSAML " + shortRole(s.role)
	case s.root != nil:
		return "AssumeRoot " + s.root.account
	case s.sessionToken:
		return "GetSessionToken"
	case s.federated != "":
		return "GetFederationToken " + s.federated
	default:
		return "AssumeRole " + shortRole(s.role)
	}
}
