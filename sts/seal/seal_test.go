package seal

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// The prefixes of AWS's tokens (STS-35).
const (
	prefixV1 = "FwoGZXIvYXdz"
	prefixV2 = "IQoJb3JpZ2luX2Vj"
)

var testKey = []byte("0123456789abcdef0123456789abcdef")

// count is a reader of nonces that never repeats one and is always the same.
type count struct{ n byte }

func (c *count) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = c.n
		c.n++
	}
	return len(p), nil
}

func newSealer(t testing.TB, key []byte) *Sealer {
	t.Helper()
	s, err := New(key, &count{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func mustSeal(t testing.TB, s *Sealer, p Purpose, prefix, message string) string {
	t.Helper()
	text, err := s.Seal(p, prefix, []byte(message))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestATextIsTheSameByteForByte pins texts: those of an older build must open,
// and with key and entropy fixed an answer never changes.
func TestATextIsTheSameByteForByte(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		purpose Purpose
		prefix  string
		message string
		want    string
	}{
		"a token":               {SessionToken, prefixV2, "session", "IQoJb3JpZ2luX2VjAQABAgMEBQYHCAkKCy9tZqoqcfltKcn+cjzvgSgqWzadrJWq"},
		"a token of version 1":  {SessionToken, prefixV1, "session", "FwoGZXIvYXdzAQABAgMEBQYHCAkKCy9tZqoqcfliUcYbYNl6Fuf/toumtz48"},
		"an empty token":        {SessionToken, prefixV2, "", "IQoJb3JpZ2luX2VjAQABAgMEBQYHCAkKC4uYt2QywgZVfRvvfVJKOjs="},
		"a message":             {AuthorizationMessage, "", "denied", "AQABAgMEBQYHCAkKCzhte7Amem01NOJuBwh6tfJIDuPaEao"},
		"a message of 2 blanks": {AuthorizationMessage, "", "  ", "AQABAgMEBQYHCAkKC3woDhNNCTstvRrEPGGTP4cP_A"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := mustSeal(t, newSealer(t, testKey), tt.purpose, tt.prefix, tt.message); got != tt.want {
				t.Errorf("sealed to %s, want %s", got, tt.want)
			}
			message, err := newSealer(t, testKey).Open(tt.purpose, tt.prefix, tt.want)
			if err != nil || string(message) != tt.message {
				t.Errorf("opened to %q, %v; want %q", message, err, tt.message)
			}
		})
	}
	const secret = "23d6b9dfcf5972665cb09b1c44e67361c41a8186700193522a2f3db7e9252ea4"
	if got := newSealer(t, testKey).Derive("secret access key", "ASIAQNZGKIQY56JQ7WML"); hex.EncodeToString(got[:]) != secret {
		t.Errorf("derived %x, want %s", got, secret)
	}
}

func TestOnlyTheSameKeyPurposeAndPrefixOpen(t *testing.T) {
	t.Parallel()
	s, twin := newSealer(t, testKey), newSealer(t, testKey)
	stranger := newSealer(t, bytes.Repeat([]byte{7}, KeySize))
	token := mustSeal(t, s, SessionToken, prefixV2, "session")
	message := mustSeal(t, s, AuthorizationMessage, "", "denied")
	// The same bytes in the encoding of the other purpose.
	recoded := func(text string, from, to *base64.Encoding) string {
		body, err := from.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		return to.EncodeToString(body)
	}
	tokenAsMessage := recoded(strings.TrimPrefix(token, prefixV2), base64.StdEncoding, base64.RawURLEncoding)
	messageAsToken := recoded(message, base64.RawURLEncoding, base64.StdEncoding)
	tests := map[string]struct {
		sealer  *Sealer
		purpose Purpose
		prefix  string
		text    string
		want    error
	}{
		"the same Sealer":               {s, SessionToken, prefixV2, token, nil},
		"another Sealer of the key":     {twin, SessionToken, prefixV2, token, nil},
		"another key":                   {stranger, SessionToken, prefixV2, token, ErrNotAuthentic},
		"a token as a message":          {s, AuthorizationMessage, "", tokenAsMessage, ErrNotAuthentic},
		"a message as a token":          {s, SessionToken, "", messageAsToken, ErrNotAuthentic},
		"no purpose":                    {s, 0, "", message, ErrPurpose},
		"an unknown purpose":            {s, AuthorizationMessage + 1, "", message, ErrPurpose},
		"without its prefix":            {s, SessionToken, "", strings.TrimPrefix(token, prefixV2), ErrNotAuthentic},
		"the prefix read as text":       {s, SessionToken, "", token, ErrMalformed},
		"a shorter prefix":              {s, SessionToken, prefixV2[:8], prefixV2[:8] + strings.TrimPrefix(token, prefixV2), ErrNotAuthentic},
		"another prefix in its place":   {s, SessionToken, prefixV1, prefixV1 + strings.TrimPrefix(token, prefixV2), ErrNotAuthentic},
		"the prefix of another version": {s, SessionToken, prefixV1, token, ErrMalformed},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := tt.sealer.Open(tt.purpose, tt.prefix, tt.text); !errors.Is(err, tt.want) {
				t.Errorf("Open: %v, want %v", err, tt.want)
			}
		})
	}
}

