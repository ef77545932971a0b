package load

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rolecall/rolecall/world"
)

const formatPage = "../../docs/world-format.md"

// blocks gives the YAML examples of the page about the format.
func blocks(t *testing.T) []string {
	t.Helper()
	page, err := os.ReadFile(formatPage)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for i, part := range strings.Split(string(page), "```") {
		if code, ok := strings.CutPrefix(part, "yaml\n"); ok && i%2 == 1 {
			list = append(list, code)
		}
	}
	return list
}

const aPolicy = `{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*"}]}`

func TestTheExamplesOfThePageLoad(t *testing.T) {
	t.Parallel()
	examples := blocks(t)
	if len(examples) != 2 {
		t.Fatalf("%d examples", len(examples))
	}
	for _, example := range examples {
		file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
		w, problems := FS(fstest.MapFS{
			"world.yaml":                file(example),
			"policies/deny-leave.json":  file(aPolicy),
			"policies/read.json":        file(aPolicy),
			"policies/write.yaml":       file(aPolicy),
			"github-jwks.json":          file(`{"keys": []}`),
			"corp-metadata.xml":         file(`<EntityDescriptor/>`),
			"details/444455556666.json": file(`{"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}`),
		}, "world.yaml")
		if w == nil {
			t.Errorf("%v", problems)
		}
		for _, p := range problems {
			if p.Code != world.CodeUnknownPolicy {
				t.Errorf("%v", p)
			}
		}
	}
}

func keys[T any](fields []field[T]) []string {
	var list []string
	for _, f := range fields {
		list = append(list, f.name)
	}
	return list
}

func TestThePageHasEveryKey(t *testing.T) {
	t.Parallel()
	example := "\n" + blocks(t)[1]
	for what, names := range map[string][]string{
		"world": keys(documentFields), "organization": keys(organizationFields), "unit": keys(unitFields), "account": keys(accountFields),
		"group": keys(groupFields), "user": keys(userFields), "role": keys(roleFields), "access key": keys(accessKeyFields),
		"MFA device": keys(mfaDeviceFields), "OIDC provider": keys(oidcProviderFields), "SAML provider": keys(samlProviderFields),
		"delegation": keys(delegationFields), "resource": keys(resourceFields), "managed policy": keys(managedFields), "version": keys(versionFields),
		"attachment": keys(attachmentFields),
	} {
		for _, name := range names {
			if !strings.Contains(example, " "+name+":") && !strings.Contains(example, "{"+name+":") && !strings.Contains(example, "\n"+name+":") {
				t.Errorf("%s does not show %s of %s", formatPage, name, what)
			}
		}
	}
}
