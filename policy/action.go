package policy

import (
	"fmt"
	"iter"
	"strings"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/internal/glob"
)

// itemProblem is what is wrong with an item of a list.
type itemProblem struct {
	refused             bool // else the item loads and is warned of
	code, rule, summary string
	hint                string
}

// actionProblem checks an item of Action or NotAction (PL-73 to PL-80).
func actionProblem(text string) *itemProblem {
	if text == "*" || isUsualAction(text) {
		return nil
	}
	if text == "*:*" { // PL-79, CONTESTED
		return &itemProblem{code: CodeActionStarStar, rule: "PL-79", summary: `"*:*" is read as "*"`, hint: `write "*"`}
	}
	shown := diag.Clip(text, 100)
	vendor, name, colon := strings.Cut(text, ":")
	switch {
	case !colon || vendor == "":
		return &itemProblem{
			refused: true, code: CodeActionFormat, rule: "PL-73",
			summary: fmt.Sprintf("the action %q does not begin with a service", shown), hint: "write it as service:Action, such as s3:GetObject",
		}
	case strings.Contains(name, ":"):
		return &itemProblem{refused: true, code: CodeActionFormat, rule: "PL-73", summary: fmt.Sprintf("the action %q has more than one colon", shown)}
	case strings.ContainsAny(vendor, "*?"): // CONTESTED
		return &itemProblem{
			refused: true, code: CodeActionVendor, rule: "PL-78",
			summary: fmt.Sprintf("the service of the action %q has a wildcard", shown), hint: "list the services one by one",
		}
	case !isVendor(strings.TrimLeft(vendor, white)):
		return &itemProblem{
			refused: true, code: CodeActionVendor, rule: "PL-78",
			summary: fmt.Sprintf("no service can be named as in the action %q", shown), hint: "a service has letters, digits, hyphens and dots",
		}
	case deadAction(vendor, name):
		return &itemProblem{code: CodeActionFormat, rule: "PL-80", summary: fmt.Sprintf("the action %q matches no action", shown)}
	default:
		return nil
	}
}

// isUsualAction tells whether a text is plainly in order: most are, and to go
// through the rules makes reading a document take a sixth longer
// (BenchmarkParse).
func isUsualAction(text string) bool {
	colon := -1
	for i := range len(text) {
		switch c := text[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		case c == ':' && colon < 0:
			colon = i
		case c == '-' && colon < 0, (c == '*' || c == '?') && colon > 0:
		default:
			return false
		}
	}
	return colon > 0 && colon < len(text)-1
}

// white is JSON's white space.
const white = " \t\r\n"

// deadAction tells whether an action loads but matches nothing: it has no
// name, or white space or a comma in it (PL-17, PL-80, CONTESTED).
func deadAction(vendor, name string) bool {
	return name == "" || strings.ContainsAny(vendor, white) || strings.ContainsAny(name, white+",")
}

func isVendor(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && c != '-' && c != '.' {
			return false
		}
	}
	return s != ""
}

// actionPattern is a compiled item. Case does not count (PL-74): patterns and
// requests are lower-cased beforehand.
type actionPattern struct {
	service string // "" matches every service
	// key is that of the service, and with exact of the action; an item with
	// another key than the request is passed over at once.
	key   uint64
	exact bool
	text  string // in lower case
	name  glob.Pattern
}

// noService is the service of an item that matches nothing; no request has it.
const noService = ":"

// compileAction compiles an item in lower case.
func compileAction(text string) actionPattern {
	if text == "*" || text == "*:*" {
		return actionPattern{text: "*", name: glob.Compile("*", glob.Wildcards)}
	}
	service, name, _ := strings.Cut(text, ":")
	if deadAction(service, name) {
		service = noService
	}
	a := actionPattern{service: service, key: textKey(service), text: text, name: glob.Compile(name, glob.Wildcards)}
	if _, a.exact = a.name.Literal(); a.exact {
		a.key = actionKey(a.key, name)
	}
	return a
}

// textKey is a number for a text, equal for equal texts and seldom for others.
// Two words of the text are enough to tell names of services and actions apart.
func textKey(s string) uint64 {
	key := uint64(len(s))
	if len(s) < 8 {
		for i := range len(s) {
			key = key<<8 | uint64(s[i])
		}
		return key * spread
	}
	return (key+word(s[:8]))*spread ^ word(s[len(s)-8:])
}

func word(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

func actionKey(service uint64, name string) uint64 { return service<<1 ^ textKey(name) }

// match compares the service as a whole: s3:* is not s3-object-lambda's
// (PL-76).
func (a *actionPattern) match(r *Request) bool {
	switch {
	case a.exact:
		return a.key == r.actionKey && a.text == r.action
	case a.key == r.serviceKey:
		return a.service == r.service && a.name.Match(r.name, nil)
	default:
		return a.service == "" && a.name.Match(r.name, nil)
	}
}

// ofService iterates over the items that concern a service by name.
func (st *statement) ofService(service string) iter.Seq[*actionPattern] {
	return func(yield func(*actionPattern) bool) {
		for i := range st.actions {
			if a := &st.actions[i]; a.service == service && !yield(a) {
				return
			}
		}
	}
}
