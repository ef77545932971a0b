package sts

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSessionTagRefusals(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		tags       []Tag
		transitive []string
		want       string
	}{
		"keys that differ by case":            {tags("Team", "a", "team", "b"), nil, tagsDuplicate},
		"a transitive key that is not passed": {tags("Team", "a"), []string{"Site"}, tagsTransitive},
		"a reserved key":                      {tags("AWS:x", "a"), nil, tagsReserved},
		"a reserved value":                    {tags("x", "aws:a"), nil, tagsReserved},
		"duplicates are told before the rest": {tags("aws:Team", "a", "AWS:team", "b"), []string{"Site"}, tagsDuplicate},
		"a transitive key without any tags":   {nil, []string{"Site"}, tagsTransitive},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			_, err := l.AssumeRole(ctx(), l.key(aliceKey), in(deployARN, func(in *AssumeRoleInput) { in.Tags, in.TransitiveTagKeys = tt.tags, tt.transitive }))
			fails(t, err, 400, InvalidParameterValue, tt.want)
		})
	}
}

func TestATransitiveKeyInAnotherCase(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	first := l.session(l.key(aliceKey), in(deployARN, func(in *AssumeRoleInput) {
		in.Tags, in.TransitiveTagKeys = tags("SessionTag1", "v"), []string{"sessiontag1"}
	}))
	for _, key := range []string{"SessionTag1", "sessiontag1"} {
		_, err := l.AssumeRole(ctx(), first, in(deployARN, func(in *AssumeRoleInput) { in.Tags = tags(key, "v") }))
		fails(t, err, 400, InvalidParameterValue, tagsConflict)
	}
}

// TestTheChainOfTheDocumentation is STS-94.
func TestTheChainOfTheDocumentation(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	one := l.session(l.key(aliceKey), in(role("role1"), func(in *AssumeRoleInput) {
		in.Tags, in.TransitiveTagKeys = tags("Star", "1", "Heart", "1"), []string{"Star", "Heart"}
	}))
	two := l.session(one, in(role("role2")))
	three := l.session(two, in(role("role3")))
	for _, step := range []struct {
		caller *Caller
		want   map[string]string
	}{
		{one, map[string]string{"Star": "1", "Heart": "1"}},
		{two, map[string]string{"Star": "1", "Heart": "1", "Sun": "2"}},
		{three, map[string]string{"Star": "1", "Heart": "1", "Lightning": "3"}},
	} {
		if diff := cmp.Diff(step.want, l.principalTags(step.caller)); diff != "" {
			t.Errorf("%s: -want +got\n%s", step.caller, diff)
		}
	}
}

