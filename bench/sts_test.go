package bench

import (
	"context"
	"crypto/rand"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/sts"
	"github.com/rolecall/rolecall/sts/oidc"
	"github.com/rolecall/rolecall/world"
)

// stsBench is a service over a world to which one account is added: a user with
// an access key, a role that trusts the account and a web identity provider.
type stsBench struct {
	*sts.Service
	caller *sts.Caller
	token  string
}

const (
	stsAccount = "555555555555"
	stsKey     = "AKIABENCH00000000001"
	stsRole    = "arn:aws:iam::" + stsAccount + ":role/ci/deploy"
)

func newSTS(b *testing.B, s size) *stsBench {
	b.Helper()
	key, err := oidc.DeriveSigningKey(oidc.ES256, []byte(strings.Repeat("key ", 16)))
	if err != nil {
		b.Fatal(err)
	}
	jwks, err := oidc.JWKS(key)
	if err != nil {
		b.Fatal(err)
	}
	w, problems := worldOf(b, s).With(world.PutAccount(stsAccountOf(string(jwks))))
	if w == nil {
		b.Fatal(problems)
	}
	service, err := sts.New(w, sts.Options{Now: time.Now, Rand: rand.Reader})
	if err != nil {
		b.Fatal(err)
	}
	caller, err := service.Lookup(stsKey, "")
	if err != nil {
		b.Fatal(err)
	}
	now := time.Now()
	token, err := key.Mint(map[string]any{"iss": "https://idp.example.com", "aud": "app", "sub": "repo:x", "iat": now.Unix(), "exp": now.Add(time.Hour).Unix()})
	if err != nil {
		b.Fatal(err)
	}
	return &stsBench{Service: service, caller: caller, token: token}
}

func stsAccountOf(jwks string) world.Account {
	g := generator{shared: map[string]*policy.Document{}}
	trust := g.document(policy.Trust, statement(
		`{"Effect":"Allow","Action":["sts:AssumeRole","sts:TagSession"],"Principal":{"AWS":"`+stsAccount+`"}},`+
			`{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity","Principal":{"Federated":"arn:aws:iam::`+stsAccount+`:oidc-provider/idp.example.com"},`+
			`"Condition":{"StringLike":{"idp.example.com:sub":"repo:*"}}}`))
	all := world.Permissions{Inline: []policy.Policy{{Name: "all", Document: g.document(policy.Identity, statement(`{"Effect":"Allow","Action":["sts:*","s3:*"],"Resource":"*"}`))}}}
	return world.Account{
		ID:            stsAccount,
		Users:         []world.User{{Name: "alice", Permissions: all, AccessKeys: []world.AccessKey{{ID: stsKey, Secret: "secret"}}}},
		Roles:         []world.Role{{Name: "deploy", Path: "/ci/", Trust: trust, Permissions: all}},
		OIDCProviders: []world.OIDCProvider{{Name: "idp.example.com", ClientIDs: []string{"app"}, JWKS: jwks}},
	}
}

func tagged(n int) []sts.Tag {
	var tags []sts.Tag
	for i := range n {
		tags = append(tags, sts.Tag{Key: new(fmt.Sprintf("key-%d", i)), Value: new("value")})
	}
	return tags
}

// BenchmarkSTS calls operations one after the other on one core.
func BenchmarkSTS(b *testing.B) {
	s := newSTS(b, team)
	ctx := context.Background()
	plain := &sts.AssumeRoleInput{RoleArn: new(stsRole), RoleSessionName: new("run-1")}
	full := &sts.AssumeRoleInput{
		RoleArn: new(stsRole), RoleSessionName: new("run-1"), Tags: tagged(5),
		Policy: new(statement(`{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::data/*"}`)),
	}
	web := &sts.AssumeRoleWithWebIdentityInput{RoleArn: new(stsRole), RoleSessionName: new("run-1"), WebIdentityToken: &s.token}
	run := func(name string, call func() error) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := call(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	run("AssumeRole", func() error { _, err := s.AssumeRole(ctx, s.caller, plain); return err })
	run("AssumeRole/tags-and-policy", func() error { _, err := s.AssumeRole(ctx, s.caller, full); return err })
	run("AssumeRoleWithWebIdentity", func() error { _, err := s.AssumeRoleWithWebIdentity(ctx, web); return err })
	run("GetCallerIdentity", func() error {
		_, err := s.GetCallerIdentity(ctx, s.caller, &sts.GetCallerIdentityInput{})
		return err
	})
	for name, in := range inputs(plain, full) {
		made, err := s.AssumeRole(ctx, s.caller, in)
		if err != nil {
			b.Fatal(err)
		}
		session, err := s.Lookup(made.Credentials.AccessKeyId, made.Credentials.SessionToken)
		if err != nil {
			b.Fatal(err)
		}
		run("Lookup/"+name, func() error {
			_, err := s.Lookup(made.Credentials.AccessKeyId, made.Credentials.SessionToken)
			return err
		})
		run("Authorize/"+name, func() error {
			_, err := s.Authorize(ctx, session, "s3:GetObject", "arn:aws:s3:::data/x", conditions.Context{})
			return err
		})
	}
}

// inputs names the inputs in their order.
func inputs(plain, full *sts.AssumeRoleInput) iter.Seq2[string, *sts.AssumeRoleInput] {
	return func(yield func(string, *sts.AssumeRoleInput) bool) {
		_ = yield("plain", plain) && yield("tags-and-policy", full)
	}
}
