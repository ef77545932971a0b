package oidc

import (
	"slices"
	"strings"

	"github.com/rolecall/rolecall/internal/glob"
)

// Key is a condition key that a token puts into the request context.
type Key struct {
	// Name is the provider's name, a colon and the name of the claim.
	Name string
	// Values has one value, or any number if List says that the key is
	// multivalued.
	Values []string
	List   bool
	// Lasting says that the key is in every later request of the session too
	// (STS-70, PL-193). Others are in the call alone.
	Lasting bool
}

// The built-in providers that differ from others.
const (
	google   = "accounts.google.com"
	facebook = "graph.facebook.com"
	amazon   = "www.amazon.com"
)

// mapping is the claims of a provider that become condition keys besides aud,
// oaud, sub and amr.
type mapping struct {
	provider glob.Pattern
	claims   []string
}

func mapped(provider string, claims ...string) mapping {
	return mapping{provider: glob.Compile(provider, glob.Wildcards), claims: claims}
}

var (
	githubClaims = []string{
		"actor", "actor_id", "enterprise_id", "environment", "job_workflow_ref", "ref", "repository",
		"repository_id", "repository_owner_id", "workflow",
	}
	buildkiteClaims = []string{
		"build_branch", "cluster_id", "cluster_name", "organization_id", "organization_slug", "pipeline_id", "pipeline_slug",
	}
	gitlabClaims = []string{
		"namespace_id", "pipeline_source", "project_id", "ref_protected", "runner_environment", "user_access_level",
		"user_email", "user_id", "user_login",
	}
)

// mappings are the providers whose claims AWS maps (STS-165; Service
// Authorization Reference, condition keys of AWS STS).
var mappings = []mapping{
	mapped("token.actions.githubusercontent.com", githubClaims...),
	mapped("token.actions.githubusercontent.com/*", githubClaims...),
	mapped("token.actions.*.ghe.com", githubClaims...),
	mapped("github.com/enterprises/*", githubClaims...),
	mapped("agent.buildkite.com", buildkiteClaims...),
	mapped("agent.*.buildkite.dev", buildkiteClaims...),
	mapped("agent.*.buildkite.site", buildkiteClaims...),
	mapped("gitlab.com", gitlabClaims...),
	mapped("oidc.circleci.com/org/*", "oidc.circleci.com/project-id"),
	mapped("idcs-*.identity.oraclecloud.com", "rpst_id"),
	mapped(google, "google/organization_number"),
}

// keys gives the condition keys of a token (STS-165).
func (c *claims) keys(provider, audience string) []Key {
	var keys []Key
	add := func(name string, lasting, list bool, values ...string) {
		keys = append(keys, Key{Name: provider + ":" + name, Values: values, List: list, Lasting: lasting})
	}
	add("aud", true, false, audience)
	switch {
	case c.hasParty:
		add("oaud", false, len(c.audience) > 1, c.audience...)
	case provider == google:
		add("oaud", false, false, audience)
	}
	add("sub", true, false, c.subject)
	switch provider { // PL-193: their own names of aud and sub
	case facebook:
		add("app_id", false, false, audience)
		add("id", true, false, c.subject)
	case amazon:
		add("app_id", false, false, audience)
		add("user_id", false, false, c.subject)
	}
	if c.all.has("amr") {
		add("amr", true, true, c.methods...)
	}
	for i := range mappings {
		if !mappings[i].provider.Match(provider, nil) {
			continue
		}
		for _, claim := range mappings[i].claims {
			if values := c.all.mapped(claim); len(values) > 0 {
				add(claim, false, len(values) > 1, values...)
			}
		}
		break
	}
	return keys
}

// mapped gives the values of a claim as condition values: strings, and numbers
// and booleans as they are written. A name with a slash that is no claim is
// looked up as a member of a claim: {"google": {"organization_number": 1}}
// (CONTESTED: which of the two AWS reads is not known). Objects, null and empty
// lists give no values, so that the key is absent.
func (o object) mapped(claim string) []string {
	if outer, inner, ok := strings.Cut(claim, "/"); ok && !o.has(claim) {
		nested, _ := o.object(outer)
		return nested.values(inner)
	}
	return o.values(claim)
}

func (o object) values(name string) []string {
	items, ok := o.items(name)
	if !ok {
		items = append(items, o[name])
	}
	var values []string
	for _, item := range items {
		value, ok := readScalar(item)
		if !ok {
			return nil
		}
		values = append(values, value)
	}
	return slices.Clip(values)
}
