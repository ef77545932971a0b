package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// serving is a running rolecall serve.
type serving struct {
	url    string
	log    *syncBuffer
	reload chan os.Signal
	stop   context.CancelFunc
	done   chan error
}

// syncBuffer is a buffer that one goroutine writes and another reads.
type syncBuffer struct {
	mutex sync.Mutex
	b     bytes.Buffer
	wrote *sync.Cond
}

func newSyncBuffer() *syncBuffer {
	s := &syncBuffer{}
	s.wrote = sync.NewCond(&s.mutex)
	return s
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	defer s.wrote.Broadcast()
	return s.b.Write(p)
}

// wait waits until the buffer holds a text.
func (s *syncBuffer) wait(text string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for !strings.Contains(s.b.String(), text) {
		s.wrote.Wait()
	}
}

func startServing(t *testing.T, c *serveCommand) *serving {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	s := &serving{log: newSyncBuffer(), reload: make(chan os.Signal), stop: cancel, done: make(chan error, 1)}
	env := &environment{stdout: in, stderr: s.log, now: time.Now}
	status := exitYes
	go func() {
		err := c.serve(ctx, env, &status, s.reload)
		_ = in.CloseWithError(io.EOF)
		s.done <- err
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if err != nil || !ok {
		t.Fatalf("%q %v %d %v %s", line, err, status, <-s.done, s.log.b.String())
	}
	s.url = url
	t.Cleanup(cancel)
	return s
}

func (s *serving) get(t *testing.T, path string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

func TestServe(t *testing.T) {
	t.Parallel()
	s := startServing(t, &serveCommand{Addr: "127.0.0.1:0"})
	if status, body := s.get(t, "/healthz"); status != http.StatusOK || body != "ok\n" {
		t.Errorf("%d %s", status, body)
	}
	if status, body := s.get(t, "/?Action=GetCallerIdentity&Version=2011-06-15"); status != http.StatusForbidden || !strings.Contains(body, "MissingAuthenticationToken") {
		t.Errorf("%d %s", status, body)
	}
	s.stop()
	if err := <-s.done; err != nil {
		t.Error(err)
	}
	s.log.wait("msg=stopping")
}

// TestServeReloads changes the world file: a good one is taken, a bad one is
// not, and a key says which world is in force.
func TestServeReloads(t *testing.T) {
	t.Parallel()
	world := filepath.Join(t.TempDir(), "world.yaml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(world, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	key := func(id string) string {
		return `accounts: {"111111111111": {rootAccessKeys: [{id: ` + id + `, secret: s}]}}`
	}
	write(key("AKIAFIRST00000000000"))
	s := startServing(t, &serveCommand{worldFlags: worldFlags{World: world, JSON: true}, Addr: "127.0.0.1:0"})
	// A signature that is wrong tells a key that is known from one that is not.
	knows := func(id string) bool {
		now := time.Now().UTC().Format("20060102T150405Z")
		_, body := s.get(t, "/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential="+id+
			"%2F"+now[:8]+"%2Fus-east-1%2Fsts%2Faws4_request&X-Amz-Date="+now+"&X-Amz-SignedHeaders=host&X-Amz-Signature=0")
		return strings.Contains(body, "SignatureDoesNotMatch")
	}
	if !knows("AKIAFIRST00000000000") || knows("AKIASECOND0000000000") {
		t.Error("it is not the first world")
	}
	write(key("AKIASECOND0000000000"))
	s.reload <- syscall.SIGHUP
	s.log.wait("the world was loaded again")
	if knows("AKIAFIRST00000000000") || !knows("AKIASECOND0000000000") {
		t.Error("it is not the second world")
	}
	write("accounts: [")
	s.reload <- syscall.SIGHUP
	s.log.wait("the old one stays")
	if !knows("AKIASECOND0000000000") {
		t.Error("the second world is gone")
	}
}

func TestServeRefusesAddresses(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]string{
		"0.0.0.0:0": `"0.0.0.0" is not a loopback address`, ":0": `"" is not a loopback address`, "[::]:0": `"::" is not a loopback address`,
		"192.0.2.1:80": `"192.0.2.1" is not a loopback address`, "example.com:80": `"example.com" is not a loopback address`,
		"127.0.0.1": "--addr: address 127.0.0.1: missing port in address",
	} {
		status, stdout, stderr := invoke(nil, false, "serve", "--addr", addr)
		if status != exitUnusable || stdout != "" || !strings.HasPrefix(stderr, "error: "+want+"\nhint: ") {
			t.Errorf("%s: %d %s%s", addr, status, stdout, stderr)
		}
	}
	for _, c := range []serveCommand{{Addr: "localhost:1"}, {Addr: "127.9.9.9:1"}, {Addr: "[::1]:1"}, {Addr: "0.0.0.0:1", AllowRemote: true}} {
		if err := c.checkAddress(); err != nil {
			t.Error(err)
		}
	}
}

func TestServeReadsKeys(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "key")
	for what, content := range map[string]string{
		"bytes": strings.Repeat("k", 32), "hexadecimal": strings.Repeat("6b", 32) + "\n", "base64": "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=\n",
	} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		key, err := (&serveCommand{KeyFile: name}).key()
		if err != nil || string(key) != strings.Repeat("k", 32) {
			t.Errorf("%s: %q %v", what, key, err)
		}
	}
	if err := os.WriteFile(name, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if status, _, stderr := invoke(nil, false, "serve", "--key-file", name); status != exitUnusable || !strings.Contains(stderr, "holds no key of 32 bytes\nhint: make one with: openssl") {
		t.Errorf("%d %s", status, stderr)
	}
	if key, err := (&serveCommand{}).key(); key != nil || err != nil {
		t.Error(key, err)
	}
}

func TestServeSaysWhatIsWrongWithTheWorld(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "world.yaml")
	if err := os.WriteFile(name, []byte("accounts: ["), 0o600); err != nil {
		t.Fatal(err)
	}
	if status, stdout, stderr := invoke(nil, false, "serve", "--world", name, "--addr", "127.0.0.1:0"); status != exitUnusable || stdout != "" || !strings.Contains(stderr, "world.yaml:1:") {
		t.Errorf("%d %s%s", status, stdout, stderr)
	}
}
