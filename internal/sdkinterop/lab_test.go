package sdkinterop

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	awssts "github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/rolecall/rolecall/sts"
	"github.com/rolecall/rolecall/sts/oidc"
	"github.com/rolecall/rolecall/sts/saml"
	"github.com/rolecall/rolecall/sts/stshttp"
	"github.com/rolecall/rolecall/world"
	"github.com/rolecall/rolecall/world/load"
)

const worldText = `
organization:
  id: o-exampleorg1
  managementAccount: "111111111111"
  rootSessions: true
  root: {id: r-ex01, accounts: ["111111111111", "222222222222"]}
accounts:
  "111111111111":
    outboundWebIdentityFederation: true
    rootAccessKeys: [{id: AKIARTXV5AHDTBI2ROOT, secret: rootSecret}]
    users:
      alice:
        tags: {team: red}
        accessKeys: [{id: AKIARTXV5AHDTBI2OLLM, secret: aliceSecret}]
        mfaDevices: [{serialNumber: "arn:aws:iam::111111111111:mfa/alice", seed: GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ}]
        policies:
          all: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: ["sts:*", "s3:*", "iam:*"], Resource: "*"}]}
      bob:
        accessKeys: [{id: AKIARTXV5AHDTBI2OBOB, secret: bobSecret}]
      mia: # who signs in by the command line with MFA
        accessKeys: [{id: AKIARTXV5AHDTBI2OMIA, secret: miaSecret}]
        mfaDevices: [{serialNumber: "arn:aws:iam::111111111111:mfa/mia", seed: JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP}]
        policies:
          all: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "sts:*", Resource: "*"}]}
    roles:
      deploy:
        id: AROARTXV5AHDDEPLOY001
        maxSessionDuration: 43200
        trustPolicy:
          Version: "2012-10-17"
          Statement:
            - {Sid: Everyone, Effect: Allow, Principal: {AWS: "111111111111"}, Action: ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]}
            - {Sid: Web, Effect: Allow, Principal: {Federated: "arn:aws:iam::111111111111:oidc-provider/idp.example.com"},
               Action: "sts:AssumeRoleWithWebIdentity", Condition: {StringEquals: {"idp.example.com:sub": ana}}}
            - {Sid: SAML, Effect: Allow, Principal: {Federated: "arn:aws:iam::111111111111:saml-provider/corp"},
               Action: "sts:AssumeRoleWithSAML", Condition: {StringEquals: {"SAML:aud": "https://signin.aws.amazon.com/saml"}}}
        policies:
          work: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: ["sts:*", "s3:*"], Resource: "*"}]}
      release: # with an external id, from deploy
        trustPolicy:
          Version: "2012-10-17"
          Statement: [{Effect: Allow, Principal: {AWS: "111111111111"}, Action: "sts:AssumeRole", Condition: {StringEquals: {"sts:ExternalId": train}}}]
      vault: # with MFA
        trustPolicy:
          Version: "2012-10-17"
          Statement: [{Effect: Allow, Principal: {AWS: "111111111111"}, Action: "sts:AssumeRole", Condition: {Bool: {"aws:MultiFactorAuthPresent": "true"}}}]
        policies:
          work: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "sts:AssumeRole", Resource: "*"}]}
    oidcProviders:
      idp.example.com: {clientIds: [app], jwks: JWKS}
    samlProviders:
      corp: {metadata: METADATA}
    delegations:
      - {tradeInToken: trade-1, product: "222222222222", delegator: "arn:aws:iam::111111111111:user/alice",
         permissions: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:GetObject", Resource: "*"}]}}
      - {tradeInToken: trade-2, product: "222222222222", delegator: "arn:aws:iam::111111111111:user/alice", expires: "2020-01-01T00:00:00Z",
         permissions: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:GetObject", Resource: "*"}]}}
  "222222222222":
    users:
      worker:
        accessKeys: [{id: AKIATHPL2AOHK62AKQG4, secret: workSecret}]
        policies:
          all: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}
`

const (
	aliceKey, aliceSecret = "AKIARTXV5AHDTBI2OLLM", "aliceSecret"
	bobKey, bobSecret     = "AKIARTXV5AHDTBI2OBOB", "bobSecret"
	miaKey, miaSecret     = "AKIARTXV5AHDTBI2OMIA", "miaSecret"
	workKey, workSecret   = "AKIATHPL2AOHK62AKQG4", "workSecret"
	rootKey, rootSecret   = "AKIARTXV5AHDTBI2ROOT", "rootSecret"

	aliceARN  = "arn:aws:iam::111111111111:user/alice"
	deployARN = "arn:aws:iam::111111111111:role/deploy"
	corpARN   = "arn:aws:iam::111111111111:saml-provider/corp"
	issuer    = "https://idp.example.com"
	aliceSeed = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	miaSeed   = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
)

// sealKey is what services of one test share.
var sealKey = []byte(strings.Repeat("k", 32))

