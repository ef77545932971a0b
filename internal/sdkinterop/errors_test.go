package sdkinterop

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssts "github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"
)

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	return do(t, request)
}

func do(t *testing.T, request *http.Request) (int, string) {
	t.Helper()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

// is tells whether the SDK made the type of an error.
func is[E error](err error) bool {
	var e E
	return errors.As(err, &e)
}

// TestTypedErrors provokes every error that has a type in the SDK and that the
// endpoint answers.
func TestTypedErrors(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	alice, worker, anonymous := l.alice(), l.client(workKey, workSecret, ""), awssts.NewFromConfig(l.config(nil))
	web := func(audience string, age time.Duration) error {
		_, err := anonymous.AssumeRoleWithWebIdentity(ctx(), &awssts.AssumeRoleWithWebIdentityInput{
			RoleArn: aws.String(deployARN), RoleSessionName: aws.String("ana"), WebIdentityToken: aws.String(token(t, audience, age)),
		})
		return err
	}
	role := func(change func(*awssts.AssumeRoleInput)) error {
		in := &awssts.AssumeRoleInput{RoleArn: aws.String(deployARN), RoleSessionName: aws.String("ana")}
		change(in)
		_, err := alice.AssumeRole(ctx(), in)
		return err
	}
	session := func() *awssts.Client {
		out, err := alice.AssumeRole(ctx(), &awssts.AssumeRoleInput{RoleArn: aws.String(deployARN), RoleSessionName: aws.String("ana"), DurationSeconds: aws.Int32(900)})
		if err != nil {
			t.Fatal(err)
		}
		return l.use(out.Credentials)
	}
	webToken := func(c *awssts.Client, seconds int32, tags ...types.Tag) error {
		_, err := c.GetWebIdentityToken(ctx(), &awssts.GetWebIdentityTokenInput{
			Audience: []string{"a"}, SigningAlgorithm: aws.String("RS256"), DurationSeconds: &seconds, Tags: tags,
		})
		return err
	}
	var tags []types.Tag
	for i := range 50 {
		tags = append(tags, types.Tag{Key: aws.String(strings.Repeat("k", 100) + string(rune('A'+i%26)) + string(rune('A'+i/26))), Value: aws.String(strings.Repeat("v", 256))})
	}
	long := strings.Repeat(`{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/*"},`, 40)
	tests := map[string]struct {
		err   error
		typed func(error) bool
		want  failure
	}{
		"expired token": {web("app", 2*time.Hour), is[*types.ExpiredTokenException], failure{400, "ExpiredTokenException", ""}},
		"audience":      {web("other", 0), is[*types.InvalidIdentityTokenException], failure{400, "InvalidIdentityToken", "Incorrect token audience"}},
		"OAuth 2.0": {
			func() error {
				_, err := anonymous.AssumeRoleWithWebIdentity(ctx(), &awssts.AssumeRoleWithWebIdentityInput{
					RoleArn: aws.String(deployARN), RoleSessionName: aws.String("ana"), WebIdentityToken: aws.String("token"), ProviderId: aws.String("graph.facebook.com"),
				})
				return err
			}(), is[*types.IDPCommunicationErrorException], failure{400, "IDPCommunicationError", ""},
		},
		"policy": {
			role(func(in *awssts.AssumeRoleInput) { in.Policy = aws.String(`{"Version":"2012-10-17"}`) }),
			is[*types.MalformedPolicyDocumentException],
			failure{400, "MalformedPolicyDocument", ""},
		},
		"size": {
			role(func(in *awssts.AssumeRoleInput) {
				in.Policy = aws.String(`{"Version":"2012-10-17","Statement":[` + strings.TrimSuffix(long, ",") + `]}`)
			}), is[*types.PackedPolicyTooLargeException], failure{400, "PackedPolicyTooLarge", ""},
		},
		"message": {
			func() error {
				_, err := alice.DecodeAuthorizationMessage(ctx(), &awssts.DecodeAuthorizationMessageInput{EncodedMessage: aws.String("x")})
				return err
			}(), is[*types.InvalidAuthorizationMessageException], failure{400, "InvalidAuthorizationMessageException", ""},
		},
		"trade-in": {
			func() error {
				_, err := worker.GetDelegatedAccessToken(ctx(), &awssts.GetDelegatedAccessTokenInput{TradeInToken: aws.String("trade-2")})
				return err
			}(), is[*types.ExpiredTradeInTokenException], failure{400, "ExpiredTradeInTokenException", ""},
		},
		"feature": {webToken(worker, 300), is[*types.OutboundWebIdentityFederationDisabledException], failure{403, "OutboundWebIdentityFederationDisabledException", ""}},
		"longer":  {webToken(session(), 3600), is[*types.SessionDurationEscalationException], failure{403, "SessionDurationEscalationException", ""}},
		"payload": {webToken(alice, 300, tags...), is[*types.JWTPayloadSizeExceededException], failure{400, "JWTPayloadSizeExceededException", ""}},
	}
	for name, test := range tests {
		if test.err == nil || !test.typed(test.err) {
			t.Errorf("%s: %T %v", name, errors.Unwrap(errors.Unwrap(test.err)), test.err)
			continue
		}
		got := failed(t, test.err)
		if test.want.message == "" {
			test.want.message = got.message
		}
		if got != test.want || got.message == "" {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
}

// TestPlainErrors are those without a type.
func TestPlainErrors(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	caller := func(c *awssts.Client) error {
		_, err := c.GetCallerIdentity(ctx(), nil)
		return err
	}
	assume := func(c *awssts.Client, change func(*awssts.AssumeRoleInput)) error {
		in := &awssts.AssumeRoleInput{RoleArn: aws.String(deployARN), RoleSessionName: aws.String("ana")}
		change(in)
		_, err := c.AssumeRole(ctx(), in)
		return err
	}
	out, err := l.alice().AssumeRole(ctx(), &awssts.AssumeRoleInput{RoleArn: aws.String(deployARN), RoleSessionName: aws.String("ana")})
	if err != nil {
		t.Fatal(err)
	}
	c := out.Credentials
	expired, err := l.alice().AssumeRoot(ctx(), &awssts.AssumeRootInput{
		TargetPrincipal: aws.String("222222222222"), DurationSeconds: aws.Int32(0),
		TaskPolicyArn: &types.PolicyDescriptorType{Arn: aws.String("arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials")},
	})
	if err != nil {
		t.Fatal(err)
	}
	const invalid = "The security token included in the request is invalid."
	const different = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
	tests := map[string]struct {
		err  error
		want failure
	}{
		"secret":          {caller(l.client(aliceKey, "x", "")), failure{403, "SignatureDoesNotMatch", different}},
		"key":             {caller(l.client("AKIARTXV5AHDTBI2NONE", "x", "")), failure{403, "InvalidClientTokenId", invalid}},
		"no token":        {caller(l.client(*c.AccessKeyId, *c.SecretAccessKey, "")), failure{403, "InvalidClientTokenId", invalid}},
		"changed token":   {caller(l.client(*c.AccessKeyId, *c.SecretAccessKey, *c.SessionToken+"A")), failure{403, "InvalidClientTokenId", invalid}},
		"expired session": {caller(l.use(expired.Credentials)), failure{403, "ExpiredToken", "The security token included in the request is expired"}},
		"trust":           {assume(l.alice(), func(in *awssts.AssumeRoleInput) { in.RoleArn = aws.String("arn:aws:iam::111111111111:role/none") }), failure{403, "AccessDenied", "User: arn:aws:iam::111111111111:user/alice is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::111111111111:role/none because no role trust policy allows the sts:AssumeRole action"}},
		"identity":        {assume(l.client(bobKey, bobSecret, ""), func(*awssts.AssumeRoleInput) {}), failure{403, "AccessDenied", "User: arn:aws:iam::111111111111:user/bob is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::111111111111:role/deploy because no identity-based policy allows the sts:AssumeRole action"}},
		"root":            {assume(l.client(rootKey, rootSecret, ""), func(*awssts.AssumeRoleInput) {}), failure{403, "AccessDenied", "Roles may not be assumed by root accounts."}},
		"name and seconds": {assume(l.alice(), func(in *awssts.AssumeRoleInput) {
			in.RoleSessionName, in.DurationSeconds = aws.String("Session1:2"), aws.Int32(899)
		}), failure{400, "ValidationError", `2 validation errors detected: Value 'Session1:2' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*; Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900`}},
		"ARN":             {assume(l.alice(), func(in *awssts.AssumeRoleInput) { in.RoleArn = aws.String("nothing-valid-in-here") }), failure{400, "ValidationError", "nothing-valid-in-here is invalid"}},
		"chaining":        {assume(l.use(c), func(in *awssts.AssumeRoleInput) { in.DurationSeconds = aws.Int32(3601) }), failure{400, "ValidationError", "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."}},
		"an empty policy": {assume(l.alice(), func(in *awssts.AssumeRoleInput) { in.Policy = aws.String("") }), failure{400, "ValidationError", `2 validation errors detected: Value '' at 'policy' failed to satisfy constraint: Member must have length greater than or equal to 1; Value '' at 'policy' failed to satisfy constraint: Member must satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u00FF]+`}},
		"MFA code": {
			assume(l.alice(), func(in *awssts.AssumeRoleInput) {
				in.SerialNumber, in.TokenCode = aws.String("arn:aws:iam::111111111111:mfa/mia"), aws.String("000000")
			}),
			failure{403, "AccessDenied", "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user."},
		},
	}
	for name, test := range tests {
		if test.err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		if got := failed(t, test.err); got != test.want {
			t.Errorf("%s:\n%+v, want\n%+v", name, got, test.want)
		}
	}
}
