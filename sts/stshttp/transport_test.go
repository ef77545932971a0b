package stshttp

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestTransport(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	client := &http.Client{Transport: l.Transport()}
	s := alice()
	for name, signed := range map[string]*http.Request{
		"a POST": l.post(s, identify), "a GET": l.get(s, identify), "a presigned GET": l.presign(s, http.MethodGet),
	} {
		// As a client makes it.
		r, err := http.NewRequestWithContext(t.Context(), signed.Method, "https://"+host+"/?"+signed.URL.RawQuery, signed.Body)
		if err != nil {
			t.Fatal(err)
		}
		r.Header = signed.Header
		response, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		if err != nil || response.StatusCode != http.StatusOK || !strings.Contains(string(body), "user/dev/alice") {
			t.Errorf("%s: %v %s", name, err, body)
		}
		if response.Status != "200 OK" || response.ContentLength != int64(len(body)) || response.Request != r {
			t.Errorf("%s: %+v", name, response)
		}
		_ = response.Body.Close()
	}
	if !strings.Contains(l.log.String(), "source=127.0.0.1") {
		t.Error(l.log.String())
	}
}

// closing tells whether it was closed.
type closing struct {
	io.Reader
	closed bool
}

func (c *closing) Close() error {
	c.closed = true
	return nil
}

func TestTransportClosesBodies(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for range 2 {
		body := &closing{Reader: strings.NewReader(identify)}
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://"+host, body)
		if err != nil {
			t.Fatal(err)
		}
		response, err := l.Transport().RoundTrip(r)
		if err == nil {
			_ = response.Body.Close()
		}
		if (ctx.Err() != nil) != errors.Is(err, context.Canceled) || !body.closed {
			t.Errorf("%v, closed: %t", err, body.closed)
		}
		cancel() // the second is not answered
	}
}

func TestTransportWithoutURL(t *testing.T) {
	t.Parallel()
	if response, err := newLab(t).Transport().RoundTrip(&http.Request{}); err == nil {
		_ = response.Body.Close()
		t.Error("no error")
	}
}
