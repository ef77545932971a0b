package main

import (
	"bufio"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/rolecall/rolecall/policy/cases"
)

// evalCommand is rolecall eval.
type evalCommand struct {
	Files []string `arg:"" optional:"" name:"FILE" help:"Files of cases, JSON Lines; standard input without any. See docs/case-format.md."`

	Example           bool   `help:"Decide the cases of the built-in example."`
	Explain           bool   `help:"Add the verdict on every statement."`
	JSON              bool   `name:"json" help:"Print JSON, one line a case, also on a terminal."`
	Now               string `placeholder:"TIME" help:"The time of the requests, such as 2026-11-01T12:00:00Z; the clock's without it."`
	ProtectAWSManaged bool   `name:"protect-aws-managed" help:"Deny changes to objects that AWS owns, whatever the policies say."`
	LegacyDuplicates  bool   `help:"Read policies with an element twice in a statement as AWS reads old ones."`

	Request requestFlags `embed:"" group:"One request, instead of files:"`
}

//go:embed example/example.cases
var exampleCases string

// Run decides the cases, or the one request.
func (c *evalCommand) Run(env *environment, status *int) error {
	now, err := c.time(env)
	if err != nil {
		return err
	}
	e := evaluation{
		printer: printer{env, bufio.NewWriterSize(env.stdout, 1<<16)}, command: c,
		options: cases.Options{Time: now, ProtectAWSManaged: c.ProtectAWSManaged, LegacyDuplicates: c.LegacyDuplicates},
	}
	if c.Request.given() {
		*status, err = e.request()
	} else {
		*status, err = e.streams()
	}
	return errors.Join(err, e.out.Flush())
}

func (c *evalCommand) time(env *environment) (time.Time, error) {
	if c.Now == "" {
		return env.now(), nil
	}
	now, err := time.Parse(time.RFC3339, c.Now)
	if err != nil {
		return time.Time{}, usageError{fmt.Sprintf("--now %q is not a time", c.Now), "write it as 2026-11-01T12:00:00Z"}
	}
	return now, nil
}

// evaluation is one run of rolecall eval.
type evaluation struct {
	printer
	command *evalCommand
	options cases.Options
	line    []byte // reused

	total, differ, invalid int
}

// text tells whether results are for people and not for programs.
func (e *evaluation) text() bool {
	return !e.command.JSON && (e.env.stdoutTerminal || e.command.Example || e.command.Request.given())
}

// streams decides the cases of all files.
func (e *evaluation) streams() (int, error) {
	switch {
	case e.command.Example && len(e.command.Files) > 0:
		return 0, usageError{"--example takes no files", ""}
	case e.command.Example:
		if err := e.stream(strings.NewReader(exampleCases), "example.cases"); err != nil {
			return 0, err
		}
	case len(e.command.Files) == 0:
		if e.env.stdinTerminal {
			fmt.Fprintln(e.env.stderr, "reading cases from the terminal; rolecall eval --example shows some")
		}
		if err := e.stream(e.env.stdin, "-"); err != nil {
			return 0, err
		}
	}
	for _, name := range e.command.Files {
		if err := e.file(name); err != nil {
			return 0, err
		}
	}
	return e.summary(), nil
}

func (e *evaluation) file(name string) error {
	if name == "-" {
		return e.stream(e.env.stdin, name)
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return e.stream(f, name)
}

// stream decides the cases of one file, in order and in constant memory.
func (e *evaluation) stream(in io.Reader, name string) error {
	reader := cases.NewReader(in, name)
	for {
		src, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := e.decide(cases.Parse(src, e.options)); err != nil {
			return err
		}
		if reader.Idle() {
			if err := e.out.Flush(); err != nil {
				return err
			}
		}
	}
}

func (e *evaluation) decide(c *cases.Case) error {
	var result cases.Result
	if e.command.Explain || e.text() {
		result = c.Explain()
	} else {
		result = c.Decide()
	}
	e.total++
	mismatch := result.Mismatch()
	switch {
	case mismatch != "":
		e.differ++
		if !e.text() {
			fmt.Fprintf(e.env.stderr, "%s: %s: %s\n", c.Source.Position(0), c.Name, mismatch)
		}
	case result.Problems != nil && c.Expect == nil:
		e.invalid++
	}
	if e.text() {
		return e.print(result, mismatch)
	}
	e.line = append(result.AppendJSON(e.line[:0]), '\n')
	_, err := e.out.Write(e.line)
	return err
}

// summary ends a run over cases and gives its exit status.
func (e *evaluation) summary() int {
	if e.text() {
		e.printSummary()
	}
	switch {
	case e.total == 0:
		fmt.Fprintln(e.env.stderr, "error: no case was found")
		return exitUnusable
	case e.differ > 0:
		fmt.Fprintf(e.env.stderr, "error: %s not decided as expected\n", of(e.differ, e.total))
		return exitNo
	case e.invalid > 0:
		fmt.Fprintf(e.env.stderr, "error: %s invalid\n", of(e.invalid, e.total))
		return exitUnusable
	default:
		return exitYes
	}
}

// of says how many of the cases are something.
func of(n, total int) string {
	if n == 1 {
		return fmt.Sprintf("1 of %d cases is", total)
	}
	return fmt.Sprintf("%d of %d cases are", n, total)
}
