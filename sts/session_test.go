package sts

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/policy/eval"
	"github.com/rolecall/rolecall/world"
)

// change gives the service another world.
func (l *lab) change(changes ...world.Change) {
	l.t.Helper()
	w, problems := l.World().With(changes...)
	if w == nil {
		l.t.Fatal(problems)
	}
	if err := l.SetWorld(w); err != nil {
		l.t.Fatal(err)
	}
}

// inline makes an inline policy.
func inline(t testing.TB, name, text string) policy.Policy {
	t.Helper()
	d, problems := policy.Parse(&diag.Source{Name: name, Text: text}, policy.Options{Kind: policy.Identity})
	if d == nil {
		t.Fatal(problems)
	}
	return policy.Policy{Name: name, Document: d}
}

func revoke(t testing.TB, at time.Time) policy.Policy {
	return inline(t, "AWSRevokeOlderSessions", `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*",
		"Condition":{"DateLessThan":{"aws:TokenIssueTime":"`+at.Format(time.RFC3339)+`"}}}]}`)
}

func TestRevocationOfARole(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	old := l.session(l.key(aliceKey), in(deployARN))
	l.pass(time.Minute)
	r := *l.World().RoleNamed(home, "deploy")
	r.Inline = append(slices.Clone(r.Inline), revoke(t, l.Now()))
	l.change(world.PutRole(home, r))
	later := l.session(l.key(aliceKey), in(deployARN))
	if d := l.may(old, "s3:GetObject", "*"); d.Outcome != eval.ExplicitDeny || d.Reason != eval.ByIdentity {
		t.Errorf("an old session: %v by %v", d.Outcome, d.Reason)
	}
	if _, err := l.AssumeRole(ctx(), old, in(role("role1"))); err == nil {
		t.Error("an old session assumed a role")
	}
	must(l.GetCallerIdentity(ctx(), old, &GetCallerIdentityInput{}))(t)
	if !l.may(later, "s3:GetObject", "*").Allowed() {
		t.Error("a later session is revoked too")
	}
}

func TestRevocationOfAUserSparesItsKeys(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	session := l.with(must(l.GetSessionToken(ctx(), l.key(aliceKey), &GetSessionTokenInput{}))(t).Credentials)
	fed := l.with(must(l.GetFederationToken(ctx(), l.key(aliceKey), &GetFederationTokenInput{Name: new("fred"), Policy: new(allowAll)}))(t).Credentials)
	l.pass(time.Minute)
	u := *l.World().UserNamed(home, "alice")
	u.Inline = append(slices.Clone(u.Inline), revoke(t, l.Now()))
	l.change(world.PutUser(home, u))
	for caller, want := range map[*Caller]bool{session: false, fed: false, l.key(aliceKey): true} {
		if l.may(caller, "s3:GetObject", "*").Allowed() != want {
			t.Errorf("%s: not %v", caller, want)
		}
	}
}

func TestSessionsOfWhatIsNoMore(t *testing.T) {
	t.Parallel()
	const unknown = "The security token included in the request is invalid."
	l := newLab(t)
	role := l.session(l.key(aliceKey), in(deployARN))
	user := l.with(must(l.GetSessionToken(ctx(), l.key(aliceKey), &GetSessionTokenInput{}))(t).Credentials)
	fed := l.with(must(l.GetFederationToken(ctx(), l.key(aliceKey), &GetFederationTokenInput{Name: new("fred")}))(t).Credentials)
	callers := []*Caller{role, user, fed, l.key(aliceKey)}
	r, u := *l.World().RoleNamed(home, "deploy"), *l.World().UserNamed(home, "alice")
	with := l.World()

	l.change(world.RemoveRole(home, "deploy"), world.RemoveUser(home, "alice"))
	for _, c := range callers {
		_, err := l.GetCallerIdentity(ctx(), c, &GetCallerIdentityInput{})
		fails(t, err, 403, InvalidClientTokenID, unknown)
	}
	r.ID, u.ID, u.AccessKeys = "AROARTXV5AHDDEPLOY002", "AIDARTXV5AHDALICE0002", nil
	l.change(world.PutRole(home, r), world.PutUser(home, u))
	for _, c := range callers {
		_, err := l.GetCallerIdentity(ctx(), c, &GetCallerIdentityInput{})
		fails(t, err, 403, InvalidClientTokenID, unknown)
	}
	if err := l.SetWorld(with); err != nil {
		t.Fatal(err)
	}
	for _, c := range callers { // the same as before
		must(l.GetCallerIdentity(ctx(), c, &GetCallerIdentityInput{}))(t)
	}
}

