// Package seal turns bytes into texts that only the holder of a key can make
// and read: the session tokens of temporary credentials, and encoded
// authorization messages.
//
// # Self-contained
//
// A sealed text holds all that it stands for, so that nothing has to be
// stored: any [Sealer] with the same key opens it, in this process or in
// another.
//
// # Form
//
// A text is the caller's prefix and, in base64, a version byte, a nonce of 12
// bytes, and the message under AES-256-GCM. Version, purpose and prefix are
// authenticated with it. So a change of any character is noticed, a text of
// one [Purpose] is never taken for one of the other, and the text of one
// prefix does not open under another. There is one way to write a text: line
// breaks, missing padding and stray last bits are refused (STS-23, STS-134).
//
// # Entropy
//
// Nonces come from the reader that the Sealer was made with. With key and
// reader fixed, every text is the same byte for byte. A nonce must not repeat
// under one key, so a fixed reader is for tests; with a random one a key is
// good for 2^32 texts.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// KeySize is the length of a key, in bytes.
const KeySize = 32

// The parts of a text before it is base64. The version says how the rest is
// read; there is one so far.
const (
	version   = 1
	nonceSize = 12
	tagSize   = 16
	overhead  = 1 + nonceSize + tagSize
)

// Longest texts, in bytes.
const (
	// MaxSessionToken is what AWS allows a session token (STS-81).
	MaxSessionToken = 4096
	// MaxAuthorizationMessage is what DecodeAuthorizationMessage takes
	// (STS-133).
	MaxAuthorizationMessage = 10240
)

// Errors of this package. They are wrapped with what was wrong in detail.
var (
	// ErrKey: the key is not of [KeySize] bytes.
	ErrKey = errors.New("seal: a key has 32 bytes")
	// ErrPurpose: the purpose is not one of those below.
	ErrPurpose = errors.New("seal: unknown purpose")
	// ErrTooLong: the message does not fit into a text of its purpose.
	ErrTooLong = errors.New("seal: the message is too long")
	// ErrEntropy: the reader of nonces failed.
	ErrEntropy = errors.New("seal: no entropy")
	// ErrMalformed: the text is not of the form that Seal writes.
	ErrMalformed = errors.New("seal: malformed text")
	// ErrNotAuthentic: the text was changed, or was not sealed with this key,
	// purpose and prefix.
	ErrNotAuthentic = errors.New("seal: the text is not authentic")
)

// Purpose is what a text is good for. The zero value is invalid.
type Purpose uint8

// The purposes.
const (
	// SessionToken is the token of temporary credentials: standard base64, at
	// most [MaxSessionToken] bytes (STS-35).
	SessionToken Purpose = iota + 1
	// AuthorizationMessage is a denial for DecodeAuthorizationMessage:
	// base64url without padding, at most [MaxAuthorizationMessage] bytes
	// (STS-135).
	AuthorizationMessage
)

// form is how the texts of a purpose look.
type form struct {
	name     string
	encoding *base64.Encoding
	limit    int
}

var forms = [...]form{
	SessionToken:         {"session token", base64.StdEncoding.Strict(), MaxSessionToken},
	AuthorizationMessage: {"authorization message", base64.RawURLEncoding.Strict(), MaxAuthorizationMessage},
}

func (p Purpose) valid() bool { return p != 0 && int(p) < len(forms) }

// String names the purpose as a sentence needs it.
func (p Purpose) String() string {
	if !p.valid() {
		return "purpose(" + strconv.Itoa(int(p)) + ")"
	}
	return forms[p].name
}

// Length gives the length of the text that a message of n bytes is sealed to,
// the prefix included. It is 0 for a purpose that does not exist.
func Length(p Purpose, prefix string, n int) int {
	if !p.valid() {
		return 0
	}
	return len(prefix) + forms[p].encoding.EncodedLen(overhead+n)
}

// Sealer seals and opens with one key. It may be used by any number of
// goroutines if its reader of nonces may.
type Sealer struct {
	aead    cipher.AEAD
	derive  []byte
	entropy io.Reader
}