func TestOpenRefusesOtherSpellings(t *testing.T) {
	t.Parallel()
	s := newSealer(t, testKey)
	padded := mustSeal(t, s, SessionToken, prefixV2, "xx") // 31 bytes, which end in ==
	message := mustSeal(t, s, AuthorizationMessage, "", "xx")
	if !strings.HasSuffix(padded, "==") {
		t.Fatalf("%s has no padding", padded)
	}
	at := len(padded) - 3
	flip := func(c byte) string { // the next character differs in bits that no byte has
		const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
		return string(alphabet[strings.IndexByte(alphabet, c)|1])
	}
	tests := map[string]struct {
		purpose Purpose
		prefix  string
		text    string
	}{
		"stray last bits":              {SessionToken, prefixV2, padded[:at] + flip(padded[at]) + "=="},
		"no padding":                   {SessionToken, prefixV2, strings.TrimRight(padded, "=")},
		"too much padding":             {SessionToken, prefixV2, padded + "="},
		"padding of a message":         {AuthorizationMessage, "", message + "=="},
		"a line break at the end":      {SessionToken, prefixV2, padded + "\n"},
		"a line break in the middle":   {SessionToken, prefixV2, padded[:30] + "\r\n" + padded[30:]},
		"a blank at the end":           {SessionToken, prefixV2, padded + " "},
		"nothing":                      {SessionToken, prefixV2, ""},
		"nothing but the prefix":       {SessionToken, prefixV2, prefixV2},
		"nothing, of a message":        {AuthorizationMessage, "", ""},
		"too short":                    {SessionToken, prefixV2, prefixV2 + base64.StdEncoding.EncodeToString(append([]byte{version}, make([]byte, overhead-2)...))},
		"another version":              {SessionToken, prefixV2, prefixV2 + base64.StdEncoding.EncodeToString(append([]byte{version + 1}, make([]byte, overhead)...))},
		"a token of 4100 characters":   {SessionToken, "", "AQ" + strings.Repeat("A", MaxSessionToken+2)},
		"a message of 10242":           {AuthorizationMessage, "", "AQ" + strings.Repeat("A", MaxAuthorizationMessage)},
		"a character outside base64":   {SessionToken, prefixV2, padded[:20] + "*" + padded[21:]},
		"a message in standard base64": {AuthorizationMessage, "", "+" + message[1:]},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := s.Open(tt.purpose, tt.prefix, tt.text); !errors.Is(err, ErrMalformed) {
				t.Errorf("Open(%q): %v, want %v", tt.text, err, ErrMalformed)
			}
		})
	}
}

