package oidc

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// keysOf verifies a token of a provider and gives its condition keys, those
// that last marked with a star.
func keysOf(t *testing.T, provider string, changes fields) map[string][]string {
	t.Helper()
	k := keys().es256
	claims := with(fields{"iss": "https://" + provider, "aud": "app", "sub": "42"})
	for name, value := range changes {
		claims[name] = value
	}
	p := &Provider{Name: provider, ClientIDs: []string{"app", "party"}, Keys: keySet(t, k)}
	identity, err := verify(p, mint(t, k, claims))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for _, key := range identity.Keys {
		name := key.Name
		if key.List {
			name += "[]"
		}
		if key.Lasting {
			name += " *"
		}
		if got[name] != nil {
			t.Errorf("%s is there twice", name)
		}
		got[name] = append([]string{}, key.Values...)
	}
	return got
}

func TestContextKeysOfProviders(t *testing.T) {
	t.Parallel()
	github := fields{
		"actor": "octocat", "actor_id": "1", "repository": "octo/app", "repository_id": "2", "repository_owner_id": "3", "ref": "refs/heads/main",
		"environment": "prod", "job_workflow_ref": "octo/flows/.github/workflows/x.yml@main", "workflow": "ci", "enterprise_id": "4",
		"sha": "abc", "repository_owner": "octo", "runner_environment": "github-hosted",
	}
	githubKeys := func(p string) map[string][]string {
		return map[string][]string{
			p + ":aud *": {"app"}, p + ":sub *": {"42"}, p + ":actor": {"octocat"}, p + ":actor_id": {"1"}, p + ":repository": {"octo/app"},
			p + ":repository_id": {"2"}, p + ":repository_owner_id": {"3"}, p + ":ref": {"refs/heads/main"}, p + ":environment": {"prod"},
			p + ":job_workflow_ref": {"octo/flows/.github/workflows/x.yml@main"}, p + ":workflow": {"ci"}, p + ":enterprise_id": {"4"},
		}
	}
	tests := map[string]struct {
		provider string
		claims   fields
		want     map[string][]string
	}{
		"a provider that AWS does not know": {"idp.example.com/a", github, map[string][]string{"idp.example.com/a:aud *": {"app"}, "idp.example.com/a:sub *": {"42"}}},
		"amr in a string":                   {"idp.example.com", fields{"amr": "mfa"}, map[string][]string{"idp.example.com:aud *": {"app"}, "idp.example.com:sub *": {"42"}, "idp.example.com:amr[] *": {"mfa"}}},
		"an empty amr":                      {"idp.example.com", fields{"amr": []string{}}, map[string][]string{"idp.example.com:aud *": {"app"}, "idp.example.com:sub *": {"42"}, "idp.example.com:amr[] *": {}}},
		"azp":                               {"idp.example.com", fields{"azp": "party"}, map[string][]string{"idp.example.com:aud *": {"party"}, "idp.example.com:oaud": {"app"}, "idp.example.com:sub *": {"42"}}},
		"azp and several audiences": {"idp.example.com", fields{"azp": "party", "aud": []string{"x", "app"}}, map[string][]string{
			"idp.example.com:aud *": {"party"}, "idp.example.com:oaud[]": {"x", "app"}, "idp.example.com:sub *": {"42"},
		}},
		"GitHub":                {"token.actions.githubusercontent.com", github, githubKeys("token.actions.githubusercontent.com")},
		"GitHub of one company": {"token.actions.githubusercontent.com/octo", github, githubKeys("token.actions.githubusercontent.com/octo")},
		"GitHub, own domain":    {"token.actions.octo.ghe.com", github, githubKeys("token.actions.octo.ghe.com")},
		"GitHub, not quite":     {"token.actions.githubusercontent.com.example.com", github, map[string][]string{"token.actions.githubusercontent.com.example.com:aud *": {"app"}, "token.actions.githubusercontent.com.example.com:sub *": {"42"}}},
		"GitLab": {"gitlab.com", fields{"project_id": "7", "ref_protected": "true", "user_access_level": "owner", "project_path": "x/y", "user_id": 8}, map[string][]string{
			"gitlab.com:aud *": {"app"}, "gitlab.com:sub *": {"42"}, "gitlab.com:project_id": {"7"}, "gitlab.com:ref_protected": {"true"},
			"gitlab.com:user_access_level": {"owner"}, "gitlab.com:user_id": {"8"},
		}},
		"CircleCI": {"oidc.circleci.com/org/1", fields{"oidc.circleci.com/project-id": "p", "oidc.circleci.com/context-ids": []string{"c"}}, map[string][]string{
			"oidc.circleci.com/org/1:aud *": {"app"}, "oidc.circleci.com/org/1:sub *": {"42"}, "oidc.circleci.com/org/1:oidc.circleci.com/project-id": {"p"},
		}},
		"Buildkite": {"agent.buildkite.com", fields{"pipeline_slug": "deploy", "build_number": 3}, map[string][]string{
			"agent.buildkite.com:aud *": {"app"}, "agent.buildkite.com:sub *": {"42"}, "agent.buildkite.com:pipeline_slug": {"deploy"},
		}},
		"Oracle": {"idcs-1.identity.oraclecloud.com", fields{"rpst_id": "r"}, map[string][]string{
			"idcs-1.identity.oraclecloud.com:aud *": {"app"}, "idcs-1.identity.oraclecloud.com:sub *": {"42"}, "idcs-1.identity.oraclecloud.com:rpst_id": {"r"},
		}},
		"Google": {"accounts.google.com", fields{"google": fields{"organization_number": 123456}}, map[string][]string{
			"accounts.google.com:aud *": {"app"}, "accounts.google.com:oaud": {"app"}, "accounts.google.com:sub *": {"42"},
			"accounts.google.com:google/organization_number": {"123456"},
		}},
		"Google with azp": {"accounts.google.com", fields{"azp": "party"}, map[string][]string{
			"accounts.google.com:aud *": {"party"}, "accounts.google.com:oaud": {"app"}, "accounts.google.com:sub *": {"42"},
		}},
		"Google with the number flat": {"accounts.google.com", fields{"google/organization_number": "123456"}, map[string][]string{
			"accounts.google.com:aud *": {"app"}, "accounts.google.com:oaud": {"app"}, "accounts.google.com:sub *": {"42"},
			"accounts.google.com:google/organization_number": {"123456"},
		}},
		"Cognito": {"cognito-identity.amazonaws.com", fields{"amr": []string{"authenticated", "graph.facebook.com"}}, map[string][]string{
			"cognito-identity.amazonaws.com:aud *": {"app"}, "cognito-identity.amazonaws.com:sub *": {"42"},
			"cognito-identity.amazonaws.com:amr[] *": {"authenticated", "graph.facebook.com"},
		}},
		"Facebook": {"graph.facebook.com", nil, map[string][]string{
			"graph.facebook.com:aud *": {"app"}, "graph.facebook.com:sub *": {"42"}, "graph.facebook.com:app_id": {"app"}, "graph.facebook.com:id *": {"42"},
		}},
		"Amazon": {"www.amazon.com", nil, map[string][]string{
			"www.amazon.com:aud *": {"app"}, "www.amazon.com:sub *": {"42"}, "www.amazon.com:app_id": {"app"}, "www.amazon.com:user_id": {"42"},
		}},
		"claims that are no text": {"gitlab.com", fields{
			"user_id": []any{"1", 2, true}, "user_login": fields{"a": "b"}, "user_email": json.RawMessage("null"), "namespace_id": []any{},
			"project_id": []any{fields{}}, "pipeline_source": false, "runner_environment": []string{"one"},
		}, map[string][]string{
			"gitlab.com:aud *": {"app"}, "gitlab.com:sub *": {"42"}, "gitlab.com:user_id[]": {"1", "2", "true"}, "gitlab.com:pipeline_source": {"false"},
			"gitlab.com:runner_environment": {"one"},
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, keysOf(t, tt.provider, tt.claims)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestSessionTags(t *testing.T) {
	t.Parallel()
	const flat = "https://aws.amazon.com/tags/principal_tags/"
	principal := func(tags fields) fields { return fields{tagsClaim: fields{"principal_tags": tags}} }
	wrong := func(claim, kind string) Error {
		return refused("The claim "+claim+" of the ID Token must be "+kind, "")
	}
	const one = "one string, or a list of one string"
	tests := map[string]struct {
		claims     fields
		tags       []Tag
		transitive []string
		failure    Error
	}{
		"none":           {fields{}, nil, nil, Error{}},
		"an empty claim": {fields{tagsClaim: fields{}}, nil, nil, Error{}},
		"lists of one":   {principal(fields{"b": []string{"2"}, "a": []string{"1"}}), []Tag{{"a", "1"}, {"b", "2"}}, nil, Error{}},
		"a bare string":  {principal(fields{"a": "1"}), []Tag{{"a", "1"}}, nil, Error{}},
		"an empty value": {principal(fields{"a": ""}), []Tag{{"a", ""}}, nil, Error{}},
		"keys that differ in case stay for STS to refuse": {principal(fields{"a": "1", "A": "2"}), []Tag{{"A", "2"}, {"a", "1"}}, nil, Error{}},
		"transitive keys in their order":                  {fields{tagsClaim: fields{"transitive_tag_keys": []string{"b", "a"}}}, nil, []string{"b", "a"}, Error{}},
		"the flat form": {
			fields{flat + "a": []string{"1"}, flat + "b/c": "2", "https://aws.amazon.com/tags/transitive_tag_keys": []string{"a"}},
			[]Tag{{"a", "1"}, {"b/c", "2"}},
			[]string{"a"},
			Error{},
		},
		"both forms": {
			fields{flat + "a": "2", tagsClaim: fields{"principal_tags": fields{"a": "1"}, "transitive_tag_keys": "a"}, "https://aws.amazon.com/tags/transitive_tag_keys": "b"},
			[]Tag{{"a", "1"}, {"a", "2"}},
			[]string{"a", "b"},
			Error{},
		},
		"two values":                      {principal(fields{"a": []string{"1", "2"}}), nil, nil, wrong(flat+"a", one)},
		"no value":                        {principal(fields{"a": []string{}}), nil, nil, wrong(flat+"a", one)},
		"a number":                        {principal(fields{"b": 1, "a": 2}), nil, nil, wrong(flat+"a", one)},
		"a list of numbers":               {principal(fields{"a": []int{1}}), nil, nil, wrong(flat+"a", one)},
		"null":                            {principal(fields{"a": json.RawMessage("null")}), nil, nil, wrong(flat+"a", one)},
		"two values in the flat form":     {fields{flat + "a": []string{"1", "2"}}, nil, nil, wrong(flat+"a", one)},
		"a list of claims":                {fields{tagsClaim: []fields{{"principal_tags": fields{}}}}, nil, nil, wrong(tagsClaim, "an object")},
		"a claim that is null":            {fields{tagsClaim: json.RawMessage("null")}, nil, nil, wrong(tagsClaim, "an object")},
		"tags in a list":                  {fields{tagsClaim: fields{"principal_tags": []string{"a"}}}, nil, nil, wrong(tagsClaim, "an object whose principal_tags is an object")},
		"transitive keys in an object":    {fields{tagsClaim: fields{"transitive_tag_keys": fields{}}}, nil, nil, wrong(tagsClaim, "an object whose transitive_tag_keys is a list of strings")},
		"transitive keys that are flat 1": {fields{"https://aws.amazon.com/tags/transitive_tag_keys": 1}, nil, nil, wrong("https://aws.amazon.com/tags/transitive_tag_keys", "a list of strings")},
	}
	p := provider(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			identity, err := verify(p, mint(t, keys().es256, with(tt.claims)))
			if err != nil {
				if diff := cmp.Diff(error(&tt.failure), err); diff != "" {
					t.Errorf("-want +got\n%s", diff)
				}
				return
			}
			if tt.failure != (Error{}) {
				t.Fatalf("not refused: %v", identity)
			}
			if diff := cmp.Diff(tt.tags, identity.Tags); diff != "" {
				t.Errorf("tags: -want +got\n%s", diff)
			}
			if diff := cmp.Diff(tt.transitive, identity.TransitiveTagKeys); diff != "" {
				t.Errorf("transitive: -want +got\n%s", diff)
			}
		})
	}
}
