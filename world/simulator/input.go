package simulator

// Simulation is what both simulations take (EV-166).
type Simulation struct {
	// ActionNames are the actions, without wildcards.
	ActionNames []string
	// CallerArn is the user who calls. It is needed with ResourcePolicy.
	CallerArn      *string
	ContextEntries []ContextEntry
	Marker         *string
	// MaxItems is how many results an answer has: 1 to 1000, 100 where nil.
	MaxItems *int32
	// PermissionsBoundaryPolicyInputList is the boundary, one document.
	PermissionsBoundaryPolicyInputList []string
	// PolicyInputList is identity-based policies.
	PolicyInputList []string
	// ResourceArns are the resources; "*" where empty.
	ResourceArns []string
	// ResourceHandlingOption, how EC2 scenarios are put together, is taken and has
	// no effect.
	ResourceHandlingOption *string
	// ResourceOwner is the account that owns resources whose ARN names none: its
	// id or the ARN of its root user.
	ResourceOwner *string
	// ResourcePolicy is the policy of every resource: a trust policy where the
	// resource is a role.
	ResourcePolicy *string
}

// ContextEntry is a context key with its values.
type ContextEntry struct {
	ContextKeyName *string
	// ContextKeyType is string, numeric, boolean, ip, binary or date, or one of
	// these with List behind it.
	ContextKeyType   *string
	ContextKeyValues []string
}

// SimulateCustomPolicyInput is the request of SimulateCustomPolicy.
// PolicyInputList is required.
type SimulateCustomPolicyInput = Simulation

// SimulatePrincipalPolicyInput is the request of SimulatePrincipalPolicy.
type SimulatePrincipalPolicyInput struct {
	// PolicySourceArn is the user, group or role whose policies are in force.
	PolicySourceArn *string
	// The rest is as for SimulateCustomPolicy.
	ActionNames                        []string
	CallerArn                          *string
	ContextEntries                     []ContextEntry
	Marker                             *string
	MaxItems                           *int32
	PermissionsBoundaryPolicyInputList []string
	PolicyInputList                    []string
	ResourceArns                       []string
	ResourceHandlingOption             *string
	ResourceOwner                      *string
	ResourcePolicy                     *string
}

func (in *SimulatePrincipalPolicyInput) source() *string { return in.PolicySourceArn }

func (in *SimulatePrincipalPolicyInput) simulation() *Simulation {
	return &Simulation{
		ActionNames: in.ActionNames, CallerArn: in.CallerArn, ContextEntries: in.ContextEntries, Marker: in.Marker, MaxItems: in.MaxItems,
		PermissionsBoundaryPolicyInputList: in.PermissionsBoundaryPolicyInputList, PolicyInputList: in.PolicyInputList,
		ResourceArns: in.ResourceArns, ResourceHandlingOption: in.ResourceHandlingOption, ResourceOwner: in.ResourceOwner,
		ResourcePolicy: in.ResourcePolicy,
	}
}

// GetContextKeysForCustomPolicyInput is the request of
// GetContextKeysForCustomPolicy.
type GetContextKeysForCustomPolicyInput struct {
	PolicyInputList []string
}

// GetContextKeysForPrincipalPolicyInput is the request of
// GetContextKeysForPrincipalPolicy.
type GetContextKeysForPrincipalPolicyInput struct {
	PolicySourceArn *string
	// PolicyInputList are policies besides those of the source.
	PolicyInputList []string
}

func (in *GetContextKeysForPrincipalPolicyInput) source() *string { return in.PolicySourceArn }
