package reach

import (
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"

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
	const fewest = 100 // that are worth a goroutine
	s := newSearch(f, role)
	workers := min(runtime.GOMAXPROCS(0), 1+len(s.found)/fewest)
	lists, errs := make([][]Admission, workers), make([]error, workers)
	var group sync.WaitGroup
	for i := range workers {
		part := s.found[len(s.found)*i/workers : len(s.found)*(i+1)/workers]
		group.Go(func() { lists[i], errs[i] = s.admissions(part, newContexts(call)) })
	}
	group.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return slices.Concat(lists...), nil
}

// admissions gives those of the principals found that can assume the role.
func (s *search) admissions(found []candidate, contexts *contexts) ([]Admission, error) {
	var list []Admission
	h := hop{finder: s.finder, contexts: contexts, role: s.role, scratch: s.finder.world.Preparer()}
	for _, c := range found {
		if h.from = c.caller; h.from.kind == 0 {
			h.from = s.caller(c.name)
		}
		result, err := h.decide()
		if err != nil {
			return nil, err
		}
		if result.Verdict != No {
			list = append(list, Admission{c.name, h.mainAction(), result.Verdict, result.Alternatives})
		}
	}
	return list, nil
}

// search gathers the principals that a trust policy could let in.
type search struct {
	finder  *Finder
	role    *world.Role
	account string // of the role
	found   []candidate
	seen    map[string]bool
}

// candidate is a principal that could be let in.
type candidate struct {
	name    string
	outside bool   // the world does not hold it
	caller  caller // zero if it is still to be looked up
}

// newSearch finds the principals in the order of [Finder.WhoCanAssume].
func newSearch(f *Finder, role *world.Role) *search {
	s := &search{finder: f, role: role, account: arn.AccountOf(role.ARN()), seen: map[string]bool{}}
	for _, key := range trustKeys(role.Trust) {
		s.key(key)
	}
	slices.SortFunc(s.found, func(a, b candidate) int {
		if a.outside != b.outside {
			if b.outside {
				return -1
			}
			return 1
		}
		return strings.Compare(a.name, b.name)
	})
	return s
}

func (s *search) add(c candidate) {
	if !s.seen[c.name] {
		s.seen[c.name] = true
		s.found = append(s.found, c)
	}
}

func (s *search) in(names ...string) {
	for _, name := range names {
		s.add(candidate{name: name})
	}
}

func (s *search) out(name string) { s.add(candidate{name: name, outside: true}) }

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
			s.add(candidate{name: u.ARN(), caller: caller{kind: principal.User, name: u.ARN(), account: a.ID}})
		}
		for r := range w.Roles(a.ID) {
			s.add(candidate{name: r.ARN(), caller: roleCaller(r, "")})
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
