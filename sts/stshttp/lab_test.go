package stshttp

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rolecall/rolecall/sts"
	"github.com/rolecall/rolecall/world"
	"github.com/rolecall/rolecall/world/load"
)

const worldText = `
accounts:
  "111111111111":
    outboundWebIdentityFederation: true
    rootAccessKeys: [{id: AKIARTXV5AHDTBI2ROOT, secret: rootSecret}]
    users:
      alice:
        path: /dev/
        id: AIDAEXAMPLEALICE00000
        accessKeys:
          - {id: AKIAIOSFODNN7EXAMPLE, secret: wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY}
          - {id: AKIARTXV5AHDTBI2IDLE, secret: idleSecret, status: Inactive}
        policies:
          all:
            Version: "2012-10-17"
            Statement: [{Effect: Allow, Action: ["sts:*", "iam:Simulate*"], Resource: "*"}]
      bob:
        accessKeys: [{id: AKIARTXV5AHDTBI2OBOB, secret: bobSecret}]
        policies:
          some:
            Version: "2012-10-17"
            Statement: [{Effect: Allow, Action: "sts:AssumeRole", Resource: "*"}]
    roles:
      deploy:
        id: AROAEXAMPLEDEPLOY0000
        maxSessionDuration: 7200
        trustPolicy:
          Version: "2012-10-17"
          Statement:
            - Effect: Allow
              Principal: {AWS: "111111111111"}
              Action: ["sts:AssumeRole", "sts:TagSession"]
      here: # only from where the tests are
        trustPolicy:
          Version: "2012-10-17"
          Statement:
            - Effect: Allow
              Principal: {AWS: "111111111111"}
              Action: "sts:AssumeRole"
              Condition:
                IpAddress: {"aws:SourceIp": 192.0.2.1}
                StringEquals: {"aws:RequestedRegion": eu-west-1, "aws:UserAgent": tests/1}
                Bool: {"aws:SecureTransport": "true"}
      web:
        trustPolicy:
          Version: "2012-10-17"
          Statement:
            - Effect: Allow
              Principal: {Federated: "arn:aws:iam::111111111111:oidc-provider/idp.example.com"}
              Action: "sts:AssumeRoleWithWebIdentity"
    oidcProviders:
      idp.example.com: {clientIds: [app]}
`

const (
	aliceKey    = "AKIAIOSFODNN7EXAMPLE"
	aliceSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
	deployARN   = "arn:aws:iam::111111111111:role/deploy"
	host        = "sts.us-east-1.amazonaws.com"
	form        = "application/x-www-form-urlencoded; charset=utf-8"
	identify    = "Action=GetCallerIdentity&Version=2011-06-15"
)

var labWorld = sync.OnceValue(func() *world.World {
	w, problems := load.Parse("world.yaml", worldText)
	if w == nil {
		panic(problems.Error())
	}
	return w
})

// lab is an endpoint with its clock and its log.
type lab struct {
	*Handler
	now time.Time
	log bytes.Buffer
	t   testing.TB
}

func newLab(t testing.TB, change ...func(*Options)) *lab {
	t.Helper()
	l := &lab{now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), t: t}
	service, err := sts.New(labWorld(), sts.Options{
		Now: func() time.Time { return l.now }, Rand: rand.NewChaCha8([32]byte{9}), Key: []byte(strings.Repeat("k", 32)),
	})
	if err != nil {
		t.Fatal(err)
	}
	options := Options{Log: slog.New(slog.NewTextHandler(&l.log, nil))}
	for _, f := range change {
		f(&options)
	}
	l.Handler = New(service, options)
	return l
}

// reply is what tests look at of an answer.
type reply struct {
	status  int
	header  http.Header
	body    string
	code    string
	message string
}

// send hands a request to the handler.
func (l *lab) send(r *http.Request) reply {
	l.t.Helper()
	w := httptest.NewRecorder()
	l.ServeHTTP(w, r)
	a := reply{status: w.Code, header: w.Header(), body: w.Body.String()}
	var failed struct {
		XMLName xml.Name `xml:"ErrorResponse"`
		Error   struct{ Type, Code, Message string }
		ID      string `xml:"RequestId"`
	}
	if w.Code != http.StatusOK && w.Header().Get("Content-Type") == contentXML {
		if err := xml.Unmarshal(w.Body.Bytes(), &failed); err != nil {
			l.t.Fatalf("%v in %s", err, a.body)
		}
		if failed.ID == "" || failed.ID != w.Header().Get("x-amzn-RequestId") {
			l.t.Errorf("the id is %q in the answer and %q in the header", failed.ID, w.Header().Get("x-amzn-RequestId"))
		}
		a.code, a.message = failed.Error.Code, failed.Error.Message
	}
	return a
}

// signer signs requests as a client does, by its own code.
type signer struct {
	key, secret, token    string
	region, service, term string
	day                   string // of the scope; that of the date if empty
	date                  string // of the request; now if empty
	headers               []string
}

func alice() signer { return signer{key: aliceKey, secret: aliceSecret} }

