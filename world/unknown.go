package world

import (
	"strings"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
)

// UnknownPolicyPrefix begins the condition keys that stand for documents which
// the world does not hold. Such a document might allow anything or deny
// anything; it is modelled as one that does so depending on a key of its own,
// UnknownPolicyPrefix and its name, that is open in every request. A
// conditional decision then names it among the conditions.
const UnknownPolicyPrefix = "rolecall:UnknownPolicy/"

// unknownPolicy makes the policy that stands for an absent document: of a
// managed policy by its ARN, or of a caller that is not of this world.
func unknownPolicy(name, arn string) policy.Policy {
	const text = `{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "MayAllow", "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"KEY": "allows"}}},
    {"Sid": "MayDeny", "Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"KEY": "denies"}}}
  ]
}`
	document := mustParse(name+" (not known)", policy.Identity, strings.ReplaceAll(text, "KEY", UnknownPolicyPrefix+plain(name)))
	return policy.Policy{Name: name, ARN: arn, Document: document}
}

// plain is a name as a condition key may end in it: of printable ASCII without
// quotation marks and backslashes, not too long, and not with a slash at its
// end, which would be a key without a name. A name is whatever a file says.
func plain(name string) string {
	const most = 512
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' {
			return '?'
		}
		return r
	}, name[:min(len(name), most)])
	if name == "" || strings.HasSuffix(name, "/") {
		name += "?"
	}
	return name
}

// stranger gives the policies that stand for those of callers from an account
// that the world does not hold. What its SCPs deny they may be taken to deny,
// so that one unknown is enough.
func stranger(accountID string) *policy.Set {
	return policy.Compile(unknownPolicy("account "+accountID, ""))
}

// unknown gives the policy for an absent managed policy, the same for every
// use of the ARN.
func (b *builder) unknown(arn string) policy.Policy {
	if p, ok := b.unknowns[arn]; ok {
		return p
	}
	if b.unknowns == nil {
		b.unknowns = map[string]policy.Policy{}
	}
	p := unknownPolicy(arn, arn)
	b.unknowns[arn] = p
	return p
}

// warnUnknown tells of a managed policy whose document is absent, or of a group
// that is, where it is first referred to.
func (b *builder) warnUnknown(at Place, what, arn string) {
	if b.warned[arn] {
		return
	}
	if b.warned == nil {
		b.warned = map[string]bool{}
	}
	b.warned[arn] = true
	b.add(diag.Warning, CodeUnknownPolicy, at, what+" "+arn+" is not given",
		"answers that it could change are conditional")
}
