package scenario_test

import (
	"os"
	"strings"
	"testing"

	"github.com/rolecall/rolecall/scenario"
)

// TestTestsThatPass holds every feature of the format: each must pass, and the
// same with can and cannot exchanged must fail.
func TestTestsThatPass(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"a user":             `{as: alice, on: "arn:aws:s3:::example/a", can: [s3:GetObject], cannot: [s3:DeleteObject]}`,
		"an item of its own": `{as: alice, can: {action: s3:GetObject, on: "arn:aws:s3:::example/a"}, cannot: {action: s3:GetObject, on: ["arn:aws:s3:::other/a", "arn:aws:s3:::example/secret/a"]}}`,
		"a context":          `{as: alice, context: {aws:SourceIp: 192.0.2.1}, on: "arn:aws:s3:::x/y", can: s3:PutObject, cannot: {action: s3:PutObject, context: {aws:SourceIp: 198.51.100.1}}}`,
		"a missing key":      `{as: alice, context: {aws:SourceIp: null}, on: "arn:aws:s3:::x/y", cannot: s3:PutObject}`,
		"a role":             `{as: home/deploy, on: "arn:aws:s3:::x/y", can: s3:PutObject, cannot: s3:DeleteObject}`,
		"a session policy":   `{as: home/deploy, session-policy: {Statement: [{Effect: Allow, Action: "s3:Put*", Resource: "*"}]}, on: "arn:aws:s3:::x/y", can: s3:PutObject, cannot: {action: s3:GetObject, because: session}}`,
		"a root user":        `{as: "arn:aws:iam::111111111111:root", can: [s3:ListAllMyBuckets, iam:CreateUser]}`,
		"a boundary":         `{as: bob, can: s3:ListAllMyBuckets, cannot: {action: iam:CreateUser, because: {layer: boundary, decision: implicitDeny}}}`,
		"a sid":              `{as: alice, on: "arn:aws:s3:::example/secret/a", cannot: s3:GetObject, because: {decision: explicitDeny, layer: identity, sid: NoSecrets, policy: own, message: explicit deny}}`,
		"a reason of a can":  `{as: alice, on: "arn:aws:s3:::example/a", can: s3:GetObject, because: {decision: allowed, sid: Read}}`,
		"assuming":           `{as: alice, assume: home/deploy, on: "arn:aws:s3:::x/y", can: s3:PutObject, cannot: s3:DeleteObject}`,
		"a chain":            `{as: alice, assume: [home/deploy, last], cannot: s3:GetObject, assert: "session.role == 'last'"}`,
		"an external id":     `{as: alice, assume: {role: guarded, external-id: xyz}, can: s3:ListAllMyBuckets}`,
		"MFA":                `{as: alice, assume: {role: mfa, mfa: true}, cannot: s3:ListAllMyBuckets}`,
		"no MFA":             `{as: alice, assume: mfa, fails: {code: AccessDenied, action: sts:AssumeRole, layer: trust, decision: implicitDeny, message: not authorized}}`,
		"MFA of before":      `{as: alice, assume: [{session-token: true, mfa: true}, mfa], assert: "session.name == 'test'"}`,
		"an expired session": `{as: alice, assume: [{session-token: true, duration: 900}, {role: home/deploy, after: 16m}], fails: ExpiredToken}`,
		"a duration":         `{as: alice, assume: {role: home/deploy, duration: 2h}, assert: "session.duration == duration('2h') && session.expires == timestamp('2026-01-02T14:00:00Z')"}`,
		"too long":           `{as: alice, assume: {role: home/deploy, duration: 3h}, fails: ValidationError}`,
		"tags":               `{as: alice, assume: {role: home/deploy, tags: {team: blue}, source-identity: ana}, assert: "session.tags == {'team': 'blue', 'env': 'prod'} && session.sourceIdentity == 'ana'"}`,
		"transitive tags":    `{as: alice, assume: [{role: home/deploy, tags: {team: blue}, transitive: [team]}, last], fails: {code: AccessDenied}}`,
		"a limited session":  `{as: alice, assume: {role: home/deploy, session-policy: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:Put*", Resource: "*"}]}}, can: s3:PutObject, cannot: {action: s3:GetObject, because: session}, on: "arn:aws:s3:::x/y"}`,
		"managed policies":   `{as: alice, assume: {role: home/deploy, managed-policies: "arn:aws:iam::111111111111:policy/limit"}, can: s3:PutObject, on: "arn:aws:s3:::x/y", cannot: {action: sts:AssumeRole, because: session}}`,
		"GitHub":             `{assume: {role: home/deploy, github: {repository: a/b}}, assert: "session.name == 'test'"}`,
		"GitLab":             `{assume: {role: home/deploy, gitlab: {project: a/b}}, can: s3:PutObject, on: "arn:aws:s3:::x/y"}`,
		"EKS":                `{assume: {role: home/deploy, eks: {service-account: a}, tags: {a: b}, source-identity: ana}, assert: "session.tags['a'] == 'b' && session.sourceIdentity == 'ana'"}`,
		"a token":            `{assume: {role: home/deploy, web-identity: {provider: "https://idp.example.com", claims: {aud: app, sub: me, n: 1, on: true, list: [a], map: {a: b}, none: null}}}, can: s3:PutObject, on: "arn:aws:s3:::x/y"}`,
		"another audience":   `{assume: {role: home/deploy, web-identity: {provider: idp.example.com}}, fails: {code: InvalidIdentityToken, message: audience}}`,
		"a stranger":         `{assume: {role: home/deploy, web-identity: {provider: other.example.com}}, fails: InvalidIdentityToken}`,
		"SAML":               `{assume: {role: home/deploy, saml: {name: ana}, tags: {a: b}, transitive: a, source-identity: ana}, assert: "session.tags['a'] == 'b' && session.sourceIdentity == 'ana'"}`,
		"SAML of another":    `{assume: {role: home/deploy, saml: {name: ana, attributes: {Role: "arn:aws:iam::111111111111:role/x,arn:aws:iam::111111111111:saml-provider/corp"}}}, fails: {code: AccessDenied}}`,
		"AssumeRoot":         `{as: chief, assume: {root: {account: "111111111111", task: S3UnlockBucketPolicy}}, can: s3:ListAllMyBuckets, cannot: iam:CreateUser}`,
		"GetFederationToken": `{as: alice, assume: {federation-token: fred, session-policy: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:GetObject", Resource: "*"}]}}, can: s3:GetObject, on: "arn:aws:s3:::example/a", assert: "session.arn.endsWith('federated-user/fred')"}`,
		"a place":            `{as: alice, context: {aws:SourceIp: 192.0.2.7}, assume: home/deploy, can: s3:PutObject, on: "arn:aws:s3:::x/y"}`,
		"the office":         `{as: carol, context: {aws:SourceIp: 192.0.2.7}, assume: office, assert: "session.role == 'office'"}`,
		"not the office":     `{as: carol, context: {aws:SourceIp: 198.51.100.7}, assume: office, fails: AccessDenied}`,
		"another GitLab":     `{assume: {role: home/deploy, gitlab: {host: git.example.com, project: a/b}}, fails: InvalidIdentityToken}`,
		"can assume":         `{as: alice, can-assume: home/deploy, cannot-assume: [away/deploy, last]}`,
		"over a role":        `{as: alice, can-assume: {role: last, through: home/deploy}}`,
		"hops":               `{as: alice, can-assume: {role: last, hops: 2}, cannot-assume: {role: last, hops: 1}}`,
		"conditions":         `{as: alice, can-assume: [{role: guarded, if: {sts:ExternalId: xyz}}, {role: guarded, if: [sts:externalid]}, {role: guarded, external-id: xyz}, {role: mfa, if: {aws:MultiFactorAuthPresent: "true"}}, {role: mfa, mfa: true}], cannot-assume: [{role: guarded, external-id: abc, because: trust}, {role: mfa, context: {aws:MultiFactorAuthPresent: "false"}, because: {layer: trust, decision: implicitDeny}}]}`,
		"a service":          `{as: ec2.amazonaws.com, can-assume: away/deploy, cannot-assume: home/deploy}`,
		"an issuer":          `{as: "oidc:gitlab.com", can-assume: home/deploy, cannot-assume: last}`,
		"an answer":          `{as: alice, can-assume: {role: guarded, external-id: xyz}, assert: "decision.allowed && decision.layer == 'identity'"}`,
		"a decision":         `{as: alice, on: "arn:aws:s3:::example/a", can: s3:GetObject, assert: ["decision.matched.exists(m, m.sid == 'Read' && m.layer == 'identity')", "!decision.crossAccount && session.arn == ''"]}`,
		"an explanation":     `{as: alice, on: "arn:aws:s3:::x/y", cannot: s3:PutObject, assert: "explanation.missingKeys == ['aws:SourceIp'] && explanation.nearest.exists(s, s.sid == 'Office' && s.conditions.all(c, c.missing && !c.holds)) && decision.blockedBy == ['identity']"}`,
		"a matrix of lists":  `{matrix: {user: [alice, bob], action: [s3:GetObject]}, as: "${{user}}", can: "${{ action }}", on: "arn:aws:s3:::example/a", assert: "matrix.user != matrix['action']"}`,
		"a matrix of rows":   `{matrix: [{a: s3:GetObject}, {a: s3:GetObjectTagging}], as: alice, can: "${{ a }}", on: "arn:aws:s3:::example/a"}`,
		"many callers":       `{as: [alice, bob], can: s3:GetObject, on: "arn:aws:s3:::example/a"}`,
		"another time":       `{as: alice, now: 2030-01-01T00:00:00Z, assume: home/deploy, assert: "session.expires > timestamp('2030-01-01T00:59:59Z')"}`,
	}
	exchange := strings.NewReplacer("cannot-assume", "can-assume", "can-assume", "cannot-assume", "cannot", "can", "can:", "cannot:")
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, r := range run(t, inWorld("- "+strings.Replace(text, "{", "{name: x, ", 1)), scenario.Options{}) {
				if !r.Passed() || r.Checks == 0 {
					t.Error(outcome([]scenario.Result{r}))
				}
			}
			swapped := strings.Replace(exchange.Replace(text), "{", "{name: x, ", 1)
			suite, _ := load(inWorld("- " + swapped))
			if suite == nil || !strings.Contains(text, "can") {
				return
			}
			for _, r := range run(t, inWorld("- "+swapped), scenario.Options{}) {
				if r.Passed() && strings.Contains(swapped, "can") {
					t.Errorf("passes turned round: %s", swapped)
				}
			}
		})
	}
}

func TestNamesOfTests(t *testing.T) {
	t.Parallel()
	const text = `
world: world.yaml
tests:
- {name: plain, as: [alice], can: sts:AssumeRole}
- {name: callers, as: [alice, bob], cannot: ec2:RunInstances}
- {name: rows, matrix: {a: [1, 2], b: [x]}, as: alice, cannot: "ec2:${{ a }}${{ b }}"}
- {name: both, matrix: {a: [1]}, as: [alice, bob], cannot: "ec2:${{ a }}"}
invariants:
- {name: nothing, require: "true"}
`
	const want = `ok plain
ok callers [as=alice]
ok callers [as=bob]
ok rows [a=1, b=x]
ok rows [a=2, b=x]
ok both [a=1, as=alice]
ok both [a=1, as=bob]
ok nothing
`
	if got := outcome(run(t, text, scenario.Options{})); got != want {
		t.Errorf("got\n%s", got)
	}
	only := scenario.Options{Match: func(name string) bool { return name == "plain" }}
	if got := outcome(run(t, text, only)); got != "ok plain\n" {
		t.Errorf("got\n%s", got)
	}
}

func TestTestsThatFail(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/failures.iam.yaml")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/failures.golden", outcome(run(t, string(text), scenario.Options{})))
}
