package sts

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/policy/eval"
	"github.com/rolecall/rolecall/sts/oidc"
	"github.com/rolecall/rolecall/sts/saml"
	"github.com/rolecall/rolecall/world"
	"github.com/rolecall/rolecall/world/load"
)

// The world of the tests. Home manages an organization, Work is a member,
// Fenced a member under SCPs, Away is outside.
const (
	home   = "111111111111"
	work   = "222222222222"
	fenced = "333333333333"
	away   = "999999999999"

	seed       = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	issuer     = "https://idp.example.com"
	entity     = "https://idp.example.com/saml"
	samlARN    = "arn:aws:iam::111111111111:saml-provider/corp"
	deployARN  = "arn:aws:iam::111111111111:role/ci/deploy"
	anywhere   = "arn:aws:iam::222222222222:role/anywhere"
	aliceARN   = "arn:aws:iam::111111111111:user/dev/alice"
	aliceMFA   = "arn:aws:iam::111111111111:mfa/alice"
	rootMFA    = "arn:aws:iam::111111111111:mfa/root-account-mfa-device"
	aliceKey   = "AKIARTXV5AHDTBI2OLLM"
	bobKey     = "AKIARTXV5AHDTBI2OBOB"
	carolKey   = "AKIARTXV5AHDTBI2OCAR"
	rootKey    = "AKIARTXV5AHDTBI2ROOT"
	idleKey    = "AKIARTXV5AHDTBI2IDLE"
	workKey    = "AKIATHPL2AOHK62AKQG4"
	fencedKey  = "AKIAFENCED0000000001"
	adminKey   = "AKIATHPL2AOHK62ADMIN"
	awayKey    = "AKIAAWAY000000000001"
	fencedRoot = "AKIAFENCED000000ROOT"
)

