package sdkinterop

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	awssts "github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"
)

func TestAssumeRoleProvider(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	deploy := stscreds.NewAssumeRoleProvider(l.alice(), deployARN, func(o *stscreds.AssumeRoleOptions) { o.RoleSessionName = "ana" })
	// A chain: the next provider signs with the session of the first.
	release := stscreds.NewAssumeRoleProvider(awssts.NewFromConfig(l.config(aws.NewCredentialsCache(deploy))), "arn:aws:iam::111111111111:role/release",
		func(o *stscreds.AssumeRoleOptions) { o.RoleSessionName, o.ExternalID = "bea", aws.String("train") })
	if got := l.identity(awssts.NewFromConfig(l.config(aws.NewCredentialsCache(release)))); got != "arn:aws:sts::111111111111:assumed-role/release/bea" {
		t.Error(got)
	}
}

func TestAssumeRoleProviderWithMFA(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	vault := stscreds.NewAssumeRoleProvider(l.alice(), "arn:aws:iam::111111111111:role/vault", func(o *stscreds.AssumeRoleOptions) {
		o.RoleSessionName, o.SerialNumber = "ana", aws.String("arn:aws:iam::111111111111:mfa/alice")
		o.TokenProvider = func() (string, error) { return code(aliceSeed), nil }
	})
	if got := l.identity(awssts.NewFromConfig(l.config(aws.NewCredentialsCache(vault)))); got != "arn:aws:sts::111111111111:assumed-role/vault/ana" {
		t.Error(got)
	}
}

func TestWebIdentityRoleProvider(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(token(t, "app", 0)), 0o600); err != nil {
		t.Fatal(err)
	}
	web := stscreds.NewWebIdentityRoleProvider(awssts.NewFromConfig(l.config(nil)), deployARN, stscreds.IdentityTokenFile(file),
		func(o *stscreds.WebIdentityRoleOptions) { o.RoleSessionName = "pod" })
	if got := l.identity(awssts.NewFromConfig(l.config(aws.NewCredentialsCache(web)))); got != "arn:aws:sts::111111111111:assumed-role/deploy/pod" {
		t.Error(got)
	}
}

// TestInProcess calls the handler without a socket, by the hosts of AWS.
func TestInProcess(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	config := l.config(static(aliceKey, aliceSecret, ""))
	config.BaseEndpoint, config.HTTPClient = nil, &http.Client{Transport: l.handler.Transport()}
	if got := l.identity(awssts.NewFromConfig(config)); got != aliceARN {
		t.Error(got)
	}
}

func TestPresignedIdentity(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	signed, err := awssts.NewPresignClient(l.alice()).PresignGetCallerIdentity(ctx(), nil)
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), signed.Method, signed.URL, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", "application/json")
	status, body := do(t, request)
	if status != http.StatusOK {
		t.Error(status, body)
	}
	status, body = get(t, signed.URL+"0")
	if status != http.StatusForbidden {
		t.Error(status, body)
	}
}

func TestSimulator(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	client := l.iam(aliceKey, aliceSecret)
	pages := awsiam.NewSimulatePrincipalPolicyPaginator(client, &awsiam.SimulatePrincipalPolicyInput{
		PolicySourceArn: aws.String(aliceARN), ActionNames: []string{"sts:AssumeRole"}, MaxItems: aws.Int32(1),
		ResourceArns:   []string{deployARN, "arn:aws:iam::111111111111:role/release", "arn:aws:iam::111111111111:role/vault"},
		ContextEntries: []iamtypes.ContextEntry{{ContextKeyName: aws.String("sts:ExternalId"), ContextKeyType: iamtypes.ContextKeyTypeEnumString, ContextKeyValues: []string{"train"}}},
	})
	var got []string
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx())
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.EvaluationResults {
			text := *r.EvalResourceName + " " + string(r.EvalDecision)
			for _, key := range r.MissingContextValues {
				text += " " + key
			}
			got = append(got, text)
			if !r.OrganizationsDecisionDetail.AllowedByOrganizations || r.PermissionsBoundaryDecisionDetail != nil || len(r.ResourceSpecificResults) != 1 {
				t.Errorf("%+v", r)
			}
		}
	}
	want := []string{
		deployARN + " allowed idp.example.com:sub SAML:aud", "arn:aws:iam::111111111111:role/release allowed",
		"arn:aws:iam::111111111111:role/vault implicitDeny aws:MultiFactorAuthPresent",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestSimulatorErrors(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	client := l.iam(bobKey, bobSecret)
	_, err := client.SimulatePrincipalPolicy(ctx(), &awsiam.SimulatePrincipalPolicyInput{
		PolicySourceArn: aws.String("arn:aws:iam::111111111111:user/none"), ActionNames: []string{"s3:GetObject"},
	})
	if !is[*iamtypes.NoSuchEntityException](err) {
		t.Error(err)
	}
	_, err = client.SimulateCustomPolicy(ctx(), &awsiam.SimulateCustomPolicyInput{PolicyInputList: []string{"{"}, ActionNames: []string{"s3:GetObject"}})
	if !is[*iamtypes.InvalidInputException](err) {
		t.Error(err)
	}
	keys, err := client.GetContextKeysForPrincipalPolicy(ctx(), &awsiam.GetContextKeysForPrincipalPolicyInput{PolicySourceArn: aws.String(aliceARN)})
	if err != nil || len(keys.ContextKeyNames) != 0 {
		t.Error(keys, err)
	}
}
