package conditions

import "slices"

// Block is a compiled Condition element. The zero Block has no tests and is
// true. It is immutable.
type Block struct {
	// tests are in the order in which they are run, those that cost little first,
	// document in that of the document; one slice if that is the same.
	tests, document []Test
}

// NewBlock makes the block of some tests. The slice is not copied.
func NewBlock(tests []Test) Block {
	b := Block{tests: tests, document: tests}
	cheaper := func(x, y Test) int { return x.cost() - y.cost() }
	if !slices.IsSortedFunc(tests, cheaper) {
		b.tests = slices.Clone(tests)
		slices.SortStableFunc(b.tests, cheaper)
	}
	return b
}

// cost ranks tests by what they cost: one word is compared sooner than an
// address is read, and that sooner than an ARN is cut into parts.
func (t *Test) cost() int {
	switch b := t.op.Base; {
	case b == Null:
		return 0
	case b <= StringNotLike || b == Bool:
		return len(t.values)
	case b >= ARNEquals:
		return 30 + len(t.values)
	default:
		return 20 + len(t.values)
	}
}

// Tests gives the tests in the order of the document. The slice must not be
// changed.
func (b *Block) Tests() []Test { return b.document }

// Eval tells whether all tests hold.
func (b *Block) Eval(ctx *Context) Truth { return b.EvalWith(ctx, nil) }

// EvalWith is Eval with a memory of the outcomes of tests that [Share] found
// in several blocks; all blocks must be asked about one context. Nil is no
// memory.
func (b *Block) EvalWith(ctx *Context, memory *Memory) Truth {
	all := True
	for i := range b.tests {
		var outcome Truth
		t := &b.tests[i]
		if memory == nil || t.shared == 0 {
			outcome = t.Eval(ctx)
		} else if outcome = memory.recall(t.shared); outcome == 0 {
			outcome = t.Eval(ctx)
			memory.keep(t.shared, outcome)
		}
		if outcome == False {
			return False
		}
		all |= outcome // as And, since none is False
	}
	return all
}

// Empty tells whether there are no tests.
func (b *Block) Empty() bool { return len(b.tests) == 0 }

// Memory remembers the outcomes of shared tests during one decision, in two
// bits each: it is emptied for every decision. The zero value remembers none.
type Memory [4]uint64

// remembered is how many tests a Memory has room for.
const remembered = len(Memory{}) * perWord

const perWord = 64 / 2

func (m *Memory) recall(test uint8) Truth {
	return Truth(m[test/perWord]>>(test%perWord*2)) & Unknown
}

func (m *Memory) keep(test uint8, outcome Truth) {
	m[test/perWord] |= uint64(outcome) << (test % perWord * 2)
}
