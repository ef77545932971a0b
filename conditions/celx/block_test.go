package celx_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/policy/cases"
	"github.com/rolecall/rolecall/policy/eval"
	"github.com/rolecall/rolecall/rolecalltest/gen"
)

// A block of several tests on one request, whose key has a value for one of
// them at most.
func TestBlocksAgree(t *testing.T) {
	t.Parallel()
	kinds := []string{"String", "Numeric", "Date", "Bool", "Binary", "IpAddress", "Arn", "Null"}
	rapid.Check(t, func(t *rapid.T) {
		var drawn family
		var tests []conditions.Test
		for range rapid.IntRange(1, 3).Draw(t, "tests") {
			drawn = families[rapid.SampledFrom(kinds).Draw(t, "family")]
			tests = append(tests, drawn.test(t))
		}
		block := conditions.NewBlock(tests)
		agree(t, &block, drawn.context(t))
	})
}

// conditionsOf gives the conditions of the statements of a document.
func conditionsOf(d *policy.Document) []conditions.Block {
	var blocks []conditions.Block
	for _, st := range d.Statements {
		if st.Condition != nil {
			blocks = append(blocks, policy.CompileCondition(st.Condition, d.HasVariables()))
		}
	}
	return blocks
}

// setsOf gives all policies of a case.
func setsOf(p *eval.Policies) []*policy.Set {
	return slices.Concat([]*policy.Set{p.Identity, p.Boundary, p.Session, p.Resource, p.Endpoint}, p.SCP, p.RCP)
}

// agreeOnCase compares every condition of a case, and gives how many it has.
func agreeOnCase(t fatal, c *cases.Case) int {
	t.Helper()
	request, err := eval.NewRequest(c.Query)
	if err != nil {
		return 0 // refused: nothing is evaluated
	}
	n := 0
	for _, set := range setsOf(&c.Policies) {
		for _, p := range set.Policies() {
			for _, block := range conditionsOf(p.Document) {
				agree(t, &block, request.Context())
				n++
			}
		}
	}
	return n
}

func TestCorpusAgrees(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../testdata/conformance/*/*.cases")
	if err != nil {
		t.Fatal(err)
	}
	options := cases.Options{Time: time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
	all, blocks := 0, 0
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		reader := cases.NewReader(f, file)
		for {
			src, err := reader.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			blocks += agreeOnCase(t, cases.Parse(src, options))
			all++
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d conditions in %d cases", blocks, all)
	if blocks < 300 {
		t.Errorf("the corpus has only %d conditions", blocks)
	}
}

func TestRandomCasesAgree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text, err := json.Marshal(gen.Case().Draw(t, "case"))
		if err != nil {
			t.Fatal(err)
		}
		agreeOnCase(t, cases.Parse(&diag.Source{Text: string(text)}, cases.Options{}))
	})
}

// FuzzCondition reads a Condition element as a document has it, and holds CEL
// against the engine for a request in which its keys are single-valued,
// multivalued and missing in turn.
func FuzzCondition(f *testing.F) {
	f.Add(`{"StringLike": {"k:a": ["a*", "${k:b, 'x'}"], "k:b": "${*}"}}`, "a", "b,c", true)
	f.Add(`{"ForAnyValue:NumericLessThanIfExists": {"k:a": [1, 2.50, "x"]}, "Bool": {"k:b": true}}`, "1e0", "true,", true)
	f.Add(`{"ArnNotLike": {"k:a": "arn:aws:s3:::${k:b}"}, "NotIpAddress": {"k:b": "::ffff:10.0.0.0/104"}}`, "10.1.2.3", "arn:aws:s3:::b", false)
	f.Add(`{"ForAllValues:DateGreaterThan": {"k:a": "2026-11-21"}, "BinaryEquals": {"k:b": "QQ=="}, "Null": {"k:c": "true"}}`, "QQ==", "1795262400,2027", true)
	f.Fuzz(func(t *testing.T, condition, single, list string, variables bool) {
		version := policy.Version2008
		if variables {
			version = policy.Version2012
		}
		text := `{"Version": "` + version + `", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": ` + condition + `}}`
		document, _ := policy.Parse(&diag.Source{Text: text}, policy.Options{Kind: policy.Identity})
		if document == nil || !utf8.ValidString(single+list) {
			return
		}
		for _, block := range conditionsOf(document) {
			for turn := range 3 {
				agree(t, &block, turnContext(&block, single, list, turn))
			}
		}
	})
}

func turnContext(block *conditions.Block, single, list string, turn int) *conditions.Context {
	ctx := conditions.NewContext(4)
	for i := range block.Tests() {
		name := block.Tests()[i].Key().String()
		switch (i + turn) % 3 {
		case 0:
			ctx.AddDefault(name, single)
		case 1:
			ctx.AddDefaultList(name, strings.Split(list, ","))
		}
	}
	return &ctx
}
