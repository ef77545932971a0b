package saml

import (
	"fmt"
	"strings"
)

// Code is an error code of STS, as it stands on the wire.
type Code string

// The codes that a response can be refused with (STS-118).
const (
	InvalidIdentityToken  Code = "InvalidIdentityToken"
	ExpiredTokenException Code = "ExpiredTokenException"
	AccessDenied          Code = "AccessDenied"
)

// Error refuses a response.
type Error struct {
	Code Code
	// Status is the HTTP status of the answer.
	Status int
	// Message is what STS answers, word for word where that is known.
	Message string
	// Detail says which check failed, and what to do if somebody can do
	// something. It is for logs and for people who test; it may be empty.
	Detail string
}

// Error gives code, message and detail in one line.
func (e *Error) Error() string {
	line := string(e.Code) + ": " + e.Message
	if e.Detail != "" {
		line += " (" + e.Detail + ")"
	}
	return line
}

// Messages of STS. Those of a response that cannot be read are CONTESTED
// (STS-168).
const (
	messageUnreadable     = "Invalid base64 SAMLResponse"
	messageSignature      = "Response signature invalid"
	messageIssuer         = "Issuer not present in specified provider"
	messageAudience       = "Response does not contain the required audience."
	messageExpired        = "Token must be redeemed within 5 minutes of issuance"
	messageNoSessionName  = "RoleSessionName is required in AuthnResponse"
	messageSessionName    = "RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}"
	messageSourceIdentity = `Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:"`
	messageNotAuthorized  = "Not authorized to perform sts:AssumeRoleWithSAML"
)

const (
	statusBadRequest = 400
	statusForbidden  = 403
)

// refuse makes the error of all failures that no rule names another code for.
func refuse(message, detail string, args ...any) error {
	return &Error{InvalidIdentityToken, statusBadRequest, message, fmt.Sprintf(detail, args...)}
}

// invalid refuses a response for which no message of STS is known. What is
// wrong stands in the message, which is this project's own.
func invalid(what string, args ...any) error {
	return &Error{InvalidIdentityToken, statusBadRequest, "Invalid SAML response: " + fmt.Sprintf(what, args...), ""}
}

// expired refuses a response that came too late (STS-175).
func expired(detail string, args ...any) error {
	return &Error{ExpiredTokenException, statusBadRequest, messageExpired, fmt.Sprintf(detail, args...)}
}

// notAuthorized refuses as STS does whatever the trust policy would refuse
// (STS-68).
func notAuthorized(detail string, args ...any) error {
	return &Error{AccessDenied, statusForbidden, messageNotAuthorized, fmt.Sprintf(detail, args...)}
}

// listed puts values into a sentence, at most three of them.
func listed(values []string) string {
	const most = 3
	if len(values) > most {
		return strings.Join(values[:most], ", ") + fmt.Sprintf(" and %d more", len(values)-most)
	}
	return strings.Join(values, ", ")
}