func TestSwitchingAKeyOffKeepsItsSessions(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	alice := l.key(aliceKey)
	session := l.session(alice, in(deployARN))
	u := *l.World().UserNamed(home, "alice")
	for _, key := range []world.AccessKey{{ID: aliceKey, Secret: "aliceSecret", Inactive: true}, {ID: aliceKey, Secret: "another"}} {
		u.AccessKeys = []world.AccessKey{key}
		l.change(world.PutUser(home, u))
		_, err := l.GetCallerIdentity(ctx(), alice, &GetCallerIdentityInput{})
		fails(t, err, 403, InvalidClientTokenID, "The security token included in the request is invalid.")
	}
	must(l.GetCallerIdentity(ctx(), session, &GetCallerIdentityInput{}))(t)
}

func TestPoliciesAndTagsAreReadLive(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	session := l.session(l.key(aliceKey), in(deployARN, func(in *AssumeRoleInput) { in.PolicyArns = descriptors(readARN, awsARN) }))
	if !l.may(session, "s3:GetObject", "*").Allowed() {
		t.Fatal("denied from the beginning")
	}
	r := *l.World().RoleNamed(home, "deploy")
	r.Tags = []world.Tag{{Key: "env", Value: "test"}}
	l.change(world.PutRole(home, r))
	if got := l.principalTags(session)["env"]; got != "test" {
		t.Errorf("env=%s", got)
	}
	// A session policy that was deleted allows nothing, and never everything.
	a := *l.World().Account(home)
	a.Policies = a.Policies[1:]
	l.change(world.PutAccount(a))
	if l.may(session, "s3:GetObject", "*").Allowed() || l.may(session, "s3:PutObject", "*").Allowed() {
		t.Error("a deleted session policy allows")
	}
	if !l.may(session, "s3:ListBucket", "*").Allowed() {
		t.Error("the other session policy went with it")
	}
	r.Inline = nil
	l.change(world.PutRole(home, r))
	if l.may(session, "s3:ListBucket", "*").Allowed() {
		t.Error("the role's policy of the past allows")
	}
}

func TestServicesWithTheSameKeyAgree(t *testing.T) {
	t.Parallel()
	one, two := newLab(t), newLab(t, func(o *Options) { o.Rand = rand.NewChaCha8([32]byte{9}) })
	other := newLab(t, func(o *Options) { o.Key = bytes.Repeat([]byte("x"), 32) })
	c := must(one.AssumeRole(ctx(), one.key(aliceKey), in(deployARN)))(t).Credentials
	if caller := two.with(c); caller.Secret() != c.SecretAccessKey {
		t.Error("another secret")
	}
	_, err := other.Lookup(c.AccessKeyId, c.SessionToken)
	fails(t, err, 403, InvalidClientTokenID, "The security token included in the request is invalid.")
	if diff := cmp.Diff(string(must(one.JWKS())(t)), string(must(two.JWKS())(t))); diff != "" {
		t.Error(diff)
	}
}

func TestTheSameAgain(t *testing.T) {
	t.Parallel()
	var runs [2][]any
	for i := range runs {
		l := newLab(t)
		alice := l.key(aliceKey)
		token := must(l.GetWebIdentityToken(ctx(), alice, &GetWebIdentityTokenInput{Audience: []string{"a"}, SigningAlgorithm: new("ES384")}))(t)
		message := must(l.EncodeAuthorizationMessage(l.may(l.key(bobKey), "s3:GetObject", "*")))(t)
		runs[i] = []any{
			must(l.AssumeRole(ctx(), alice, in(deployARN, func(in *AssumeRoleInput) { in.Tags = tags("a", "b") })))(t),
			must(l.GetSessionToken(ctx(), alice, &GetSessionTokenInput{}))(t), token, message,
		}
	}
	if diff := cmp.Diff(runs[0], runs[1]); diff != "" {
		t.Error(diff)
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	good := Options{Now: time.Now, Rand: rand.NewChaCha8([32]byte{}), Key: make([]byte, 32)}
	tests := map[string]struct {
		world  *world.World
		change func(*Options)
		want   string
	}{
		"no world":        {nil, func(*Options) {}, "no world"},
		"no clock":        {labWorld(), func(o *Options) { o.Now = nil }, "set Now"},
		"no entropy":      {labWorld(), func(o *Options) { o.Rand = nil }, "set Rand"},
		"a short key":     {labWorld(), func(o *Options) { o.Key = make([]byte, 31) }, "32 bytes"},
		"no entropy left": {labWorld(), func(o *Options) { o.Key, o.Rand = nil, strings.NewReader("short") }, "no key"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := good
			tt.change(&o)
			s, err := New(tt.world, o)
			if s != nil || !errors.Is(err, ErrOptions) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want an error with %q", err, tt.want)
			}
		})
	}
	keyless := good
	keyless.Key = nil
	must(New(labWorld(), keyless))(t)
}

