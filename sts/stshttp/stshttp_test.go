package stshttp

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall/rolecall/sts"
)

const aliceIdentity = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>` +
	`<Account>111111111111</Account><Arn>arn:aws:iam::111111111111:user/dev/alice</Arn><UserId>AIDAEXAMPLEALICE00000</UserId>` +
	`</GetCallerIdentityResult><ResponseMetadata><RequestId>ID</RequestId></ResponseMetadata></GetCallerIdentityResponse>` + "\n"

// anonymize puts ID in the place of the request's id.
func (a *reply) anonymize() string {
	return strings.ReplaceAll(a.body, a.header.Get("x-amzn-RequestId"), "ID")
}

func TestAnAnswer(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	a := l.send(l.post(alice(), identify))
	if diff := cmp.Diff(aliceIdentity, a.anonymize()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	id := a.header.Get("x-amzn-RequestId")
	if len(id) != 36 || id != strings.ToLower(id) || strings.Count(id, "-") != 4 {
		t.Errorf("the id %q is no UUID", id)
	}
	want := http.Header{"X-Amzn-Requestid": {id}, "Content-Type": {"text/xml"}, "Content-Length": {strconv.Itoa(len(a.body))}}
	if diff := cmp.Diff(want, a.header); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if again := l.send(l.post(alice(), identify)); again.header.Get("x-amzn-RequestId") == id {
		t.Error("two requests have one id")
	}
}

func TestAnError(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	a := l.send(l.post(alice(), stsForm("AssumeRole", "RoleArn", deployARN, "RoleSessionName", "<&>\"")))
	want := `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>ValidationError</Code>` +
		`<Message>1 validation error detected: Value '&lt;&amp;&gt;&quot;' at 'roleSessionName' failed to satisfy constraint: ` +
		`Member must satisfy regular expression pattern: [\w+=,.@-]*</Message></Error><RequestId>ID</RequestId></ErrorResponse>` + "\n"
	if diff := cmp.Diff(want, a.anonymize()); diff != "" || a.status != http.StatusBadRequest {
		t.Errorf("%d -want +got\n%s", a.status, diff)
	}
}

func TestSessionsAreAnsweredWhole(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	a := l.send(l.post(alice(), stsForm("AssumeRole", "RoleArn", deployARN, "RoleSessionName", "ana", "DurationSeconds", "900")))
	if a.status != http.StatusOK {
		t.Fatal(a.body)
	}
	for name, want := range map[string]string{
		"Expiration": "2026-01-02T03:19:05Z", "Arn": "arn:aws:sts::111111111111:assumed-role/deploy/ana", "AssumedRoleId": "AROAEXAMPLEDEPLOY0000:ana",
	} {
		if got := element(a.body, name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if strings.Contains(a.body, "SourceIdentity") {
		t.Error("an absent member is there")
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	r := l.post(alice(), stsForm("AssumeRole", "RoleArn", deployARN, "RoleSessionName", "ana"))
	r.Header.Set("Accept", "application/json")
	a := l.send(r)
	var got struct {
		AssumeRoleResponse struct {
			AssumeRoleResult struct {
				Credentials      struct{ Expiration int64 }
				AssumedRoleUser  map[string]string
				SessionTokenSize int
			}
			ResponseMetadata map[string]string
		}
	}
	if err := json.Unmarshal([]byte(a.body), &got); err != nil {
		t.Fatalf("%v in %s", err, a.body)
	}
	result := got.AssumeRoleResponse.AssumeRoleResult
	if result.Credentials.Expiration != l.now.Add(time.Hour).Unix() || result.SessionTokenSize == 0 ||
		result.AssumedRoleUser["Arn"] != "arn:aws:sts::111111111111:assumed-role/deploy/ana" ||
		got.AssumeRoleResponse.ResponseMetadata["RequestId"] != a.header.Get("x-amzn-RequestId") || a.header.Get("Content-Type") != contentJSON {
		t.Error(a.body)
	}

	r = l.post(alice(), stsForm("Nothing"))
	r.Header.Set("Accept", "application/json")
	a = l.send(r)
	const want = `{"Error":{"Code":"InvalidAction","Message":"Could not find operation Nothing for version 2011-06-15","Type":"Sender"},"RequestId":"ID"}`
	if diff := cmp.Diff(want, a.anonymize()); diff != "" || a.status != http.StatusBadRequest {
		t.Errorf("%d -want +got\n%s", a.status, diff)
	}
}

func TestRefusedRequests(t *testing.T) {
	t.Parallel()
	type refusal struct {
		status        int
		code, message string
	}
	post := func(body string) *http.Request {
		r := httptest.NewRequest(http.MethodPost, "http://"+host+"/", strings.NewReader(body))
		r.Header.Set("Content-Type", form)
		return r
	}
	get := func(target string) *http.Request {
		return httptest.NewRequest(http.MethodGet, "http://"+host+target, nil)
	}
	const missing = "The request is missing an action or a required parameter."
	tests := map[string]struct {
		request *http.Request
		want    refusal
	}{
		"a bare GET":      {get("/"), refusal{400, "MissingAction", missing}},
		"no action":       {post("Version=2011-06-15"), refusal{400, "MissingAction", missing}},
		"an empty action": {post("Action=&Version=2011-06-15"), refusal{400, "MissingAction", missing}},
		"unknown action":  {post("Action=Nothing&Version=2011-06-15"), refusal{400, "InvalidAction", "Could not find operation Nothing for version 2011-06-15"}},
		"action in lower case": {
			post("Action=getcalleridentity&Version=2011-06-15"),
			refusal{400, "InvalidAction", "Could not find operation getcalleridentity for version 2011-06-15"},
		},
		"no version": {
			get("/?Action=GetCallerIdentity"),
			refusal{400, "InvalidAction", "Could not find operation GetCallerIdentity for version NO_VERSION_SPECIFIED"},
		},
		"another version": {
			post("Action=GetCallerIdentity&Version=2010-05-08"),
			refusal{400, "InvalidAction", "Could not find operation GetCallerIdentity for version 2010-05-08"},
		},
		"an operation of IAM that is none here": {
			post("Action=ListUsers&Version=2010-05-08"),
			refusal{400, "InvalidAction", "Could not find operation ListUsers for version 2010-05-08"},
		},
		"another path": {
			get("/sts?" + identify),
			refusal{404, "InvalidAction", "There is no endpoint at '/sts'; requests go to '/'."},
		},
		"a path that is cleaned to /": {
			get("/x/..?" + identify),
			refusal{404, "InvalidAction", "There is no endpoint at '/x/..'; requests go to '/'."},
		},
		"two slashes": {
			get("//?" + identify),
			refusal{404, "InvalidAction", "There is no endpoint at '//'; requests go to '/'."},
		},
		"another method": {
			httptest.NewRequest(http.MethodPut, "http://"+host+"/?"+identify, nil),
			refusal{405, "MethodNotAllowed", "The method is not allowed; use POST or GET."},
		},
		"a parameter twice": {
			post(identify + "&Action=GetSessionToken"),
			refusal{400, "ValidationError", "The parameter 'Action' is there more than once."},
		},
		"a parameter in query and body": {
			func() *http.Request {
				r := post(identify)
				r.URL.RawQuery = "Action=GetSessionToken"
				return r
			}(),
			refusal{400, "ValidationError", "The parameter 'Action' is there more than once."},
		},
		"a parameter twice, spelled differently": {
			post(identify + "&Actio%6E=GetSessionToken"),
			refusal{400, "ValidationError", "The parameter 'Action' is there more than once."},
		},
		"a semicolon separates nothing": {
			post("Version=2011-06-15&Action=GetCallerIdentity;x=1"),
			refusal{400, "InvalidAction", "Could not find operation GetCallerIdentity;x=1 for version 2011-06-15"},
		},
		"a bad escape": {
			post(identify + "&Name=%zz"),
			refusal{400, "ValidationError", "The value of the parameter 'Name' is not UTF-8 text in percent-encoding."},
		},
		"half an escape": {
			post(identify + "&Name=%4"),
			refusal{400, "ValidationError", "The value of the parameter 'Name' is not UTF-8 text in percent-encoding."},
		},
		"no UTF-8": {
			post(identify + "&Name=%ff"),
			refusal{400, "ValidationError", "The value of the parameter 'Name' is not UTF-8 text in percent-encoding."},
		},
		"a bad name": {
			post(identify + "&%f=1"),
			refusal{400, "ValidationError", "The name of the parameter '%f' is not UTF-8 text in percent-encoding."},
		},
		"too many parameters": {
			post(identify + strings.Repeat("&x=", 1999)),
			refusal{400, "ValidationError", "A request may have 2000 parameters."},
		},
		"too large": {
			post("Action=" + strings.Repeat("x", MaxBody)),
			refusal{413, "RequestEntityTooLarge", "The body is larger than 1048576 bytes."},
		},
		"a form that says it is none": {
			func() *http.Request {
				r := post(identify)
				r.Header.Set("Content-Type", "text/plain")
				return r
			}(),
			refusal{400, "MissingAction", missing},
		},
		"a body that breaks off": {
			func() *http.Request {
				r := post(identify)
				r.Body = io.NopCloser(io.MultiReader(strings.NewReader("Action"), brokenReader{io.ErrUnexpectedEOF}))
				return r
			}(),
			refusal{400, "ValidationError", "The body did not arrive whole."},
		},
		"a body in a GET": {
			func() *http.Request {
				r := get("/")
				setBody(r, identify)
				return r
			}(),
			refusal{400, "MissingAction", missing},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newLab(t).send(test.request)
			if diff := cmp.Diff(test.want, refusal{a.status, a.code, a.message}, cmp.AllowUnexported(refusal{})); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

type brokenReader struct{ err error }

func (r brokenReader) Read([]byte) (int, error) { return 0, r.err }

// TestTheOrderOfChecks sends requests with several things wrong: what is told
// is the first of STS-14.
func TestTheOrderOfChecks(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	bad := alice()
	bad.secret = "x"
	root := signer{key: "AKIARTXV5AHDTBI2ROOT", secret: "rootSecret"}
	expired := l.session(alice())
	l.now = l.now.Add(time.Hour) // the very second at which it ends
	tests := map[string]struct {
		request *http.Request
		code    string
	}{
		"action before signature":        {l.post(bad, stsForm("Nothing")), "InvalidAction"},
		"signature before parameters":    {l.post(bad, stsForm("AssumeRole", "DurationSeconds", "x")), "SignatureDoesNotMatch"},
		"expiry before parameters":       {l.post(expired, stsForm("AssumeRole", "DurationSeconds", "x")), "ExpiredToken"},
		"parameters before kind":         {l.post(root, stsForm("AssumeRole")), "ValidationError"},
		"kind before semantics":          {l.post(root, stsForm("AssumeRole", "RoleArn", "nothing-valid-in-here", "RoleSessionName", "ana")), "AccessDenied"},
		"semantics before authorization": {l.post(alice(), stsForm("AssumeRole", "RoleArn", "nothing-valid-in-here", "RoleSessionName", "ana")), "ValidationError"},
	}
	for name, test := range tests {
		if a := l.send(test.request); a.code != test.code {
			t.Errorf("%s: %s", name, a.body)
		}
	}
}

func TestUnsignedOperationsLookAtNoSignature(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	body := stsForm("AssumeRoleWithWebIdentity", "RoleArn", "arn:aws:iam::111111111111:role/web", "RoleSessionName", "ana", "WebIdentityToken", "a.b.c")
	for name, authorization := range map[string]string{"none": "", "a bad one": "AWS4-HMAC-SHA256 x"} {
		r := httptest.NewRequest(http.MethodPost, "http://"+host+"/", strings.NewReader(body))
		r.Header.Set("Content-Type", form)
		if authorization != "" {
			r.Header.Set("Authorization", authorization)
		}
		if a := l.send(r); a.status != http.StatusBadRequest || a.code != "InvalidIdentityToken" {
			t.Errorf("%s: %s", name, a.body)
		}
	}
}

// TestWhereARequestComesFrom assumes a role that is there for an address, a
// Region, an agent and TLS.
func TestWhereARequestComesFrom(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	body := stsForm("AssumeRole", "RoleArn", "arn:aws:iam::111111111111:role/here", "RoleSessionName", "ana")
	s := alice()
	s.region = "eu-west-1"
	request := func(change func(*http.Request)) *http.Request {
		r := l.post(s, body)
		r.Header.Set("User-Agent", "tests/1")
		change(r) // httptest's address is 192.0.2.1:1234
		return r
	}
	for name, test := range map[string]struct {
		change func(*http.Request)
		status int
	}{
		"as the role wants":      {func(*http.Request) {}, 200},
		"a mapped address":       {func(r *http.Request) { r.RemoteAddr = "[::ffff:192.0.2.1]:99" }, 200},
		"another address":        {func(r *http.Request) { r.RemoteAddr = "192.0.2.2:1234" }, 403},
		"an address in a header": {func(r *http.Request) { r.RemoteAddr = "192.0.2.2:1234"; r.Header.Set("X-Forwarded-For", "192.0.2.1") }, 403},
		"no address":             {func(r *http.Request) { r.RemoteAddr = "@" }, 403},
		"another agent":          {func(r *http.Request) { r.Header.Set("User-Agent", "tests/2") }, 403},
	} {
		if a := l.send(request(test.change)); a.status != test.status {
			t.Errorf("%s: %s", name, a.body)
		}
	}
	s.region = "eu-west-2"
	if a := l.send(request(func(*http.Request) {})); a.status != http.StatusForbidden {
		t.Error("another Region:", a.body)
	}
}

func TestRegionOfAHost(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{
		"sts.eu-west-1.amazonaws.com": "eu-west-1", "sts.cn-north-1.amazonaws.com.cn:443": "cn-north-1",
		"sts.amazonaws.com": "", "127.0.0.1:80": "", "s3.eu-west-1.amazonaws.com": "", "sts.a.b.amazonaws.com": "", "": "",
	} {
		if got := regionOf(host); got != want {
			t.Errorf("%s: %q, want %q", host, got, want)
		}
	}
}

func TestHealthAndKeys(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	get := func(method, path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		l.ServeHTTP(w, httptest.NewRequest(method, "http://"+host+path, nil))
		return w
	}
	if w := get(http.MethodGet, "/healthz"); w.Code != http.StatusOK || w.Body.String() != "ok\n" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := get(http.MethodPost, "/healthz"); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	w := get(http.MethodGet, "/.well-known/jwks.json")
	var set struct {
		Keys []map[string]string
	}
	if err := json.Unmarshal(w.Body.Bytes(), &set); err != nil || w.Header().Get("Content-Type") != contentJSON {
		t.Fatalf("%v in %s", err, w.Body)
	}
	var got []string
	for _, key := range set.Keys {
		if key["d"] != "" || key["kid"] == "" {
			t.Errorf("%v", key)
		}
		got = append(got, key["kty"]+" "+key["alg"]+" "+key["use"])
	}
	if diff := cmp.Diff([]string{"RSA RS256 sig", "EC ES384 sig"}, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if l.log.Len() != 0 {
		t.Errorf("logged: %s", l.log.String())
	}
}

func TestAPanicIsAnAnswer(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.operations[operationName{sts.Version, "Panic"}] = &operation{
		api: stsAPI, name: "Panic", newInput: func() any { return &struct{}{} },
		call: func(context.Context, *sts.Service, *sts.Caller, any) (any, error) { panic("aSecret") },
	}
	r := httptest.NewRequest(http.MethodGet, "http://"+host+"/?"+stsForm("Panic"), nil)
	a := l.send(r)
	const message = "The request processing has failed because of an unknown error, exception or failure."
	if a.status != http.StatusInternalServerError || a.code != "InternalFailure" || a.message != message || !strings.Contains(a.body, "<Type>Receiver</Type>") {
		t.Error(a.body)
	}
	log := l.log.String()
	if !strings.Contains(log, "level=ERROR") || !strings.Contains(log, "stshttp_test.go") || strings.Contains(log, "aSecret") {
		t.Error(log)
	}
}

func TestOtherErrorsAreInternal(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.operations[operationName{sts.Version, "Fail"}] = &operation{
		api: stsAPI, name: "Fail", newInput: func() any { return &struct{}{} },
		call: func(context.Context, *sts.Service, *sts.Caller, any) (any, error) { return nil, errors.New("why") },
	}
	a := l.send(httptest.NewRequest(http.MethodGet, "http://"+host+"/?"+stsForm("Fail"), nil))
	if a.status != http.StatusInternalServerError || a.code != "InternalFailure" || strings.Contains(a.body, "why") {
		t.Error(a.body)
	}
}

func TestWithoutEntropyThereIsAnAnswer(t *testing.T) {
	t.Parallel()
	service, err := sts.New(labWorld(), sts.Options{Now: time.Now, Rand: brokenReader{io.EOF}, Key: []byte(strings.Repeat("k", 32))})
	if err != nil {
		t.Fatal(err)
	}
	l := newLab(t)
	l.Handler = New(service, Options{})
	if a := l.send(l.post(alice(), identify)); a.status != http.StatusInternalServerError || a.header.Get("x-amzn-RequestId") != noID {
		t.Error(a.body)
	}
}

func TestServersHaveLimits(t *testing.T) {
	t.Parallel()
	s := NewServer(newLab(t))
	for name, limit := range map[string]time.Duration{
		"header": s.ReadHeaderTimeout, "request": s.ReadTimeout, "answer": s.WriteTimeout, "idle": s.IdleTimeout,
	} {
		if limit <= 0 {
			t.Errorf("no limit: %s", name)
		}
	}
	if s.MaxHeaderBytes <= 0 || s.MaxHeaderBytes > MaxBody {
		t.Errorf("%d bytes of headers", s.MaxHeaderBytes)
	}
}

// TestSlowClientsLoseTheirConnection sends half a request and nothing more.
func TestSlowClientsLoseTheirConnection(t *testing.T) {
	t.Parallel()
	server := NewServer(newLab(t))
	server.ReadHeaderTimeout, server.ReadTimeout = 50*time.Millisecond, 100*time.Millisecond
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	for name, test := range map[string]struct {
		sent   string
		status int
	}{
		"half a header": {"POST / HTTP/1.1\r\nHost: x\r\nContent-Le", 400},
		"half a body":   {"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nAction", 408},
	} {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, test.sent); err != nil {
			t.Fatal(err)
		}
		reader := bufio.NewReader(conn)
		if response, err := http.ReadResponse(reader, nil); err == nil {
			if response.StatusCode != test.status {
				t.Errorf("%s: %s", name, response.Status)
			}
			_, _ = io.Copy(io.Discard, response.Body)
			_ = response.Body.Close()
		}
		if _, err := reader.ReadByte(); err == nil {
			t.Errorf("%s: the connection lives", name)
		}
		_ = conn.Close()
	}
}
