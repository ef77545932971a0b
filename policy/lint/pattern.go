package lint

import (
	"strconv"
	"strings"

	"github.com/rolecall/rolecall/arn"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/internal/glob"
	"github.com/rolecall/rolecall/policy"
)

// action is an item of Action or NotAction, in lower case.
type action struct {
	policy.Text
	service string // "" means every service
	name    glob.Pattern
	dead    bool // matches no action
}

func newAction(t policy.Text) action {
	a := action{Text: t}
	if t.Value == "*" || t.Value == "*:*" {
		a.name = glob.Compile("*", glob.Wildcards)
		return a
	}
	service, name, _ := strings.Cut(strings.ToLower(t.Value), ":")
	a.service, a.name = service, glob.Compile(name, glob.Wildcards)
	a.dead = name == "" || strings.ContainsAny(t.Value, " \t\r\n,")
	return a
}

func (a *action) matches(service, name string) bool {
	return !a.dead && (a.service == "" || a.service == service) && a.name.Match(name, nil)
}

// isExact tells whether the item names one action.
func (a *action) isExact() bool {
	_, exact := a.name.Literal()
	return exact && a.service != ""
}

func (a *action) everything() bool { return a.service == "" }
func (a *action) isDead() bool     { return a.dead }
func (a *action) size() int        { return len(a.Value) }

func (a *action) covers(b *action) bool {
	return !a.dead && (a.service == "" || a.service == b.service && a.name.Covers(&b.name))
}

func (a *action) overlaps(b *action) bool {
	return !a.dead && !b.dead && (a.service == "" || b.service == "" || a.service == b.service && a.name.Overlaps(&b.name))
}

// resource is an item of Resource or NotResource.
type resource struct {
	policy.Text
	all bool
	// parts are the six parts; nil for an ARN with fewer (PL-91).
	parts []glob.Pattern
}

func newResource(t policy.Text, variables bool) resource {
	r := resource{Text: t, all: t.Value == "*"}
	mode, last := arn.NoVariables, glob.Wildcards
	if variables {
		mode, last = arn.ResourceVariables, glob.Wildcards|glob.Variables
	}
	parts := arn.SplitPattern(t.Value, mode)
	if len(parts) < arnParts {
		return r
	}
	for i, part := range parts {
		m := glob.Wildcards
		if i == arnParts-1 {
			m = last
		}
		r.parts = append(r.parts, glob.Compile(part, m))
	}
	return r
}

const arnParts = 6

// part gives the text of one of the six parts.
func (r *resource) part(i int) string { return r.parts[i].String() }

func (r *resource) everything() bool { return r.all }
func (r *resource) isDead() bool     { return false }
func (r *resource) size() int        { return len(r.Value) }

func (r *resource) covers(q *resource) bool {
	switch {
	case r.all || r.Value == q.Value:
		return true
	case q.all || r.parts == nil || q.parts == nil:
		return false
	}
	for i := range r.parts {
		if !r.parts[i].Covers(&q.parts[i]) {
			return false
		}
	}
	return true
}

func (r *resource) overlaps(q *resource) bool {
	if r.parts == nil || q.parts == nil {
		return true
	}
	for i := range r.parts {
		if !r.parts[i].Overlaps(&q.parts[i]) {
			return false
		}
	}
	return true
}

// broad tells whether the item means all resources of a kind: `*`, or an ARN
// whose resource is a star, by itself or behind the type.
func (r *resource) broad() bool {
	if r.all || r.parts == nil {
		return true
	}
	name := r.part(arnParts - 1)
	if i := strings.IndexAny(name, "/:"); i >= 0 {
		name = name[i+1:]
	}
	return strings.Trim(name, "*") == ""
}

// item is what both kinds of lists hold.
type item[T any] interface {
	*T
	covers(*T) bool
	overlaps(*T) bool
	everything() bool
	isDead() bool
	size() int
}

// comparisonBudget is what the comparisons of one document may cost together:
// some 500 resources a list, and about a second.
const comparisonBudget = 1_000_000

// longest is the length beyond which patterns are not compared.
const longest = 2048

// afford takes the cost of comparing two texts from the budget, and reports
// false when it is used up.
func (p *pass) afford(a, b int) bool {
	if p.budget -= 1 + min(a, longest)*min(b, longest)/1024; p.budget >= 0 {
		return true
	}
	p.incomplete = true
	return false
}

// listCovers tells whether the list a, or its Not form, surely means all that
// the list b, or its Not form, means.
func listCovers[T any, P item[T]](p *pass, aNot bool, a []T, bNot bool, b []T) bool {
	switch {
	case !aNot && !bNot:
		return eachCovered[T, P](p, a, b)
	case aNot && bNot:
		return eachCovered[T, P](p, b, a)
	case bNot:
		for i := range a {
			if P(&a[i]).everything() {
				return true
			}
		}
		return false
	default:
		return noneOverlaps[T, P](p, a, b)
	}
}

// eachCovered tells whether each item of b is covered by an item of a. An item
// that matches nothing needs no cover.
func eachCovered[T any, P item[T]](p *pass, a, b []T) bool {
	for j := range b {
		covered := P(&b[j]).isDead()
		for i := 0; i < len(a) && !covered; i++ {
			if !p.afford(P(&a[i]).size(), P(&b[j]).size()) {
				return false
			}
			covered = P(&a[i]).covers(&b[j])
		}
		if !covered {
			return false
		}
	}
	return true
}

func noneOverlaps[T any, P item[T]](p *pass, a, b []T) bool {
	for i := range a {
		for j := range b {
			if !p.afford(P(&a[i]).size(), P(&b[j]).size()) || P(&a[i]).overlaps(&b[j]) {
				return false
			}
		}
	}
	return true
}

func quote(s string) string { return strconv.Quote(diag.Clip(s, 100)) }

func itoa(n int) string { return strconv.Itoa(n) }