const worldText = `
organization:
  id: o-exampleorg1
  managementAccount: "111111111111"
  rootSessions: true
  root:
    id: r-ex01
    accounts: ["111111111111"]
    units:
      - {id: ou-ex01-work, name: Work, accounts: ["222222222222"]}
      - id: ou-ex01-fenced
        name: Fenced
        accounts: ["333333333333"]
        serviceControlPolicies:
          - {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}
          - {Version: "2012-10-17", Statement: [{Effect: Deny, Action: ["sts:GetFederationToken", "sts:AssumeRole"], Resource: "*"}]}
        resourceControlPolicies:
          - {Version: "2012-10-17", Statement: [{Effect: Deny, Principal: "*", Action: "sts:AssumeRole", Resource: "*", Condition: {StringEquals: {"aws:PrincipalAccount": "999999999999"}}}]}
  delegatedAdministrators:
    iam.amazonaws.com: ["222222222222"]

accounts:
  "111111111111":
    outboundWebIdentityFederation: true
    rootAccessKeys: [{id: AKIARTXV5AHDTBI2ROOT, secret: rootSecret}]
    rootMFADevices: [{serialNumber: "arn:aws:iam::111111111111:mfa/root-account-mfa-device", seed: GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ}]
    policies:
      read: {document: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:Get*", Resource: "*"}]}}
      no-sts: {document: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:*", Resource: "*"}]}}
    users:
      alice:
        path: /dev/
        id: AIDARTXV5AHDALICE0001
        tags: {team: red, Site: Berlin}
        accessKeys: [{id: AKIARTXV5AHDTBI2OLLM, secret: aliceSecret}, {id: AKIARTXV5AHDTBI2IDLE, secret: idleSecret, status: Inactive}]
        mfaDevices: [{serialNumber: "arn:aws:iam::111111111111:mfa/alice", seed: GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ}]
        policies:
          all: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: ["sts:*", "s3:*", "iam:*"], Resource: "*"}]}
      bob:
        accessKeys: [{id: AKIARTXV5AHDTBI2OBOB, secret: bobSecret}]
        policies:
          denied: {Version: "2012-10-17", Statement: [{Effect: Deny, Action: ["sts:GetCallerIdentity", "sts:GetSessionToken"], Resource: "*"}]}
      carol:
        permissionsBoundary: arn:aws:iam::111111111111:policy/no-sts
        accessKeys: [{id: AKIARTXV5AHDTBI2OCAR, secret: carolSecret}]
        policies:
          all: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}
    roles:
      deploy:
        path: /ci/
        id: AROARTXV5AHDDEPLOY001
        maxSessionDuration: 43200
        tags: {env: prod, Heart: "0"}
        trustPolicy:
          Version: "2012-10-17"
          Statement:
            - {Sid: Everyone, Effect: Allow, Principal: {AWS: "111111111111"}, Action: ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity", "sts:SetContext"]}
            - {Effect: Allow, Principal: {AWS: "999999999999"}, Action: "sts:AssumeRole"}
            - {Sid: Web, Effect: Allow, Principal: {Federated: "arn:aws:iam::111111111111:oidc-provider/idp.example.com"},
               Action: ["sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity"], Condition: {StringEquals: {"idp.example.com:sub": ana}}}
            - {Sid: Google, Effect: Allow, Principal: {Federated: accounts.google.com}, Action: "sts:AssumeRoleWithWebIdentity"}
            - {Sid: SAML, Effect: Allow, Principal: {Federated: "arn:aws:iam::111111111111:saml-provider/corp"},
               Action: ["sts:AssumeRoleWithSAML", "sts:TagSession", "sts:SetSourceIdentity"], Condition: {StringEquals: {"SAML:aud": "https://signin.aws.amazon.com/saml"}}}
        policies: &work
          work: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: ["sts:*", "s3:*", "iam:Get*"], Resource: "*"}]}
      plain: # trusts for sts:AssumeRole alone
        trustPolicy: &plain
          Version: "2012-10-17"
          Statement: [{Effect: Allow, Principal: {AWS: "111111111111"}, Action: "sts:AssumeRole"}]
        policies: *work
      named: # names its users
        trustPolicy:
          Version: "2012-10-17"
          Statement:
            - {Effect: Allow, Principal: {AWS: ["arn:aws:iam::111111111111:user/bob", "arn:aws:iam::111111111111:user/carol"]}, Action: "sts:AssumeRole"}
      denying:
        trustPolicy:
          Version: "2012-10-17"
          Statement:
            - {Effect: Allow, Principal: {AWS: "111111111111"}, Action: "sts:AssumeRole"}
            - {Effect: Deny, Principal: {AWS: "111111111111"}, Action: "sts:AssumeRole"}
      external:
        trustPolicy:
          Version: "2012-10-17"
          Statement: [{Effect: Allow, Principal: {AWS: "111111111111"}, Action: "sts:AssumeRole", Condition: {StringEquals: {"sts:ExternalId": "Secret-1"}}}]
      mfa:
        trustPolicy:
          Version: "2012-10-17"
          Statement: [{Effect: Allow, Principal: {AWS: "111111111111"}, Action: "sts:AssumeRole", Condition: {Bool: {"aws:MultiFactorAuthPresent": "true"}}}]
      berlin: # to callers of a tag and with its own tag
        tags: {Heart: "7"}
        trustPolicy:
          Version: "2012-10-17"
          Statement: [{Effect: Allow, Principal: {AWS: "111111111111"}, Action: ["sts:AssumeRole", "sts:TagSession"], Condition: {StringEquals: {"aws:ResourceTag/Heart": "1"}}}]
      AWSReservedSSO_Admin:
        trustPolicy:
          Version: "2012-10-17"
          Statement: [{Effect: Allow, Principal: {Federated: "arn:aws:iam::111111111111:saml-provider/corp"}, Action: "sts:AssumeRoleWithSAML"}]
      role1:
        tags: {Heart: "1"}
        trustPolicy: &chain
          Version: "2012-10-17"
          Statement: [{Effect: Allow, Principal: {AWS: "111111111111"}, Action: ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]}]
        policies: *work
      role2: {tags: {Sun: "2"}, trustPolicy: *chain, policies: *work}
      role3: {tags: {Star: "3", Lightning: "3"}, trustPolicy: *chain, policies: *work}
    oidcProviders:
      idp.example.com: {clientIds: [app], jwks: JWKS}
      accounts.google.com: {clientIds: [app], jwks: JWKS}
      silent.example.com: {clientIds: [app]}
    samlProviders:
      corp: {metadata: METADATA}
      silent: {}
    resources:
      arn:aws:s3:::example-bucket:
        policy:
          Version: "2012-10-17"
          Statement:
            - {Effect: Allow, Principal: {AWS: "arn:aws:sts::111111111111:federated-user/fred"}, Action: "s3:PutObject", Resource: "arn:aws:s3:::example-bucket/*"}
            - {Effect: Allow, Principal: {AWS: "arn:aws:iam::111111111111:role/ci/deploy"}, Action: "s3:PutObject", Resource: "arn:aws:s3:::example-bucket/*"}
            - {Effect: Allow, Principal: {AWS: "arn:aws:sts::111111111111:assumed-role/deploy/ana"}, Action: "s3:DeleteObject", Resource: "arn:aws:s3:::example-bucket/*"}
            - {Effect: Allow, Principal: {AWS: "arn:aws:iam::111111111111:user/dev/alice"}, Action: "s3:RestoreObject", Resource: "arn:aws:s3:::example-bucket/*"}
    delegations:
      - {tradeInToken: trade-1, product: "999999999999", delegator: "arn:aws:iam::111111111111:user/dev/alice",
         permissions: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:GetObject", Resource: "*"}]}, durationSeconds: 1800, expires: "2026-12-31T00:00:00Z"}
      - {tradeInToken: trade-2, product: "999999999999", delegator: "arn:aws:iam::111111111111:role/ci/deploy",
         permissions: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:GetObject", Resource: "*"}]}}
      - {tradeInToken: trade-3, product: "999999999999", delegator: "arn:aws:iam::111111111111:user/dev/alice",
         permissions: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}, expires: "2020-01-01T00:00:00Z"}
    disabledRegions: [ap-east-1]
  "222222222222":
    globalEndpointTokenVersion: 2
    policies:
      read: {document: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:Get*", Resource: "*"}]}}
    users:
      worker:
        accessKeys: [{id: AKIATHPL2AOHK62AKQG4, secret: workSecret}]
        policies:
          all: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "sts:AssumeRole", Resource: "*"}, {Effect: Allow, Action: "sts:GetWebIdentityToken", Resource: "*"}]}
      admin:
        accessKeys: [{id: AKIATHPL2AOHK62ADMIN, secret: adminSecret}]
        policies:
          all: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "sts:AssumeRoot", Resource: "*", Condition: {StringLike: {"sts:TaskPolicyArn": "*/IAMAudit*"}}}]}
    roles:
      anywhere:
        trustPolicy:
          Version: "2012-10-17"
          Statement: [{Effect: Allow, Principal: {AWS: ["111111111111", "222222222222"]}, Action: ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]}]
        policies: *work
      foreign: # trusts a provider of another account
        trustPolicy:
          Version: "2012-10-17"
          Statement: [{Effect: Allow, Principal: {Federated: "arn:aws:iam::111111111111:saml-provider/corp"}, Action: "sts:AssumeRoleWithSAML"}]
  "333333333333":
    rootAccessKeys: [{id: AKIAFENCED000000ROOT, secret: fencedRootSecret}]
    users:
      insider:
        accessKeys: [{id: AKIAFENCED0000000001, secret: fencedSecret}]
        policies:
          all: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}
    roles:
      inner:
        trustPolicy:
          Version: "2012-10-17"
          Statement: [{Effect: Allow, Principal: {AWS: ["333333333333", "999999999999"]}, Action: "sts:AssumeRole"}]
  "999999999999":
    users:
      outsider:
        accessKeys: [{id: AKIAAWAY000000000001, secret: awaySecret}]
        policies:
          all: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}

awsManagedPolicies:
  arn:aws:iam::aws:policy/ReadBuckets: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:ListBucket", Resource: "*"}]}
`

