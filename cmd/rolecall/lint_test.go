package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestLintExitStatus(t *testing.T) {
	t.Parallel()
	const (
		clean = `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}}`
		admin = `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}`
	)
	tests := map[string]struct {
		stdin string
		args  []string
		want  int
	}{
		"clean":                   {clean, nil, exitYes},
		"a security finding":      {admin, nil, exitNo},
		"below the severity":      {admin, []string{"--fail-on", "error"}, exitYes},
		"at the severity":         {admin, []string{"--fail-on", "security"}, exitNo},
		"accepted":                {admin, []string{"--ignore", "ADMIN_STAR=it is the administrators' policy"}, exitYes},
		"refused":                 {`{"Version": "2012-10-17"}`, nil, exitNo},
		"refused, of least worth": {`{"Version": "2012-10-17"}`, []string{"--fail-on", "error"}, exitNo},
		"no JSON":                 {`{`, nil, exitUnusable},
		"nothing":                 {``, nil, exitUnusable},
		"no such kind":            {clean, []string{"--kind", "cake"}, exitUnusable},
		"no such file":            {clean, []string{"/no/such/file"}, exitUnusable},
		"no such reference":       {clean, []string{"--reference", "/no/such/folder"}, exitUnusable},
		"no such account":         {clean, []string{"--account", "12"}, exitUnusable},
		"no reason":               {admin, []string{"--ignore", "ADMIN_STAR"}, exitUnusable},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, stdout, stderr := invoke(strings.NewReader(tt.stdin), false, append([]string{"lint"}, tt.args...)...)
			if got != tt.want {
				t.Errorf("status %d, want %d\n%s%s", got, tt.want, stdout, stderr)
			}
		})
	}
}

func TestLintOnATerminal(t *testing.T) {
	t.Parallel()
	status, stdout, stderr := invoke(strings.NewReader(`{"Statement": []}`), true, "lint")
	if status != exitNo || !strings.Contains(stdout, "\x1b[31m\x1b[1merror:\x1b[0m") || !strings.Contains(stderr, "reading a policy from the terminal") {
		t.Errorf("status %d\n%s%s", status, stdout, stderr)
	}
}

func TestLintOnAFullDisk(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"text", "json", "sarif", "github"} {
		var errs bytes.Buffer
		status := run([]string{"lint", "--format", format}, environment{stdin: strings.NewReader(`{"Statement": []}`), stdout: &brokenPipe{left: 10}, stderr: &errs, now: time.Now})
		if status != exitUnusable || !strings.Contains(errs.String(), "error: broken pipe") {
			t.Errorf("%s: status %d, %s", format, status, errs.String())
		}
	}
}

func TestLintReadsNoMoreThanAPolicyMayHave(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "large.json")
	if err := os.WriteFile(name, bytes.Repeat([]byte(" "), 3<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	status, stdout, _ := invoke(nil, false, "lint", name)
	if status != exitUnusable || !strings.Contains(stdout, "more than the 2097152 that are read") {
		t.Errorf("status %d: %s", status, stdout)
	}
}
