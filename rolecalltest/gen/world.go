package gen

import (
	"encoding/json"

	"pgregory.net/rapid"

	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/world"
	"github.com/rolecall/rolecall/world/load"
)

// World draws a valid world in the form of docs/world-format.md: one to four
// accounts with a few users, groups and roles whose names collide from account
// to account. Trust policies name principals of all forms, most of which exist,
// under conditions of all that a caller can choose, so that "can X assume Y" is
// answered by yes, by no, and by "if".
func World() *rapid.Generator[Object] { return rapid.Custom(drawWorld) }

// Load makes the world of a description that [World] drew, and fails the test
// if it is not valid.
func Load(t *rapid.T, w Object) *world.World {
	t.Helper()
	text, err := json.Marshal(w)
	if err != nil {
		t.Fatal(err)
	}
	loaded, problems := load.Parse("world.json", string(text))
	if loaded == nil {
		t.Fatalf("%v\n%s", problems, text)
	}
	return loaded
}

// accountIDs are the accounts of worlds.
var accountIDs = []string{Home, Other, "777788889999", "222233334444"}

// outsider is an account that no world holds.
const outsider = "999900001111"

// sketch is who is in a world, before it is known what they may do.
type sketch struct {
	*rapid.T
	accounts []string
	// users and roles are ARNs, sessions those of sessions of the roles.
	users, roles, sessions []string

	organized bool
}

func drawWorld(t *rapid.T) Object {
	s := &sketch{T: t}
	s.accounts = accountIDs[:rapid.IntRange(1, len(accountIDs)).Draw(t, "accounts")]
	s.organized = chance(t, "organization", 2)
	accounts := Object{}
	for _, id := range s.accounts {
		accounts[id] = s.outline(id)
	}
	for _, id := range s.accounts {
		s.fill(id, accounts[id].(Object))
	}
	w := Object{"accounts": accounts, "awsManagedPolicies": Object{administrator: fullAccess(policy.Identity)}}
	if s.organized {
		w["organization"] = s.organization()
	}
	return w
}

const (
	administrator = "arn:aws:iam::aws:policy/AdministratorAccess"
	absentPolicy  = "arn:aws:iam::aws:policy/ReadOnlyAccess"
	github        = "token.actions.githubusercontent.com"
)

// path draws the path of an identity.
func (s *sketch) path() string { return pick(s.T, "path", "/", "/", "/ci/") }

// outline draws the names of what is in an account.
func (s *sketch) outline(id string) Object {
	users, roles := Object{}, Object{}
	for _, name := range []string{"alice", "bob"} {
		if chance(s.T, name, 2) {
			path := s.path()
			users[name] = Object{"path": path}
			s.users = append(s.users, "arn:aws:iam::"+id+":user"+path+name)
		}
	}
	for _, name := range []string{"app", "deploy", "admin"}[:rapid.IntRange(1, 3).Draw(s.T, "roles")] {
		path := s.path()
		roles[name] = Object{"path": path}
		s.roles = append(s.roles, "arn:aws:iam::"+id+":role"+path+name)
		s.sessions = append(s.sessions, "arn:aws:sts::"+id+":assumed-role/"+name+"/s1")
	}
	return Object{"users": users, "roles": roles}
}

// fill draws the policies of an account and of all that is in it.
func (s *sketch) fill(id string, account Object) {
	t := s.T
	boundary := "arn:aws:iam::" + id + ":policy/limit"
	account["policies"] = Object{"limit": Object{"document": s.limit()}, "caller": s.callerPolicy()}
	account["groups"] = Object{"dev": Object{"policies": Object{"calls": s.callerPolicy()}}}
	for _, name := range []string{"alice", "bob"} {
		user, ok := account["users"].(Object)[name].(Object)
		if !ok {
			continue
		}
		s.permissions(id, boundary, user)
		if chance(t, "in a group", 3) {
			user["groups"] = List{"dev"}
		}
		if chance(t, "unique id", 3) {
			user["id"] = userID(id, name)
		}
	}
	for _, name := range []string{"app", "deploy", "admin"} {
		if role, ok := account["roles"].(Object)[name].(Object); ok {
			s.permissions(id, boundary, role)
			role["trustPolicy"] = s.trustPolicy(id)
			s.roleDetails(role)
		}
	}
	account["oidcProviders"] = Object{github: Object{"clientIds": List{"sts.amazonaws.com"}}}
	account["samlProviders"] = Object{"corp": Object{}}
	if s.organized && chance(t, "account SCP", 4) {
		account["serviceControlPolicies"] = s.scps()
	}
	if chance(t, "details", 6) {
		s.details(id, account)
	}
}

// userID is the unique id that a user has if it is given one.
func userID(account, name string) string {
	return "AIDA" + map[string]string{"alice": "ALICE", "bob": "BOBBY"}[name] + account
}

func (s *sketch) roleDetails(role Object) {
	if chance(s.T, "long sessions", 4) {
		role["maxSessionDuration"] = 7200
	}
	if role["permissionsBoundary"] == nil && chance(s.T, "service-linked", 12) {
		role["serviceLinked"] = true
	}
}

// permissions draws the identity-based policies, boundary and tags of a user
// or role.
func (s *sketch) permissions(account, boundary string, identity Object) {
	t := s.T
	var attached List
	switch rapid.IntRange(1, 12).Draw(t, "permissions") {
	case 1:
		attached = List{administrator}
	case 2:
		attached = List{absentPolicy}
		identity["partial"] = true
	case 3, 4, 5:
		attached = List{"arn:aws:iam::" + account + ":policy/caller"}
	case 6, 7, 8, 9, 10:
		identity["policies"] = Object{"calls": s.callerPolicy()}
	}
	if attached != nil {
		identity["attachedPolicies"] = attached
	}
	if chance(t, "boundary", 6) {
		identity["permissionsBoundary"] = boundary
	}
	if chance(t, "tags", 3) {
		identity["tags"] = Object{"team": pick(t, "team", "red", "blue")}
	}
}

// details draws what STS knows of an account.
func (s *sketch) details(id string, account Object) {
	account["name"], account["alias"] = "an account", "account-"+id
	account["globalEndpointTokenVersion"] = pick(s.T, "token version", 1, 2)
	account["outboundWebIdentityFederation"] = true
	account["disabledRegions"] = List{"ap-east-1"}
	account["rootAccessKeys"] = List{Object{"id": "AKIAROOT" + id, "secret": "s", "status": "Inactive"}}
	account["rootMFADevices"] = List{Object{"serialNumber": "arn:aws:iam::" + id + ":mfa/root-account-mfa-device", "seed": "JBSWY3DPEHPK3PXP"}}
	account["resources"] = Object{"arn:aws:s3:::bucket-" + id: Object{"policy": drawPolicy(s.T, policy.Resource), "tags": Object{"env": "prod"}}}
	account["delegations"] = List{Object{
		"tradeInToken": "token-" + id, "product": outsider, "delegator": s.roles[0], "permissions": drawPolicy(s.T, policy.Session),
		"durationSeconds": 3600, "expires": "2026-12-31T00:00:00Z",
	}}
}
