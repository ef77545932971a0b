package conditions

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Key is the name of a condition key. Names are compared without regard to
// case, the tag key in aws:RequestTag/<tag key> included (PL-112).
type Key struct {
	name string
	hash uint32 // equal for names that are equal
	slot uint8  // of a known key, else 0
	// nameless: the part that the user names is missing, as in aws:RequestTag/.
	// Such a key is never present (PL-113).
	nameless bool
}

// NewKey makes the key of a name.
func NewKey(name string) Key {
	if slot := slotOf(name); slot != 0 {
		k := keysBySlot[slot]
		k.name = name
		return k
	}
	hash, folded := foldHash(name)
	return Key{name: name, hash: hash, slot: slotOf(folded), nameless: nameless(name)}
}

func nameless(name string) bool {
	const encryption = "kms:EncryptionContext:"
	return strings.HasSuffix(name, "/") || len(name) == len(encryption) && strings.EqualFold(name, encryption)
}

// Nameless tells whether the key lacks the part that the user names, such as
// the tag key of aws:RequestTag/, so that no request ever has it (PL-113).
func (k Key) Nameless() bool { return k.nameless }

// String gives the name as it was written.
func (k Key) String() string { return k.name }

// Equal tells whether two names are the same key.
func (k Key) Equal(other Key) bool { return k.equal(&other) }

func (k *Key) equal(other *Key) bool {
	return k.hash == other.hash && k.slot == other.slot && (k.slot != 0 || k.name == other.name || strings.EqualFold(k.name, other.name))
}

// foldHash is equal for names that differ by case only. It takes eight bytes
// at a time: hashing names is half of what it costs to make a context. A name
// with other than ASCII characters is given in ASCII; of others, which are no
// known key if they come here, folded is empty.
func foldHash(name string) (hash uint32, folded string) {
	const notASCII = 0x8080808080808080
	long, seen := hashText(name, lowerBits)
	if seen&notASCII != 0 {
		folded = foldASCII(name)
		long, _ = hashText(folded, lowerBits)
	}
	return uint32(long >> 32), folded
}

// lowerBits are the bits in which the cases of eight letters differ.
const lowerBits = 0x2020202020202020

// hashText hashes a text with some bits of its words set. It gives all bits
// that it saw besides.
func hashText(text string, bits uint64) (hash, seen uint64) {
	hash = uint64(len(text))
	for len(text) >= 8 {
		word := word64(text)
		seen |= word
		hash = mix(hash ^ (word | bits))
		text = text[8:]
	}
	word := uint64(0)
	for i := len(text) - 1; i >= 0; i-- {
		word = word<<8 | uint64(text[i])
	}
	return mix(hash ^ (word | bits)), seen | word
}

func word64(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

func mix(hash uint64) uint64 {
	hash *= 0x9e3779b97f4a7c15
	return hash ^ hash>>29
}

// foldASCII gives an ASCII text that is equal for names that differ by case
// only: every character becomes the least of those, in hexadecimal beyond
// ASCII. K, for one, has a third form there.
func foldASCII(name string) string {
	var b strings.Builder
	for _, r := range name {
		if r = foldRune(r); r < utf8.RuneSelf {
			b.WriteByte(byte(r))
		} else {
			b.WriteString(strconv.FormatInt(int64(r), 16))
		}
	}
	return b.String()
}

// foldRune gives the least character of r's case orbit.
func foldRune(r rune) rune {
	least := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		least = min(least, next)
	}
	return least
}
