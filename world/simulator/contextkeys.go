package simulator

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rolecall/rolecall/internal/glob"
	"github.com/rolecall/rolecall/policy"
)

// GetContextKeysForCustomPolicy lists the context keys that policies ask for.
func (c *Call) GetContextKeysForCustomPolicy(in *GetContextKeysForCustomPolicyInput) (*GetContextKeysForPolicyOutput, error) {
	var v constraints
	v.required("policyInputList", in.PolicyInputList != nil)
	v.texts("policyInputList", in.PolicyInputList, 1, maxPolicy)
	if err := v.err(); err != nil {
		return nil, err
	}
	return contextKeys(nil, in.PolicyInputList)
}

// GetContextKeysForPrincipalPolicy lists the context keys that the policies of
// a user, group or role ask for, and policies that are passed besides.
func (c *Call) GetContextKeysForPrincipalPolicy(in *GetContextKeysForPrincipalPolicyInput) (*GetContextKeysForPolicyOutput, error) {
	var v constraints
	v.required("policySourceArn", in.PolicySourceArn != nil)
	v.text("policySourceArn", in.PolicySourceArn, minSource, maxARN)
	v.texts("policyInputList", in.PolicyInputList, 1, maxPolicy)
	if err := v.err(); err != nil {
		return nil, err
	}
	about, err := c.find(*in.PolicySourceArn)
	if err != nil {
		return nil, err
	}
	return contextKeys(about.policies, in.PolicyInputList)
}

func contextKeys(policies []policy.Policy, texts []string) (*GetContextKeysForPolicyOutput, error) {
	passed, err := parseList("PolicyInputList", texts, policy.Identity)
	if err != nil {
		return nil, err
	}
	keys := []string{}
	for _, p := range slices.Concat(policies, passed) {
		keys = appendKeys(keys, p.Document)
	}
	slices.SortFunc(keys, func(a, b string) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a), strings.ToLower(b)), cmp.Compare(a, b))
	})
	return &GetContextKeysForPolicyOutput{slices.CompactFunc(keys, strings.EqualFold)}, nil
}

// appendKeys adds the keys of conditions, and those of policy variables in
// resources and values.
func appendKeys(keys []string, d *policy.Document) []string {
	for i := range d.Statements {
		st := &d.Statements[i]
		if st.Resource != nil {
			keys = appendVariables(keys, d, st.Resource.Items)
		}
		for _, operator := range st.Condition {
			for _, key := range operator.Keys {
				keys = append(keys, key.Name.Value)
				keys = appendVariables(keys, d, key.Values)
			}
		}
	}
	return keys
}

func appendVariables(keys []string, d *policy.Document, texts []policy.Text) []string {
	if !d.HasVariables() {
		return keys
	}
	for _, text := range texts {
		compiled := glob.Compile(text.Value, glob.Variables)
		for _, body := range compiled.Slots() {
			name, _, _ := strings.Cut(body, ",")
			if name = strings.TrimSpace(name); strings.Contains(name, ":") {
				keys = append(keys, name)
			}
		}
	}
	return keys
}
