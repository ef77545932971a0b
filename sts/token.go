package sts

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/rolecall/rolecall/sts/seal"
)

// Prefixes of session tokens, by the endpoint that issued them and the
// account's version for the global one (STS-35, STS-36).
const (
	tokenPrefix       = "IQoJb3JpZ2luX2Vj"
	globalTokenPrefix = "FwoGZXIvYXdz"
)

// errToken is the error for bytes that are no session.
var errToken = errors.New("not a session")

// encode writes a session as bytes: what is passed, deflated, last. decode reads
// them back, and takes any number of zeros behind them.
func (s *session) encode(packed []byte) []byte {
	e := encoder{b: make([]byte, 0, nominalSize+len(packed))}
	e.b = append(e.b, byte(s.kind), byte(s.origin))
	e.text(s.account)
	e.text(s.accessKeyID)
	e.time(s.issued)
	e.time(s.expires)
	e.time(s.mfa)
	e.text(s.uniqueID)
	e.text(s.name)
	e.text(s.task)
	e.text(s.trade)
	e.number(len(s.keys))
	for i := range s.keys {
		k := &s.keys[i]
		e.flag(k.list)
		e.text(k.name)
		e.texts(k.values)
	}
	e.text(string(packed))
	return e.b
}

// decode reads what encode wrote.
func decode(message []byte) (*session, error) {
	d := decoder{b: message}
	s := &session{kind: Kind(d.byte()), origin: origin(d.byte())}
	s.account, s.accessKeyID = d.text(), d.text()
	s.issued, s.expires, s.mfa = d.time(), d.time(), d.time()
	s.uniqueID, s.name, s.task, s.trade = d.text(), d.text(), d.text(), d.text()
	for range d.count() {
		s.keys = append(s.keys, sessionKey{list: d.flag(), name: d.text(), values: d.texts()})
	}
	packed := d.text()
	if d.failed || s.kind == 0 || int(s.kind) >= len(kindNames) || strings.Trim(string(d.b), "\x00") != "" {
		return nil, errToken
	}
	return s, s.passed.unpack(packed)
}

// pack writes what was passed and deflates it; nothing passed is no bytes.
// What compression makes of it is what counts for the size of the token
// (STS-83).
func (p *passed) pack() ([]byte, error) {
	if !p.hasPolicies() && len(p.tags) == 0 && p.sourceIdentity == "" {
		return nil, nil
	}
	var e encoder
	e.text(p.policy)
	e.texts(p.policyARNs)
	e.tags(p.tags)
	e.text(p.sourceIdentity)
	return deflate(e.b)
}

// packTags is pack of the tags alone.
func (p *passed) packTags() ([]byte, error) {
	var e encoder
	e.tags(p.tags)
	return deflate(e.b)
}

// unpack reads what pack wrote.
func (p *passed) unpack(packed string) error {
	if packed == "" {
		return nil
	}
	plain, err := inflate(packed)
	if err != nil {
		return err
	}
	d := decoder{b: plain}
	p.policy, p.policyARNs = d.text(), d.texts()
	for range d.count() {
		p.tags = append(p.tags, sessionTag{transitive: d.flag(), key: d.text(), value: d.text()})
	}
	p.sourceIdentity = d.text()
	if d.failed || len(d.b) > 0 {
		return errToken
	}
	return nil
}

// encoder writes values one behind the other.
type encoder struct{ b []byte }

func (e *encoder) number(n int) { e.b = binary.AppendUvarint(e.b, uint64(n)) }

func (e *encoder) text(s string) {
	e.number(len(s))
	e.b = append(e.b, s...)
}

func (e *encoder) texts(list []string) {
	e.number(len(list))
	for _, s := range list {
		e.text(s)
	}
}

func (e *encoder) tags(list []sessionTag) {
	e.number(len(list))
	for _, t := range list {
		e.flag(t.transitive)
		e.text(t.key)
		e.text(t.value)
	}
}

func (e *encoder) flag(b bool) {
	if b {
		e.b = append(e.b, 1)
	} else {
		e.b = append(e.b, 0)
	}
}

// time writes whole seconds; the zero time is 0.
func (e *encoder) time(t time.Time) {
	if t.IsZero() {
		e.b = binary.AppendVarint(e.b, 0)
	} else {
		e.b = binary.AppendVarint(e.b, t.Unix())
	}
}

// decoder reads what an encoder wrote. After a failure every value is zero.
type decoder struct {
	b      []byte
	failed bool
}

func (d *decoder) fail() { d.b, d.failed = nil, true }

func (d *decoder) byte() byte {
	if len(d.b) == 0 {
		d.fail()
		return 0
	}
	b := d.b[0]
	d.b = d.b[1:]
	return b
}

func (d *decoder) flag() bool { return d.byte() == 1 }

// count reads a number of things that follow, each of at least a byte.
func (d *decoder) count() int {
	n, size := binary.Uvarint(d.b)
	if size <= 0 || n > uint64(len(d.b)-size) {
		d.fail()
		return 0
	}
	d.b = d.b[size:]
	return int(n)
}

func (d *decoder) text() string {
	n := d.count()
	text := string(d.b[:n])
	d.b = d.b[n:]
	return text
}

func (d *decoder) texts() []string {
	n := d.count()
	if n == 0 {
		return nil
	}
	list := make([]string, n)
	for i := range list {
		list[i] = d.text()
	}
	return list
}

func (d *decoder) time() time.Time {
	n, size := binary.Varint(d.b)
	if size <= 0 {
		d.fail()
		return time.Time{}
	}
	d.b = d.b[size:]
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(n, 0).UTC()
}

// deflaters and inflaters are kept because they are large.
var (
	deflaters = sync.Pool{New: func() any {
		w, err := flate.NewWriter(io.Discard, flate.BestSpeed)
		if err != nil {
			panic(err) // the level is one
		}
		return w
	}}
	inflaters = sync.Pool{New: func() any { return flate.NewReader(strings.NewReader("")) }}
)

func deflate(plain []byte) ([]byte, error) {
	w := deflaters.Get().(*flate.Writer)
	defer deflaters.Put(w)
	var b bytes.Buffer
	w.Reset(&b)
	if _, err := w.Write(plain); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// maxPassed bounds what a token unpacks to: policies, 100 tags and a source
// identity stay below it.
const maxPassed = 256 << 10

func inflate(packed string) ([]byte, error) {
	r := inflaters.Get().(io.ReadCloser)
	defer inflaters.Put(r)
	if err := r.(flate.Resetter).Reset(strings.NewReader(packed), nil); err != nil {
		return nil, err
	}
	plain, err := io.ReadAll(io.LimitReader(r, maxPassed+1))
	if err != nil || len(plain) > maxPassed {
		return nil, errToken
	}
	return plain, nil
}

// open gives the session of a token that this service, or one with the same
// key, sealed.
func (s *Service) open(token string) (*session, error) {
	prefix := tokenPrefix
	if strings.HasPrefix(token, globalTokenPrefix) {
		prefix = globalTokenPrefix
	}
	message, err := s.sealer.Open(seal.SessionToken, prefix, token)
	if err != nil {
		return nil, err
	}
	return decode(message)
}

// secretOf gives the secret access key that goes with a session token: the
// key's alone to know, and stored nowhere.
func (s *Service) secretOf(token string) string {
	sum := s.sealer.Derive("secret access key", token)
	const size = 30 // 40 characters
	return base64.StdEncoding.EncodeToString(sum[:size])
}
