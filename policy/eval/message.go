package eval

import "github.com/rolecall/rolecall/policy"

// phrases are the words of an access-denied message for a layer (EV-163).
type phrases struct{ implicit, explicit string }

var phrasesByLayer = [...]phrases{
	BySCP:      {"service control policy", "a service control policy"},
	ByRCP:      {"resource control policy", "a resource control policy"},
	ByEndpoint: {"VPC endpoint policy", "a VPC endpoint policy"},
	ByResource: {"resource-based policy", "a resource-based policy"},
	ByIdentity: {"identity-based policy", "an identity-based policy"},
	ByBoundary: {"permissions boundary", "a permissions boundary"},
	BySession:  {"session policy", "a session policy"},
}

// Message gives the denial in AWS's words (EV-163):
//
//	User: ARN is not authorized to perform: s3:GetObject on resource: ARN
//	because no identity-based policy allows the s3:GetObject action
//
// It is empty unless the decision is a denial. Services vary the form: S3 puts
// the resource in quotation marks, STS leaves the reason out.
func (d Decision) Message() string {
	if d.Outcome != ExplicitDeny && d.Outcome != ImplicitDeny {
		return ""
	}
	q := &d.request.query
	caller := q.Principal
	if caller == "*" {
		caller = "anonymous"
	}
	message := "User: " + caller + " is not authorized to perform: " + q.Action
	if q.Resource != "*" {
		message += " on resource: " + q.Resource
	}
	if !d.Reason.IsLayer() {
		return message
	}
	words := phrasesByLayer[d.Reason]
	if d.Reason == ByResource && d.request.trust {
		words = phrases{"role trust policy", "the role trust policy"}
	}
	if d.Outcome == ExplicitDeny {
		return message + " with an explicit deny in " + words.explicit + d.policyARN()
	}
	return message + " because no " + words.implicit + " allows the " + q.Action + " action"
}

// policyARN gives ": ARN" of the policy that denies, if it has one: AWS names
// it since 2026 (EV-164).
func (d Decision) policyARN() string {
	for m := range d.request.applying(d.policies, policy.Deny) {
		if m.Layer == d.Reason && m.Statement.Policy.ARN != "" {
			return ": " + m.Statement.Policy.ARN
		}
	}
	return ""
}
