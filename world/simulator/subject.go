package simulator

import (
	"slices"
	"strconv"
	"strings"

	"github.com/rolecall/rolecall/arn"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/world"
)

// subject is a user, group or role of the world whose policies are asked about.
type subject struct {
	// arn is empty for a group, which calls nothing.
	arn      string
	account  string
	policies []policy.Policy
	boundary string
}

// find finds the entity of an ARN.
func (c *Call) find(source string) (*subject, error) {
	a, err := arn.Parse(source)
	if err != nil || a.Service != "iam" {
		return nil, invalidInput("Invalid Entity Arn: " + diag.Clip(source, clip) + " does not clearly define entity type and name.")
	}
	kind, _ := a.ResourceType()
	switch kind {
	case "user":
		if u := c.World.User(source); u != nil {
			return &subject{source, a.Account, u.IdentitySet().Policies(), u.Boundary}, nil
		}
	case "role":
		if r := c.World.Role(source); r != nil && r.ARN() == source {
			return &subject{source, a.Account, r.IdentitySet().Policies(), r.Boundary}, nil
		}
	case "group":
		if g := c.group(a.Account, source); g != nil {
			return &subject{"", a.Account, c.policiesOf(&g.Permissions), ""}, nil
		}
	default:
		return nil, invalidInput("Invalid Entity Arn: " + diag.Clip(source, clip) + " does not clearly define entity type and name.")
	}
	return nil, noSuchEntity("The " + kind + " with name " + diag.Clip(a.Name(), clip) + " cannot be found.")
}

func (c *Call) group(account, source string) *world.Group {
	a := c.World.Account(account)
	if a == nil {
		return nil
	}
	i := slices.IndexFunc(a.Groups, func(g world.Group) bool { return g.ARN() == source })
	if i < 0 {
		return nil
	}
	return &a.Groups[i]
}

// policiesOf gives the policies of a group. Those whose documents the world does
// not hold are left out.
func (c *Call) policiesOf(p *world.Permissions) []policy.Policy {
	list := slices.Clone(p.Inline)
	for _, name := range p.Attached {
		if m := c.World.ManagedPolicy(name); m != nil && m.Document() != nil {
			list = append(list, policy.Policy{Name: m.Name, ARN: m.ARN, Document: m.Document()})
		}
	}
	return list
}

// parseList reads the documents of a parameter.
func parseList(parameter string, texts []string, kind policy.Kind) ([]policy.Policy, error) {
	var list []policy.Policy
	for i, text := range texts {
		p, err := parse(parameter+"."+strconv.Itoa(i+1), text, kind)
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, nil
}

// parse reads a document that was passed.
func parse(name, text string, kind policy.Kind) (policy.Policy, error) {
	d, problems := policy.Parse(&diag.Source{Name: name, Text: text}, policy.Options{Kind: kind})
	if d == nil {
		first := problems.Only(diag.Error)[0]
		return policy.Policy{}, invalidInput("Invalid policy document: " + strings.TrimSuffix(first.Error(), "."))
	}
	return policy.Policy{Name: name, Document: d}, nil
}
