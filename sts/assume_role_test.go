package sts

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall/rolecall/policy/eval"
)

func TestAssumeRole(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	out := must(l.AssumeRole(ctx(), l.key(aliceKey), in(deployARN, func(in *AssumeRoleInput) {
		in.SourceIdentity = new("alice")
	})))(t)
	got := *out
	got.Credentials.AccessKeyId, got.Credentials.SecretAccessKey, got.Credentials.SessionToken = "", "", ""
	want := AssumeRoleOutput{
		Credentials: Credentials{Expiration: start.Add(time.Hour)},
		AssumedRoleUser: AssumedRoleUser{
			Arn: "arn:aws:sts::111111111111:assumed-role/deploy/ana", AssumedRoleId: "AROARTXV5AHDDEPLOY001:ana",
		},
		SourceIdentity: "alice", PackedPolicySize: 12, TokenSize: TokenSize{SessionTokenSize: 452, SessionTokenUtilization: 12},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	c := out.Credentials
	if account, ok := accountOf(c.AccessKeyId); !ok || account != home || !strings.HasPrefix(c.AccessKeyId, "ASIA") {
		t.Errorf("access key id %s", c.AccessKeyId)
	}
	if len(c.SecretAccessKey) != 40 || len(c.SessionToken) != 452 || !strings.HasPrefix(c.SessionToken, globalTokenPrefix) {
		t.Errorf("secret of %d, token %s of %d", len(c.SecretAccessKey), c.SessionToken[:16], len(c.SessionToken))
	}
	who := must(l.GetCallerIdentity(ctx(), l.with(c), &GetCallerIdentityInput{}))(t)
	if diff := cmp.Diff(&GetCallerIdentityOutput{Account: home, Arn: out.AssumedRoleUser.Arn, UserId: out.AssumedRoleUser.AssumedRoleId}, who); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestAssumeRoleTwiceGivesTwoSessions(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	one := must(l.AssumeRole(ctx(), l.key(aliceKey), in(deployARN)))(t).Credentials
	two := must(l.AssumeRole(ctx(), l.key(aliceKey), in(deployARN)))(t).Credentials
	if one.AccessKeyId == two.AccessKeyId || one.SecretAccessKey == two.SecretAccessKey || one.SessionToken == two.SessionToken {
		t.Errorf("the second call gave part of the first's credentials")
	}
}

func TestAssumeRoleRefusals(t *testing.T) {
	t.Parallel()
	const (
		alice   = "User: arn:aws:iam::111111111111:user/dev/alice is not authorized to perform: "
		bob     = "User: arn:aws:iam::111111111111:user/bob is not authorized to perform: "
		carol   = "User: arn:aws:iam::111111111111:user/carol is not authorized to perform: "
		worker  = "User: arn:aws:iam::222222222222:user/worker is not authorized to perform: "
		outside = "User: arn:aws:iam::999999999999:user/outsider is not authorized to perform: "
		inside  = "User: arn:aws:iam::333333333333:user/insider is not authorized to perform: "
		inner   = "arn:aws:iam::333333333333:role/inner"
	)
	tagged := func(in *AssumeRoleInput) { in.Tags = tags("a", "b") }
	sourced := func(in *AssumeRoleInput) { in.SourceIdentity = new("alice") }
	tests := map[string]struct {
		key   string
		input *AssumeRoleInput
		want  string
		by    eval.Reason
	}{
		"no identity policy": {
			bobKey, in(role("plain")), bob + "sts:AssumeRole on resource: " + role("plain") + " because no identity-based policy allows the sts:AssumeRole action", eval.ByIdentity,
		},
		"boundary, although the trust policy names the user": {
			carolKey, in(role("named")), carol + "sts:AssumeRole on resource: " + role("named") + " because no permissions boundary allows the sts:AssumeRole action", eval.ByBoundary,
		},
		"trust policy denies": {
			aliceKey, in(role("denying")), alice + "sts:AssumeRole on resource: " + role("denying") + " with an explicit deny in the role trust policy", eval.ByResource,
		},
		"trust policy lacks TagSession": {
			aliceKey, in(role("plain"), tagged), alice + "sts:TagSession on resource: " + role("plain") + " because no role trust policy allows the sts:TagSession action", eval.ByResource,
		},
		"trust policy lacks SetSourceIdentity": {
			aliceKey, in(role("plain"), sourced), alice + "sts:SetSourceIdentity on resource: " + role("plain") + " because no role trust policy allows the sts:SetSourceIdentity action", eval.ByResource,
		},
		"no external id": {
			aliceKey, in(role("external")), alice + "sts:AssumeRole on resource: " + role("external") + " because no role trust policy allows the sts:AssumeRole action", eval.ByResource,
		},
		"external id in another case": {
			aliceKey, in(role("external"), func(in *AssumeRoleInput) { in.ExternalId = new("secret-1") }),
			alice + "sts:AssumeRole on resource: " + role("external") + " because no role trust policy allows the sts:AssumeRole action", eval.ByResource,
		},
		"no MFA": {
			aliceKey, in(role("mfa")), alice + "sts:AssumeRole on resource: " + role("mfa") + " because no role trust policy allows the sts:AssumeRole action", eval.ByResource,
		},
		"across accounts the reason is not told": {
			workKey, in(deployARN), worker + "sts:AssumeRole on resource: " + deployARN, eval.ByResource,
		},
		"no such role": {
			aliceKey, in(role("ghost")), alice + "sts:AssumeRole on resource: " + role("ghost") + " because no role trust policy allows the sts:AssumeRole action", eval.ByResource,
		},
		"a role without its path": {
			aliceKey, in(role("deploy")), alice + "sts:AssumeRole on resource: " + role("deploy") + " because no role trust policy allows the sts:AssumeRole action", eval.ByResource,
		},
		"no such account": {
			aliceKey, in("arn:aws:iam::444444444444:role/x"), alice + "sts:AssumeRole on resource: arn:aws:iam::444444444444:role/x", eval.ByResource,
		},
		"SCP over the caller": {
			fencedKey, in(inner), inside + "sts:AssumeRole on resource: " + inner + " with an explicit deny in a service control policy", eval.BySCP,
		},
		"RCP over the role": {
			awayKey, in(inner), outside + "sts:AssumeRole on resource: " + inner, eval.ByRCP,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			_, err := l.AssumeRole(ctx(), l.key(tt.key), tt.input)
			e := fails(t, err, 403, AccessDenied, tt.want)
			if e.Decision == nil || e.Decision.Reason != tt.by {
				t.Errorf("decided by %v, want %v", e.Decision, tt.by)
			}
		})
	}
}

func TestAssumeRoleOfWhatIsNoRole(t *testing.T) {
	t.Parallel()
	for _, arn := range []string{
		"arn:aws:iam::111111111111:user/dev/alice", "arn:aws:s3:::example-bucket", "arn:aws:sts::111111111111:assumed-role/deploy/x",
		"arn:a:b:::something/test-role", "arn:aws:iam::111111111111:root",
	} {
		l := newLab(t)
		_, err := l.AssumeRole(ctx(), l.key(aliceKey), in(arn))
		want := "User: " + aliceARN + " is not authorized to perform: sts:AssumeRole on resource: " + arn
		if e := errorOf(err); e.Code != AccessDenied || !strings.HasPrefix(e.Message, want) {
			t.Errorf("%s: %v", arn, err)
		}
	}
}

func TestAssumeRoleWorks(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		key   string
		input *AssumeRoleInput
	}{
		"the trust policy names the user":      {bobKey, in(role("named"))},
		"the account is trusted":               {aliceKey, in(role("plain"))},
		"external id":                          {aliceKey, in(role("external"), func(in *AssumeRoleInput) { in.ExternalId = new("Secret-1") })},
		"across accounts both sides allow":     {aliceKey, in(anywhere)},
		"tags and a source identity":           {aliceKey, in(deployARN, func(in *AssumeRoleInput) { in.Tags, in.SourceIdentity = tags("a", ""), new("x1") })},
		"an account trusted beside the caller": {awayKey, in(deployARN)},
		"MFA": {aliceKey, in(role("mfa"), func(in *AssumeRoleInput) {
			in.SerialNumber, in.TokenCode = new(aliceMFA), new(code(start))
		})},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			l.session(l.key(tt.key), tt.input)
		})
	}
}

