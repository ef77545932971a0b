package conditions

import (
	"bytes"
	"encoding/base64"
	"strings"
)

// binaries holds the policy values of BinaryEquals, decoded. Both sides are
// base64, and the bytes are compared (PL-156).
type binaries struct {
	values [][]byte
	bad    bool
}

func newBinaries(values []string) comparison {
	b := &binaries{}
	for _, v := range values {
		decoded, ok := decodeBase64(v)
		if !ok {
			b.bad = true
			continue
		}
		b.values = append(b.values, decoded)
	}
	return b
}

func (b *binaries) compare(v string, _ *Context) (m match) {
	if b.bad {
		m = malformed
	}
	for _, want := range b.values {
		switch equal, ok := equalBase64(v, want); {
		case !ok:
			return m | malformed
		case equal:
			return m | matched
		}
	}
	return m
}

func (b *binaries) reachable() bool { return len(b.values) > 0 }

// decodeBase64 reads standard base64 with padding. The decoder of the standard
// library skips line breaks; here they are not base64.
func decodeBase64(s string) ([]byte, bool) {
	if strings.ContainsAny(s, "\r\n") {
		return nil, false
	}
	decoded, err := base64.StdEncoding.DecodeString(s)
	return decoded, err == nil
}

// equalBase64 decodes s piece by piece, without allocating, and compares. It
// reads all of s, so that ok tells whether s is base64.
func equalBase64(s string, want []byte) (equal, ok bool) {
	const encoded, decoded = 64, 48
	if strings.ContainsAny(s, "\r\n") {
		return false, false
	}
	var in [encoded]byte
	var out [decoded]byte
	equal = true
	for s != "" {
		n := copy(in[:], s)
		s = s[n:]
		got, err := base64.StdEncoding.Decode(out[:], in[:n])
		if err != nil || s != "" && got != decoded {
			return false, false // the second: padding before the end
		}
		equal = equal && len(want) >= got && bytes.Equal(out[:got], want[:got])
		if equal {
			want = want[got:]
		}
	}
	return equal && len(want) == 0, true
}
