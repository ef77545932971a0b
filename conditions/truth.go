package conditions

import "strconv"

// Truth is the outcome of a test. It is the set of outcomes that are possible
// with what is known, so that an unknown key makes a test [Unknown] and not a
// guess. The zero value, no outcome, is invalid.
type Truth uint8

// The outcomes.
const (
	// False: the test fails.
	False Truth = 1 << iota
	// True: the test holds.
	True
	// Unknown: it could go either way.
	Unknown = False | True
)

// Of gives the truth of a bool.
func Of(b bool) Truth {
	if b {
		return True
	}
	return False
}

// And is true if both are, false if one is, and else unknown.
func (t Truth) And(u Truth) Truth { return t&u&True | (t|u)&False }

// Or is true if one is, false if both are, and else unknown.
func (t Truth) Or(u Truth) Truth { return (t|u)&True | t&u&False }

// Not exchanges true and false.
func (t Truth) Not() Truth { return t&True>>1 | t&False<<1 }

// Possible tells whether the outcome can be true.
func (t Truth) Possible() bool { return t&True != 0 }

// String names the outcome.
func (t Truth) String() string {
	switch t {
	case False:
		return "false"
	case True:
		return "true"
	case Unknown:
		return "unknown"
	default:
		return "truth(" + strconv.Itoa(int(t)) + ")"
	}
}
