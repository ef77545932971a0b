package scenario

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rolecall/rolecall/arn"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/sts"
	"github.com/rolecall/rolecall/sts/oidc"
	"github.com/rolecall/rolecall/sts/saml"
	"github.com/rolecall/rolecall/world"
)

// lab is the STS of a world, with what the tests of a suite need to call it:
// access keys, MFA devices and identity providers that sign.
type lab struct {
	world *world.World
	mutex sync.Mutex
	// services are the services by the time that they think it is.
	services map[time.Time]*sts.Service
}

// mfaSeed is the seed of the devices that users get for the run.
const mfaSeed = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

// stream is a source of bytes that is the same each time.
type stream struct {
	name string
	n    uint64
	rest []byte
}

// Read fills a slice.
func (s *stream) Read(p []byte) (int, error) {
	for i := range p {
		if len(s.rest) == 0 {
			sum := sha256.Sum256(binary.BigEndian.AppendUint64([]byte(s.name), s.n))
			s.n++
			s.rest = sum[:]
		}
		p[i], s.rest = s.rest[0], s.rest[1:]
	}
	return len(p), nil
}

// signer is the key of all OIDC providers of a run, with its public half.
var signer = sync.OnceValues(func() (*oidc.SigningKey, string) {
	key, err := oidc.DeriveSigningKey(oidc.ES256, []byte("the identity providers of a test run"))
	if err != nil {
		panic("scenario: " + err.Error())
	}
	jwks, err := oidc.JWKS(key)
	if err != nil {
		panic("scenario: " + err.Error())
	}
	return key, string(jwks)
})

// identityProvider makes the SAML provider of an entity. All have one key, which
// takes some tenths of a second to make.
func identityProvider(entity string) *saml.IdentityProvider {
	p, err := saml.NewIdentityProvider(entity, samlKey(), defaultNow)
	if err != nil {
		panic("scenario: " + err.Error())
	}
	return p
}

// newLab arms a world for the steps of some tests.
func newLab(w *world.World, tests []*Test) (*lab, error) {
	a := arming{world: w, accounts: map[string]*world.Account{}}
	for _, t := range tests {
		if len(t.steps) > 0 {
			a.caller(t.caller)
		}
		for i := range t.steps {
			a.providers(&t.steps[i])
		}
	}
	var changes []world.Change
	for _, id := range a.order {
		changes = append(changes, world.PutAccount(*a.accounts[id]))
	}
	armed, problems := w.With(changes...)
	if armed == nil {
		return nil, problems
	}
	return &lab{world: armed, services: map[time.Time]*sts.Service{}}, nil
}

// at gives the service at a time. Codes and responses are taken again, since
// tests run side by side.
func (l *lab) at(now time.Time) (*sts.Service, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if s := l.services[now]; s != nil {
		return s, nil
	}
	s, err := sts.New(l.world, sts.Options{
		Now: func() time.Time { return now }, Rand: &stream{name: "rolecall test"}, CodesAgain: true, ResponsesAgain: true,
	})
	if err == nil {
		l.services[now] = s
	}
	return s, err
}

// arming gathers the accounts of a world that the lab changes.
type arming struct {
	world    *world.World
	accounts map[string]*world.Account
	order    []string
}

// account gives the changed account, or nil if the world has none.
func (a *arming) account(id string) *world.Account {
	if changed := a.accounts[id]; changed != nil {
		return changed
	}
	known := a.world.Account(id)
	if known == nil {
		return nil
	}
	changed := *known
	changed.Users = slices.Clone(known.Users)
	changed.OIDCProviders, changed.SAMLProviders = slices.Clone(known.OIDCProviders), slices.Clone(known.SAMLProviders)
	a.accounts[id] = &changed
	a.order = append(a.order, id)
	return &changed
}

// caller gives a user or a root user an access key and an MFA device.
func (a *arming) caller(caller string) {
	account := a.account(arn.AccountOf(caller))
	if account == nil {
		return
	}
	if strings.HasSuffix(caller, ":root") {
		account.RootAccessKeys = withKey(account.RootAccessKeys, caller)
		account.RootMFADevices = withDevice(account.RootMFADevices, caller)
		return
	}
	for i := range account.Users {
		if u := &account.Users[i]; u.ARN() == caller {
			u.AccessKeys = withKey(u.AccessKeys, caller)
			u.MFADevices = withDevice(u.MFADevices, caller)
		}
	}
}

func usable(k world.AccessKey) bool { return !k.Inactive }

func withKey(keys []world.AccessKey, arn string) []world.AccessKey {
	if slices.ContainsFunc(keys, usable) {
		return keys
	}
	sum := sha256.Sum256([]byte(arn))
	id := "AKIA" + base32.StdEncoding.EncodeToString(sum[:])[:16]
	return append(slices.Clone(keys), world.AccessKey{ID: id, Secret: "secret"})
}

func withDevice(devices []world.MFADevice, arn string) []world.MFADevice {
	if len(devices) > 0 {
		return devices
	}
	return []world.MFADevice{{SerialNumber: deviceOf(arn), Seed: mfaSeed}}
}

// deviceOf gives the serial number of a device that the run made.
func deviceOf(owner string) string {
	name := owner[strings.LastIndexAny(owner, "/:")+1:]
	prefix, _, _ := strings.Cut(owner, ":iam::")
	return fmt.Sprintf("%s:iam::%s:mfa/%s", prefix, arn.AccountOf(owner), name)
}

// providers gives the providers that a step needs the keys of the run.
func (a *arming) providers(s *step) {
	account := a.account(arn.AccountOf(s.role))
	if account == nil {
		return
	}
	if s.token != nil {
		for i := range account.OIDCProviders {
			if p := &account.OIDCProviders[i]; p.Name == s.token.provider {
				_, p.JWKS = signer()
			}
		}
	}
	if s.response != nil {
		for i := range account.SAMLProviders {
			if p := &account.SAMLProviders[i]; p.Name == s.response.provider {
				p.Metadata = identityProvider(entityOf(p)).Metadata()
			}
		}
	}
}

// entityOf gives the name of a SAML provider: that of its metadata, if it has
// some that can be read.
func entityOf(p *world.SAMLProvider) string {
	if p.Metadata != "" {
		if m, _ := saml.ParseMetadata(&diag.Source{Name: p.Name, Text: p.Metadata}); m != nil {
			return m.EntityID()
		}
	}
	return "https://" + p.Name + ".example.com/saml"
}

var errNoKey = errors.New("has no access key that could be used")

// key gives the caller of the access key of a user or root user, and its MFA
// device.
func (l *lab) key(service *sts.Service, name string) (*sts.Caller, world.MFADevice, error) {
	var keys []world.AccessKey
	var devices []world.MFADevice
	if u := l.world.User(name); u != nil {
		keys, devices = u.AccessKeys, u.MFADevices
	} else if a := l.world.Account(arn.AccountOf(name)); a != nil {
		keys, devices = a.RootAccessKeys, a.RootMFADevices
	}
	i := slices.IndexFunc(keys, usable)
	if i < 0 || len(devices) == 0 {
		return nil, world.MFADevice{}, fmt.Errorf("%s %w", cmp.Or(name, "nobody"), errNoKey)
	}
	caller, err := service.Lookup(keys[i].ID, "")
	return caller, devices[0], err
}