func (s signer) filled(now time.Time) signer {
	for _, f := range []struct {
		field *string
		value string
	}{
		{&s.region, "us-east-1"}, {&s.service, "sts"}, {&s.term, "aws4_request"}, {&s.date, now.Format("20060102T150405Z")},
	} {
		if *f.field == "" {
			*f.field = f.value
		}
	}
	if s.day == "" {
		s.day = s.date[:8]
	}
	if s.headers == nil {
		s.headers = []string{"content-type", "host", "x-amz-date"}
		if s.token != "" {
			s.headers = append(s.headers, "x-amz-security-token")
		}
	}
	return s
}

func (s signer) scope() string { return s.day + "/" + s.region + "/" + s.service + "/" + s.term }

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func mac(key []byte, text string) []byte {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(text))
	return m.Sum(nil)
}

// signature signs what is in the request, with a body.
func (s signer) signature(r *http.Request, body string) string {
	var lines []string
	for _, name := range s.headers {
		value := strings.Join(r.Header.Values(name), ",")
		if name == "host" {
			value = r.Host
		}
		lines = append(lines, name+":"+strings.TrimSpace(value)+"\n")
	}
	query := r.URL.Query()
	query.Del("X-Amz-Signature")
	text := r.Method + "\n/\n" + strings.ReplaceAll(query.Encode(), "+", "%20") + "\n" + strings.Join(lines, "") + "\n" +
		strings.Join(s.headers, ";") + "\n" + digest([]byte(body))
	key := []byte("AWS4" + s.secret)
	for _, part := range strings.Split(s.scope(), "/") {
		key = mac(key, part)
	}
	return hex.EncodeToString(mac(key, "AWS4-HMAC-SHA256\n"+s.date+"\n"+s.scope()+"\n"+digest([]byte(text))))
}

// post makes a signed POST.
func (l *lab) post(s signer, body string) *http.Request {
	s = s.filled(l.now)
	r := httptest.NewRequest(http.MethodPost, "http://"+host+"/", strings.NewReader(body))
	r.Header.Set("Content-Type", form)
	r.Header.Set("X-Amz-Date", s.date)
	if s.token != "" {
		r.Header.Set("X-Amz-Security-Token", s.token)
	}
	s.authorize(r, body)
	return r
}

func (s signer) authorize(r *http.Request, body string) {
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+s.key+"/"+s.scope()+
		", SignedHeaders="+strings.Join(s.headers, ";")+", Signature="+s.signature(r, body))
}

// get makes a GET that is signed in its header.
func (l *lab) get(s signer, query string) *http.Request {
	s.headers = []string{"host", "x-amz-date"}
	s = s.filled(l.now)
	r := httptest.NewRequest(http.MethodGet, "http://"+host+"/?"+query, nil)
	r.Header.Set("X-Amz-Date", s.date)
	if s.token != "" {
		r.Header.Set("X-Amz-Security-Token", s.token)
	}
	s.authorize(r, "")
	return r
}

// presign makes a presigned request for the caller's identity.
func (l *lab) presign(s signer, method string) *http.Request {
	s.headers = []string{"host"}
	s = s.filled(l.now)
	q, err := url.ParseQuery(identify)
	if err != nil {
		l.t.Fatal(err)
	}
	q.Set("X-Amz-Algorithm", "AWS4-HMAC-SHA256")
	q.Set("X-Amz-Credential", s.key+"/"+s.scope())
	q.Set("X-Amz-Date", s.date)
	q.Set("X-Amz-Expires", "60")
	q.Set("X-Amz-SignedHeaders", strings.Join(s.headers, ";"))
	if s.token != "" {
		q.Set("X-Amz-Security-Token", s.token)
	}
	r := httptest.NewRequest(method, "http://"+host+"/?"+q.Encode(), nil)
	q.Set("X-Amz-Signature", s.signature(r, ""))
	r.URL.RawQuery = q.Encode()
	return r
}

// params writes a form: names and values in turn.
func params(pairs ...string) string {
	var list []string
	for pair := range slices.Chunk(pairs, 2) {
		list = append(list, url.QueryEscape(pair[0])+"="+url.QueryEscape(pair[1]))
	}
	return strings.Join(list, "&")
}

// call writes the form of a call of STS.
func stsForm(action string, pairs ...string) string {
	return params(append([]string{"Action", action, "Version", "2011-06-15"}, pairs...)...)
}

// element gives the text of the first element of a name.
func element(body, name string) string {
	_, rest, _ := strings.Cut(body, "<"+name+">")
	text, _, _ := strings.Cut(rest, "</"+name+">")
	return text
}

// session makes a session by AssumeRole and gives who signs with it.
func (l *lab) session(s signer) signer {
	l.t.Helper()
	a := l.send(l.post(s, stsForm("AssumeRole", "RoleArn", deployARN, "RoleSessionName", "ana")))
	if a.status != http.StatusOK {
		l.t.Fatal(a.body)
	}
	return signer{
		key: element(a.body, "AccessKeyId"), secret: element(a.body, "SecretAccessKey"), token: element(a.body, "SessionToken"),
	}
}

// setBody replaces the body of a request.
func setBody(r *http.Request, body string) {
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
}
