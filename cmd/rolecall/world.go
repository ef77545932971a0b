package main

import (
	"errors"
	"fmt"

	"github.com/rolecall/rolecall"
	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/reach"
)

// worldFlags say which accounts a question is about.
type worldFlags struct {
	World string `placeholder:"PATH" help:"A world file, a folder of them, or the output of aws iam get-account-authorization-details; the built-in example without it."`
	JSON  bool   `name:"json" help:"Print JSON."`
}

// open loads the world. Problems of its files are printed with their places,
// and the status is then not exitYes.
func (f *worldFlags) open(env *environment) (*rolecall.World, int, error) {
	if f.World == "" {
		if env.stderrTerminal {
			fmt.Fprintln(env.stderr, "the built-in example world is used; --world PATH asks of your own")
		}
		return rolecall.Example(), exitYes, nil
	}
	stop := env.progress("loading " + f.World)
	w, err := rolecall.Load(f.World)
	stop()
	var list diag.List
	if errors.As(err, &list) {
		return nil, exitUnusable, diag.Render(env.stderr, list, diag.Style{})
	}
	if err != nil {
		return nil, exitUnusable, err
	}
	return w, exitYes, diag.Render(env.stderr, w.Warnings, diag.Style{})
}

// callFlags are what is given of a call.
type callFlags struct {
	Context    []string `placeholder:"KEY=VALUE" sep:"none" help:"A condition key that is given; repeat it, or write KEY=[\"a\",\"b\"], for a multivalued one."`
	ExternalID string   `name:"external-id" placeholder:"ID" help:"The external id that is passed."`
	MFA        bool     `name:"mfa" help:"The call is made with MFA."`
}

func (f *callFlags) call() (reach.Call, error) {
	var call reach.Call
	if err := addContext(&call.Context, f.Context); err != nil {
		return call, err
	}
	if f.ExternalID != "" {
		if err := call.Context.Add("sts:ExternalId", f.ExternalID); err != nil {
			return call, usageError{"--external-id: " + err.Error(), ""}
		}
	}
	if f.MFA {
		call.Context = call.Context.With(conditions.NewKey("aws:MultiFactorAuthPresent"), conditions.Seen{Values: []string{"true"}})
	}
	return call, nil
}

// explainName adds what to do about a name that is none, or not of one thing.
func explainName(err error) error {
	var name *reach.NameError
	if !errors.As(err, &name) {
		return err
	}
	hint := "rolecall graph lists the roles; names are ARNs, NAME or ACCOUNT/NAME"
	switch {
	case name.Suggestion != "":
		hint = fmt.Sprintf("did you mean %q?", name.Suggestion)
	case len(name.Candidates) > 0:
		hint = "name one of them:"
		for _, c := range name.Candidates {
			hint += "\n  " + c
		}
	}
	return usageError{name.Error(), hint}
}

// questionFlags are those of the questions about who can assume what.
type questionFlags struct {
	worldFlags
	callFlags
}

// begin reads the call and loads the world. Without a world the command is over,
// with the status that is set.
func (f *questionFlags) begin(env *environment, status *int) (*rolecall.World, reach.Call, error) {
	call, err := f.call()
	if err != nil {
		return nil, call, err
	}
	w, failed, err := f.open(env)
	if err != nil || failed != exitYes {
		*status = failed
		return nil, call, err
	}
	return w, call, nil
}
