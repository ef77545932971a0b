package saml

import (
	"strconv"
	"sync"
	"testing"
	"time"
)

func used(id int, expires time.Time) *Assertion {
	return &Assertion{Issuer: entity, ID: "_" + strconv.Itoa(id), Expires: expires}
}

func TestAnAssertionIsUsedOnce(t *testing.T) {
	t.Parallel()
	r := NewReplay(10)
	a := used(1, now.Add(5*time.Minute))
	if err := r.Use(a, "", now); err != nil {
		t.Fatal(err)
	}
	again := refusal{InvalidIdentityToken, "Invalid SAML response: the assertion was used before; let the user sign in again", ""}
	again.check(t, nil, r.Use(a, "", now))
	again.check(t, nil, r.Use(a, "", now.Add(5*time.Minute)))
	if err := r.Use(used(2, a.Expires), "", now); err != nil {
		t.Errorf("another assertion: %v", err)
	}
	if err := r.Use(a, role, now); err != nil {
		t.Errorf("another purpose: %v", err)
	}
	again.check(t, nil, r.Use(a, role, now))
	other := *a
	other.Issuer = "https://other.example.com"
	if err := r.Use(&other, "", now); err != nil {
		t.Errorf("the same ID of another issuer: %v", err)
	}
}

func TestReplayIsBounded(t *testing.T) {
	t.Parallel()
	const capacity = 100
	r := NewReplay(capacity)
	for i := range capacity {
		if err := r.Use(used(i, now.Add(time.Duration(i+1)*time.Second)), "", now); err != nil {
			t.Fatal(err)
		}
	}
	full := refusal{InvalidIdentityToken, "Invalid SAML response: more than 100 assertions were used within minutes; try again later", ""}
	full.check(t, nil, r.Use(used(capacity, now.Add(time.Minute)), "", now))
	full.check(t, nil, r.Use(used(capacity, now.Add(time.Minute)), "", now.Add(time.Second)))
	// One has expired a moment later, and only one.
	later := now.Add(time.Second + 1)
	if err := r.Use(used(capacity, now.Add(time.Minute)), "", later); err != nil {
		t.Error(err)
	}
	full.check(t, nil, r.Use(used(capacity+1, now.Add(time.Minute)), "", later))
	for i := range 50 * capacity {
		at := now.Add(time.Duration(i) * time.Second)
		if err := r.Use(used(1000+i, at.Add(90*time.Second)), "", at); err != nil && i > capacity {
			t.Fatalf("after %d seconds: %v", i, err)
		}
		if len(r.used) > capacity {
			t.Fatalf("%d entries", len(r.used))
		}
	}
}

func TestOfManyAtOnceOneUseSucceeds(t *testing.T) {
	t.Parallel()
	r := NewReplay(10)
	var group sync.WaitGroup
	succeeded := make(chan struct{}, 50)
	for range cap(succeeded) {
		group.Go(func() {
			if r.Use(used(1, now.Add(time.Minute)), "", now) == nil {
				succeeded <- struct{}{}
			}
		})
	}
	group.Wait()
	if len(succeeded) != 1 {
		t.Errorf("%d uses succeeded", len(succeeded))
	}
}
