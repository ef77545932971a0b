package celx

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"time"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/ext"
)

// Declaration is a variable of an [Env].
type Declaration struct {
	name string
	of   reflect.Type
}

// Declare declares a variable with the type that CEL makes of T:
//
//   - a bool, string, time.Time or time.Duration, integers, floats, and named
//     types of them
//   - a slice, or a map with such keys
//   - a struct, or a pointer to one, with those of its fields that have a tag
//     `cel:"name"`, under that name
//
// A struct is known by package and name, so that two structs of one name in
// packages of one name must not meet in an Env.
func Declare[T any](name string) Declaration {
	return Declaration{name: name, of: reflect.TypeFor[T]()}
}

// Env compiles assertions. It is immutable and may be used by any number of
// goroutines. The functions of the package comment are part of it.
type Env struct {
	env *cel.Env
	// names are the variables, and fields the fields of all their structs, for
	// suggestions.
	names, fields []string
}

// Bounds of an assertion.
const (
	maxAssertion      = 64 << 10 // code points
	maxAssertionNodes = 10_000
	maxRegexp         = 1000 // instructions
)

var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// NewEnv makes an environment. It fails on a declaration of a type that CEL
// has nothing for, and on a name that is none.
func NewEnv(declarations ...Declaration) (*Env, error) {
	e := &Env{}
	options := []cel.EnvOption{
		functions(),
		cel.EnableMacroCallTracking(),
		cel.ParserExpressionSizeLimit(maxAssertion),
		cel.ExpressionNodeLimit(maxAssertionNodes),
		cel.RegexProgramSizeLimit(maxRegexp),
	}
	known := structs{}
	for _, d := range declarations {
		if !identifier.MatchString(d.name) {
			return nil, fmt.Errorf("%q is no name for a variable: use letters, digits and underscores", d.name)
		}
		t, err := known.typeOf(d.of)
		if err != nil {
			return nil, fmt.Errorf("the variable %q: %w", d.name, err)
		}
		e.names = append(e.names, d.name)
		options = append(options, cel.Variable(d.name, t))
	}
	if len(known.found) > 0 {
		arguments := []any{ext.ParseStructField(fieldName)}
		for _, t := range known.found {
			arguments = append(arguments, t)
		}
		options = append(options, ext.NativeTypes(arguments...))
	}
	e.fields = known.fields
	var err error
	if e.env, err = cel.NewEnv(options...); err != nil {
		return nil, fmt.Errorf("the variables %q cannot be declared: %w", e.names, err)
	}
	return e, nil
}

// fieldName is the name of a struct's field in CEL; empty hides it.
func fieldName(f reflect.StructField) string { return f.Tag.Get("cel") }

// structs gathers the structs that types are made of, and their fields' names.
type structs struct {
	found  []reflect.Type
	fields []string
}

// typeOf gives the CEL type of a Go type.
func (s *structs) typeOf(t reflect.Type) (*cel.Type, error) {
	switch t {
	case reflect.TypeFor[time.Time]():
		return cel.TimestampType, nil
	case reflect.TypeFor[time.Duration]():
		return cel.DurationType, nil
	}
	switch t.Kind() {
	case reflect.Bool:
		return cel.BoolType, nil
	case reflect.String:
		return cel.StringType, nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return cel.IntType, nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return cel.UintType, nil
	case reflect.Float32, reflect.Float64:
		return cel.DoubleType, nil
	case reflect.Pointer:
		return s.typeOf(t.Elem())
	case reflect.Slice:
		item, err := s.typeOf(t.Elem())
		if err != nil {
			return nil, err
		}
		return cel.ListType(item), nil
	case reflect.Map:
		return s.mapType(t)
	case reflect.Struct:
		return s.structType(t)
	default:
		return nil, fmt.Errorf("CEL has no type for %s", t)
	}
}

func (s *structs) mapType(t reflect.Type) (*cel.Type, error) {
	key, err := s.typeOf(t.Key())
	if err != nil {
		return nil, err
	}
	item, err := s.typeOf(t.Elem())
	if err != nil {
		return nil, err
	}
	return cel.MapType(key, item), nil
}

func (s *structs) structType(t reflect.Type) (*cel.Type, error) {
	if t.Name() == "" {
		return nil, fmt.Errorf("the struct %s has no name", t)
	}
	if !slices.Contains(s.found, t) {
		s.found = append(s.found, t)
		for _, f := range reflect.VisibleFields(t) {
			name := fieldName(f)
			if name == "" {
				continue
			}
			if _, err := s.typeOf(f.Type); err != nil {
				return nil, fmt.Errorf("the field %q of %s: %w", name, t, err)
			}
			s.fields = append(s.fields, name)
		}
	}
	return cel.ObjectType(t.String()), nil
}
