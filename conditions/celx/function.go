package celx

import (
	"cmp"
	"net/netip"
	"reflect"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
)

// The types that CEL lacks.
var (
	numberType  = cel.ObjectType("iam.Number", traits.ComparerType)
	dateType    = cel.ObjectType("iam.Date", traits.ComparerType)
	ipType      = cel.ObjectType("iam.IP")
	networkType = cel.ObjectType("iam.Network")
)

// opaque is a value of one of these types.
type opaque[T any] struct {
	of      *types.Type
	value   T
	compare func(a, b T) int
}

// Type gives the type.
func (o opaque[T]) Type() ref.Type { return o.of }

// Value gives the Go value.
func (o opaque[T]) Value() any { return o.value }

// ConvertToNative gives the Go value, and nothing else.
func (o opaque[T]) ConvertToNative(want reflect.Type) (any, error) {
	if want != reflect.TypeFor[T]() {
		return nil, unreadable(want.String(), o.of.TypeName())
	}
	return o.value, nil
}

// ConvertToType knows no other type than its own.
func (o opaque[T]) ConvertToType(want ref.Type) ref.Val {
	switch {
	case want == types.TypeType:
		return o.of
	case want.TypeName() == o.of.TypeName():
		return o
	default:
		return types.NewErr("%s cannot be made %s", o.of.TypeName(), want.TypeName())
	}
}

// Equal tells whether two values are equal.
func (o opaque[T]) Equal(other ref.Val) ref.Val { return types.Bool(o.Compare(other) == types.IntZero) }

// Compare orders two values.
func (o opaque[T]) Compare(other ref.Val) ref.Val {
	that, ok := other.(opaque[T])
	if !ok {
		return types.MaybeNoSuchOverloadErr(other)
	}
	return types.Int(o.compare(o.value, that.value))
}

// functions are those whose names begin with "iam.", and the orders of the
// types that they make.
func functions() cel.EnvOption {
	text := func(n int) []*cel.Type { return []*cel.Type{cel.StringType, cel.StringType}[:n] }
	options := []cel.EnvOption{
		cel.Function("iam.stringLike", cel.Overload("iam_string_like", text(2), cel.BoolType, twoTexts(matches))),
		cel.Function("iam.arnLike", cel.Overload("iam_arn_like", text(2), cel.BoolType, twoTexts(matchARN))),
		cel.Function("iam.equalsIgnoreCase", cel.Overload("iam_equals_ignore_case", text(2), cel.BoolType, twoTexts(equalFold))),
		cel.Function("iam.literal", cel.Overload("iam_literal", text(1), cel.StringType, oneText(literal, nil))),
		cel.Function("iam.isArn", cel.Overload("iam_is_arn", text(1), cel.BoolType, oneText(isARN, nil))),
		cel.Function("iam.bool", cel.Overload("iam_bool", text(1), cel.BoolType, oneText(readBool, nil))),
		cel.Function("iam.base64", cel.Overload("iam_base64", text(1), cel.BytesType, oneText(readBase64, nil))),
		cel.Function("iam.number", cel.Overload("iam_number", text(1), numberType, oneText(readNumber, func(n number) ref.Val {
			return opaque[number]{numberType, n, compareNumbers}
		}))),
		cel.Function("iam.date", cel.Overload("iam_date", text(1), dateType, oneText(readDate, func(d date) ref.Val {
			return opaque[date]{dateType, d, compareDates}
		}))),
		cel.Function("iam.ip", cel.Overload("iam_ip", text(1), ipType, oneText(readIP, func(ip netip.Addr) ref.Val {
			return opaque[netip.Addr]{ipType, ip, netip.Addr.Compare}
		}))),
		cel.Function("iam.network", cel.Overload("iam_network", text(1), networkType, oneText(readNetwork, func(n network) ref.Val {
			return opaque[network]{networkType, n, compareNetworks}
		}))),
		cel.Function("containsIP", cel.MemberOverload("iam_network_contains_ip", []*cel.Type{networkType, ipType}, cel.BoolType,
			cel.BinaryBinding(func(n, ip ref.Val) ref.Val {
				return types.Bool(n.(opaque[network]).value.contains(ip.(opaque[netip.Addr]).value))
			}))),
	}
	for operator, name := range map[string]string{
		operators.Less: "less", operators.LessEquals: "less_equals", operators.Greater: "greater", operators.GreaterEquals: "greater_equals",
	} {
		options = append(options, cel.Function(operator,
			cel.Overload(name+"_iam_number", []*cel.Type{numberType, numberType}, cel.BoolType),
			cel.Overload(name+"_iam_date", []*cel.Type{dateType, dateType}, cel.BoolType)))
	}
	return func(e *cel.Env) (*cel.Env, error) {
		var err error
		for _, option := range options {
			if e, err = option(e); err != nil {
				return nil, err
			}
		}
		return e, nil
	}
}

// oneText binds a function of a text. wrap makes a CEL value of its result;
// nil leaves that to CEL.
func oneText[T any](f func(string) (T, error), wrap func(T) ref.Val) cel.OverloadOpt {
	return cel.UnaryBinding(func(arg ref.Val) ref.Val {
		result, err := f(string(arg.(types.String)))
		switch {
		case err != nil:
			return types.WrapErr(err)
		case wrap != nil:
			return wrap(result)
		default:
			return types.DefaultTypeAdapter.NativeToValue(result)
		}
	})
}

// twoTexts binds a comparison of two texts.
func twoTexts(f func(a, b string) (bool, error)) cel.OverloadOpt {
	return cel.BinaryBinding(func(a, b ref.Val) ref.Val {
		result, err := f(string(a.(types.String)), string(b.(types.String)))
		if err != nil {
			return types.WrapErr(err)
		}
		return types.Bool(result)
	})
}

func compareNetworks(a, b network) int {
	return cmp.Or(a.first.Compare(b.first), a.last.Compare(b.last))
}

func equalFold(a, b string) (bool, error) { return fold(a) == fold(b), nil }

func literal(text string) (string, error) { return escape(text), nil }
