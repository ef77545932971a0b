package sts

import (
	"bytes"
	"testing"
	"time"
)

// FuzzSession reads arbitrary bytes as a session. What is taken can be written
// and read again.
func FuzzSession(f *testing.F) {
	for _, s := range []*session{
		{kind: User, account: home, issued: start, expires: start.Add(time.Hour)},
		{
			kind: RoleSession, origin: fromSAML, account: work, accessKeyID: "ASIA", name: "ana", issued: start, expires: start,
			passed: passed{policy: allowAll, policyARNs: []string{readARN}, tags: []sessionTag{{"a", "b", true}}, sourceIdentity: "x"},
			keys:   []sessionKey{{"saml:sub", []string{"ana"}, false}, {"x:amr", []string{"a", "b"}, true}},
		},
	} {
		packed, err := s.passed.pack()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(s.encode(packed))
	}
	f.Fuzz(func(t *testing.T, message []byte) {
		s, err := decode(message)
		if err != nil {
			return
		}
		packed, err := s.passed.pack()
		if err != nil {
			t.Fatal(err)
		}
		again, err := decode(s.encode(packed))
		if err != nil {
			t.Fatal(err)
		}
		repacked, err := again.passed.pack()
		if err != nil || !bytes.Equal(s.encode(packed), again.encode(repacked)) {
			t.Errorf("%+v became %+v, %v", s, again, err)
		}
	})
}

// FuzzMessage reads arbitrary bytes as an encoded authorization message.
func FuzzMessage(f *testing.F) {
	packed, err := deflate([]byte(`{"allowed":false}`))
	if err != nil {
		f.Fatal(err)
	}
	var e encoder
	e.text(home)
	e.time(start)
	e.text(string(packed))
	f.Add(e.b)
	f.Fuzz(func(t *testing.T, message []byte) {
		m, err := decodeMessage(message)
		if err == nil && len(m.document) > maxPassed {
			t.Errorf("%d bytes of document", len(m.document))
		}
	})
}
