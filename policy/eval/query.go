package eval

import (
	"fmt"
	"strings"
	"time"

	"github.com/rolecall/rolecall/arn"
	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/principal"
)

// Query is who wants to do what: the raw form of a [Request]. Principal and
// Action must be set; every other field has a useful zero value.
type Query struct {
	// Principal names the caller, in the forms of [principal.ParseCaller].
	Principal string
	// Action is "service:Action". Case does not count.
	Action string
	// Resource is an ARN; "" and "*" mean that the action names no resource.
	Resource string
	// ResourceAccount is the 12-digit account that owns the resource. Empty means
	// the account in the ARN, else the caller's (EV-11). S3 ARNs hold no
	// account, so that a request across accounts must give it. An action that
	// names no resource is never across accounts, whatever is given (EV-12).
	ResourceAccount string
	// Context holds the request's condition keys. A key given here wins over
	// one that the engine would derive (EV-15).
	Context conditions.Context
	// Time is when the request is made. The zero time leaves aws:CurrentTime
	// and aws:EpochTime out; the engine never reads a clock.
	Time time.Time

	// RoleARN is the full ARN of a role session's role. It tells the role's
	// path, which a session ARN lacks (EV-16).
	RoleARN string
	// ServiceLinked tells that the caller's role is linked to a service, where
	// neither its path nor its name says so (EV-23).
	ServiceLinked bool
	// UniqueID is the AIDA... or AROA... id of the user or role (EV-30).
	UniqueID string
	// CanonicalUserID is the S3 canonical user id of the caller's account.
	CanonicalUserID string
	// Issuer names the IAM user, or root user, who made a federated user
	// session, and IssuerID is that user's unique id (EV-24).
	Issuer, IssuerID string
	// Credentials says what kind of credentials an IAM user or a root user
	// signed with.
	Credentials Credentials

	// MandatoryResourcePolicy says that the resource's policy must grant access
	// even within its account, as for KMS keys and roles (EV-106).
	MandatoryResourcePolicy bool
	// AWSManagedKey says that the resource is an AWS managed KMS key, to which
	// RCPs do not apply (EV-47).
	AWSManagedKey bool
	// GatewayEndpoint says that the endpoint policy is that of a gateway
	// endpoint, where an account as principal means its root user only (EV-117,
	// CONTESTED). Otherwise it is an interface endpoint's.
	GatewayEndpoint bool
	// ProtectAWSManaged denies changes to objects that AWS owns, whatever the
	// policies say (EV-169).
	ProtectAWSManaged bool
}

// Credentials is a kind of credentials. The zero value means that it is not
// known, and that nothing follows from it.
type Credentials uint8

// The kinds that matter to a decision.
const (
	// LongTerm is an access key.
	LongTerm Credentials = iota + 1
	// SessionToken is a session of GetSessionToken, which may call little of
	// IAM and STS (EV-103).
	SessionToken
	// Delegated is a session of GetDelegatedAccessToken, which acts as the user
	// who delegated within session policies.
	Delegated
)

// Request is a prepared query: parsed, with the derived condition keys added.
// It is immutable and may be decided any number of times, by any number of
// goroutines.
type Request struct {
	query   Query
	caller  principal.Caller
	context conditions.Context
	table   conditions.Table // of context
	match   policy.Request

	facts
}

// facts is what follows from a query alone, worked out once.
type facts struct {
	account  string  // that owns the resource; "" if not known
	resource arn.ARN // zero if the action names none
	// crossPartition: caller and resource are in different partitions (EV-42).
	crossPartition bool
	// trust: an STS action on a role, which its trust policy must grant.
	trust bool
	// noTrust: an action on a role that is not one of STS, for which the trust
	// policy is no resource policy (EV-49).
	noTrust bool
	// mandatory: the resource policy must grant access (EV-106).
	mandatory bool
	// bothSides: identity and resource side must grant even within an account
	// (EV-127).
	bothSides bool
	// assumeRoot: sts:AssumeRoot, for which there is no resource policy (EV-96).
	assumeRoot bool
	// assumedRoot: the caller is a session of AssumeRoot.
	assumedRoot bool
	// serviceLinked: the caller is a service-linked role.
	serviceLinked bool
	// root: full access by being the root user, or a session made by it.
	root bool
	// crossAccount: see CrossAccount.
	crossAccount bool
	// concerned is the layers that concern the request, attachable those that
	// the caller can have policies in.
	concerned, attachable Reasons
	// needed is the layers of the caller's side that must allow, limits those that
	// must if they have policies.
	needed, limits Reasons
	// rootLockout: the bucket's policy cannot deny this (EV-95).
	rootLockout bool
	// builtIn is the outcome where policies have no say, else 0.
	builtIn       Outcome
	builtInReason Reason
	// hasOpen: a condition key is open, so that the decision may hinge on it.
	hasOpen bool
}

// ErrQuery is wrapped by every error of [NewRequest].
var ErrQuery = policy.ErrRequest

// NewRequest prepares a query. It fails on a principal, an action or a
// resource that no request can have, and on context keys that differ by case
// only.
func NewRequest(q Query) (*Request, error) {
	r := &Request{}
	if err := r.Reset(q); err != nil {
		return nil, err
	}
	return r, nil
}

// Reset prepares another query in the room of this request, and is otherwise
// as [NewRequest]: who decides many requests in turn saves the allocations.
// Nobody else may use the request meanwhile, and decisions that were made of it
// before lose their statements and messages. After an error the request must
// be reset again before it is used.
func (r *Request) Reset(q Query) error {
	r.query, r.facts = q, facts{}
	if q.Resource == "" {
		r.query.Resource = "*"
	}
	return r.prepare()
}

