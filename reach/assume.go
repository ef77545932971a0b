package reach

import (
	"fmt"

	"github.com/rolecall/rolecall/world"
)

// Question asks whether somebody can assume a role.
type Question struct {
	// From is who: the ARN of a user, role, session or root user, a service such
	// as ec2.amazonaws.com, the ARN of an OIDC or SAML provider, an OIDC issuer
	// as oidc:HOST, or a short name. A role's ARN stands for any session of it.
	From string
	// To is the role: its ARN or a short name.
	To string
	// Hops is how many roles may be assumed on the way, To included; 0 means 1.
	Hops int
	Call Call
}

// MaxHops bounds the length of a chain.
const MaxHops = 32

// CanAssume answers a question. Over several hops the best verdict within that
// many is the answer, by the shortest way that gives it. The error is that of a
// question that cannot be answered: a name that is none, or not of one thing
// ([NameError]).
func (f *Finder) CanAssume(q Question) (Answer, error) {
	role, err := f.Role(q.To)
	if err != nil {
		return Answer{}, err
	}
	from, err := f.caller(q.From, role)
	if err != nil {
		return Answer{}, err
	}
	if q.Hops < 0 || q.Hops > MaxHops {
		return Answer{}, fmt.Errorf("%d hops: ask for 1 to %d", q.Hops, MaxHops)
	}
	contexts := newContexts(q.Call)
	direct, err := (&hop{finder: f, contexts: contexts, from: from, role: role}).decide()
	if err != nil {
		return Answer{}, err
	}
	answer := Answer{Verdict: direct.Verdict, Hops: []Hop{direct}}
	if direct.Verdict == Yes || q.Hops <= 1 {
		return answer, nil
	}
	return f.chain(contexts, from, role, q.Hops, answer)
}

// chain looks for a way over other roles that is better than the direct one:
// first over calls that surely succeed, then over those that may.
func (f *Finder) chain(contexts *contexts, from caller, to *world.Role, hops int, direct Answer) (Answer, error) {
	w := walk{finder: f, contexts: contexts, to: to, hops: hops, reached: map[edge]Hop{}}
	for _, worst := range []Verdict{Yes, Conditional} {
		if direct.Verdict == worst {
			break
		}
		path, err := w.shortest(from, worst)
		if err != nil {
			return Answer{}, err
		}
		if path != nil {
			return Answer{Verdict: worst, Hops: path}, nil
		}
	}
	return direct, nil
}

// walk is a breadth-first walk over roles. What the sessions on the way carry
// is settled by the first call, so that each role is visited once.
type walk struct {
	finder   *Finder
	contexts *contexts
	to       *world.Role
	hops     int
	reached  map[edge]Hop // calls that were decided
}

// edge is a call from the first caller (nil) or a session of a role.
type edge struct{ from, to *world.Role }

// stop is a role that the walk has come to.
type stop struct {
	role    *world.Role
	session Carried
	path    []Hop
}

// shortest gives the shortest way over calls of which none is worse than a
// verdict, or nil.
func (w *walk) shortest(from caller, worst Verdict) ([]Hop, error) {
	seen := map[*world.Role]bool{}
	level := []stop{{}}
	for range w.hops {
		var next []stop
		for _, at := range level {
			onward, err := w.from(from, at, worst, seen)
			if err != nil {
				return nil, err
			}
			for _, s := range onward {
				if s.role == w.to {
					return s.path, nil
				}
			}
			next = append(next, onward...)
		}
		level = next
	}
	return nil, nil
}

// from gives the roles that a stop leads to and that were not seen before.
func (w *walk) from(first caller, at stop, worst Verdict, seen map[*world.Role]bool) ([]stop, error) {
	h := hop{finder: w.finder, contexts: w.contexts, from: first}
	if at.role != nil {
		session := at.session
		h.from, h.session = roleCaller(at.role, session.Name), &session
	}
	var onward []stop
	for _, role := range w.finder.admitting(h.from, w.to) {
		if seen[role] {
			continue
		}
		h.role = role
		result, err := w.decide(edge{at.role, role}, h)
		if err != nil {
			return nil, err
		}
		if result.Verdict == Yes || result.Verdict == worst {
			seen[role] = true
			path := append(append([]Hop{}, at.path...), result)
			onward = append(onward, stop{role: role, session: result.Session, path: path})
		}
	}
	return onward, nil
}

func (w *walk) decide(e edge, h hop) (Hop, error) {
	if result, known := w.reached[e]; known {
		return result, nil
	}
	result, err := h.decide()
	if err == nil {
		w.reached[e] = result
	}
	return result, err
}
