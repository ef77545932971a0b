package load

import (
	"fmt"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/world"
)

// maxProblems bounds the errors of one load, and the warnings.
const maxProblems = 1000

// maxThings bounds how many things with a name are read: users, groups, roles,
// policies, ... An account has a few thousand of them.
const maxThings = 500_000

// maxItems bounds the lists that an identity has, maxAccounts lists of
// accounts. IAM's own quotas are far below.
const (
	maxItems    = 1_000
	maxAccounts = 100_000
)

// problems gathers what is wrong. Errors have room of their own, so that
// warnings cannot crowd one out.
type problems struct {
	first            diag.List // that cannot be overlooked
	rest             diag.List
	errors, warnings int
}

func (p *problems) add(list diag.List) {
	for _, d := range list {
		n := &p.errors
		if d.Severity == diag.Warning {
			n = &p.warnings
		}
		*n++
		switch {
		case *n <= maxProblems:
			p.rest = append(p.rest, d)
		case *n == maxProblems+1:
			p.rest = append(p.rest, diag.Diagnostic{
				Severity: d.Severity, Code: policy.CodeTooManyProblems, Source: d.Source, Span: d.Span,
				Summary: fmt.Sprintf("more than %d problems; the rest is not listed", maxProblems),
			})
		}
	}
}

func (p *problems) failed() bool { return p.errors > 0 }

// list gives the problems in the order of the files, what is missing first. A
// problem that was met twice, behind an alias, is told of once.
func (p *problems) list() diag.List {
	p.rest.Sort()
	list, seen := p.first, map[string]bool{}
	for _, d := range p.rest {
		if line := d.Error(); !seen[line] {
			seen[line] = true
			list = append(list, d)
		}
	}
	return list
}

func (l *loader) refuse(code string, at world.Place, summary, hint string) {
	l.problems.add(diag.List{{Severity: diag.Error, Code: code, Summary: summary, Hint: hint, Source: at.Source, Span: at.Span}})
}

func (l *loader) warn(code string, at world.Place, summary, hint string) {
	l.problems.add(diag.List{{Severity: diag.Warning, Code: code, Summary: summary, Hint: hint, Source: at.Source, Span: at.Span}})
}

// full tells that nothing more is read, since there are too many problems or
// too many things.
func (l *loader) full() bool { return l.problems.errors > maxProblems }

// count counts a thing, and reports false when no more are read.
func (l *loader) count(at world.Place) bool {
	if l.counted++; l.counted == maxThings+1 {
		l.broken = true
		l.refuse(CodeTooLarge, at, fmt.Sprintf("there are more than %d users, groups, roles and policies", maxThings), "split the world up")
	}
	return l.counted <= maxThings && !l.full()
}

// given remembers what may be said once: by key, where and how it was said.
type given map[string]struct {
	at  world.Place
	raw string
}
