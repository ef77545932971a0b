package policy_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/rolecalltest/gen"
)

func parse(t *rapid.T, kind policy.Kind, text []byte) *policy.Document {
	t.Helper()
	d, list := policy.Parse(&diag.Source{Name: "p", Text: string(text)}, policy.Options{Kind: kind})
	if d == nil {
		t.Fatalf("%s is refused: %v", text, list)
	}
	return d
}

func TestPrintingAndParsingAreInverse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]policy.Kind{
			policy.Identity, policy.Boundary, policy.Session, policy.SCP, policy.RCP, policy.Resource, policy.Trust, policy.Endpoint,
		}).Draw(t, "kind")
		text, err := json.Marshal(gen.Policy(kind).Draw(t, "policy"))
		if err != nil {
			t.Fatal(err)
		}
		d := parse(t, kind, text)
		again := parse(t, kind, d.AppendJSON(nil))
		same := cmp.Options{cmpopts.IgnoreTypes(diag.Span{}, diag.List{}, &diag.Source{}), cmpopts.EquateEmpty()}
		if diff := cmp.Diff(d, again, same); diff != "" {
			t.Fatalf("-document +read back\n%s", diff)
		}
	})
}
