package sdkinterop

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall/rolecall/conditions"
)

// cli is the AWS command line with a home of its own.
type cli struct {
	t    *testing.T
	name string
	env  []string
	home string
}

// newCLI finds the command. Where it is missing the test says so and is
// skipped, but not where everything must be tested.
func newCLI(t *testing.T, env ...string) *cli {
	t.Helper()
	name, err := exec.LookPath("aws")
	switch {
	case err == nil:
	case os.Getenv("CI") == "true":
		t.Fatal("the aws command is missing: apt-get install awscli")
	default:
		t.Skip("the aws command is missing (apt-get install awscli)")
	}
	home := t.TempDir()
	c := &cli{t: t, name: name, home: home}
	for _, v := range os.Environ() { // but nothing of the user's own AWS
		if !strings.HasPrefix(v, "AWS_") && !strings.HasPrefix(v, "HOME=") && !strings.Contains(strings.ToLower(v), "_proxy=") {
			c.env = append(c.env, v)
		}
	}
	if root := os.Getenv("PYENV_ROOT"); root == "" && os.Getenv("HOME") != "" { // a python that is found by HOME
		c.env = append(c.env, "PYENV_ROOT="+filepath.Join(os.Getenv("HOME"), ".pyenv"))
	}
	c.env = append(c.env, "HOME="+home, "AWS_CONFIG_FILE="+filepath.Join(home, "config"), "AWS_EC2_METADATA_DISABLED=true", "AWS_PAGER=",
		"AWS_DEFAULT_REGION=eu-central-1", "AWS_STS_REGIONAL_ENDPOINTS=regional")
	c.env = append(c.env, env...)
	return c
}