func TestARoleDoesNotTrustItself(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	session := l.session(l.key(bobKey), in(role("named")))
	_, err := l.AssumeRole(ctx(), session, in(role("named")))
	fails(t, err, 403, AccessDenied, "User: arn:aws:sts::111111111111:assumed-role/named/ana is not authorized to perform: sts:AssumeRole on resource: "+
		role("named")+" because no role trust policy allows the sts:AssumeRole action")
}

func TestProvidedContextsAreRefusedAfterThePermission(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	provided := func(in *AssumeRoleInput) {
		in.ProvidedContexts = []ProvidedContext{{ProviderArn: new("arn:aws:iam::aws:contextProvider/IdentityCenter"), ContextAssertion: new("text")}}
	}
	_, err := l.AssumeRole(ctx(), l.key(aliceKey), in(role("plain"), provided))
	fails(t, err, 403, AccessDenied, "User: "+aliceARN+" is not authorized to perform: sts:SetContext on resource: "+role("plain")+
		" because no role trust policy allows the sts:SetContext action")
	_, err = l.AssumeRole(ctx(), l.key(aliceKey), in(deployARN, provided))
	fails(t, err, 400, ValidationError, "The provided context assertion is not valid.")
}

func TestDurationOfARoleSession(t *testing.T) {
	t.Parallel()
	const (
		role1h  = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
		chained = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
	)
	userSession := func(l *lab) *Caller {
		return l.with(must(l.GetSessionToken(ctx(), l.key(aliceKey), &GetSessionTokenInput{}))(t).Credentials)
	}
	tests := map[string]struct {
		caller func(*lab) *Caller
		role   string
		given  *int32
		want   time.Duration
		fails  string
	}{
		"default":                   {nil, deployARN, nil, time.Hour, ""},
		"least":                     {nil, deployARN, new(int32(900)), 15 * time.Minute, ""},
		"the role's maximum":        {nil, deployARN, new(int32(43200)), 12 * time.Hour, ""},
		"beyond the role's maximum": {nil, role("plain"), new(int32(3601)), 0, role1h},
		"an hour by a session": {
			func(l *lab) *Caller { return l.session(l.key(aliceKey), in(role("plain"))) },
			deployARN, new(int32(3600)), time.Hour, "",
		},
		"more than an hour by a role session": {
			func(l *lab) *Caller { return l.session(l.key(aliceKey), in(role("plain"))) },
			deployARN, new(int32(3601)), 0, chained,
		},
		"more than an hour by a user session": {userSession, deployARN, new(int32(3601)), 0, chained},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			caller := l.key(aliceKey)
			if tt.caller != nil {
				caller = tt.caller(l)
			}
			out, err := l.AssumeRole(ctx(), caller, in(tt.role, func(in *AssumeRoleInput) { in.DurationSeconds = tt.given }))
			if tt.fails != "" {
				fails(t, err, 400, ValidationError, tt.fails)
				return
			}
			if err != nil || !out.Credentials.Expiration.Equal(start.Add(tt.want)) {
				t.Errorf("%v, want an expiration after %v", err, tt.want)
			}
		})
	}
}

