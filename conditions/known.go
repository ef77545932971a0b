package conditions

import "strings"

// KeyTypes is a set of types that the values of a condition key can have.
type KeyTypes uint8

// The types.
const (
	StringKey KeyTypes = 1 << iota
	ARNKey
	BoolKey
	NumericKey
	DateKey
	IPKey
	BinaryKey
)

// KnownKey is what is known of a condition key.
type KnownKey struct {
	// Name is the key in the usual spelling.
	Name  string
	Types KeyTypes
	// Multivalued tells that requests have a list of values for it.
	Multivalued bool
	// Named tells that the user names a part behind the `/` or `:` at the end.
	Named bool
}

// KnownKeys are the global keys, the keys of services that are present in
// requests to others, and those of STS and IAM (PL-188, PL-191, PL-192). The
// slice must not be changed.
var KnownKeys = func() (keys []KnownKey) {
	for _, list := range knownKeys {
		for name := range strings.FieldsSeq(list.names) {
			name, multivalued := strings.CutSuffix(name, "+")
			keys = append(keys, KnownKey{Name: name, Types: list.types, Multivalued: multivalued, Named: strings.HasSuffix(name, "/")})
		}
	}
	return keys
}()

// knownKeys has the names by type; `+` marks multivalued keys.
var knownKeys = []struct {
	types KeyTypes
	names string
}{
	{StringKey, `aws:PrincipalAccount aws:PrincipalOrgID aws:PrincipalOrgPaths+ aws:PrincipalTag/ aws:PrincipalServiceName
		aws:PrincipalServiceNamesList+ aws:PrincipalType aws:userid aws:username aws:FederatedProvider aws:Ec2InstanceSourceVpc
		aws:SourceIdentity glue:RoleAssumedBy glue:CredentialIssuingService identitystore:UserId aws:SourceVpc aws:SourceVpce
		aws:VpceAccount aws:VpceOrgID aws:VpceOrgPaths+ aws:ResourceAccount aws:ResourceOrgID aws:ResourceOrgPaths+ aws:ResourceTag/
		aws:CalledVia+ aws:CalledViaFirst aws:CalledViaLast aws:CalledViaAWSMCP aws:referer aws:RequestedRegion aws:RequestTag/
		aws:TagKeys+ aws:SourceAccount aws:SourceOrgID aws:SourceOrgPaths+ aws:SourceOwner aws:UserAgent
		sts:ExternalId sts:RoleSessionName sts:SourceIdentity sts:TransitiveTagKeys+ sts:AWSServiceName sts:RequestContext/
		sts:IdentityTokenAudience+ sts:SigningAlgorithm
		iam:PassedToService iam:AWSServiceName iam:OrganizationsPolicyId iam:ResourceTag/ iam:FIDO-certification
		iam:FIDO-FIPS-140-2-certification iam:FIDO-FIPS-140-3-certification iam:RegisterSecurityKey
		iam:ServiceSpecificCredentialServiceName iam:DelegationDuration iam:NotificationChannel iam:AccountPropertyNamespaces+`},
	{ARNKey, `aws:PrincipalArn aws:SignInSessionArn aws:ChatbotSourceArn ec2:SourceInstanceArn codebuild:BuildArn codebuild:ProjectArn
		lambda:SourceFunctionArn ssm:SourceInstanceArn aws:SourceVpcArn aws:SourceArn sts:TaskPolicyArn sts:RequestContextProviders+
		iam:AssociatedResourceArn iam:PermissionsBoundary iam:PolicyARN iam:DelegationRequestOwner iam:TemplateArn iam:RoleTemplateARN`},
	{BoolKey, `aws:PrincipalIsAWSService aws:AssumedRoot aws:MultiFactorAuthPresent aws:ViaAWSService aws:ViaAWSMCPService
		aws:IsMcpServiceAction aws:SecureTransport sts:RoleAuthorizedByIdp`},
	{NumericKey, `aws:MultiFactorAuthAge ec2:RoleDelivery sts:DurationSeconds iam:ServiceSpecificCredentialAgeDays`},
	{DateKey, `aws:TokenIssueTime aws:CurrentTime`},
	{DateKey | NumericKey, `aws:EpochTime`},
	{IPKey, `aws:SourceIp aws:VpcSourceIp aws:Ec2InstanceSourcePrivateIPv4`},
}

// slots numbers the known keys from 1. A test finds a known key by its number,
// without a look at the name, which makes BenchmarkDecide/w1 and w4a a tenth
// faster. The numbers are entered by quickHash.
var slots = func() (table [1 << slotBits]uint8) {
	for i, k := range KnownKeys {
		at := quickHash(k.Name)
		for table[at] != 0 {
			at = (at + 1) % uint32(len(table))
		}
		table[at] = uint8(i + 1)
	}
	return table
}()

const (
	slotBits = 10
	// knownSlots bounds the slots, which are fewer.
	knownSlots = 128
	// shortestKnown is the length of the shortest known name, at least.
	shortestKnown = 8
)

// keysBySlot are the keys of the slots.
var keysBySlot = func() (keys [knownSlots]Key) {
	for i, k := range KnownKeys {
		hash, _ := foldHash(k.Name)
		keys[i+1] = Key{name: k.Name, hash: hash, slot: uint8(i + 1), nameless: nameless(k.Name)}
	}
	return keys
}()

// slotOf gives the number of a known key in ASCII, and 0 for others.
func slotOf(name string) uint8 {
	if len(name) < shortestKnown {
		return 0
	}
	for at := quickHash(name); slots[at] != 0; at = (at + 1) % uint32(len(slots)) {
		if known := keysBySlot[slots[at]].name; len(known) == len(name) && (known == name || strings.EqualFold(known, name)) {
			return slots[at]
		}
	}
	return 0
}

// quickHash is equal for names in ASCII that differ by case only. It looks at
// the two ends of a name of shortestKnown bytes or more.
func quickHash(name string) uint32 {
	ends := (word64(name) | lowerBits) + (word64(name[len(name)-8:])|lowerBits)*3 + uint64(len(name))
	return uint32(ends * 0x9e3779b97f4a7c15 >> (64 - slotBits))
}
