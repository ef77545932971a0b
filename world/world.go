// Package world is a snapshot of AWS accounts and their organization, and what
// follows from it for a request.
//
// # What goes in
//
// A [Description] says what IAM, Organizations and STS know: accounts with
// users, groups, roles, managed policies, identity providers and resources,
// and the organization over them. [New] checks it and makes a [World].
// Package world/load reads one from files.
//
// # What comes out
//
// [World.Prepare] gathers for a caller and a resource exactly what package
// policy/eval needs: the identity-based policies of the user and its groups or
// of the role, the boundary, the levels of SCPs and RCPs, the resource-based
// policy, and the condition keys that follow from the accounts (tags,
// organization, unique ids).
//
// # Immutable
//
// A World never changes and is shared by any number of goroutines.
// [World.With] gives a changed one that shares all that did not change. A
// document that many identities refer to is compiled once.
//
// # What is not known
//
// An attached policy whose document is absent, and the policies of a caller
// from an account that the world does not hold, are unknown and not empty: the
// decision is then conditional on them.
package world

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/rolecall/rolecall/arn"
	"github.com/rolecall/rolecall/diag"
)

// Description says what a world holds. The zero value is an empty world in
// partition aws.
type Description struct {
	// Partition is "aws" (where empty), "aws-cn" or "aws-us-gov".
	Partition string
	// Organization is nil where the accounts are in none.
	Organization *Organization
	Accounts     []Account
	// AWSManagedPolicies are the documents of arn:aws:iam::aws:policy/...
	AWSManagedPolicies []ManagedPolicy
}

// World is an immutable snapshot of accounts.
type World struct {
	partition  string
	org        *organization // nil if there is none
	accounts   map[string]*account
	awsManaged map[string]*ManagedPolicy // by ARN
	keys       map[string]KeyOwner       // by access key id
	sets       *sets
}

// New makes the world of a description. The list holds all problems:
// duplicates, names and ids that AWS would refuse, references to what the world
// does not hold; with an error among them the World is nil. The world keeps
// the policies of the description, and copies its lists.
func New(d Description) (*World, diag.List) {
	b := builder{world: &World{
		partition: cmp.Or(d.Partition, "aws"),
		accounts:  make(map[string]*account, len(d.Accounts)),
		keys:      map[string]KeyOwner{},
		sets:      newSets(nil),
	}}
	b.build(&d)
	if b.problems.HasErrors() {
		b.problems.Sort()
		return nil, b.problems
	}
	return b.world, b.problems
}

// Partition gives the partition of all accounts.
func (w *World) Partition() string { return w.partition }

// Accounts iterates over the accounts by id.
func (w *World) Accounts() iter.Seq[*Account] {
	return func(yield func(*Account) bool) {
		for _, id := range slices.Sorted(maps.Keys(w.accounts)) {
			if !yield(&w.accounts[id].Account) {
				return
			}
		}
	}
}

// Account gives an account by its id, or nil.
func (w *World) Account(id string) *Account {
	if a := w.accounts[id]; a != nil {
		return &a.Account
	}
	return nil
}

// Role finds a role by its ARN, path included, or by the ARN of one of its
// sessions. It gives nil if there is none.
func (w *World) Role(arn string) *Role {
	id, kind, rest := w.split(arn)
	a := w.accounts[id]
	if a == nil {
		return nil
	}
	switch kind {
	case roleARN:
		if r := a.roles[rest[strings.LastIndexByte(rest, '/')+1:]]; r != nil && r.arn == arn {
			return r
		}
	case sessionARN:
		name, _, _ := strings.Cut(rest, "/")
		return a.roles[name]
	}
	return nil
}

// User finds a user by its ARN, path included. It gives nil if there is none.
func (w *World) User(arn string) *User {
	id, kind, rest := w.split(arn)
	a := w.accounts[id]
	if a == nil || kind != userARN {
		return nil
	}
	if u := a.users[rest[strings.LastIndexByte(rest, '/')+1:]]; u != nil && u.arn == arn {
		return u
	}
	return nil
}

// split takes the ARN of an identity apart: account, kind and what
// follows the type.
func (w *World) split(name string) (account string, kind arnKind, rest string) {
	parts, ok := arn.Split(name)
	if !ok || parts[0] != "arn" || parts[1] != w.partition || parts[3] != "" {
		return "", 0, ""
	}
	service, account := parts[2], parts[4]
	typ, rest, _ := strings.Cut(parts[5], "/")
	switch {
	case service == "iam" && typ == "role":
		kind = roleARN
	case service == "iam" && typ == "user":
		kind = userARN
	case service == "iam" && typ == "policy":
		kind = policyARN
	case service == "sts" && typ == "assumed-role":
		kind = sessionARN
	}
	return account, kind, rest
}

// arnKind is what an ARN of IAM or STS names; 0 is something else.
type arnKind uint8

const (
	roleARN arnKind = iota + 1
	userARN
	policyARN
	sessionARN
)

// ManagedPolicy finds a managed policy by its ARN, or gives nil.
func (w *World) ManagedPolicy(arn string) *ManagedPolicy {
	if p := w.awsManaged[arn]; p != nil {
		return p
	}
	id, kind, _ := w.split(arn)
	if a := w.accounts[id]; a != nil && kind == policyARN {
		return a.policies[arn]
	}
	return nil
}

// AWSManagedPolicies iterates over the AWS managed policies whose documents
// are given, by ARN.
func (w *World) AWSManagedPolicies() iter.Seq[*ManagedPolicy] {
	return byKey(w.awsManaged)
}

// byKey iterates over the values of a map in the order of the keys.
func byKey[V any](m map[string]V) iter.Seq[V] {
	return func(yield func(V) bool) {
		for _, key := range slices.Sorted(maps.Keys(m)) {
			if !yield(m[key]) {
				return
			}
		}
	}
}
