package bench

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rolecall/rolecall/sts/stshttp"
)

// client calls an endpoint with signed requests, as an SDK does.
type client struct {
	http *http.Client
	url  string
	host string
}

// newClient starts an endpoint on a loopback address.
func newClient(tb testing.TB, handler http.Handler) *client {
	tb.Helper()
	server := stshttp.NewServer(handler)
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	go func() { _ = server.Serve(listener) }()
	tb.Cleanup(func() { _ = server.Close() })
	host := listener.Addr().String()
	return &client{
		http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256, DisableCompression: true}},
		url:  "http://" + host + "/", host: host,
	}
}

// signer is who signs.
type signer struct{ key, secret, token string }

var stsSigner = signer{key: stsKey, secret: "secret"}

const formType = "application/x-www-form-urlencoded; charset=utf-8"

func mac(key []byte, text string) []byte {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(text))
	return m.Sum(nil)
}

func sum(text string) string {
	digest := sha256.Sum256([]byte(text))
	return hex.EncodeToString(digest[:])
}

// authorization signs a POST of a form.
func (s *signer) authorization(host, date, body string) string {
	headers, values := "content-type;host;x-amz-date", "content-type:"+formType+"\nhost:"+host+"\nx-amz-date:"+date+"\n"
	if s.token != "" {
		headers, values = headers+";x-amz-security-token", values+"x-amz-security-token:"+s.token+"\n"
	}
	scope := date[:8] + "/us-east-1/sts/aws4_request"
	key := []byte("AWS4" + s.secret)
	for part := range strings.SplitSeq(scope, "/") {
		key = mac(key, part)
	}
	canonical := "POST\n/\n\n" + values + "\n" + headers + "\n" + sum(body)
	return "AWS4-HMAC-SHA256 Credential=" + s.key + "/" + scope + ", SignedHeaders=" + headers + ", Signature=" +
		hex.EncodeToString(mac(key, "AWS4-HMAC-SHA256\n"+date+"\n"+scope+"\n"+sum(canonical)))
}

// call makes a signed call and gives status and answer.
func (c *client) call(s *signer, body string) (int, string, error) {
	request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, c.url, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	date := time.Now().UTC().Format("20060102T150405Z")
	request.Header.Set("Content-Type", formType)
	request.Header.Set("X-Amz-Date", date)
	if s.token != "" {
		request.Header.Set("X-Amz-Security-Token", s.token)
	}
	request.Header.Set("Authorization", s.authorization(c.host, date, body))
	response, err := c.http.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	answer := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(answer)
	answer.Reset()
	_, err = io.Copy(answer, response.Body)
	return response.StatusCode, answer.String(), err
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

const (
	identityForm = "Action=GetCallerIdentity&Version=2011-06-15"
	assumeForm   = "Action=AssumeRole&Version=2011-06-15&RoleSessionName=run-1&RoleArn=arn%3Aaws%3Aiam%3A%3A" + stsAccount + "%3Arole%2Fci%2Fdeploy"
)

// BenchmarkHTTP makes signed calls over loopback, client and endpoint on the
// same cores.
func BenchmarkHTTP(b *testing.B) {
	s := newSTS(b, team)
	c := newClient(b, stshttp.New(s.Service, stshttp.Options{}))
	status, answer, err := c.call(&stsSigner, assumeForm)
	if status != http.StatusOK || err != nil {
		b.Fatal(status, answer, err)
	}
	session := signer{key: between(answer, "AccessKeyId"), secret: between(answer, "SecretAccessKey"), token: between(answer, "SessionToken")}
	for _, call := range []struct {
		name   string
		signer *signer
		form   string
	}{{"GetCallerIdentity", &stsSigner, identityForm}, {"GetCallerIdentity/session", &session, identityForm}, {"AssumeRole", &stsSigner, assumeForm}} {
		b.Run(call.name, func(b *testing.B) {
			b.SetParallelism(8)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if status, answer, err := c.call(call.signer, call.form); status != http.StatusOK || err != nil {
						b.Error(fmt.Errorf("%d %s %w", status, answer, err))
						return
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
		})
	}
}

// between gives the text of an element.
func between(answer, element string) string {
	_, rest, _ := strings.Cut(answer, "<"+element+">")
	text, _, _ := strings.Cut(rest, "</"+element+">")
	return text
}
