package eval

import (
	"iter"
	"math/bits"
	"strconv"

	"github.com/rolecall/rolecall/policy"
)

// Reason is what decided: a layer of policies, or a rule that stands above
// them. The zero value is invalid.
type Reason uint8

// The layers, in the order in which a decision names them if several deny
// (EV-162, CONTESTED), and then the other reasons.
const (
	// BySCP: the service control policies over the caller's account.
	BySCP Reason = iota + 1
	// ByRCP: the resource control policies over the resource's account.
	ByRCP
	// ByEndpoint: the policy of the VPC endpoint.
	ByEndpoint
	// ByResource: the resource-based policy; a role's trust policy for STS
	// actions on a role.
	ByResource
	// ByIdentity: the identity-based policies.
	ByIdentity
	// ByBoundary: the permissions boundary.
	ByBoundary
	// BySession: the session policies.
	BySession

	// ByRoot: the root user of an account has full access to it (EV-2).
	ByRoot
	// ByCredentials: this kind of credentials cannot call the action at all
	// (EV-94, EV-102, EV-103).
	ByCredentials
	// ByBuiltIn: the action is decided without policies (EV-100, EV-101).
	ByBuiltIn
	// ByProtection: AWS owns the object (EV-169).
	ByProtection
)

const layerCount = int(BySession)

var reasonNames = [...]string{
	BySCP: "scp", ByRCP: "rcp", ByEndpoint: "endpoint", ByResource: "resource", ByIdentity: "identity",
	ByBoundary: "boundary", BySession: "session",
	ByRoot: "root", ByCredentials: "credentials", ByBuiltIn: "builtin", ByProtection: "protected",
}

// String gives the name that results are printed with.
func (r Reason) String() string {
	if r == 0 || int(r) >= len(reasonNames) {
		return "reason(" + strconv.Itoa(int(r)) + ")"
	}
	return reasonNames[r]
}

// IsLayer tells whether the reason is a layer of policies.
func (r Reason) IsLayer() bool { return r >= BySCP && r <= BySession }

// Reasons is a set of reasons.
type Reasons uint16

func (s *Reasons) add(r Reason) { *s |= 1 << r }

func (s *Reasons) remove(r Reason) { *s &^= 1 << r }

// first gives the first reason of the set in their order, or 0.
func (s Reasons) first() Reason {
	if s == 0 {
		return 0
	}
	return Reason(bits.TrailingZeros16(uint16(s)))
}

// Has tells whether the set holds a reason.
func (s Reasons) Has(r Reason) bool { return s&(1<<r) != 0 }

// All iterates over the reasons in their order.
func (s Reasons) All() iter.Seq[Reason] {
	return func(yield func(Reason) bool) {
		for r := BySCP; int(r) < len(reasonNames); r++ {
			if s.Has(r) && !yield(r) {
				return
			}
		}
	}
}

// Policies are the policies in force for a request, by layer. The zero value
// has none.
type Policies struct {
	// Identity holds the policies of the user and its groups, of the role, or
	// of the issuer of a federated user session.
	Identity *policy.Set
	// Boundary is the permissions boundary; nil means that none is attached.
	Boundary *policy.Set
	// Session holds the session policies; nil means that none were passed. A set
	// without policies is the same.
	Session *policy.Set
	// Resource is the policy of the resource, or the trust policy of a role;
	// nil means that it has none.
	Resource *policy.Set
	// SCP holds the service control policies over the caller's account, a set
	// a level, the organization's root first and the account last (EV-70). No
	// level at all means that they do not apply; a level without a policy
	// allows nothing.
	SCP []*policy.Set
	// RCP holds the resource control policies over the resource's account in
	// the same form (EV-80).
	RCP []*policy.Set
	// Endpoint is the policy of the VPC endpoint that the request came
	// through; nil means that it came through none, or that the policy is the
	// default one (EV-115).
	Endpoint *policy.Set
}

// sets gives the sets of a layer: one for each level of SCPs and RCPs.
func (p *Policies) sets(l Reason) []*policy.Set {
	one := func(s *policy.Set) []*policy.Set {
		if s == nil {
			return nil
		}
		return []*policy.Set{s}
	}
	switch l {
	case BySCP:
		return p.SCP
	case ByRCP:
		return p.RCP
	case ByEndpoint:
		return one(p.Endpoint)
	case ByResource:
		return one(p.Resource)
	case ByIdentity:
		return one(p.Identity)
	case ByBoundary:
		return one(p.Boundary)
	default:
		return one(p.Session)
	}
}

// present is the layers that have policies. A level without a policy counts,
// and so do a resource, a boundary and an endpoint with an empty one.
func (p *Policies) present() Reasons {
	var s Reasons
	if len(p.SCP) > 0 {
		s.add(BySCP)
	}
	if len(p.RCP) > 0 {
		s.add(ByRCP)
	}
	if p.Endpoint != nil {
		s.add(ByEndpoint)
	}
	if p.Resource != nil {
		s.add(ByResource)
	}
	if hasPolicies(p.Identity) {
		s.add(ByIdentity)
	}
	if p.Boundary != nil {
		s.add(ByBoundary)
	}
	if hasPolicies(p.Session) {
		s.add(BySession)
	}
	return s
}

// allLayers has every layer.
const allLayers Reasons = 1<<(layerCount+1) - 2

// hasPolicies tells whether a set holds at least one policy.
func hasPolicies(s *policy.Set) bool { return len(s.Policies()) > 0 }
