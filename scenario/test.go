package scenario

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/conditions/celx"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/internal/jsonpos"
	"github.com/rolecall/rolecall/policy"
)

// Test is one test of a suite: for a test with a matrix, one row of it.
type Test struct {
	// Name is the test's name, with the row of its matrix behind it.
	Name string

	at  place
	now time.Time
	// caller is the ARN of who begins, or the name of a service; empty where an
	// identity provider vouches for somebody.
	caller string
	// context are the keys of the test's requests.
	context   conditions.Context
	steps     []step
	session   []policy.Policy
	checks    []check
	questions []question
	fails     *expectation
	asserts   []*celx.Assertion
	row       row
}

// Position is where the test stands.
func (t *Test) Position() diag.Position { return t.at.position() }

// testDraft is a test as it is written.
type testDraft struct {
	name, as, on, context, now, matrix, assume, can, cannot  jsonpos.Value
	canAssume, cannotAssume, fails, because, assert, session jsonpos.Value
}

var testFields = []field[testDraft]{
	keep("name", func(d *testDraft) *jsonpos.Value { return &d.name }),
	keep("as", func(d *testDraft) *jsonpos.Value { return &d.as }),
	keep("on", func(d *testDraft) *jsonpos.Value { return &d.on }),
	keep("context", func(d *testDraft) *jsonpos.Value { return &d.context }),
	keep("now", func(d *testDraft) *jsonpos.Value { return &d.now }),
	keep("matrix", func(d *testDraft) *jsonpos.Value { return &d.matrix }),
	keep("assume", func(d *testDraft) *jsonpos.Value { return &d.assume }),
	keep("session-policy", func(d *testDraft) *jsonpos.Value { return &d.session }),
	keep("can", func(d *testDraft) *jsonpos.Value { return &d.can }),
	keep("cannot", func(d *testDraft) *jsonpos.Value { return &d.cannot }),
	keep("can-assume", func(d *testDraft) *jsonpos.Value { return &d.canAssume }),
	keep("cannot-assume", func(d *testDraft) *jsonpos.Value { return &d.cannotAssume }),
	keep("fails", func(d *testDraft) *jsonpos.Value { return &d.fails }),
	keep("because", func(d *testDraft) *jsonpos.Value { return &d.because }),
	keep("assert", func(d *testDraft) *jsonpos.Value { return &d.assert }),
}

func (r *reader) tests(v jsonpos.Value) {
	if v.Kind() != jsonpos.Array {
		r.wrongType(v, "tests", "a list")
		return
	}
	for item := range v.Items() {
		var d testDraft
		object(r, item, "a test", testFields, &d)
		if item.Kind() != jsonpos.Object {
			continue
		}
		rows := []row{nil}
		if d.matrix.Exists() {
			rows = r.matrix(d.matrix)
		}
		for _, row := range rows {
			r.row = row
			r.testsOf(item, &d)
			if r.full(item) {
				return
			}
		}
		r.row = nil
	}
}

// full tells that nothing more is read, since there is too much or too much is
// wrong.
func (r *reader) full(item jsonpos.Value) bool {
	if len(r.suite.Tests) > maxTests || r.checked > maxChecks {
		r.refuse(CodeTooLarge, placeOf(item), fmt.Sprintf("the file has more than %d tests, or %d requests", maxTests, maxChecks), "make several files of it")
		return true
	}
	return len(r.problems) >= maxProblems
}

// testsOf makes the tests of one row: one for each caller.
func (r *reader) testsOf(item jsonpos.Value, d *testDraft) {
	callers := r.suite.defaults.as
	if d.as.Exists() {
		callers = r.texts(d.as, "as")
	}
	if len(callers) == 0 {
		callers = []string{""}
	}
	for _, caller := range callers {
		if r.full(item) {
			return
		}
		t := &Test{at: placeOf(item), now: r.suite.now, row: r.row}
		if !d.name.Exists() {
			r.refuse(CodeMissing, placeOf(item), "the test has no name", "name: says what the test shows")
			return
		}
		t.Name = r.text(d.name, "name")
		suffix := slices.Clone(r.row)
		if len(callers) > 1 {
			suffix = append(suffix, pair{"as", caller})
		}
		if d.as.Exists() && len(callers) > 1 || d.matrix.Exists() {
			t.Name += " [" + suffix.String() + "]"
		}
		if d.now.Exists() {
			t.now = r.instant(d.now, "now")
		}
		r.fillTest(t, d, caller)
		r.suite.Tests = append(r.suite.Tests, t)
	}
}

func (r *reader) fillTest(t *Test, d *testDraft, caller string) {
	if d.assume.Exists() {
		for _, item := range r.items(d.assume) {
			t.steps = append(t.steps, r.step(item))
		}
	}
	if d.session.Exists() {
		t.session = r.policies(d.session, "session-policy", policy.Session)
	}
	if d.fails.Exists() {
		t.fails = r.expectation(d.fails, "fails", true)
	}
	if d.assert.Exists() {
		t.asserts = r.assertions(d.assert)
	}
	t.context = r.suite.defaults.context.Clone(0)
	if d.context.Exists() {
		t.context = over(t.context, r.context(d.context))
	}
	r.checks(t, d)
	if asks := d.canAssume.Exists() || d.cannotAssume.Exists(); asks {
		r.questions(t, d, caller)
	}
	r.caller(t, d, caller)
	r.consistent(t, d)
}