func TestProvidersThatCannotBeRead(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	before := l.World()
	a := *l.World().Account(home)
	a.OIDCProviders = []world.OIDCProvider{{Name: "broken.example.com", JWKS: "{"}}
	w, _ := l.World().With(world.PutAccount(a))
	if err := l.SetWorld(w); err == nil || !strings.Contains(err.Error(), "the OIDC provider broken.example.com of account 111111111111") {
		t.Error(err)
	}
	a.OIDCProviders, a.SAMLProviders = nil, []world.SAMLProvider{{Name: "broken", Metadata: "<x/>"}}
	w, _ = l.World().With(world.PutAccount(a))
	if err := l.SetWorld(w); err == nil || !strings.Contains(err.Error(), "the SAML provider broken of account 111111111111") {
		t.Error(err)
	}
	if l.World() != before {
		t.Error("the old world did not stay")
	}
}

func TestNoEntropyIsAnInternalFailure(t *testing.T) {
	t.Parallel()
	l := newLab(t, func(o *Options) { o.Rand = strings.NewReader("four") })
	_, err := l.AssumeRole(ctx(), l.key(aliceKey), in(deployARN))
	var e *Error
	if !errors.As(err, &e) || e.Code != InternalFailure || e.Status != 500 || e.Type() != "Receiver" || e.Unwrap() == nil {
		t.Error(err)
	}
}

func TestConcurrency(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	worlds := []*world.World{l.World()}
	w, _ := l.World().With(world.RemoveRole(home, "plain"))
	worlds = append(worlds, w)
	alice := l.key(aliceKey)
	ids := make(chan string, 4000)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := range 200 {
				out, err := l.AssumeRole(ctx(), alice, in(deployARN, func(in *AssumeRoleInput) { in.Tags = tags("a", "b") }))
				if err != nil {
					t.Error(err)
					return
				}
				ids <- out.Credentials.SessionToken
				caller, err := l.Lookup(out.Credentials.AccessKeyId, out.Credentials.SessionToken)
				if err != nil || caller.Secret() != out.Credentials.SecretAccessKey {
					t.Error(caller, err)
				}
				if i == 0 && n%10 == 0 {
					if err := l.SetWorld(worlds[n/10%2]); err != nil {
						t.Error(err)
					}
				}
				_, _ = l.GetSessionToken(ctx(), alice, &GetSessionTokenInput{SerialNumber: new(aliceMFA), TokenCode: new("000000")})
				l.pass(time.Millisecond)
			}
		})
	}
	all.Wait()
	close(ids)
	seen := map[string]bool{}
	for id := range ids {
		if seen[id] {
			t.Fatal("the same token twice")
		}
		seen[id] = true
	}
}

func TestSessionsSurviveEncoding(t *testing.T) {
	t.Parallel()
	full := &session{
		kind: RoleSession, origin: fromWebIdentity, account: home, accessKeyID: "ASIARTXV5AHDTBI2OLLM", issued: start, expires: start.Add(time.Hour),
		uniqueID: "AROA1", name: "ana", mfa: start, task: "task", trade: "trade",
		passed: passed{
			policy: allowAll, policyARNs: []string{readARN, awsARN}, sourceIdentity: "alice",
			tags: []sessionTag{{"a", "b", true}, {"c", "", false}},
		},
		keys: []sessionKey{{"x:aud", []string{"app"}, false}, {"x:amr", []string{"one", "two"}, true}},
	}
	for name, s := range map[string]*session{"full": full, "bare": {kind: Root, account: work, issued: start, expires: start}} {
		packed, err := s.passed.pack()
		if err != nil {
			t.Fatal(err)
		}
		for _, padding := range []int{0, 1, 100} {
			got, err := decode(append(s.encode(packed), make([]byte, padding)...))
			if err != nil {
				t.Fatalf("%s, %d zeros: %v", name, padding, err)
			}
			if diff := cmp.Diff(s, got, cmp.AllowUnexported(session{}, passed{}, sessionTag{}, sessionKey{})); diff != "" {
				t.Errorf("%s: -want +got\n%s", name, diff)
			}
		}
		if _, err := decode(append(s.encode(packed), 0, 1)); err == nil {
			t.Errorf("%s: taken with something behind it", name)
		}
		for n := range s.encode(packed) {
			if _, err := decode(s.encode(packed)[:n]); err == nil {
				t.Errorf("%s: taken with %d bytes", name, n)
			}
		}
	}
}

