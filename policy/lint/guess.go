package lint

import (
	"strings"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/internal/jsonpos"
	"github.com/rolecall/rolecall/policy"
)

// GuessKind tells of which kind a document probably is, and why. A document
// with a Principal is a resource-based policy, or a role trust policy if it
// names no Resource and every action is one of those that assume a role or
// belong to it; any other document, also one that is no JSON, is an
// identity-based policy. Boundaries, session policies, SCPs, RCPs and endpoint
// policies look like these and cannot be told from them.
func GuessKind(src *diag.Source) (kind policy.Kind, why string) {
	value, problems := jsonpos.Parse(src, jsonpos.Limits{Bytes: policy.MaxBytes, Depth: maxDepth})
	if problems != nil {
		return policy.Identity, "it is not readable"
	}
	g := guesser{onlySTS: true}
	switch statement := member(value, "Statement"); {
	case !statement.Exists():
	case statement.Kind() == jsonpos.Object:
		g.statement(statement)
	default:
		for item := range statement.Items() {
			g.statement(item)
		}
	}
	switch {
	case !g.principal:
		return policy.Identity, "it has no Principal"
	case g.resource:
		return policy.Resource, "it has a Principal and a Resource"
	case g.assumes && g.onlySTS:
		return policy.Trust, "it has a Principal, no Resource, and actions that assume a role"
	default:
		return policy.Resource, "it has a Principal, and other actions than those that assume a role"
	}
}

type guesser struct{ principal, resource, assumes, onlySTS bool }

func (g *guesser) statement(value jsonpos.Value) {
	for m := range value.Members() {
		switch m.Key {
		case "Principal", "NotPrincipal":
			g.principal = true
		case "Resource", "NotResource":
			g.resource = true
		case "Action":
			if s := text(m.Value); s != "" {
				g.action(s)
			}
			for _, s := range texts(m.Value) {
				g.action(s)
			}
		}
	}
}

func (g *guesser) action(s string) {
	s = strings.ToLower(s)
	g.assumes = g.assumes || strings.HasPrefix(s, "sts:assume") || s == "sts:*"
	g.onlySTS = g.onlySTS && strings.HasPrefix(s, "sts:")
}
