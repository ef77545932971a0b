package load

import (
	"cmp"
	"fmt"

	"github.com/rolecall/rolecall/policy"
	"github.com/rolecall/rolecall/world"
)

// Bounds of what a small text could make large: a policy counts for everybody
// that has it, and a policy that is not known is made up.
const (
	maxStatements = 5_000_000
	maxUnknown    = 50_000
)

// weighing counts the statements in force for all users and roles.
type weighing struct {
	managed    map[string]int // statements by ARN
	unknown    map[string]bool
	statements int
}

// tooLarge refuses a world whose policies are too many in force, before they
// are compiled.
func (l *loader) tooLarge(d *world.Description) bool {
	w := weighing{managed: map[string]int{}, unknown: map[string]bool{}}
	for i := range d.AWSManagedPolicies {
		w.managed[d.AWSManagedPolicies[i].ARN] = size(d.AWSManagedPolicies[i].Document())
	}
	for i := range d.Accounts {
		if a := &d.Accounts[i]; !w.account(a, cmp.Or(d.Partition, "aws")) {
			l.refuse(CodeTooLarge, a.Place, fmt.Sprintf("more than %d statements are in force for users and roles, or more than %d policies are not known",
				maxStatements, maxUnknown), "split the world up")
			return true
		}
	}
	return false
}

// size counts the statements of a document.
func size(d *policy.Document) int {
	if d == nil {
		return 2
	}
	return len(d.Statements)
}

// account counts what is in force in an account, and reports false when it is
// too much.
func (w *weighing) account(a *world.Account, partition string) bool {
	prefix := "arn:" + partition + ":iam::" + a.ID + ":policy"
	for i := range a.Policies {
		p := &a.Policies[i]
		w.managed[prefix+cmp.Or(p.Path, "/")+p.Name] = size(p.Document())
	}
	groups := make(map[string]int, len(a.Groups))
	for i := range a.Groups {
		groups[a.Groups[i].Name] = w.permissions(&a.Groups[i].Permissions)
	}
	for i := range a.Users {
		u := &a.Users[i]
		w.statements += w.permissions(&u.Permissions)
		for _, name := range u.Groups {
			w.statements += 1 + groups[name]
		}
	}
	for i := range a.Roles {
		w.statements += w.permissions(&a.Roles[i].Permissions)
	}
	return w.statements <= maxStatements && len(w.unknown) <= maxUnknown
}

func (w *weighing) permissions(p *world.Permissions) int {
	n := 0
	for i := range p.Inline {
		n += size(p.Inline[i].Document)
	}
	for _, arn := range append([]string{p.Boundary}, p.Attached...) {
		known, ok := w.managed[arn]
		if !ok && p.Partial && len(w.unknown) <= maxUnknown {
			w.unknown[arn] = true
		}
		n += 1 + known
	}
	return n
}
