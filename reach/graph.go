package reach

import (
	"runtime"
	"sync"

	"github.com/rolecall/rolecall/world"
)

// Edge is a call that assumes a role and that succeeds, or could.
type Edge struct {
	// From is the principal, as in [Admission]; To is the ARN of the role.
	From, To string
	// Action is the sts:AssumeRole* action.
	Action  string
	Verdict Verdict
	// Alternatives are what a Conditional edge hinges on.
	Alternatives []Alternative
}

// Graph gives every edge of the world, all calls that assume a role directly:
// ordered by the role that is assumed, by account and name, then by the
// principal as [Finder.WhoCanAssume] orders them. done, if it is not nil, is
// told how many of the roles have been looked at; calls of it do not overlap.
func (f *Finder) Graph(call Call, done func(roles, of int)) ([]Edge, error) {
	var roles []*world.Role
	for a := range f.world.Accounts() {
		for r := range f.world.Roles(a.ID) {
			roles = append(roles, r)
		}
	}
	g := graphing{finder: f, roles: roles, edges: make([][]Edge, len(roles)), done: done}
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() { g.work(newContexts(call)) })
	}
	group.Wait()
	var all []Edge
	for _, edges := range g.edges {
		all = append(all, edges...)
	}
	return all, g.err
}

// graphing shares the roles of a graph among workers.
type graphing struct {
	finder *Finder
	roles  []*world.Role
	edges  [][]Edge // by role
	done   func(roles, of int)

	mu    sync.Mutex
	next  int
	ready int
	err   error
}

// take gives the index of a role that nobody has looked at.
func (g *graphing) take() (int, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.next == len(g.roles) || g.err != nil {
		return 0, false
	}
	g.next++
	return g.next - 1, true
}

func (g *graphing) finish(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.ready++
	if g.err == nil {
		g.err = err
	}
	if g.done != nil {
		g.done(g.ready, len(g.roles))
	}
}

func (g *graphing) work(contexts *contexts) {
	for {
		i, ok := g.take()
		if !ok {
			return
		}
		s := newSearch(g.finder, g.roles[i])
		admissions, err := s.admissions(s.found, contexts)
		for _, a := range admissions {
			g.edges[i] = append(g.edges[i], Edge{a.Principal, g.roles[i].ARN(), a.Action, a.Verdict, a.Alternatives})
		}
		g.finish(err)
	}
}