func TestSealRefuses(t *testing.T) {
	t.Parallel()
	s := newSealer(t, testKey)
	short, err := New(testKey, strings.NewReader("only 10 by"))
	if err != nil {
		t.Fatal(err)
	}
	longest := 3*(MaxSessionToken-len(prefixV2))/4 - overhead
	if _, err := s.Seal(SessionToken, prefixV2, make([]byte, longest)); err != nil {
		t.Errorf("a message of %d bytes: %v", longest, err)
	}
	for name, got := range map[string]struct{ err, want error }{
		"no purpose":                {second(s.Seal(0, "", nil)), ErrPurpose},
		"a message too long":        {second(s.Seal(SessionToken, prefixV2, make([]byte, longest+1))), ErrTooLong},
		"a reader that runs out":    {second(short.Seal(SessionToken, "", nil)), io.ErrUnexpectedEOF},
		"no entropy":                {second(short.Seal(SessionToken, "", nil)), ErrEntropy},
		"a key too short":           {second(New(testKey[:31], &count{})), ErrKey},
		"a key too long":            {second(New(append(testKey[:32:32], 0), &count{})), ErrKey},
		"no reader":                 {second(New(testKey, nil)), ErrEntropy},
		"a message of no purpose":   {second(s.Seal(9, "", nil)), ErrPurpose},
		"an authorization too long": {second(s.Seal(AuthorizationMessage, "", make([]byte, MaxAuthorizationMessage))), ErrTooLong},
	} {
		if !errors.Is(got.err, got.want) {
			t.Errorf("%s: %v, want %v", name, got.err, got.want)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestPurposesHaveNames(t *testing.T) {
	t.Parallel()
	got := []string{SessionToken.String(), AuthorizationMessage.String(), Purpose(0).String(), Purpose(3).String()}
	want := []string{"session token", "authorization message", "purpose(0)", "purpose(3)"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if Length(0, "x", 1) != 0 {
		t.Error("a text without purpose has no length")
	}
}

func TestDeriveSeparatesPurposesIDsAndKeys(t *testing.T) {
	t.Parallel()
	s, stranger := newSealer(t, testKey), newSealer(t, bytes.Repeat([]byte{7}, KeySize))
	seen := map[[32]byte]string{}
	for name, sum := range map[string][32]byte{
		"secret of A":            s.Derive("secret", "A"),
		"secret of B":            s.Derive("secret", "B"),
		"seed of A":              s.Derive("seed", "A"),
		"the border moved":       s.Derive("secretA", ""),
		"the border moved again": s.Derive("", "secretA"),
		"of another key":         stranger.Derive("secret", "A"),
	} {
		if other, ok := seen[sum]; ok {
			t.Errorf("%s and %s are the same", name, other)
		}
		seen[sum] = name
	}
	if s.Derive("secret", "A") != newSealer(t, testKey).Derive("secret", "A") {
		t.Error("two Sealers of one key derive different bytes")
	}
}

var (
	purposes = rapid.SampledFrom([]Purpose{SessionToken, AuthorizationMessage})
	prefixes = rapid.SampledFrom([]string{prefixV1, prefixV2, ""})
)

func TestWhatWasSealedOpens(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.SliceOfN(rapid.Byte(), KeySize, KeySize).Draw(t, "key")
		p, prefix := purposes.Draw(t, "purpose"), prefixes.Draw(t, "prefix")
		message := rapid.SliceOfN(rapid.Byte(), 0, 2000).Draw(t, "message")
		s, err := New(key, &count{})
		if err != nil {
			t.Fatal(err)
		}
		text, err := s.Seal(p, prefix, message)
		if err != nil {
			t.Fatal(err)
		}
		if len(text) != Length(p, prefix, len(message)) || !strings.HasPrefix(text, prefix) {
			t.Fatalf("%q has %d bytes, Length gives %d", text, len(text), Length(p, prefix, len(message)))
		}
		other, err := New(key, &count{n: 99})
		if err != nil {
			t.Fatal(err)
		}
		got, err := other.Open(p, prefix, text)
		if err != nil || !bytes.Equal(got, message) {
			t.Fatalf("opened %x, %v; sealed %x", got, err, message)
		}
	})
}

func TestAnyChangeIsNoticed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, err := New(testKey, &count{})
		if err != nil {
			t.Fatal(err)
		}
		p, prefix := purposes.Draw(t, "purpose"), prefixes.Draw(t, "prefix")
		text, err := s.Seal(p, prefix, rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "message"))
		if err != nil {
			t.Fatal(err)
		}
		at := rapid.IntRange(0, len(text)-1).Draw(t, "at")
		other := rapid.Byte().Draw(t, "byte")
		var changed string
		switch rapid.SampledFrom([]string{"replace", "insert", "delete", "cut", "double"}).Draw(t, "change") {
		case "replace":
			changed = text[:at] + string([]byte{other}) + text[at+1:]
		case "insert":
			changed = text[:at] + string([]byte{other}) + text[at:]
		case "delete":
			changed = text[:at] + text[at+1:]
		case "cut":
			changed = text[:at]
		case "double":
			changed = text + text
		}
		if changed == text {
			return
		}
		if message, err := s.Open(p, prefix, changed); err == nil {
			t.Fatalf("%q opens like %q, to %x", changed, text, message)
		}
	})
}

// TestEveryCharacterCounts tries every other byte in every place of a text
// with padding, which the property above meets by chance only.
func TestEveryCharacterCounts(t *testing.T) {
	t.Parallel()
	s := newSealer(t, testKey)
	for _, p := range []Purpose{SessionToken, AuthorizationMessage} {
		for _, message := range []string{"", "x", "xx"} {
			text := []byte(mustSeal(t, s, p, prefixV1, message))
			for i, right := range text {
				for c := range 256 {
					if text[i] = byte(c); text[i] == right {
						continue
					}
					if _, err := s.Open(p, prefixV1, string(text)); err == nil {
						t.Fatalf("%q opens although its byte %d was changed", text, i)
					}
				}
				text[i] = right
			}
		}
	}
}

func FuzzOpen(f *testing.F) {
	s := newSealer(f, testKey)
	f.Fuzz(func(t *testing.T, purpose uint8, prefix, text string) {
		p := Purpose(purpose)
		message, err := s.Open(p, prefix, text)
		if err != nil {
			if message != nil {
				t.Errorf("an error and a message: %x", message)
			}
			return
		}
		// Whatever opens can be sealed, and with the same nonce to the same text.
		body, err := forms[p].encoding.DecodeString(strings.TrimPrefix(text, prefix))
		if err != nil {
			t.Fatal(err)
		}
		again, err := New(testKey, bytes.NewReader(body[1:1+nonceSize]))
		if err != nil {
			t.Fatal(err)
		}
		if got := mustSeal(t, again, p, prefix, string(message)); got != text {
			t.Errorf("sealed again: %q, opened: %q", got, text)
		}
	})
}

func BenchmarkSeal(b *testing.B) {
	s, message := newSealer(b, testKey), make([]byte, 300)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Seal(SessionToken, prefixV2, message); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	s := newSealer(b, testKey)
	text := mustSeal(b, s, SessionToken, prefixV2, strings.Repeat("x", 300))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Open(SessionToken, prefixV2, text); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDerive(b *testing.B) {
	s := newSealer(b, testKey)
	b.ReportAllocs()
	for b.Loop() {
		s.Derive("secret access key", "ASIAQNZGKIQY56JQ7WML")
	}
}