func (r *Request) prepare() error {
	if err := r.match.Set(r.query.Action, r.query.Resource); err != nil {
		return err
	}
	if err := r.setCaller(); err != nil {
		return fmt.Errorf("%w: %w", ErrQuery, err)
	}
	if err := r.setResource(); err != nil {
		return fmt.Errorf("%w: %w", ErrQuery, err)
	}
	r.deriveContext()
	r.match.Caller = &r.caller
	r.match.Context = &r.context
	r.match.NeedsResource = r.isKMSKey()
	r.classify()
	return nil
}

// Query gives the query that the request was made of.
func (r *Request) Query() Query { return r.query }

// Caller gives the parsed principal.
func (r *Request) Caller() principal.Caller { return r.caller }

// Context gives the condition keys, derived ones included. It must not be
// changed.
func (r *Request) Context() *conditions.Context { return &r.context }

// CrossAccount tells whether the caller's account is another than that of the
// resource (EV-60). Callers without account are neither.
func (r *Request) CrossAccount() bool { return r.crossAccount }

func (r *Request) isSTS() bool { return r.match.Service() == "sts" }

func (r *Request) isAction(service string, names ...string) bool {
	for _, name := range names {
		if r.match.Is(service, name) {
			return true
		}
	}
	return false
}

func (r *Request) setCaller() error {
	q := &r.query
	webIdentity := r.isSTS() && r.isAction("sts", "assumerolewithwebidentity", "tagsession", "setsourceidentity")
	caller, err := principal.ParseCaller(q.Principal, webIdentity)
	if err != nil {
		return err
	}
	caller.CanonicalUserID = q.CanonicalUserID
	caller.UniqueID = q.UniqueID
	if q.UniqueID == "" {
		caller.UniqueID, _ = q.Context.TextOf(keyUserID)
		if caller.IsRole() { // ROLE-ID:SESSION
			caller.UniqueID, _, _ = strings.Cut(caller.UniqueID, ":")
		}
	}
	if arn, ok := q.Context.TextOf(keyPrincipalARN); ok {
		caller.SetRoleARN(arn) // another ARN than the role's changes nothing
	}
	if q.RoleARN != "" && !caller.SetRoleARN(q.RoleARN) {
		return fmt.Errorf("%q is not the role of %q", q.RoleARN, q.Principal)
	}
	if q.Issuer != "" {
		issuer, err := principal.ParseCaller(q.Issuer, false)
		switch {
		case err != nil:
			return err
		case caller.Kind != principal.FederatedUser || issuer.Kind != principal.User && issuer.Kind != principal.Root || issuer.Account != caller.Account:
			return fmt.Errorf("%q cannot be the issuer of %q", q.Issuer, q.Principal)
		}
		issuer.UniqueID = q.IssuerID
		caller.Issuer = &issuer
	}
	r.caller = caller
	return nil
}

func (r *Request) setResource() error {
	q := &r.query
	r.account = r.caller.Account // EV-12 for "*"
	if q.ResourceAccount != "" && !arn.IsAccountID(q.ResourceAccount) {
		return fmt.Errorf("the resource account %q is not a 12-digit account id", q.ResourceAccount)
	}
	if q.Resource != "*" {
		r.resource = r.match.ARN()
		r.crossPartition = r.caller.Partition != "" && r.caller.Partition != r.resource.Partition
		switch {
		case q.ResourceAccount != "":
			r.account = q.ResourceAccount
		case arn.IsAccountID(r.resource.Account):
			r.account = r.resource.Account
		}
	}
	role := r.resource.Service == "iam" && strings.HasPrefix(r.resource.Resource, "role/")
	r.trust = role && r.isSTS() && r.isAction("sts", "assumerole", "assumerolewithsaml", "assumerolewithwebidentity", "tagsession", "setsourceidentity", "setcontext")
	r.noTrust = role && r.match.Service() != "sts"
	r.mandatory = q.MandatoryResourcePolicy || r.trust || r.isKMSKey()
	return nil
}

// classify works out what depends on the request alone, so that decisions
// need not.
func (r *Request) classify() {
	c := &r.caller
	r.hasOpen = r.context.HasOpen()
	r.crossAccount = c.HasAccount() && c.Account != r.account
	r.root = c.Kind == principal.Root || c.Kind == principal.FederatedUser && c.Issuer != nil && c.Issuer.Kind == principal.Root
	r.assumedRoot = assumedRoot(r)
	r.serviceLinked = r.caller.ServiceLinked() || r.query.ServiceLinked && r.caller.IsRole()
	r.assumeRoot = r.isAction("sts", "assumeroot")
	r.bothSides = r.trust && r.caller.IsRole() && r.isAction("sts", "setsourceidentity")
	r.concerned, r.attachable = concerned(r), attachable(r)
	r.needed, r.limits = identitySide(r)
	r.rootLockout = s3RootLockout(r)
	r.builtIn, r.builtInReason = builtIn(r)
}

// delegatedUser tells whether the caller is a session that a user delegated.
func (r *Request) delegatedUser() bool {
	return r.caller.Kind == principal.User && r.query.Credentials == Delegated
}

func (r *Request) isKMSKey() bool {
	return r.match.Service() == "kms" && r.resource.Service == "kms" && strings.HasPrefix(r.resource.Resource, "key/")
}
