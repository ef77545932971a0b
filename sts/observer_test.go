package sts

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall/rolecall/conditions"
	"github.com/rolecall/rolecall/policy/eval"
)

// TestObserversSeeEveryDecision holds that a call tells what it asked for, those
// decisions that allow as well.
func TestObserversSeeEveryDecision(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	var seen []string
	ctx := WithObserver(context.Background(), func(d eval.Decision) {
		seen = append(seen, d.Request().Query().Action+" "+d.Outcome.String())
	})
	input := in(deployARN, func(i *AssumeRoleInput) { i.SourceIdentity = new("ana") })
	out, err := l.AssumeRole(ctx, l.key(aliceKey), input)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Authorize(ctx, l.with(out.Credentials), "s3:GetObject", "*", conditions.Context{}); err != nil {
		t.Fatal(err)
	}
	if _, err := l.AssumeRole(ctx, l.key(bobKey), in(deployARN)); err == nil {
		t.Fatal("bob has no permission")
	}
	if _, err := l.AssumeRole(WithObserver(ctx, nil), l.key(bobKey), in(deployARN)); err == nil {
		t.Fatal("bob has no permission")
	}
	want := []string{"sts:AssumeRole allowed", "sts:SetSourceIdentity allowed", "s3:GetObject allowed", "sts:AssumeRole implicitDeny"}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// TestMFACode takes its codes from RFC 6238, appendix B.
func TestMFACode(t *testing.T) {
	t.Parallel()
	for at, want := range map[int64]string{59: "287082", 1111111109: "081804", 1234567890: "005924", 2000000000: "279037"} {
		if got, err := MFACode(seed, time.Unix(at, 0)); got != want || err != nil {
			t.Errorf("at %d: %s, %v, want %s", at, got, err, want)
		}
	}
	if _, err := MFACode("no base32!", time.Unix(0, 0)); err == nil {
		t.Error("a seed that is none is an error")
	}
}
