package reach

import (
	"runtime"
	"slices"
	"sync"

	"github.com/rolecall/rolecall/arn"
	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/principal"
	"github.com/rolecall/rolecall/world"
)

// index finds, within one account, the roles that could admit a principal and
// the principals that could be let into a role. It errs on the side of too
// many; the decision follows.
type index struct {
	account *world.Account
	once    sync.Once

	// admits lists the roles by the principals that their trust policies allow,
	// in the form of trustKey.
	admits map[string][]*world.Role
	// anywhere holds the users and roles whose identity-based policies could
	// let them assume roles that are not named; named those for a role that is.
	anywhere []string
	named    map[string][]string
}

// index gives the index of an account, made on first use; nil for an account
// that the world does not hold.
func (f *Finder) index(accountID string) *index {
	x := f.indexes[accountID]
	if x != nil {
		x.once.Do(func() { x.fill(f.world) })
	}
	return x
}

// Prepare makes the indexes of all accounts, so that no question has to wait
// for one. done, if it is not nil, is told how many are made.
func (f *Finder) Prepare(done func(accounts int)) {
	work := make(chan *index)
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for x := range work {
				x.once.Do(func() { x.fill(f.world) })
			}
		})
	}
	n := 0
	for a := range f.world.Accounts() {
		work <- f.indexes[a.ID]
		if n++; done != nil {
			done(n)
		}
	}
	close(work)
	group.Wait()
}

func (x *index) fill(w *world.World) {
	x.admits = map[string][]*world.Role{}
	x.named = map[string][]string{}
	reached := map[*policy.Set]grants{}
	for u := range w.Users(x.account.ID) {
		x.add(u.ARN(), u.IdentitySet(), reached)
	}
	for r := range w.Roles(x.account.ID) {
		x.add(r.ARN(), r.IdentitySet(), reached)
		for _, key := range trustKeys(r.Trust) {
			x.admits[key] = append(x.admits[key], r)
		}
	}
}

// grants is on which roles a set of identity-based policies could allow
// sts:AssumeRole.
type grants struct {
	roles  []string
	others bool
}

// add takes up a principal. Sets are shared by many principals, so that each
// is looked at once.
func (x *index) add(name string, set *policy.Set, reached map[*policy.Set]grants) {
	g, known := reached[set]
	if !known {
		g.roles, g.others = set.Grants("sts:AssumeRole")
		slices.Sort(g.roles)
		g.roles = slices.Compact(g.roles)
		reached[set] = g
	}
	if g.others {
		x.anywhere = append(x.anywhere, name)
		return
	}
	for _, role := range g.roles {
		x.named[role] = append(x.named[role], name)
	}
}

// candidates gives the principals of the account whose identity-based policies
// could let them assume a role.
func (x *index) candidates(roleARN string) []string {
	return slices.Concat(x.anywhere, x.named[roleARN])
}

// everyone is the trustKey of a policy that admits `*`.
const everyone = "*"

// trustKeys gives the principals that the Allow statements of a trust policy
// name, each once, in the order of the text: "*", "account:" and an account id,
// or the value as it is written.
func trustKeys(trust *policy.Document) []string {
	var keys []string
	add := func(key string) {
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	for i := range trust.Statements {
		st := &trust.Statements[i]
		if st.Effect != policy.Allow || st.Principal == nil {
			continue
		}
		if st.Principal.Everyone || st.Principal.Not {
			add(everyone)
		}
		for _, t := range st.Principal.Types {
			for _, v := range t.Values {
				add(trustKey(t.Type, v.Value))
			}
		}
	}
	return keys
}

func trustKey(t principal.Type, value string) string {
	if t != principal.AWS {
		return value
	}
	if arn.IsAccountID(value) {
		return accountKey(value)
	}
	if a, err := arn.Parse(value); err == nil && a.Service == "iam" && a.Resource == "root" {
		return accountKey(a.Account)
	}
	return value
}

func accountKey(accountID string) string { return "account:" + accountID }
