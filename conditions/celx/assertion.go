package celx

import (
	"fmt"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"

	"github.com/rolecall/rolecall/diag"
)

// Codes of the diagnostics of assertions.
const (
	// CodeSyntax: the text is no CEL.
	CodeSyntax = "CEL_SYNTAX"
	// CodeType: a name is not known, types do not fit, or the assertion is not
	// a bool.
	CodeType = "CEL_TYPE"
	// CodeCost: the assertion could take too long.
	CodeCost = "CEL_COST"
)

// Assertion is a compiled CEL expression that is true or false. It is
// immutable and may be used by any number of goroutines.
type Assertion struct {
	text    string
	checked *cel.Ast
	program cel.Program
	traced  cel.Program
	// breaking finds what an assertion of the form list.all(x, ...) is false
	// of; nil for other forms.
	breaking cel.Program
	splits   string
}

// Compile compiles the assertion that a part of a source stands for. text is
// what the source's format makes of it: without quotes, escapes or the
// indentation of a block. Problems have the place in the source that the
// character in question comes from.
func (e *Env) Compile(src *diag.Source, span diag.Span, text string) (*Assertion, diag.List) {
	c := compiler{env: e, at: newPlacer(src, span, text), text: text}
	parsed, issues := e.env.Parse(text)
	if issues.Err() != nil {
		return nil, c.problems(CodeSyntax, issues)
	}
	checked, issues := e.env.Check(parsed)
	if issues.Err() != nil {
		return nil, c.problems(CodeType, issues)
	}
	if got := checked.OutputType(); !got.IsExactType(cel.BoolType) {
		return nil, c.refuse(CodeType, fmt.Sprintf("an assertion is true or false, and this is %s", diag.WithArticle(got.String())), "")
	}
	estimate, err := e.env.EstimateCost(checked, costs{})
	if err != nil {
		return nil, c.refuse(CodeCost, err.Error(), "")
	}
	if estimate.Max > maxEstimate {
		return nil, c.refuse(CodeCost, "the assertion has too many loops within each other", "use at most three of all, exists, exists_one, map and filter within each other")
	}
	a, err := e.program(text, checked)
	if err != nil {
		return nil, c.refuse(CodeType, err.Error(), "")
	}
	return a, nil
}

func (e *Env) program(text string, checked *cel.Ast) (*Assertion, error) {
	a := &Assertion{text: text, checked: checked}
	var err error
	if a.program, err = e.env.Program(checked, bounded()...); err != nil {
		return nil, err
	}
	if a.traced, err = e.env.Program(checked, append(bounded(), cel.EvalOptions(cel.OptTrackState))...); err != nil {
		return nil, err
	}
	a.splits = splits(checked)
	a.breaking, err = e.breaking(checked)
	return a, err
}

// String gives the text of the assertion.
func (a *Assertion) String() string { return a.text }

// Eval tells whether the assertion holds. vars has a value for every variable
// of the environment, of the type that was declared. A failure of CEL, such as
// a map without the key that is asked for, and an evaluation that takes too
// long are errors.
func (a *Assertion) Eval(vars map[string]any) (bool, error) {
	result, _, err := a.program.Eval(vars)
	if err != nil {
		return false, a.failed(err)
	}
	return result == types.True, nil
}

func (a *Assertion) failed(err error) error {
	return fmt.Errorf("%s: %w", diag.Clip(a.text, 200), err)
}
