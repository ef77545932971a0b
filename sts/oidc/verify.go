package oidc

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/rolecall/rolecall/diag"
)

// Provider is an identity provider as an account knows it.
type Provider struct {
	// Name is its URL without "https://", path included. Its case counts.
	Name string
	// ClientIDs are the audiences that are taken. None means no audience is,
	// also for built-in providers.
	ClientIDs []string
	// Keys are its public keys; nil if they are not known, so that no token
	// verifies.
	Keys *KeySet
}

// Call is what a token is verified for.
type Call struct {
	// Now is the time of the call.
	Now time.Time
	// RoleARN is the role that is asked for, for the roles claim.
	RoleARN string
}

// Identity is what a verified token proves.
type Identity struct {
	// Provider is the name of the provider.
	Provider string
	// Issuer and Subject are the claims iss and sub.
	Issuer, Subject string
	// Audience is the client id that matched.
	Audience string
	// RoleAuthorized is sts:RoleAuthorizedByIdp: the token has a roles claim,
	// and the role is in it (STS-162).
	RoleAuthorized bool
	// Tags and TransitiveTagKeys are the session tags, sorted by key, and the
	// keys of the transitive ones. What section 9 of the rules demands of
	// session tags of any origin, whether keys are distinct or reserved and
	// how many and long they may be (STS-85 to STS-88), is not checked yet.
	Tags              []Tag
	TransitiveTagKeys []string
	// SourceIdentity is empty if the token has none.
	SourceIdentity string
	// Keys are the provider's condition keys.
	Keys []Key
	// IssuedAt and Expires are the claims iat and exp.
	IssuedAt, Expires time.Time
}

// The claims that AWS gives a meaning to.
const (
	rolesClaim  = "https://aws.amazon.com/roles"
	tagsClaim   = "https://aws.amazon.com/tags"
	sourceClaim = "https://aws.amazon.com/source_identity"
)

// OutboundDomain is the domain of the issuers of GetWebIdentityToken, whose
// tokens AssumeRoleWithWebIdentity does not take (STS-152, STS-153).
const OutboundDomain = "tokens.sts.global.api.aws"

// leeway is how far ahead nbf and iat may be (STS-161, CONTESTED). There is
// none for exp.
const leeway = 5 * time.Minute

var sourcePattern = regexp.MustCompile(`^[A-Za-z0-9_+=,.@-]{2,64}$`)

// Verify checks the token against the provider of its issuer: nil, or one of
// another name, is the error that the account has no such provider. Every
// error is an [*Error]. The order is that of STS-158 to STS-164.
func (t *Token) Verify(p *Provider, call Call) (*Identity, error) {
	if err := t.checkProvider(p); err != nil {
		return nil, err
	}
	audience, err := t.matchAudience(p.ClientIDs)
	if err != nil {
		return nil, err
	}
	if err := t.checkSignature(p.Keys); err != nil {
		return nil, err
	}
	if err := t.claims.checkTimes(call.Now); err != nil {
		return nil, err
	}
	authorized, err := t.claims.authorizesRole(call.RoleARN)
	if err != nil {
		return nil, err
	}
	tags, transitive, err := t.claims.all.tags()
	if err != nil {
		return nil, err
	}
	source, err := t.claims.sourceIdentity()
	if err != nil {
		return nil, err
	}
	return &Identity{
		Provider:          p.Name,
		Issuer:            t.claims.issuer,
		Subject:           t.claims.subject,
		Audience:          audience,
		RoleAuthorized:    authorized,
		Tags:              tags,
		TransitiveTagKeys: transitive,
		SourceIdentity:    source,
		Keys:              t.claims.keys(p.Name, audience),
		IssuedAt:          time.Unix(t.claims.issued, 0).UTC(),
		Expires:           time.Unix(t.claims.expires, 0).UTC(),
	}, nil
}

// checkProvider is STS-158, and STS-152 for tokens of STS itself.
func (t *Token) checkProvider(p *Provider) error {
	name := t.ProviderName()
	host, _, _ := strings.Cut(name, "/")
	if strings.HasSuffix(host, "."+OutboundDomain) {
		return invalid(messageOutbound, "")
	}
	if p == nil {
		return noProvider(t.claims.issuer, "")
	}
	if p.Name != name {
		return noProvider(t.claims.issuer, fmt.Sprintf("the provider is %q", diag.Clip(p.Name, 100)))
	}
	return nil
}

// matchAudience gives the client id that the token is for (STS-159). With azp
// that alone is compared, whoever the provider is (CONTESTED).
func (t *Token) matchAudience(clientIDs []string) (string, error) {
	candidates := t.claims.audience
	if t.claims.hasParty {
		candidates = []string{t.claims.party}
	}
	for _, candidate := range candidates {
		if slices.Contains(clientIDs, candidate) {
			return candidate, nil
		}
	}
	return "", invalid(messageAudience, fmt.Sprintf("no client id of the provider is among %s", diag.Clip(fmt.Sprintf("%q", candidates), 200)))
}

// checkSignature is STS-160.
func (t *Token) checkSignature(keys *KeySet) error {
	key, failure := keys.find(t.keyID, t.algorithm)
	if failure != nil {
		return failure
	}
	if _, err := t.jws.Verify(key); err != nil {
		return invalid(messageSignature, t.whyNot())
	}
	return nil
}

// whyNot says why the signature does not verify, as far as one can tell.
func (t *Token) whyNot() string {
	size, signature := schemes[t.algorithm].coordinate(), t.jws.Signatures[0].Signature
	if size > 0 && len(signature) != 2*size {
		return fmt.Sprintf("an %s signature is R and S of %d bytes each, not %d bytes in all", t.algorithm, size, len(signature))
	}
	return "it was not made over this header and payload with the provider's key"
}

// checkTimes is STS-161. Times are whole seconds, so that a fraction of now
// does not count.
func (c *claims) checkTimes(now time.Time) error {
	seconds := now.Unix()
	if c.expires <= seconds {
		return expired(now, c.expires)
	}
	latest := now.Add(leeway).Unix()
	if c.notBefore > latest {
		return early(now, "nbf", c.notBefore)
	}
	if c.issued > latest {
		return early(now, "iat", c.issued)
	}
	return nil
}

// authorizesRole is STS-162 (CONTESTED): a roles claim must name the role,
// literally.
func (c *claims) authorizesRole(roleARN string) (bool, error) {
	if !c.all.has(rolesClaim) {
		return false, nil
	}
	roles, ok := c.all.list(rolesClaim)
	if !ok {
		return false, wrongType(rolesClaim, "a string or a list of strings")
	}
	if !slices.Contains(roles, roleARN) {
		return false, invalid(messageRoles, "")
	}
	return true, nil
}

// sourceIdentity is STS-164. A colon is outside the pattern, so that nothing
// can begin with "aws:".
func (c *claims) sourceIdentity() (string, error) {
	if !c.all.has(sourceClaim) {
		return "", nil
	}
	source, _ := c.all.text(sourceClaim) // "" if it is no string
	if !sourcePattern.MatchString(source) {
		return "", invalid(messageSource, "")
	}
	return source, nil
}
