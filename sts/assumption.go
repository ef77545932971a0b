package sts

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/policy/eval"
	"github.com/rolecall/rolecall/world"
)

// assumption is a call that makes a session of a role, in any of the three
// ways.
type assumption struct {
	*call
	origin origin
	// arn is RoleArn; role is nil if there is none of this very ARN.
	arn  string
	role *world.Role
	name string
	// tags are those that the call passes, inherited those of the calling
	// session.
	tags, inherited []sessionTag
	// passed is what the new session gets besides.
	passed passed
	// keys live on in the session.
	keys    []sessionKey
	minimum *int32
}

// assume begins an assumption. It refuses what is no ARN (STS-42).
func (c *call) assume(how origin, roleARN string) (*assumption, *Error) {
	if !wellFormed(roleARN) {
		return nil, newError(ValidationError, roleARN+" is invalid")
	}
	a := &assumption{call: c, origin: how, arn: roleARN}
	if r := c.world().Role(roleARN); r != nil && r.ARN() == roleARN {
		a.role = r
	}
	return a, nil
}

// wellFormed tells whether a text has the six parts of an ARN, and which of them
// may be empty (STS-42). Neither partition nor service need exist.
func wellFormed(text string) bool {
	const parts = 6
	p := strings.SplitN(text, ":", parts)
	return len(p) == parts && p[0] == "arn" && p[1] != "" && p[2] != "" && p[5] != ""
}

// setPolicies takes up session policies (STS-78).
func (p *passed) setPolicies(inline *string, arns []PolicyDescriptorType) *Error {
	if inline != nil {
		if _, err := parsePolicy(*inline); err != nil {
			return err
		}
		p.policy = *inline
	}
	for _, d := range arns {
		if d.Arn == nil || !wellFormed(*d.Arn) {
			return newError(ValidationError, text(d.Arn)+" is invalid")
		}
		p.policyARNs = append(p.policyARNs, *d.Arn)
	}
	return nil
}

// text gives a parameter, and nothing if it is absent.
func text(parameter *string) string {
	if parameter == nil {
		return ""
	}
	return *parameter
}

// checkPolicies refuses session policies that are too long (STS-79), and
// managed ones that the account does not have (STS-74; the codes are
// CONTESTED).
func (c *call) checkPolicies(p *passed, account string) *Error {
	length := utf8.RuneCountInString(p.policy)
	for _, arn := range p.policyARNs {
		length += utf8.RuneCountInString(arn)
		if c.findPolicy(account, arn) == nil {
			e := newError(ValidationError, "Policy "+arn+" does not exist or is not attachable.")
			e.Detail = "a session policy is a managed policy of the account " + account + " or of AWS; the world must hold its document"
			return e
		}
	}
	if length > maxPolicyText {
		return policyTooLarge((100*length + maxPolicyText - 1) / maxPolicyText)
	}
	return nil
}

// context gives the condition keys of the call that do not come from the
// caller (STS-60).
func (a *assumption) context() conditions.Context {
	const usual = 32
	keys := conditions.NewContext(usual)
	keys.AddDefault("sts:RoleSessionName", a.name)
	if a.passed.sourceIdentity != "" {
		keys.AddDefault("sts:SourceIdentity", a.passed.sourceIdentity)
	}
	addTagKeys(&keys, a.tags)
	if !a.service.options.RoleTagsStand && a.role != nil {
		a.inheritResourceTags(&keys)
	}
	return keys
}

// inheritResourceTags puts inherited tags in the place of the role's tags of
// the same key, before the trust policy is asked (STS-59, CONTESTED; see
// [Options.RoleTagsStand]).
func (a *assumption) inheritResourceTags(keys *conditions.Context) {
	for _, own := range a.role.Tags {
		if t := find(a.inherited, own.Key); t != nil {
			keys.AddDefault("aws:ResourceTag/"+t.key, t.value)
			keys.AddDefault("iam:ResourceTag/"+t.key, t.value)
		}
	}
}

// actions gives what the call needs besides the operation itself (STS-49). It
// needs sts:TagSession for inherited tags as well (STS-50, CONTESTED).
func (a *assumption) actions() []string {
	actions := []string{a.rules.action}
	if len(a.tags)+len(a.inherited) > 0 {
		actions = append(actions, "sts:TagSession")
	}
	if a.passed.sourceIdentity != "" {
		actions = append(actions, "sts:SetSourceIdentity")
	}
	return actions
}

// permit demands that the caller may do an action on the role. A role that does
// not exist is answered like one that does not trust the caller (STS-43).
func (a *assumption) permit(action string, keys conditions.Context) *Error {
	d, err := a.decide(action, a.arn, keys)
	switch {
	case err != nil:
		return internal(err)
	case !d.Allowed():
		return a.denied(action, a.arn, d)
	case a.role == nil:
		return a.noTrust(action, d)
	default:
		return nil
	}
}

// noTrust refuses something that is no role although policies would allow it:
// it has no trust policy.
func (a *assumption) noTrust(action string, d eval.Decision) *Error {
	message := refusal(a.who.arn, action, a.arn)
	if !d.CrossAccount() {
		message += " because no role trust policy allows the " + action + " action"
	}
	e := newError(AccessDenied, message)
	e.Action, e.Detail = action, a.arn+" is no role"
	return e
}

// duration gives how long the session lasts: 3600 seconds unless the call says
// otherwise, no longer than the role allows, and an hour at most for a caller
// that uses a session, GetSessionToken's included (STS-107, STS-108,
// CONTESTED).
func (a *assumption) duration(parameter *int32) (time.Duration, *Error) {
	d := seconds(parameter, 3600)
	switch {
	case d > a.role.MaxSessionDuration:
		return 0, newError(ValidationError, "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
	case d > time.Hour && a.who != nil && a.who.session != nil:
		return 0, newError(ValidationError, "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.")
	default:
		return d, nil
	}
}

// assumed is what every AssumeRole* call answers.
type assumed struct {
	credentials Credentials
	user        AssumedRoleUser
	size        TokenSize
}

// finish makes the session, after the checks against the role (STS-14).
func (a *assumption) finish(duration time.Duration) (assumed, *Error) {
	account := a.account()
	if err := a.checkPolicies(&a.passed, account); err != nil {
		return assumed{}, err
	}
	a.passed.tags = slices.Concat(a.inherited, a.tags)
	credentials, size, err := a.issue(&session{
		kind: RoleSession, origin: a.origin, account: account, uniqueID: a.role.ID, name: a.name, passed: a.passed, keys: a.keys,
	}, duration, a.minimum)
	if err != nil {
		return assumed{}, err
	}
	return assumed{credentials: credentials, size: size, user: AssumedRoleUser{
		Arn:           "arn:" + a.world().Partition() + ":sts::" + account + ":assumed-role/" + a.role.Name + "/" + a.name,
		AssumedRoleId: a.role.ID + ":" + a.name,
	}}, nil
}

// account gives the account in RoleArn.
func (a *assumption) account() string {
	const index, parts = 4, 6
	return strings.SplitN(a.arn, ":", parts)[index]
}
