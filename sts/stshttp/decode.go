package stshttp

import (
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/sts"
)

// decoder fills input structs with parameters. It keeps the first thing that
// cannot be read.
type decoder struct {
	path []string
	err  *sts.Error
}

// decode fills the struct that input points to. Parameters that the operation
// does not know are ignored, so that newer SDKs keep working (STS-6, CONTESTED).
func decode(from *node, parameters []sts.Parameter, input any) *sts.Error {
	var d decoder
	d.members(from, parameters, reflect.ValueOf(input).Elem())
	return d.err
}

func (d *decoder) members(from *node, parameters []sts.Parameter, structure reflect.Value) {
	for i := range parameters {
		p := &parameters[i]
		if at := from.below[p.Name]; at != nil {
			d.path = append(d.path, p.Name)
			d.value(at, p, structure.Field(p.Field))
			d.path = d.path[:len(d.path)-1]
		}
	}
}

// value sets a field, or a member of a list. What is of another shape than the
// parameter is a parameter that the operation does not know.
func (d *decoder) value(from *node, p *sts.Parameter, field reflect.Value) {
	switch p.Kind {
	case sts.Text:
		switch {
		case !from.set:
		case field.Kind() == reflect.Pointer:
			field.Set(reflect.ValueOf(&from.value))
		default:
			field.SetString(from.value)
		}
	case sts.Integer:
		if from.set {
			d.integer(from.value, field)
		}
	case sts.List:
		d.list(from, p, field)
	case sts.Structure:
		if from.below == nil {
			return
		}
		if field.Kind() == reflect.Pointer {
			field.Set(reflect.New(field.Type().Elem()))
			field = field.Elem()
		}
		d.members(from, p.Members, field)
	}
}

// list sets a list: the members by their number, gaps closed up (STS-4). The
// bare name with an empty value is a list without members (STS-5).
func (d *decoder) list(from *node, p *sts.Parameter, field reflect.Value) {
	members := from.below["member"]
	if members == nil || members.below == nil {
		if from.set {
			field.Set(reflect.MakeSlice(field.Type(), 0, 0))
		}
		return
	}
	var numbers []int
	for name := range members.below {
		if n, ok := listNumber(name); ok {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	list := reflect.MakeSlice(field.Type(), len(numbers), len(numbers))
	for i, n := range numbers {
		d.path = append(d.path, strconv.Itoa(i+1), "member")
		d.value(members.below[strconv.Itoa(n)], p.Member, list.Index(i))
		d.path = d.path[:len(d.path)-2]
	}
	field.Set(list)
}

// listNumber reads the number of a list's member. It has one spelling, so that
// "1" and "01" are not two members.
func listNumber(name string) (int, bool) {
	const longest = 9
	if name == "" || len(name) > longest || name[0] == '0' {
		return 0, false
	}
	n, err := strconv.ParseUint(name, 10, 31)
	return int(n), err == nil
}

// integer sets a number. The text for what is none is CONTESTED (STS-41).
func (d *decoder) integer(text string, field reflect.Value) {
	n, err := strconv.ParseInt(text, 10, 32)
	if err == nil {
		value := int32(n)
		field.Set(reflect.ValueOf(&value))
		return
	}
	if d.err != nil {
		return
	}
	must := "be an integer"
	if digits := strings.TrimPrefix(text, "-"); digits != "" && strings.Trim(digits, "0123456789") == "" {
		must = "have value less than or equal to " + strconv.Itoa(math.MaxInt32)
		if digits != text {
			must = "have value greater than or equal to " + strconv.Itoa(math.MinInt32)
		}
	}
	d.err = malformed("1 validation error detected: Value '" + diag.Clip(text, clip) + "' at '" + d.place() +
		"' failed to satisfy constraint: Member must " + must)
}

// place gives the path of a parameter as messages write it (STS-39).
func (d *decoder) place() string {
	parts := slices.Clone(d.path)
	for i, part := range parts {
		parts[i] = strings.ToLower(part[:1]) + part[1:]
	}
	return strings.Join(parts, ".")
}
