package eval

import (
	"strings"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/principal"
)

// layerWords name a layer in an access-denied message (EV-163).
var layerWords = [...]string{
	BySCP: "service control policy", ByRCP: "resource control policy", ByEndpoint: "VPC endpoint policy",
	ByResource: "resource-based policy", ByIdentity: "identity-based policy", ByBoundary: "permissions boundary",
	BySession: "session policy",
}

// LayerName gives AWS's name for a layer in this decision: the resource layer
// of an STS action on a role is its "role trust policy". It is empty for a
// reason that is no layer.
func (d Decision) LayerName(l Reason) string {
	switch {
	case !l.IsLayer():
		return ""
	case l == ByResource && d.request.trust:
		return "role trust policy"
	default:
		return layerWords[l]
	}
}

// Message gives the denial in AWS's words (EV-163):
//
//	User: ARN is not authorized to perform: s3:GetObject on resource: ARN
//	because no identity-based policy allows the s3:GetObject action
//
// It is empty unless the decision is a denial. Services vary the form: S3 puts
// the resource in quotation marks, STS leaves the reason out. What STS was
// recorded to answer to root users, sessions and identity providers is given
// as it was recorded.
func (d Decision) Message() string {
	if d.Outcome != ExplicitDeny && d.Outcome != ImplicitDeny {
		return ""
	}
	if message := d.stsMessage(); message != "" {
		return message
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
	layer := d.LayerName(d.Reason)
	switch {
	case layer == "":
		return message
	case d.Outcome == ExplicitDeny:
		return message + " with an explicit deny in " + d.denier(layer)
	default:
		return message + " because no " + layer + " allows the " + q.Action + " action"
	}
}

// stsMessage gives the answers of STS that have a form of their own: they name
// neither user nor resource.
func (d Decision) stsMessage() string {
	r := d.request
	_, name, _ := strings.Cut(r.query.Action, ":")
	switch {
	case d.Reason == ByCredentials && r.caller.Kind == principal.Root && r.isAction("sts", "assumerole"):
		return "Roles may not be assumed by root accounts."
	case d.Reason == ByCredentials && r.caller.IsRole(): // GetSessionToken and GetFederationToken
		return "Cannot call " + name + " with session credentials"
	case r.caller.Kind == principal.IdentityProvider:
		return "Not authorized to perform " + r.query.Action
	default:
		return ""
	}
}

// denier names the layer of an explicit deny with its article and, since 2026,
// the ARN of the policy, for every layer but resource and endpoint policies
// (EV-164).
func (d Decision) denier(layer string) string {
	switch d.Reason {
	case ByResource, ByEndpoint:
		if d.request.trust && d.Reason == ByResource {
			return "the " + layer
		}
		return diag.WithArticle(layer)
	}
	for m := range d.request.applying(d.policies, policy.Deny) {
		if m.Layer == d.Reason && m.Statement.Policy.ARN != "" {
			return diag.WithArticle(layer) + ": " + m.Statement.Policy.ARN
		}
	}
	return diag.WithArticle(layer)
}
