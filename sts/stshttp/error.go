package stshttp

import (
	"net/http"

	"github.com/rolecall/rolecall/sts"
)

// Codes of errors that only the protocol has (STS section 16), besides those of
// package sts.
const (
	IncompleteSignature   sts.Code = "IncompleteSignature"
	InvalidAction         sts.Code = "InvalidAction"
	MissingAction         sts.Code = "MissingAction"
	SignatureDoesNotMatch sts.Code = "SignatureDoesNotMatch"

	// Codes of STS that AWS does not document, because its servers stop such a
	// request before.
	MethodNotAllowed      sts.Code = "MethodNotAllowed"
	RequestEntityTooLarge sts.Code = "RequestEntityTooLarge"
	RequestTimeout        sts.Code = "RequestTimeout"
)

// failure makes an error.
func failure(status int, code sts.Code, message string) *sts.Error {
	return &sts.Error{Code: code, Message: message, Status: status}
}

// malformed is the error for parameters that cannot be read.
func malformed(message string) *sts.Error {
	return failure(http.StatusBadRequest, sts.ValidationError, message)
}

// incomplete is the error for an Authorization header that cannot be read. The
// status is CONTESTED: newer pages of AWS say 403 (STS-16).
func incomplete(message string) *sts.Error {
	return failure(http.StatusBadRequest, IncompleteSignature, message)
}

// mismatch is the error for a signature that is not of this request.
func mismatch(message string) *sts.Error {
	return failure(http.StatusForbidden, SignatureDoesNotMatch, message)
}

// internalFailure is the error for what should not happen.
func internalFailure(detail string) *sts.Error {
	e := failure(http.StatusInternalServerError, sts.InternalFailure,
		"The request processing has failed because of an unknown error, exception or failure.")
	e.Detail = detail
	return e
}
