// Package rolecall answers questions about AWS accounts offline: is this
// request allowed, can this principal assume that role, who can?
//
// It is a thin front to the packages below it. [Load] reads a world, the
// accounts and the organization in question, from files; [World.Evaluate]
// decides a request the way AWS does; [World.CanAssume] and the methods beside
// it answer questions about roles. Somebody who has policies and no accounts
// uses package policy/eval.
package rolecall

import (
	"embed"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy/eval"
	"github.com/rolecall/rolecall/reach"
	"github.com/rolecall/rolecall/world"
	"github.com/rolecall/rolecall/world/load"
)

// World is a world with what makes questions about it fast. It is immutable
// and safe for use by any number of goroutines.
type World struct {
	// Warnings are what the files say without effect, and what they leave
	// unknown.
	Warnings diag.List

	finder *reach.Finder
}

// Load reads a world from a file or a folder: world files in YAML or JSON
// (docs/world-format.md), or the output of
// `aws iam get-account-authorization-details`. The error is a [diag.List] of
// all that is wrong with them.
func Load(path string) (*World, error) {
	w, problems := load.File(path)
	if w == nil {
		return nil, problems
	}
	return &World{Warnings: problems, finder: reach.New(w)}, nil
}

//go:embed example
var example embed.FS

// Example gives the world of example/world.yaml: two accounts of an
// organization and the ways between them.
func Example() *World {
	w, problems := load.FS(example, "example/world.yaml")
	if w == nil {
		panic("rolecall: the embedded world: " + problems.Error())
	}
	return &World{Warnings: problems, finder: reach.New(w)}
}

// Of gives the World of a snapshot that was made otherwise.
func Of(w *world.World) *World { return &World{finder: reach.New(w)} }

// Snapshot gives the world itself, for the packages that work on it, such as
// sts.
func (w *World) Snapshot() *world.World { return w.finder.World() }

// Evaluate decides a request with all policies that are in force for it. The
// decision says why; an error means that the request cannot be made.
func (w *World) Evaluate(r world.Request) (eval.Decision, error) {
	request, policies, err := w.finder.World().Prepare(r)
	if err != nil {
		return eval.Decision{}, err
	}
	return eval.Decide(request, policies)
}

// CanAssume tells whether a principal can assume a role: yes, no and why not,
// or under which conditions.
func (w *World) CanAssume(q reach.Question) (reach.Answer, error) { return w.finder.CanAssume(q) }

// WhoCanAssume gives the principals that can assume a role, or could.
func (w *World) WhoCanAssume(role string, call reach.Call) ([]reach.Admission, error) {
	return w.finder.WhoCanAssume(role, call)
}

// WhatCanAssume gives the roles that a principal can assume, or could.
func (w *World) WhatCanAssume(principal string, call reach.Call) ([]reach.Reachable, error) {
	return w.finder.WhatCanAssume(principal, call)
}

// Graph gives every way to assume a role directly. done, if it is not nil, is
// told how many of the roles have been looked at.
func (w *World) Graph(call reach.Call, done func(roles, of int)) ([]reach.Edge, error) {
	return w.finder.Graph(call, done)
}

// With gives the world with some changes made, sharing all that did not
// change: what if this role trusted that account?
func (w *World) With(changes ...world.Change) (*World, error) {
	finder, err := w.finder.With(changes...)
	if err != nil {
		return nil, err
	}
	return &World{Warnings: w.Warnings, finder: finder}, nil
}
