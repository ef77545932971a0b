package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// worldQuestion is the part of a question of testdata/worlds that the command
// line can ask.
type worldQuestion struct {
	Name, From, To, Who string
	Context             map[string]any
	MFA                 bool
	Hops                int
	Expect              struct {
		Verdict, Reason string
		Residual        []string
		Principals      map[string]string
	}
}

func (q *worldQuestion) args(world string) []string {
	args := []string{"can-assume", "--json", "--world", world}
	if q.Who != "" {
		args[0] = "who-can-assume"
	}
	for _, key := range slices.Sorted(maps.Keys(q.Context)) {
		value, ok := q.Context[key].(string)
		if !ok {
			list, _ := json.Marshal(q.Context[key])
			value = string(list)
		}
		if key == "sts:ExternalId" {
			args = append(args, "--external-id", value)
		} else {
			args = append(args, "--context", key+"="+value)
		}
	}
	if q.MFA {
		args = append(args, "--mfa")
	}
	if q.Hops > 1 {
		args = append(args, "--hops", string(rune('0'+q.Hops)))
	}
	if q.Who != "" {
		return append(args, q.Who)
	}
	return append(args, q.From, q.To)
}

// TestWorldsOnTheCommandLine asks every question of testdata/worlds of the
// command.
func TestWorldsOnTheCommandLine(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../testdata/worlds/*/questions.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatalf("no worlds: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(bytes.NewReader(text))
		for lines.Scan() {
			var q worldQuestion
			if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
				t.Fatal(err)
			}
			t.Run(filepath.Base(filepath.Dir(file))+"/"+q.Name, func(t *testing.T) {
				t.Parallel()
				ask(t, &q, filepath.Join(filepath.Dir(file), "world.yaml"))
			})
		}
	}
}

func ask(t *testing.T, q *worldQuestion, world string) {
	t.Helper()
	status, stdout, stderr := invoke(nil, false, q.args(world)...)
	if stderr != "" {
		t.Fatalf("status %d: %s", status, stderr)
	}
	if q.Who != "" {
		var got struct {
			Principals []struct{ ARN, Verdict string }
		}
		if err := json.Unmarshal([]byte(stdout), &got); err != nil || status != exitYes {
			t.Fatalf("status %d, %v: %s", status, err, stdout)
		}
		principals := map[string]string{}
		for _, p := range got.Principals {
			principals[p.ARN] = p.Verdict
		}
		if diff := cmp.Diff(q.Expect.Principals, principals); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		return
	}
	var got struct {
		Verdict, Reason string
		Residual        []struct{ Key string }
	}
	if err := json.Unmarshal([]byte(stdout), &got); err != nil {
		t.Fatalf("%v: %s", err, stdout)
	}
	want := map[string]int{"yes": exitYes, "no": exitNo, "conditional": exitConditional}[q.Expect.Verdict]
	if got.Verdict != q.Expect.Verdict || got.Reason != q.Expect.Reason || status != want {
		t.Errorf("%s by %q with status %d, want %s by %q with %d", got.Verdict, got.Reason, status, q.Expect.Verdict, q.Expect.Reason, want)
	}
	var keys []string
	for _, c := range got.Residual {
		keys = append(keys, c.Key)
	}
	slices.Sort(keys)
	if diff := cmp.Diff(q.Expect.Residual, slices.CompactFunc(keys, strings.EqualFold)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
