package scenario

import (
	"encoding/json"
	"strings"

	"github.com/rolecall/rolecall/internal/jsonpos"
)

// token is an ID token that an OIDC provider mints for the test.
type token struct {
	// provider is the issuer without https://; empty stands for the only EKS
	// cluster of the role's account.
	provider string
	claims   map[string]any
}

func newToken(provider string) *token { return &token{provider: provider, claims: map[string]any{}} }

// set adds a claim that was not given.
func (t *token) set(name, value string) {
	if _, given := t.claims[name]; !given && value != "" {
		t.claims[name] = value
	}
}

var webIdentityFields = []field[token]{
	{"provider", func(r *reader, v jsonpos.Value, t *token) {
		t.provider = strings.TrimPrefix(r.text(v, "provider"), "https://")
	}},
	{"claims", (*reader).claims},
}

// claims reads the claims of a token, which may be any JSON.
func (r *reader) claims(v jsonpos.Value, t *token) {
	for m := range r.members(v, "claims") {
		t.claims[m.Key] = r.claim(m.Value)
	}
}

func (r *reader) claim(v jsonpos.Value) any {
	switch v.Kind() {
	case jsonpos.Object:
		value := map[string]any{}
		for m := range r.members(v, "a claim") {
			value[m.Key] = r.claim(m.Value)
		}
		return value
	case jsonpos.Array:
		value := []any{}
		for item := range v.Items() {
			value = append(value, r.claim(item))
		}
		return value
	case jsonpos.String:
		return r.fill(v)
	case jsonpos.Bool:
		return v.Text() == "true"
	case jsonpos.Number:
		return json.Number(v.Text())
	default:
		return nil
	}
}

func (r *reader) webIdentity(v jsonpos.Value) *token {
	t := newToken("")
	object(r, v, "web-identity", webIdentityFields, t)
	if t.provider == "" {
		r.refuse(CodeMissing, placeOf(v), "web-identity names no provider", "provider: is the issuer, such as token.actions.githubusercontent.com")
	}
	return t
}

// workflow is a job of GitHub Actions or GitLab CI.
type workflow struct {
	token
	repository, ref, refType, environment string
	pullRequest                           bool
}

const (
	githubIssuer  = "token.actions.githubusercontent.com"
	gitlabIssuer  = "gitlab.com"
	eksPrefix     = "oidc.eks."
	stsAudience   = "sts.amazonaws.com"
	branchRefType = "branch"
)

var githubFields = []field[workflow]{
	{"repository", func(r *reader, v jsonpos.Value, w *workflow) { w.repository = r.text(v, "repository") }},
	{"ref", func(r *reader, v jsonpos.Value, w *workflow) { w.ref = r.text(v, "ref") }},
	{"environment", func(r *reader, v jsonpos.Value, w *workflow) { w.environment = r.text(v, "environment") }},
	{"pull-request", func(r *reader, v jsonpos.Value, w *workflow) { w.pullRequest = r.boolean(v, "pull-request") }},
	{"claims", func(r *reader, v jsonpos.Value, w *workflow) { r.claims(v, &w.token) }},
}

// github makes the token of a job of GitHub Actions: its subject is the
// environment, a pull request or the ref, in this order.
func (r *reader) github(v jsonpos.Value) *token {
	w := &workflow{token: *newToken(githubIssuer), ref: "refs/heads/main"}
	object(r, v, "github", githubFields, w)
	owner, _, ok := strings.Cut(w.repository, "/")
	if !ok {
		r.refuse(CodeMissing, placeOf(v), "github names no repository", "repository: is OWNER/NAME")
	}
	subject := "ref:" + w.ref
	switch {
	case w.environment != "":
		subject = "environment:" + w.environment
	case w.pullRequest:
		subject = "pull_request"
	}
	w.set("sub", "repo:"+w.repository+":"+subject)
	w.set("aud", stsAudience)
	w.set("repository", w.repository)
	w.set("repository_owner", owner)
	w.set("ref", w.ref)
	w.set("environment", w.environment)
	return &w.token
}

var gitlabFields = []field[workflow]{
	{"host", func(r *reader, v jsonpos.Value, w *workflow) { w.provider = r.text(v, "host") }},
	{"project", func(r *reader, v jsonpos.Value, w *workflow) { w.repository = r.text(v, "project") }},
	{"ref", func(r *reader, v jsonpos.Value, w *workflow) { w.ref = r.text(v, "ref") }},
	{"ref-type", func(r *reader, v jsonpos.Value, w *workflow) { w.refType = r.text(v, "ref-type") }},
	{"environment", func(r *reader, v jsonpos.Value, w *workflow) { w.environment = r.text(v, "environment") }},
	{"claims", func(r *reader, v jsonpos.Value, w *workflow) { r.claims(v, &w.token) }},
}

// gitlab makes the token of a job of GitLab CI.
func (r *reader) gitlab(v jsonpos.Value) *token {
	w := &workflow{token: *newToken(gitlabIssuer), ref: "main", refType: branchRefType}
	object(r, v, "gitlab", gitlabFields, w)
	namespace, _, ok := strings.Cut(w.repository, "/")
	if !ok {
		r.refuse(CodeMissing, placeOf(v), "gitlab names no project", "project: is GROUP/NAME")
	}
	w.set("sub", "project_path:"+w.repository+":ref_type:"+w.refType+":ref:"+w.ref)
	w.set("aud", "https://"+w.provider)
	w.set("project_path", w.repository)
	w.set("namespace_path", namespace)
	w.set("ref", w.ref)
	w.set("ref_type", w.refType)
	w.set("environment", w.environment)
	return &w.token
}

// pod is a workload of a Kubernetes cluster.
type pod struct {
	token
	namespace, account string
}

var eksFields = []field[pod]{
	{"provider", func(r *reader, v jsonpos.Value, p *pod) {
		p.provider = strings.TrimPrefix(r.text(v, "provider"), "https://")
	}},
	{"namespace", func(r *reader, v jsonpos.Value, p *pod) { p.namespace = r.text(v, "namespace") }},
	{"service-account", func(r *reader, v jsonpos.Value, p *pod) { p.account = r.text(v, "service-account") }},
	{"claims", func(r *reader, v jsonpos.Value, p *pod) { r.claims(v, &p.token) }},
}

// eks makes the token of a service account of Kubernetes.
func (r *reader) eks(v jsonpos.Value) *token {
	p := &pod{token: *newToken(""), namespace: "default"}
	object(r, v, "eks", eksFields, p)
	if p.account == "" {
		r.refuse(CodeMissing, placeOf(v), "eks names no service account", "service-account: is its name, namespace: where it is not default")
	}
	p.set("sub", "system:serviceaccount:"+p.namespace+":"+p.account)
	p.set("aud", stsAudience)
	return &p.token
}
