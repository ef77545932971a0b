package lint

import (
	"slices"
	"strings"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
)

// nameRules check services and actions against the reference.
var nameRules = []Rule{
	{
		Code: "UNKNOWN_SERVICE", Severity: diag.Error, Rule: "PL-81", Page: pageReference, NeedsReference: true, statement: unknownService,
		Title: "an action of a service that does not exist", Happens: "the action matches nothing, so it neither allows nor denies",
		Mend: "look the service's prefix up in the service authorization reference",
	}, {
		Code: "UNKNOWN_ACTION", Severity: diag.Error, Rule: "PL-81", Page: pageReference, NeedsReference: true, statement: unknownAction,
		Title: "an action that does not exist", Happens: "the action matches nothing, so it neither allows nor denies",
		Mend: "look the action up in the service authorization reference",
	}, {
		Code: "NOT_IN_REFERENCE", Severity: diag.Suggestion, Rule: "PL-204", Page: pageServiceFiles, NeedsReference: true, document: notInReference,
		Title: "a service of which the reference has no file", Happens: "its actions, resources and keys were not checked",
		Mend: "download the service's file from " + serviceFiles,
	},
}

// isListed tells whether a service exists, as far as the reference tells.
func (r *Reference) isListed(name string) bool {
	return r.listed == nil || r.services[name] != nil || slices.Contains(r.listed, name)
}

func unknownService(p *pass, s *statement) {
	for i := range s.actions {
		a := &s.actions[i]
		if a.dead || a.everything() || p.opts.Reference.isListed(a.service) {
			continue
		}
		near := diag.DidYouMean(a.service, p.opts.Reference.listed, "")
		p.report(a.Span, "there is no service "+quote(a.service), near)
	}
}

func unknownAction(p *pass, s *statement) {
	for i := range s.actions {
		a := &s.actions[i]
		found, known := p.opts.Reference.matching(a)
		if a.dead || !known || len(found) > 0 {
			continue
		}
		if !a.isExact() {
			p.report(a.Span, "no action of "+a.service+" matches "+quote(a.Value), "")
			continue
		}
		var names []string
		for _, known := range p.opts.Reference.service(a.service).actions {
			names = append(names, a.service+":"+known.name)
		}
		slices.Sort(names)
		p.report(a.Span, "there is no action "+quote(a.Value), nearestAction(a.Value, names))
	}
}

// nearestAction compares the names without their service, so that the service
// does not make them look alike.
func nearestAction(name string, candidates []string) string {
	_, name, _ = strings.Cut(name, ":")
	bare := make([]string, len(candidates))
	for i, c := range candidates {
		_, bare[i], _ = strings.Cut(c, ":")
	}
	if near, ok := diag.Nearest(name, bare); ok {
		return `did you mean "` + candidates[slices.Index(bare, near)] + `"?`
	}
	return ""
}

// notInReference says once a service which actions could not be checked, so
// that nothing is left out in silence.
func notInReference(p *pass) {
	var seen []string
	look := func(name string, t policy.Text) {
		r := p.opts.Reference
		if name != "" && r.service(name) == nil && r.isListed(name) && !slices.Contains(seen, name) {
			seen = append(seen, name)
			p.report(t.Span, "the reference has no file for "+quote(name), "")
		}
	}
	for i := range p.statements {
		s := &p.statements[i]
		for j := range s.actions {
			if !s.actions[j].dead {
				look(s.actions[j].service, s.actions[j].Text)
			}
		}
	}
}
