package conditions

import (
	"net/netip"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestAddressesAreThoseOfNetip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`([0-9]{0,4}\.){0,4}[0-9]{0,4}|(0|00|1|255|256|01)(\.(0|1|255|256)){3}|(::ffff:)?1\.2\.3\.4|[0-9a-f:]{2,12}`).Draw(t, "text")
		want, err := netip.ParseAddr(text)
		got, ok := parse4(text)
		if isV4 := err == nil && want.Is4(); ok != isV4 || ok && got != number4(want) {
			t.Fatalf("%q: %x, %t, netip says %v, %v", text, got, ok, want, err)
		}
	})
}

func TestKeysThatAreEqualHaveOneHash(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[aA]ws:([kK\x{212A}sS\x{17F}@` + "`" + `\[{]{0,20}|[sS\x{17F}]ource[iI][pP]|Tag[kK\x{212A}]ey[sS\x{17F}])`)
		a, b := NewKey(name.Draw(t, "a")), NewKey(name.Draw(t, "b"))
		if a.Equal(b) != strings.EqualFold(a.name, b.name) {
			t.Fatalf("%q and %q: %t", a, b, a.Equal(b))
		}
		var context Context
		_ = context.Add(a.name, "x")
		var table Table
		var copied Context
		copied.CopyFrom(&context, 0, &table)
		if context.Has(b) != copied.Has(b) || !copied.Has(a) && !a.nameless {
			t.Fatalf("a context with %q says %t of %q, its copy %t", a, context.Has(b), b, copied.Has(b))
		}
		if foldASCII(a.name) == foldASCII(b.name) && !a.Equal(b) {
			t.Fatalf("%q and %q differ", a, b)
		}
	})
}
