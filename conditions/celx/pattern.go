package celx

import (
	"errors"
	"strings"
)

// In a pattern, * is any run of characters, ? is one, and \ takes the meaning
// from the character behind it. In the pattern of an ARN the first five colons
// are borders of parts, unless they are escaped.

// maxWork bounds the comparison of a text with a pattern: the product of their
// lengths.
const maxWork = 1 << 28

var errWork = errors.New("the text and the pattern are too long to be compared")

// meaningful are the characters with a meaning in some pattern.
var meaningful = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `:`, `\:`)

// escape makes a pattern that only the text itself matches.
func escape(text string) string { return meaningful.Replace(text) }

// place is one character of a pattern.
type place struct {
	character rune
	star, one bool
}

// matches compares the whole text with a pattern. It keeps the set of places
// that can come next, and goes through the text once.
func matches(text, pattern string) (bool, error) {
	places := readPattern(pattern)
	if (len(text)+1)*(len(places)+1) > maxWork {
		return false, errWork
	}
	now := make([]bool, len(places)+1)
	now[0] = true
	skipStars(now, places)
	for _, r := range text {
		next := make([]bool, len(places)+1)
		for i, p := range places {
			switch {
			case !now[i]:
			case p.star:
				next[i] = true
			case p.one || p.character == r:
				next[i+1] = true
			}
		}
		skipStars(next, places)
		now = next
	}
	return now[len(places)], nil
}

// skipStars adds what follows a star, which may stand for nothing.
func skipStars(at []bool, places []place) {
	for i, p := range places {
		if at[i] && p.star {
			at[i+1] = true
		}
	}
}

func readPattern(pattern string) []place {
	var places []place
	escaped := false
	for _, r := range pattern {
		switch {
		case escaped:
			places, escaped = append(places, place{character: r}), false
		case r == '\\':
			escaped = true
		default:
			places = append(places, place{character: r, star: r == '*', one: r == '?'})
		}
	}
	return places
}

// matchARN compares an ARN with a pattern part by part, so that a wildcard
// does not reach across a colon except in the sixth (PL-164). It fails if one
// of the two has fewer than six parts (PL-165).
func matchARN(text, pattern string) (bool, error) {
	textParts := strings.SplitN(text, ":", 6)
	patternParts := splitPattern(pattern)
	if len(textParts) < 6 || len(patternParts) < 6 {
		return false, unreadable("an ARN", text+" or "+pattern)
	}
	for i := range textParts {
		if ok, err := matches(textParts[i], patternParts[i]); !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

func splitPattern(pattern string) []string {
	var parts []string
	start, escaped := 0, false
	for i, r := range pattern {
		if r == ':' && !escaped && len(parts) < 5 {
			parts = append(parts, pattern[start:i])
			start = i + 1
		}
		escaped = r == '\\' && !escaped
	}
	return append(parts, pattern[start:])
}
