package sts

import (
	"crypto/subtle"
	"strings"
	"time"

	"github.com/rolecall/rolecall/world"
)

// errUnknownCaller is what AWS says to credentials that it does not know,
// whatever is wrong with them (STS-22, STS-23).
func errUnknownCaller(detail string) *Error {
	e := newError(InvalidClientTokenID, "The security token included in the request is invalid.")
	e.Detail = detail
	return e
}

// Lookup finds the caller of an access key and, for a temporary one, its
// session token, with the secret that its signature is verified with. Whoever
// holds an access key id may look it up: only a signature shows that somebody
// knows the secret. An expired session is found, because that is told after the
// signature (STS-28); every call tells it.
//
// The error is InvalidClientTokenId for a key that does not exist or is not
// active, for a temporary key without exactly its own token, for a long-term
// key with a token (CONTESTED), and for a session of a user or role that is no
// more (STS-22, STS-23, STS-73).
func (s *Service) Lookup(accessKeyID, sessionToken string) (*Caller, error) {
	c, err := s.find(accessKeyID, sessionToken)
	if err != nil {
		return nil, err
	}
	who, err := identify(s.state.Load().world, c)
	if err != nil {
		return nil, err
	}
	c.arn = who.arn
	return c, nil
}

func (s *Service) find(accessKeyID, sessionToken string) (*Caller, *Error) {
	if sessionToken == "" {
		owner, ok := s.state.Load().world.AccessKey(accessKeyID)
		switch {
		case !ok && strings.HasPrefix(accessKeyID, prefixTemporary):
			return nil, errUnknownCaller("a temporary access key needs its session token")
		case !ok:
			return nil, errUnknownCaller("the world has no such access key")
		}
		kind := Root
		if owner.User != nil {
			kind = User
		}
		return &Caller{kind: kind, account: owner.AccountID, accessKeyID: accessKeyID, secret: owner.Key.Secret}, nil
	}
	session, err := s.open(sessionToken)
	if err != nil {
		return nil, errUnknownCaller("the session token was changed, or comes from a service with another key")
	}
	if subtle.ConstantTimeCompare([]byte(session.accessKeyID), []byte(accessKeyID)) != 1 {
		return nil, errUnknownCaller("the session token is that of another access key")
	}
	return &Caller{
		kind: session.kind, account: session.account, accessKeyID: accessKeyID, session: session, secret: s.secretOf(sessionToken),
	}, nil
}

// identity is who a caller is in a world.
type identity struct {
	*Caller
	// arn is the caller's, as GetCallerIdentity gives it, and id its UserId
	// (table of STS section 3).
	arn, id string
	// user is set for users and their sessions, role for sessions of a role.
	user *world.User
	role *world.Role
}

// identify finds the user or role behind a caller, as it is now.
func identify(w *world.World, c *Caller) (*identity, *Error) {
	who := &identity{Caller: c}
	if c.session == nil {
		owner, ok := w.AccessKey(c.accessKeyID)
		if !ok || owner.Key.Inactive || owner.AccountID != c.account || (owner.User == nil) != (c.kind == Root) || owner.Key.Secret != c.secret {
			return nil, errUnknownCaller("the access key is not active, or not in the world any more")
		}
		who.user = owner.User
	} else if !who.of(w) {
		return nil, errUnknownCaller("the user, role or account of the session is not in the world any more")
	}
	who.name(w.Partition())
	return who, nil
}

// of finds the user or role of a session by its unique id, so that another one
// of the same name is not taken for it (STS-73).
func (who *identity) of(w *world.World) bool {
	s := who.session
	if s.uniqueID == "" {
		return w.Account(s.account) != nil
	}
	arn, ok := w.Identity(s.account, s.uniqueID)
	if !ok {
		return false
	}
	if who.user = w.User(arn); who.user != nil {
		return s.kind != RoleSession
	}
	who.role = w.Role(arn)
	return who.role != nil && (s.kind == RoleSession || s.kind == DelegatedSession)
}

// name works out ARN and id.
func (who *identity) name(partition string) {
	sts, iam := "arn:"+partition+":sts::"+who.account+":", "arn:"+partition+":iam::"+who.account+":"
	switch {
	case who.kind == FederatedSession:
		who.arn, who.id = sts+"federated-user/"+who.session.name, who.account+":"+who.session.name
	case who.role != nil:
		who.arn, who.id = sts+"assumed-role/"+who.role.Name+"/"+who.session.name, who.role.ID+":"+who.session.name
	case who.user != nil:
		who.arn, who.id = who.user.ARN(), who.user.ID
	default:
		who.arn, who.id = iam+"root", who.account
	}
}

// expired tells whether a session's expiration is not after a time (STS-27).
func (who *identity) expired(now time.Time) bool {
	return who.session != nil && !who.session.expires.After(now)
}

// principalTags gives the tags of the principal: those of the session before
// those of the user or role of the same key (STS-89 to STS-91).
func (who *identity) principalTags() []sessionTag {
	var tags []sessionTag
	if who.session != nil {
		tags = append(tags, who.session.passed.tags...)
	}
	var own []world.Tag
	switch {
	case who.role != nil:
		own = who.role.Tags
	case who.user != nil:
		own = who.user.Tags
	}
	for _, t := range own {
		if find(tags, t.Key) == nil {
			tags = append(tags, sessionTag{key: t.Key, value: t.Value})
		}
	}
	return tags
}
