package policy

// Codes of refusals (PL-203): the document cannot be used.
const (
	CodeUnknownElement         = "UNKNOWN_ELEMENT"
	CodeDuplicateKey           = "DUPLICATE_KEY"
	CodeDataType               = "DATA_TYPE"
	CodeExclusiveElements      = "EXCLUSIVE_ELEMENTS"
	CodeMissingStatement       = "MISSING_STATEMENT"
	CodeMissingEffect          = "MISSING_EFFECT"
	CodeEffect                 = "EFFECT"
	CodeMissingAction          = "MISSING_ACTION"
	CodeMissingResource        = "MISSING_RESOURCE"
	CodeMissingPrincipal       = "MISSING_PRINCIPAL"
	CodeVersion                = "VERSION"
	CodeSidCharacters          = "SID_CHARACTERS"
	CodeSidDuplicate           = "SID_DUPLICATE"
	CodeRCPEffect              = "RCP_EFFECT"
	CodeRCPPrincipal           = "RCP_PRINCIPAL"
	CodeRCPAction              = "RCP_ACTION"
	CodePrincipalNotAllowed    = "PRINCIPAL_NOT_ALLOWED"
	CodeNotPrincipalNotAllowed = "NOTPRINCIPAL_NOT_ALLOWED"
	CodeResourceNotAllowed     = "RESOURCE_NOT_ALLOWED"
	CodeNotActionNotAllowed    = "NOTACTION_NOT_ALLOWED"
	CodePrincipalFormat        = "PRINCIPAL_FORMAT"
	CodePrincipalKey           = "PRINCIPAL_KEY"
	CodePrincipalWildcard      = "PRINCIPAL_WILDCARD"
	CodeTrustPrincipalStar     = "TRUST_PRINCIPAL_STAR"
	CodeActionFormat           = "ACTION_FORMAT"
	CodeActionVendor           = "ACTION_VENDOR"
	CodeResourceFormat         = "RESOURCE_FORMAT"
	CodeConditionOperator      = "CONDITION_OPERATOR"
	CodeNullIfExists           = "NULL_IFEXISTS"
	CodeConditionKeyFormat     = "CONDITION_KEY_FORMAT"
)

// CodeTooManyProblems ends a list that would grow beyond its bound.
const CodeTooManyProblems = "TOO_MANY_PROBLEMS"

// Codes of warnings (a part of PL-204): the document loads, but something in
// it has no effect, or another than it seems to have. ACTION_FORMAT,
// MISSING_PRINCIPAL and SID_DUPLICATE occur as warnings too.
const (
	CodeMissingVersion       = "MISSING_VERSION"
	CodePolicySize           = "POLICY_SIZE"
	CodeEmptyList            = "EMPTY_LIST"
	CodeActionStarStar       = "ACTION_STAR_STAR"
	CodeShortARN             = "SHORT_ARN"
	CodeTypeMismatchValue    = "TYPE_MISMATCH_VALUE"
	CodeTagKeyMissing        = "TAG_KEY_MISSING"
	CodeVariableInOldVersion = "VARIABLE_IN_OLD_VERSION"
	CodeVariableInOperator   = "VARIABLE_IN_OPERATOR"
	CodeVariablePosition     = "VARIABLE_POSITION"
	CodeVariableBrace        = "VARIABLE_BRACE"
	CodeVariableEmpty        = "VARIABLE_EMPTY"
	CodeVariableSpace        = "VARIABLE_SPACE"
	CodeVariableQuote        = "VARIABLE_QUOTE"
)