// keyring makes what identity providers sign with, once: RSA keys take a while.
var keyring = sync.OnceValues(func() (*oidc.SigningKey, *saml.IdentityProvider) {
	key, err := oidc.DeriveSigningKey(oidc.ES256, []byte(strings.Repeat("identity provider ", 4)))
	if err != nil {
		panic(err)
	}
	rsa, err := saml.GenerateKey(rand.NewChaCha8([32]byte{1}))
	if err != nil {
		panic(err)
	}
	idp, err := saml.NewIdentityProvider(entity, rsa, start)
	if err != nil {
		panic(err)
	}
	return key, idp
})

// labWorld is the world, read once.
var labWorld = sync.OnceValue(func() *world.World { return readWorld(worldText) })

func readWorld(text string) *world.World {
	key, idp := keyring()
	jwks, err := oidc.JWKS(key)
	if err != nil {
		panic(err)
	}
	text = strings.ReplaceAll(text, "JWKS", string(jwks))
	text = strings.ReplaceAll(text, "METADATA", "'"+strings.ReplaceAll(idp.Metadata(), "'", "''")+"'")
	w, problems := load.Parse("world.yaml", text)
	if w == nil {
		panic(problems.Error())
	}
	return w
}

var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// clock is a clock that tests set.
type clock struct {
	mutex sync.Mutex
	now   time.Time
}

