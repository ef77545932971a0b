package world

import (
	"sync"
	"testing"

	"github.com/rolecall/rolecall/policy"
)

// TestChangesLeaveWorldsAlone reads a world while others are made of it, for the
// race detector.
func TestChangesLeaveWorldsAlone(t *testing.T) {
	t.Parallel()
	const id = "111122223333"
	trust := mustParse("trust", policy.Trust, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}]}`)
	w, problems := New(Description{Accounts: []Account{{ID: id, Users: []User{{Name: "alice"}}, Roles: []Role{{Name: "deploy", Trust: trust}}}}})
	if w == nil {
		t.Fatal(problems)
	}
	var all sync.WaitGroup
	all.Go(func() {
		for range 100 {
			if w.UserNamed(id, "alice").ARN() == "" || w.RoleNamed(id, "deploy").TrustSet() == nil {
				t.Error("the world changed")
			}
		}
	})
	for _, c := range []Change{PutAccount(*w.Account(id)), SetOrganization(&Organization{ID: "o-x", Root: Unit{ID: "r-x", Accounts: []string{id}}})} {
		if changed, problems := w.With(c); changed == nil {
			t.Error(problems)
		}
	}
	all.Wait()
}
