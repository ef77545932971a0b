package sts

import (
	"github.com/rolecall/rolecall/conditions"
)

// federation is an assumption by somebody whom an identity provider vouches
// for. No credentials play a part: only the trust policy, and RCPs over the
// role, decide (STS-165).
type federation struct {
	*assumption
	// provider is the principal that the trust policy names as Federated.
	provider string
	// callKeys are condition keys that this call alone has.
	callKeys []sessionKey
}

// authorize asks for each action that the call needs. Every refusal reads the
// same (STS-68).
func (f *federation) authorize() *Error {
	if f.role == nil {
		return f.refused(f.rules.action, f.arn+" is no role")
	}
	keys := f.context()
	for _, list := range [][]sessionKey{f.keys, f.callKeys} {
		for i := range list {
			list[i].add(&keys)
		}
	}
	f.addKeys(&keys)
	for _, action := range f.actions() {
		if err := f.permit(action, keys); err != nil {
			return err
		}
	}
	return nil
}

// permit demands that the provider may do an action on the role.
func (f *federation) permit(action string, keys conditions.Context) *Error {
	d, err := f.decideFor(f.provider, action, f.arn, keys)
	if err != nil {
		return internal(err)
	}
	if !d.Allowed() {
		e := f.refused(action, detailOf(d))
		e.Decision = &d
		return e
	}
	return nil
}

func (f *federation) refused(action, why string) *Error {
	e := newError(AccessDenied, "Not authorized to perform "+f.rules.action)
	e.Action, e.Detail = action, why
	return e
}

// setSession takes up what the token or assertion says of the session.
func (f *federation) setSession(tags federatedTags, sourceIdentity string) *Error {
	checked, err := tags.newTags()
	if err != nil {
		return err
	}
	f.tags, f.passed.sourceIdentity = checked, sourceIdentity
	return nil
}

// providerARN gives the ARN of a provider of an account.
func (c *call) providerARN(account, kind, name string) string {
	return "arn:" + c.world().Partition() + ":iam::" + account + ":" + kind + "/" + name
}
