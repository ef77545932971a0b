package sts

import "time"

// Credentials are temporary credentials (STS-34).
type Credentials struct {
	// AccessKeyId is ASIA and 16 characters that hold the account.
	AccessKeyId string
	// SecretAccessKey is 40 characters of [A-Za-z0-9/+].
	SecretAccessKey string
	// SessionToken holds, sealed, all that the session is.
	SessionToken string
	// Expiration is in UTC and whole seconds.
	Expiration time.Time
}

// AssumedRoleUser is the session that an AssumeRole* call made.
type AssumedRoleUser struct {
	// Arn is arn:P:sts::ACCOUNT:assumed-role/ROLE/SESSION.
	Arn string
	// AssumedRoleId is the role's unique id, a colon and the session name.
	AssumedRoleId string
}

// FederatedUser is the session that GetFederationToken made.
type FederatedUser struct {
	// Arn is arn:P:sts::ACCOUNT:federated-user/NAME.
	Arn string
	// FederatedUserId is ACCOUNT:NAME.
	FederatedUserId string
}

// TokenSize tells how large a session token is (STS-81, CONTESTED: AWS's
// answers before 2026 counted otherwise, and left the member out at times).
type TokenSize struct {
	// SessionTokenSize is the length of the token in bytes.
	SessionTokenSize int32
	// SessionTokenUtilization is the percentage of 4096 bytes that it takes,
	// rounded up.
	SessionTokenUtilization int32
}

// Tag is a session tag that a call passes.
type Tag struct {
	Key   *string `sts:"tagKeyType,required"`
	Value *string `sts:"tagValueType,required"`
}

// PolicyDescriptorType names a managed policy.
type PolicyDescriptorType struct {
	// Arn is written "arn" in a request.
	Arn *string `sts:"arnType,name=arn"`
}

// ProvidedContext is a trusted context assertion (STS-113).
type ProvidedContext struct {
	ProviderArn      *string `sts:"arnType"`
	ContextAssertion *string `sts:"contextAssertionType"`
}
