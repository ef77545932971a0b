package sdkinterop

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssts "github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"
	"github.com/google/go-cmp/cmp"

	"github.com/rolecall/rolecall/conditions"
)

// use makes a client of the credentials of an answer.
func (l *lab) use(c *types.Credentials) *awssts.Client {
	l.t.Helper()
	if c == nil || !strings.HasPrefix(aws.ToString(c.AccessKeyId), "ASIA") || c.Expiration == nil {
		l.t.Fatalf("no credentials: %+v", c)
	}
	return l.client(*c.AccessKeyId, *c.SecretAccessKey, *c.SessionToken)
}

func TestAssumeRole(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	out, err := l.alice().AssumeRole(ctx(), &awssts.AssumeRoleInput{
		RoleArn: aws.String(deployARN), RoleSessionName: aws.String("ana"), DurationSeconds: aws.Int32(7200), SourceIdentity: aws.String("ana"),
		Policy:            aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:*","Resource":"*"}]}`),
		Tags:              []types.Tag{{Key: aws.String("a"), Value: aws.String("ä b/c+d=e@f")}, {Key: aws.String("c"), Value: aws.String("")}},
		TransitiveTagKeys: []string{"a"}, PolicyArns: []types.PolicyDescriptorType{},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := types.AssumedRoleUser{Arn: aws.String("arn:aws:sts::111111111111:assumed-role/deploy/ana"), AssumedRoleId: aws.String("AROARTXV5AHDDEPLOY001:ana")}
	if diff := cmp.Diff(*out.AssumedRoleUser.Arn+*out.AssumedRoleUser.AssumedRoleId, *want.Arn+*want.AssumedRoleId); diff != "" {
		t.Error(diff)
	}
	if aws.ToString(out.SourceIdentity) != "ana" || aws.ToInt32(out.SessionTokenSize) != int32(len(*out.Credentials.SessionToken)) ||
		aws.ToInt32(out.SessionTokenUtilization) == 0 || aws.ToInt32(out.PackedPolicySize) != aws.ToInt32(out.SessionTokenUtilization) {
		t.Errorf("%+v", out)
	}
	if left := time.Until(*out.Credentials.Expiration); left < 7100*time.Second || left > 7200*time.Second {
		t.Error(left)
	}
	chained := l.use(out.Credentials)
	if got := l.identity(chained); got != *want.Arn {
		t.Error(got)
	}
	_, err = chained.AssumeRole(ctx(), &awssts.AssumeRoleInput{
		RoleArn: aws.String(deployARN), RoleSessionName: aws.String("bea"), Tags: []types.Tag{{Key: aws.String("A"), Value: aws.String("x")}},
	})
	conflict := failure{400, "InvalidParameterValue", "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session."}
	if got := failed(t, err); got != conflict {
		t.Errorf("%+v", got)
	}
}

func TestAssumeRoleWithWebIdentity(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	anonymous := awssts.NewFromConfig(l.config(nil))
	out, err := anonymous.AssumeRoleWithWebIdentity(ctx(), &awssts.AssumeRoleWithWebIdentityInput{
		RoleArn: aws.String(deployARN), RoleSessionName: aws.String("ana"), WebIdentityToken: aws.String(token(t, "app", 0)),
	})
	if err != nil {
		t.Fatal(err)
	}
	if aws.ToString(out.SubjectFromWebIdentityToken) != "ana" || aws.ToString(out.Audience) != "app" ||
		aws.ToString(out.Provider) != "arn:aws:iam::111111111111:oidc-provider/idp.example.com" {
		t.Errorf("%+v", out)
	}
	if got := l.identity(l.use(out.Credentials)); got != "arn:aws:sts::111111111111:assumed-role/deploy/ana" {
		t.Error(got)
	}
}

func TestAssumeRoleWithSAML(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	out, err := awssts.NewFromConfig(l.config(nil)).AssumeRoleWithSAML(ctx(), &awssts.AssumeRoleWithSAMLInput{
		RoleArn: aws.String(deployARN), PrincipalArn: aws.String(corpARN), SAMLAssertion: aws.String(response(t, "")),
	})
	if err != nil {
		t.Fatal(err)
	}
	if aws.ToString(out.Subject) != "ana" || aws.ToString(out.SubjectType) != "persistent" || aws.ToString(out.Issuer) != "https://idp.example.com/saml" ||
		aws.ToString(out.Audience) != "https://signin.aws.amazon.com/saml" || aws.ToString(out.NameQualifier) == "" {
		t.Errorf("%+v", out)
	}
	if got := l.identity(l.use(out.Credentials)); got != "arn:aws:sts::111111111111:assumed-role/deploy/ana" {
		t.Error(got)
	}
}

func TestAssumeRoot(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	out, err := l.alice().AssumeRoot(ctx(), &awssts.AssumeRootInput{
		TargetPrincipal: aws.String("222222222222"),
		TaskPolicyArn:   &types.PolicyDescriptorType{Arn: aws.String("arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := l.identity(l.use(out.Credentials)); got != "arn:aws:iam::222222222222:root" {
		t.Error(got)
	}
}

func TestDecodeAuthorizationMessage(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	bob, err := l.service.Lookup(bobKey, "")
	if err != nil {
		t.Fatal(err)
	}
	decision, err := l.service.Authorize(ctx(), bob, "ec2:RunInstances", "arn:aws:ec2:us-east-1:111111111111:instance/*", conditions.NewContext(0))
	if err != nil {
		t.Fatal(err)
	}
	message, err := l.service.EncodeAuthorizationMessage(decision)
	if err != nil {
		t.Fatal(err)
	}
	out, err := l.alice().DecodeAuthorizationMessage(ctx(), &awssts.DecodeAuthorizationMessageInput{EncodedMessage: &message})
	if err != nil {
		t.Fatal(err)
	}
	if got := aws.ToString(out.DecodedMessage); !strings.HasPrefix(got, `{"allowed":false,"explicitDeny":false,"matchedStatements":{"items":[]}`) || !strings.Contains(got, `"action":"ec2:RunInstances"`) {
		t.Error(got)
	}
}

func TestGetAccessKeyInfo(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	for key, want := range map[string]string{"ASIAQNZGKIQY56JQ7WML": "029608264753", workKey: "222222222222"} {
		out, err := l.alice().GetAccessKeyInfo(ctx(), &awssts.GetAccessKeyInfoInput{AccessKeyId: &key})
		if err != nil || aws.ToString(out.Account) != want {
			t.Error(key, out, err)
		}
	}
}

func TestGetCallerIdentity(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	out, err := l.client(rootKey, rootSecret, "").GetCallerIdentity(ctx(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if *out.Account != "111111111111" || *out.UserId != "111111111111" || *out.Arn != "arn:aws:iam::111111111111:root" {
		t.Errorf("%+v", out)
	}
}

func TestGetDelegatedAccessToken(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	worker := l.client(workKey, workSecret, "")
	out, err := worker.GetDelegatedAccessToken(ctx(), &awssts.GetDelegatedAccessTokenInput{TradeInToken: aws.String("trade-1")})
	if err != nil {
		t.Fatal(err)
	}
	if aws.ToString(out.AssumedPrincipal) != aliceARN || l.identity(l.use(out.Credentials)) != aliceARN {
		t.Errorf("%+v", out)
	}
}

func TestGetFederationToken(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	out, err := l.alice().GetFederationToken(ctx(), &awssts.GetFederationTokenInput{Name: aws.String("fred")})
	if err != nil {
		t.Fatal(err)
	}
	if *out.FederatedUser.Arn != "arn:aws:sts::111111111111:federated-user/fred" || *out.FederatedUser.FederatedUserId != "111111111111:fred" ||
		l.identity(l.use(out.Credentials)) != *out.FederatedUser.Arn {
		t.Errorf("%+v", out)
	}
}

func TestGetSessionToken(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	out, err := l.alice().GetSessionToken(ctx(), &awssts.GetSessionTokenInput{
		SerialNumber: aws.String("arn:aws:iam::111111111111:mfa/alice"), TokenCode: aws.String(code(aliceSeed)),
	})
	if err != nil {
		t.Fatal(err)
	}
	session := l.use(out.Credentials)
	if got := l.identity(session); got != aliceARN {
		t.Error(got)
	}
	if _, err := session.AssumeRole(ctx(), &awssts.AssumeRoleInput{RoleArn: aws.String("arn:aws:iam::111111111111:role/vault"), RoleSessionName: aws.String("ana")}); err != nil {
		t.Error(err)
	}
}

func TestGetWebIdentityToken(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	out, err := l.alice().GetWebIdentityToken(ctx(), &awssts.GetWebIdentityTokenInput{
		Audience: []string{"https://a.example.com", "b"}, SigningAlgorithm: aws.String("ES384"), Tags: []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(aws.ToString(out.WebIdentityToken), ".") != 2 || time.Until(*out.Expiration) > 300*time.Second {
		t.Errorf("%+v", out)
	}
	status, body := get(t, l.url+"/.well-known/jwks.json")
	if status != http.StatusOK || !strings.Contains(body, `"alg":"ES384"`) {
		t.Error(body)
	}
}
