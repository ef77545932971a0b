package stshttp

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// vector is the request of STS-185.
func vector() *http.Request {
	r := httptest.NewRequest(http.MethodPost, "http://"+host+"/", strings.NewReader(identify))
	r.Header.Set("Content-Type", form)
	r.Header.Set("X-Amz-Date", "20260102T030405Z")
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260102/us-east-1/sts/aws4_request, "+
		"SignedHeaders=content-type;host;x-amz-date, Signature=38bde9c5ae77e4e0c8793ec08f4ceccfcef6f12e1b0bf1d4a9ce786a6359b12a")
	return r
}

func TestSignatureVector(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	c := &call{handler: l.Handler, request: vector(), body: []byte(identify)}
	a, failed := c.authorization()
	if failed != nil {
		t.Fatal(failed)
	}
	canonical, err := c.canonicalRequest(a)
	if err != nil {
		t.Fatal(err)
	}
	got := []string{digest(c.body), digest(canonical)}
	want := []string{
		"ab821ae955788b0e33ebd34c208442ccfc2d406e2edc5e7a39bd6458fbb4f843",
		"8950aa637e8c92025b0538006475e7a6bfe500443fed4346748d7411aba800df",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s\n%s", diff, canonical)
	}
	if a := l.send(vector()); a.status != http.StatusOK {
		t.Error(a.body)
	}
}

// the text of every signature that is not the request's
const different = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."

const unknown = "The security token included in the request is invalid."

