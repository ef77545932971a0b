package sts

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAuthorizationMessages(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	decoded := func(caller *Caller, message string) (string, error) {
		out, err := l.DecodeAuthorizationMessage(ctx(), caller, &DecodeAuthorizationMessageInput{EncodedMessage: &message})
		if err != nil {
			return "", err
		}
		return out.DecodedMessage, nil
	}
	session := l.session(l.key(aliceKey), in(deployARN, func(in *AssumeRoleInput) {
		in.Policy = new(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},` +
			`{"Sid":"Tokyo","Effect":"Deny","Action":["ec2:*","s3:PutObject"],"Resource":"*","Condition":{"StringEquals":{"ec2:Tenancy":["default","host"]}}}]}`)
	}))
	denied := must(l.EncodeAuthorizationMessage(l.may(session, "ec2:RunInstances", "arn:aws:ec2:us-east-1:111111111111:instance/*", "ec2:Tenancy", "default")))(t)
	const want = `{"allowed":false,"explicitDeny":true,"matchedStatements":{"items":[{"statementId":"Tokyo","effect":"DENY",` +
		`"principals":{"items":[{"value":"AROARTXV5AHDDEPLOY001"}]},"principalGroups":{"items":[]},` +
		`"actions":{"items":[{"value":"ec2:*"},{"value":"s3:PutObject"}]},"resources":{"items":[{"value":"*"}]},` +
		`"conditions":{"items":[{"key":"ec2:Tenancy","values":{"items":[{"value":"default"},{"value":"host"}]}}]}}]},"failures":{"items":[]},` +
		`"context":{"principal":{"id":"AROARTXV5AHDDEPLOY001:ana","arn":"arn:aws:sts::111111111111:assumed-role/deploy/ana"},` +
		`"action":"ec2:RunInstances","resource":"arn:aws:ec2:us-east-1:111111111111:instance/*","conditions":{"items":[` +
		`{"key":"ec2:Tenancy","values":{"items":[{"value":"default"}]}},`
	got := must(decoded(l.key(aliceKey), denied))(t)
	if diff := cmp.Diff(want, got[:min(len(got), len(want))]); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	implicit := must(l.EncodeAuthorizationMessage(l.may(l.key(bobKey), "s3:GetObject", "*")))(t)
	got = must(decoded(session, implicit))(t)
	const wantImplicit = `{"allowed":false,"explicitDeny":false,"matchedStatements":{"items":[]},"failures":{"items":[]},"context":{"principal":{"id":"`
	if diff := cmp.Diff(wantImplicit, got[:len(wantImplicit)]); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}

	const invalid = "Message is not valid"
	for name, text := range map[string]string{
		"changed": denied[:40] + "_" + denied[41:], "cut": denied[:len(denied)-1], "a line break": denied[:40] + "\n" + denied[40:],
		"padded": denied + "=", "nonsense": "x", "a session token": must(l.GetSessionToken(ctx(), l.key(aliceKey), &GetSessionTokenInput{}))(t).Credentials.SessionToken,
	} {
		if _, err := decoded(l.key(aliceKey), text); err == nil {
			t.Errorf("%s: taken", name)
		} else {
			fails(t, err, 400, InvalidAuthorizationMessage, invalid)
		}
	}
	_, err := decoded(l.key(bobKey), "x") // the permission is asked first
	fails(t, err, 403, AccessDenied, "User: arn:aws:iam::111111111111:user/bob is not authorized to perform: sts:DecodeAuthorizationMessage "+
		"because no identity-based policy allows the sts:DecodeAuthorizationMessage action")
	_, err = decoded(l.key(awayKey), denied)
	fails(t, err, 403, AccessDenied, "User: arn:aws:iam::999999999999:user/outsider is not authorized to perform: sts:DecodeAuthorizationMessage")
	l.pass(MessageLifetime + time.Second)
	_, err = decoded(l.key(aliceKey), denied)
	fails(t, err, 400, InvalidAuthorizationMessage, invalid)
}

func TestGetAccessKeyInfo(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	temporary := must(l.AssumeRole(ctx(), l.key(aliceKey), in(anywhere)))(t).Credentials.AccessKeyId
	for id, want := range map[string]string{
		bobKey: home, idleKey: home, awayKey: away, temporary: work,
		"ASIAQNZGKIQY56JQ7WML": "029608264753", "AKIASP2TPHJSQH3FJRUX": "171436882533", "ASIAY34FZKBOKMUTVV7A": "609629065308",
		"AKIATHPL2AOHK62AKQG5": work, "AKIARTXV5AHDTBI2OLLM": home,
	} {
		out := must(l.GetAccessKeyInfo(ctx(), l.key(aliceKey), &GetAccessKeyInfoInput{AccessKeyId: &id}))(t)
		if out.Account != want {
			t.Errorf("%s: %s, want %s", id, out.Account, want)
		}
	}
	for _, id := range []string{"AKIAIOSFODNN7EXAMPLE", "AROAYPXOM67G7A6BYFKN4", "ASIAQNZGKIQY56JQ7WM1", "XXXXQNZGKIQY56JQ7WML", "AKIAQNZGKIQY56JQ"} {
		_, err := l.GetAccessKeyInfo(ctx(), l.key(aliceKey), &GetAccessKeyInfoInput{AccessKeyId: &id})
		fails(t, err, 400, ValidationError, "Invalid access key: "+id)
	}
	_, err := l.GetAccessKeyInfo(ctx(), l.key(bobKey), &GetAccessKeyInfoInput{AccessKeyId: new(bobKey)})
	fails(t, err, 403, AccessDenied, "User: arn:aws:iam::111111111111:user/bob is not authorized to perform: sts:GetAccessKeyInfo "+
		"because no identity-based policy allows the sts:GetAccessKeyInfo action")
}

func TestAccountsInIDs(t *testing.T) {
	t.Parallel()
	for _, account := range []string{"000000000000", "000000000001", "111111111111", "999999999999"} {
		id, err := newAccessKeyID(account, newLab(t).entropy)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := accountOf(id); !ok || got != account || len(id) != 20 {
			t.Errorf("%s of %s holds %s", id, account, got)
		}
	}
}
