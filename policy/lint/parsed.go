package lint

import (
	"strings"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/diag"
	"github.com/rolecall/rolecall/internal/jsonpos"
	"github.com/rolecall/rolecall/policy"
)

// refusalHappens is what follows from every refusal.
const refusalHappens = "AWS refuses to store the document, so that nothing in it takes effect"

func refusal(code, rule, page, title string) Rule {
	return Rule{Code: code, Severity: diag.Error, Title: title, Happens: refusalHappens, Mend: "write it as the page says", Rule: rule, Page: page, Refusal: true}
}

// refusals are the errors of the parser (PL-203).
var refusals = []Rule{
	refusal(jsonpos.Code, "PL-1", pageTroubleshoot, "text that is not one JSON object"),
	refusal(policy.CodeUnknownElement, "PL-3", pageGrammar, "an element that policies do not have"),
	refusal(policy.CodeDuplicateKey, "PL-5", pageTroubleshoot, "the same member twice in an object"),
	refusal(policy.CodeDataType, "PL-11", pageGrammar, "a value of the wrong JSON type"),
	refusal(policy.CodeExclusiveElements, "PL-20", checks, "an element together with its Not form"),
	refusal(policy.CodeMissingStatement, "PL-8", pageStatement, "no statement"),
	refusal(policy.CodeMissingEffect, "PL-21", pageEffect, "a statement without Effect"),
	refusal(policy.CodeEffect, "PL-42", pageEffect, "an Effect other than Allow and Deny"),
	refusal(policy.CodeMissingAction, "PL-21", pageAction, "a statement without Action or NotAction"),
	refusal(policy.CodeMissingResource, "PL-23", pageResource, "a statement without Resource or NotResource where one is needed"),
	refusal(policy.CodeVersion, "PL-35", pageVersion, "a Version that does not exist, or not for this kind of policy"),
	refusal(policy.CodeSidCharacters, "PL-40", pageSid, "a Sid with other characters than letters and digits"),
	refusal(policy.CodeRCPEffect, "PL-27", pageRCP, "an Allow in a resource control policy"),
	refusal(policy.CodeRCPPrincipal, "PL-27", pageRCP, "a Principal other than * in a resource control policy"),
	refusal(policy.CodeRCPAction, "PL-27", pageRCP, "the action * in a resource control policy"),
	refusal(policy.CodePrincipalNotAllowed, "PL-23", pagePrincipal, "a Principal where the attachment tells who is meant"),
	refusal(policy.CodeNotPrincipalNotAllowed, "PL-25", pageNotPrincipal, "NotPrincipal where it is not allowed"),
	refusal(policy.CodeResourceNotAllowed, "PL-25", checks, "a Resource in a role trust policy"),
	refusal(policy.CodeNotActionNotAllowed, "PL-27", pageRCP, "NotAction in a resource control policy"),
	refusal(policy.CodePrincipalFormat, "PL-47", pagePrincipal, "a principal that nobody can be"),
	refusal(policy.CodePrincipalKey, "PL-43", pagePrincipal, "an unknown key in a Principal"),
	refusal(policy.CodePrincipalWildcard, "PL-46", pagePrincipal, "a wildcard in a part of a principal"),
	refusal(policy.CodeTrustPrincipalStar, "PL-49", pagePrincipal, `"Principal": "*" in a role trust policy`),
	refusal(policy.CodeActionVendor, "PL-78", pageAction, "a wildcard or another bad character in the service of an action"),
	refusal(policy.CodeResourceFormat, "PL-87", pageResource, "a resource that is neither * nor an ARN"),
	refusal(policy.CodeConditionOperator, "PL-123", pageOperators, "an unknown condition operator"),
	refusal(policy.CodeNullIfExists, "PL-124", pageOperators, "NullIfExists"),
	refusal(policy.CodeConditionKeyFormat, "PL-111", pageCondition, "a condition key without a prefix"),
}

