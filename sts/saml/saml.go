// Package saml verifies SAML 2.0 responses, as AssumeRoleWithSAML does, with
// nothing but the metadata of the identity provider and the time it is given.
//
// [ParseMetadata] reads the metadata of an identity provider: its name and the
// keys that it signs with. [Metadata.Verify] takes a response in base64 and
// gives an [Assertion]: who the user is, which roles may be taken, session
// tags, and what the `saml:*` condition keys hold. Everything else about the
// call (whether the role exists and trusts the provider, how long the session
// lasts) is the caller's.
//
// # What is trusted
//
// A response is written by whoever sends it. It goes through these doors, one
// after the other, and nothing is read from it that is not covered by a
// signature, but for reasons to refuse it.
//
//  1. Text: at most 100,000 characters of base64, well-formed XML in UTF-8
//     with every prefix declared and no attribute twice, within bounds of
//     depth and size. Document type declarations are refused and so is every
//     entity that one would declare (STS-168).
//  2. Shape: one Response with the status Success, exactly one Assertion
//     anywhere in it and that one a child of the Response, no ID twice, no
//     signature anywhere but in these two, nothing encrypted (STS-170).
//  3. Signature: an enveloped RSA signature with SHA-256, SHA-384 or SHA-512 on
//     the assertion, the response or both, made over exclusive canonical XML
//     of exactly the element that holds it, by a key of the metadata. What a
//     response says of its own keys is never looked at (STS-169).
//  4. Content: from here on only the bytes that the signature covers are read,
//     parsed anew. Issuer, subject, recipient, audience, times and attributes
//     must be as AWS wants them (STS-171 to STS-176).
//
// If both elements are signed, both signatures must verify.
//
// A text is all the character data of its element. A comment inside a text,
// which some readers take as its end, changes nothing.
//
// # Errors
//
// A refused response gives an [*Error] with AWS's code, status and message,
// and a Detail that says what was wrong and what to do. Metadata gives a
// diag.List with the place of each problem.
//
// # Choices
//
// AWS does not document these points, or documents them in two ways.
//
//   - SHA-1 is refused, and so are EC keys: the service is documented with RSA
//     and SHA-2 (STS-169).
//   - The dates of certificates and the validUntil of metadata are not
//     enforced (STS-169, CONTESTED).
//   - A response is expired 5 minutes after its IssueInstant, even if it says
//     that it lives longer (STS-175, CONTESTED). An IssueInstant more than 5
//     minutes ahead is refused like such a NotBefore.
//   - Whether AWS refuses a response that was used before is not known. A
//     service that wants to keeps a [Replay].
//   - Two kinds of attribute may fill one condition key; the first of the table
//     counts. A key of a single value takes the first (STS-178).
package saml

import (
	"crypto/sha1"
	"encoding/base64"
	"strings"
)

// MaxResponse is the greatest length of a response in base64, in characters,
// line breaks included (STS section 4).
const MaxResponse = 100_000

// formatPrefix is what STS leaves out of the formats of SAML 2.0.
const formatPrefix = "urn:oasis:names:tc:SAML:2.0:nameid-format:"

// unspecifiedFormat is the format of a NameID that names none (SAML core 2.2.2).
const unspecifiedFormat = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"

// SubjectType gives the SubjectType of an answer and the value of
// saml:sub_type for a format of a NameID: without the prefix of SAML 2.0 if it
// has that, as it is if not (STS-116).
func SubjectType(format string) string {
	return strings.TrimPrefix(format, formatPrefix)
}

// NameQualifier gives the NameQualifier of an answer and the value of
// saml:namequalifier: a hash of the issuer, the account of the SAML provider
// and the provider's name (STS-117). Nothing stands between issuer and
// account, although a page of the IAM User Guide reads as if a slash did.
// SHA-1 is what AWS uses; nothing is protected by it.
func NameQualifier(issuer, account, provider string) string {
	sum := sha1.Sum([]byte(issuer + account + "/" + provider))
	return base64.StdEncoding.EncodeToString(sum[:])
}
