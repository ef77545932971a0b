package load_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rolecall/rolecall/internal/jsonpos"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/world/load"
)

// member gives the value of a key of a host.
func member(t *testing.T, h *load.Host, key string) jsonpos.Value {
	t.Helper()
	for m := range h.Value.Members() {
		if m.Key == key {
			return m.Value
		}
	}
	t.Fatalf("no %s", key)
	return jsonpos.Value{}
}

func TestHosts(t *testing.T) {
	t.Parallel()
	fsys := fstest.MapFS{
		"a/tests/t.yaml": {Data: []byte(`
inside: {accounts: {"111122223333": {users: {ann: {policies: {p: {file: ../p.json}}}}}}}
named: ../world.yaml
policy: {file: ../p.json}
own: {Version: "2012-10-17", Statement: {Effect: Allow, Action: "*", Resource: "*"}}
wrong: {file: ../../../p.json}
missing: {file: nothing.json}
bad: {Version: "2012-10-17", Statement: {Effect: Allow, Action: "*", Resurce: "*", Resource: "*"}}
`)},
		"a/p.json":     {Data: []byte(`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}`)},
		"a/world.yaml": {Data: []byte(`accounts: {"111122223333": {}}`)},
		"two.json":     {Data: []byte(`{} {}`)},
	}
	h, problems := load.OpenHost(fsys, "here", "a/tests/t.yaml")
	if h == nil {
		t.Fatal(problems)
	}
	if w, problems := h.World(member(t, h, "inside")); w == nil || w.UserNamed("111122223333", "ann") == nil {
		t.Error(problems)
	}
	name, problems := h.Path(member(t, h, "named"))
	if name != "a/world.yaml" || problems != nil {
		t.Error(name, problems)
	}
	if w, problems := h.NamedWorld(name); w == nil || w.Account("111122223333") == nil {
		t.Error(problems)
	}
	for key, want := range map[string]string{"policy": "p", "own": "mine"} {
		if p, problems := h.Policy(member(t, h, key), "mine", policy.Identity); p.Name != want || p.Document == nil || problems != nil {
			t.Errorf("%s: %s %v", key, p.Name, problems)
		}
	}
	for key, want := range map[string]string{
		"wrong":   `here/a/tests/t.yaml:6:8: FILE: "../../../p.json" is not a path in the folder that is worked in`,
		"missing": "here/a/tests/t.yaml:7:10: FILE: cannot read the file: ",
		"bad":     `here/a/tests/t.yaml:8:70: UNKNOWN_ELEMENT: unknown element "Resurce"`,
	} {
		p, problems := h.Policy(member(t, h, key), "x", policy.Identity)
		if p.Document == nil || len(problems) == 0 || !strings.HasPrefix(problems[0].Error(), want) {
			t.Errorf("%s: %v", key, problems)
		}
	}
	for name, want := range map[string]string{"two.json": "a second document begins", "none.yaml": "does not exist"} {
		if h, problems := load.OpenHost(fsys, "", name); h != nil || !strings.Contains(problems.Error(), want) {
			t.Errorf("%s: %v", name, problems)
		}
	}
}
