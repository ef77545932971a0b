package sdkinterop

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// scratch is where the command is built; TestMain removes it.
var scratch string

// built builds the command, once.
var built = sync.OnceValues(func() (string, error) {
	name := filepath.Join(scratch, "rolecall")
	build := exec.Command("go", "build", "-o", name, "./cmd/rolecall")
	build.Dir = "../.." // the module of the command
	if out, err := build.CombinedOutput(); err != nil {
		return "", errors.New(string(out))
	}
	return name, nil
})

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "rolecall")
	if err != nil {
		panic(err)
	}
	scratch = dir
	status := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(status)
}

// process is a running rolecall serve.
type process struct {
	url   string
	world string // the file
	cmd   *exec.Cmd
	log   *bufio.Reader
}

// serve starts the command on a free port.
func serve(t *testing.T) *process {
	t.Helper()
	name, err := built()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	p := &process{world: filepath.Join(dir, "world.yaml")}
	key := filepath.Join(dir, "key")
	for file, content := range map[string]string{p.world: document(), key: string(sealKey)} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p.cmd = exec.Command(name, "serve", "--world", p.world, "--addr", "127.0.0.1:0", "--key-file", key, "--json")
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	log, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.log = bufio.NewReader(log)
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		_, _ = p.cmd.Process.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if err != nil || !ok {
		rest, _ := io.ReadAll(p.log)
		t.Fatalf("%q %v %s", line, err, rest)
	}
	p.url = url
	return p
}

// logged reads the log up to a line that holds a text.
func (p *process) logged(t *testing.T, text string) string {
	t.Helper()
	for {
		line, err := p.log.ReadString('\n')
		if err != nil {
			t.Fatalf("%v before %q", err, text)
		}
		if strings.Contains(line, text) {
			return line
		}
	}
}

func TestSignals(t *testing.T) {
	t.Parallel()
	for _, end := range []os.Signal{syscall.SIGINT, syscall.SIGTERM} {
		p := serve(t)
		l := &lab{url: p.url, t: t}
		if got := l.identity(l.alice()); got != aliceARN {
			t.Error(got)
		}
		if line := p.logged(t, `"msg":"call"`); !strings.Contains(line, `"who":"`+aliceARN+`","what":"sts:GetCallerIdentity"`) {
			t.Error(line)
		}
		if err := os.WriteFile(p.world, []byte("accounts: ["), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, step := range []struct {
			signal os.Signal
			logged string
		}{{syscall.SIGHUP, "the old one stays"}, {end, "stopping"}} {
			if err := p.cmd.Process.Signal(step.signal); err != nil {
				t.Fatal(err)
			}
			p.logged(t, step.logged)
		}
		if state, err := p.cmd.Process.Wait(); err != nil || state.ExitCode() != 0 {
			t.Errorf("%v: %v %v", end, state, err)
		}
	}
}
