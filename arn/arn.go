// Package arn reads Amazon Resource Names and the patterns that policies match
// them with.
//
// An [ARN] has six parts, cut at the first five colons; the sixth is the whole
// rest and may hold colons and slashes itself (PL-84). A [Pattern] is matched
// part by part, so that a wildcard in one of the first five parts never
// reaches across a colon (PL-92, PL-164).
//
// This is the only ARN parser of the project.
package arn

import (
	"errors"
	"fmt"
	"strings"

	"github.com/rolecall/rolecall/diag"
)

// MaxLength is the longest ARN that is read, in bytes. AWS's longest are
// 2,048 characters.
const MaxLength = 8192

// partCount is how many parts an ARN has.
const partCount = 6

// ARN is a parsed Amazon Resource Name. Region and Account may be empty.
type ARN struct {
	Partition string
	Service   string
	Region    string
	Account   string
	// Resource is everything behind the fifth colon.
	Resource string
}

// errors that Parse wraps.
var (
	errTooLong = errors.New("longer than 8192 bytes")
	errPrefix  = errors.New(`does not begin with "arn:"`)
	errParts   = errors.New("needs six parts, arn:partition:service:region:account-id:resource")
	errEmpty   = errors.New("partition, service and resource must not be empty")
)

// Parse reads an ARN. It fails on a text that does not begin with "arn:", has
// fewer than six parts, lacks a partition, a service or a resource, or is
// longer than [MaxLength]. Whether the partition and the service exist is not
// checked, as AWS does not do so either (recorded for AssumeRole's RoleArn).
func Parse(s string) (ARN, error) {
	fail := func(err error) (ARN, error) {
		return ARN{}, fmt.Errorf("arn %q: %w", diag.Clip(s, 100), err)
	}
	if len(s) > MaxLength {
		return fail(errTooLong)
	}
	if !strings.HasPrefix(s, "arn:") {
		return fail(errPrefix)
	}
	parts, ok := Split(s)
	if !ok {
		return fail(errParts)
	}
	if parts[1] == "" || parts[2] == "" || parts[5] == "" {
		return fail(errEmpty)
	}
	return ARN{Partition: parts[1], Service: parts[2], Region: parts[3], Account: parts[4], Resource: parts[5]}, nil
}

// String gives the ARN as it is written.
func (a ARN) String() string {
	return "arn:" + a.Partition + ":" + a.Service + ":" + a.Region + ":" + a.Account + ":" + a.Resource
}

// ResourceType gives the resource part up to its first slash or colon, or all
// of it: "role" of role/app, "root" of root. Rest is what follows.
func (a ARN) ResourceType() (kind, rest string) {
	for i := range len(a.Resource) {
		if c := a.Resource[i]; c == '/' || c == ':' {
			return a.Resource[:i], a.Resource[i+1:]
		}
	}
	return a.Resource, ""
}

// Name gives the part behind the last slash of the resource, which names an
// IAM user or role without its path.
func (a ARN) Name() string {
	return a.Resource[strings.LastIndexByte(a.Resource, '/')+1:]
}

// Split cuts a text at its first five colons. It reports false for a text
// with fewer, which is no ARN (PL-198).
func Split(s string) (parts [partCount]string, ok bool) {
	start, n := 0, 0
	for i := range len(s) {
		if s[i] != ':' {
			continue
		}
		parts[n] = s[start:i]
		start = i + 1
		if n++; n == partCount-1 {
			parts[n] = s[start:]
			return parts, true
		}
	}
	return parts, false
}

// AccountOf gives the account of an ARN; it is empty if the ARN has none.
func AccountOf(s string) string {
	parts, _ := Split(s)
	return parts[accountPart]
}

const accountPart = 4

// HasParts tells whether a text can be [Split].
func HasParts(s string) bool { return strings.Count(s, ":") >= partCount-1 }

// IsAccountID tells whether s is the id of an AWS account: 12 digits.
func IsAccountID(s string) bool {
	if len(s) != 12 {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// IsPartition tells whether s may name a partition: "aws", or "aws-" and more,
// so that isolated and future partitions pass (PL-85).
func IsPartition(s string) bool {
	return s == "aws" || len(s) > len("aws-") && strings.HasPrefix(s, "aws-")
}
