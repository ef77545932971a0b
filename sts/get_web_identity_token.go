package sts

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/rolecall/rolecall/sts/oidc"
)

// GetWebIdentityTokenInput is the request of GetWebIdentityToken (STS-147).
type GetWebIdentityTokenInput struct {
	Audience []string `sts:"webIdentityTokenAudienceListType,required"`
	// SigningAlgorithm is RS256 or ES384.
	SigningAlgorithm *string `sts:"jwtAlgorithmType,required"`
	// DurationSeconds is 60 to 3600; nil is 300.
	DurationSeconds *int32 `sts:"webIdentityTokenDurationSecondsType"`
	Tags            []Tag  `sts:"tagListType"`
}

// GetWebIdentityTokenOutput is the answer of GetWebIdentityToken.
type GetWebIdentityTokenOutput struct {
	// WebIdentityToken is a JWT that verifies against [Service.JWKS].
	WebIdentityToken string
	Expiration       time.Time
}

var getWebIdentityToken = rulesFor[GetWebIdentityTokenInput]("GetWebIdentityToken", User, Root, RoleSession, DelegatedSession)

// maxPayload is how long the payload of a token may be, in bytes (STS-151,
// CONTESTED: AWS's limit is not public).
const maxPayload = 8192

// GetWebIdentityToken makes a token that tells others who the caller is.
func (s *Service) GetWebIdentityToken(ctx context.Context, caller *Caller, in *GetWebIdentityTokenInput) (*GetWebIdentityTokenOutput, error) {
	c, err := s.begin(ctx, getWebIdentityToken, caller, in)
	if err != nil {
		return nil, err
	}
	makeKey := s.keys[oidc.Algorithm(*in.SigningAlgorithm)]
	if makeKey == nil { // the code is CONTESTED
		return nil, newError(ValidationError, "SigningAlgorithm "+*in.SigningAlgorithm+" is invalid; valid values are RS256 and ES384")
	}
	tags, err := newTags(in.Tags, nil, nil)
	if err != nil {
		return nil, err
	}
	duration := seconds(in.DurationSeconds, 300)
	if err := c.authorizeToken(in, tags, duration); err != nil {
		return nil, err
	}
	if err := c.checkToken(duration); err != nil {
		return nil, err
	}
	payload, err := c.payload(in.Audience, tags, duration)
	if err != nil {
		return nil, err
	}
	key, failed := makeKey()
	if failed != nil {
		return nil, internal(failed)
	}
	token, failed := key.Mint(payload)
	if failed != nil {
		return nil, internal(failed)
	}
	return &GetWebIdentityTokenOutput{WebIdentityToken: token, Expiration: second(c.now).Add(duration)}, nil
}

// authorizeToken asks for the call and, with tags, for passing them (STS-148).
func (c *call) authorizeToken(in *GetWebIdentityTokenInput, tags []sessionTag, duration time.Duration) *Error {
	keys := c.context()
	addTagKeys(&keys, tags)
	keys.AddDefaultList("sts:IdentityTokenAudience", in.Audience)
	keys.AddDefault("sts:DurationSeconds", strconv.Itoa(int(duration/time.Second)))
	keys.AddDefault("sts:SigningAlgorithm", *in.SigningAlgorithm)
	if err := c.ask(c.rules.action, "*", keys); err != nil {
		return err
	}
	if len(tags) == 0 {
		return nil
	}
	return c.ask("sts:TagGetWebIdentityToken", "*", keys)
}

// checkToken demands that the account has the feature on (STS-149; that this
// comes after the permission is CONTESTED), and that the token does not outlive
// the session (STS-150).
func (c *call) checkToken(duration time.Duration) *Error {
	if a := c.world().Account(c.who.account); a == nil || !a.OutboundWebIdentityFederation {
		return newError(OutboundFederationDisabled, "Outbound web identity federation is not enabled for the account.")
	}
	if session := c.who.session; session != nil && second(c.now).Add(duration).After(session.expires) {
		return newError(SessionDurationEscalation, "The requested token duration extends beyond the expiration of the calling session.")
	}
	return nil
}

