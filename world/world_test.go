package world_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/policy/eval"
	"github.com/rolecall/rolecall/world"
)

// document parses a policy of one statement.
func document(t *testing.T, kind policy.Kind, statement string) *policy.Document {
	t.Helper()
	text := `{"Version": "2012-10-17", "Statement": [` + statement + `]}`
	d, problems := policy.Parse(&diag.Source{Name: "test.json", Text: text}, policy.Options{Kind: kind})
	if d == nil {
		t.Fatal(problems)
	}
	return d
}

const (
	here  = "111122223333"
	there = "444455556666"
)

// sample is a world of two accounts in an organization, with something of
// everything.
func sample(t *testing.T) world.Description {
	t.Helper()
	allow := document(t, policy.Identity, `{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}`)
	trust := document(t, policy.Trust, `{"Effect": "Allow", "Principal": {"AWS": "`+there+`"}, "Action": "sts:AssumeRole"}`)
	return world.Description{
		Organization: &world.Organization{
			ID: "o-1", ManagementAccount: there,
			Root: world.Unit{ID: "r-1", Accounts: []string{there}, Units: []world.Unit{{
				ID: "ou-1", Accounts: []string{here},
				Attached: world.OrganizationPolicies{SCPs: []policy.Policy{{Name: "all", Document: document(t, policy.SCP, `{"Effect": "Allow", "Action": "*", "Resource": "*"}`)}}},
			}}},
			DelegatedAdministrators: []world.DelegatedAdministrator{{Service: "iam.amazonaws.com", Accounts: []string{here}}},
		},
		AWSManagedPolicies: []world.ManagedPolicy{{
			ARN: "arn:aws:iam::aws:policy/S3", Name: "S3", Versions: []world.PolicyVersion{{ID: "v1"}, {ID: "v2", Default: true, Document: allow}},
		}},
		Accounts: []world.Account{
			{
				ID: here, Name: "here",
				Policies: []world.ManagedPolicy{{Name: "limit", Path: "/p/", Versions: []world.PolicyVersion{{ID: "v1", Default: true, Document: allow}}}},
				Groups:   []world.Group{{Name: "readers", Permissions: world.Permissions{Attached: []string{"arn:aws:iam::aws:policy/S3"}}}},
				Users: []world.User{{
					Name: "alice", Path: "/dev/", Groups: []string{"readers"}, Tags: []world.Tag{{Key: "team", Value: "red"}},
					Permissions: world.Permissions{Boundary: "arn:aws:iam::" + here + ":policy/p/limit"},
					AccessKeys:  []world.AccessKey{{ID: "AKIA1", Secret: "s"}},
				}},
				Roles: []world.Role{{
					Name: "app", Trust: trust, Tags: []world.Tag{{Key: "env", Value: "prod"}},
					Permissions: world.Permissions{Inline: []policy.Policy{{Name: "s3", Document: allow}}},
				}},
				OIDCProviders:  []world.OIDCProvider{{Name: "idp.example.com"}},
				SAMLProviders:  []world.SAMLProvider{{Name: "corp"}},
				RootAccessKeys: []world.AccessKey{{ID: "AKIAROOT"}},
				Resources: []world.Resource{{
					ARN: "arn:aws:s3:::bucket", Tags: []world.Tag{{Key: "class", Value: "open"}},
					Policy: document(t, policy.Resource, `{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::`+there+`:root"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/*"}`),
				}},
			},
			{ID: there, Users: []world.User{{Name: "bob", Permissions: world.Permissions{Attached: []string{"arn:aws:iam::aws:policy/S3"}}}}},
		},
	}
}

func build(t *testing.T, d world.Description) *world.World {
	t.Helper()
	w, problems := world.New(d)
	if w == nil {
		t.Fatal(problems)
	}
	return w
}

