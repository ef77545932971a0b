package simulator

// SimulatePolicyOutput is the answer of both simulations (EV-165).
type SimulatePolicyOutput struct {
	// IsTruncated tells that there are more results: ask again with Marker.
	IsTruncated       bool
	Marker            string
	EvaluationResults []EvaluationResult
}

// EvaluationResult is the decision on an action and a resource.
type EvaluationResult struct {
	EvalActionName   string
	EvalResourceName string
	// EvalDecision is allowed, explicitDeny or implicitDeny. A decision that
	// hinges on policies which the world does not hold is implicitDeny.
	EvalDecision string
	// MatchedStatements are the statements behind the decision; of an implicit
	// denial there are none.
	MatchedStatements []Statement
	// MissingContextValues are the keys that conditions asked for in vain.
	MissingContextValues []string
	// OrganizationsDecisionDetail is nil for SimulateCustomPolicy.
	OrganizationsDecisionDetail *OrganizationsDecisionDetail
	// PermissionsBoundaryDecisionDetail is nil where there is no boundary.
	PermissionsBoundaryDecisionDetail *PermissionsBoundaryDecisionDetail
	// EvalDecisionDetails says, across accounts, what each type of policy says;
	// within an account it is empty, and nil without a resource.
	EvalDecisionDetails map[string]string
	// ResourceSpecificResults repeats the decision for the resource, where there
	// is one.
	ResourceSpecificResults []ResourceSpecificResult
}

// Statement is where a statement stands.
type Statement struct {
	// SourcePolicyId is the policy's name; of one that was passed that of the
	// parameter, with its number.
	SourcePolicyId string
	// SourcePolicyType is as AWS was recorded to answer it: IAM Policy, or
	// Resource Policy. The API reference has other words (CONTESTED).
	SourcePolicyType string
	// The places are right behind the braces, as AWS's are.
	StartPosition Position
	EndPosition   Position
}

// Position is a place in a policy, counted from 1.
type Position struct {
	Line, Column int32
}

// OrganizationsDecisionDetail tells whether SCPs and RCPs stand in the way.
type OrganizationsDecisionDetail struct {
	AllowedByOrganizations bool
}

// PermissionsBoundaryDecisionDetail tells whether the boundary stands in the
// way.
type PermissionsBoundaryDecisionDetail struct {
	AllowedByPermissionsBoundary bool
}

// ResourceSpecificResult is the decision on a resource.
type ResourceSpecificResult struct {
	EvalResourceName                  string
	EvalResourceDecision              string
	MatchedStatements                 []Statement
	MissingContextValues              []string
	PermissionsBoundaryDecisionDetail *PermissionsBoundaryDecisionDetail
}

// GetContextKeysForPolicyOutput is the answer of the operations that list
// context keys.
type GetContextKeysForPolicyOutput struct {
	// ContextKeyNames are the keys that conditions and policy variables ask for.
	ContextKeyNames []string
}
