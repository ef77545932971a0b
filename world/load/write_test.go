package load_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/rolecalltest/gen"
	"github.com/rolecall/rolecall/world"
	"github.com/rolecall/rolecall/world/load"
)

// sameWorld compares descriptions: documents by what they say, places not at
// all, and an absent list like an empty one but where that means another thing.
var sameWorld = cmp.Options{
	cmp.Comparer(func(a, b *policy.Document) bool {
		return (a == nil) == (b == nil) && (a == nil || a.Kind == b.Kind && a.String() == b.String())
	}),
	cmp.Comparer(func(a, b world.Place) bool { return true }),
	cmpopts.IgnoreUnexported(world.User{}, world.Group{}, world.Role{}),
	cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() != ".SCPs" }, cmpopts.EquateEmpty()),
}

type failer interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

func written(t failer, w *world.World) string {
	t.Helper()
	var out bytes.Buffer
	if err := load.Write(&out, w); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func parsed(t failer, name, text string) *world.World {
	t.Helper()
	w, problems := load.Parse(name, text)
	if w == nil {
		t.Fatalf("%v\n%s", problems, text)
	}
	return w
}

func TestWhatIsWrittenReadsBackAsTheSameWorld(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := gen.Load(t, gen.World().Draw(t, "world"))
		text := written(t, w)
		again := parsed(t, "written.json", text)
		if diff := cmp.Diff(w.Description(), again.Description(), sameWorld); diff != "" {
			t.Fatalf("%s\n%s", diff, text)
		}
		if diff := cmp.Diff(text, written(t, again)); diff != "" {
			t.Fatal(diff)
		}
		// The JSON is YAML as well.
		if diff := cmp.Diff(text, written(t, parsed(t, "written.yaml", text))); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestWriteIsCanonical(t *testing.T) {
	t.Parallel()
	w := parsed(t, "world.yaml", `
accounts:
  "111122223333":
    policies: {unknown: null, limit: {path: /a/, document: {Version: "2012-10-17", Statement: {Effect: Allow, Action: ["s3:*"], Resource: "*"}}}}
    users:
      zoe: {path: /, partial: true, attachedPolicies: ["arn:aws:iam::aws:policy/ReadOnlyAccess"]}
      bob: {tags: {b: 1, a: yes}, accessKeys: [{id: AKIA1, secret: s, status: Active}]}
    serviceControlPolicies: []
`)
	want := `{
  "partition": "aws",
  "accounts": {
    "111122223333": {
      "serviceControlPolicies": [],
      "policies": {
        "limit": {
          "path": "/a/",
          "document": {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}
        },
        "unknown": null
      },
      "users": {
        "bob": {
          "id": "AIDARTX3GSDS3VJQHVDRC",
          "tags": {
            "b": "1",
            "a": "yes"
          },
          "accessKeys": [
            {
              "id": "AKIA1",
              "secret": "s"
            }
          ]
        },
        "zoe": {
          "id": "AIDARTX3GSDS5DMB4GTT4",
          "attachedPolicies": ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
          "partial": true
        }
      }
    }
  }
}
`
	if diff := cmp.Diff(want, written(t, w)); diff != "" {
		t.Error(diff)
	}
}

// broken is a stream that cannot be written.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("the disk is full") }

func TestWriteSaysWhatItCannotWrite(t *testing.T) {
	t.Parallel()
	document := parsed(t, "w.yaml", `{accounts: {"111122223333": {users: {a: {policies: {p: {Version: "2012-10-17", Statement: [{Effect: Deny, Action: "*", Resource: "*"}]}}}}}}}`)
	inline := document.User("arn:aws:iam::111122223333:user/a").Inline[0]
	trust := parsed(t, "w.yaml", `{accounts: {"111122223333": {roles: {r: {trustPolicy: {Version: "2012-10-17", Statement: [{Effect: Deny, Action: "*", Principal: {AWS: "*"}}]}}}}}}`).
		Role("arn:aws:iam::111122223333:role/r").Trust
	tests := map[string]struct {
		account world.Account
		want    string
	}{
		"two inline policies of one name": {
			world.Account{Users: []world.User{{Name: "a", Permissions: world.Permissions{Inline: []policy.Policy{inline, inline}}}}},
			`policies cannot be written: "p" occurs twice`,
		},
		"half a second": {
			world.Account{Roles: []world.Role{{Name: "r", Trust: trust, MaxSessionDuration: time.Hour + time.Second/2}}},
			"1h0m0.5s is not a whole number of seconds",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.account.ID = "111122223333"
			w, problems := world.New(world.Description{Accounts: []world.Account{tt.account}})
			if w == nil {
				t.Fatal(problems)
			}
			if err := load.Write(&bytes.Buffer{}, w); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %s", err, tt.want)
			}
		})
	}
	if err := load.Write(broken{}, document); err == nil {
		t.Error("a stream that fails must fail")
	}
}

func TestVersionsOfAPolicyAreKept(t *testing.T) {
	t.Parallel()
	w := parsed(t, "w.yaml", `
accounts:
  "111122223333":
    policies:
      p:
        id: ANPAEXAMPLE
        versions:
          - {id: v1, document: {Version: "2012-10-17", Statement: [{Effect: Deny, Action: "*", Resource: "*"}]}}
          - {id: v2, default: true, document: null}
      q: {id: ANPAOTHER, document: null}
`)
	again := parsed(t, "again.json", written(t, w))
	if diff := cmp.Diff(w.Description(), again.Description(), sameWorld); diff != "" {
		t.Error(diff)
	}
	p := again.ManagedPolicy("arn:aws:iam::111122223333:policy/p")
	if len(p.Versions) != 2 || p.Document() != nil || p.ID != "ANPAEXAMPLE" {
		t.Errorf("%+v", p)
	}
}