func TestThingsAreFound(t *testing.T) {
	t.Parallel()
	w := build(t, sample(t))
	alice, app := "arn:aws:iam::"+here+":user/dev/alice", "arn:aws:iam::"+here+":role/app"
	got := map[string]bool{
		"user":                      w.User(alice) != nil && w.UserNamed(here, "alice") == w.User(alice),
		"user without its path":     w.User("arn:aws:iam::"+here+":user/alice") != nil,
		"user of another partition": w.User(strings.Replace(alice, "aws", "aws-cn", 1)) != nil,
		"role":                      w.Role(app) != nil && w.RoleNamed(here, "app") == w.Role(app),
		"role by session":           w.Role("arn:aws:sts::"+here+":assumed-role/app/s") == w.Role(app),
		"role of no account":        w.Role("arn:aws:iam::999999999999:role/app") != nil,
		"account":                   w.Account(here).Name == "here" && w.Account("999999999999") == nil,
		"customer managed policy":   w.ManagedPolicy("arn:aws:iam::"+here+":policy/p/limit") != nil,
		"AWS managed policy":        w.ManagedPolicy("arn:aws:iam::aws:policy/S3").Document() != nil,
		"no policy":                 w.ManagedPolicy("arn:aws:iam::aws:policy/none") != nil,
		"provider":                  w.OIDCProvider(here, "idp.example.com") != nil && w.SAMLProvider(here, "corp") != nil,
		"provider of no account":    w.OIDCProvider(there, "idp.example.com") != nil || w.SAMLProvider("", "corp") != nil,
		"member":                    w.InOrganization(here) && w.InOrganization(there) && !w.InOrganization("999999999999"),
		"management account":        w.IsManagementAccount(there) && !w.IsManagementAccount(here),
		"delegated administrator":   w.IsDelegatedAdministrator("iam.amazonaws.com", here),
		"delegated to another":      w.IsDelegatedAdministrator("iam.amazonaws.com", there),
		"delegated for another":     w.IsDelegatedAdministrator("s3.amazonaws.com", here),
		"SCP levels":                len(w.SCPs(here)) == 3 && w.SCPs(there) == nil && len(w.RCPs(here)) == 3,
		"unique id":                 w.User(alice).ID != "" && w.User(alice).ID[:4] == "AIDA" && len(w.User(alice).ID) == 21,
		"identity of a unique id":   func() bool { arn, ok := w.Identity(here, w.Role(app).ID); return ok && arn == app }(),
		"key of a user": func() bool {
			k, ok := w.AccessKey("AKIA1")
			return ok && k.User == w.User(alice) && k.AccountID == here
		}(),
		"key of root":                 func() bool { k, ok := w.AccessKey("AKIAROOT"); return ok && k.User == nil }(),
		"a session lasts an hour":     w.Role(app).MaxSessionDuration == time.Hour,
		"the same ids every time":     build(t, sample(t)).User(alice).ID == w.User(alice).ID,
		"a document is compiled once": w.User("arn:aws:iam::"+there+":user/bob").IdentitySet() == w.User(alice).IdentitySet(),
		"an organization's path":      w.OrganizationPath(here) == "o-1/r-1/ou-1/" && w.OrganizationPath("999999999999") == "",
		"accounts in order":           slices.Equal(accountIDs(w), []string{here, there}),
		"users and roles of an absent": func() bool {
			for range w.Users("x") {
				return true
			}
			for range w.Roles("x") {
				return true
			}
			return false
		}(),
	}
	absent := []string{
		"user without its path", "user of another partition", "role of no account", "no policy", "provider of no account",
		"delegated to another", "delegated for another", "users and roles of an absent",
	}
	for name, found := range got {
		if found == slices.Contains(absent, name) {
			t.Errorf("%s: %v", name, found)
		}
	}
}

func accountIDs(w *world.World) (ids []string) {
	for a := range w.Accounts() {
		ids = append(ids, a.ID)
	}
	return ids
}