// caller finds out who begins.
func (r *reader) caller(t *Test, d *testDraft, name string) {
	at := t.at
	if d.as.Exists() {
		at = placeOf(d.as)
	}
	vouched := len(t.steps) > 0 && t.steps[0].vouched()
	needed := len(t.checks) > 0 || len(t.steps) > 0
	switch {
	case vouched && d.as.Exists():
		r.refuse(CodeConflict, at, "an identity provider vouches for who begins, so that there is no as", "leave it out")
	case vouched || !needed || name == "" && r.problems.HasErrors():
	case name == "":
		r.refuse(CodeMissing, at, "the test does not say who calls", "as: names a user, a role or a service")
	default:
		arn, err := r.suite.finder.Principal(name)
		if err != nil {
			r.refuseName(at, err)
			return
		}
		t.caller = arn
		if root := strings.HasSuffix(arn, ":root"); len(t.steps) > 0 && !root && r.suite.World.User(arn) == nil {
			r.refuse(CodeBadValue, at, diag.Clip(arn, 200)+" cannot begin a chain of calls", "begin with a user, a root user or an identity provider; as a role, use can-assume")
		}
	}
}

// consistent refuses what cannot be tested together.
func (r *reader) consistent(t *Test, d *testDraft) {
	decides := len(t.checks) > 0
	switch {
	case t.fails != nil && len(t.steps) == 0:
		r.refuse(CodeMissing, placeOf(d.fails), "there is no call that could fail", "fails: is about the last call of assume")
	case t.fails != nil && decides:
		r.refuse(CodeConflict, placeOf(d.fails), "a call that fails gives no session that could do anything", "make two tests of it")
	case d.because.Exists() && d.can.Exists() == d.cannot.Exists():
		r.refuse(CodeConflict, placeOf(d.because), "because needs either can or cannot beside it", "say because in an item: {action: s3:GetObject, because: ...}")
	case len(t.questions) > 0 && len(t.steps) > 0:
		r.refuse(CodeConflict, placeOf(d.assume), "assume makes calls and can-assume asks who could; a test does one of them", "make two tests of it")
	case t.session != nil && len(t.steps) > 0:
		r.refuse(CodeConflict, placeOf(d.session), "session-policy of a test with assume belongs to the call", "move it into the step")
	case !decides && len(t.questions) == 0 && len(t.steps) == 0 && !r.problems.HasErrors():
		r.refuse(CodeMissing, t.at, "the test expects nothing", "say can, cannot, can-assume, cannot-assume or assume")
	}
}

// check is one request with what is expected of it.
type check struct {
	action, resource string
	context          conditions.Context
	allowed          bool
	because          *expectation
	asserts          []*celx.Assertion
	at               place
}

// checkDraft is an item of can or cannot.
type checkDraft struct {
	action, on, context, because, assert jsonpos.Value
}

var checkFields = []field[checkDraft]{
	keep("action", func(d *checkDraft) *jsonpos.Value { return &d.action }),
	keep("on", func(d *checkDraft) *jsonpos.Value { return &d.on }),
	keep("context", func(d *checkDraft) *jsonpos.Value { return &d.context }),
	keep("because", func(d *checkDraft) *jsonpos.Value { return &d.because }),
	keep("assert", func(d *checkDraft) *jsonpos.Value { return &d.assert }),
}

func (r *reader) checks(t *Test, d *testDraft) {
	for _, side := range []struct {
		v       jsonpos.Value
		allowed bool
	}{{d.can, true}, {d.cannot, false}} {
		if !side.v.Exists() {
			continue
		}
		for _, item := range r.items(side.v) {
			one := checkDraft{action: item, on: d.on, because: d.because}
			if item.Kind() == jsonpos.Object {
				one = checkDraft{on: d.on, because: d.because}
				object(r, item, "an item of can or cannot", checkFields, &one)
				if !one.action.Exists() {
					r.refuse(CodeMissing, placeOf(item), "the item has no action", "")
					continue
				}
			}
			r.checksOf(t, &one, side.allowed)
		}
	}
}

// checksOf makes a check of each action on each resource.
func (r *reader) checksOf(t *Test, one *checkDraft, allowed bool) {
	resources := r.suite.defaults.on
	if one.on.Exists() {
		resources = r.texts(one.on, "on")
	}
	if len(resources) == 0 {
		resources = []string{"*"}
	}
	c := check{allowed: allowed, context: t.context, asserts: t.asserts}
	if one.context.Exists() {
		c.context = over(c.context, r.context(one.context))
	}
	if one.because.Exists() {
		c.because = r.expectation(one.because, "because", false)
	}
	if one.assert.Exists() {
		c.asserts = append(slices.Clone(c.asserts), r.assertions(one.assert)...)
	}
	for _, item := range r.items(one.action) {
		c.at, c.action = placeOf(item), r.text(item, "an action")
		for _, c.resource = range resources {
			if r.checked++; r.checked > maxChecks {
				return
			}
			r.request(&c)
			t.checks = append(t.checks, c)
		}
	}
}

// request refuses an action or a resource that no request has.
func (r *reader) request(c *check) {
	var request policy.Request
	if err := request.Set(c.action, c.resource); err != nil {
		r.refuse(CodeBadValue, c.at, err.Error(), "can and cannot list what is asked for, such as s3:GetObject; on: names on what")
	}
}

// over gives a context with the keys of another put over its own.
func over(base, top conditions.Context) conditions.Context {
	c := base.Clone(top.Len())
	for key, seen := range top.All() {
		c.Set(key, seen)
	}
	return c
}
