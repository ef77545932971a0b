package oidc

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/big"
)

// MinSeed is the least length of a seed, in bytes.
const MinSeed = 32

// DeriveSigningKey gives the signing key that a seed stands for: the same seed
// and algorithm give the same key, on any machine and in any version, and so
// the same kid and JWK set. The seed is secret, has at least [MinSeed] bytes
// and all the entropy that the key will have. RSA keys have 2048 bits.
//
// The generators of the standard library are no help here, since they leave
// the reader that they are given alone (Go 1.26). So a key is made of the
// output of HKDF-SHA-256 over the seed: the scalar of an EC key is the first
// output that is one, and the primes of an RSA key are the first ones that
// follow two outputs. Finding those takes some tenths of a second and is not
// done in constant time: make the key once, at the start.
func DeriveSigningKey(algorithm Algorithm, seed []byte) (*SigningKey, error) {
	if len(seed) < MinSeed {
		return nil, fmt.Errorf("%w: a seed has at least %d bytes, not %d", ErrSigningKey, MinSeed, len(seed))
	}
	s, ok := schemes[algorithm]
	if !ok {
		return nil, fmt.Errorf("%w: %q is no algorithm of ID tokens", ErrSigningKey, algorithm)
	}
	stream := func(part string, size int) ([]byte, error) {
		return hkdf.Key(sha256.New, seed, nil, "rolecall oidc "+string(algorithm)+" "+part, size)
	}
	if s.curve != nil {
		private, err := deriveEC(s.curve, stream)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrSigningKey, err)
		}
		return NewSigningKey(algorithm, private, "")
	}
	private, err := deriveRSA(stream)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSigningKey, err)
	}
	return NewSigningKey(algorithm, private, "")
}

// deriveEC makes an EC key. A scalar is out of range once in 2^32 times at
// most, so that the first attempt is as good as always the last.
func deriveEC(curve elliptic.Curve, stream func(string, int) ([]byte, error)) (*ecdsa.PrivateKey, error) {
	bits := curve.Params().N.BitLen()
	for attempt := range 16 {
		scalar, err := stream(fmt.Sprintf("scalar %d", attempt), (bits+7)/8)
		if err != nil {
			return nil, err
		}
		scalar[0] &= 0xff >> (8*len(scalar) - bits)
		if private, err := ecdsa.ParseRawPrivateKey(curve, scalar); err == nil {
			return private, nil
		}
	}
	return nil, errors.New("the seed gives no key")
}

const (
	primeBits   = 1024
	rsaExponent = 65537
)

// deriveRSA makes an RSA key of two primes with the two highest bits set, so
// that their product has all its bits.
func deriveRSA(stream func(string, int) ([]byte, error)) (*rsa.PrivateKey, error) {
	one, e := big.NewInt(1), big.NewInt(rsaExponent)
	var primes, less [2]*big.Int // less are the primes minus one
	for i, part := range []string{"prime p", "prime q"} {
		start, err := stream(part, primeBits/8)
		if err != nil {
			return nil, err
		}
		start[0] |= 0xc0
		start[len(start)-1] |= 1
		primes[i] = nextPrime(new(big.Int).SetBytes(start), e)
		less[i] = new(big.Int).Sub(primes[i], one)
	}
	n := new(big.Int).Mul(primes[0], primes[1])
	product := new(big.Int).Mul(less[0], less[1])
	d := new(big.Int).ModInverse(e, product)
	if d == nil {
		return nil, errors.New("the seed gives no key")
	}
	private := &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: n, E: rsaExponent},
		D:         d,
		Primes:    primes[:],
	}
	private.Precompute()
	if err := private.Validate(); err != nil {
		return nil, err
	}
	return private, nil
}

// nextPrime gives the first prime from an odd number on for which e is a
// possible exponent.
func nextPrime(candidate, e *big.Int) *big.Int {
	two, rest := big.NewInt(2), new(big.Int)
	for ; ; candidate.Add(candidate, two) {
		if rest.Mod(candidate, e).Cmp(big.NewInt(1)) != 0 && candidate.ProbablyPrime(20) {
			return candidate
		}
	}
}
