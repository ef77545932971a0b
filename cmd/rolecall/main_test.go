package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"rolecall": main})
}

// TestScripts runs the command the way a shell does.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{Dir: "testdata/script"})
}

// invoke runs the command within the test.
func invoke(stdin io.Reader, terminal bool, args ...string) (status int, stdout, stderr string) {
	var out, errs bytes.Buffer
	status = run(args, environment{
		stdin: stdin, stdout: &out, stderr: &errs, stdoutTerminal: terminal, stdinTerminal: terminal,
		now: func() time.Time { return time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC) },
	})
	return status, out.String(), errs.String()
}

// TestCorpus decides the conformance corpus by the command, as files and as
// JSON Lines on standard input.
func TestCorpus(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../testdata/conformance/*/*.cases")
	if err != nil || len(files) == 0 {
		t.Fatalf("no corpus: %v", err)
	}
	status, stdout, stderr := invoke(nil, false, append([]string{"eval"}, files...)...)
	if status != exitYes || stderr != "" {
		t.Errorf("status %d: %s", status, stderr)
	}
	cases := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		cases += strings.Count(string(text), "\n  \"name\": ")
	}
	if got := strings.Count(stdout, "\n"); got != cases {
		t.Errorf("%d results for %d cases", got, cases)
	}
	for line := range strings.Lines(stdout) {
		if !strings.HasPrefix(line, `{"name":"`) || !strings.HasSuffix(line, "}\n") {
			t.Fatalf("not a result: %s", line)
		}
	}
}

func TestTerminalOutput(t *testing.T) {
	t.Parallel()
	status, stdout, _ := invoke(nil, true, "eval", "--example")
	if status != exitYes || !strings.Contains(stdout, "\x1b[32m\x1b[1mallowed\x1b[0m") || strings.Contains(stdout, "{\"name\"") {
		t.Errorf("status %d:\n%s", status, stdout)
	}
	in := strings.NewReader(`{"name": "x", "request": {"principal": "*", "action": "s3:GetObject", "resource": "*"}}` + "\n")
	status, stdout, stderr := invoke(in, true, "eval")
	if status != exitYes || !strings.Contains(stdout, "1 cases, all as expected") || !strings.Contains(stderr, "reading cases from the terminal") {
		t.Errorf("status %d:\n%s\n%s", status, stdout, stderr)
	}
}

func TestExitStatus(t *testing.T) {
	t.Parallel()
	const request = `"request": {"principal": "*", "action": "s3:GetObject", "resource": "*"}`
	tests := map[string]struct {
		stdin string
		args  []string
		want  int
	}{
		"decided":                     {`{` + request + `}`, []string{"eval"}, exitYes},
		"as expected":                 {`{` + request + `, "expect": {"decision": "implicitDeny"}}`, []string{"eval"}, exitYes},
		"not as expected":             {`{` + request + `, "expect": {"decision": "allowed"}}`, []string{"eval"}, exitNo},
		"invalid":                     {`{}`, []string{"eval"}, exitUnusable},
		"invalid, as expected":        {`{"expect": {"decision": "error"}}`, []string{"eval"}, exitYes},
		"nothing":                     {``, []string{"eval"}, exitUnusable},
		"no such file":                {``, []string{"eval", "/no/such/file"}, exitUnusable},
		"no such flag":                {``, []string{"eval", "--no-such-flag"}, exitUnusable},
		"a request that is allowed":   {``, []string{"eval", "--principal", "arn:aws:iam::111122223333:root", "--action", "s3:GetObject"}, exitYes},
		"a request that is denied":    {``, []string{"eval", "--principal", "*", "--action", "s3:GetObject"}, exitNo},
		"a request that cannot be":    {``, []string{"eval", "--principal", "x", "--action", "s3:GetObject"}, exitUnusable},
		"a request without an action": {``, []string{"eval", "--principal", "*"}, exitUnusable},
		"help":                        {``, []string{"eval", "--help"}, exitYes},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, stdout, stderr := invoke(strings.NewReader(tt.stdin), false, tt.args...); got != tt.want {
				t.Errorf("status %d, want %d\n%s%s", got, tt.want, stdout, stderr)
			}
		})
	}
}

// brokenPipe fails after a number of bytes.
type brokenPipe struct{ left int }

func (p *brokenPipe) Write(b []byte) (int, error) {
	if p.left -= len(b); p.left < 0 {
		return 0, errors.New("broken pipe")
	}
	return len(b), nil
}

func TestAFullDiskIsAnError(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"eval", "--example"}, {"eval", "--example", "--json"}, {"eval", "--principal", "*", "--action", "s3:GetObject"}} {
		var errs bytes.Buffer
		status := run(args, environment{stdout: &brokenPipe{left: 10}, stderr: &errs, now: time.Now})
		if status != exitUnusable || !strings.Contains(errs.String(), "error: broken pipe") {
			t.Errorf("%v: status %d, %s", args, status, errs.String())
		}
	}
}

func TestResultsArriveWhileTheStreamIsOpen(t *testing.T) {
	t.Parallel()
	in, write := io.Pipe()
	read, out := io.Pipe()
	done := make(chan int)
	go func() {
		done <- run([]string{"eval"}, environment{stdin: in, stdout: out, stderr: io.Discard, now: time.Now})
	}()
	line := make([]byte, 1<<16)
	for range 3 {
		if _, err := io.WriteString(write, `{"name": "x", "request": {"principal": "*", "action": "s3:GetObject", "resource": "*"}}`+"\n"); err != nil {
			t.Fatal(err)
		}
		n, err := read.Read(line)
		if err != nil || !strings.HasPrefix(string(line[:n]), `{"name":"x","decision":"implicitDeny"`) {
			t.Fatalf("%s, %v", line[:n], err)
		}
	}
	if err := write.Close(); err != nil {
		t.Fatal(err)
	}
	if status := <-done; status != exitYes {
		t.Errorf("status %d", status)
	}
}