var keyring = sync.OnceValues(func() (*oidc.SigningKey, *saml.IdentityProvider) {
	key, err := oidc.DeriveSigningKey(oidc.ES256, []byte(strings.Repeat("identity provider ", 4)))
	if err != nil {
		panic(err)
	}
	rsa, err := saml.GenerateKey(mathrand.NewChaCha8([32]byte{1}))
	if err != nil {
		panic(err)
	}
	idp, err := saml.NewIdentityProvider("https://idp.example.com/saml", rsa, time.Now())
	if err != nil {
		panic(err)
	}
	return key, idp
})

// document is the world file.
var document = sync.OnceValue(func() string {
	key, idp := keyring()
	jwks, err := oidc.JWKS(key)
	if err != nil {
		panic(err)
	}
	text := strings.ReplaceAll(worldText, "JWKS", string(jwks))
	return strings.ReplaceAll(text, "METADATA", "'"+strings.ReplaceAll(idp.Metadata(), "'", "''")+"'")
})

var theWorld = sync.OnceValue(func() *world.World {
	w, problems := load.Parse("world.yaml", document())
	if w == nil {
		panic(problems.Error())
	}
	return w
})

// lab is an endpoint on a socket.
type lab struct {
	service *sts.Service
	handler *stshttp.Handler
	url     string
	t       *testing.T
}

func newLab(t *testing.T) *lab {
	t.Helper()
	service, err := sts.New(theWorld(), sts.Options{Now: time.Now, Rand: rand.Reader, Key: sealKey})
	if err != nil {
		t.Fatal(err)
	}
	handler := stshttp.New(service, stshttp.Options{})
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return &lab{service: service, handler: handler, url: server.URL, t: t}
}

func static(key, secret, token string) aws.CredentialsProvider {
	return credentials.NewStaticCredentialsProvider(key, secret, token)
}

// config is what an SDK client needs to reach the endpoint.
func (l *lab) config(who aws.CredentialsProvider) aws.Config {
	return aws.Config{
		Region: "eu-central-1", Credentials: who, BaseEndpoint: aws.String(l.url),
		Retryer: func() aws.Retryer { return aws.NopRetryer{} },
	}
}

func (l *lab) client(key, secret, token string) *awssts.Client {
	return awssts.NewFromConfig(l.config(static(key, secret, token)))
}

func (l *lab) alice() *awssts.Client { return l.client(aliceKey, aliceSecret, "") }

func (l *lab) iam(key, secret string) *iam.Client {
	return iam.NewFromConfig(l.config(static(key, secret, "")))
}

// identity asks who signs.
func (l *lab) identity(c *awssts.Client) string {
	l.t.Helper()
	out, err := c.GetCallerIdentity(ctx(), nil)
	if err != nil {
		l.t.Fatal(err)
	}
	return aws.ToString(out.Arn)
}

func ctx() context.Context { return context.Background() }

// token makes an ID token for Ana.
func token(t *testing.T, audience string, age time.Duration) string {
	t.Helper()
	issued := time.Now().Add(-age)
	claims, err := json.Marshal(map[string]any{
		"iss": issuer, "sub": "ana", "aud": audience, "iat": issued.Unix(), "exp": issued.Add(time.Hour).Unix(),
	})
	if err != nil {
		t.Fatal(err)
	}
	key, _ := keyring()
	text, err := key.Mint(json.RawMessage(claims))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// response makes a SAML response for Ana.
func response(t *testing.T, audience string) string {
	t.Helper()
	const attribute = "https://aws.amazon.com/SAML/Attributes/"
	_, idp := keyring()
	text, err := idp.Respond(saml.Response{
		IssueInstant: time.Now(), Subject: saml.Subject{Name: "ana"}, Audience: audience,
		Attributes: []saml.Attribute{
			{Name: attribute + "Role", Values: []string{deployARN + "," + corpARN}},
			{Name: attribute + "RoleSessionName", Values: []string{"ana"}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// code gives the current code of an MFA device (RFC 6238).
func code(seed string) string {
	secret, err := base32.StdEncoding.DecodeString(seed)
	if err != nil {
		panic(err)
	}
	mac := hmac.New(sha1.New, secret)
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(time.Now().Unix()/30)))
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 0xf
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[at:at+4])&0x7fffffff%1_000_000)
}

// failure is what tests compare of an error.
type failure struct {
	status        int
	code, message string
}

// failed takes an error of the SDK apart.
func failed(t *testing.T, err error) failure {
	t.Helper()
	var f failure
	var api smithy.APIError
	var response *smithyhttp.ResponseError
	if !errors.As(err, &api) || !errors.As(err, &response) {
		t.Fatalf("%v is no answer of the endpoint", err)
	}
	f.code, f.message, f.status = api.ErrorCode(), api.ErrorMessage(), response.HTTPStatusCode()
	return f
}