// tokenClaims are the claims of a token (STS-153).
type tokenClaims struct {
	Issuer   string    `json:"iss"`
	Audience any       `json:"aud"`
	Subject  string    `json:"sub"`
	Issued   int64     `json:"iat"`
	Expires  int64     `json:"exp"`
	ID       string    `json:"jti"`
	AWS      awsClaims `json:"https://sts.amazonaws.com/"`
}

type awsClaims struct {
	Account           string            `json:"aws_account"`
	SourceRegion      string            `json:"source_region"`
	OrgID             string            `json:"org_id,omitempty"`
	OUPath            []string          `json:"ou_path,omitempty"`
	PrincipalTags     map[string]string `json:"principal_tags,omitempty"`
	RequestTags       map[string]string `json:"request_tags,omitempty"`
	SourceIdentity    string            `json:"source_identity,omitempty"`
	PrincipalID       string            `json:"principal_id"`
	SessionExpires    string            `json:"original_session_exp,omitempty"`
	FederatedProvider string            `json:"federated_provider,omitempty"`
}

// payload writes the claims.
func (c *call) payload(audience []string, tags []sessionTag, duration time.Duration) (json.RawMessage, *Error) {
	id, err := newUUID(c.service.entropy)
	if err != nil {
		return nil, internal(err)
	}
	issued := second(c.now)
	claims := tokenClaims{
		Issuer: c.issuer(), Audience: audience, Subject: c.principalARN(), ID: id,
		Issued: issued.Unix(), Expires: issued.Add(duration).Unix(), AWS: c.awsClaims(tags),
	}
	if len(audience) == 1 {
		claims.Audience = audience[0]
	}
	payload, err := json.Marshal(claims)
	switch {
	case err != nil:
		return nil, internal(err)
	case len(payload) > maxPayload:
		return nil, newError(JWTPayloadSizeExceeded, "The payload of the token has "+strconv.Itoa(len(payload))+" bytes, more than "+strconv.Itoa(maxPayload)+".")
	default:
		return payload, nil
	}
}

func (c *call) awsClaims(tags []sessionTag) awsClaims {
	claims := awsClaims{
		Account: c.who.account, SourceRegion: c.env.region(), PrincipalID: c.principalARN(),
		SourceIdentity: c.who.session.sourceIdentity(),
	}
	if path := c.world().OrganizationPath(c.who.account); path != "" {
		claims.OrgID, claims.OUPath = c.world().Organization().ID, []string{path} // an array: CONTESTED
	}
	for _, t := range c.who.principalTags() {
		claims.PrincipalTags = put(claims.PrincipalTags, t.key, t.value)
	}
	for _, t := range tags {
		claims.RequestTags = put(claims.RequestTags, t.key, t.value)
	}
	if session := c.who.session; session != nil {
		claims.SessionExpires = session.expires.Format(time.RFC3339)
		for _, k := range session.keys {
			if k.name == "aws:FederatedProvider" {
				claims.FederatedProvider = k.values[0]
			}
		}
	}
	return claims
}

func put(m map[string]string, key, value string) map[string]string {
	if m == nil {
		m = map[string]string{}
	}
	m[key] = value
	return m
}

// issuer gives the issuer of the tokens of the caller's account, the same every
// time.
func (c *call) issuer() string {
	sum := c.service.sealer.Derive("issuer", c.who.account)
	return "https://" + formatUUID([16]byte(sum[:16])) + "." + oidc.OutboundDomain
}

// principalARN gives the ARN of the user, root user or role behind the caller:
// never that of a session.
func (c *call) principalARN() string {
	if c.who.role != nil {
		return c.who.role.ARN()
	}
	return c.who.arn
}
