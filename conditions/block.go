package conditions

import "slices"

// Block is a compiled Condition element. The zero Block has no tests and is
// true. It is immutable.
type Block struct {
	tests []Test
	// order is the places of the tests, those that cost little first; nil if
	// they stand so already.
	order []int
}

// NewBlock makes the block of some tests. The slice is not copied.
func NewBlock(tests []Test) Block {
	b := Block{tests: tests}
	cheaper := func(x, y *Test) int { return x.cost() - y.cost() }
	for i := 1; i < len(tests); i++ {
		if cheaper(&tests[i-1], &tests[i]) > 0 {
			b.order = make([]int, len(tests))
			for j := range b.order {
				b.order[j] = j
			}
			slices.SortStableFunc(b.order, func(i, j int) int { return cheaper(&tests[i], &tests[j]) })
			break
		}
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
func (b *Block) Tests() []Test { return b.tests }

// Eval tells whether all tests hold.
func (b *Block) Eval(ctx *Context) Truth { return b.EvalWith(ctx, nil) }

// EvalWith is Eval with a memory of the outcomes of tests that [Share] found
// in several blocks; all blocks must be asked about one context.
func (b *Block) EvalWith(ctx *Context, memory *Memory) Truth {
	all := True
	for i := range b.tests {
		if b.order != nil {
			i = b.order[i]
		}
		if all = all.And(b.tests[i].evalWith(ctx, memory)); all == False {
			return False
		}
	}
	return all
}

// Memory remembers the outcomes of shared tests during one decision. The zero
// value remembers none.
type Memory [128]Truth

func (t *Test) evalWith(ctx *Context, memory *Memory) Truth {
	if t.shared == 0 || memory == nil {
		return t.Eval(ctx)
	}
	outcome := &memory[t.shared]
	if *outcome == 0 {
		*outcome = t.Eval(ctx)
	}
	return *outcome
}
