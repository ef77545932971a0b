package sdkinterop

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestJavaScript calls the endpoint with the AWS SDK for JavaScript, which
// `npm ci` puts into js/node_modules.
func TestJavaScript(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("js/node_modules"); err != nil {
		t.Skip("the SDK for JavaScript is missing (npm ci in js)")
	}
	cmd := exec.Command("node", "calls.mjs", newLab(t).url, token(t, "app", 0))
	cmd.Dir = "js"
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	want := []string{
		"identity " + aliceARN,
		"role arn:aws:sts::111111111111:assumed-role/deploy/ana true",
		"session " + aliceARN,
		"web arn:aws:sts::111111111111:assumed-role/deploy/ana",
		"message InvalidAuthorizationMessageException 400 Message is not valid",
		`constraint ValidationError 400 1 validation error detected: Value 'a:b' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*`,
		"secret SignatureDoesNotMatch 403 The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
	}
	if diff := cmp.Diff(want, strings.Split(strings.TrimSpace(string(out)), "\n")); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
