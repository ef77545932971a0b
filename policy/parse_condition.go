package policy

import (
	"fmt"
	"strings"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/internal/jsonpos"
)

func (p *parser) condition(value jsonpos.Value) []ConditionOperator {
	if value.Kind() != jsonpos.Object {
		p.wrongType("Condition", "an object", value)
		return nil
	}
	result := make([]ConditionOperator, 0, value.Len())
	for m := range value.Members() {
		if m.Duplicate {
			p.duplicate(m)
			continue
		}
		op := p.operator(m)
		op.Keys = p.conditionKeys(op, m.Value)
		result = append(result, op)
	}
	return result
}

func (p *parser) operator(m jsonpos.Member) ConditionOperator {
	name := m.Key
	op, problem := conditions.ParseOperator(name)
	switch problem {
	case conditions.UnknownOperator:
		hint := diag.DidYouMean(name, conditions.OperatorNames(), "an operator is named like StringEquals or ForAnyValue:StringLike")
		p.refuse(CodeConditionOperator, "PL-123", m.KeySpan, fmt.Sprintf("unknown condition operator %q", diag.Clip(name, 100)), hint)
	case conditions.NullIfExists:
		p.refuse(CodeNullIfExists, "PL-124", m.KeySpan, "Null takes no IfExists", `use "Null"`)
	}
	return ConditionOperator{Name: Text{Value: name, Span: m.KeySpan}, Operator: op}
}

func (p *parser) conditionKeys(op ConditionOperator, value jsonpos.Value) []ConditionKey {
	if value.Kind() != jsonpos.Object {
		p.wrongType(op.Name.Value, "an object of condition keys", value)
		return nil
	}
	result := make([]ConditionKey, 0, value.Len())
	var folded map[string]bool
	if value.Len() > 1 { // one key is not there twice
		folded = map[string]bool{}
	}
	for m := range value.Members() {
		known := folded != nil && !addFolded(folded, m)
		switch {
		case m.Duplicate:
			p.duplicate(m)
			continue
		case known:
			// IAM's own answer is not documented (PL-114, CONTESTED).
			p.refuse(CodeDuplicateKey, "PL-114", m.KeySpan, fmt.Sprintf("the condition key %q occurs twice: case does not count", diag.Clip(m.Key, 100)), "join the values in one list")
		case !strings.Contains(m.Key, ":"):
			p.refuse(CodeConditionKeyFormat, "PL-111", m.KeySpan, fmt.Sprintf("the condition key %q has no prefix", diag.Clip(m.Key, 100)), "write it as prefix:name, such as aws:"+diag.Clip(m.Key, 60))
		}
		if conditions.NewKey(m.Key).Nameless() {
			p.warn(CodeTagKeyMissing, "PL-113", m.KeySpan, fmt.Sprintf("the condition key %q names no tag and is never present", diag.Clip(m.Key, 100)), "write the tag key behind it")
		}
		key := ConditionKey{Name: Text{Value: m.Key, Span: m.KeySpan}}
		key.Values = p.conditionValues(op, m.Value)
		result = append(result, key)
	}
	return result
}

// addFolded reports false if a member's name is there already, case aside.
func addFolded(names map[string]bool, m jsonpos.Member) bool {
	lower := strings.ToLower(m.Key)
	known := names[lower]
	names[lower] = true
	return !known
}

// conditionValues reads a value or a list of values: strings, numbers and
// booleans (PL-12).
func (p *parser) conditionValues(op ConditionOperator, value jsonpos.Value) []Text {
	if value.Kind() != jsonpos.Array {
		return p.conditionValue(p.textRoom.take(1), op, value)
	}
	values := p.textRoom.take(value.Len())
	for item := range value.Items() {
		values = p.conditionValue(values, op, item)
	}
	if value.Len() == 0 {
		p.warn(CodeEmptyList, "PL-110", value.Span(), "a condition key without values: a positive operator is false then", "")
	}
	return values
}

func (p *parser) conditionValue(values []Text, op ConditionOperator, value jsonpos.Value) []Text {
	switch value.Kind() {
	case jsonpos.String, jsonpos.Number, jsonpos.Bool:
	default:
		p.wrongType("a condition value", "a string, a number or a boolean", value)
		return values
	}
	t := Text{Value: value.Text(), Span: value.Span()}
	p.checkConditionValue(op.Operator.Base, t)
	return append(values, t)
}

// checkConditionValue warns of a value that cannot take effect.
func (p *parser) checkConditionValue(base conditions.Base, t Text) {
	if base == 0 {
		return
	}
	if base.TakesVariables() {
		p.variables(t)
	} else if strings.Contains(t.Value, "${") {
		p.warn(CodeVariableInOperator, "PL-140", t.Span, fmt.Sprintf("%s takes no policy variables: the text is not replaced", base), "")
	}
	if !conditions.Interpretable(base, t.Value, p.doc.HasVariables()) {
		p.warn(CodeTypeMismatchValue, "PL-137", t.Span, fmt.Sprintf("%s cannot read %q: it matches nothing", base, diag.Clip(t.Value, 100)), "")
	}
}

// variables warns of policy variables that have no effect in a text.
func (p *parser) variables(t Text) {
	if !strings.Contains(t.Value, "${") {
		return
	}
	if !p.doc.HasVariables() {
		p.warn(CodeVariableInOldVersion, "PL-37", t.Span, "policy variables need Version "+Version2012+": the text is taken as it stands", `set "Version": "`+Version2012+`"`)
		return
	}
	if last := strings.LastIndex(t.Value, "${"); !strings.Contains(t.Value[last:], "}") {
		p.warn(CodeVariableBrace, "PL-179", t.Span, `"${" without "}" is plain text`, "")
	}
	bodies, problems := conditions.VariableProblems(t.Value)
	for i, problem := range problems {
		shown := diag.Clip(bodies[i], 100)
		switch problem {
		case conditions.VariableEmpty:
			p.warn(CodeVariableEmpty, "PL-179", t.Span, "a variable without a name never has a value", "")
		case conditions.VariableSpace:
			p.warn(CodeVariableSpace, "PL-179", t.Span, fmt.Sprintf("the variable %q has a space in its name and never has a value", shown), "")
		case conditions.VariableQuote:
			p.warn(CodeVariableQuote, "PL-179", t.Span, fmt.Sprintf("the default in %q is not in single quotes: the variable never has a value", shown), "write ${key, 'default'}")
		}
	}
}
