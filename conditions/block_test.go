package conditions

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func blockOf(t *testing.T, tests ...[3]string) *Block {
	t.Helper()
	var list []Test
	for _, words := range tests {
		op, problem := ParseOperator(words[0])
		if problem != 0 {
			t.Fatal(words[0])
		}
		list = append(list, NewTest(op, words[1], []string{words[2]}, true))
	}
	b := NewBlock(list)
	return &b
}

func TestTestsKeepTheirOrderAndAreEvaluatedCheapestFirst(t *testing.T) {
	t.Parallel()
	b := blockOf(t, [3]string{"ArnLike", "a:b", "arn:*"}, [3]string{"IpAddress", "a:c", "10.0.0.0/8"}, [3]string{"StringEquals", "a:d", "x"}, [3]string{"Null", "a:e", "true"})
	keys := func(tests []Test) (keys []string) {
		for _, test := range tests {
			keys = append(keys, test.Key().String())
		}
		return keys
	}
	if diff := cmp.Diff([]string{"a:b", "a:c", "a:d", "a:e"}, keys(b.Tests())); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"a:e", "a:d", "a:c", "a:b"}, keys(b.tests)); diff != "" {
		t.Error(diff)
	}
}

func TestShareFindsTestsThatAreTheSame(t *testing.T) {
	t.Parallel()
	same := [3]string{"StringEqualsIfExists", "aws:username", "alice"}
	tests := map[string]struct {
		other  [3]string
		shared bool
	}{
		"the same":          {same, true},
		"another spelling":  {[3]string{"StringEqualsIfExists", "AWS:UserName", "alice"}, true},
		"another value":     {[3]string{"StringEqualsIfExists", "aws:username", "Alice"}, false},
		"another operator":  {[3]string{"StringLikeIfExists", "aws:username", "alice"}, false},
		"another qualifier": {[3]string{"ForAllValues:StringEqualsIfExists", "aws:username", "alice"}, false},
		"without IfExists":  {[3]string{"StringEquals", "aws:username", "alice"}, false},
		"another key":       {[3]string{"StringEqualsIfExists", "aws:userid", "alice"}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, b, c := blockOf(t, same), blockOf(t, tt.other), blockOf(t, tt.other)
			Share([]*Block{a, b, c})
			if b.tests[0].shared == 0 || b.tests[0].shared != c.tests[0].shared {
				t.Error("two equal tests share nothing")
			}
			if got := a.tests[0].shared == b.tests[0].shared; got != tt.shared {
				t.Errorf("shared: %t, want %t", got, tt.shared)
			}
		})
	}
	dollar := [3]string{"StringEquals", "a:b", "${*}"}
	a, b := blockOf(t, dollar), blockOf(t, dollar)
	if Share([]*Block{a, b}); a.tests[0].shared != 0 {
		t.Error("what a dollar sign means hangs on the document")
	}
}

func TestAMemoryChangesNoOutcome(t *testing.T) {
	t.Parallel()
	var blocks []*Block
	for i := range 400 { // more than a Memory remembers
		test := [3]string{"StringEquals", fmt.Sprintf("a:k%d", i%200), "x"}
		blocks = append(blocks, blockOf(t, test, [3]string{"StringNotEquals", "a:k1", "y"}))
	}
	Share(blocks)
	var context Context
	for i := range 60 {
		_ = context.Add(fmt.Sprintf("A:K%d", i*2), []string{"x", "y"}[i%2])
	}
	_ = context.AddOpen("a:k1", true)
	var memory Memory
	for i, b := range blocks {
		want := b.Eval(&context)
		if got := b.EvalWith(&context, &memory); got != want {
			t.Errorf("block %d: %s, want %s", i, got, want)
		}
	}
	if memory == (Memory{}) {
		t.Error("the memory remembers nothing")
	}
}

func TestCopyFromReusesItsRoom(t *testing.T) { // not parallel: it counts allocations
	var from, to Context
	var table Table
	for i := range 100 { // more than the table holds
		_ = from.Add(fmt.Sprintf("a:k%d", i), fmt.Sprint(i))
	}
	to.CopyFrom(&from, 1, &table)
	to.AddDefaultKey(NewKey("a:more"), "x")
	to.AddDefaultKey(NewKey("A:K7"), "x")
	for i := range 100 {
		if text, ok := to.TextOf(NewKey(fmt.Sprintf("A:k%d", i))); !ok || text != fmt.Sprint(i) {
			t.Fatalf("key %d is %q, %t", i, text, ok)
		}
	}
	if text, _ := to.Text("a:MORE"); text != "x" || from.Has(NewKey("a:more")) {
		t.Error("the copy has a key more, and the original has not")
	}
	if n := testing.AllocsPerRun(10, func() { to.CopyFrom(&from, 1, &table) }); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
	from.Reset()
	if from.Has(NewKey("a:k1")) || from.Add("a:k1", "again") != nil {
		t.Error("Reset leaves nothing")
	}
}
