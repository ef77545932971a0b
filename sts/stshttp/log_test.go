package stshttp

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// lines gives the log without times and ids.
func (l *lab) lines() []string {
	var list []string
	for line := range strings.Lines(l.log.String()) {
		var kept []string
		for word := range strings.FieldsSeq(line) {
			if !strings.HasPrefix(word, "time=") && !strings.HasPrefix(word, "id=") {
				kept = append(kept, word)
			}
		}
		list = append(list, strings.Join(kept, " "))
	}
	return list
}

func TestOneLineACall(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	bob := signer{key: "AKIARTXV5AHDTBI2OBOB", secret: "bobSecret"}
	wrong := alice()
	wrong.secret = "x"
	l.send(l.post(alice(), identify))
	l.send(l.post(alice(), stsForm("AssumeRole", "RoleArn", deployARN, "RoleSessionName", "ana")))
	l.send(l.post(bob, stsForm("GetFederationToken", "Name", "ana")))
	l.send(l.post(bob, stsForm("AssumeRole", "RoleArn", deployARN, "RoleSessionName", "ana", "Tags.member.1.Key", "a", "Tags.member.1.Value", "b")))
	l.send(l.post(alice(), stsForm("AssumeRole")))
	l.send(l.post(wrong, identify))
	l.send(l.post(alice(), stsForm("Nothing")))
	const head, alice, bobs = "level=INFO msg=call ", "who=arn:aws:iam::111111111111:user/dev/alice ", "who=arn:aws:iam::111111111111:user/bob "
	const tail = " region=us-east-1 source=192.0.2.1"
	want := []string{
		head + alice + "what=sts:GetCallerIdentity key=AKIAIOSFODNN7EXAMPLE decision=allowed status=200" + tail,
		head + alice + "what=sts:AssumeRole key=AKIAIOSFODNN7EXAMPLE decision=allowed status=200" + tail,
		head + bobs + `what=sts:GetFederationToken key=AKIARTXV5AHDTBI2OBOB decision=implicitDeny code=AccessDenied reason="decided by identity (implicitDeny)" status=403` + tail,
		head + bobs + `what=sts:AssumeRole key=AKIARTXV5AHDTBI2OBOB decision=implicitDeny code=AccessDenied refused=sts:TagSession reason="decided by identity (implicitDeny)" status=403` + tail,
		head + alice + "what=sts:AssumeRole key=AKIAIOSFODNN7EXAMPLE decision=invalid code=ValidationError status=400" + tail,
		head + `who=anonymous what=sts:GetCallerIdentity key=AKIAIOSFODNN7EXAMPLE decision=denied code=SignatureDoesNotMatch reason="the signature is of another request, or made with another secret" status=403` + tail,
		head + `who=anonymous what="" decision=invalid code=InvalidAction status=400 region=us-east-1 source=192.0.2.1`,
	}
	if diff := cmp.Diff(want, l.lines()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// TestSecretsAreNeverLogged makes calls with every kind of secret, good and bad.
func TestSecretsAreNeverLogged(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	session := l.session(alice())
	secrets := []string{aliceSecret, session.secret, session.token}
	send := func(r *http.Request) {
		if a := r.Header.Get("Authorization"); a != "" {
			if _, signature, ok := strings.Cut(a, "Signature="); ok {
				secrets = append(secrets, signature)
			}
		}
		l.send(r)
	}
	send(l.post(session, identify))
	send(l.presign(session, http.MethodGet))
	changed := session
	changed.token += "x"
	send(l.post(changed, identify))
	for action, name := range map[string]string{
		"AssumeRoleWithWebIdentity": "WebIdentityToken", "AssumeRoleWithSAML": "SAMLAssertion", "GetDelegatedAccessToken": "TradeInToken",
	} {
		secrets = append(secrets, "hush"+name)
		send(l.post(alice(), stsForm(action, "RoleArn", deployARN, "RoleSessionName", "ana", "PrincipalArn", deployARN, name, "hush"+name)))
	}
	send(l.post(alice(), stsForm("DecodeAuthorizationMessage", "EncodedMessage", "hushMessage")))
	secrets = append(secrets, "hushMessage", "hushHeader", "hushCode")
	send(l.post(alice(), stsForm("GetSessionToken", "SerialNumber", "arn:aws:iam::1:mfa/x", "TokenCode", "hushCode")))
	r := httptest.NewRequest(http.MethodPost, "http://"+host+"/", strings.NewReader(identify))
	r.Header.Set("Content-Type", form)
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 hushHeader")
	send(r)
	if n := len(l.lines()); n != 10 {
		t.Errorf("%d lines", n)
	}
	for _, secret := range secrets {
		if strings.Contains(l.log.String(), secret) {
			t.Errorf("%q is in the log:\n%s", secret, l.log.String())
		}
	}
}

func TestWhatIsLoggedStaysOnItsLine(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.send(l.post(alice(), params("Action", "x\nlevel=ERROR", "Version", "y\nz")))
	if n := strings.Count(l.log.String(), "\n"); n != 1 {
		t.Error(l.log.String())
	}
}