func TestDurationsOfUserSessions(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		key   string
		given *int32
		want  time.Duration
	}{
		"a user's default":        {aliceKey, nil, 12 * time.Hour},
		"a user's least":          {aliceKey, new(int32(900)), 15 * time.Minute},
		"a user's most":           {aliceKey, new(int32(129600)), 36 * time.Hour},
		"the root user's default": {rootKey, nil, time.Hour},
		"the root user's is cut":  {rootKey, new(int32(129600)), time.Hour},
		"the root user's least":   {rootKey, new(int32(900)), 15 * time.Minute},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			session := must(l.GetSessionToken(ctx(), l.key(tt.key), &GetSessionTokenInput{DurationSeconds: tt.given}))(t)
			fed := must(l.GetFederationToken(ctx(), l.key(tt.key), &GetFederationTokenInput{Name: new("fred"), DurationSeconds: tt.given}))(t)
			for _, c := range []Credentials{session.Credentials, fed.Credentials} {
				if got := c.Expiration.Sub(start); got != tt.want {
					t.Errorf("%v, want %v", got, tt.want)
				}
			}
		})
	}
}

func TestEndpointPolicies(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	d, problems := policy.Parse(&diag.Source{Text: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}]}`},
		policy.Options{Kind: policy.Endpoint})
	if d == nil {
		t.Fatal(problems)
	}
	through := WithEnvironment(ctx(), &Environment{VPCEndpoint: "vpce-1", EndpointPolicy: policy.Compile(policy.Policy{Name: "endpoint", Document: d})})
	_, err := l.AssumeRole(through, l.key(aliceKey), in(deployARN))
	fails(t, err, 403, AccessDenied, "User: "+aliceARN+" is not authorized to perform: sts:AssumeRole on resource: "+deployARN+
		" because no VPC endpoint policy allows the sts:AssumeRole action")
	_, err = l.AssumeRoleWithWebIdentity(through, webInput(t, nil))
	fails(t, err, 403, AccessDenied, "Not authorized to perform sts:AssumeRoleWithWebIdentity")
	must(l.GetCallerIdentity(through, l.key(aliceKey), &GetCallerIdentityInput{}))(t)
}

func TestGetFederationToken(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	out := must(l.GetFederationToken(ctx(), l.key(aliceKey), &GetFederationTokenInput{Name: new("fred"), MinimumSessionTokenSize: new(int32(600))}))(t)
	want := FederatedUser{Arn: "arn:aws:sts::111111111111:federated-user/fred", FederatedUserId: "111111111111:fred"}
	if out.FederatedUser != want || out.SessionTokenSize != 600 || out.PackedPolicySize != 15 {
		t.Errorf("%+v %+v %d", out.FederatedUser, out.TokenSize, out.PackedPolicySize)
	}
	u := *l.World().UserNamed(home, "bob")
	u.Inline = []policy.Policy{inline(t, "fed", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:GetFederationToken","Resource":"*"}]}`)}
	l.change(world.PutUser(home, u))
	_, err := l.GetFederationToken(ctx(), l.key(bobKey), &GetFederationTokenInput{Name: new("fred"), Tags: tags("a", "b")})
	fails(t, err, 403, AccessDenied, "User: arn:aws:iam::111111111111:user/bob is not authorized to perform: sts:TagSession on resource: "+
		"arn:aws:sts::111111111111:federated-user/fred because no identity-based policy allows the sts:TagSession action")
	must(l.GetFederationToken(ctx(), l.key(bobKey), &GetFederationTokenInput{Name: new("fred")}))(t)
}
