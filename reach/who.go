package reach

import (
	"slices"
	"strings"

	"github.com/rolecall/rolecall/arn"
	"github.com/rolecall/rolecall/principal"
	"github.com/rolecall/rolecall/world"
)

// Admission is a principal that can assume a role.
type Admission struct {
	// Principal is the ARN of a user or role of the world; or what the trust
	// policy names besides: a session, a service, an identity provider, a
	// principal or the root ARN of an account that the world does not hold, or
	// "*" for anybody.
	Principal string
	// Action is the sts:AssumeRole* action.
	Action  string
	Verdict Verdict
	// Alternatives are what a Conditional hinges on. [Finder.CanAssume] tells
	// more of one principal.
	Alternatives []Alternative
}

// nowhere is the account that a principal of an unknown account is taken to
// have.
const nowhere = "000000000000"

// WhoCanAssume gives the principals that can assume a role with one call, or
// could: the users and roles of the world by ARN, then what else the trust
// policy admits. Root users are never among them, since they cannot assume
// roles (EV-94). Of principals from outside the world it is not known whether
// their own side allows it.
func (f *Finder) WhoCanAssume(to string, call Call) ([]Admission, error) {
	role, err := f.Role(to)
	if err != nil {
		return nil, err
	}
	return f.admissions(role, newContexts(call))
}

func (f *Finder) admissions(role *world.Role, contexts *contexts) ([]Admission, error) {
	s := search{finder: f, role: role, account: accountOf(role.ARN()), seen: map[string]bool{}}
	for _, key := range trustKeys(role.Trust) {
		s.key(key)
	}
	slices.Sort(s.inside)
	slices.Sort(s.outside)
	var list []Admission
	h := hop{finder: f, contexts: contexts, role: role, scratch: f.world.Preparer()}
	for _, name := range slices.Concat(s.inside, s.outside) {
		h.from = s.caller(name)
		result, err := h.decide()
		if err != nil {
			return nil, err
		}
		if result.Verdict != No {
			list = append(list, Admission{name, h.mainAction(), result.Verdict, result.Alternatives})
		}
	}
	return list, nil
}

// search gathers the principals that a trust policy could let in.
type search struct {
	finder          *Finder
	role            *world.Role
	account         string // of the role
	inside, outside []string
	seen            map[string]bool
}

func (s *search) in(names ...string) {
	for _, name := range names {
		if !s.seen[name] {
			s.seen[name] = true
			s.inside = append(s.inside, name)
		}
	}
}

func (s *search) out(name string) {
	if !s.seen[name] {
		s.seen[name] = true
		s.outside = append(s.outside, name)
	}
}

// key adds the principals behind an entry of the trust policy.
func (s *search) key(key string) {
	w := s.finder.world
	account, isAccount := strings.CutPrefix(key, "account:")
	switch {
	case key == everyone:
		s.everybody()
	case isAccount && w.Account(account) != nil:
		s.in(s.finder.index(account).candidates(s.role.ARN())...)
	case isAccount:
		s.out("arn:" + w.Partition() + ":iam::" + account + ":root")
	case strings.HasPrefix(key, "arn:"):
		s.named(key)
	case strings.HasPrefix(key, "AIDA") || strings.HasPrefix(key, "AROA"):
		for a := range w.Accounts() { // an id that nobody has is of somebody deleted
			if name, ok := w.Identity(a.ID, key); ok {
				s.in(name)
			}
		}
	default:
		s.out(key)
	}
}

// everybody adds all of the role's own account, for whom "*" is enough, those
// of other accounts whose own policies let them, and anybody.
func (s *search) everybody() {
	w := s.finder.world
	for a := range w.Accounts() {
		if a.ID != s.account {
			s.in(s.finder.index(a.ID).candidates(s.role.ARN())...)
			continue
		}
		for u := range w.Users(a.ID) {
			s.in(u.ARN())
		}
		for r := range w.Roles(a.ID) {
			s.in(r.ARN())
		}
	}
	s.out(everyone)
}

// named adds a principal that a trust policy names by its ARN. One that its
// account, which the world holds, does not have is of somebody deleted.
func (s *search) named(name string) {
	w := s.finder.world
	c, err := principal.ParseCaller(name, true)
	switch {
	case err != nil:
	case c.Kind == principal.User && w.User(name) != nil, c.Kind == principal.Role && w.Role(name) != nil:
		s.in(name)
	case c.Kind == principal.IdentityProvider, c.Kind == principal.RoleSession && w.Role(name) != nil:
		s.out(name)
	case w.Account(c.Account) == nil:
		s.out(name)
	}
}

// caller makes the caller of a name that the search found.
func (s *search) caller(name string) caller {
	account := nowhere
	if a, err := arn.Parse(name); err == nil && a.Resource == "root" {
		account = a.Account
	} else if name != everyone {
		c, err := s.finder.caller(name, s.role)
		if err == nil {
			return c
		}
	}
	// Any principal of an account that is not known: a role that nothing is
	// known of.
	return caller{
		kind: principal.Role, account: account, stranger: true,
		name: "arn:" + s.finder.world.Partition() + ":iam::" + account + ":role/any",
	}
}
