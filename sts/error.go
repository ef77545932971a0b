package sts

import (
	"net/http"
	"strconv"

	"github.com/rolecall/rolecall/policy/eval"
)

// Code is an error code as it stands on the wire (STS section 16).
type Code string

// The codes.
const (
	AccessDenied                Code = "AccessDenied"
	ExpiredToken                Code = "ExpiredToken"
	ExpiredTokenException       Code = "ExpiredTokenException"
	ExpiredTradeInToken         Code = "ExpiredTradeInTokenException"
	IDPCommunicationError       Code = "IDPCommunicationError"
	IDPRejectedClaim            Code = "IDPRejectedClaim"
	InternalFailure             Code = "InternalFailure"
	InvalidAuthorizationMessage Code = "InvalidAuthorizationMessageException"
	InvalidClientTokenID        Code = "InvalidClientTokenId"
	InvalidIdentityToken        Code = "InvalidIdentityToken"
	InvalidParameterValue       Code = "InvalidParameterValue"
	JWTPayloadSizeExceeded      Code = "JWTPayloadSizeExceededException"
	MalformedPolicyDocument     Code = "MalformedPolicyDocument"
	MissingAuthenticationToken  Code = "MissingAuthenticationToken"
	OutboundFederationDisabled  Code = "OutboundWebIdentityFederationDisabledException"
	PackedPolicyTooLarge        Code = "PackedPolicyTooLarge"
	RegionDisabled              Code = "RegionDisabledException"
	SessionDurationEscalation   Code = "SessionDurationEscalationException"
	ValidationError             Code = "ValidationError"
)

// statuses are the HTTP statuses that are not 400.
var statuses = map[Code]int{
	AccessDenied: http.StatusForbidden, ExpiredToken: http.StatusForbidden, IDPRejectedClaim: http.StatusForbidden,
	InvalidClientTokenID: http.StatusForbidden, MissingAuthenticationToken: http.StatusForbidden,
	OutboundFederationDisabled: http.StatusForbidden, RegionDisabled: http.StatusForbidden,
	SessionDurationEscalation: http.StatusForbidden, InternalFailure: http.StatusInternalServerError,
}

// Error is what a call fails with. Every error of a [Service] is one.
type Error struct {
	Code Code
	// Message is AWS's, word for word where it is known.
	Message string
	// Status is the HTTP status: 400, 403 or 500.
	Status int
	// Action is the action that was refused ("sts:TagSession"), where one was.
	Action string
	// Decision is the denial behind AccessDenied; nil where no policy decided.
	Decision *eval.Decision
	// Detail says more than AWS would, for logs and for people who test; it may
	// be empty and holds no secret.
	Detail string
	// Cause is what lies behind an InternalFailure, or what a package that
	// verified something said.
	Cause error
}

// newError makes an error with the status of its code.
func newError(code Code, message string) *Error {
	status, ok := statuses[code]
	if !ok {
		status = http.StatusBadRequest
	}
	return &Error{Code: code, Message: message, Status: status}
}

// internal is the error for what should not happen: no entropy, a world that
// contradicts itself.
func internal(cause error) *Error {
	e := newError(InternalFailure, "The request processing has failed because of an unknown error, exception or failure.")
	e.Detail, e.Cause = cause.Error(), cause
	return e
}

// Error gives code, status, message and detail in one line.
func (e *Error) Error() string {
	text := string(e.Code) + " (" + strconv.Itoa(e.Status) + "): " + e.Message
	if e.Detail != "" {
		text += " [" + e.Detail + "]"
	}
	return text
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Type gives the Type of an error answer: whose fault it is (STS-9).
func (e *Error) Type() string {
	if e.Status >= http.StatusInternalServerError {
		return "Receiver"
	}
	return "Sender"
}
