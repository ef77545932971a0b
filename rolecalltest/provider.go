package rolecalltest

import (
	"crypto/sha256"
	"maps"
	"time"

	"github.com/rolecall/rolecall/sts/oidc"
	"github.com/rolecall/rolecall/sts/saml"
	"github.com/rolecall/rolecall/world"
)

// OIDCProvider is a fake OIDC identity provider: it signs real tokens with a
// key that follows from its name.
type OIDCProvider struct {
	name string
	key  *oidc.SigningKey
}

// NewOIDCProvider makes a provider. name is the issuer without https://, such as
// token.actions.githubusercontent.com.
func NewOIDCProvider(t T, name string) *OIDCProvider {
	t.Helper()
	seed := sha256.Sum256([]byte("rolecalltest OIDC provider " + name))
	key, err := oidc.DeriveSigningKey(oidc.ES256, seed[:])
	if err != nil {
		t.Fatalf("the key of %s: %v", name, err)
	}
	return &OIDCProvider{name, key}
}

// In gives the change that puts the provider into an account, in the place of
// the one of that name.
func (p *OIDCProvider) In(t T, accountID string, clientIDs ...string) world.Change {
	t.Helper()
	keys, err := oidc.JWKS(p.key)
	if err != nil {
		t.Fatalf("the keys of %s: %v", p.name, err)
	}
	return world.PutOIDCProvider(accountID, world.OIDCProvider{Name: p.name, ClientIDs: clientIDs, JWKS: string(keys)})
}

// Token signs a token with some claims, such as aud and sub. Its issuer is the
// provider and it is good for an hour from now on, unless the claims say
// otherwise; a claim that is nil is left out.
func (p *OIDCProvider) Token(t T, now time.Time, claims map[string]any) string {
	t.Helper()
	all := map[string]any{"iss": "https://" + p.name, "iat": now.Unix(), "exp": now.Add(time.Hour).Unix()}
	maps.Copy(all, claims)
	maps.DeleteFunc(all, func(_ string, value any) bool { return value == nil })
	token, err := p.key.Mint(all)
	if err != nil {
		t.Fatalf("a token of %s: %v", p.name, err)
	}
	return token
}

// SAMLProvider is a fake SAML identity provider: it signs real responses with
// a key that follows from its name.
type SAMLProvider struct {
	name string
	idp  *saml.IdentityProvider
}

// NewSAMLProvider makes a provider of a name, as in saml-provider/NAME. Its
// certificate is made at a time.
func NewSAMLProvider(t T, name string, now time.Time) *SAMLProvider {
	t.Helper()
	key, err := saml.GenerateKey(&endless{block: sha256.Sum256([]byte("rolecalltest SAML provider " + name))})
	if err != nil {
		t.Fatalf("the key of %s: %v", name, err)
	}
	idp, err := saml.NewIdentityProvider("https://"+name+".example.com/saml", key, now)
	if err != nil {
		t.Fatalf("the certificate of %s: %v", name, err)
	}
	return &SAMLProvider{name, idp}
}

// endless is bytes that follow from a first block, without end.
type endless struct {
	block [sha256.Size]byte
	used  int
}

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		if e.used == len(e.block) {
			e.block, e.used = sha256.Sum256(e.block[:]), 0
		}
		p[i] = e.block[e.used]
		e.used++
	}
	return len(p), nil
}

// In gives the change that puts the provider into an account, in the place of
// the one of that name.
func (p *SAMLProvider) In(accountID string) world.Change {
	return world.PutSAMLProvider(accountID, world.SAMLProvider{Name: p.name, Metadata: p.idp.Metadata()})
}

// Response signs a response in base64, made at a time, for a session of a role:
// both are ARNs of an account. attributes come besides Role and
// RoleSessionName; see [saml.AWSAttribute].
func (p *SAMLProvider) Response(t T, now time.Time, role, provider, sessionName string, attributes ...saml.Attribute) string {
	t.Helper()
	response, err := p.idp.Respond(saml.Response{
		Subject:      saml.Subject{Name: sessionName},
		IssueInstant: now,
		Attributes: append([]saml.Attribute{
			saml.AWSAttribute("Role", role+","+provider), saml.AWSAttribute("RoleSessionName", sessionName),
		}, attributes...),
	})
	if err != nil {
		t.Fatalf("a response of %s: %v", p.name, err)
	}
	return response
}
