package saml

import (
	"crypto/sha256"
	"sync"
	"time"
)

// Replay remembers the assertions that were used, until they have expired, so
// that none is used twice. It holds a bounded number of them. It is safe for
// any number of goroutines.
//
// Whether AWS does so is not known (CONTESTED), so it is for the service to use
// one or not. Some tools take several roles with one response, one call after
// the other; for them each role counts by itself if it is given as purpose.
type Replay struct {
	capacity int
	mu       sync.Mutex
	used     map[[sha256.Size]byte]time.Time // to when each expires
	earliest time.Time                       // no entry expires before it
}

// NewReplay makes a memory of at most capacity uses; one takes about 100
// bytes. Since an assertion that Verify took expires within 10 minutes, the
// capacity divided by 600 is the rate per second that is always taken.
func NewReplay(capacity int) *Replay {
	return &Replay{capacity: capacity, used: map[[sha256.Size]byte]time.Time{}}
}

// Use marks a verified assertion as used for a purpose, which may be empty. It
// gives an [*Error] if it was used for that before, or if there is no room,
// since what cannot be remembered must not be taken.
func (r *Replay) Use(a *Assertion, purpose string, now time.Time) error {
	key := sha256.Sum256([]byte(a.Issuer + "\x00" + a.ID + "\x00" + purpose))
	r.mu.Lock()
	defer r.mu.Unlock()
	if expires, ok := r.used[key]; ok && !now.After(expires) {
		return invalid("the assertion was used before; let the user sign in again")
	}
	if len(r.used) >= r.capacity {
		r.forget(now)
	}
	if len(r.used) >= r.capacity {
		return invalid("more than %d assertions were used within minutes; try again later", r.capacity)
	}
	if len(r.used) == 0 || a.Expires.Before(r.earliest) {
		r.earliest = a.Expires
	}
	r.used[key] = a.Expires
	return nil
}

// forget drops what has expired. It walks over all entries only if there is
// something to drop.
func (r *Replay) forget(now time.Time) {
	if !now.After(r.earliest) {
		return
	}
	r.earliest = time.Time{}
	for key, expires := range r.used {
		switch {
		case now.After(expires):
			delete(r.used, key)
		case r.earliest.IsZero() || expires.Before(r.earliest):
			r.earliest = expires
		}
	}
}
