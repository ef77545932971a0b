package conditions

import (
	"cmp"
	"math"
	"strconv"
	"strings"
)

func newNumbers(b Base, values []string) comparison {
	return newOrdered(b, values, parseNumber, compareNumbers)
}

// number is a decimal number, exact whatever its length: its value is
// 0.d1d2d3... times ten to the power of scale, with the digits of whole and
// then those of fraction.
type number struct {
	negative bool
	// whole and fraction have no leading zero (of both together) and no
	// trailing one; zero has no digits at all.
	whole, fraction string
	scale           int
}

// maxExponent bounds an exponent, so that its sum with a length does not
// overflow. A larger one is taken as this.
const maxExponent = 1 << 60

// parseNumber reads an optional sign, digits, optionally a point and digits,
// and, CONTESTED, an exponent (PL-147). Surrounding blanks, hexadecimal and
// NaN are malformed.
func parseNumber(s string) (number, bool) {
	var n number
	switch {
	case strings.HasPrefix(s, "-"):
		n.negative, s = true, s[1:]
	case strings.HasPrefix(s, "+"):
		s = s[1:]
	}
	mantissa, exponent := s, 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		var ok bool
		if exponent, ok = parseExponent(s[i+1:]); !ok {
			return number{}, false
		}
		mantissa = s[:i]
	}
	whole, fraction, point := strings.Cut(mantissa, ".")
	if !allDigits(whole) || point && !allDigits(fraction) {
		return number{}, false
	}
	n.normalize(whole, fraction, exponent)
	return n, true
}

func parseExponent(s string) (int, bool) {
	digits := strings.TrimLeft(s, "+-")
	if len(s)-len(digits) > 1 || !allDigits(digits) {
		return 0, false
	}
	n, _ := strconv.Atoi(s) // beyond 64 bits it is the nearest number
	return min(max(n, -maxExponent), maxExponent), true
}

func (n *number) normalize(whole, fraction string, exponent int) {
	whole = strings.TrimLeft(whole, "0")
	fraction = strings.TrimRight(fraction, "0")
	n.scale = len(whole) + exponent
	if whole == "" {
		digits := strings.TrimLeft(fraction, "0")
		n.scale -= len(fraction) - len(digits)
		fraction = digits
	}
	if fraction == "" {
		whole = strings.TrimRight(whole, "0")
	}
	n.whole, n.fraction = whole, fraction
	if whole == "" && fraction == "" {
		n.negative, n.scale = false, math.MinInt
	}
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// compareNumbers orders numbers by value: 10 is 10.0, and nothing is rounded.
func compareNumbers(a, b number) int {
	if a.negative != b.negative {
		if a.negative {
			return -1
		}
		return 1
	}
	c := cmp.Compare(a.scale, b.scale)
	if c == 0 {
		c = compareDigits(a, b)
	}
	if a.negative {
		return -c
	}
	return c
}

// compareDigits compares the digits of numbers of one scale.
func compareDigits(a, b number) int {
	for i := range max(len(a.whole)+len(a.fraction), len(b.whole)+len(b.fraction)) {
		if c := cmp.Compare(a.digit(i), b.digit(i)); c != 0 {
			return c
		}
	}
	return 0
}

func (n number) digit(i int) byte {
	switch {
	case i < len(n.whole):
		return n.whole[i]
	case i-len(n.whole) < len(n.fraction):
		return n.fraction[i-len(n.whole)]
	default:
		return '0'
	}
}
