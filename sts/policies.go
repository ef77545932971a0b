package sts

import (
	"cmp"
	"strings"

	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/policy"
)

// maxPolicyText is how many characters session policies may have, inline and
// ARNs of managed ones together (STS-79).
const maxPolicyText = 2048

// nothing is a session policy that allows nothing. It stands for one that was
// deleted since the session was made: the session keeps its limit.
var nothing = mustParse("policy that is no more",
	`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "rolecall:Nothing", "Resource": "*"}]}`)

// forbidden is the policy of an AssumeRoot session whose task is no more.
var forbidden = policy.Compile(policy.Policy{Name: "task that is no more", Document: mustParse("task that is no more",
	`{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}`)})

// mustParse reads a document that is part of the program.
func mustParse(name, text string) *policy.Document {
	d, problems := policy.Parse(&diag.Source{Name: name, Text: text}, policy.Options{Kind: policy.Session})
	if d == nil {
		panic("sts: " + problems.Error())
	}
	d.Source = nil // it stands in no file
	return d
}

// sessionPolicies gives the session policies of a session, compiled; nil if it
// has none.
func (c *call) sessionPolicies(s *session) (*policy.Set, error) {
	switch s.kind {
	case AssumedRoot:
		return cmp.Or(c.taskPolicy(s.task), forbidden), nil
	case DelegatedSession:
		return c.delegatedPolicy(s.trade), nil
	}
	if !s.passed.hasPolicies() {
		return nil, nil
	}
	var list []policy.Policy
	if s.passed.policy != "" {
		d, err := parsePolicy(s.passed.policy)
		if err != nil {
			return nil, err
		}
		list = append(list, policy.Policy{Name: "session policy", Document: d})
	}
	for _, arn := range s.passed.policyARNs {
		list = append(list, c.managedPolicy(s.account, arn))
	}
	return policy.Compile(list...), nil
}

// managedPolicy gives a managed session policy as it is now.
func (c *call) managedPolicy(account, arn string) policy.Policy {
	document := c.findPolicy(account, arn)
	if document == nil {
		document = nothing
	}
	return policy.Policy{Name: arn[strings.LastIndexByte(arn, '/')+1:], ARN: arn, Document: document}
}

// findPolicy finds a managed policy that a session of an account can have: one
// of the account, or one of AWS. It gives nil if there is none (STS-74).
func (c *call) findPolicy(account, arn string) *policy.Document {
	prefix := "arn:" + c.world().Partition() + ":iam::"
	if !strings.HasPrefix(arn, prefix+account+":") && !strings.HasPrefix(arn, prefix+"aws:") {
		return nil
	}
	if p := c.world().ManagedPolicy(arn); p != nil {
		return p.Document()
	}
	return nil
}

// parsePolicy reads an inline session policy.
func parsePolicy(text string) (*policy.Document, *Error) {
	d, problems := policy.Parse(&diag.Source{Name: "session policy", Text: text}, policy.Options{Kind: policy.Session})
	if d != nil {
		return d, nil
	}
	e := newError(MalformedPolicyDocument, malformed(problems))
	e.Detail = problems.Error()
	return nil, e
}

// malformedTexts are what IAM says to the problems of a document (STS-78).
var malformedTexts = map[string]string{
	"JSON_SYNTAX":                     "This policy contains invalid Json",
	policy.CodeVersion:                "The policy must contain a valid version string",
	policy.CodePrincipalNotAllowed:    "Policy document should not specify a principal.",
	policy.CodeNotPrincipalNotAllowed: "Policy document should not specify a principal.",
	policy.CodeMissingResource:        "Policy statement must contain resources.",
	policy.CodeMissingAction:          "Policy statement must contain actions.",
}

// malformed words the first problem that IAM has words for.
func malformed(problems diag.List) string {
	for _, p := range problems {
		if text := malformedTexts[p.Code]; p.Severity == diag.Error && text != "" {
			return text
		}
	}
	return "Syntax errors in policy."
}
