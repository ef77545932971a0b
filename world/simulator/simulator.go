// Package simulator is the policy simulator of IAM over a world: what
// SimulateCustomPolicy, SimulatePrincipalPolicy and the operations that list
// context keys answer, with AWS's member names.
//
// # What goes in
//
// A [Call] says in which world and when; the inputs are those of the API.
// [Operations] lists the operations for a transport.
//
// # What comes out
//
// For each action and resource a decision with the statements behind it and
// their places, and with the context keys that a condition asked for and that
// were not given (EV-165). A bad input is an *[Error] with AWS's code.
//
// # Where it says more than AWS's
//
// AWS's simulator leaves out what this one decides like any request (EV-167):
// the trust policy of a role, where the action is sts:AssumeRole and the like;
// the policies of resources that the world has; SCPs and RCPs with any
// condition. A policy that the caller gives takes the place of the world's.
//
// # Who is simulated
//
// CallerArn, or the user or role whose policies are asked about. Where there is
// neither, somebody of the account that owns the resource who has no name, so
// that aws:username and its like are missing.
package simulator

import (
	"iter"
	"net/http"
	"time"

	"github.com/rolecall/rolecall/arn"
	"github.com/rolecall/rolecall/world"
)

// Version is the version of the API of IAM.
const Version = "2010-05-08"

// Call is what a simulation needs besides its input.
type Call struct {
	World *world.World
	// Account is that of whoever asks: it owns what does not say whose it is.
	Account string
	// Now is the time of the simulated requests.
	Now time.Time
}

// Error is what a call fails with.
type Error struct {
	// Code is AWS's, as it stands on the wire.
	Code    string
	Message string
	// Status is the HTTP status.
	Status int
}

// Error gives code and message.
func (e *Error) Error() string { return e.Code + ": " + e.Message }

func invalidInput(message string) *Error {
	return &Error{Code: "InvalidInput", Message: message, Status: http.StatusBadRequest}
}

func noSuchEntity(message string) *Error {
	return &Error{Code: "NoSuchEntity", Message: message, Status: http.StatusNotFound}
}

// Operation is an operation of the simulator, for a transport to dispatch.
type Operation struct {
	// Name is the Action of a request.
	Name string

	newInput func() any
	call     func(c *Call, input any) (any, error)
}

// NewInput gives a pointer to an empty input struct: fields of type *string,
// *int32, []string and slices of such structs.
func (o *Operation) NewInput() any { return o.newInput() }

// Call makes the call. input is what NewInput gave, filled in; the result is a
// pointer to the output struct. Every error is an *[Error].
func (o *Operation) Call(c *Call, input any) (any, error) { return o.call(c, input) }

// Resource gives the resource that IAM evaluates a call on: the entity that is
// asked about, or "*".
func (o *Operation) Resource(input any) string {
	if about, ok := input.(interface{ source() *string }); ok && about.source() != nil {
		if _, err := arn.Parse(*about.source()); err == nil {
			return *about.source()
		}
	}
	return "*"
}

var table = []Operation{
	operation("GetContextKeysForCustomPolicy", (*Call).GetContextKeysForCustomPolicy),
	operation("GetContextKeysForPrincipalPolicy", (*Call).GetContextKeysForPrincipalPolicy),
	operation("SimulateCustomPolicy", (*Call).SimulateCustomPolicy),
	operation("SimulatePrincipalPolicy", (*Call).SimulatePrincipalPolicy),
}

func operation[In, Out any](name string, call func(*Call, *In) (*Out, error)) Operation {
	return Operation{
		Name:     name,
		newInput: func() any { return new(In) },
		call: func(c *Call, input any) (any, error) {
			out, err := call(c, input.(*In))
			if err != nil {
				return nil, err
			}
			return out, nil
		},
	}
}

// Operations iterates over the operations by name.
func Operations() iter.Seq[*Operation] {
	return func(yield func(*Operation) bool) {
		for i := range table {
			if !yield(&table[i]) {
				return
			}
		}
	}
}