// New makes a Sealer. The key has [KeySize] bytes, is secret, and is not kept;
// entropy is read for nonces, 12 bytes a text.
func New(key []byte, entropy io.Reader) (*Sealer, error) {
	if len(key) != KeySize {
		return nil, fmt.Errorf("%w, not %d", ErrKey, len(key))
	}
	if entropy == nil {
		return nil, fmt.Errorf("%w: the reader is nil; give crypto/rand.Reader", ErrEntropy)
	}
	// One key for each use, so that neither tells about the other.
	sealing, err := hkdf.Key(sha256.New, key, nil, "rolecall seal aes-256-gcm", KeySize)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	deriving, err := hkdf.Key(sha256.New, key, nil, "rolecall derive hmac-sha-256", KeySize)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	block, err := aes.NewCipher(sealing)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	return &Sealer{aead: aead, derive: deriving, entropy: entropy}, nil
}

// associated is what is authenticated besides the message.
func associated(p Purpose, prefix string) []byte {
	data := make([]byte, 0, 2+len(prefix))
	return append(append(data, version, byte(p)), prefix...)
}

// Seal gives the text that stands for a message. The text begins with prefix,
// which may be empty. It fails with [ErrPurpose], [ErrTooLong] or [ErrEntropy].
func (s *Sealer) Seal(p Purpose, prefix string, message []byte) (string, error) {
	if !p.valid() {
		return "", fmt.Errorf("%w %d", ErrPurpose, p)
	}
	f := &forms[p]
	size := Length(p, prefix, len(message))
	if size > f.limit {
		return "", fmt.Errorf("%w: the %s would have %d bytes, more than %d", ErrTooLong, f.name, size, f.limit)
	}
	body := make([]byte, 1+nonceSize, overhead+len(message))
	body[0] = version
	nonce := body[1:]
	if _, err := io.ReadFull(s.entropy, nonce); err != nil {
		return "", fmt.Errorf("%w: %w", ErrEntropy, err)
	}
	body = s.aead.Seal(body, nonce, message, associated(p, prefix))
	text := append(make([]byte, 0, size), prefix...)
	return string(f.encoding.AppendEncode(text, body)), nil
}

// Open gives the message of a text that Seal made with the same key, purpose
// and prefix, by whichever Sealer. It fails with [ErrPurpose], [ErrMalformed]
// or [ErrNotAuthentic]. A text beyond the limit of its purpose is malformed
// and not read.
func (s *Sealer) Open(p Purpose, prefix, text string) ([]byte, error) {
	if !p.valid() {
		return nil, fmt.Errorf("%w %d", ErrPurpose, p)
	}
	f := &forms[p]
	if len(text) > f.limit {
		return nil, fmt.Errorf("%w: a %s has at most %d bytes", ErrMalformed, f.name, f.limit)
	}
	encoded, ok := strings.CutPrefix(text, prefix)
	if !ok {
		return nil, fmt.Errorf("%w: it does not begin with its prefix", ErrMalformed)
	}
	if strings.ContainsAny(encoded, "\r\n") { // which encoding/base64 skips
		return nil, fmt.Errorf("%w: it has a line break", ErrMalformed)
	}
	body, err := f.encoding.DecodeString(encoded)
	if err != nil {
		return nil, fmt.Errorf("%w: it is not base64", ErrMalformed)
	}
	if len(body) < overhead || body[0] != version {
		return nil, fmt.Errorf("%w: it is too short or of another version", ErrMalformed)
	}
	nonce, sealed := body[1:1+nonceSize], body[1+nonceSize:]
	message, err := s.aead.Open(sealed[:0], nonce, sealed, associated(p, prefix))
	if err != nil {
		return nil, ErrNotAuthentic
	}
	return message, nil
}

// Derive gives 32 bytes that the key, a purpose and an id determine, and that
// nobody without the key can foresee: the secret access key of an access key
// id, or the seed of a signing key. Two purposes, or two ids, give unrelated
// bytes.
func (s *Sealer) Derive(purpose, id string) [sha256.Size]byte {
	mac := hmac.New(sha256.New, s.derive)
	input := make([]byte, 0, 8+len(purpose)+len(id))
	input = binary.BigEndian.AppendUint64(input, uint64(len(purpose)))
	input = append(append(input, purpose...), id...)
	mac.Write(input)
	var sum [sha256.Size]byte
	mac.Sum(sum[:0])
	return sum
}
