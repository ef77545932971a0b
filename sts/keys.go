package sts

import (
	"sync"

	"github.com/rolecall/rolecall/sts/oidc"
	"github.com/rolecall/rolecall/sts/seal"
)

// signingKeys make the keys that tokens of GetWebIdentityToken are signed with,
// one for each algorithm and the same for all accounts (STS-154). They follow
// from the service's key and are made when first needed, since that takes some
// tenths of a second.
type signingKeys map[oidc.Algorithm]func() (*oidc.SigningKey, error)

// outboundAlgorithms are those of GetWebIdentityToken.
var outboundAlgorithms = [...]oidc.Algorithm{oidc.RS256, oidc.ES384}

func newSigningKeys(sealer *seal.Sealer) signingKeys {
	keys := signingKeys{}
	for _, algorithm := range outboundAlgorithms {
		keys[algorithm] = sync.OnceValues(func() (*oidc.SigningKey, error) {
			seed := sealer.Derive("signing key", string(algorithm))
			return oidc.DeriveSigningKey(algorithm, seed[:])
		})
	}
	return keys
}

// JWKS gives the JWK set of the keys that [Service.GetWebIdentityToken] signs
// with, for whoever verifies its tokens (STS-154).
func (s *Service) JWKS() ([]byte, error) {
	var keys []*oidc.SigningKey
	for _, algorithm := range outboundAlgorithms {
		key, err := s.keys[algorithm]()
		if err != nil {
			return nil, internal(err)
		}
		keys = append(keys, key)
	}
	set, err := oidc.JWKS(keys...)
	if err != nil {
		return nil, internal(err)
	}
	return set, nil
}
