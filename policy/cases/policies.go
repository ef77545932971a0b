package cases

import (
	"fmt"

	"github.com/rolecall/rolecall/internal/jsonpos"
	"github.com/rolecall/rolecall/policy"
)

// policies reads the policies of all layers.
func (p *parser) policies(found map[string]jsonpos.Value) {
	to := &p.c.Policies
	if v, ok := found["identityPolicies"]; ok {
		to.Identity = p.list(v, "identityPolicies", policy.Identity)
	}
	if v, ok := found["sessionPolicies"]; ok {
		to.Session = p.list(v, "sessionPolicies", policy.Session)
	}
	if v, ok := found["permissionsBoundary"]; ok {
		to.Boundary = p.one(v, "permissionsBoundary", policy.Boundary)
	}
	if v, ok := found["resourcePolicy"]; ok {
		to.Resource = p.one(v, "resourcePolicy", ResourcePolicyKind(p.c.Query.Resource))
	}
	if v, ok := found["endpointPolicy"]; ok {
		to.Endpoint = p.one(v, "endpointPolicy", policy.Endpoint)
	}
	if v, ok := found["serviceControlPolicies"]; ok {
		to.SCP = p.levels(v, "serviceControlPolicies", policy.SCP)
	}
	if v, ok := found["resourceControlPolicies"]; ok {
		to.RCP = p.levels(v, "resourceControlPolicies", policy.RCP)
	}
}

// document reads one policy; its path is its name in results.
func (p *parser) document(v jsonpos.Value, path string, kind policy.Kind) (policy.Policy, bool) {
	d, list := policy.Read(v, policy.Options{Kind: kind, LegacyDuplicates: p.opts.LegacyDuplicates})
	p.c.Problems = append(p.c.Problems, list...)
	return policy.Policy{Name: path, Document: d}, d != nil
}

func (p *parser) one(v jsonpos.Value, path string, kind policy.Kind) *policy.Set {
	d, ok := p.document(v, path, kind)
	if !ok {
		return nil
	}
	return policy.Compile(d)
}

func (p *parser) list(value jsonpos.Value, path string, kind policy.Kind) *policy.Set {
	if value.Kind() != jsonpos.Array {
		p.wrongType(value, path, "an array of policies")
		return nil
	}
	var policies []policy.Policy
	n := 0
	for item := range value.Items() {
		if d, ok := p.document(item, fmt.Sprintf("%s[%d]", path, n), kind); ok {
			policies = append(policies, d)
		}
		n++
	}
	return policy.Compile(policies...)
}

func (p *parser) levels(value jsonpos.Value, path string, kind policy.Kind) []*policy.Set {
	if value.Kind() != jsonpos.Array {
		p.wrongType(value, path, "an array of levels")
		return nil
	}
	var levels []*policy.Set
	for item := range value.Items() {
		levels = append(levels, p.list(item, fmt.Sprintf("%s[%d]", path, len(levels)), kind))
	}
	return levels
}
