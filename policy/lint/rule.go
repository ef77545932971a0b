package lint

import (
	"cmp"
	"slices"

	"github.com/rolecall/rolecall/diag"
)

// Rule is what is known of a code, whatever the document.
type Rule struct {
	Code string
	// Severity is that of its findings. What the parser refuses is an error,
	// whatever this says.
	Severity diag.Severity
	// Title says what the rule looks for.
	Title string
	// Happens says what follows; Mend what to do where a finding has nothing
	// better to say.
	Happens, Mend string
	// Rule is the number in docs/semantics.md, Page the documentation page.
	Rule, Page string
	// Refusal tells that the parser refuses a document because of it.
	Refusal bool
	// NeedsReference tells that the rule is silent without a Reference.
	NeedsReference bool

	// What looks for it: at the document, at each statement, at each test of
	// each statement.
	document  func(*pass)
	statement func(*pass, *statement)
	test      func(*pass, *statement, *test)
}

// table is every rule, by code.
var table = slices.SortedFunc(slices.Values(slices.Concat(
	refusals, parserRules, documentRules, redundancyRules, arnRules,
	valueRules, operatorRules, keyRules, principalRules, trustRules, federationRules,
	grantRules, escalationRules, nameRules, applicabilityRules, suppressionRules,
)), func(a, b Rule) int { return cmp.Compare(a.Code, b.Code) })

// Rules lists every rule by its code. The slice is the caller's.
func Rules() []Rule { return slices.Clone(table) }

// Lookup finds the rule of a code.
func Lookup(code string) (Rule, bool) {
	if i, ok := find(code); ok {
		return table[i], true
	}
	return Rule{}, false
}

func find(code string) (int, bool) {
	return slices.BinarySearchFunc(table, code, func(r Rule, code string) int { return cmp.Compare(r.Code, code) })
}

// known gives the rule of a code that the package itself names.
func known(code string) *Rule {
	i, ok := find(code)
	if !ok {
		panic("lint: no rule " + code)
	}
	return &table[i]
}

// codes gives every code, for suggestions.
func codes() []string {
	list := make([]string, len(table))
	for i := range table {
		list[i] = table[i].Code
	}
	return list
}

// Where the pages are.
const (
	guide    = "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
	organize = "https://docs.aws.amazon.com/organizations/latest/userguide/"
	checks   = guide + "access-analyzer-reference-policy-checks.html"

	pageGrammar      = guide + "reference_policies_grammar.html"
	pageVersion      = guide + "reference_policies_elements_version.html"
	pageID           = guide + "reference_policies_elements_id.html"
	pageStatement    = guide + "reference_policies_elements_statement.html"
	pageSid          = guide + "reference_policies_elements_sid.html"
	pageEffect       = guide + "reference_policies_elements_effect.html"
	pagePrincipal    = guide + "reference_policies_elements_principal.html"
	pageNotPrincipal = guide + "reference_policies_elements_notprincipal.html"
	pageAction       = guide + "reference_policies_elements_action.html"
	pageNotAction    = guide + "reference_policies_elements_notaction.html"
	pageResource     = guide + "reference_policies_elements_resource.html"
	pageNotResource  = guide + "reference_policies_elements_notresource.html"
	pageCondition    = guide + "reference_policies_elements_condition.html"
	pageOperators    = guide + "reference_policies_elements_condition_operators.html"
	pageSets         = guide + "reference_policies_condition-single-vs-multi-valued-context-keys.html"
	pageVariables    = guide + "reference_policies_variables.html"
	pageGlobalKeys   = guide + "reference_policies_condition-keys.html"
	pageIAMKeys      = guide + "reference_policies_iam-condition-keys.html"
	pageQuotas       = guide + "reference_iam-quotas.html"
	pageIdentifiers  = guide + "reference_identifiers.html"
	pageARNs         = guide + "reference-arns.html"
	pageTroubleshoot = guide + "troubleshoot_policies.html"
	pageEvaluation   = guide + "reference_policies_evaluation-logic.html"
	pageBoundaries   = guide + "access_policies_boundaries.html"
	pageDeputy       = guide + "confused-deputy.html"
	pageThirdParty   = guide + "id_roles_common-scenarios_third-party.html"
	pageOIDCRole     = guide + "id_roles_create_for-idp_oidc.html"
	pageSAMLRole     = guide + "id_roles_create_for-idp_saml.html"
	pagePassRole     = guide + "id_roles_use_passrole.html"
	pageLinkedRole   = guide + "id_roles_create-service-linked-role.html"
	pageLeast        = guide + "best-practices.html"
	pageMFA          = guide + "id_credentials_mfa_configure-api-require.html"
	pageSCP          = organize + "orgs_manage_policies_scps_syntax.html"
	pageRCP          = organize + "orgs_manage_policies_rcps_syntax.html"
	pageEndpoint     = "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html"
	pageAnywhere     = "https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html"
	pageReference    = "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html"
	pageServiceFiles = "https://docs.aws.amazon.com/service-authorization/latest/reference/service-reference.html"
)
