// Package sts is the AWS Security Token Service over a world of accounts: all
// eleven operations, the sessions that they make, and what those sessions may
// do afterwards.
//
// # What goes in
//
// [New] makes a [Service] of a [world.World], a clock, a source of entropy and
// a key. Each operation is a method that takes the caller and an input struct
// with AWS's member names; whoever calls from somewhere in particular says so
// by [WithEnvironment]. [Service.Lookup] finds the caller of an access key.
//
// # What comes out
//
// An output struct, or an *[Error] with the code, status and message of AWS
// and, where policies refused, the decision behind it. Every call is checked
// in the order of STS-14: parameters, all violations together; whether this
// kind of credentials may call; what can be checked without looking anything
// up; MFA; authorization; and then what the role allows.
//
// # Sessions
//
// A session token holds, sealed, all that the session is: [Service]s with the
// same key and the same world take each other's sessions, and nothing is stored
// that grows. Policies, tags and boundaries of users and roles are read anew
// at each request; what was passed at issue is fixed (STS-65). A session ends
// when it expires, or when its user or role is deleted (STS-73).
//
// [Service.Authorize] decides any request of a caller with all that the
// session carries: session policies, tags, source identity, MFA and the keys
// of federation.
//
// # What is remembered
//
// Only what must not happen twice: MFA codes for 90 seconds, SAML responses
// until they expire, delegation tokens of the world that were traded in. Each
// memory is bounded.
//
// # The same again
//
// With clock, entropy and key fixed, every answer is the same byte for byte.
//
// # Points that AWS leaves open
//
// Comments name them CONTESTED, with the choice; docs/sts.md lists them all.
package sts

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rolecall/rolecall/sts/saml"
	"github.com/rolecall/rolecall/sts/seal"
	"github.com/rolecall/rolecall/world"
)

// Options are what a Service needs besides its world. Now and Rand must be
// set; the rest has useful zero values.
type Options struct {
	// Now is the clock.
	Now func() time.Time
	// Rand is where access keys, nonces and token ids come from:
	// crypto/rand.Reader, or a fixed reader for tests.
	Rand io.Reader
	// Key seals the sessions and has [seal.KeySize] bytes; nil draws one from
	// Rand. Services with the same key take each other's sessions.
	Key []byte

	// CodesAgain takes an MFA code as often as it comes. Otherwise each is good
	// once (STS-103).
	CodesAgain bool
	// ResponsesAgain takes a SAML response as often as it comes, until it
	// expires. Otherwise each is good for one session of each role that it
	// names. Whether AWS refuses a second is not known (CONTESTED).
	ResponsesAgain bool
	// RoleTagsStand evaluates a trust policy with the role's own tags as
	// aws:ResourceTag. Otherwise a transitive tag that the new session inherits
	// takes the place of the role's (STS-59, CONTESTED).
	RoleTagsStand bool
}

// Service is the STS of a world. It is safe for any number of goroutines.
type Service struct {
	options Options
	sealer  *seal.Sealer
	entropy io.Reader
	state   atomic.Pointer[state]
	keys    signingKeys

	codes     codeMemory
	trades    tradeMemory
	responses *saml.Replay
}

// maxResponses is how many SAML responses are remembered, some 10 MB of them:
// more than 200 a second are then taken at any time.
const maxResponses = 1 << 17

// ErrOptions is wrapped by the error for options that cannot work.
var ErrOptions = errors.New("sts: unusable options")

// New makes the service of a world. It fails on options that cannot work, and
// on an identity provider whose keys or metadata cannot be read.
func New(w *world.World, options Options) (*Service, error) {
	switch {
	case w == nil:
		return nil, fmt.Errorf("%w: there is no world", ErrOptions)
	case options.Now == nil:
		return nil, fmt.Errorf("%w: set Now, for instance to time.Now", ErrOptions)
	case options.Rand == nil:
		return nil, fmt.Errorf("%w: set Rand, for instance to crypto/rand.Reader", ErrOptions)
	}
	entropy := &lockedReader{reader: options.Rand}
	key := options.Key
	if key == nil {
		key = make([]byte, seal.KeySize)
		if _, err := io.ReadFull(entropy, key); err != nil {
			return nil, fmt.Errorf("%w: Rand gives no key: %w", ErrOptions, err)
		}
	}
	sealer, err := seal.New(key, entropy)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOptions, err)
	}
	options.Key = nil
	s := &Service{
		options: options, sealer: sealer, entropy: entropy, keys: newSigningKeys(sealer), responses: saml.NewReplay(maxResponses),
	}
	if err := s.SetWorld(w); err != nil {
		return nil, err
	}
	return s, nil
}

// SetWorld replaces the world. Calls under way end in the world that they began
// in; sessions stay good as far as their users and roles are still there. It
// fails as [New] does, and then the old world stays.
func (s *Service) SetWorld(w *world.World) error {
	next, err := newState(w)
	if err != nil {
		return err
	}
	s.trades.keep(next.trades)
	s.state.Store(next)
	return nil
}

// World gives the world in force.
func (s *Service) World() *world.World { return s.state.Load().world }

// Now gives the time by the service's clock, for a transport.
func (s *Service) Now() time.Time { return s.options.Now().UTC() }

// NewRequestID makes the id of a request, a random UUID, for a transport.
func (s *Service) NewRequestID() (string, error) { return newUUID(s.entropy) }

// lockedReader makes any reader safe for several goroutines.
type lockedReader struct {
	mutex  sync.Mutex
	reader io.Reader
}

func (r *lockedReader) Read(p []byte) (int, error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return io.ReadFull(r.reader, p)
}
