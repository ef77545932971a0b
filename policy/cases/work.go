package cases

import (
	"fmt"
	"strings"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
)

// A comparison takes time in proportion to the value of the request, so a case
// of some megabytes, with many patterns and many long values, could keep the
// engine busy for minutes. Such a case is refused.
const (
	// maxWork bounds the steps of all comparisons together, which is about a
	// second. Policies and a context as large as AWS takes them stay far below.
	maxWork = 100_000_000
	// easyBytes is the length of a case that cannot come near maxWork.
	easyBytes = 32 << 10
	// stepBytes is how many bytes of a pattern one step tries at once.
	stepBytes = 64
)

// checkWork refuses a case that would take too long to decide.
func (p *parser) checkWork() {
	if len(p.c.Source.Text) <= easyBytes || p.c.Problems.HasErrors() {
		return
	}
	w := newWork(p.c)
	if steps := w.count(p.c); steps > maxWork {
		p.fail(CodeBadValue, diag.Span{Start: 0, End: 1},
			fmt.Sprintf("to decide the case could take %d steps, more than the %d that are taken", steps, maxWork),
			"use fewer or shorter policies, or fewer or shorter context values")
	}
}

// work counts the steps that the comparisons of a case could take.
type work struct {
	context *conditions.Context
	keys    int            // of the context
	longest int            // value of the context, which a variable may stand for
	lengths map[string]int // the bytes of a key's values, by the key as policies write it
}

func newWork(c *Case) *work {
	w := &work{context: &c.Query.Context, lengths: map[string]int{}}
	for _, seen := range w.context.All() {
		w.keys++
		for _, value := range seen.Values {
			w.longest = max(w.longest, len(value))
		}
	}
	return w
}

func (w *work) count(c *Case) (steps int) {
	p := &c.Policies
	sets := append(append([]*policy.Set{p.Identity, p.Boundary, p.Session, p.Resource, p.Endpoint}, p.SCP...), p.RCP...)
	for _, set := range sets {
		for _, one := range set.Policies() {
			for i := range one.Document.Statements {
				if steps += w.statement(&one.Document.Statements[i], len(c.Query.Resource)); steps > maxWork {
					return steps // enough, and far from what an int holds
				}
			}
		}
	}
	return steps
}

func (w *work) statement(st *policy.Statement, resource int) (steps int) {
	if st.Resource != nil {
		steps = w.items(st.Resource.Items, resource)
	}
	for _, operator := range st.Condition {
		for _, key := range operator.Keys {
			steps += w.keys + w.items(key.Values, w.length(key.Name.Value))
		}
	}
	return steps
}

// items counts what it takes to compare each item with n bytes.
func (w *work) items(items []policy.Text, n int) (steps int) {
	for _, item := range items {
		pattern := len(item.Value)
		if strings.Contains(item.Value, "${") {
			pattern += w.longest
		}
		steps += n * (1 + pattern/stepBytes)
	}
	return steps
}

// length is how many bytes the values of a key have together.
func (w *work) length(key string) int {
	n, ok := w.lengths[key]
	if !ok {
		for _, value := range w.context.Look(conditions.NewKey(key)).Values {
			n += len(value) + 1
		}
		w.lengths[key] = n
	}
	return n
}
