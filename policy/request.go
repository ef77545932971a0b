package policy

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
	"unsafe"

	"github.com/rolecall/rolecall/arn"
	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/principal"
)

// Request is what statements are matched against: one action by one caller on
// one resource. It must not be changed while it is in use, and may then be
// read by any number of goroutines.
type Request struct {
	Caller *principal.Caller
	// Boundary tells that a permissions boundary is attached to the caller,
	// which NotPrincipal with Deny asks for (PL-71).
	Boundary bool
	Context  *conditions.Context
	// RootOnlyAccounts makes an account that is named as principal mean its
	// root user only, as in the policy of a gateway endpoint (PL-32, EV-117).
	RootOnlyAccounts bool
	// NeedsResource makes statements without Resource or NotResource apply to
	// nothing, as in a KMS key policy (EV-110).
	NeedsResource bool

	action, service, name string // in lower case
	lower                 []byte // the bytes of action, whose room the next Set takes
	// serviceKey and actionKey are those of the service and of the action; see
	// actionKey.
	serviceKey, actionKey uint64
	resource              string
	isARN                 bool
	arn                   arn.ARN
}

// ErrRequest is wrapped by the errors of [Request.Set].
var ErrRequest = errors.New("bad request")

// maxActionLength bounds the name of an action, in bytes; AWS's longest are
// below 100.
const maxActionLength = 512

// Set tells the request its action, "service:Name", and its resource: an ARN,
// or "*" for an action that names no resource (PL-96). Wildcards in either
// are not wildcards (PL-102); an action with one is an error.
func (r *Request) Set(action, resource string) error {
	if err := r.setAction(action); err != nil {
		return err
	}
	r.serviceKey = textKey(r.service)
	r.actionKey = actionKey(r.serviceKey, r.name)
	r.resource = resource
	r.arn, r.isARN = arn.ARN{}, false
	if resource == "*" {
		return nil
	}
	parts, ok := arn.Split(resource)
	if !ok || parts[0] != "arn" || len(resource) > arn.MaxLength {
		return fmt.Errorf(`%w: the resource %q is neither "*" nor an ARN of six parts`, ErrRequest, diag.Clip(resource, 100))
	}
	r.arn = arn.ARN{Partition: parts[1], Service: parts[2], Region: parts[3], Account: parts[4], Resource: parts[5]}
	r.isARN = true
	return nil
}

// setAction notes the action in lower case, in the room of the one before, so
// that a request that is set again allocates nothing: with an allocation each
// BenchmarkCold/w1 takes a twentieth longer.
func (r *Request) setAction(action string) error {
	service, name, ok := strings.Cut(action, ":")
	switch {
	case !ok || service == "" || name == "" || strings.Contains(name, ":"):
		return fmt.Errorf(`%w: the action %q is not of the form "service:Action"`, ErrRequest, diag.Clip(action, 100))
	case len(action) > maxActionLength || strings.ContainsAny(action, "*?,"+white):
		return fmt.Errorf("%w: %q does not name one action", ErrRequest, diag.Clip(action, 100))
	}
	r.lower = appendLower(r.lower[:0], action)
	r.action = unsafe.String(unsafe.SliceData(r.lower), len(r.lower))
	r.service, r.name, _ = strings.Cut(r.action, ":")
	return nil
}

// appendLower appends a text in lower case. Most texts are ASCII.
func appendLower(dst []byte, text string) []byte {
	start := len(dst)
	for i := range len(text) {
		c := text[i]
		switch {
		case c >= utf8.RuneSelf:
			return append(dst[:start], strings.ToLower(text)...)
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		}
		dst = append(dst, c)
	}
	return dst
}

// ARN gives the resource in parts; it is zero for a request that names none.
func (r *Request) ARN() arn.ARN { return r.arn }

// Service gives the service of the action in lower case. The text is good until
// the next Set.
func (r *Request) Service() string { return r.service }

// Is tells whether the action is one of a service and name in lower case.
func (r *Request) Is(service, name string) bool { return r.service == service && r.name == name }