func TestAStrangerLearnsNothingOfTheRole(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	_, err := l.AssumeRole(ctx(), l.key(bobKey), in(role("plain"), func(in *AssumeRoleInput) {
		in.DurationSeconds, in.PolicyArns = new(int32(43200)), []PolicyDescriptorType{{Arn: new("arn:aws:iam::111111111111:policy/ghost")}}
	}))
	if e := errorOf(err); e.Code != AccessDenied {
		t.Error(err)
	}
}

func TestRegionSwitchedOff(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	off := WithEnvironment(ctx(), &Environment{Region: "ap-east-1"})
	_, err := l.AssumeRole(off, l.key(aliceKey), in(deployARN))
	fails(t, err, 403, RegionDisabled, "STS is not activated in the requested region for the account that is being asked to generate credentials.")
	must(l.AssumeRole(off, l.key(aliceKey), in(anywhere)))(t) // the role's account counts
}

func TestTokenPrefixes(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	for _, tt := range []struct{ region, role, want string }{
		{"", deployARN, globalTokenPrefix}, {"aws-global", deployARN, globalTokenPrefix}, {"eu-west-1", deployARN, tokenPrefix}, {"", anywhere, tokenPrefix},
	} {
		out := must(l.AssumeRole(WithEnvironment(ctx(), &Environment{Region: tt.region}), l.key(aliceKey), in(tt.role)))(t)
		if !strings.HasPrefix(out.Credentials.SessionToken, tt.want) {
			t.Errorf("%q %s: token begins %s", tt.region, tt.role, out.Credentials.SessionToken[:16])
		}
		l.with(out.Credentials)
	}
}
