package stshttp

import (
	"context"
	"errors"
	"net/http"
	"reflect"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/policy/eval"
	"github.com/rolecall/rolecall/sts"
	"github.com/rolecall/rolecall/world/simulator"
)

// api is an API that the endpoint speaks.
type api struct {
	// service is the service of the credential scope (STS-20).
	service, version, namespace string
}

var (
	stsAPI = &api{"sts", sts.Version, "https://sts.amazonaws.com/doc/2011-06-15/"}
	iamAPI = &api{"iam", simulator.Version, "https://iam.amazonaws.com/doc/2010-05-08/"}
)

// operationName is what selects an operation; case counts (STS-2).
type operationName struct{ version, action string }

// operation is an operation of either API.
type operation struct {
	*api
	name       string
	signed     bool
	parameters []sts.Parameter
	newInput   func() any
	call       func(ctx context.Context, s *sts.Service, caller *sts.Caller, input any) (any, error)
}

// operations makes the table of operations of a handler.
func operations(options Options) map[operationName]*operation {
	table := map[operationName]*operation{}
	for o := range sts.Operations() {
		table[operationName{sts.Version, o.Name}] = &operation{
			api: stsAPI, name: o.Name, signed: o.Signed, parameters: o.Parameters, newInput: o.NewInput, call: o.Call,
		}
	}
	for o := range simulator.Operations() {
		table[operationName{simulator.Version, o.Name}] = &operation{
			api: iamAPI, name: o.Name, signed: true,
			parameters: parametersOf(reflect.TypeOf(o.NewInput()).Elem()), newInput: o.NewInput,
			call: func(ctx context.Context, s *sts.Service, caller *sts.Caller, input any) (any, error) {
				return simulate(ctx, s, caller, o, input, options.AuthorizeSimulator)
			},
		}
	}
	return table
}

// parametersOf describes the fields of an input by their types: what packages
// other than sts take.
func parametersOf(t reflect.Type) []sts.Parameter {
	list := make([]sts.Parameter, 0, t.NumField())
	for i := range t.NumField() {
		p := sts.Parameter{Name: t.Field(i).Name, Field: i}
		describe(&p, t.Field(i).Type)
		list = append(list, p)
	}
	return list
}

func describe(p *sts.Parameter, t reflect.Type) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.String:
		p.Kind = sts.Text
	case reflect.Int32:
		p.Kind = sts.Integer
	case reflect.Slice:
		p.Kind, p.Member = sts.List, &sts.Parameter{Field: -1}
		describe(p.Member, t.Elem())
	default:
		p.Kind, p.Members = sts.Structure, parametersOf(t)
	}
}

// simulate calls an operation of the policy simulator. Sessions of
// GetSessionToken without MFA and of federated users cannot call IAM at all
// (STS-44).
func simulate(ctx context.Context, s *sts.Service, caller *sts.Caller, o *simulator.Operation, input any, authorize bool) (any, error) {
	action := "iam:" + o.Name
	d, err := s.Authorize(ctx, caller, action, o.Resource(input), conditions.NewContext(0))
	switch {
	case err != nil:
		return nil, err
	case d.Reason == eval.ByCredentials:
		return nil, failure(http.StatusForbidden, sts.InvalidClientTokenID, "The security token included in the request is invalid.")
	case authorize && !d.Allowed():
		e := failure(http.StatusForbidden, sts.AccessDenied, d.Message())
		e.Action, e.Decision, e.Detail = action, &d, "decided by "+d.Reason.String()
		return nil, e
	}
	out, err := o.Call(&simulator.Call{World: s.World(), Account: caller.Account(), Now: s.Now()}, input)
	var refused *simulator.Error
	if errors.As(err, &refused) {
		return nil, failure(refused.Status, sts.Code(refused.Code), refused.Message)
	}
	return out, err
}