func TestRefusedSignatures(t *testing.T) {
	t.Parallel()
	type refusal struct {
		status        int
		code, message string
	}
	const full = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260102/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=0"
	header := func(text string) func(*lab) *http.Request {
		return func(l *lab) *http.Request {
			r := l.post(alice(), identify)
			r.Header.Set("Authorization", text)
			return r
		}
	}
	signed := func(change func(*signer)) func(*lab) *http.Request {
		return func(l *lab) *http.Request {
			s := alice()
			change(&s)
			return l.post(s, identify)
		}
	}
	altered := func(change func(*http.Request)) func(*lab) *http.Request {
		return func(l *lab) *http.Request {
			r := l.post(alice(), identify)
			change(r)
			return r
		}
	}
	query := func(change func(*http.Request)) func(*lab) *http.Request {
		return func(l *lab) *http.Request {
			r := l.presign(alice(), http.MethodGet)
			change(r)
			return r
		}
	}
	tests := map[string]struct {
		request func(*lab) *http.Request
		want    refusal
	}{
		"none": {
			altered(func(r *http.Request) { r.Header.Del("Authorization") }),
			refusal{403, "MissingAuthenticationToken", "Request is missing Authentication Token"},
		},
		"another algorithm": {
			header("AWS4-ECDSA-P256-SHA256 Credential=x"),
			refusal{400, "IncompleteSignature", "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256'"},
		},
		"basic": {header("Basic eDp5"), refusal{400, "IncompleteSignature", "Unsupported AWS 'algorithm': 'Basic'"}},
		"empty": {header(""), refusal{400, "IncompleteSignature", "Unsupported AWS 'algorithm': ''"}},
		"no Signature": {
			header("AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=host"),
			refusal{400, "IncompleteSignature", "Authorization header requires 'Signature' parameter. Authorization=AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=host"},
		},
		"no Credential": {
			header("AWS4-HMAC-SHA256 Signature=a, SignedHeaders=host"),
			refusal{400, "IncompleteSignature", "Authorization header requires 'Credential' parameter. Authorization=AWS4-HMAC-SHA256 Signature=a, SignedHeaders=host"},
		},
		"no SignedHeaders": {
			header("AWS4-HMAC-SHA256 Credential=a/b/c/d/e, Signature=a"),
			refusal{400, "IncompleteSignature", "Authorization header requires 'SignedHeaders' parameter. Authorization=AWS4-HMAC-SHA256 Credential=a/b/c/d/e, Signature=a"},
		},
		"nothing behind the algorithm": {
			header("AWS4-HMAC-SHA256"),
			refusal{400, "IncompleteSignature", "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization=AWS4-HMAC-SHA256"},
		},
		"no date": {
			altered(func(r *http.Request) { r.Header.Del("X-Amz-Date"); r.Header.Set("Authorization", full) }),
			refusal{400, "IncompleteSignature", "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=" + full},
		},
		"date of another form": {
			altered(func(r *http.Request) { r.Header.Set("X-Amz-Date", "Fri, 02 Jan 2026 03:04:05 GMT") }),
			refusal{400, "IncompleteSignature", "Date must be in ISO-8601 'basic format'. Got 'Fri, 02 Jan 2026 03:04:05 GMT'. See http://en.wikipedia.org/wiki/ISO_8601"},
		},
		"date with a fraction": {
			altered(func(r *http.Request) { r.Header.Set("X-Amz-Date", "20260102T030405.5Z") }),
			refusal{400, "IncompleteSignature", "Date must be in ISO-8601 'basic format'. Got '20260102T030405.5Z'. See http://en.wikipedia.org/wiki/ISO_8601"},
		},
		"a part without equal-sign": {
			header("AWS4-HMAC-SHA256 Credential=a, text"),
			refusal{400, "IncompleteSignature", "'text' not a valid key=value pair (missing equal-sign) in Authorization header: 'AWS4-HMAC-SHA256 Credential=a, text'."},
		},
		"a part twice": {
			header("AWS4-HMAC-SHA256 Credential=a, Credential=b"),
			refusal{400, "IncompleteSignature", "'Credential' is more than once in Authorization header: 'AWS4-HMAC-SHA256 Credential=a, Credential=b'."},
		},
		"credential of four parts": {
			header("AWS4-HMAC-SHA256 Credential=a/b/c/d, SignedHeaders=host, Signature=0"),
			refusal{400, "IncompleteSignature", "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'a/b/c/d'"},
		},
		"another service": {
			signed(func(s *signer) { s.service = "iam" }),
			refusal{403, "SignatureDoesNotMatch", "Credential should be scoped to correct service: 'sts'. "},
		},
		"another terminator": {
			signed(func(s *signer) { s.term = "aws5_request" }),
			refusal{403, "SignatureDoesNotMatch", "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'."},
		},
		"no Region": {
			signed(func(s *signer) { s.region = "EU" }),
			refusal{403, "SignatureDoesNotMatch", "Credential should be scoped to a valid Region, not 'EU'. "},
		},
		"another day": {
			signed(func(s *signer) { s.day = "20260101" }),
			refusal{403, "SignatureDoesNotMatch", "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20260101' != '20260102', from '20260102T030405Z'."},
		},
		"unknown key": {
			signed(func(s *signer) { s.key = "AKIARTXV5AHDTBI2NONE" }),
			refusal{403, "InvalidClientTokenId", unknown},
		},
		"inactive key": {
			signed(func(s *signer) { s.key, s.secret = "AKIARTXV5AHDTBI2IDLE", "idleSecret" }),
			refusal{403, "InvalidClientTokenId", unknown},
		},
		"long-term key with a token": {
			signed(func(s *signer) { s.token = "IQoJb3JpZ2luX2Vjxxxx" }),
			refusal{403, "InvalidClientTokenId", unknown},
		},
		"too old": {
			signed(func(s *signer) { s.date = "20260102T024904Z" }),
			refusal{403, "SignatureDoesNotMatch", "Signature expired: 20260102T024904Z is now earlier than 20260102T024905Z (20260102T030405Z - 15 min.)"},
		},
		"too early": {
			signed(func(s *signer) { s.date = "20260102T031906Z" }),
			refusal{403, "SignatureDoesNotMatch", "Signature not yet current: 20260102T031906Z is still later than 20260102T031905Z (20260102T030405Z + 15 min.)"},
		},
		"another secret": {signed(func(s *signer) { s.secret += "x" }), refusal{403, "SignatureDoesNotMatch", different}},
		"host not signed": {
			signed(func(s *signer) { s.headers = []string{"x-amz-date"} }),
			refusal{403, "SignatureDoesNotMatch", "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."},
		},

		// Attacks on a request that was signed well.
		"altered body":   {altered(func(r *http.Request) { setBody(r, identify+"&x=1") }), refusal{403, "SignatureDoesNotMatch", different}},
		"altered header": {altered(func(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") }), refusal{403, "SignatureDoesNotMatch", different}},
		"altered host":   {altered(func(r *http.Request) { r.Host = "sts.eu-west-1.amazonaws.com" }), refusal{403, "SignatureDoesNotMatch", different}},
		"missing host":   {altered(func(r *http.Request) { r.Host = "" }), refusal{403, "SignatureDoesNotMatch", different}},
		"altered query":  {altered(func(r *http.Request) { r.URL.RawQuery = "Policy=x" }), refusal{403, "SignatureDoesNotMatch", different}},
		"altered date":   {altered(func(r *http.Request) { r.Header.Set("X-Amz-Date", "20260102T030406Z") }), refusal{403, "SignatureDoesNotMatch", different}},
		"signed header removed": {
			altered(func(r *http.Request) { r.Header.Del("Content-Type") }),
			refusal{403, "SignatureDoesNotMatch", different},
		},
		"signed header twice": {
			altered(func(r *http.Request) { r.Header.Add("Content-Type", form) }),
			refusal{403, "SignatureDoesNotMatch", different},
		},
		"two Authorization headers": {
			altered(func(r *http.Request) { r.Header.Add("Authorization", full) }),
			refusal{400, "IncompleteSignature", "The 'Authorization' header is there more than once."},
		},
		"two dates": {
			altered(func(r *http.Request) { r.Header.Add("X-Amz-Date", "20260102T030405Z") }),
			refusal{400, "IncompleteSignature", "The 'X-Amz-Date' header is there more than once."},
		},
		"two tokens": {
			altered(func(r *http.Request) { r.Header["X-Amz-Security-Token"] = []string{"a", "b"} }),
			refusal{400, "IncompleteSignature", "The 'X-Amz-Security-Token' header is there more than once."},
		},
		"a header without end": {
			header("AWS4-HMAC-SHA256 " + strings.Repeat("x", 1<<20)),
			refusal{400, "IncompleteSignature", "The 'Authorization' header is too long."},
		},
		"upper-case signature": {
			altered(func(r *http.Request) {
				head, sig, _ := strings.Cut(r.Header.Get("Authorization"), "Signature=")
				r.Header.Set("Authorization", head+"Signature="+strings.ToUpper(sig))
			}),
			refusal{403, "SignatureDoesNotMatch", different},
		},
		"replayed after the window": {
			func(l *lab) *http.Request {
				r := l.post(alice(), identify)
				l.now = l.now.Add(15*time.Minute + time.Second)
				return r
			},
			refusal{403, "SignatureDoesNotMatch", "Signature expired: 20260102T030405Z is now earlier than 20260102T030406Z (20260102T031906Z - 15 min.)"},
		},

		"presigned: parts missing": {
			query(func(r *http.Request) { r.URL.RawQuery = identify + "&X-Amz-Signature=0" }),
			refusal{400, "IncompleteSignature", "AWS query-string parameters must include 'X-Amz-Algorithm'. AWS query-string parameters must include 'X-Amz-Credential'. AWS query-string parameters must include 'X-Amz-SignedHeaders'. AWS query-string parameters must include 'X-Amz-Date'. Re-examine the query-string parameters."},
		},
		"presigned: with a body": {
			query(func(r *http.Request) { setBody(r, "Action=GetSessionToken") }),
			refusal{403, "SignatureDoesNotMatch", different},
		},
		"presigned: as a POST": {query(func(r *http.Request) { r.Method = http.MethodPost }), refusal{403, "SignatureDoesNotMatch", different}},
		"presigned: parameter added": {
			query(func(r *http.Request) { r.URL.RawQuery += "&DurationSeconds=900" }),
			refusal{403, "SignatureDoesNotMatch", different},
		},
		"presigned: expiry altered": {
			query(func(r *http.Request) {
				r.URL.RawQuery = strings.Replace(r.URL.RawQuery, "Expires=60", "Expires=600", 1)
			}),
			refusal{403, "SignatureDoesNotMatch", different},
		},
		"presigned: token added": {
			query(func(r *http.Request) { r.URL.RawQuery += "&X-Amz-Security-Token=x" }),
			refusal{403, "InvalidClientTokenId", unknown},
		},
		"presigned and with a header": {
			query(func(r *http.Request) { r.Header.Set("Authorization", full) }),
			refusal{400, "IncompleteSignature", "A request is signed in its 'Authorization' header or in its query string, not in both."},
		},
		"presigned: signature in the body": {
			func(l *lab) *http.Request {
				r := l.presign(alice(), http.MethodPost)
				body := r.URL.RawQuery
				r = httptest.NewRequest(http.MethodPost, "http://"+host+"/", strings.NewReader(body))
				r.Header.Set("Content-Type", form)
				return r
			},
			refusal{403, "MissingAuthenticationToken", "Request is missing Authentication Token"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			a := l.send(test.request(l))
			got := refusal{a.status, a.code, a.message}
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(refusal{})); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestRefusedSessions(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	s, other := l.session(alice()), l.session(alice())
	refused := func(what string, s signer, code, message string) {
		t.Helper()
		if a := l.send(l.post(s, identify)); a.status != 403 || a.code != code || a.message != message {
			t.Errorf("%s: %s", what, a.body)
		}
	}
	without, changed, foreign := s, s, s
	without.token, changed.token, foreign.token = "", s.token[:len(s.token)-1]+"x", other.token
	refused("no token", without, "InvalidClientTokenId", unknown)
	refused("changed token", changed, "InvalidClientTokenId", unknown)
	refused("token of another session", foreign, "InvalidClientTokenId", unknown)
	l.now = l.now.Add(time.Hour)
	refused("expired", s, "ExpiredToken", "The security token included in the request is expired")
	// An expired session tells so only to who knows its secret (STS-28).
	s.secret = "x"
	refused("expired, and another secret", s, "SignatureDoesNotMatch", different)
}

func TestAcceptedSignatures(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	session := l.session(alice())
	unsigned := session
	unsigned.headers = []string{"host", "x-amz-date"}
	tests := map[string]*http.Request{
		"a POST":                          l.post(alice(), identify),
		"a GET":                           l.get(alice(), identify),
		"a presigned GET":                 l.presign(alice(), http.MethodGet),
		"a presigned POST":                l.presign(alice(), http.MethodPost),
		"a session's POST":                l.post(session, identify),
		"a session's GET":                 l.get(session, identify),
		"a session's presigned GET":       l.presign(session, http.MethodGet),
		"a token that is not signed":      l.post(unsigned, identify),
		"the root user":                   l.post(signer{key: "AKIARTXV5AHDTBI2ROOT", secret: "rootSecret"}, identify),
		"any Region":                      l.post(signer{key: aliceKey, secret: aliceSecret, region: "mars-north-1"}, identify),
		"the global endpoint":             l.post(signer{key: aliceKey, secret: aliceSecret, region: "aws-global"}, identify),
		"15 minutes old":                  l.post(signer{key: aliceKey, secret: aliceSecret, date: "20260102T024905Z"}, identify),
		"15 minutes ahead":                l.post(signer{key: aliceKey, secret: aliceSecret, date: "20260102T031905Z"}, identify),
		"characters to encode":            l.get(alice(), identify+"&"+params("a b", "ä/&=+~*'", "B", "", "A", "")),
		"blanks in a header":              spaced(l),
		"the Date header":                 dated(l),
		"content-length as net/http does": withLength(l),
	}
	for name, r := range tests {
		if a := l.send(r); a.status != http.StatusOK {
			t.Errorf("%s: %s", name, a.body)
		}
	}
}

// spaced signs a header with runs of blanks, which count as one.
func spaced(l *lab) *http.Request {
	s := alice().filled(l.now)
	s.headers = append(s.headers, "x-note")
	r := l.post(s, identify)
	r.Header.Set("X-Note", "a b c")
	s.authorize(r, identify)
	r.Header.Set("X-Note", "  a   b c ")
	return r
}

// dated has a Date and no X-Amz-Date.
func dated(l *lab) *http.Request {
	s := alice().filled(l.now)
	s.headers = []string{"date", "host"}
	r := l.post(s, identify)
	r.Header.Del("X-Amz-Date")
	r.Header.Set("Date", s.date)
	s.authorize(r, identify)
	return r
}

// withLength signs the length, which in process is no header.
func withLength(l *lab) *http.Request {
	s := alice().filled(l.now)
	s.headers = []string{"content-length", "host", "x-amz-date"}
	r := l.post(s, identify)
	r.Header.Set("Content-Length", "43")
	s.authorize(r, identify)
	r.Header.Del("Content-Length")
	return r
}

// TestEveryByteIsSigned alters one byte of the form, the query or a signed
// header of a request: its signature is no longer good.
func TestEveryByteIsSigned(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	rapid.Check(t, func(t *rapid.T) {
		note := rapid.StringMatching(`[a-z]{1,20}`).Draw(t, "note")
		body := identify + "&" + params("note", note)
		s := alice().filled(l.now)
		s.headers = append(s.headers, "x-note")
		r := l.post(s, body)
		r.Header.Set("X-Note", note)
		r.URL.RawQuery = params("q", note)
		s.authorize(r, body)
		replace := func(text string) string {
			at := rapid.IntRange(0, len(text)-1).Draw(t, "at")
			return text[:at] + string(text[at]^1) + text[at+1:]
		}
		altered := true
		switch rapid.IntRange(0, 4).Draw(t, "what") {
		case 0:
			setBody(r, replace(body))
		case 1:
			r.Header.Set("X-Note", strings.ToUpper(note))
		case 2:
			r.URL.RawQuery = params("q", strings.ToUpper(note))
		case 3:
			r.Host = replace(r.Host)
		default:
			altered = false
		}
		if a := l.send(r); (a.status == http.StatusOK) == altered {
			t.Fatalf("altered: %t\n%s", altered, a.body)
		}
	})
}
