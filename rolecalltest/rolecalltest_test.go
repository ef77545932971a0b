package rolecalltest_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/rolecall/rolecall"
	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/policy/eval"
	"github.com/rolecall/rolecall/reach"
	"github.com/rolecall/rolecall/rolecalltest"
	"github.com/rolecall/rolecall/world"
)

// fake is a test that notes what it is told.
type fake struct {
	errors, fatal []string
}

func (f *fake) Helper() {}
func (f *fake) Errorf(format string, args ...any) {
	f.errors = append(f.errors, fmt.Sprintf(format, args...))
}

func (f *fake) Fatalf(format string, args ...any) {
	f.fatal = append(f.fatal, fmt.Sprintf(format, args...))
	panic(f)
}

// run runs an assertion against a fake test.
func run(assert func(rolecalltest.T)) (f *fake) {
	f = &fake{}
	defer func() {
		if r := recover(); r != nil && r != any(f) {
			panic(r)
		}
	}()
	assert(f)
	return f
}

var (
	server = "arn:aws:sts::333333333333:assumed-role/web-server/i-0abc"
	read   = world.Request{Principal: server, Action: "s3:GetObject", Resource: "arn:aws:s3:::example-assets/logo.png"}
	write  = world.Request{Principal: server, Action: "s3:PutObject", Resource: "arn:aws:s3:::example-assets/logo.png"}
	audit  = world.Request{
		Principal: "arn:aws:iam::222222222222:user/alice", Action: "sts:AssumeRole", Resource: "arn:aws:iam::333333333333:role/auditor",
	}
	deploy     = reach.Question{From: "alice", To: "deploy"}
	production = reach.Question{From: "alice", To: "production"}
	auditor    = reach.Question{From: "alice", To: "auditor"}
)

func TestAssertions(t *testing.T) {
	t.Parallel()
	w := rolecall.Example()
	tests := map[string]struct {
		assert func(rolecalltest.T)
		// want is text of the failure; empty means that there is none.
		want []string
	}{
		"allowed":             {func(t rolecalltest.T) { rolecalltest.Allowed(t, w, read) }, nil},
		"allowed, but is not": {func(t rolecalltest.T) { rolecalltest.Allowed(t, w, write) }, []string{"s3:PutObject by " + server, "is implicitDeny, want allowed", "because no identity-based policy allows"}},
		"denied":              {func(t rolecalltest.T) { rolecalltest.Denied(t, w, write) }, nil},
		"denied, but is not":  {func(t rolecalltest.T) { rolecalltest.Denied(t, w, read) }, []string{"is allowed, want denied", `identity allow "ReadAssets" at example/world.yaml:`, "- Sid: ReadAssets"}},
		"denied by a layer":   {func(t rolecalltest.T) { rolecalltest.DeniedBy(t, w, write, eval.ByIdentity, "") }, nil},
		"denied by another":   {func(t rolecalltest.T) { rolecalltest.DeniedBy(t, w, write, eval.BySCP, "") }, []string{"is implicitDeny by identity, want it denied by scp"}},
		"denied by a statement": {func(t rolecalltest.T) {
			rolecalltest.DeniedBy(t, w, audit, eval.BySCP, "NobodyTouchesTheAuditor")
		}, nil},
		"denied by another statement": {func(t rolecalltest.T) { rolecalltest.DeniedBy(t, w, audit, eval.BySCP, "Other") }, []string{`want it denied by "Other" of scp`, "NobodyTouchesTheAuditor"}},
		"can":                         {func(t rolecalltest.T) { rolecalltest.CanAssume(t, w, deploy) }, nil},
		"can, but depends":            {func(t rolecalltest.T) { rolecalltest.CanAssume(t, w, production) }, []string{"conditional, want yes", `if sts:ExternalId StringEquals "release-train"`}},
		"cannot":                      {func(t rolecalltest.T) { rolecalltest.CannotAssume(t, w, auditor) }, nil},
		"cannot, but can":             {func(t rolecalltest.T) { rolecalltest.CannotAssume(t, w, deploy) }, []string{"yes, want no", `resource allow "Tools"`}},
		"cannot by a statement": {func(t rolecalltest.T) {
			rolecalltest.CannotAssumeBy(t, w, auditor, eval.BySCP, "NobodyTouchesTheAuditor")
		}, nil},
		"cannot by another": {func(t rolecalltest.T) { rolecalltest.CannotAssumeBy(t, w, auditor, eval.ByBoundary, "") }, []string{"want no by boundary"}},
		"can if": {func(t rolecalltest.T) {
			rolecalltest.CanAssumeIf(t, w, production, "aws:multifactorauthpresent", "sts:ExternalId")
		}, nil},
		"can if less": {func(t rolecalltest.T) { rolecalltest.CanAssumeIf(t, w, production, "sts:ExternalId") }, []string{`hinging on ["aws:multifactorauthpresent" "sts:externalid"]`}},
		"no request": {func(t rolecalltest.T) {
			rolecalltest.Allowed(t, w, world.Request{Principal: "x", Action: "s3:GetObject"})
		}, []string{"no principal can have this name"}},
		"no question": {func(t rolecalltest.T) { rolecalltest.CanAssume(t, w, reach.Question{From: "nobody", To: "deploy"}) }, []string{`no user or role is named "nobody"`}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := run(tt.assert)
			got := strings.Join(append(f.errors, f.fatal...), "\n")
			if (len(tt.want) == 0) != (got == "") {
				t.Fatalf("it says %q", got)
			}
			for _, want := range tt.want {
				if !strings.Contains(got, want) {
					t.Errorf("it does not say %q:\n%s", want, got)
				}
			}
		})
	}
}

// TestAssertionsWorkInProperties: a *rapid.T is a T.
func TestAssertionsWorkInProperties(t *testing.T) {
	t.Parallel()
	w := rolecall.Example()
	rapid.Check(t, func(t *rapid.T) {
		q := production
		id := rapid.StringMatching(`[a-z]{2,10}`).Draw(t, "external id")
		q.Call.Context.Set(conditions.NewKey("sts:ExternalId"), conditions.Seen{Values: []string{id}})
		rolecalltest.CannotAssume(t, w, q)
	})
}
