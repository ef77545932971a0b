package eval

import (
	"strings"

	"github.com/rolecall/rolecall/principal"
)

// builtIn decides the calls that policies have no say in; an outcome of 0
// means that they have (EV-100 to EV-104, EV-169).
func builtIn(r *Request) (Outcome, Reason) {
	c := &r.caller
	switch {
	case r.isAction("sts", "getcalleridentity"):
		// Nothing can block it for a signed caller (CONTESTED for SCPs and
		// endpoint policies).
		if c.Kind == principal.Anonymous {
			return ImplicitDeny, ByBuiltIn
		}
		return Allowed, ByBuiltIn
	case forbiddenByCredentials(r):
		return ImplicitDeny, ByCredentials
	case r.isAction("sts", "getsessiontoken") && (c.Kind == principal.User || c.Kind == principal.Root):
		return Allowed, ByBuiltIn
	case r.query.ProtectAWSManaged && changesAWSManaged(r):
		return ImplicitDeny, ByProtection
	default:
		return 0, 0
	}
}

// forbiddenByCredentials tells whether the caller's kind of credentials cannot
// make the call. AWS fails these calls with assorted errors; to call it an
// implicit denial is CONTESTED (EV-104).
func forbiddenByCredentials(r *Request) bool {
	c := &r.caller
	service := r.match.Service()
	switch {
	case c.Kind == principal.Root:
		// Roles may not be assumed by root accounts (EV-94), nor root sessions
		// be made by them (EV-96); such a session calls nothing of STS.
		return r.isAction("sts", "assumerole", "assumeroot") || r.assumedRoot && service == "sts" || sessionTokenForbids(r)
	case c.IsRole():
		return r.isAction("sts", "getfederationtoken", "getsessiontoken") // EV-102
	case c.Kind == principal.FederatedUser:
		return service == "iam" || service == "sts" // EV-102
	case c.Kind == principal.IdentityProvider:
		return providerForbids(r)
	default:
		return sessionTokenForbids(r)
	}
}

// providerForbids: an identity provider calls nothing but its own federated
// form of AssumeRole, and what goes with it (EV-28, PL-51).
func providerForbids(r *Request) bool {
	if r.isAction("sts", "tagsession", "setsourceidentity") {
		return false
	}
	if strings.Contains(r.caller.Name, ":saml-provider/") {
		return !r.isAction("sts", "assumerolewithsaml")
	}
	return !r.isAction("sts", "assumerolewithwebidentity")
}

// sessionTokenForbids: a session of GetSessionToken calls IAM only if MFA was
// used, and of STS only AssumeRole (EV-103). It holds only for a caller that
// is known to be one.
func sessionTokenForbids(r *Request) bool {
	if r.query.Credentials != SessionToken {
		return false
	}
	if r.match.Service() == "iam" {
		mfa, _ := r.context.TextOf(keyMFA)
		return !strings.EqualFold(mfa, "true")
	}
	return r.match.Service() == "sts" && !r.isAction("sts", "assumerole", "tagsession", "setsourceidentity", "setcontext")
}

// changesAWSManaged tells whether an IAM action would change an object that
// AWS owns: a managed policy of AWS, a role below /aws-reserved/, or a
// service-linked role, of which only the description may be edited (EV-169).
func changesAWSManaged(r *Request) bool {
	if r.match.Service() != "iam" || r.resource.Service != "iam" || readsOnly(r) {
		return false
	}
	switch resource := r.resource.Resource; {
	case r.resource.Account == "aws" && strings.HasPrefix(resource, "policy/"):
		return true
	case strings.HasPrefix(resource, "role/aws-reserved/"):
		return !r.isAction("iam", "passrole")
	case strings.HasPrefix(resource, serviceLinkedPath):
		return r.isAction("iam", serviceLinkedEdits...)
	default:
		return false
	}
}

// readsOnly tells whether an IAM action changes nothing, by its name.
func readsOnly(r *Request) bool {
	_, name, _ := strings.Cut(strings.ToLower(r.query.Action), ":")
	for _, verb := range []string{"get", "list", "generate", "simulate"} {
		if strings.HasPrefix(name, verb) {
			return true
		}
	}
	return false
}

// serviceLinkedEdits are the actions on a service-linked role that IAM answers
// with UnmodifiableEntity (IAM API reference, errors of each action), without
// those that set the description.
var serviceLinkedEdits = []string{
	"attachrolepolicy", "deleterole", "deleterolepermissionsboundary", "deleterolepolicy", "detachrolepolicy",
	"putrolepermissionsboundary", "putrolepolicy", "updateassumerolepolicy",
}
