package eval

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
)

// Explanation is a decision with the verdict on every statement.
type Explanation struct {
	Decision Decision
	// Layers holds the layers that have policies, in their order.
	Layers []Layer
	// MissingKeys are the condition keys that a test asked for and the request
	// lacks, sorted, in the spelling of the policies.
	MissingKeys []string
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
	// Statements holds the verdict on every statement, in the order of the
	// policies. It is empty for a skipped layer.
	Statements []policy.Verdict
}

// Explain decides a request and says why: it looks at every statement of every
// layer that applies. Its decision equals that of [Decide].
func Explain(r *Request, p *Policies) (Explanation, error) {
	if err := r.impossible(p); err != nil {
		return Explanation{}, err
	}
	var e Explanation
	v := verdicts{present: p.present() & r.concerned}
	for l := range allLayers.All() {
		match := r.matchIn(l, p)
		outcome := everybody
		for level, set := range p.sets(l) {
			layer := Layer{Name: l, Level: level, Skipped: skipped(l, r, p)}
			if layer.Skipped == "" {
				layer.Statements = slices.AppendSeq(make([]policy.Verdict, 0, set.Len()), set.Explain(&match))
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
	e.MissingKeys = missingKeys(e.Layers)
	return e, nil
}

// skipped says why a layer does not concern a request.
func skipped(l Reason, r *Request, p *Policies) string {
	switch {
	case r.builtIn != 0:
		return "the call is decided without policies"
	case (p.present() & r.concerned).Has(l):
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

func missingKeys(layers []Layer) []string {
	var keys []string
	for _, layer := range layers {
		for _, s := range layer.Statements {
			for _, c := range s.Conditions {
				if c.Seen.Missing && !c.Seen.Open {
					keys = append(keys, c.Key)
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
	for _, layer := range e.Layers {
		if layer.Name != e.Decision.Reason {
			continue
		}
		for _, s := range layer.Statements {
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