// run runs the command. It has no terminal, so that it reads an MFA code from
// standard input.
func (c *cli) run(stdin string, args ...string) (stdout, stderr string, status int) {
	c.t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.Command(c.name, args...)
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = c.env, strings.NewReader(stdin), &out, &errs
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Run(); cmd.ProcessState == nil {
		c.t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// json runs the command, which must succeed, and gives what it prints.
func (c *cli) json(args ...string) map[string]any {
	c.t.Helper()
	stdout, stderr, status := c.run("", args...)
	if status != 0 {
		c.t.Fatalf("%v: status %d: %s", args, status, stderr)
	}
	var v map[string]any
	if err := json.Unmarshal([]byte(stdout), &v); err != nil {
		c.t.Fatalf("%v: %v in %s", args, err, stdout)
	}
	return v
}

func (c *cli) configure(text string) {
	c.t.Helper()
	if err := os.WriteFile(filepath.Join(c.home, "config"), []byte(text), 0o600); err != nil {
		c.t.Fatal(err)
	}
}

// TestCommandLine calls the endpoint that rolecall serve opens.
func TestCommandLine(t *testing.T) {
	t.Parallel()
	c := newCLI(t, "AWS_ACCESS_KEY_ID="+aliceKey, "AWS_SECRET_ACCESS_KEY="+aliceSecret)
	p := serve(t)
	aws := func(args ...string) map[string]any {
		t.Helper()
		return c.json(append([]string{"--endpoint-url", p.url}, args...)...)
	}
	if got := aws("sts", "get-caller-identity")["Arn"]; got != aliceARN {
		t.Error(got)
	}
	assumed := aws("sts", "assume-role", "--role-arn", deployARN, "--role-session-name", "ana", "--tags", "Key=team,Value=red", "--transitive-tag-keys", "team")
	if got := assumed["AssumedRoleUser"].(map[string]any)["Arn"]; got != "arn:aws:sts::111111111111:assumed-role/deploy/ana" {
		t.Error(got)
	}
	got := aws("sts", "get-session-token", "--serial-number", "arn:aws:iam::111111111111:mfa/alice", "--token-code", code(aliceSeed))["Credentials"].(map[string]any)
	if id := got["AccessKeyId"].(string); !strings.HasPrefix(id, "ASIA") {
		t.Error(got)
	}
	decoded := aws("sts", "decode-authorization-message", "--encoded-message", encodedMessage(t))["DecodedMessage"].(string)
	if !strings.Contains(decoded, `"action":"ec2:RunInstances"`) {
		t.Error(decoded)
	}
	simulated := aws("iam", "simulate-custom-policy", "--action-names", "s3:GetObject", "s3:PutObject", "--resource-arns", "arn:aws:s3:::b/k", "--policy-input-list",
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}`)
	var decisions []string
	for _, r := range simulated["EvaluationResults"].([]any) {
		decisions = append(decisions, r.(map[string]any)["EvalDecision"].(string))
	}
	if diff := cmp.Diff([]string{"allowed", "implicitDeny"}, decisions); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	_, stderr, status := c.run("", "--endpoint-url", p.url, "sts", "assume-role", "--role-arn", "arn:aws:iam::111111111111:role/vault", "--role-session-name", "ana")
	const denied = "An error occurred (AccessDenied) when calling the AssumeRole operation: User: arn:aws:iam::111111111111:user/alice is not authorized to perform: " +
		"sts:AssumeRole on resource: arn:aws:iam::111111111111:role/vault because no role trust policy allows the sts:AssumeRole action"
	if strings.TrimSpace(stderr) != denied || status == 0 {
		t.Errorf("%d %s", status, stderr)
	}
}

// encodedMessage makes a message by a service with the same key and world.
func encodedMessage(t *testing.T) string {
	t.Helper()
	l := newLab(t)
	bob, err := l.service.Lookup(bobKey, "")
	if err != nil {
		t.Fatal(err)
	}
	decision, err := l.service.Authorize(ctx(), bob, "ec2:RunInstances", "*", conditions.NewContext(0))
	if err != nil {
		t.Fatal(err)
	}
	message, err := l.service.EncodeAuthorizationMessage(decision)
	if err != nil {
		t.Fatal(err)
	}
	return message
}

// TestProfiles lets the command line assume roles on its own, from its
// configuration: a chain with an external id, MFA, and a token in a file.
func TestProfiles(t *testing.T) {
	t.Parallel()
	c := newCLI(t)
	p := newProxy(t, newLab(t).handler)
	c.env = append(c.env, "HTTPS_PROXY="+p.url, "AWS_CA_BUNDLE="+p.roots)
	file := filepath.Join(c.home, "token")
	if err := os.WriteFile(file, []byte(token(t, "app", 0)), 0o600); err != nil {
		t.Fatal(err)
	}
	c.configure(`
[profile alice]
aws_access_key_id = ` + aliceKey + `
aws_secret_access_key = ` + aliceSecret + `
[profile mia]
aws_access_key_id = ` + miaKey + `
aws_secret_access_key = ` + miaSecret + `
[profile deploy]
role_arn = ` + deployARN + `
role_session_name = ana
source_profile = alice
[profile release]
role_arn = arn:aws:iam::111111111111:role/release
role_session_name = bea
external_id = train
source_profile = deploy
[profile wrong]
role_arn = arn:aws:iam::111111111111:role/release
role_session_name = bea
external_id = bus
source_profile = deploy
[profile vault]
role_arn = arn:aws:iam::111111111111:role/vault
role_session_name = mia
source_profile = mia
mfa_serial = arn:aws:iam::111111111111:mfa/mia
[profile pod]
role_arn = ` + deployARN + `
role_session_name = pod
web_identity_token_file = ` + file + `
`)
	for profile, want := range map[string]string{
		"deploy": "assumed-role/deploy/ana", "release": "assumed-role/release/bea", "pod": "assumed-role/deploy/pod",
	} {
		if got := c.json("--profile", profile, "sts", "get-caller-identity")["Arn"]; got != "arn:aws:sts::111111111111:"+want {
			t.Error(got)
		}
	}
	stdout, stderr, status := c.run(code(miaSeed)+"\n", "--profile", "vault", "sts", "get-caller-identity")
	if status != 0 || !strings.Contains(stdout, "assumed-role/vault/mia") {
		t.Errorf("%d %s%s", status, stdout, stderr)
	}
	_, stderr, status = c.run("", "--profile", "wrong", "sts", "get-caller-identity")
	if status == 0 || !strings.Contains(stderr, "(AccessDenied) when calling the AssumeRole operation") {
		t.Errorf("%d %s", status, stderr)
	}
}