func TestPrepareGathersWhatIsInForce(t *testing.T) {
	t.Parallel()
	w := build(t, sample(t))
	session := "arn:aws:sts::" + here + ":assumed-role/app/s"
	tests := map[string]struct {
		request world.Request
		want    eval.Outcome
		keys    map[string]string // of the context; "" is missing
		open    []string
	}{
		"a user, within its boundary": {
			request: world.Request{Principal: "arn:aws:iam::" + here + ":user/dev/alice", Action: "s3:GetObject", Resource: "arn:aws:s3:::bucket/k"},
			want:    eval.Allowed,
			keys: map[string]string{
				"aws:PrincipalTag/team": "red", "aws:PrincipalOrgID": "o-1", "aws:ResourceOrgID": "o-1", "aws:ResourceTag/class": "open",
				"aws:ResourceAccount": here, "aws:PrincipalAccount": here, "aws:username": "alice", "iam:ResourceTag/class": "",
			},
		},
		"a session with tags of its own": {
			request: world.Request{
				Principal: session, Action: "s3:GetObject", Resource: "arn:aws:s3:::bucket/k",
				Session: world.Session{Tags: []world.Tag{{Key: "ENV", Value: "test"}, {Key: "extra", Value: "x"}}},
			},
			want: eval.Allowed,
			keys: map[string]string{"aws:PrincipalTag/env": "test", "aws:PrincipalTag/extra": "x", "aws:PrincipalArn": "arn:aws:iam::" + here + ":role/app"},
		},
		"a key that is given wins": {
			request: func() world.Request {
				r := world.Request{Principal: session, Action: "s3:GetObject", Resource: "*"}
				_ = r.Context.Add("aws:PrincipalTag/env", "given")
				return r
			}(),
			want: eval.Allowed,
			keys: map[string]string{"aws:PrincipalTag/env": "given"},
		},
		"across accounts by the bucket's policy": {
			request: world.Request{Principal: "arn:aws:iam::" + there + ":user/bob", Action: "s3:GetObject", Resource: "arn:aws:s3:::bucket/k"},
			want:    eval.Allowed,
		},
		"across accounts without": {
			request: world.Request{Principal: "arn:aws:iam::" + there + ":user/bob", Action: "s3:PutObject", Resource: "arn:aws:s3:::bucket/k"},
			want:    eval.ImplicitDeny,
		},
		"on a role": {
			request: world.Request{Principal: "arn:aws:iam::" + there + ":root", Action: "iam:GetRole", Resource: "arn:aws:iam::" + here + ":role/app"},
			want:    eval.ImplicitDeny,
			keys:    map[string]string{"iam:ResourceTag/env": "prod", "aws:ResourceTag/env": "prod"},
		},
		"on a user": {
			request: world.Request{Principal: session, Action: "iam:GetUser", Resource: "arn:aws:iam::" + here + ":user/dev/alice"},
			want:    eval.ImplicitDeny,
			keys:    map[string]string{"iam:ResourceTag/team": "red"},
		},
		"a federated user": {
			request: world.Request{
				Principal: "arn:aws:sts::" + here + ":federated-user/f", Action: "s3:GetObject", Resource: "*",
				Session: world.Session{Issuer: "arn:aws:iam::" + here + ":user/dev/alice", Tags: []world.Tag{{Key: "a", Value: "b"}}},
			},
			want: eval.ImplicitDeny, // it was given no session policy
			keys: map[string]string{"aws:PrincipalTag/a": "b", "aws:PrincipalTag/team": "red"},
		},
		"a stranger": {
			request: world.Request{Principal: "arn:aws:iam::999999999999:user/eve", Action: "s3:GetObject", Resource: "arn:aws:s3:::bucket/k"},
			want:    eval.ImplicitDeny,
			open:    []string{"aws:PrincipalTag/team", "aws:PrincipalOrgID", world.UnknownPolicyPrefix + "account 999999999999"},
		},
		"a service": {
			request: world.Request{Principal: "ec2.amazonaws.com", Action: "sts:AssumeRole", Resource: "arn:aws:iam::" + here + ":role/app"},
			want:    eval.ImplicitDeny,
			keys:    map[string]string{"aws:PrincipalOrgID": ""},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			request, policies, err := w.Prepare(tt.request)
			if err != nil {
				t.Fatal(err)
			}
			decision, err := eval.Decide(request, policies)
			if err != nil || decision.Outcome != tt.want {
				t.Errorf("%s, %v; want %s", decision.Outcome, err, tt.want)
			}
			got := map[string]string{}
			for key := range tt.keys {
				got[key], _ = request.Context().Text(key)
			}
			if diff := cmp.Diff(tt.keys, got); tt.keys != nil && diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			for _, key := range tt.open {
				if !request.Context().Look(conditions.NewKey(key)).Open {
					t.Errorf("%s is not open", key)
				}
			}
		})
	}
}

