// Command rolecall answers questions about AWS IAM policies offline. See the
// README, or rolecall --help.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/alecthomas/kong"
	"golang.org/x/term"
)

// Exit statuses of every command.
const (
	exitYes         = 0 // yes, or all as expected
	exitNo          = 1 // no, or something not as expected
	exitUnusable    = 2 // unusable arguments or input
	exitConditional = 3 // it depends
)

func main() {
	os.Exit(run(os.Args[1:], environment{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
		stdinTerminal:  term.IsTerminal(int(os.Stdin.Fd())),
		stdoutTerminal: term.IsTerminal(int(os.Stdout.Fd())),
		stderrTerminal: term.IsTerminal(int(os.Stderr.Fd())),
		noColor:        os.Getenv("NO_COLOR") != "",
		now:            time.Now,
	}))
}

// environment is what the command sees of the world.
type environment struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	stdinTerminal  bool
	stdoutTerminal bool
	stderrTerminal bool
	noColor        bool
	now            func() time.Time
}

// color tells whether standard output takes colours.
func (e *environment) color() bool { return e.stdoutTerminal && !e.noColor }

// progress says on a terminal what takes its time, after a moment, until stop
// is called.
func (e *environment) progress(what string) (stop func()) {
	if !e.stderrTerminal {
		return func() {}
	}
	timer := time.AfterFunc(time.Second/2, func() { fmt.Fprint(e.stderr, what+" ...") })
	return func() {
		if !timer.Stop() {
			fmt.Fprint(e.stderr, "\r\x1b[K")
		}
	}
}

// commands is the grammar of the command line.
type commands struct {
	CanAssume    canAssumeCommand    `cmd:"" help:"Can somebody assume a role, and if not, why not?"`
	WhoCanAssume whoCanAssumeCommand `cmd:"" help:"Who can assume a role?"`
	Graph        graphCommand        `cmd:"" help:"Draw who can assume what."`
	Eval         evalCommand         `cmd:"" help:"Decide requests: a file of cases, or one request given by flags."`
	Test         testCommand         `cmd:"" help:"Run test files of policies."`
	Serve        serveCommand        `cmd:"" help:"Serve the STS of a world to AWS SDKs and the AWS command line."`
	Explain      explainCommand      `cmd:"" help:"Say what the statements of a policy say, their conditions in CEL if wanted."`
	Lint         lintCommand         `cmd:"" help:"Find what is wrong with policies that AWS takes all the same."`
}

// usageError is an error in the arguments, with a hint what to do.
type usageError struct{ message, hint string }

func (e usageError) Error() string { return e.message }

// exit is how kong is made to return a status instead of leaving.
type exit int

func run(args []string, env environment) (status int) {
	defer func() {
		if r := recover(); r != nil {
			code, ok := r.(exit)
			if !ok {
				panic(r)
			}
			status = int(code)
		}
	}()
	var grammar commands
	parser, err := kong.New(&grammar,
		kong.Name("rolecall"),
		kong.Description("The offline engine for AWS IAM policies and AWS STS.\n\nExit status: 0 yes, 1 no, 2 unusable input, 3 conditional."),
		kong.UsageOnError(),
		kong.Writers(env.stdout, env.stderr),
		kong.Exit(func(code int) { panic(exit(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
	)
	if err != nil {
		return fail(env.stderr, err)
	}
	context, err := parser.Parse(args)
	if err != nil {
		return fail(env.stderr, usageError{err.Error(), "rolecall --help lists commands and flags"})
	}
	status = exitYes
	if err := context.Run(&env, &status); err != nil {
		return fail(env.stderr, err)
	}
	return status
}

// fail prints an error line and hint lines: lower case, no full stop.
func fail(w io.Writer, err error) int {
	fmt.Fprintln(w, "error: "+err.Error())
	var usage usageError
	if errors.As(err, &usage) && usage.hint != "" {
		fmt.Fprintln(w, "hint: "+usage.hint)
	}
	return exitUnusable
}