// parserRules are the warnings of the parser. Some codes are refusals as well,
// and some have more to look for than the parser does.
var parserRules = []Rule{
	{
		Code: policy.CodeMissingVersion, Severity: diag.Warning, Rule: "PL-36", Page: pageVersion,
		Title: "no Version", Happens: "the document is read by the rules of 2008-10-17, in which policy variables are plain text",
		Mend: `add "Version": "2012-10-17"`,
	},
	{
		Code: policy.CodePolicySize, Severity: diag.Warning, Rule: "PL-34", Page: pageQuotas,
		Title: "a document beyond its size quota", Happens: "AWS refuses to store it, unless the quota was raised",
		Mend: "split it, or shorten it with wildcards and fewer statements",
	},
	{
		Code: policy.CodeEmptyList, Severity: diag.Suggestion, Rule: "PL-14", Page: checks, statement: emptyOperator,
		Title: "an empty list or object", Happens: "an empty list matches nothing, or excludes nothing, and an empty operator tests nothing",
		Mend: "fill it, or remove it together with what it stands in",
	},
	{
		Code: policy.CodeActionStarStar, Severity: diag.Warning, Rule: "PL-79", Page: pageAction,
		Title: "the action *:*", Happens: "it is read as *, if AWS takes it at all", Mend: `write "*"`,
	},
	{
		Code: policy.CodeActionFormat, Severity: diag.Warning, Rule: "PL-80", Page: pageAction, Refusal: true,
		Title: "an action that is not service:Name", Happens: "the action matches nothing, so it neither allows nor denies",
		Mend: "write it as service:Name",
	},
	{
		Code: policy.CodeMissingPrincipal, Severity: diag.Error, Rule: "PL-31", Page: pagePrincipal, Refusal: true,
		Title: "a statement without Principal where one is needed", Happens: "the statement never applies", Mend: "name the principals",
	},
	{
		Code: policy.CodeSidDuplicate, Severity: diag.Warning, Rule: "PL-41", Page: pageSid, Refusal: true,
		Title: "the same Sid twice", Happens: "messages and tools cannot tell the statements apart", Mend: "give each its own",
	},
	{
		Code: policy.CodeShortARN, Severity: diag.Error, Rule: "PL-91", Page: pageARNs,
		Title: "an ARN with fewer than six parts", Happens: "it matches nothing, or more than it seems to", Mend: "write all six parts",
	},
	{
		Code: policy.CodeTypeMismatchValue, Severity: diag.Warning, Rule: "PL-137", Page: checks,
		Title: "a condition value that its operator cannot read", Happens: "the value matches nothing, and under a negated operator the test is false",
		Mend: "write the value in the operator's form, or use another operator",
	},
	{
		Code: policy.CodeTagKeyMissing, Severity: diag.Error, Rule: "PL-113", Page: checks,
		Title: "a tag condition without a tag key", Happens: "no request ever has the key", Mend: "write the tag key behind the slash",
	},
	{
		Code: policy.CodeVariableInOldVersion, Severity: diag.Error, Rule: "PL-37", Page: pageVersion,
		Title: "a policy variable in a document of version 2008-10-17", Happens: "the variable is plain text and matches only itself",
		Mend: `set "Version": "2012-10-17"`,
	},
	{
		Code: policy.CodeVariableInOperator, Severity: diag.Error, Rule: "PL-140", Page: pageVariables, test: boolVariable,
		Title: "a policy variable under an operator that takes none", Happens: "the text is not replaced, and is no value of the operator's type",
		Mend: "write the value itself, or use a String or ARN operator",
	},
	{
		Code: policy.CodeVariablePosition, Severity: diag.Error, Rule: "PL-171", Page: pageVariables, statement: variablePosition,
		Title: "a policy variable where none is replaced", Happens: "the text stays as it is, so that nothing matches",
		Mend: "use variables in the resource part of an ARN or in condition values",
	},
	malformed(policy.CodeVariableBrace, "a ${ without }", "it is plain text"),
	malformed(policy.CodeVariableEmpty, "a variable without a name", "it never has a value, so that nothing matches"),
	malformed(policy.CodeVariableSpace, "a variable with a space in its name", "it never has a value, so that nothing matches"),
	malformed(policy.CodeVariableQuote, "a default that is not in single quotes", "the variable never has a value, so that nothing matches"),
	{
		Code: policy.CodeTooManyProblems, Severity: diag.Warning, Page: pageGrammar, Refusal: true,
		Title: "more findings than are listed", Happens: "the rest is not shown", Mend: "mend those that are listed, then look again",
	},
}

func malformed(code, title, happens string) Rule {
	return Rule{
		Code: code, Severity: diag.Error, Rule: "PL-179", Page: pageVariables, Title: title, Happens: happens,
		Mend: "write ${key} or ${key, 'default'}",
	}
}

// emptyOperator: an operator without keys adds no test (PL-16).
func emptyOperator(p *pass, s *statement) {
	for _, op := range s.Condition {
		if len(op.Keys) == 0 {
			p.report(op.Name.Span, op.Name.Value+" has no keys and tests nothing", "")
		}
	}
}

// boolVariable: whether Bool takes variables is CONTESTED (PL-154).
func boolVariable(p *pass, _ *statement, t *test) {
	if t.Base != conditions.Bool {
		return
	}
	for _, v := range t.key.Values {
		if strings.Contains(v.Value, "${") {
			p.report(v.Span, "a policy variable under Bool: AWS's pages contradict each other on whether it is replaced", "compare with StringEquals")
		}
	}
}

// variablePosition looks where the parser does not: actions, principals and
// condition keys (PL-171).
func variablePosition(p *pass, s *statement) {
	if !p.doc.HasVariables() {
		return
	}
	look := func(t policy.Text, where string) {
		if strings.Contains(t.Value, "${") {
			p.report(t.Span, "a variable in "+where+" is plain text: "+quote(t.Value), "")
		}
	}
	for _, t := range s.Action.Items {
		look(t, "an action")
	}
	for _, n := range s.principals {
		look(n.Text, "a principal")
	}
	for i := range s.tests {
		look(s.tests[i].key.Name, "the name of a condition key")
	}
}