func TestTagsOfPrincipals(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	alice := l.key(aliceKey)
	fed := must(l.GetFederationToken(ctx(), alice, &GetFederationTokenInput{Name: new("fred"), Tags: tags("TEAM", "blue")}))(t)
	user := must(l.GetSessionToken(ctx(), alice, &GetSessionTokenInput{}))(t)
	session := l.session(alice, in(deployARN, func(in *AssumeRoleInput) { in.Tags = tags("ENV", "test", "x", "") }))
	tests := map[string]struct {
		caller *Caller
		want   map[string]string
	}{
		"a user":                               {alice, map[string]string{"team": "red", "Site": "Berlin"}},
		"its session":                          {l.with(user.Credentials), map[string]string{"team": "red", "Site": "Berlin"}},
		"a federated user":                     {l.with(fed.Credentials), map[string]string{"TEAM": "blue", "Site": "Berlin"}},
		"a role session, tags of another case": {session, map[string]string{"ENV": "test", "x": "", "Heart": "0"}},
		"a chained one without those of the past": {l.session(session, in(deployARN)), map[string]string{"env": "prod", "Heart": "0"}},
		"the root user": {l.key(rootKey), map[string]string{}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, l.principalTags(tt.caller)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestInheritedTagsNeedTagSession(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	transitive := l.session(l.key(aliceKey), in(deployARN, func(in *AssumeRoleInput) {
		in.Tags, in.TransitiveTagKeys = tags("a", "b"), []string{"a"}
	}))
	_, err := l.AssumeRole(ctx(), transitive, in(role("plain")))
	fails(t, err, 403, AccessDenied, "User: arn:aws:sts::111111111111:assumed-role/deploy/ana is not authorized to perform: sts:TagSession on resource: "+
		role("plain")+" because no role trust policy allows the sts:TagSession action")
	other := l.session(l.key(aliceKey), in(deployARN, func(in *AssumeRoleInput) { in.Tags = tags("a", "b") }))
	l.session(other, in(role("plain"))) // not transitive
}

func TestInheritedTagsAsResourceTags(t *testing.T) {
	t.Parallel()
	for _, stand := range []bool{false, true} {
		l := newLab(t, func(o *Options) { o.RoleTagsStand = stand })
		session := l.session(l.key(aliceKey), in(deployARN, func(in *AssumeRoleInput) {
			in.Tags, in.TransitiveTagKeys = tags("heart", "1"), []string{"heart"}
		}))
		if _, err := l.AssumeRole(ctx(), session, in(role("berlin"))); (err == nil) == stand {
			t.Errorf("role tags stand %v: %v", stand, err)
		}
	}
}

func TestSourceIdentitySticks(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	first := must(l.AssumeRole(ctx(), l.key(aliceKey), in(deployARN, func(in *AssumeRoleInput) { in.SourceIdentity = new("alice") })))(t)
	session := l.with(first.Credentials)
	if keys := l.seen(session); keys["aws:SourceIdentity"] != "alice" || keys["sts:SourceIdentity"] != "" {
		t.Errorf("keys %v", keys)
	}
	second := must(l.AssumeRole(ctx(), session, in(role("role1"))))(t)
	third := must(l.AssumeRole(ctx(), l.with(second.Credentials), in(role("role2"), func(in *AssumeRoleInput) { in.SourceIdentity = new("alice") })))(t)
	if second.SourceIdentity != "alice" || third.SourceIdentity != "alice" || l.seen(l.with(third.Credentials))["aws:SourceIdentity"] != "alice" {
		t.Error("it was lost on the way")
	}
	const who = "User: arn:aws:sts::111111111111:assumed-role/deploy/ana is not authorized to perform: sts:SetSourceIdentity on resource: "
	_, err := l.AssumeRole(ctx(), session, in(role("role1"), func(in *AssumeRoleInput) { in.SourceIdentity = new("mallory") }))
	fails(t, err, 403, AccessDenied, who+role("role1"))
	_, err = l.AssumeRole(ctx(), session, in(role("plain"))) // which does not trust for sts:SetSourceIdentity
	fails(t, err, 403, AccessDenied, who+role("plain")+" because no role trust policy allows the sts:SetSourceIdentity action")
}

func TestContextOfAssumeRole(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	session := l.session(l.key(aliceKey), in(deployARN, func(in *AssumeRoleInput) {
		in.Tags, in.TransitiveTagKeys, in.SourceIdentity = tags("Heart", "1"), []string{"Heart"}, new("alice")
	}))
	env := WithEnvironment(ctx(), &Environment{Region: "eu-west-1", SourceIP: "192.0.2.7", UserAgent: "test/1", VPCEndpoint: "vpce-1"})
	_, err := l.AssumeRole(env, session, in(role("denying"), func(in *AssumeRoleInput) {
		in.ExternalId, in.Tags = new("id-1"), tags("a", "b", "c", "d")
		in.TransitiveTagKeys = []string{"C"}
	}))
	got := map[string]string{}
	for key, seen := range errorOf(err).Decision.Request().Context().All() {
		for _, v := range seen.Values {
			got[key.String()] += "|" + v
		}
	}
	want := map[string]string{
		"sts:RoleSessionName": "|ana", "sts:ExternalId": "|id-1", "sts:SourceIdentity": "|alice", "aws:SourceIdentity": "|alice",
		"aws:RequestTag/a": "|b", "aws:RequestTag/c": "|d", "aws:TagKeys": "|a|c", "sts:TransitiveTagKeys": "|c",
		"aws:MultiFactorAuthPresent": "|false", "aws:TokenIssueTime": "|2026-01-02T03:04:05Z",
		"aws:PrincipalTag/Heart": "|1", "aws:PrincipalTag/env": "|prod",
		"aws:PrincipalArn": "|" + deployARN, "aws:PrincipalAccount": "|" + home, "aws:PrincipalType": "|AssumedRole",
		"aws:userid": "|AROARTXV5AHDDEPLOY001:ana", "aws:PrincipalIsAWSService": "|false",
		"aws:PrincipalOrgID": "|o-exampleorg1", "aws:PrincipalOrgPaths": "|o-exampleorg1/r-ex01/",
		"aws:ResourceAccount": "|" + home, "aws:ResourceOrgID": "|o-exampleorg1", "aws:ResourceOrgPaths": "|o-exampleorg1/r-ex01/",
		"aws:RequestedRegion": "|eu-west-1", "aws:SourceIp": "|192.0.2.7", "aws:UserAgent": "|test/1", "aws:SourceVpce": "|vpce-1",
		"aws:SecureTransport": "|true", "aws:ViaAWSService": "|false",
		"aws:CurrentTime": "|2026-01-02T03:04:05Z", "aws:EpochTime": "|1767323045",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
