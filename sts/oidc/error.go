package oidc

import (
	"strconv"
	"time"

	"github.com/rolecall/rolecall/diag"
)

// Code is the code of an error as STS answers it. Both are HTTP 400.
type Code string

// The codes of a token that is refused.
const (
	InvalidIdentityToken  Code = "InvalidIdentityToken"
	ExpiredTokenException Code = "ExpiredTokenException"
)

// Error says why a token is refused. Every error of [Parse] and [Token.Verify]
// is one.
type Error struct {
	Code Code
	// Message is the message of STS. It may repeat the issuer that the token
	// names, which nobody has verified.
	Message string
	// Detail says more than STS would, or is empty. It never holds the token,
	// and no claim but those that the message is about.
	Detail string
}

// Error gives code, message and detail in one line.
func (e *Error) Error() string {
	text := string(e.Code) + ": " + e.Message
	if e.Detail != "" {
		text += " (" + e.Detail + ")"
	}
	return text
}

// Messages of STS. Those of STS-156 and STS-161, and that for a signature that
// does not verify, are not recorded anywhere: CONTESTED.
const (
	messageNotJWT   = "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
	messageAudience = "Incorrect token audience"
	messageKey      = "Couldn't retrieve verification key from your identity provider,  " +
		"please reference AssumeRoleWithWebIdentity documentation for requirements"
	messageSignature = "Token signature invalid"
	messageRoles     = "The target role ARN is not present in the roles claim of the identity token"
	messageSource    = `Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:"`
	messageOutbound  = "A token of GetWebIdentityToken cannot be used for AssumeRoleWithWebIdentity"
)

func invalid(message, detail string) *Error {
	return &Error{Code: InvalidIdentityToken, Message: message, Detail: detail}
}

// notJWT is the error of STS-155.
func notJWT(detail string) *Error { return invalid(messageNotJWT, detail) }

// missing is the error of STS-157.
func missing(claim string) *Error { return invalid("Missing a required claim: "+claim, "") }

// wrongType is the error for a claim that is not what it must be.
func wrongType(claim, want string) *Error {
	return invalid("The claim "+diag.Clip(claim, 200)+" of the ID Token must be "+want, "")
}

// noProvider is the error of STS-158, with the issuer as the token writes it.
func noProvider(issuer, detail string) *Error {
	return invalid("No OpenIDConnect provider found in your account for "+issuer, detail)
}

// expired is the error of STS-161 for exp.
func expired(now time.Time, expires int64) *Error {
	return &Error{
		Code: ExpiredTokenException,
		Message: "Token expired: current date/time " + strconv.FormatInt(now.Unix(), 10) +
			" must be before the expiration date/time " + strconv.FormatInt(expires, 10),
	}
}

// early is the error of STS-161 for nbf and iat.
func early(now time.Time, claim string, at int64) *Error {
	return invalid("Token is not valid yet: current date/time "+strconv.FormatInt(now.Unix(), 10)+
		" is more than 5 minutes before the "+claim+" date/time "+strconv.FormatInt(at, 10), "")
}
