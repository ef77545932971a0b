package eval

import (
	"strconv"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/principal"
)

// The keys that are derived, or asked for, made once: that is a third of what
// a request costs (BenchmarkCold).
var (
	keyAssumedRoot      = conditions.NewKey("aws:AssumedRoot")
	keyCurrentTime      = conditions.NewKey("aws:CurrentTime")
	keyEpochTime        = conditions.NewKey("aws:EpochTime")
	keyMFA              = conditions.NewKey("aws:MultiFactorAuthPresent")
	keyPrincipalAccount = conditions.NewKey("aws:PrincipalAccount")
	keyPrincipalARN     = conditions.NewKey("aws:PrincipalArn")
	keyPrincipalType    = conditions.NewKey("aws:PrincipalType")
	keyIsAWSService     = conditions.NewKey("aws:PrincipalIsAWSService")
	keyServiceName      = conditions.NewKey("aws:PrincipalServiceName")
	keyResourceAccount  = conditions.NewKey("aws:ResourceAccount")
	keyUserID           = conditions.NewKey("aws:userid")
	keyUserName         = conditions.NewKey("aws:username")
)

// deriveContext adds the keys of EV-13 and EV-14 that the query leaves out.
func (r *Request) deriveContext() {
	const derived = 9
	r.context.CopyFrom(&r.query.Context, derived, &r.table)
	add := func(key conditions.Key, value string) { r.context.AddDefaultKey(key, value) }
	c := &r.caller
	switch c.Kind {
	case principal.User:
		add(keyPrincipalARN, c.Name)
		add(keyPrincipalType, "User")
		add(keyUserName, c.UserName)
		if c.UniqueID != "" {
			add(keyUserID, c.UniqueID)
		}
	case principal.Role, principal.RoleSession:
		add(keyPrincipalARN, c.RoleARN)
		add(keyPrincipalType, "AssumedRole")
		if c.UniqueID != "" && c.SessionName != "" && !r.context.Has(keyUserID) {
			add(keyUserID, c.UniqueID+":"+c.SessionName)
		}
	case principal.FederatedUser:
		add(keyPrincipalARN, c.Name)
		add(keyPrincipalType, "FederatedUser")
		add(keyUserID, c.Account+":"+c.UserName)
	case principal.Root:
		add(keyPrincipalARN, c.Name)
		add(keyPrincipalType, "Account")
		add(keyUserID, c.Account)
	case principal.Anonymous:
		add(keyPrincipalAccount, "anonymous")
		add(keyPrincipalType, "Anonymous")
		add(keyUserID, "anonymous")
	case principal.Service:
		// What else a service shows as principal is not documented (EV-17,
		// PL-196, CONTESTED): nothing.
		add(keyIsAWSService, "true")
		add(keyServiceName, c.Name)
	}
	if c.HasAccount() {
		add(keyPrincipalAccount, c.Account)
		add(keyIsAWSService, "false")
	}
	if r.account != "" {
		add(keyResourceAccount, r.account)
	}
	if t := r.query.Time; !t.IsZero() {
		add(keyCurrentTime, t.UTC().Format("2006-01-02T15:04:05Z"))
		add(keyEpochTime, strconv.FormatInt(t.Unix(), 10))
	}
}