func (c *clock) Now() time.Time {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.now = c.now.Add(d)
}

// lab is a service with its clock.
type lab struct {
	*Service
	clock *clock
	t     testing.TB
}

func newLab(t testing.TB, change ...func(*Options)) *lab {
	t.Helper()
	c := &clock{now: start.Add(600 * time.Millisecond)}
	options := Options{Now: c.Now, Rand: rand.NewChaCha8([32]byte{7}), Key: []byte(strings.Repeat("k", 32))}
	for _, f := range change {
		f(&options)
	}
	s, err := New(labWorld(), options)
	if err != nil {
		t.Fatal(err)
	}
	return &lab{Service: s, clock: c, t: t}
}

func (l *lab) pass(d time.Duration) { l.clock.pass(d) }

// key gives the caller of a long-term access key.
func (l *lab) key(id string) *Caller {
	l.t.Helper()
	c, err := l.Lookup(id, "")
	if err != nil {
		l.t.Fatal(err)
	}
	return c
}

// with gives the caller of credentials.
func (l *lab) with(c Credentials) *Caller {
	l.t.Helper()
	caller, err := l.Lookup(c.AccessKeyId, c.SessionToken)
	if err != nil {
		l.t.Fatal(err)
	}
	return caller
}

// session assumes a role, which must work, and gives the caller of the session.
func (l *lab) session(caller *Caller, in *AssumeRoleInput) *Caller {
	l.t.Helper()
	return l.with(must(l.AssumeRole(ctx(), caller, in))(l.t).Credentials)
}

func ctx() context.Context { return context.Background() }

// in makes the input of an AssumeRole call.
func in(role string, change ...func(*AssumeRoleInput)) *AssumeRoleInput {
	input := &AssumeRoleInput{RoleArn: &role, RoleSessionName: new("ana")}
	for _, f := range change {
		f(input)
	}
	return input
}

func role(name string) string { return "arn:aws:iam::" + home + ":role/" + name }

func tags(pairs ...string) []Tag {
	var list []Tag
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, Tag{Key: &pairs[i], Value: &pairs[i+1]})
	}
	return list
}

// must gives the result of a call that must work.
func must[T any](value T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// errorOf gives the *Error of a call that failed, and an empty one if it is none.
func errorOf(err error) *Error {
	var e *Error
	if !errors.As(err, &e) {
		return &Error{}
	}
	return e
}

// failure is what tests compare of an error.
type failure struct {
	Status  int
	Code    Code
	Message string
}

func fails(t testing.TB, err error, status int, code Code, message string) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("%v is no *Error", err)
	}
	if diff := cmp.Diff(failure{status, code, message}, failure{e.Status, e.Code, e.Message}); diff != "" {
		t.Errorf("-want +got\n%s\n%v", diff, err)
	}
	return e
}

// may tells whether a caller may do something.
func (l *lab) may(caller *Caller, action, resource string, pairs ...string) eval.Decision {
	l.t.Helper()
	keys := conditions.NewContext(len(pairs) / 2)
	for i := 0; i < len(pairs); i += 2 {
		if err := keys.Add(pairs[i], pairs[i+1]); err != nil {
			l.t.Fatal(err)
		}
	}
	return must(l.Authorize(ctx(), caller, action, resource, keys))(l.t)
}

// seen gives the condition keys of a request by the caller.
func (l *lab) seen(caller *Caller) map[string]string {
	l.t.Helper()
	keys := map[string]string{}
	for key, seen := range l.may(caller, "s3:ListAllMyBuckets", "*").Request().Context().All() {
		keys[key.String()] = strings.Join(seen.Values, ",")
	}
	return keys
}

// principalTags gives the principal tags of a caller as "key=value" pairs.
func (l *lab) principalTags(caller *Caller) map[string]string {
	l.t.Helper()
	tags := map[string]string{}
	for key, value := range l.seen(caller) {
		if name, ok := strings.CutPrefix(key, "aws:PrincipalTag/"); ok {
			tags[name] = value
		}
	}
	return tags
}
