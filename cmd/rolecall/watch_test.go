package main

import (
	"bufio"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestWatchRunsAgain changes the files of a run and waits for the next one.
func TestWatchRunsAgain(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const tests = "policies: {identity: {file: p.json}}\ntests:\n- {name: gets, can: s3:GetObject}\n"
	policy := func(action string) string {
		return `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "` + action + `", "Resource": "*"}]}`
	}
	write("a.iam.yaml", tests)
	write("p.json", policy("s3:GetObject"))
	out, in := io.Pipe()
	env := &environment{stdout: in, stderr: in, now: time.Now}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		c := &testCommand{Paths: []string{folder}, Format: "text"}
		done <- c.watch(ctx, env, nil)
		in.Close() //nolint:errcheck // of a pipe it is always nil
	}()
	lines := bufio.NewScanner(out)
	until := func(want string) {
		t.Helper()
		for lines.Scan() {
			if strings.HasPrefix(lines.Text(), want) {
				return
			}
		}
		t.Fatalf("no line %q", want)
	}
	until("1 test in 1 file, all passed")
	until("watching")
	write("p.json", policy("s3:PutObject*"))
	until("1 test in 1 file, 1 failed")
	until("watching")
	write("b.iam.yaml", tests)
	until("2 tests in 2 files, 2 failed")
	until("watching")
	write("a.iam.yaml", "nonsense")
	until("1 test in 2 files, 1 failed; 1 file cannot be used")
	until("watching")
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
