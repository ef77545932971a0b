package celx

import (
	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/checker"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

// Bounds of an evaluation, in steps of CEL, of which a machine takes two or
// three million a second.
const (
	// maxCost is what one evaluation may cost. What CEL's bookkeeping of costs
	// takes grows with the square of it, where loops end operators early: at
	// five million that was a minute.
	maxCost = 1_000_000
	// maxEstimate is what an assertion may cost by CEL's own estimate, if lists
	// have a thousand items and texts a thousand characters. It leaves room for
	// three loops within each other, and not for four.
	maxEstimate = 2_000_000_000_000
	sizeGuess   = 1000
	// stepsOfMatch is how many steps of a comparison with a pattern cost as
	// much as a step of CEL.
	stepsOfMatch = 64
)

// bounded are the options of every program.
func bounded() []cel.ProgramOption {
	return []cel.ProgramOption{cel.CostLimit(maxCost), cel.CostTracking(costs{})}
}

// costs tells CEL what it does not know of costs and sizes.
type costs struct{}

func isMatch(overload string) bool {
	return overload == "iam_string_like" || overload == "iam_arn_like"
}

// CallCost is what a call has cost.
func (costs) CallCost(_, overload string, args []ref.Val, _ ref.Val) *uint64 {
	if !isMatch(overload) {
		return nil
	}
	text, okText := args[0].(types.String)
	pattern, okPattern := args[1].(types.String)
	if !okText || !okPattern {
		return nil
	}
	cost := 1 + uint64(len(text))*uint64(len(pattern))/stepsOfMatch
	return &cost
}

// EstimateSize guesses the size of what is not known before evaluation.
func (costs) EstimateSize(checker.AstNode) *checker.SizeEstimate {
	return &checker.SizeEstimate{Min: 0, Max: sizeGuess}
}

// EstimateCallCost leaves calls to CEL: the functions of this package are as
// cheap as its own for texts of the guessed size.
func (costs) EstimateCallCost(_, _ string, _ *checker.AstNode, _ []checker.AstNode) *checker.CallEstimate {
	return nil
}
