package eval

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
)

// Explanation is a decision with the verdicts on statements.
type Explanation struct {
	Decision Decision
	// Layers holds the layers that have policies, in their order.
	Layers []Layer
}

// Layer is what the policies of a layer say to the request. SCPs and RCPs have
// one Layer a level.
type Layer struct {
	Name Reason
	// Level counts the levels of SCPs and RCPs from 0, the root's.
	Level int
	// Skipped says why the layer does not concern the request; empty if it
	// does.
	Skipped string
	// Statements holds the verdicts on the statements that name the action and
	// the resource, or could, in the order of the policies: those that apply or
	// are kept from it by their principal or conditions. It is empty for a skipped
	// layer.
	Statements []policy.Verdict

	set   *policy.Set
	match *policy.Request
}

// All iterates over the verdicts on all statements of the layer, in the order
// of the policies. A skipped layer has none. Unlike Statements it costs as much
// as there are statements, which is why [Explain] leaves it to who wants it.
func (l *Layer) All() iter.Seq[policy.Verdict] { return l.set.Explain(l.match) }

// Explain decides a request and says why: it describes the statements that
// concern the request, in every layer that applies. Its decision equals that of
// [Decide].
func Explain(r *Request, p *Policies) (Explanation, error) {
	if err := r.impossible(p); err != nil {
		return Explanation{}, err
	}
	var e Explanation
	v := verdicts{present: p.present() & r.concerned}
	for l := range allLayers.All() {
		sets := p.sets(l)
		if len(sets) == 0 {
			continue
		}
		why, match := skipped(l, r, v.present), r.matchIn(l, p)
		outcome := everybody
		for level, set := range sets {
			layer := Layer{Name: l, Level: level, Skipped: why}
			if why == "" {
				layer.set, layer.match = set, match
				layer.Statements = set.Concerning(match)
				if one := outcomeOf(layer.Statements); l == BySCP || l == ByRCP {
					addLevel(&outcome, one)
				} else {
					outcome = one
				}
			}
			e.Layers = append(e.Layers, layer)
		}
		if v.present.Has(l) {
			v.add(l, outcome)
		}
	}
	v.exceptions(r)
	e.Decision.request, e.Decision.policies = r, p
	if r.builtIn != 0 {
		e.Decision.set(r.builtIn, r.builtInReason, 0)
	} else {
		e.Decision.set(v.decide(r))
	}
	return e, nil
}

// skipped says why a layer does not concern a request; present are those that
// do.
func skipped(l Reason, r *Request, present Reasons) string {
	switch {
	case r.builtIn != 0:
		return "the call is decided without policies"
	case present.Has(l):
		return ""
	}
	switch l {
	case BySCP:
		return "SCPs do not limit " + callerName(r)
	case ByRCP:
		return "RCPs do not cover this request"
	case ByEndpoint:
		return "endpoint policies do not limit " + callerName(r)
	case ByResource:
		return "a trust policy is consulted for STS actions on the role only"
	default:
		return "no policy is attached"
	}
}

func callerName(r *Request) string {
	if r.serviceLinked {
		return "a service-linked role"
	}
	return diag.WithArticle(r.caller.Kind.String())
}

// outcomeOf reduces the verdicts on statements to that of their set.
func outcomeOf(statements []policy.Verdict) policy.Outcome {
	o := policy.Outcome{Deny: conditions.False}
	for i := range statements {
		s := &statements[i]
		switch {
		case s.Statement.Effect == policy.Deny:
			o.Deny = o.Deny.Or(s.Applies)
		case s.Applies == conditions.True:
			o.Allow |= s.Principal
			o.MayAllow |= s.Principal
		case s.Applies == conditions.Unknown:
			o.MayAllow |= s.Principal
		}
	}
	return o
}

// MissingKeys gives the condition keys that a statement tests and the request
// lacks, sorted, in the spelling of the policies.
func (e *Explanation) MissingKeys() []string {
	var keys []string
	for i := range e.Layers {
		for s := range e.Layers[i].All() {
			for _, c := range s.Conditions {
				if c.Seen.Missing && !c.Seen.Open {
					keys = append(keys, c.Test.Key().String())
				}
			}
		}
	}
	slices.SortFunc(keys, func(a, b string) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a), strings.ToLower(b)), cmp.Compare(a, b))
	})
	return slices.CompactFunc(keys, strings.EqualFold)
}

// failures counts the parts of a statement that do not match; a condition
// counts one.
func failures(s *policy.Verdict) int {
	n := 0
	for _, matches := range []bool{s.Action.Matches.Possible(), s.Resource.Matches.Possible(), s.Principal != 0} {
		if !matches {
			n++
		}
	}
	for _, c := range s.Conditions {
		if !c.Result.Possible() {
			n++
		}
	}
	return n
}

// Nearest gives, for an implicit denial, the Allow statements of the deciding
// layer that come closest to applying: those for which the fewest parts fail,
// at most three, the action being one that matches. They show what would have
// to change.
func (e *Explanation) Nearest() []policy.Verdict {
	const most = 3
	if e.Decision.Outcome != ImplicitDeny {
		return nil
	}
	var near []policy.Verdict
	for i := range e.Layers {
		if e.Layers[i].Name != e.Decision.Reason {
			continue
		}
		for s := range e.Layers[i].All() {
			if s.Statement.Effect == policy.Allow && s.Applies == conditions.False && s.Action.Matches == conditions.True {
				near = append(near, s)
			}
		}
	}
	slices.SortStableFunc(near, func(a, b policy.Verdict) int { return cmp.Compare(failures(&a), failures(&b)) })
	return near[:min(len(near), most)]
}

// Explain gives the explanation of a decision.
func (d Decision) Explain() Explanation {
	e, _ := Explain(d.request, d.policies) // a decision was possible
	return e
}
