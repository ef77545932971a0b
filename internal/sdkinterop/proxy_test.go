package sdkinterop

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// proxy is an HTTPS proxy behind which every host is the endpoint. A client that
// cannot be told of another endpoint, as for the calls that it makes on its own
// for a profile, calls the hosts of AWS through it.
type proxy struct {
	url string
	// roots is a file with the certificate that clients must trust.
	roots string
}

// newProxy starts a proxy in front of a handler.
func newProxy(t *testing.T, handler http.Handler) *proxy {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{"sts.amazonaws.com", "*.amazonaws.com", "sts.us-east-1.amazonaws.com", "sts.eu-central-1.amazonaws.com"},
		IsCA:     true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{roots: filepath.Join(t.TempDir(), "roots.pem")}
	if err := os.WriteFile(p.roots, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.url = "http://" + listener.Addr().String()
	inner := &handed{conns: make(chan net.Conn), closed: make(chan struct{}), address: listener.Addr()}
	server := &http.Server{Handler: handler, TLSConfig: &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12,
	}}
	go func() { _ = server.ServeTLS(inner, "", "") }()
	go inner.accept(listener)
	t.Cleanup(func() {
		_ = listener.Close()
		_ = server.Close()
	})
	return p
}

// handed is a listener of the connections that clients asked the proxy for.
type handed struct {
	conns   chan net.Conn
	closed  chan struct{}
	once    sync.Once
	address net.Addr
}

func (h *handed) accept(listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		go h.connect(conn)
	}
}

// connect answers CONNECT, and hands the connection on.
func (h *handed) connect(conn net.Conn) {
	request, err := http.ReadRequest(bufio.NewReader(conn)) // the client waits, so nothing more is read
	if err != nil || request.Method != http.MethodConnect {
		_ = conn.Close()
		return
	}
	if _, err := conn.Write([]byte("HTTP/1.1 200 OK\r\n\r\n")); err != nil {
		_ = conn.Close()
		return
	}
	select {
	case h.conns <- conn:
	case <-h.closed:
		_ = conn.Close()
	}
}

func (h *handed) Accept() (net.Conn, error) {
	select {
	case conn := <-h.conns:
		return conn, nil
	case <-h.closed:
		return nil, net.ErrClosed
	}
}

func (h *handed) Close() error {
	h.once.Do(func() { close(h.closed) })
	return nil
}

func (h *handed) Addr() net.Addr { return h.address }
