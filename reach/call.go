package reach

import (
	"slices"
	"strings"
	"time"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/principal"
	"github.com/rolecall/rolecall/world"
)

// Call is what is known of the calls that assume roles. The zero Call leaves
// open all that a caller chooses.
type Call struct {
	// Context holds condition keys that are given: sts:ExternalId, sts:
	// RoleSessionName, aws:MultiFactorAuthPresent and so on. They win over what
	// the world says. Giving aws:RequestTag/... or sts:SourceIdentity means that
	// a tag or a source identity is passed, which needs sts:TagSession or
	// sts:SetSourceIdentity besides.
	Context conditions.Context
	// Time is when the call is made; the zero time is open.
	Time time.Time
	// Session is what the session of the first caller carries: session policies
	// and tags. A user has none.
	Session world.Session
}

// Carried is what a session takes along into the next call of a chain.
type Carried struct {
	// Name is the session name if it is known.
	Name string
	// SourceIdentity is set once and stays (EV-131).
	SourceIdentity string
	// Tags are the session tags, those inherited included.
	Tags []world.Tag
	// Transitive are those of the Tags that the next session inherits (EV-137).
	Transitive []world.Tag
	// MaxDuration is the longest that the session can last: the role's maximum,
	// and an hour where a role session assumed the role (EV-130).
	MaxDuration time.Duration
}

// The keys of a call, and which of them are open in it. present ones have a
// value that is not known, the others may be missing as well.
var (
	openInAnyCall = []string{
		"aws:SourceIp", "aws:VpcSourceIp", "aws:SourceVpc", "aws:SourceVpce", "aws:SourceVpcArn", "aws:VpceAccount",
		"aws:VpceOrgID", "aws:VpceOrgPaths", "aws:UserAgent", "aws:Referer", keySourceIdentity,
	}
	presentInAnyCall = []string{"sts:RoleSessionName", "aws:RequestedRegion"}
	openInAssumeRole = []string{"sts:ExternalId", "sts:RequestContextProviders"}
	openForUser      = []string{keyMFA, keyMFAAge, "aws:TokenIssueTime"}
	openForRole      = []string{"aws:SourceIdentity", "aws:FederatedProvider"}
	openForService   = []string{"aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID", "aws:SourceOrgPaths"}
)

const (
	keyMFA            = "aws:MultiFactorAuthPresent"
	keyMFAAge         = "aws:MultiFactorAuthAge"
	keySourceIdentity = "sts:SourceIdentity"
	keyTagKeys        = "aws:TagKeys"
	keyTransitive     = "sts:TransitiveTagKeys"
	requestTag        = "aws:RequestTag/"
)

// contexts holds the context of a call for each kind of caller, made once for
// all pairs that a question looks at.
type contexts struct {
	call   Call
	passed Carried // what the first call passes
	made   map[principal.Kind]conditions.Context
}

func newContexts(call Call) *contexts {
	c := &contexts{call: call, made: map[principal.Kind]conditions.Context{}}
	c.passed.SourceIdentity, _ = call.Context.Text(keySourceIdentity)
	c.passed.Name, _ = call.Context.Text("sts:RoleSessionName")
	transitive := call.Context.Look(conditions.NewKey(keyTransitive)).Values
	for key, seen := range call.Context.All() {
		name := key.String()
		if len(name) <= len(requestTag) || !strings.EqualFold(name[:len(requestTag)], requestTag) || len(seen.Values) == 0 {
			continue
		}
		tag := world.Tag{Key: name[len(requestTag):], Value: seen.Values[0]}
		c.passed.Tags = append(c.passed.Tags, tag)
		if slices.ContainsFunc(transitive, func(t string) bool { return strings.EqualFold(t, tag.Key) }) {
			c.passed.Transitive = append(c.passed.Transitive, tag)
		}
	}
	return c
}

// templates holds the context of a call of which nothing is given, by the kind
// of caller.
var templates = func() map[principal.Kind]conditions.Context {
	made := map[principal.Kind]conditions.Context{}
	for kind := principal.Root; kind <= principal.Service; kind++ {
		const usual = 40
		ctx := conditions.NewContext(usual)
		common(&ctx)
		openTags(&ctx)
		switch kind {
		case principal.User:
			open(&ctx, openInAssumeRole, false)
			open(&ctx, openForUser, false)
		case principal.Role, principal.RoleSession:
			asRole(&ctx, kind == principal.Role)
			open(&ctx, openForRole, false)
			ctx.AddOpenPrefix("saml:")
		case principal.Service:
			open(&ctx, openInAssumeRole, false)
			open(&ctx, openForService, false)
		case principal.IdentityProvider:
			ctx.AddOpenPrefix("saml:")
		}
		made[kind] = ctx
	}
	return made
}()

