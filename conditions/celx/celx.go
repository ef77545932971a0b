// Package celx speaks the Common Expression Language, CEL: it says conditions
// of policies in CEL, and it evaluates assertions that people write in CEL.
//
// # A condition in CEL
//
// [Expression] says a condition block as a CEL expression, for a person to
// read and for a program to evaluate:
//
//	'aws:username' in value && value['aws:username'] == 'alice'
//
// The request is two maps. value holds the single-valued keys with their text.
// values holds every key that the request has, with the list of its values;
// the list of a single-valued key has one item. A key is found whatever its
// case (PL-112). What CEL lacks are functions whose names begin with "iam.":
//
//	iam.stringLike(text, pattern)         * and ? as in StringLike, \ takes the meaning of the next character
//	iam.literal(text)                     text for a pattern in which nothing has a meaning
//	iam.equalsIgnoreCase(text, text)
//	iam.number(text), iam.date(text)      compared by == != < <= > >=
//	iam.bool(text), iam.base64(text)
//	iam.network(text).containsIP(iam.ip(text))
//	iam.arnLike(text, pattern)            part by part; \: is no border of a part
//	iam.isArn(text)
//
// # What cannot be read
//
// A function fails on a text that is no number, date and so on, and a test
// that fails is false (PL-137, PL-138). CEL's own rule for failures does the
// rest: a || b is true if one is, whatever the other does; otherwise it fails
// if one does. So a positive operator holds if a value matches, and a negated
// one only if every comparison could be made and none matched.
//
// # A second implementation
//
// Nothing here uses the evaluation of package conditions: the meaning of an
// operator is in the expression, or in a function of this package, slow and
// plain. Property tests hold the two against each other.
//
// # Assertions
//
// An [Env] knows the types of some variables, given as Go types. It compiles
// an [Assertion], checks its types, and says what is wrong at the place in the
// file where it stands. Its evaluation is bounded.
package celx

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/diag"
)

// ErrOpen is wrapped by the error for a context with open keys, which CEL has
// no value for.
var ErrOpen = errors.New("the context leaves keys open")

// ErrText is wrapped by the error for a block with a text that is not UTF-8,
// which CEL cannot hold. Documents that were parsed have none.
var ErrText = errors.New("a key or value of the condition is not UTF-8")

// Bounds of the expression of a condition.
const (
	maxExpression = 1 << 20 // code points
	maxNodes      = 10_000  // the time of the type check grows with the square
)

// Condition is a condition block compiled by CEL. It is immutable and may be
// used by any number of goroutines.
type Condition struct {
	text    string
	program cel.Program
}

// conditionEnv is the environment of all conditions.
var conditionEnv = sync.OnceValues(func() (*cel.Env, error) {
	return cel.NewEnv(
		functions(),
		cel.Variable("value", cel.MapType(cel.StringType, cel.StringType)),
		cel.Variable("values", cel.MapType(cel.StringType, cel.ListType(cel.StringType))),
		cel.ParserExpressionSizeLimit(maxExpression),
		cel.ExpressionNodeLimit(maxNodes),
	)
})

// Compile gives the expression of a block to CEL. It fails on a text that is
// not UTF-8 ([ErrText]), and on a block whose expression is longer than a
// million characters or of more than ten thousand nodes, beyond what AWS
// stores.
func Compile(b *conditions.Block) (*Condition, error) {
	if !isUTF8(b) {
		return nil, ErrText
	}
	env, err := conditionEnv()
	if err != nil {
		return nil, err
	}
	text := Expression(b)
	checked, issues := env.Compile(text)
	if err := issues.Err(); err != nil {
		return nil, fmt.Errorf("CEL does not take the condition %s: %w", diag.Clip(text, 200), err)
	}
	program, err := env.Program(checked, bounded()...)
	if err != nil {
		return nil, err
	}
	return &Condition{text: text, program: program}, nil
}

func isUTF8(b *conditions.Block) bool {
	for i := range b.Tests() {
		t := &b.Tests()[i]
		if !utf8.ValidString(t.Key().String()) || !utf8.ValidString(strings.Join(t.Values(), "\n")) {
			return false
		}
	}
	return true
}

// String gives the expression.
func (c *Condition) String() string { return c.text }

// Eval tells whether the condition holds for a request whose keys are all
// known; otherwise it fails with [ErrOpen].
func (c *Condition) Eval(ctx *conditions.Context) (bool, error) {
	if ctx.HasOpen() {
		return false, ErrOpen
	}
	result, _, err := c.program.Eval(request(ctx))
	switch {
	case errors.Is(err, errUnreadable):
		return false, nil // PL-138
	case err != nil:
		return false, err
	}
	return result == types.True, nil
}
