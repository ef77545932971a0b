package stshttp

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const someDocument = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}`

func iamForm(action string, pairs ...string) string {
	return params(append([]string{"Action", action, "Version", "2010-05-08"}, pairs...)...)
}

func custom() string {
	return iamForm("SimulateCustomPolicy", "PolicyInputList.member.1", someDocument,
		"ActionNames.member.1", "s3:GetObject", "ActionNames.member.2", "s3:PutObject", "MaxItems", "1")
}

func iam(s signer) signer {
	s.service = "iam"
	return s
}

func TestSimulateCustomPolicy(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	a := l.send(l.post(iam(alice()), custom()))
	const want = `<SimulateCustomPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><SimulateCustomPolicyResult>` +
		`<IsTruncated>true</IsTruncated><Marker>MQ==</Marker><EvaluationResults><member><EvalActionName>s3:GetObject</EvalActionName>` +
		`<EvalResourceName>*</EvalResourceName><EvalDecision>allowed</EvalDecision><MatchedStatements><member>` +
		`<SourcePolicyId>PolicyInputList.1</SourcePolicyId><SourcePolicyType>IAM Policy</SourcePolicyType>` +
		`<StartPosition><Line>1</Line><Column>39</Column></StartPosition><EndPosition><Line>1</Line><Column>95</Column></EndPosition>` +
		`</member></MatchedStatements><MissingContextValues></MissingContextValues></member></EvaluationResults>` +
		`</SimulateCustomPolicyResult><ResponseMetadata><RequestId>ID</RequestId></ResponseMetadata></SimulateCustomPolicyResponse>` + "\n"
	if diff := cmp.Diff(want, a.anonymize()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestSimulatePrincipalPolicy(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	a := l.send(l.post(iam(alice()), iamForm("SimulatePrincipalPolicy",
		"PolicySourceArn", "arn:aws:iam::111111111111:user/bob", "ActionNames.member.1", "sts:AssumeRole", "ResourceArns.member.1", deployARN)))
	if a.status != http.StatusOK || element(a.body, "EvalDecision") != "allowed" {
		t.Error(a.body)
	}
}

func TestTheSimulatorRefuses(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	bob := iam(signer{key: "AKIARTXV5AHDTBI2OBOB", secret: "bobSecret"})
	temporary := func(body string) signer {
		a := l.send(l.post(alice(), body))
		if a.status != http.StatusOK {
			t.Fatal(a.body)
		}
		return iam(signer{key: element(a.body, "AccessKeyId"), secret: element(a.body, "SecretAccessKey"), token: element(a.body, "SessionToken")})
	}
	strict := newLab(t, func(o *Options) { o.AuthorizeSimulator = true })
	tests := map[string]struct {
		lab           *lab
		signer        signer
		body          string
		status        int
		code, message string
	}{
		"the scope of STS":            {l, alice(), custom(), 403, "SignatureDoesNotMatch", "Credential should be scoped to correct service: 'iam'. "},
		"a session without MFA":       {l, temporary(stsForm("GetSessionToken")), custom(), 403, "InvalidClientTokenId", unknown},
		"a federated user":            {l, temporary(stsForm("GetFederationToken", "Name", "ana")), custom(), 403, "InvalidClientTokenId", unknown},
		"a role session":              {l, iam(l.session(alice())), custom(), 200, "", ""},
		"a user without permission":   {l, bob, custom(), 200, "", ""},
		"bad input":                   {l, bob, iamForm("SimulateCustomPolicy"), 400, "ValidationError", "2 validation errors detected: Value at 'actionNames' failed to satisfy constraint: Member must not be null; Value at 'policyInputList' failed to satisfy constraint: Member must not be null"},
		"no such user":                {l, bob, iamForm("GetContextKeysForPrincipalPolicy", "PolicySourceArn", "arn:aws:iam::111111111111:user/none"), 404, "NoSuchEntity", "The user with name none cannot be found."},
		"where permission is needed":  {strict, bob, custom(), 403, "AccessDenied", "User: arn:aws:iam::111111111111:user/bob is not authorized to perform: iam:SimulateCustomPolicy because no identity-based policy allows the iam:SimulateCustomPolicy action"},
		"where permission is granted": {strict, iam(alice()), custom(), 200, "", ""},
	}
	for name, test := range tests {
		a := test.lab.send(test.lab.post(test.signer, test.body))
		if a.status != test.status || a.code != test.code || a.message != test.message {
			t.Errorf("%s: %s", name, a.body)
		}
		if test.status != http.StatusOK && !strings.Contains(a.body, `xmlns="https://iam.amazonaws.com/doc/2010-05-08/"`) {
			t.Errorf("%s: another namespace: %s", name, a.body)
		}
	}
}