// first gives the context of a first call by a kind of caller; host is that of
// an OIDC provider.
func (c *contexts) first(kind principal.Kind, host string) conditions.Context {
	if ctx, ok := c.made[kind]; ok && host == "" {
		return ctx
	}
	given := &c.call.Context
	template := templates[kind]
	ctx := template.Clone(given.Len() + 4)
	if len(c.passed.Tags) > 0 {
		c.onlyPassedTags(&ctx)
	}
	for key, seen := range given.All() {
		ctx.Set(key, seen)
	}
	c.time(&ctx)
	if host == "" {
		c.made[kind] = ctx
		return ctx
	}
	open(&ctx, []string{host + ":aud", host + ":sub"}, true) // a token has both
	open(&ctx, []string{"sts:RoleAuthorizedByIdp"}, false)
	ctx.AddOpenPrefix(host + ":")
	ctx.DropOpenPrefix("saml:")
	return ctx
}

// onlyPassedTags: tags that are given are all that are passed.
func (c *contexts) onlyPassedTags(ctx *conditions.Context) {
	keys := make([]string, len(c.passed.Tags))
	for i, t := range c.passed.Tags {
		keys[i] = t.Key
	}
	ctx.Set(conditions.NewKey(keyTagKeys), conditions.Seen{Values: keys, Multivalued: true})
	ctx.Set(conditions.NewKey(keyTransitive), conditions.Seen{Missing: true})
	ctx.DropOpenPrefix(requestTag)
}

func (c *contexts) time(ctx *conditions.Context) {
	if c.call.Time.IsZero() {
		open(ctx, []string{"aws:CurrentTime", "aws:EpochTime"}, true)
	}
}

func openTags(ctx *conditions.Context) {
	open(ctx, []string{keyTagKeys, keyTransitive}, false)
	ctx.AddOpenPrefix(requestTag)
}

// common adds what every call has. Requests to STS travel over TLS, and a call
// that assumes a role is made by its caller itself.
func common(ctx *conditions.Context) {
	ctx.AddDefault("aws:SecureTransport", "true")
	ctx.AddDefault("aws:ViaAWSService", "false")
	open(ctx, openInAnyCall, false)
	open(ctx, presentInAnyCall, true)
}

// asRole adds what a role session brings: it was issued at some time, and
// carries no MFA even if MFA was used to make it (EV-18, STS-70 CONTESTED:
// the key is there and says false).
func asRole(ctx *conditions.Context, anySession bool) {
	open(ctx, openInAssumeRole, false)
	open(ctx, []string{"aws:TokenIssueTime"}, true)
	if anySession {
		open(ctx, []string{"aws:userid"}, true)
	}
	ctx.AddDefault(keyMFA, "false")
}

// next gives the context of a later call of a chain, made by a session that
// carries something. MFA and the tags passed in the first call are behind it.
func (c *contexts) next(session Carried) conditions.Context {
	const usual = 40
	ctx := conditions.NewContext(usual)
	for key, seen := range c.call.Context.All() {
		if name := key.String(); !onlyFirst(name) {
			ctx.Set(key, seen)
		}
	}
	if session.SourceIdentity != "" {
		ctx.AddDefault(keySourceIdentity, session.SourceIdentity)
		ctx.AddDefault("aws:SourceIdentity", session.SourceIdentity)
	} else {
		_ = ctx.AddAbsent("aws:SourceIdentity") // fails where it is given
	}
	asRole(&ctx, session.Name == "")
	common(&ctx)
	openTags(&ctx)
	c.time(&ctx)
	return ctx
}

// onlyFirst tells whether a given key is about the first call of a chain only.
func onlyFirst(name string) bool {
	lower := strings.ToLower(name)
	switch lower {
	case strings.ToLower(keyMFA), strings.ToLower(keyMFAAge), strings.ToLower(keyTagKeys), strings.ToLower(keyTransitive), strings.ToLower(keySourceIdentity):
		return true
	}
	return strings.HasPrefix(lower, strings.ToLower(requestTag)) || strings.HasPrefix(lower, "aws:principal") ||
		strings.HasPrefix(lower, "saml:") || lower == "aws:userid" || lower == "aws:username"
}

func open(ctx *conditions.Context, names []string, present bool) {
	for _, name := range names {
		ctx.OpenDefault(name, present)
	}
}
