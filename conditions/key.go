package conditions

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Key is the name of a condition key. Names are compared without regard to
// case, the tag key in aws:RequestTag/<tag key> included (PL-112).
type Key struct {
	name string
	hash uint32 // equal for names that are equal
	// nameless: the part that the user names is missing, as in aws:RequestTag/.
	// Such a key is never present (PL-113).
	nameless bool
}

// NewKey makes the key of a name.
func NewKey(name string) Key {
	return Key{name: name, hash: foldHash(name), nameless: strings.HasSuffix(name, "/") || strings.EqualFold(name, "kms:EncryptionContext:")}
}

// Nameless tells whether the key lacks the part that the user names, such as
// the tag key of aws:RequestTag/, so that no request ever has it (PL-113).
func (k Key) Nameless() bool { return k.nameless }

// String gives the name as it was written.
func (k Key) String() string { return k.name }

// Equal tells whether two names are the same key.
func (k Key) Equal(other Key) bool {
	return k.hash == other.hash && (k.name == other.name || strings.EqualFold(k.name, other.name))
}

// foldHash is FNV-1a over the name with every character replaced by the least
// of those that differ from it by case only.
func foldHash(name string) uint32 {
	const offset, prime = 2166136261, 16777619
	hash := uint32(offset)
	for i := 0; i < len(name); {
		r, size := rune(name[i]), 1
		switch {
		case r >= utf8.RuneSelf:
			r, size = utf8.DecodeRuneInString(name[i:])
			r = foldRune(r)
		case r >= 'a' && r <= 'z':
			r -= 'a' - 'A'
		}
		i += size
		hash = (hash ^ uint32(r)) * prime
	}
	return hash
}

// foldRune gives the least character of r's case orbit.
func foldRune(r rune) rune {
	least := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		least = min(least, next)
	}
	return least
}
