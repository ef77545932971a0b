package lint

import (
	"slices"
	"strings"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
)

// applicabilityRules check by the reference whether actions, resources and
// keys of a statement go together.
var applicabilityRules = []Rule{
	{
		Code: "ARN_FORMAT", Severity: diag.Error, Rule: "PL-84", Page: pageReference, NeedsReference: true, statement: arnFormat,
		Title: "an ARN that is of no resource type of its service", Happens: "it matches no resource",
		Mend: "write the ARN as the service's list of resource types does",
	}, {
		Code: "RESOURCE_MISMATCH", Severity: diag.Warning, Rule: "PL-96", Page: pageTroubleshoot, NeedsReference: true, statement: resourceMismatch,
		Title: "an action and a resource that do not go together", Happens: "that part of the statement never applies",
		Mend: "give the action the resources that it takes, or *",
	}, {
		Code: "RESOURCE_STAR", Severity: diag.Suggestion, Rule: "PL-95", Page: pageLeast, NeedsReference: true, statement: resourceStar,
		Title: "Allow on * of actions that take ARNs", Happens: "every resource of the service is allowed", Mend: "name the resources",
	}, {
		Code: "CONDITION_KEY_NOT_FOR_ACTION", Severity: diag.Error, Rule: "PL-111", Page: checks, NeedsReference: true, statement: keyNotForAction,
		Title: "a condition key that none of the actions has", Happens: "no request has the key: a positive test is false, a negated one true",
		Mend: "use a key of the action's list, or move the action to a statement of its own",
	}, {
		Code: "TAG_ALLOW_UNSUPPORTED", Severity: diag.Suggestion, Rule: "PL-188", Page: checks, NeedsReference: true, statement: tagAllow,
		Title: "an Allow by tags with actions that have none", Happens: "those actions are not allowed", Mend: "allow them in a statement of their own",
	}, {
		Code: "TAG_DENY_UNSUPPORTED", Severity: diag.Security, Rule: "PL-188", Page: checks, NeedsReference: true, statement: tagDeny,
		Title: "a Deny by tags with actions that have none", Happens: "a positive test never denies them, a negated one always does",
		Mend: "deny them in a statement of their own",
	},
}

func arnFormat(p *pass, s *statement) {
	s.eachARN(func(r *resource) {
		known := p.opts.Reference.service(r.part(2))
		if known == nil || len(known.resources) == 0 || known.fits(r) {
			return
		}
		var near []string
		for i := range known.resources {
			for _, f := range known.resources[i].formats {
				if f.overlaps(r, partRegion, partAccount) {
					return // ARN_REGION says so
				}
				near = append(near, f.text)
			}
		}
		hint := ""
		if len(near) > 0 && len(near) <= 4 {
			hint = "its resources are written " + strings.Join(near, " or ")
		}
		p.report(r.Span, "no resource of "+r.part(2)+" has an ARN like "+quote(r.Value), hint)
	})
}

// actionsOf gives the actions that each live item of a statement means; false
// if one of them is not known.
func (p *pass) actionsOf(s *statement) ([][]*serviceAction, bool) {
	if s.Action.Not {
		return nil, false
	}
	list := make([][]*serviceAction, len(s.actions))
	for i := range s.actions {
		found, ok := p.opts.Reference.matching(&s.actions[i])
		if !ok || s.actions[i].dead {
			return nil, false
		}
		list[i] = found
	}
	return list, len(list) > 0
}

// takes gives the resource types that actions take.
func takes(actions []*serviceAction) []string {
	var kinds []string
	for _, a := range actions {
		kinds = append(kinds, a.resources...)
	}
	return kinds
}

func resourceMismatch(p *pass, s *statement) {
	list, ok := p.actionsOf(s)
	if !ok || s.Resource == nil || s.Resource.Not || s.everyResource() || len(s.resources) == 0 {
		return
	}
	for i, found := range list {
		if len(found) > 0 && len(takes(found)) == 0 {
			p.report(s.actions[i].Span, quote(s.actions[i].Value)+" takes only the resource *", `put it in a statement with "Resource": "*"`)
		}
	}
	s.eachARN(func(r *resource) {
		home := p.opts.Reference.service(r.part(2))
		if home == nil || !home.fits(r) {
			return // nothing is known of it, or ARN_FORMAT says so
		}
		for i, found := range list {
			kinds := takes(found)
			// An action may take a resource of another service.
			if s.actions[i].service != home.name && len(kinds) > 0 || home.anyFits(kinds, r) {
				return
			}
		}
		p.report(r.Span, "none of the actions takes a resource like "+quote(r.Value), "")
	})
}

// anyFits tells whether an item may match a resource of one of the types.
func (s *service) anyFits(kinds []string, r *resource) bool {
	for i := range s.resources {
		if slices.Contains(kinds, s.resources[i].name) && s.resources[i].fits(r) {
			return true
		}
	}
	return false
}

func resourceStar(p *pass, s *statement) {
	list, ok := p.actionsOf(s)
	if !ok || p.doc.Kind != policy.Identity || !s.allows() || s.Resource.Not || !s.everyResource() || len(s.tests) > 0 {
		return
	}
	for _, found := range list {
		for _, a := range found {
			if len(a.resources) == 0 {
				return
			}
		}
		if len(found) == 0 {
			return
		}
	}
	p.report(s.at(), "every action of "+s.call()+" takes ARNs, and it allows *", "")
}

// keyNotForAction leaves out global keys, which the lists of actions do not
// repeat.
func keyNotForAction(p *pass, s *statement) {
	list, ok := p.actionsOf(s)
	if !ok {
		return
	}
	for i := range s.tests {
		t := &s.tests[i]
		base := keyBase(t.name)
		prefix, _, _ := strings.Cut(t.name, ":")
		_, builtIn := builtInKeys[base]
		if prefix == "aws" || builtIn || p.opts.Reference.service(prefix) == nil {
			continue
		}
		if _, known := p.key(t.name); known && !anyHas(list, t.name, base) {
			p.report(t.key.Name.Span, "none of the actions has the key "+quote(t.key.Name.Value), "")
		}
	}
}

func anyHas(list [][]*serviceAction, keys ...string) bool {
	empty := true
	for _, found := range list {
		for _, a := range found {
			empty = false
			for _, k := range keys {
				if a.keys[k] {
					return true
				}
			}
		}
	}
	return empty // UNKNOWN_ACTION says so
}

func tagAllow(p *pass, s *statement) {
	if s.allows() {
		p.tagKeys(s)
	}
}

func tagDeny(p *pass, s *statement) {
	if !s.allows() {
		p.tagKeys(s)
	}
}

var tagKeys = []string{"aws:resourcetag/", "aws:requesttag/", "aws:tagkeys"}

// tagKeys reports each item of Action of which no action has a tag key that
// the statement tests.
func (p *pass) tagKeys(s *statement) {
	list, ok := p.actionsOf(s)
	if !ok {
		return
	}
	for i := range s.tests {
		t := &s.tests[i]
		if !t.about(tagKeys) {
			continue
		}
		for j, found := range list {
			if !anyHas([][]*serviceAction{found}, keyBase(t.name)) {
				p.report(s.actions[j].Span, quote(s.actions[j].Value)+" has no key "+quote(t.key.Name.Value), "")
			}
		}
	}
}
