package load_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/world/load"
)

// lines gives problems one a line, without hints.
func lines(list diag.List) []string {
	var out []string
	for _, d := range list {
		d.Hint = ""
		out = append(out, d.Error())
	}
	return out
}

// manyMembers gives the members of an object.
func manyMembers(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(`"k%04d": "v"`, i)
	}
	return strings.Join(list, ",")
}

// files makes a file system of names and texts.
func files(texts map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, text := range texts {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

const (
	anyPolicy   = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}`
	anyTrust    = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}]}`
	brokenTrust = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Acton": "sts:AssumeRole"}]}`
)

func TestProblemsHaveTheirPlace(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text string
		want []string
	}{
		"all in one go, in YAML": {
			"accounts:\n  \"111122223333\":\n    user:\n      alice: {}\n    users:\n      bob: {group: [x], path: 7, tags: [x]}\n    roles:\n      r:\n        trustPolicy: " + brokenTrust + "\n",
			[]string{
				`w:3:5: UNKNOWN_KEY: unknown key "user" in an account`,
				`w:6:7: BAD_NAME: "7" is not a path`,
				`w:6:13: UNKNOWN_KEY: unknown key "group" in a user`,
				`w:6:40: DATA_TYPE: tags must be a mapping, not a list`,
				`w:9:62: MISSING_ACTION: a statement needs Action or NotAction at Statement[0]`,
				`w:9:120: UNKNOWN_ELEMENT: unknown element "Acton" in a statement at Statement[0].Acton`,
			},
		},
		"in JSON": {
			`{"accounts": {"111122223333": {"users": {"bob": {"groups": ["devs"], "groups": []}},
  "groups": {"dev": {}}}}}`,
			[]string{
				`w:1:42: DANGLING_REFERENCE: user bob is in the group "devs", which the account does not have`,
				`w:1:70: DUPLICATE_KEY: "groups" occurs twice`,
			},
		},
		"wrong types": {
			`{"partition": {}, "accounts": {"111122223333": {"globalEndpointTokenVersion": 3, "outboundWebIdentityFederation": "yes",
"rootAccessKeys": [{"status": "active"}], "rootMFADevices": [{"seed": "1"}], "delegations": [{"expires": "soon", "durationSeconds": 0.5}],
"serviceControlPolicies": null, "disabledRegions": "x", "roles": {"r": {"trustPolicy": null, "maxSessionDuration": 60}}}}}`,
			[]string{
				`w:1:15: DATA_TYPE: partition must be a string, not a mapping`,
				`w:1:32: MISSING_FIELD: an access key has no id`,
				`w:1:79: DATA_TYPE: globalEndpointTokenVersion must be a whole number from 1 to 2`,
				`w:1:115: DATA_TYPE: outboundWebIdentityFederation must be true or false, not a string`,
				`w:2:31: BAD_VALUE: an access key cannot be "active"`,
				`w:2:71: BAD_VALUE: the seed is not base32`,
				`w:2:106: BAD_VALUE: expires is not a time`,
				`w:2:133: DATA_TYPE: durationSeconds must be a whole number from 1 to 43200`,
				`w:3:27: DATA_TYPE: serviceControlPolicies has no value`,
				`w:3:52: DATA_TYPE: disabledRegions must be a list, not a string`,
				`w:3:88: DATA_TYPE: trustPolicy must be a policy or {file: name}, not null`,
				`w:3:116: DATA_TYPE: maxSessionDuration must be a whole number from 3600 to 43200`,
			},
		},
		"managed policies": {
			`{"accounts": {"111122223333": {"policies": {"a": {"path": "/x/"}, "b": {"document": null, "versions": []},
"c": {"versions": [{"id": "v1", "document": null}]}, "d": 1, "e": {"file": "x.json", "x": 1}}}}}`,
			[]string{
				`w:1:45: MISSING_FIELD: the policy has no document`,
				`w:1:67: CONFLICT: the policy has both a document and versions`,
				`w:2:1: BAD_VALUE: 0 versions of the policy are the default`,
				`w:2:59: DATA_TYPE: document must be a policy or {file: name}, not a number`,
				`w:2:76: FILE: cannot read the file: a text that is no file cannot name files`,
				`w:2:86: UNKNOWN_KEY: unknown key "x" in a managed policy`,
			},
		},
		"organization policies": {
			`{"organization": {"id": "o-1", "root": {"id": "r-1", "serviceControlPolicies": [{"name": "x"}, {"file": "a.json", "document": {}}, 7]}}}`,
			[]string{
				`w:1:81: DATA_TYPE: the item has neither a file nor a document`,
				`w:1:96: CONFLICT: the item has both a file and a document`,
				`w:1:132: DATA_TYPE: an item of serviceControlPolicies must be a policy or {file: name}, not a number`,
			},
		},
		"providers and tags": {
			`{"accounts": {"111122223333": {"oidcProviders": {"x": {"jwks": 1, "tags": {"a": "1", "a": "2", "b": null}}, "y": {"jwks": {"file": "k"}}, "x": {}},
"samlProviders": {"corp": {"metadata": {}}}, "resources": [], "delegations": [{"permissions": []}]}}}`,
			[]string{
				`w:1:64: DATA_TYPE: jwks must be a string or {file: name}, not a number`,
				`w:1:86: DUPLICATE_KEY: "a" occurs twice`,
				`w:1:101: DATA_TYPE: the value of a tag must be a string, not null`,
				`w:1:123: FILE: cannot read the file: a text that is no file cannot name files`,
				`w:1:139: DUPLICATE_KEY: "x" occurs twice`,
				`w:2:40: DATA_TYPE: metadata must be a string or {file: name}, not a mapping`,
				`w:2:59: DATA_TYPE: resources must be a mapping, not a list`,
				`w:2:95: DATA_TYPE: permissions must be a policy or {file: name}, not a list`,
			},
		},
		"AWS managed policies": {
			`{"awsManagedPolicies": {"x": null, "arn:aws:iam::aws:policy/": null, "arn:aws:iam::aws:policy/a": {"file": "x", "file": "y"}}}`,
			[]string{
				`w:1:25: BAD_NAME: "x" is not the ARN of an AWS managed policy`,
				`w:1:36: BAD_NAME: "arn:aws:iam::aws:policy/" is not the ARN of an AWS managed policy`,
				`w:1:108: FILE: cannot read the file: a text that is no file cannot name files`,
				`w:1:113: DUPLICATE_KEY: "file" occurs twice`,
			},
		},
		"too many tags": {
			`{"accounts": {"111122223333": {"users": {"a": {"tags": {` + manyMembers(1500) + `}}}}}}`,
			[]string{`w:1:13057: TOO_LARGE: there are more than 1000 tags`},
		},
		"no world":            {`[]`, []string{`w:1:1: DATA_TYPE: a world must be a mapping, not a list`}},
		"nothing":             {`null`, []string{`w:1:1: DATA_TYPE: a world must be a mapping, not null`}},
		"an empty text":       {"# only a comment\n", []string{`w:1:1: YAML_SYNTAX: not valid YAML: there is nothing in the text`}},
		"a stray policy":      {anyPolicy, []string{`w:1:2: UNKNOWN_KEY: unknown key "Version" in a world`, `w:1:27: UNKNOWN_KEY: unknown key "Statement" in a world`}},
		"two worlds":          {`{"accounts": {}} {"accounts": {}}`, []string{`w:1:1: DATA_TYPE: a file holds one world`, `w:1:18: DATA_TYPE: a file holds one world`}},
		"broken JSON":         {`{"accounts": {]}`, []string{`w:1:15: JSON_SYNTAX: not valid JSON: invalid character ']' looking for beginning of object key string`}},
		"no UTF-8":            {"a: \xff", []string{`w:1:4: JSON_SYNTAX: the text is not valid UTF-8`}},
		"a policy in a text":  {`{"accounts": {"111122223333": {"roles": {"r": {"trustPolicy": ` + fmt.Sprintf("%q", brokenTrust) + `}}}}}`, []string{`w:1:63: MISSING_ACTION: a statement needs Action or NotAction at Statement[0]`, `w:1:63: UNKNOWN_ELEMENT: unknown element "Acton" in a statement at Statement[0].Acton`}},
		"an alias is told of": {"accounts:\n  \"111122223333\": {users: {a: &a {tag: {}}, b: *a}}\n", []string{`w:2:35: UNKNOWN_KEY: unknown key "tag" in a user`}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, problems := load.Parse("w", tt.text)
			if w != nil {
				t.Error("it was taken")
			}
			if diff := cmp.Diff(tt.want, lines(problems)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAPolicyFileMustHoldOnePolicy(t *testing.T) {
	t.Parallel()
	world := "accounts: {111122223333: {policies: {p: {file: p.json}, q: {document: {file: p.json}}}}}"
	for text, want := range map[string]string{
		anyPolicy + anyPolicy: "p.json:1:94: FILE: the file holds more than one policy",
		"{":                   "p.json:1:1: JSON_SYNTAX: not valid JSON: unexpected end of JSON input",
		"[]":                  "p.json:1:1: JSON_SYNTAX: a policy is a JSON object, not an array",
	} {
		w, problems := load.FS(files(map[string]string{"w.yaml": world, "p.json": text}), "w.yaml")
		if got := lines(problems); w != nil || len(got) != 1 || got[0] != want {
			t.Errorf("%s", got)
		}
	}
}

func TestHintsSayWhatWasMeant(t *testing.T) {
	t.Parallel()
	_, problems := load.Parse("w.yaml", "acounts: {}\n")
	if len(problems) != 1 || problems[0].Hint != `did you mean "accounts"?` {
		t.Error(problems)
	}
	_, problems = load.Parse("w.yaml", "accounts: {\"111122223333\": {users: {a: {id: [x]}}}}\n")
	if len(problems) != 1 || problems[0].Hint != "in YAML put it in quotation marks" {
		t.Error(problems)
	}
}

func TestAFolderIsMerged(t *testing.T) {
	t.Parallel()
	fsys := files(map[string]string{
		"w/a.yaml":                  "accounts: {\"111122223333\": {name: one, users: {alice: {groups: [dev]}}, rootAccessKeys: [{id: AKIA1}]}}",
		"w/b.yml":                   "partition: aws\naccounts: {111122223333: {name: one, groups: {dev: {}}, rootAccessKeys: [{id: AKIA2}]}, 444455556666: {}}",
		"w/c.json":                  `{"partition": "aws", "organization": {"id": "o-1", "managementAccount": "111122223333", "root": {"id": "r-1", "serviceControlPolicies": [{"file": "named.json"}, {"file": "more/deny.json", "name": "x", "arn": "y"}], "accounts": ["111122223333"]}}}`,
		"w/named.json":              anyPolicy,
		"w/more/deny.json":          anyPolicy,
		"w/.hidden.yaml":            "x: y",
		"w/readme.txt":              "x: y",
		"w/more/not-a-world.yaml":   "x: y",
		"w/aaa-named-after-it.json": anyPolicy,
		"w/z.yaml":                  "awsManagedPolicies: {\"arn:aws:iam::aws:policy/X\": {file: aaa-named-after-it.json}}",
	})
	w, problems := load.FS(fsys, "w")
	if w == nil || len(problems) > 0 {
		t.Fatal(problems)
	}
	a := w.Account("111122223333")
	if a.Name != "one" || len(a.RootAccessKeys) != 2 || len(a.Users) != 1 || w.Account("444455556666") == nil {
		t.Errorf("%+v", a)
	}
	scps := w.Organization().Root.Attached.SCPs
	if scps[0].Name != "named" || scps[1].Name != "x" || scps[1].ARN != "y" {
		t.Errorf("%+v", scps)
	}
}

func TestAConflictNamesBothPlaces(t *testing.T) {
	t.Parallel()
	w, problems := load.FS(files(map[string]string{
		"a.yaml": "partition: aws\norganization: {id: o-1, root: {id: r-1}}\naccounts: {111122223333: {name: one, users: {alice: {}}}}\nawsManagedPolicies: {'arn:aws:iam::aws:policy/X': null}",
		"b.yaml": "partition: aws-cn\norganization: {id: o-2, root: {id: r-1}}\naccounts:\n  111122223333: {name: two, users: {alice: {}}}\nawsManagedPolicies: {'arn:aws:iam::aws:policy/X': null}",
	}), ".")
	want := []string{
		"b.yaml:1:1: CONFLICT: partition of the world is given twice; the other is at a.yaml:1:1",
		"b.yaml:2:1: CONFLICT: organization of the world is given twice; the other is at a.yaml:2:1",
		"b.yaml:4:18: CONFLICT: name of account 111122223333 is given twice; the other is at a.yaml:3:27",
		"b.yaml:4:37: DUPLICATE: the user arn:aws:iam::111122223333:user/alice is described twice; the other is at a.yaml:3:46",
		"b.yaml:5:22: DUPLICATE: the policy arn:aws:iam::aws:policy/X is described twice; the other is at a.yaml:4:22",
	}
	if diff := cmp.Diff(strings.Join(want, "\n"), problems.Error()); diff != "" || w != nil {
		t.Error(diff)
	}
}

func TestAPolicyFileIsReadOnce(t *testing.T) {
	t.Parallel()
	fsys := files(map[string]string{
		"world.yaml":   "accounts: {111122223333: {roles: {a: {trustPolicy: {file: p/trust.json}}, b: {trustPolicy: {file: p/trust.json}}}}}",
		"p/trust.json": anyTrust,
	})
	w, problems := load.FS(fsys, "world.yaml")
	if w == nil || len(problems) > 0 {
		t.Fatal(problems)
	}
	a, b := w.Role("arn:aws:iam::111122223333:role/a"), w.Role("arn:aws:iam::111122223333:role/b")
	if a.Trust != b.Trust || a.TrustSet() != b.TrustSet() {
		t.Error("read or compiled twice")
	}
	if got := a.Trust.Source.Position(a.Trust.Statements[0].Span.Start).String(); got != "p/trust.json:1:41" {
		t.Error(got)
	}
}

func TestFilesStayBelowTheirFolder(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"../secret.json", "/etc/passwd", "p/../../secret.json", ".", "", "p//x", "./x"} {
		text := fmt.Sprintf(`{"accounts": {"111122223333": {"policies": {"p": {"file": %q}}}}}`, name)
		w, problems := load.FS(files(map[string]string{"w/world.json": text, "secret.json": anyPolicy, "w/x": anyPolicy}), "w/world.json")
		if w != nil || problems[0].Code != load.CodeFile {
			t.Errorf("%q was taken: %v", name, problems)
		}
	}
	for name, want := range map[string]string{
		"missing.json": "cannot read the file: open w/missing.json: file does not exist",
		"folder":       "cannot read the file: w/folder is not a regular file",
	} {
		text := fmt.Sprintf(`{"accounts": {"111122223333": {"policies": {"p": {"file": %q}, "q": {"file": %[1]q}}}}}`, name)
		_, problems := load.FS(files(map[string]string{"w/world.json": text, "w/folder/x": ""}), "w/world.json")
		if len(problems) != 2 || problems[0].Summary != want || problems[1].Summary != want {
			t.Errorf("%s: %v", name, problems)
		}
	}
}

func TestOnDisk(t *testing.T) {
	t.Parallel()
	outer := t.TempDir()
	dir := filepath.Join(outer, "world")
	write := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	link := func(to, name string) {
		t.Helper()
		if err := os.Symlink(to, name); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(outer, "secret.json"), anyPolicy)
	write(filepath.Join(dir, "world.yaml"), "accounts: {111122223333: {policies: {p: {file: policies/p.json}}}}")
	write(filepath.Join(dir, "policies", "p.json"), anyPolicy)
	link(filepath.Join(dir, "world.yaml"), filepath.Join(outer, "link.yaml"))
	for _, name := range []string{dir, filepath.Join(dir, "world.yaml"), filepath.Join(outer, "link.yaml")} {
		w, problems := load.File(name)
		if w == nil {
			t.Errorf("%s: %v", name, problems)
			continue
		}
		p := w.ManagedPolicy("arn:aws:iam::111122223333:policy/p")
		if got, want := p.Document().Source.Name, filepath.Join(dir, "policies", "p.json"); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if err := os.Remove(filepath.Join(dir, "policies", "p.json")); err != nil {
		t.Fatal(err)
	}
	link("../../secret.json", filepath.Join(dir, "policies", "p.json"))
	if w, problems := load.File(dir); w != nil || !strings.Contains(problems.Error(), "escapes") {
		t.Errorf("a link led out of the folder: %v", problems)
	}
	if w, _ := load.FS(nil, "."); w != nil {
		t.Error("no file system has no world")
	}
	for _, name := range []string{filepath.Join(outer, "missing.yaml"), t.TempDir()} {
		if w, problems := load.File(name); w != nil || problems[0].Code != load.CodeFile {
			t.Errorf("%s: %v", name, problems)
		}
	}
}

func TestAStream(t *testing.T) {
	t.Parallel()
	w, problems := load.Reader("-", strings.NewReader("accounts: {111122223333: {}}"))
	if w == nil || w.Account("111122223333") == nil {
		t.Error(problems)
	}
}

func TestEmptySectionsAreEmpty(t *testing.T) {
	t.Parallel()
	w := parsed(t, "w.yaml", "organization:\naccounts:\n  111122223333:\n    users:\n      alice:\n    groups:\n    disabledRegions:\nawsManagedPolicies:\n")
	if w.User("arn:aws:iam::111122223333:user/alice") == nil || w.Organization() != nil {
		t.Error("not read")
	}
}

func TestWarningsDoNotCrowdOutErrors(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("accounts:\n  111122223333:\n    users:\n")
	for i := range 3000 {
		fmt.Fprintf(&b, "      u%d: {partial: true, attachedPolicies: ['arn:aws:iam::aws:policy/P%d']}\n", i, i)
	}
	b.WriteString("      last: {groups: [dev]}\n")
	w, problems := load.Parse("w.yaml", b.String())
	if w != nil || len(problems.Only(diag.Error)) != 1 || len(problems.Only(diag.Warning)) != 1000 {
		t.Errorf("%d problems, %d errors", len(problems), len(problems.Only(diag.Error)))
	}
}

func TestTooManyErrorsAreCut(t *testing.T) {
	t.Parallel()
	text := "{" + strings.Repeat(`"x": 1, `, 5000) + `"y": 1}`
	_, problems := load.Parse("w.json", text)
	if len(problems) != 1001 || problems[1000].Code != "TOO_MANY_PROBLEMS" {
		t.Errorf("%d problems", len(problems))
	}
}

func TestListsAreBounded(t *testing.T) {
	t.Parallel()
	text := `{"accounts": {"111122223333": {"users": {"a": {"groups": [` + strings.Repeat(`"g",`, 5000) + `"g"]}}}}}`
	_, problems := load.Parse("w.json", text)
	if !strings.Contains(problems.Error(), "groups has more than 1000 items") {
		t.Error(problems[0])
	}
}

func TestThingsAreCounted(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(`{"accounts": {"111122223333": {"users": {"a": {}`)
	for i := range 500_000 {
		fmt.Fprintf(&b, `,"u%d":{}`, i)
	}
	w, problems := load.Parse("w.json", b.String()+"}}}}")
	if w != nil || len(problems) != 1 || problems[0].Code != load.CodeTooLarge {
		t.Error(problems[0])
	}
}

func TestASmallTextCannotMakeALargeWorld(t *testing.T) {
	t.Parallel()
	var large, many strings.Builder
	large.WriteString(`{"accounts": {"111122223333": {"policies": {"p": {"Version": "2012-10-17", "Statement": [` +
		strings.Repeat(`{"Effect": "Allow", "Action": "s3:*", "Resource": "*"},`, 6000) + `{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}}, "users": {"last": {}`)
	many.WriteString(`{"accounts": {"111122223333": {"users": {"last": {}`)
	for u := range 1000 {
		fmt.Fprintf(&large, `, "u%d": {"attachedPolicies": ["arn:aws:iam::111122223333:policy/p"], "groups": ["g%[1]d"]}`, u)
		fmt.Fprintf(&many, `, "u%d": {"partial": true, "attachedPolicies": [%s"x"]}`, u, strings.Repeat(fmt.Sprintf(`"p%d",`, u), 10))
		for p := range 60 {
			fmt.Fprintf(&many, `, "v%d-%d": {"partial": true, "permissionsBoundary": "b%[1]d-%[2]d"}`, u, p)
		}
	}
	for name, text := range map[string]string{"statements": large.String() + "}}}}", "unknown policies": many.String() + "}}}}"} {
		w, problems := load.Parse("w.json", text)
		if w != nil || problems[0].Code != load.CodeTooLarge {
			t.Errorf("%s: %v", name, problems)
		}
	}
}

func TestPolicyKindsAreTold(t *testing.T) {
	t.Parallel()
	w := parsed(t, "w.yaml", "accounts: {111122223333: {resources: {'arn:aws:s3:::b': {tags: {a: b}}}, oidcProviders: {x: {jwks: {keys: []}}, y: {jwks: '{}'}}}}")
	if got := w.OIDCProvider("111122223333", "x").JWKS; got != `{"keys":[]}` {
		t.Error(got)
	}
	_, problems := load.Parse("w.json", `{"accounts": {"111122223333": {"users": {"a": {"policies": {"p": `+anyTrust+`}}}, "roles": {"r": {"trustPolicy": `+anyPolicy+`}}}}}`)
	var codes []string
	for _, p := range problems {
		codes = append(codes, p.Code)
	}
	if diff := cmp.Diff([]string{"MISSING_RESOURCE", "PRINCIPAL_NOT_ALLOWED", "MISSING_PRINCIPAL", "RESOURCE_NOT_ALLOWED"}, codes); diff != "" {
		t.Error(diff)
	}
}
