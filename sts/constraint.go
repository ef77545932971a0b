package sts

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/rolecall/rolecall/diag"
)

// maxViolations bounds the clauses of one answer.
const maxViolations = 200

// violations gathers what is wrong with the parameters of a call, in the order
// of the parameters (STS-38 to STS-40).
type violations struct {
	clauses []string
	path    []byte // of the parameter at hand, reused
}

// check holds an input to the constraints of its operation. input is a pointer
// to the input struct.
func (r *rules) check(input any) *Error {
	var v violations
	v.members(r.parameters, reflect.ValueOf(input).Elem())
	switch n := len(v.clauses); n {
	case 0:
		return nil
	case 1:
		return newError(ValidationError, "1 validation error detected: "+v.clauses[0])
	default:
		return newError(ValidationError, strconv.Itoa(n)+" validation errors detected: "+strings.Join(v.clauses, "; "))
	}
}

func (v *violations) members(list []Parameter, structure reflect.Value) {
	for i := range list {
		p := &list[i]
		end := len(v.path)
		v.push(p.Name)
		v.value(p, structure.Field(p.Field))
		v.path = v.path[:end]
	}
}

// push adds a name to the path, with a lower-case first letter (STS-39).
func (v *violations) push(name string) {
	if len(v.path) > 0 {
		v.path = append(v.path, '.')
	}
	start := len(v.path)
	v.path = append(v.path, name...)
	if c := v.path[start]; 'A' <= c && c <= 'Z' {
		v.path[start] = c - 'A' + 'a'
	}
}

func (v *violations) value(p *Parameter, value reflect.Value) {
	switch {
	case (value.Kind() == reflect.Pointer || value.Kind() == reflect.Slice) && value.IsNil():
		if p.Required {
			v.add("Value null at '%s' failed to satisfy constraint: Member must not be null", v.path)
		}
	case p.Kind == Text:
		v.text(p, reflect.Indirect(value).String())
	case p.Kind == Integer:
		v.integer(p, int(value.Elem().Int()))
	case p.Kind == List:
		v.list(p, value)
	default:
		v.members(p.Members, reflect.Indirect(value))
	}
}

func (v *violations) text(p *Parameter, text string) {
	s := p.shape
	v.size(p, utf8.RuneCountInString(text), "length", func() string { return text })
	if s.match != nil && !s.match.MatchString(text) {
		v.constraint(p, func() string { return text }, "satisfy regular expression pattern: "+s.pattern)
	}
}

func (v *violations) integer(p *Parameter, n int) {
	v.size(p, n, "value", func() string { return strconv.Itoa(n) })
}

func (v *violations) list(p *Parameter, list reflect.Value) {
	v.size(p, list.Len(), "length", func() string { return printed(p, list) })
	for i := range list.Len() {
		end := len(v.path)
		v.path = strconv.AppendInt(append(v.path, '.'), int64(i)+1, 10)
		v.path = append(v.path, ".member"...)
		v.value(p.Member, list.Index(i))
		v.path = v.path[:end]
	}
}

// printed shows a list within a message: the members of texts, how many there
// are of structures.
func printed(p *Parameter, list reflect.Value) string {
	if texts, ok := list.Interface().([]string); ok && !p.Member.Sensitive() {
		return "[" + strings.Join(texts, ", ") + "]"
	}
	return "[" + strconv.Itoa(list.Len()) + " members]"
}

// size holds a length or value to its bounds.
func (v *violations) size(p *Parameter, n int, what string, shown func() string) {
	s := p.shape
	if n < s.min {
		v.constraint(p, shown, "have "+what+" greater than or equal to "+strconv.Itoa(s.min))
	}
	if s.max > 0 && n > s.max {
		v.constraint(p, shown, "have "+what+" less than or equal to "+strconv.Itoa(s.max))
	}
}

// constraint adds a clause. A sensitive value is not repeated (STS-39).
func (v *violations) constraint(p *Parameter, shown func() string, must string) {
	value := "Value "
	if !p.Sensitive() {
		const most = 4096
		value = "Value '" + diag.Clip(shown(), most) + "' "
	}
	v.add("%sat '%s' failed to satisfy constraint: Member must %s", value, v.path, must)
}

func (v *violations) add(format string, args ...any) {
	if len(v.clauses) < maxViolations {
		v.clauses = append(v.clauses, fmt.Sprintf(format, args...))
	}
}
