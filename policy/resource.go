package policy

import (
	"fmt"
	"strings"

	"github.com/rolecall/rolecall/arn"
	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/diag"
)

const arnParts = 6

// resourceProblem checks an item of Resource or NotResource (PL-87 to PL-99).
func resourceProblem(text string, kind Kind, variables bool) *itemProblem {
	if text == "*" {
		return nil
	}
	if !strings.HasPrefix(text, "arn:") {
		shown := diag.Clip(text, 100)
		return &itemProblem{
			refused: true, code: CodeResourceFormat, rule: "PL-87",
			summary: fmt.Sprintf(`the resource %q is neither "*" nor an ARN`, shown), hint: "write arn:partition:service:region:account:resource",
		}
	}
	parts := arn.PatternParts(text, resourceVariables(variables))
	if parts == arnParts {
		return variablePosition(text, variables)
	}
	shown := diag.Clip(text, 100)
	p := itemProblem{code: CodeShortARN, rule: "PL-91", hint: "write arn:partition:service:region:account:resource"}
	switch fate := shortARNFate(text, kind); {
	case fate == shortRefused:
		p.refused, p.code = true, CodeResourceFormat
		p.summary = fmt.Sprintf("the resource %q has %d of the six parts of an ARN", shown, parts)
	case fate == shortDead:
		p.summary = fmt.Sprintf("the resource %q has %d of the six parts of an ARN and matches nothing", shown, parts)
	case strings.HasSuffix(text, "*"):
		return nil // the documented short form
	default:
		p.summary = fmt.Sprintf("the resource %q has %d of the six parts of an ARN; the missing ones are read as *", shown, parts)
	}
	return &p
}

// variablePosition warns of a variable before the fifth colon, which is not
// replaced there (PL-99, CONTESTED).
func variablePosition(text string, variables bool) *itemProblem {
	if !variables || !strings.Contains(text, "${") {
		return nil
	}
	for _, part := range arn.SplitPattern(text, arn.ResourceVariables)[:arnParts-1] {
		if strings.Contains(part, "${") {
			return &itemProblem{
				code: CodeVariablePosition, rule: "PL-99",
				summary: "a variable in the first five parts of a resource is not replaced, so that nothing matches", hint: "use * there",
			}
		}
	}
	return nil
}

func resourceVariables(variables bool) arn.Variables {
	if variables {
		return arn.ResourceVariables
	}
	return arn.NoVariables
}

// shortFate is what becomes of an ARN with fewer than six parts.
type shortFate uint8

const (
	shortPadded shortFate = iota + 1
	shortDead
	shortRefused
)

func shortARNFate(text string, kind Kind) shortFate {
	switch kind.rules().shortARN {
	case padWithStar:
		if !strings.Contains(text, "*") {
			return shortDead
		}
	case refuseUnlessStar:
		if !strings.HasSuffix(text, "*") {
			return shortRefused
		}
	case refuseAlways:
		return shortRefused
	}
	return shortPadded
}

// resourcePattern is a compiled item. An item that is neither all nor an ARN
// matches nothing.
type resourcePattern struct {
	all, isARN bool
	arn        conditions.ARNPattern
}

// compileResource compiles an item that resourceProblem did not refuse.
func compileResource(text string, kind Kind, variables bool) resourcePattern {
	if text == "*" {
		return resourcePattern{all: true}
	}
	mode := resourceVariables(variables)
	p, ok := conditions.NewARNPattern(text, mode)
	if !ok {
		if shortARNFate(text, kind) != shortPadded {
			return resourcePattern{}
		}
		text += strings.Repeat(":*", arnParts-arn.PatternParts(text, mode))
		p, _ = conditions.NewARNPattern(text, mode)
	}
	return resourcePattern{isARN: true, arn: p}
}

// match compares an item with the request's resource. Only `*` matches a
// request that names no resource (PL-95, PL-96).
func (r *resourcePattern) match(req *Request) conditions.Truth {
	switch {
	case r.all:
		return conditions.True
	case !r.isARN || !req.isARN:
		return conditions.False
	default:
		return r.arn.Match(req.resource, req.Context)
	}
}
