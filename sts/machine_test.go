package sts

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/world"
)

// The actions of the random worlds. A set of them is all that a policy says.
var machineActions = []string{"sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity", "s3:GetObject", "s3:PutObject"}

// actionSet is a set of actions by name; nil is no limit.
type actionSet map[string]bool

func drawActions(t *rapid.T, label string, usually bool) actionSet {
	set := actionSet{}
	for _, a := range machineActions {
		if n := rapid.IntRange(0, 9).Draw(t, label+" "+a); n < 5 || usually && n < 9 {
			set[a] = true
		}
	}
	return set
}

// statement writes the set as a policy; principal is empty for policies that
// have none.
func (s actionSet) statement(principal string) string {
	actions := slices.Sorted(maps.Keys(s))
	if principal != "" { // a trust policy has actions of STS alone
		actions = slices.DeleteFunc(actions, func(a string) bool { return !strings.HasPrefix(a, "sts:") })
	}
	actions = append(actions, "sts:AssumeRoleWithSAML") // never none
	resource := `,"Resource":"*"`
	if principal != "" {
		resource = `,"Principal":` + principal
	}
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["` + strings.Join(actions, `","`) + `"]` + resource + `}]}`
}

func (s actionSet) has(action string) bool { return s == nil || s[action] }

// modelRole is a role as the model knows it.
type modelRole struct {
	arn, name, account string
	max                time.Duration
	tags               map[string]string
	trust, identity    actionSet
}

// modelSession is what the model knows of credentials.
type modelSession struct {
	credentials Credentials
	caller      *Caller
	role        *modelRole // nil for the user and its sessions
	limit       actionSet  // of session policies
	longTerm    bool
	source      string
	tags        map[string]string // principal tags, keys in small letters
	transitive  map[string]string
}

func (s *modelSession) may(action string) bool {
	return s.role == nil || s.role.identity.has(action) && s.limit.has(action)
}

// machine runs random calls on two services with one key and holds every answer
// to the model.
type machine struct {
	t        *rapid.T
	clock    *clock
	one, two *Service
	roles    []*modelRole
	sessions []*modelSession
}

func document(t *rapid.T, kind policy.Kind, text string) *policy.Document {
	d, problems := policy.Parse(&diag.Source{Name: "drawn", Text: text}, policy.Options{Kind: kind})
	if d == nil {
		t.Fatal(problems)
	}
	return d
}

func newMachine(t *rapid.T) *machine {
	m := &machine{t: t, clock: &clock{now: start}}
	accounts := map[string]*world.Account{home: {ID: home}, work: {ID: work}}
	for i := range rapid.IntRange(1, 4).Draw(t, "roles") {
		account := rapid.SampledFrom([]string{home, work}).Draw(t, "account")
		r := &modelRole{
			name: fmt.Sprintf("role%d", i), account: account, arn: fmt.Sprintf("arn:aws:iam::%s:role/p/role%d", account, i),
			max:   time.Duration(rapid.IntRange(1, 12).Draw(t, "hours")) * time.Hour,
			trust: drawActions(t, "trust", true), identity: drawActions(t, "identity", true), tags: map[string]string{},
		}
		var tags []world.Tag
		for _, key := range []string{"A", "B"} {
			if rapid.Bool().Draw(t, "role tag") {
				tags, r.tags[strings.ToLower(key)] = append(tags, world.Tag{Key: key, Value: "role"}), "role"
			}
		}
		a := accounts[account]
		a.Roles = append(a.Roles, world.Role{
			Name: r.name, Path: "/p/", MaxSessionDuration: r.max, Tags: tags,
			Trust:       document(t, policy.Trust, r.trust.statement(`{"AWS":["`+home+`","`+work+`"]}`)),
			Permissions: world.Permissions{Inline: []policy.Policy{{Name: "p", Document: document(t, policy.Identity, r.identity.statement(""))}}},
		})
		m.roles = append(m.roles, r)
	}
	accounts[home].Users = []world.User{{
		Name: "alice", AccessKeys: []world.AccessKey{{ID: aliceKey, Secret: "secret"}},
		Permissions: world.Permissions{Inline: []policy.Policy{{Name: "all", Document: document(t, policy.Identity, allowAll)}}},
	}}
	w, problems := world.New(world.Description{Accounts: []world.Account{*accounts[home], *accounts[work]}})
	if w == nil {
		t.Fatal(problems)
	}
	key := []byte(strings.Repeat("m", 32))
	m.one = must(New(w, Options{Now: m.clock.Now, Rand: rand.NewChaCha8([32]byte{1}), Key: key}))(fatal{t: t})
	m.two = must(New(w, Options{Now: m.clock.Now, Rand: rand.NewChaCha8([32]byte{2}), Key: key}))(fatal{t: t})
	m.sessions = []*modelSession{{caller: must(m.one.Lookup(aliceKey, ""))(fatal{t: t}), longTerm: true, tags: map[string]string{}}}
	return m
}

// fatal is a rapid.T as the testing.TB that must wants.
type fatal struct {
	testing.TB
	t *rapid.T
}

func (f fatal) Helper()           {}
func (f fatal) Fatal(args ...any) { f.t.Fatal(args...) }

// assumeRole draws a call, and holds the answer to the model.
func (m *machine) assumeRole(t *rapid.T) {
	m.t = t
	from := rapid.SampledFrom(m.sessions).Draw(t, "caller")
	role := rapid.SampledFrom(m.roles).Draw(t, "role")
	input := in(role.arn)
	next := &modelSession{role: role, source: from.source, transitive: maps.Clone(from.transitive), tags: maps.Clone(role.tags)}
	if next.transitive == nil {
		next.transitive = map[string]string{}
	}
	maps.Copy(next.tags, next.transitive)
	conflict := m.drawTags(t, input, next, from)
	if rapid.IntRange(0, 3).Draw(t, "source identity") == 0 {
		input.SourceIdentity = new(rapid.SampledFrom([]string{"ana", "bob"}).Draw(t, "source"))
		if from.source == "" {
			next.source = *input.SourceIdentity
		}
	}
	if rapid.Bool().Draw(t, "session policy") {
		next.limit = drawActions(t, "limit", true)
		input.Policy = new(next.limit.statement(""))
	}
	if rapid.Bool().Draw(t, "duration") {
		input.DurationSeconds = new(int32(rapid.IntRange(900, 43200).Draw(t, "seconds")))
	}
	out, err := m.one.AssumeRole(ctx(), from.caller, input)
	want := m.expect(from, role, input, next, conflict)
	var e *Error
	if errors.As(err, &e); want != "" {
		if e == nil || e.Code != want {
			t.Fatalf("%v, want %s", err, want)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	next.credentials = out.Credentials
	m.hold(from, next, out, seconds(input.DurationSeconds, 3600))
	m.sessions = append(m.sessions, next)
}

// drawTags draws session tags; it tells whether one is inherited already.
func (m *machine) drawTags(t *rapid.T, input *AssumeRoleInput, next, from *modelSession) (conflict bool) {
	for _, key := range []string{"a", "C", "d"} {
		if rapid.IntRange(0, 3).Draw(t, "tag "+key) > 0 {
			continue
		}
		value := rapid.SampledFrom([]string{"", "x", "y"}).Draw(t, "value")
		input.Tags = append(input.Tags, tags(key, value)...)
		small := strings.ToLower(key)
		if _, inherited := from.transitive[small]; inherited {
			conflict = true
		}
		next.tags[small] = value
		if rapid.Bool().Draw(t, "transitive") {
			input.TransitiveTagKeys = append(input.TransitiveTagKeys, strings.ToUpper(key))
			next.transitive[small] = value
		}
	}
	return conflict
}

// expect gives the code that a call fails with, or nothing.
func (m *machine) expect(from *modelSession, role *modelRole, input *AssumeRoleInput, next *modelSession, conflict bool) Code {
	now := m.clock.Now()
	permitted := func(action string) bool { return from.may(action) && role.trust.has(action) }
	d := seconds(input.DurationSeconds, 3600)
	switch {
	case !from.longTerm && !from.credentials.Expiration.After(now):
		return ExpiredToken
	case conflict:
		return InvalidParameterValue
	case !permitted("sts:AssumeRole"),
		len(input.Tags)+len(from.transitive) > 0 && !permitted("sts:TagSession"),
		next.source != "" && !permitted("sts:SetSourceIdentity"),
		from.source != "" && input.SourceIdentity != nil && *input.SourceIdentity != from.source:
		return AccessDenied
	case d > role.max, !from.longTerm && d > time.Hour:
		return ValidationError
	default:
		return ""
	}
}

// hold demands that a new session is what its chain allows, by both services.
func (m *machine) hold(from, next *modelSession, out *AssumeRoleOutput, d time.Duration) {
	t, now := m.t, m.clock.Now()
	if got := out.Credentials.Expiration.Sub(now); got != d || got > next.role.max || !from.longTerm && got > time.Hour {
		t.Fatalf("the session lasts %v", got)
	}
	if out.SourceIdentity != next.source || from.source != "" && out.SourceIdentity != from.source {
		t.Fatalf("source identity %q, want %q", out.SourceIdentity, next.source)
	}
	for _, s := range []*Service{m.one, m.two} {
		caller, err := s.Lookup(out.Credentials.AccessKeyId, out.Credentials.SessionToken)
		if err != nil || caller.Secret() != out.Credentials.SecretAccessKey || caller.ARN() != out.AssumedRoleUser.Arn {
			t.Fatalf("%v %v", caller, err)
		}
		next.caller = caller
		for _, action := range machineActions {
			d, err := s.Authorize(ctx(), caller, action, "*", conditions.Context{})
			if err != nil || d.Allowed() != (next.role.identity.has(action) && next.limit.has(action)) {
				t.Fatalf("%s: %v %v", action, d.Outcome, err)
			}
			got := map[string]string{}
			for key, seen := range d.Request().Context().All() {
				if name, ok := strings.CutPrefix(key.String(), "aws:PrincipalTag/"); ok {
					got[strings.ToLower(name)] = seen.Values[0]
				}
			}
			if !maps.Equal(got, next.tags) {
				t.Fatalf("tags %v, want %v", got, next.tags)
			}
		}
	}
}

// alter changes a character of a token, which nobody may then take.
func (m *machine) alter(t *rapid.T) {
	s := rapid.SampledFrom(m.sessions).Draw(t, "session")
	if s.longTerm {
		t.Skip("no token")
	}
	token := []byte(s.credentials.SessionToken)
	i := rapid.IntRange(0, len(token)-1).Draw(t, "place")
	c := rapid.ByteRange('!', '~').Draw(t, "character")
	if token[i] == c {
		t.Skip("the same")
	}
	token[i] = c
	for _, service := range []*Service{m.one, m.two} {
		if caller, err := service.Lookup(s.credentials.AccessKeyId, string(token)); err == nil {
			t.Fatalf("%s was taken with an altered token", caller)
		}
	}
}

// pass lets time pass, after which expired sessions do nothing any more.
func (m *machine) pass(t *rapid.T) {
	m.clock.pass(time.Duration(rapid.IntRange(1, 5000).Draw(t, "seconds")) * time.Second)
	now := m.clock.Now()
	for _, s := range m.sessions {
		_, err := m.two.GetCallerIdentity(ctx(), s.caller, &GetCallerIdentityInput{})
		if live := s.longTerm || s.credentials.Expiration.After(now); live != (err == nil) {
			t.Fatalf("%s at %v, expires %v: %v", s.caller, now, s.credentials.Expiration, err)
		}
	}
}

// getSessionToken makes a session of the user.
func (m *machine) getSessionToken(t *rapid.T) {
	out, err := m.two.GetSessionToken(ctx(), m.sessions[0].caller, &GetSessionTokenInput{DurationSeconds: new(int32(3600))})
	if err != nil {
		t.Fatal(err)
	}
	caller := must(m.one.Lookup(out.Credentials.AccessKeyId, out.Credentials.SessionToken))(fatal{t: t})
	m.sessions = append(m.sessions, &modelSession{credentials: out.Credentials, caller: caller, tags: map[string]string{}})
}

// TestNoSessionExceedsItsChain runs random calls in random worlds.
func TestNoSessionExceedsItsChain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := newMachine(t)
		t.Repeat(map[string]func(*rapid.T){
			"assumeRole": m.assumeRole, "again": m.assumeRole, "more": m.assumeRole,
			"alter": m.alter, "pass": m.pass, "getSessionToken": m.getSessionToken,
		})
	})
}
