package sts

import (
	"strconv"
	"testing"
	"time"
)

// code gives the code of the devices of the tests at a time.
func code(at time.Time) string {
	key, err := decodeSeed(seed)
	if err != nil {
		panic(err)
	}
	return totp(key, stepOf(at))
}

func TestTOTPVectors(t *testing.T) {
	t.Parallel()
	for epoch, want := range map[int64]string{59: "287082", 1111111109: "081804", 20000000000: "353130"} {
		if got := code(time.Unix(epoch, 0)); got != want {
			t.Errorf("%d: %s, want %s", epoch, got, want)
		}
	}
}

func TestMFA(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		key    string
		serial *string
		code   *string
		want   string
	}{
		"a good code":                     {aliceKey, new(aliceMFA), new(code(start)), ""},
		"that of the step before":         {aliceKey, new(aliceMFA), new(code(start.Add(-30 * time.Second))), ""},
		"that of the step after":          {aliceKey, new(aliceMFA), new(code(start.Add(30 * time.Second))), ""},
		"that of two steps before":        {aliceKey, new(aliceMFA), new(code(start.Add(-60 * time.Second))), mfaWrongCode},
		"that of two steps after":         {aliceKey, new(aliceMFA), new(code(start.Add(60 * time.Second))), mfaWrongCode},
		"a wrong code":                    {aliceKey, new(aliceMFA), new("000000"), mfaWrongCode},
		"an unknown device":               {aliceKey, new(aliceMFA + "x"), new(code(start)), mfaWrongSerial},
		"somebody else's device":          {bobKey, new(aliceMFA), new(code(start)), mfaWrongSerial},
		"the root user's device as alice": {aliceKey, new(rootMFA), new(code(start)), mfaWrongSerial},
		"the root user":                   {rootKey, new(rootMFA), new(code(start)), ""},
		"a device without code":           {aliceKey, new(aliceMFA), nil, mfaHalf},
		"a code without device":           {aliceKey, nil, new(code(start)), mfaHalf},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			out, err := l.GetSessionToken(ctx(), l.key(tt.key), &GetSessionTokenInput{SerialNumber: tt.serial, TokenCode: tt.code})
			if tt.want != "" {
				fails(t, err, 403, AccessDenied, tt.want)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			l.pass(90*time.Second + 500*time.Millisecond)
			keys := l.seen(l.with(out.Credentials))
			if keys["aws:MultiFactorAuthPresent"] != "true" || keys["aws:MultiFactorAuthAge"] != "91" {
				t.Errorf("keys %v", keys)
			}
		})
	}
}

func TestACodeIsGoodOnce(t *testing.T) {
	t.Parallel()
	use := func(l *lab, code string) error {
		_, err := l.GetSessionToken(ctx(), l.key(aliceKey), &GetSessionTokenInput{SerialNumber: new(aliceMFA), TokenCode: &code})
		return err
	}
	l := newLab(t)
	before, now, after := code(start.Add(-30*time.Second)), code(start), code(start.Add(30*time.Second))
	for _, c := range []string{now, before, after} {
		if err := use(l, c); err != nil {
			t.Errorf("first use of %s: %v", c, err)
		}
	}
	for _, c := range []string{now, before, after} {
		fails(t, use(l, c), 403, AccessDenied, mfaWrongCode)
	}
	again := newLab(t, func(o *Options) { o.CodesAgain = true })
	for range 2 {
		if err := use(again, now); err != nil {
			t.Error(err)
		}
	}
}

func TestCodeMemoryIsBounded(t *testing.T) {
	t.Parallel()
	var m codeMemory
	now := start
	for i := range 100_000 {
		now = now.Add(time.Second)
		if !m.use(strconv.Itoa(i), stepOf(now), now) {
			t.Fatalf("code %d was never used", i)
		}
	}
	if len(m.used) > 3000 {
		t.Errorf("%d devices remembered, of which 120 can matter", len(m.used))
	}
}

func TestMFAReachesNoFurtherThanTheCall(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	withMFA := func(in *AssumeRoleInput) { in.SerialNumber, in.TokenCode = new(aliceMFA), new(code(start)) }
	session := l.session(l.key(aliceKey), in(deployARN, withMFA))
	keys := l.seen(session)
	if _, aged := keys["aws:MultiFactorAuthAge"]; aged || keys["aws:MultiFactorAuthPresent"] != "false" {
		t.Errorf("keys %v", keys)
	}
	_, err := l.AssumeRole(ctx(), session, in(deployARN, withMFA))
	fails(t, err, 403, AccessDenied, mfaWrongSerial) // a role session has no devices
}

func TestUserSessionsOpenRolesThatDemandMFA(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	without := l.with(must(l.GetSessionToken(ctx(), l.key(aliceKey), &GetSessionTokenInput{}))(t).Credentials)
	with := l.with(must(l.GetSessionToken(ctx(), l.key(aliceKey), &GetSessionTokenInput{SerialNumber: new(aliceMFA), TokenCode: new(code(start))}))(t).Credentials)
	l.session(with, in(role("mfa")))
	if _, err := l.AssumeRole(ctx(), without, in(role("mfa"))); err == nil {
		t.Error("a session without MFA opened the role")
	}
	if keys := l.seen(without); keys["aws:MultiFactorAuthPresent"] != "false" {
		t.Errorf("keys %v", keys)
	}
	if keys := l.seen(l.key(aliceKey)); keys["aws:MultiFactorAuthPresent"] != "" || keys["aws:TokenIssueTime"] != "" {
		t.Errorf("keys of a long-term key: %v", keys)
	}
}
