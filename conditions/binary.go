package conditions

import (
	"bytes"
	"encoding/base64"
	"strings"
)

// newBinaries compiles the values of BinaryEquals. Both sides are base64, and
// the bytes are compared (PL-156).
func newBinaries(texts []string) comparison {
	return newTyped(texts, decodeBase64, checkBase64, func(v string, p *[]byte, _ *Context) Truth {
		equal, _ := equalBase64(v, *p)
		return Of(equal)
	})
}

// checkBase64 tells whether a value of the request is base64.
func checkBase64(s string) (string, bool) {
	_, ok := equalBase64(s, nil)
	return s, ok
}

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
