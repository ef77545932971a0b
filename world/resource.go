package world

import (
	"strings"

	"github.com/rolecall/rolecall/arn"
	"github.com/rolecall/rolecall/policy"
)

// resource finds what a request is about: the account that owns it if it is
// known, its policy and its tags. A role's policy is its trust policy.
func (w *World) resource(name string) (owner string, set *policy.Set, tags []Tag) {
	if r := w.Role(name); r != nil && strings.Contains(name, ":iam::") {
		id, _, _ := w.split(name)
		return id, r.trust, r.Tags
	}
	if u := w.User(name); u != nil {
		id, _, _ := w.split(name)
		return id, nil, u.Tags
	}
	a, r := w.owner(name)
	if a == nil {
		return "", nil, nil
	}
	if r == nil {
		return a.ID, nil, nil
	}
	return a.ID, a.policyOf[r.ARN], r.Tags
}

// owner finds the account of a resource by its ARN and, if it is described, the
// resource. An object of S3 has the policy of its bucket; the ARNs of S3
// hold no account, so that all accounts are searched.
func (w *World) owner(name string) (*account, *Resource) {
	parts, ok := arn.Split(name)
	if !ok {
		return nil, nil
	}
	if parts[4] != "" {
		a := w.accounts[parts[4]]
		if a == nil {
			return nil, nil
		}
		return a, a.resources[name]
	}
	if parts[2] == "s3" {
		bucket, _, _ := strings.Cut(parts[5], "/")
		name = strings.Join(parts[:5], ":") + ":" + bucket
	}
	for _, a := range w.accounts { // at most one has it
		if r := a.resources[name]; r != nil {
			return a, r
		}
	}
	return nil, nil
}