func TestPrepareRefusesWhoIsNotThere(t *testing.T) {
	t.Parallel()
	w := build(t, sample(t))
	for _, principal := range []string{
		"arn:aws:iam::" + here + ":user/alice", "arn:aws:iam::" + here + ":role/other", "arn:aws:sts::" + here + ":assumed-role/other/s", "nobody",
		"arn:aws:iam::" + here + ":group/readers",
	} {
		if _, _, err := w.Prepare(world.Request{Principal: principal, Action: "s3:GetObject"}); err == nil {
			t.Errorf("%s is taken", principal)
		}
	}
}

func TestUnknownPoliciesMakeADecisionConditional(t *testing.T) {
	t.Parallel()
	d := sample(t)
	const absent = "arn:aws:iam::aws:policy/Absent"
	d.Accounts[0].Roles[0].Permissions = world.Permissions{Attached: []string{absent}, Boundary: "arn:aws:iam::" + here + ":policy/gone", Partial: true}
	w, problems := world.New(d)
	if w == nil || len(problems) != 2 || problems.HasErrors() {
		t.Fatalf("%v", problems)
	}
	role := w.RoleNamed(here, "app")
	if diff := cmp.Diff([]string{absent, "arn:aws:iam::" + here + ":policy/gone"}, role.UnknownPolicies()); diff != "" {
		t.Error(diff)
	}
	request, policies, err := w.Prepare(world.Request{Principal: role.ARN(), Action: "s3:GetObject", Resource: "*"})
	if err != nil {
		t.Fatal(err)
	}
	decision, err := eval.Decide(request, policies)
	if err != nil || decision.Outcome != eval.Conditional {
		t.Errorf("%s, %v", decision.Outcome, err)
	}
}

func TestNewReportsEveryProblem(t *testing.T) {
	t.Parallel()
	d := sample(t)
	d.Partition = "mars"
	a := &d.Accounts[0]
	a.Users = append(a.Users, a.Users[0], world.User{Name: "b/ad"}, world.User{Name: "x", Path: "no"},
		world.User{Name: "lost", Groups: []string{"reeders"}, Permissions: world.Permissions{Attached: []string{"arn:aws:iam::aws:policy/S33"}, Boundary: "arn:none"}})
	a.Roles = append(a.Roles, world.Role{Name: "untrusting"}, world.Role{Name: "long", Trust: a.Roles[0].Trust, MaxSessionDuration: time.Minute},
		world.Role{Name: "linked", Path: "/aws-service-role/x/", Trust: a.Roles[0].Trust, Permissions: world.Permissions{Boundary: "arn:aws:iam::aws:policy/S3"}},
		world.Role{Name: "twin", ID: "AROATWIN", Trust: a.Roles[0].Trust}, world.Role{Name: "twin2", ID: "AROATWIN", Trust: a.Roles[0].Trust})
	a.Resources = append(a.Resources, world.Resource{ARN: "bucket"}, a.Resources[0])
	a.OIDCProviders = append(a.OIDCProviders, world.OIDCProvider{Name: "https://x"})
	a.SAMLProviders = append(a.SAMLProviders, world.SAMLProvider{Name: "a b"})
	d.Accounts = append(d.Accounts, world.Account{ID: "12"}, world.Account{ID: there})
	d.AWSManagedPolicies = append(d.AWSManagedPolicies, world.ManagedPolicy{ARN: "arn:aws:iam::1:policy/x"})
	d.Organization.Root.Accounts = append(d.Organization.Root.Accounts, here, "999999999999")
	d.Organization.ManagementAccount = "888888888888"
	d.Organization.DelegatedAdministrators[0].Accounts = []string{"777777777777"}
	w, problems := world.New(d)
	if w != nil {
		t.Fatal("the world is taken")
	}
	text := problems.Error()
	for _, want := range []string{
		`unknown partition "mars"`, "user/dev/alice is described twice", `"b/ad" is not a name for a user`, `"no" is not a path`,
		`in the group "reeders", which the account does not have; did you mean "readers"?`, "attached policy arn:aws:iam::aws:policy/S33",
		"permissions boundary arn:none", "untrusting has no trust policy", "maxSessionDuration of 60 seconds", "linked is linked to a service",
		"the same unique id AROATWIN", "the resource arn:aws:s3:::bucket is described twice", `"https://x" is not the name of an OIDC provider`,
		`"a b" is not the name of a SAML provider`, `"12" is not an account id`, "the account 444455556666 is described twice",
		"is not the ARN of an AWS managed policy", "holds the account \"999999999999\"", "in the organization twice",
		"the management account \"888888888888\"", "the delegated administrator \"777777777777\"", "the access key AKIA1 is used twice",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no problem says %q", want)
		}
	}
	if t.Failed() {
		t.Log(text)
	}
}

