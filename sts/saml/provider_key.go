package saml

import (
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"math/big"
	"time"
)

// NewIdentityProvider makes a fake identity provider of a name and a key, with
// a certificate that the key signs itself and that is valid for ten years from
// now on. For the key see [GenerateKey].
func NewIdentityProvider(entityID string, key *rsa.PrivateKey, now time.Time) (*IdentityProvider, error) {
	if entityID == "" || key == nil {
		return nil, errors.New("saml: an identity provider needs a name and a key")
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "identity provider for tests"},
		NotBefore:    now,
		NotAfter:     now.AddDate(10, 0, 0),
		KeyUsage:     x509.KeyUsageDigitalSignature,
	}
	// No randomness: the serial number is given and PKCS #1 v1.5 needs none.
	certificate, err := x509.CreateCertificate(nil, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, fmt.Errorf("saml: %w", err)
	}
	return &IdentityProvider{entityID: entityID, key: key, certificate: certificate}, nil
}

// keyBits is the size of a generated key.
const keyBits = 2048

// GenerateKey makes an RSA key of 2048 bits of the entropy that it is given:
// the same entropy gives the same key, which crypto/rsa does not promise. It
// takes some tenths of a second. It is for tests only: it takes no care to
// keep the key from somebody who watches it.
func GenerateKey(entropy io.Reader) (*rsa.PrivateKey, error) {
	const exponent = 65537
	e := big.NewInt(exponent)
	var primes []*big.Int
	n, order := big.NewInt(1), big.NewInt(1)
	for range 2 {
		p, err := prime(entropy, e)
		if err != nil {
			return nil, err
		}
		primes = append(primes, p)
		n.Mul(n, p)
		order.Mul(order, new(big.Int).Sub(p, big.NewInt(1)))
	}
	key := &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: n, E: exponent},
		D:         new(big.Int).ModInverse(e, order),
		Primes:    primes,
	}
	key.Precompute()
	if err := key.Validate(); err != nil {
		return nil, fmt.Errorf("saml: the entropy gives no key: %w", err)
	}
	return key, nil
}

// prime gives the first prime from a random number of half the key's bits
// upwards that a key with exponent e can have.
func prime(entropy io.Reader, e *big.Int) (*big.Int, error) {
	bytes := make([]byte, keyBits/2/8)
	if _, err := io.ReadFull(entropy, bytes); err != nil {
		return nil, fmt.Errorf("saml: reading entropy: %w", err)
	}
	bytes[0] |= 0xC0 // so that the product of two has all bits
	bytes[len(bytes)-1] |= 1
	p, one, two := new(big.Int).SetBytes(bytes), big.NewInt(1), big.NewInt(2)
	const rounds = 20
	for {
		coprime := new(big.Int).GCD(nil, nil, new(big.Int).Sub(p, one), e).Cmp(one) == 0
		if coprime && p.ProbablyPrime(rounds) {
			return p, nil
		}
		p.Add(p, two)
	}
}
