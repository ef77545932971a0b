package sts

import (
	"context"
	"iter"
	"reflect"
	"slices"
)

// Version is the version of the API.
const Version = "2011-06-15"

// rules are what every call of an operation goes by before its own work
// begins.
type rules struct {
	name string
	// action is the IAM action that is asked for.
	action     string
	parameters []Parameter
	// admitted are the kinds of callers that may call at all (STS-46); none for
	// an operation that takes no credentials.
	admitted kinds
}

// rulesFor makes the rules of an operation whose input is an In.
func rulesFor[In any](name string, admitted ...Kind) *rules {
	r := &rules{name: name, action: "sts:" + name, parameters: parametersOf(reflect.TypeFor[In]())}
	for _, k := range admitted {
		r.admitted |= 1 << k
	}
	return r
}

// Operation is an operation of STS, for a transport to dispatch.
type Operation struct {
	// Name is the Action of a request.
	Name string
	// Signed tells that a caller is needed (STS-13).
	Signed bool
	// Parameters are those of the input, in its order.
	Parameters []Parameter

	input reflect.Type
	call  func(ctx context.Context, s *Service, caller *Caller, input any) (any, error)
}

// NewInput gives a pointer to an empty input struct.
func (o *Operation) NewInput() any { return reflect.New(o.input).Interface() }

// Call makes the call. input is what NewInput gave, filled in; the result is a
// pointer to the output struct. caller is nil for an operation that is not
// signed. Every error is an *[Error].
func (o *Operation) Call(ctx context.Context, s *Service, caller *Caller, input any) (any, error) {
	return o.call(ctx, s, caller, input)
}

// operations is the table of operations, by name.
var operations = []Operation{
	signed(assumeRole, (*Service).AssumeRole),
	unsigned(assumeRoleWithSAML, (*Service).AssumeRoleWithSAML),
	unsigned(assumeRoleWithWebIdentity, (*Service).AssumeRoleWithWebIdentity),
	signed(assumeRoot, (*Service).AssumeRoot),
	signed(decodeAuthorizationMessage, (*Service).DecodeAuthorizationMessage),
	signed(getAccessKeyInfo, (*Service).GetAccessKeyInfo),
	signed(getCallerIdentity, (*Service).GetCallerIdentity),
	signed(getDelegatedAccessToken, (*Service).GetDelegatedAccessToken),
	signed(getFederationToken, (*Service).GetFederationToken),
	signed(getSessionToken, (*Service).GetSessionToken),
	signed(getWebIdentityToken, (*Service).GetWebIdentityToken),
}

func signed[In, Out any](r *rules, call func(*Service, context.Context, *Caller, *In) (*Out, error)) Operation {
	return Operation{
		Name: r.name, Signed: true, Parameters: r.parameters, input: reflect.TypeFor[In](),
		call: func(ctx context.Context, s *Service, caller *Caller, input any) (any, error) {
			return result(call(s, ctx, caller, input.(*In)))
		},
	}
}

func unsigned[In, Out any](r *rules, call func(*Service, context.Context, *In) (*Out, error)) Operation {
	return Operation{
		Name: r.name, Parameters: r.parameters, input: reflect.TypeFor[In](),
		call: func(ctx context.Context, s *Service, _ *Caller, input any) (any, error) {
			return result(call(s, ctx, input.(*In)))
		},
	}
}

// result makes a nil *Out a nil any.
func result[Out any](out *Out, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Operations iterates over the operations by name.
func Operations() iter.Seq[*Operation] {
	return func(yield func(*Operation) bool) {
		for i := range operations {
			if !yield(&operations[i]) {
				return
			}
		}
	}
}

// OperationNamed finds an operation; case counts (STS-2).
func OperationNamed(name string) (*Operation, bool) {
	i := slices.IndexFunc(operations, func(o Operation) bool { return o.Name == name })
	if i < 0 {
		return nil, false
	}
	return &operations[i], true
}