func TestWithSharesWhatDidNotChange(t *testing.T) {
	t.Parallel()
	w := build(t, sample(t))
	role := *w.RoleNamed(here, "app")
	role.MaxSessionDuration = 2 * time.Hour
	changed, problems := w.With(world.PutRole(here, role), world.PutUser(here, world.User{Name: "new"}), world.RemoveUser(here, "alice"))
	if changed == nil {
		t.Fatal(problems)
	}
	if changed.Account(there) != w.Account(there) {
		t.Error("the other account was copied")
	}
	if w.RoleNamed(here, "app").MaxSessionDuration != time.Hour || changed.RoleNamed(here, "app").MaxSessionDuration != 2*time.Hour {
		t.Error("the change is in the wrong world")
	}
	if w.UserNamed(here, "alice") == nil || changed.UserNamed(here, "alice") != nil || changed.UserNamed(here, "new") == nil {
		t.Error("users are in the wrong world")
	}
	if _, ok := changed.AccessKey("AKIA1"); ok {
		t.Error("the key of a removed user is left")
	}
	if changed.RoleNamed(here, "app").IdentitySet() != w.RoleNamed(here, "app").IdentitySet() {
		t.Error("a document was compiled again")
	}
	for name, change := range map[string]world.Change{
		"no account":    world.PutRole("999999999999", role),
		"no role":       world.RemoveRole(here, "nobody"),
		"a bad group":   world.PutUser(here, world.User{Name: "u", Groups: []string{"none"}}),
		"a lost policy": world.PutGroup(here, world.Group{Name: "g", Permissions: world.Permissions{Attached: []string{"arn:x"}}}),
	} {
		if changed, problems := w.With(change); changed != nil || !problems.HasErrors() {
			t.Errorf("%s: the change is taken", name)
		}
	}
	outside, problems := w.With(world.SetOrganization(nil), world.PutAccount(world.Account{ID: "999999999999"}),
		world.PutResource(here, world.Resource{ARN: "arn:aws:s3:::other"}),
		world.PutPolicy(here, world.ManagedPolicy{Name: "more", Versions: []world.PolicyVersion{{ID: "v1", Default: true, Document: w.ManagedPolicy("arn:aws:iam::aws:policy/S3").Document()}}}))
	if outside == nil {
		t.Fatal(problems)
	}
	if outside.Organization() != nil || outside.SCPs(here) != nil || outside.Account("999999999999") == nil || outside.ManagedPolicy("arn:aws:iam::"+here+":policy/more") == nil {
		t.Error("a change was not made")
	}
}

func TestAWorldMadeOfAnothersDescriptionLeavesItAlone(t *testing.T) {
	t.Parallel()
	w := build(t, sample(t))
	alice := w.UserNamed(here, "alice")
	set := alice.IdentitySet()
	again := build(t, w.Description())
	account := *w.Account(here)
	changed, problems := w.With(world.PutAccount(account))
	if changed == nil {
		t.Fatal(problems)
	}
	if again.UserNamed(here, "alice") == alice || changed.UserNamed(here, "alice") == alice || alice.IdentitySet() != set {
		t.Error("two worlds share a user that was built twice")
	}
}

func TestUnknownPoliciesMayHaveAnyName(t *testing.T) {
	t.Parallel()
	for _, name := range []string{`x"`, `x\`, "x\ny", "${aws:username}", "é\xff", strings.Repeat("n", 5000), "*", "", "/", "a/"} {
		d := sample(t)
		d.Accounts[0].Roles[0].Permissions = world.Permissions{Attached: []string{name}, Partial: true}
		w := build(t, d)
		request, policies, err := w.Prepare(world.Request{Principal: w.RoleNamed(here, "app").ARN(), Action: "s3:GetObject", Resource: "*"})
		if err != nil {
			t.Fatal(err)
		}
		if decision, err := eval.Decide(request, policies); err != nil || decision.Outcome != eval.Conditional {
			t.Errorf("%q: %s, %v", name, decision.Outcome, err)
		}
	}
}
