package eval

import (
	"iter"
	"strconv"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
)

// Outcome is the answer to a request. The zero value is invalid.
type Outcome uint8

// The outcomes.
const (
	// Allowed: the request may proceed.
	Allowed Outcome = iota + 1
	// ExplicitDeny: a Deny statement applies.
	ExplicitDeny
	// ImplicitDeny: something that the request needs does not allow it.
	ImplicitDeny
	// Conditional: it hinges on condition keys that the request leaves open.
	Conditional
)

var outcomeNames = [...]string{Allowed: "allowed", ExplicitDeny: "explicitDeny", ImplicitDeny: "implicitDeny", Conditional: "conditional"}

// String gives the outcome in the words of the policy simulator.
func (o Outcome) String() string {
	if o == 0 || int(o) >= len(outcomeNames) {
		return "outcome(" + strconv.Itoa(int(o)) + ")"
	}
	return outcomeNames[o]
}

// Decision is the answer to a request, with its reason. Its methods look at
// the request and the policies again, which therefore must not have changed.
type Decision struct {
	Outcome Outcome
	// Reason is what decided: of a denial the layer that AWS's message would
	// name, of a grant what granted.
	Reason Reason
	// BlockedBy holds every layer that stands in the way, not only the first:
	// what all would have to change.
	BlockedBy Reasons

	request  *Request
	policies *Policies
}

func (d *Decision) set(outcome Outcome, reason Reason, blocked Reasons) {
	if outcome == ImplicitDeny && !reason.IsLayer() {
		blocked.add(reason)
	}
	d.Outcome, d.Reason, d.BlockedBy = outcome, reason, blocked
}

// Allowed tells whether the request may proceed.
func (d Decision) Allowed() bool { return d.Outcome == Allowed }

// Match is a statement that applies to a request.
type Match struct {
	// Layer is the layer that the statement stands in.
	Layer Reason
	// Level counts the levels of SCPs and RCPs from 0, the root's; in other
	// layers it is 0.
	Level     int
	Statement policy.StatementRef
}

// Matched iterates over the statements behind the decision: of an explicit
// denial the Deny statements that apply, of a grant the Allow statements that
// apply, of an implicit denial none (EV-161). They come in the order of the
// layers, then of the policies. A decision without policies has none.
func (d Decision) Matched() iter.Seq[Match] {
	return func(yield func(Match) bool) {
		effect := policy.Allow
		switch {
		case d.Outcome == ExplicitDeny:
			effect = policy.Deny
		case d.Outcome != Allowed || !d.Reason.IsLayer() && d.Reason != ByRoot:
			return
		}
		for m := range d.request.applying(d.policies, effect) {
			if !yield(m) {
				return
			}
		}
	}
}

// applying iterates over the statements of an effect that apply, in every
// layer that applies.
func (r *Request) applying(p *Policies, effect policy.Effect) iter.Seq[Match] {
	return func(yield func(Match) bool) {
		for l := range (p.present() & r.concerned).All() {
			if l == ByResource && effect == policy.Deny && r.rootLockout {
				continue
			}
			match := r.matchIn(l, p)
			for level, set := range p.sets(l) {
				for ref := range set.Applying(match, effect) {
					if !yield(Match{Layer: l, Level: level, Statement: ref}) {
						return
					}
				}
			}
		}
	}
}

// matchIn gives the request as the statements of a layer see it.
func (r *Request) matchIn(l Reason, p *Policies) *policy.Request {
	rootOnly := l == ByEndpoint && r.query.GatewayEndpoint
	if p.Boundary == nil && !rootOnly {
		return &r.match
	}
	match := r.match
	match.Boundary, match.RootOnlyAccounts = p.Boundary != nil, rootOnly
	return &match
}

// Warnings gives what could not be interpreted in the policies of the layers
// that apply: values that match nothing, statements that never apply, text
// that only seems to be a variable.
func (d Decision) Warnings() diag.List {
	if d.request.builtIn != 0 {
		return nil
	}
	var list diag.List
	for l := range (d.policies.present() & d.request.concerned).All() {
		for _, set := range d.policies.sets(l) {
			for _, p := range set.Policies() {
				list = append(list, p.Document.Uninterpreted()...)
			}
		}
	}
	return list
}

// CrossAccount tells whether caller and resource are in different accounts.
func (d Decision) CrossAccount() bool { return d.request.CrossAccount() }

// Request gives the request that was decided.
func (d Decision) Request() *Request { return d.request }
