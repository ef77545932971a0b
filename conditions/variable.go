package conditions

import (
	"strings"

	"github.com/rolecall/rolecall/internal/glob"
)

// variable is the `${key}` or `${key, 'default'}` of a pattern (PL-172).
type variable struct {
	key        Key
	fallback   string // used when the key is missing
	hasDefault bool
	// never marks a malformed variable, which never has a value (PL-179).
	never bool
}

// VariableProblem is what is wrong with a variable. The zero value is
// "nothing".
type VariableProblem uint8

// The problems of variables (PL-179).
const (
	VariableEmpty VariableProblem = iota + 1
	VariableSpace
	VariableQuote
)

// parseVariable reads what stands between `${` and `}`. The default follows a
// comma and one space, in single quotes.
func parseVariable(body string) (variable, VariableProblem) {
	name, fallback, hasDefault := strings.Cut(body, ", ")
	if name == "" {
		return variable{never: true}, VariableEmpty
	}
	if strings.ContainsAny(name, " \t\r\n") {
		return variable{never: true}, VariableSpace
	}
	v := variable{key: NewKey(name), hasDefault: hasDefault}
	if hasDefault {
		quoted := len(fallback) >= 2 && fallback[0] == '\'' && fallback[len(fallback)-1] == '\''
		if !quoted {
			return variable{never: true}, VariableQuote
		}
		v.fallback = fallback[1 : len(fallback)-1]
	}
	return v, 0
}

func parseVariables(slots []string) []variable {
	if len(slots) == 0 {
		return nil
	}
	vars := make([]variable, len(slots))
	for i, body := range slots {
		vars[i], _ = parseVariable(body)
	}
	return vars
}

// VariableProblems finds the malformed variables of a text: the bodies, in
// order, with what is wrong.
func VariableProblems(text string) (bodies []string, problems []VariableProblem) {
	p := glob.Compile(text, glob.Variables)
	for _, body := range p.Slots() {
		if _, problem := parseVariable(body); problem != 0 {
			bodies, problems = append(bodies, body), append(problems, problem)
		}
	}
	return bodies, problems
}

// values is what the variables of a pattern stand for in a request.
type values uint8

const (
	known values = iota + 1
	// noValue: a variable has none, so that the pattern matches nothing (PL-175).
	noValue
	// open: a variable's key is open.
	open
)

// expand appends the text of each variable to buffer. A multivalued key has
// no value, and its default is not used; a key that is present but empty
// expands to nothing (PL-176, PL-178, both CONTESTED).
func expand(vars []variable, ctx *Context, buffer []string) ([]string, values) {
	state := known
	for i := range vars {
		v := &vars[i]
		if v.never {
			return nil, noValue
		}
		text := v.fallback
		e := ctx.known(&v.key)
		if e == nil || e.state != single {
			e = ctx.find(&v.key)
		}
		switch {
		case e == nil && !v.hasDefault, e != nil && e.state == multi:
			return nil, noValue
		case e != nil && e.state == single:
			text = e.text[0]
		case e != nil:
			state = open
		}
		buffer = append(buffer, text)
	}
	return buffer, state
}
