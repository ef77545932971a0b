package world

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
)

// policiesOf gives the policies of an identity, and refuses references that
// lead nowhere.
func (b *builder) policiesOf(a *account, p *Permissions, at Place, owner string) (policies []policy.Policy, unknown []string) {
	policies, unknown = b.resolve(a, p)
	for _, arn := range unknown {
		b.missing(a, p, at, owner, "attached policy", arn)
	}
	if p.Boundary != "" && b.document(a, p.Boundary) == nil {
		b.missing(a, p, at, owner, "permissions boundary", p.Boundary)
	}
	return policies, unknown
}

func (b *builder) missing(a *account, p *Permissions, at Place, owner, what, arn string) {
	if p.Partial || b.world.managed(a, arn) != nil {
		b.warnUnknown(at, "the document of", arn)
		return
	}
	hint := "describe it under policies of its account"
	if strings.Contains(arn, ":iam::aws:policy/") {
		hint = "give its document under awsManagedPolicies"
	}
	b.refuse(CodeDangling, at, fmt.Sprintf("the %s %s of %s is not in the world", what, diag.Clip(arn, 300), owner),
		didYouMean(b, arn, a.policies, didYouMean(b, arn, b.world.awsManaged, hint)))
}

// resolve gives the policies of a list of permissions, with a stand-in for
// each whose document is not known.
func (b *builder) resolve(a *account, p *Permissions) (policies []policy.Policy, unknown []string) {
	policies = slices.Clip(p.Inline)
	for _, arn := range p.Attached {
		document := b.document(a, arn)
		if document == nil {
			unknown = append(unknown, arn)
			policies = append(policies, b.unknown(arn))
			continue
		}
		policies = append(policies, policy.Policy{Name: arn[strings.LastIndexByte(arn, '/')+1:], ARN: arn, Document: document})
	}
	return policies, unknown
}

// managed finds a managed policy that an identity of an account can have: one
// of the account, or one of AWS.
func (w *World) managed(a *account, arn string) *ManagedPolicy {
	if p := a.policies[arn]; p != nil {
		return p
	}
	return w.awsManaged[arn]
}

func (b *builder) document(a *account, arn string) *policy.Document {
	if p := b.world.managed(a, arn); p != nil {
		return p.Document()
	}
	return nil
}

func (b *builder) effective(a *account, policies []policy.Policy, unknown []string, p *Permissions) effective {
	e := effective{identity: b.world.sets.of(policies), unknown: unknown}
	if p.Boundary == "" {
		return e
	}
	boundary := policy.Policy{Name: p.Boundary[strings.LastIndexByte(p.Boundary, '/')+1:], ARN: p.Boundary, Document: b.document(a, p.Boundary)}
	if boundary.Document == nil {
		boundary = b.unknown(p.Boundary)
		e.unknown = append(slices.Clip(unknown), p.Boundary)
	}
	e.boundary = b.world.sets.of([]policy.Policy{boundary})
	return e
}

// didYouMean looks for the key that was probably meant. A search costs a look
// at all of them, so that only the first errors get one.
func didYouMean[V any](b *builder, name string, known map[string]V, otherwise string) string {
	if b.errors > maxSearches {
		return otherwise
	}
	return diag.DidYouMean(name, slices.Sorted(maps.Keys(known)), otherwise)
}
