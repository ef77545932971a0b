package reach_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/reach"
	"github.com/rolecall/rolecall/world/load"
)

// question is a line of testdata/worlds/*/questions.jsonl; the README there
// tells what the fields mean.
type question struct {
	Name    string         `json:"name"`
	From    string         `json:"from"`
	To      string         `json:"to"`
	Who     string         `json:"who"`
	Context map[string]any `json:"context"`
	MFA     bool           `json:"mfa"`
	Hops    int            `json:"hops"`
	Expect  struct {
		Verdict    string            `json:"verdict"`
		Reason     string            `json:"reason"`
		SID        string            `json:"sid"`
		Residual   []string          `json:"residual"`
		Values     []string          `json:"values"`
		Via        []string          `json:"via"`
		Principals map[string]string `json:"principals"`
	} `json:"expect"`
}

func (q *question) call(t *testing.T) reach.Call {
	t.Helper()
	var call reach.Call
	for _, key := range slices.Sorted(maps.Keys(q.Context)) {
		seen := conditions.Seen{}
		switch v := q.Context[key].(type) {
		case string:
			seen.Values = []string{v}
		case []any:
			seen.Multivalued = true
			for _, item := range v {
				seen.Values = append(seen.Values, item.(string))
			}
		}
		call.Context.Set(conditions.NewKey(key), seen)
	}
	if q.MFA {
		call.Context.Set(conditions.NewKey("aws:MultiFactorAuthPresent"), conditions.Seen{Values: []string{"true"}})
	}
	return call
}

// questions reads the questions of a world. It fails on a field that is not
// known and on a name that stands twice.
func questions(t *testing.T, folder string) []question {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, "questions.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var list []question
	names := map[string]bool{}
	for decoder.More() {
		var q question
		if err := decoder.Decode(&q); err != nil {
			t.Fatalf("%s: %v", folder, err)
		}
		if names[q.Name] || q.Name == "" {
			t.Errorf("%s: the name %q is used twice or empty", folder, q.Name)
		}
		names[q.Name] = true
		list = append(list, q)
	}
	return list
}

func TestWorlds(t *testing.T) {
	t.Parallel()
	folders, err := filepath.Glob("../testdata/worlds/*/questions.jsonl")
	if err != nil || len(folders) == 0 {
		t.Fatalf("no worlds: %v", err)
	}
	for _, file := range folders {
		folder := filepath.Dir(file)
		t.Run(filepath.Base(folder), func(t *testing.T) {
			t.Parallel()
			w, problems := load.File(filepath.Join(folder, "world.yaml"))
			if len(problems) > 0 {
				_ = diag.Render(t.Output(), problems, diag.Style{})
			}
			if w == nil {
				t.Fatal("the world does not load")
			}
			f := reach.New(w)
			for _, q := range questions(t, folder) {
				t.Run(q.Name, func(t *testing.T) {
					if q.Who != "" {
						checkWho(t, f, q)
					} else {
						checkCan(t, f, q)
					}
				})
			}
		})
	}
}

func checkWho(t *testing.T, f *reach.Finder, q question) {
	t.Helper()
	list, err := f.WhoCanAssume(q.Who, q.call(t))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, a := range list {
		got[a.Principal] = a.Verdict.String()
	}
	if diff := cmp.Diff(q.Expect.Principals, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func checkCan(t *testing.T, f *reach.Finder, q question) {
	t.Helper()
	answer, err := f.CanAssume(reach.Question{From: q.From, To: q.To, Hops: q.Hops, Call: q.call(t)})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]any{"verdict": answer.Verdict.String()}
	want := map[string]any{"verdict": q.Expect.Verdict}
	last := &answer.Hops[len(answer.Hops)-1]
	if q.Expect.Reason != "" {
		want["reason"], got["reason"] = q.Expect.Reason, reason(last)
	}
	if q.Expect.SID != "" {
		want["sid"], got["sid"] = q.Expect.SID, denier(last)
	}
	var keys, values, via []string
	for i := range answer.Hops {
		for _, c := range answer.Hops[i].Conditions() {
			keys = append(keys, c.Key)
			values = append(values, c.Values...)
		}
		if i > 0 {
			via = append(via, answer.Hops[i].From)
		}
	}
	slices.Sort(keys)
	if q.Expect.Values != nil {
		want["values"], got["values"] = q.Expect.Values, values
	}
	want["residual"], got["residual"] = q.Expect.Residual, keysOf(keys, q.Expect.Residual)
	want["via"], got["via"] = q.Expect.Via, via
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// keysOf gives each key once; of an unknown policy the part that allows and the
// one that does not deny are one.
func keysOf(keys, like []string) []string {
	keys = slices.CompactFunc(keys, strings.EqualFold)
	if len(like) == 1 && strings.HasPrefix(like[0], "rolecall:UnknownPolicy/") {
		return slices.Compact(keys)
	}
	return keys
}

func reason(h *reach.Hop) string {
	if h.Refusal != "" {
		return "refused"
	}
	asked, _ := h.Deciding()
	return asked.Decision.Reason.String()
}

// denier gives the sid of the statement that denies.
func denier(h *reach.Hop) string {
	asked, _ := h.Deciding()
	for m := range asked.Decision.Matched() {
		return m.Statement.Sid
	}
	return ""
}
