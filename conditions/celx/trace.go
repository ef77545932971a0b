package celx

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"

	"github.com/rolecall/rolecall/diag"
)

// Part is a part of an assertion and the value that it has.
type Part struct {
	// Expression is the part in CEL.
	Expression string
	// Value is the value as CEL writes it, cut short when long; of a failure,
	// its message.
	Value string
}

// maxValue bounds the value of a part, in bytes.
const maxValue = 200

// Trace evaluates the assertion as [Assertion.Eval] does and gives the values
// of its parts in the order of the text: what &&, || and ! join, and both
// sides of a comparison. A part that was not evaluated, because another one
// decided, is left out.
func (a *Assertion) Trace(vars map[string]any) ([]Part, error) {
	_, details, err := a.traced.Eval(vars)
	if details == nil || details.State() == nil {
		return nil, a.failed(err)
	}
	t := tracer{info: a.checked.NativeRep().SourceInfo(), details: details}
	t.visit(a.checked.NativeRep().Expr())
	return t.parts, nil
}

type tracer struct {
	info    *ast.SourceInfo
	details *cel.EvalDetails
	parts   []Part
}

var (
	joining   = []string{operators.LogicalAnd, operators.LogicalOr, operators.LogicalNot, operators.Conditional}
	comparing = []string{
		operators.Equals, operators.NotEquals, operators.Less, operators.LessEquals,
		operators.Greater, operators.GreaterEquals, operators.In,
	}
)

func (t *tracer) visit(e ast.Expr) {
	called := ""
	if e.Kind() == ast.CallKind {
		called = e.AsCall().FunctionName()
	}
	if !slices.Contains(joining, called) {
		t.add(e)
	}
	if slices.Contains(joining, called) || slices.Contains(comparing, called) {
		for _, argument := range e.AsCall().Args() {
			t.visit(argument)
		}
	}
}

// add notes the value of a part, unless that is what the part says.
func (t *tracer) add(e ast.Expr) {
	value, ok := t.details.State().Value(e.ID())
	if !ok || e.Kind() == ast.LiteralKind || e.Kind() == ast.ListKind || e.Kind() == ast.MapKind {
		return
	}
	text, err := cel.ExprToString(e, t.info)
	if err != nil {
		return // a text that CEL does not write is no help to anybody
	}
	t.parts = append(t.parts, Part{Expression: text, Value: diag.Clip(show(value), maxValue)})
}

// show writes a value as CEL does, and a Go struct as Go does.
func show(value ref.Val) string {
	switch v := value.(type) {
	case *types.Err:
		return v.Error()
	case traits.Lister:
		var items []string
		length := 0
		for it := v.Iterator(); it.HasNext() == types.True && length <= maxValue; {
			item := show(it.Next())
			items, length = append(items, item), length+len(item)
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	of := reflect.Indirect(reflect.ValueOf(value.Value()))
	if of.Kind() == reflect.Struct && of.Type() != reflect.TypeFor[time.Time]() {
		return fmt.Sprintf("%+v", of.Interface())
	}
	return types.Format(value)
}

// breaking compiles list.filter(x, !(...)) for an assertion list.all(x, ...).
func (e *Env) breaking(checked *cel.Ast) (cel.Program, error) {
	root, info := checked.NativeRep().Expr(), checked.NativeRep().SourceInfo()
	macro, ok := info.MacroCalls()[root.ID()]
	if !ok || macro.AsCall().FunctionName() != operators.All || len(macro.AsCall().Args()) != 2 {
		return nil, nil
	}
	call := macro.AsCall()
	var texts [3]string
	for i, part := range []ast.Expr{call.Target(), call.Args()[0], call.Args()[1]} {
		text, err := cel.ExprToString(part, info)
		if err != nil {
			return nil, nil //nolint:nilerr // without a text there is nothing to filter by
		}
		texts[i] = text
	}
	filter, issues := e.env.Compile(fmt.Sprintf("(%s).filter(%s, !(%s))", texts[0], texts[1], texts[2]))
	if issues.Err() != nil {
		return nil, nil // a map, which has no filter of its items
	}
	return e.env.Program(filter, bounded()...)
}

// splits gives the variable of an assertion variable.all(x, ...) that does not
// mention it elsewhere, so that it holds of a list if it holds of all parts of
// the list; empty for an assertion of another form.
func splits(checked *cel.Ast) string {
	root, info := checked.NativeRep().Expr(), checked.NativeRep().SourceInfo()
	macro, ok := info.MacroCalls()[root.ID()]
	if !ok || macro.AsCall().FunctionName() != operators.All || len(macro.AsCall().Args()) != 2 || macro.AsCall().Target().Kind() != ast.IdentKind {
		return ""
	}
	variable, mentioned := macro.AsCall().Target().AsIdent(), 0
	ast.PreOrderVisit(root, ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() == ast.IdentKind && e.AsIdent() == variable {
			mentioned++
		}
	}))
	if mentioned != 1 {
		return ""
	}
	return variable
}

// Splits tells whether the assertion has the form variable.all(x, ...) and does
// not mention the variable elsewhere: it holds of a list if it holds of every
// part of the list, and each part has a bound of its own.
func (a *Assertion) Splits(variable string) bool { return a.splits != "" && a.splits == variable }

// Breaking gives the items that make an assertion of the form list.all(x, ...)
// false, as the Go values that the list holds. It gives none for an assertion
// of another form.
func (a *Assertion) Breaking(vars map[string]any) ([]any, error) {
	if a.breaking == nil {
		return nil, nil
	}
	result, _, err := a.breaking.Eval(vars)
	if err != nil {
		return nil, a.failed(err)
	}
	list, ok := result.(traits.Lister)
	if !ok {
		return nil, nil
	}
	var items []any
	for it := list.Iterator(); it.HasNext() == types.True; {
		items = append(items, it.Next().Value())
	}
	return items, nil
}
