package sts

import (
	"strings"
	"testing"
	"time"

	"github.com/rolecall/rolecall/policy/eval"
)

// callers gives a caller of each kind. alice and her sessions may call all of
// STS as far as policies go.
func callers(l *lab) map[Kind]*Caller {
	alice := l.key(aliceKey)
	session := must(l.GetSessionToken(ctx(), alice, &GetSessionTokenInput{}))(l.t)
	rootSession := must(l.GetSessionToken(ctx(), l.key(rootKey), &GetSessionTokenInput{}))(l.t)
	fed := must(l.GetFederationToken(ctx(), alice, &GetFederationTokenInput{Name: new("fred"), Policy: new(allowAll)}))(l.t)
	assumedRoot := must(l.AssumeRoot(ctx(), alice, rootInput(work, "IAMAuditRootUserCredentials")))(l.t)
	return map[Kind]*Caller{
		User: alice, Root: l.key(rootKey), UserSession: l.with(session.Credentials), RootUserSession: l.with(rootSession.Credentials),
		RoleSession: l.session(alice, in(deployARN)), FederatedSession: l.with(fed.Credentials), AssumedRoot: l.with(assumedRoot.Credentials),
	}
}

const allowAll = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`

func rootInput(target, task string) *AssumeRootInput {
	return &AssumeRootInput{TargetPrincipal: &target, TaskPolicyArn: &PolicyDescriptorType{Arn: new("arn:aws:iam::aws:policy/root-task/" + task)}}
}

// callOf makes an acceptable call of an operation.
func callOf(l *lab, operation string, caller *Caller) error {
	var err error
	switch operation {
	case "AssumeRole":
		_, err = l.AssumeRole(ctx(), caller, in(anywhere))
	case "AssumeRoot":
		_, err = l.AssumeRoot(ctx(), caller, rootInput(work, "IAMAuditRootUserCredentials"))
	case "DecodeAuthorizationMessage":
		d := l.may(l.key(bobKey), "s3:GetObject", "*")
		message := must(l.EncodeAuthorizationMessage(d))(l.t)
		_, err = l.DecodeAuthorizationMessage(ctx(), caller, &DecodeAuthorizationMessageInput{EncodedMessage: &message})
	case "GetAccessKeyInfo":
		_, err = l.GetAccessKeyInfo(ctx(), caller, &GetAccessKeyInfoInput{AccessKeyId: new(bobKey)})
	case "GetCallerIdentity":
		_, err = l.GetCallerIdentity(ctx(), caller, &GetCallerIdentityInput{})
	case "GetDelegatedAccessToken":
		if _, err = l.GetDelegatedAccessToken(ctx(), caller, &GetDelegatedAccessTokenInput{TradeInToken: new("none")}); errorOf(err).Code == ExpiredTradeInToken {
			err = nil // it came through
		}
	case "GetFederationToken":
		_, err = l.GetFederationToken(ctx(), caller, &GetFederationTokenInput{Name: new("fred")})
	case "GetSessionToken":
		_, err = l.GetSessionToken(ctx(), caller, &GetSessionTokenInput{})
	case "GetWebIdentityToken":
		_, err = l.GetWebIdentityToken(ctx(), caller, &GetWebIdentityTokenInput{Audience: []string{"a"}, SigningAlgorithm: new("ES384")})
	default:
		l.t.Fatalf("no call of %s", operation)
	}
	return err
}

// TestWhoMayCallWhat is the table of section 5, for callers whose policies
// would allow everything.
func TestWhoMayCallWhat(t *testing.T) {
	t.Parallel()
	const roots = "Roles may not be assumed by root accounts."
	table := map[string]map[Kind]bool{
		"AssumeRole":                 {User: true, UserSession: true, RoleSession: true},
		"AssumeRoot":                 {User: true, RoleSession: true},
		"DecodeAuthorizationMessage": {User: true, Root: true, RoleSession: true},
		"GetAccessKeyInfo":           {User: true, Root: true, RoleSession: true},
		"GetCallerIdentity":          {User: true, Root: true, UserSession: true, RootUserSession: true, RoleSession: true, FederatedSession: true, AssumedRoot: true},
		"GetDelegatedAccessToken":    {User: true, Root: true, RoleSession: true},
		"GetFederationToken":         {User: true, Root: true},
		"GetSessionToken":            {User: true, Root: true},
		"GetWebIdentityToken":        {User: true, Root: true, RoleSession: true},
	}
	l := newLab(t)
	for kind, caller := range callers(l) {
		if caller.Kind() != kind {
			t.Errorf("%s is a %s", caller, kind)
		}
		for operation, admitted := range table {
			err := callOf(l, operation, caller)
			if admitted[kind] {
				if err != nil {
					t.Errorf("%s by a %s: %v", operation, kind, err)
				}
				continue
			}
			want := "User: " + caller.ARN() + " is not authorized to perform: sts:" + operation
			switch operation {
			case "AssumeRole":
				want += " on resource: " + anywhere
			case "AssumeRoot":
				want += " on resource: arn:aws:iam::222222222222:root"
			}
			switch {
			case operation == "AssumeRole" && (kind == Root || kind == RootUserSession):
				want = roots
			case operation == "GetSessionToken" || operation == "GetFederationToken":
				want = "Cannot call " + operation + " with session credentials"
			}
			fails(t, err, 403, AccessDenied, want)
		}
	}
}

func TestCallerIdentities(t *testing.T) {
	t.Parallel()
	want := map[Kind]GetCallerIdentityOutput{
		User:             {home, aliceARN, "AIDARTXV5AHDALICE0001"},
		Root:             {home, "arn:aws:iam::111111111111:root", home},
		UserSession:      {home, aliceARN, "AIDARTXV5AHDALICE0001"},
		RootUserSession:  {home, "arn:aws:iam::111111111111:root", home},
		RoleSession:      {home, "arn:aws:sts::111111111111:assumed-role/deploy/ana", "AROARTXV5AHDDEPLOY001:ana"},
		FederatedSession: {home, "arn:aws:sts::111111111111:federated-user/fred", "111111111111:fred"},
		AssumedRoot:      {work, "arn:aws:iam::222222222222:root", work},
	}
	types := map[Kind]string{
		User: "User", Root: "Account", UserSession: "User", RootUserSession: "Account", RoleSession: "AssumedRole",
		FederatedSession: "FederatedUser", AssumedRoot: "Account",
	}
	l := newLab(t)
	for kind, caller := range callers(l) {
		got := must(l.GetCallerIdentity(ctx(), caller, &GetCallerIdentityInput{}))(t)
		if *got != want[kind] {
			t.Errorf("%s: %+v, want %+v", kind, *got, want[kind])
		}
		keys := l.seen(caller)
		principal := got.Arn
		if kind == RoleSession {
			principal = deployARN
		}
		if keys["aws:userid"] != got.UserId || keys["aws:PrincipalArn"] != principal || keys["aws:PrincipalType"] != types[kind] || keys["aws:PrincipalAccount"] != got.Account {
			t.Errorf("%s: keys %v", kind, keys)
		}
		if name, ok := keys["aws:username"]; ok != (kind == User || kind == UserSession) || ok && name != "alice" {
			t.Errorf("%s: user name %q", kind, name)
		}
		if _, ok := keys["aws:TokenIssueTime"]; ok != (kind != User && kind != Root) {
			t.Errorf("%s: issue time %q", kind, keys["aws:TokenIssueTime"])
		}
		if (keys["aws:AssumedRoot"] == "true") != (kind == AssumedRoot) {
			t.Errorf("%s: assumed root %q", kind, keys["aws:AssumedRoot"])
		}
	}
}

func TestNoPolicyForbidsIdentityAndSessionToken(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	for _, operation := range []string{"GetCallerIdentity", "GetSessionToken"} {
		if err := callOf(l, operation, l.key(bobKey)); err != nil {
			t.Errorf("%s: %v", operation, err)
		}
	}
}

func TestIAMRefusesSomeSessions(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	all := callers(l)
	all[0] = l.with(must(l.GetSessionToken(ctx(), all[User], &GetSessionTokenInput{SerialNumber: new(aliceMFA), TokenCode: new(code(start))}))(t).Credentials)
	want := map[Kind]bool{0: true, User: true, Root: true, UserSession: false, RootUserSession: false, RoleSession: true, FederatedSession: false, AssumedRoot: true}
	for kind, caller := range all {
		d := l.may(caller, "iam:GetUser", "*")
		if d.Allowed() != want[kind] || !d.Allowed() && d.Reason != eval.ByCredentials {
			t.Errorf("%s (%d): %v by %v", kind, kind, d.Outcome, d.Reason)
		}
	}
}

func TestSCPsBindRootButNotGetSessionToken(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	_, err := l.GetFederationToken(ctx(), l.key(fencedRoot), &GetFederationTokenInput{Name: new("fred")})
	fails(t, err, 403, AccessDenied, "User: arn:aws:iam::333333333333:root is not authorized to perform: sts:GetFederationToken on resource: "+
		"arn:aws:sts::333333333333:federated-user/fred with an explicit deny in a service control policy")
	must(l.GetSessionToken(ctx(), l.key(fencedRoot), &GetSessionTokenInput{}))(t)
}

func TestLookup(t *testing.T) {
	t.Parallel()
	const unknown = "The security token included in the request is invalid."
	l := newLab(t)
	one := must(l.AssumeRole(ctx(), l.key(aliceKey), in(deployARN)))(t).Credentials
	two := must(l.AssumeRole(ctx(), l.key(aliceKey), in(deployARN)))(t).Credentials
	tests := map[string]struct{ key, token string }{
		"an unknown key":                     {"AKIAUNKNOWN000000000", ""},
		"an inactive key":                    {idleKey, ""},
		"a temporary key without its token":  {one.AccessKeyId, ""},
		"with the token of another session":  {one.AccessKeyId, two.SessionToken},
		"with a token that was changed":      {one.AccessKeyId, one.SessionToken[:60] + "A" + one.SessionToken[61:]},
		"with a token that was cut":          {one.AccessKeyId, one.SessionToken[:len(one.SessionToken)-4]},
		"with a token and a line break":      {one.AccessKeyId, one.SessionToken + "\n"},
		"a long-term key with a token":       {aliceKey, one.SessionToken},
		"the key in small letters":           {strings.ToLower(one.AccessKeyId), one.SessionToken},
		"an authorization message as token":  {one.AccessKeyId, must(l.EncodeAuthorizationMessage(l.may(l.key(bobKey), "s3:GetObject", "*")))(t)},
		"the token under the other's prefix": {one.AccessKeyId, tokenPrefix + strings.TrimPrefix(one.SessionToken, globalTokenPrefix)},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := l.Lookup(tt.key, tt.token)
			fails(t, err, 403, InvalidClientTokenID, unknown)
		})
	}
	c := l.with(one)
	if c.Secret() != one.SecretAccessKey || c.Account() != home || c.AccessKeyID() != one.AccessKeyId {
		t.Errorf("%s %s %s", c, c.Account(), c.AccessKeyID())
	}
	if expires, ok := c.Expiration(); !ok || !expires.Equal(one.Expiration) {
		t.Errorf("expires %v", expires)
	}
	if l.key(aliceKey).Secret() != "aliceSecret" {
		t.Error("another secret than the world's")
	}
	if strings.Contains(c.String()+c.GoString(), c.Secret()) {
		t.Error("the secret is printed")
	}
}

func TestExpiry(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	c := l.session(l.key(aliceKey), in(deployARN, func(in *AssumeRoleInput) { in.DurationSeconds = new(int32(900)) }))
	l.pass(15*time.Minute - time.Second)
	must(l.GetCallerIdentity(ctx(), c, &GetCallerIdentityInput{}))(t)
	l.pass(time.Second)
	_, err := l.GetCallerIdentity(ctx(), c, &GetCallerIdentityInput{})
	fails(t, err, 403, ExpiredToken, "The security token included in the request is expired")
	_, err = l.AssumeRole(ctx(), c, &AssumeRoleInput{}) // before the parameters
	fails(t, err, 403, ExpiredToken, "The security token included in the request is expired")
	c2, err := l.Lookup(c.AccessKeyID(), "x")
	if c2 != nil || err == nil {
		t.Error("found by another token")
	}
}
