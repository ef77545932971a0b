package celx

import (
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/rolecall/rolecall/diag"
)

// errUnreadable is wrapped by the error of a function that cannot read its
// text.
var errUnreadable = errors.New("the text is not what the operator compares")

func unreadable(want, text string) error {
	return fmt.Errorf("%w: %q is not %s", errUnreadable, diag.Clip(text, 100), want)
}

// number is a decimal number: plus or minus 0.digits times ten to the power of
// exponent. The digits neither begin nor end with a zero; zero has none.
type number struct {
	sign     int
	exponent int
	digits   string
}

var numberForm = regexp.MustCompile(`^([+-]?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$`)

// maxExponent is what a larger exponent is taken as, as package conditions
// does.
const maxExponent = 1 << 60

// readNumber reads the form of PL-147.
func readNumber(text string) (number, error) {
	form := numberForm.FindStringSubmatch(text)
	if form == nil {
		return number{}, unreadable("a number", text)
	}
	exponent, _ := strconv.Atoi(form[4]) // of a number out of range it is the nearest
	n := number{sign: 1, exponent: min(max(exponent, -maxExponent), maxExponent) + len(form[2])}
	if form[1] == "-" {
		n.sign = -1
	}
	digits := form[2] + form[3]
	n.digits = strings.TrimLeft(digits, "0")
	n.exponent -= len(digits) - len(n.digits)
	if n.digits = strings.TrimRight(n.digits, "0"); n.digits == "" {
		return number{}, nil
	}
	return n, nil
}

func compareNumbers(a, b number) int {
	if a.sign != b.sign || a.sign == 0 {
		return cmp.Compare(a.sign, b.sign)
	}
	return a.sign * cmp.Or(cmp.Compare(a.exponent, b.exponent), strings.Compare(a.digits, b.digits))
}

// date is seconds since 1970 and the digits of a fraction, without zeros at
// their end.
type date struct {
	seconds  int64
	fraction string
}

var (
	secondsForm = regexp.MustCompile(`^[+-]?[0-9]+$`)
	yearForm    = regexp.MustCompile(`^[0-9]{4}$`)
	timeForm    = regexp.MustCompile(`^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2})(:[0-9]{2})?(?:\.([0-9]+))?(Z|[+-][0-9]{2}:[0-9]{2})?$`)
)

// readDate reads the forms of PL-150. Four digits alone are a year, a time
// without zone is UTC (PL-151). Seconds beyond 64 bits are the farthest that
// there are, as in package conditions.
func readDate(text string) (date, error) {
	if secondsForm.MatchString(text) && !yearForm.MatchString(text) {
		seconds, _ := strconv.ParseInt(text, 10, 64)
		return date{seconds: seconds}, nil
	}
	for _, layout := range []string{"2006", "2006-01", "2006-01-02"} {
		if at, err := time.Parse(layout, text); err == nil && len(text) == len(layout) {
			return date{seconds: at.Unix()}, nil
		}
	}
	form := timeForm.FindStringSubmatch(text)
	if form == nil || form[2] == "" && form[3] != "" {
		return date{}, unreadable("a date", text)
	}
	second, zone := cmp.Or(form[2], ":00"), cmp.Or(form[4], "Z")
	at, err := time.Parse(time.RFC3339, form[1]+second+zone)
	if err != nil || strings.HasPrefix(zone[1:], "24") || strings.HasSuffix(zone, ":60") {
		return date{}, unreadable("a date", text)
	}
	return date{at.Unix(), strings.TrimRight(form[3], "0")}, nil
}

func compareDates(a, b date) int {
	return cmp.Or(cmp.Compare(a.seconds, b.seconds), strings.Compare(a.fraction, b.fraction))
}

// readBool reads true or false in any case (PL-153).
func readBool(text string) (bool, error) {
	switch strings.ToLower(text) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	default:
		return false, unreadable("true or false", text)
	}
}

func readBase64(text string) ([]byte, error) {
	decoded, err := base64.StdEncoding.DecodeString(text)
	if err != nil || strings.ContainsAny(text, "\r\n") {
		return nil, unreadable("base64", text)
	}
	return decoded, nil
}

// readIP reads an address; an IPv4 one in the form of IPv6 is IPv4 (PL-161).
func readIP(text string) (netip.Addr, error) {
	ip, err := netip.ParseAddr(text)
	if err != nil || ip.Zone() != "" {
		return netip.Addr{}, unreadable("an IP address", text)
	}
	return ip.Unmap(), nil
}

// network is all addresses from first to last, which are of one kind.
type network struct{ first, last netip.Addr }

func (n network) contains(ip netip.Addr) bool {
	return ip.BitLen() == n.first.BitLen() && n.first.Compare(ip) <= 0 && ip.Compare(n.last) <= 0
}

// readNetwork reads a range or an address alone (PL-158 to PL-160).
func readNetwork(text string) (network, error) {
	if ip, err := readIP(text); err == nil {
		return network{ip, ip}, nil
	}
	prefix, err := netip.ParsePrefix(text)
	if err != nil {
		return network{}, unreadable("a network", text)
	}
	first, last := prefix.Addr().AsSlice(), prefix.Addr().AsSlice()
	for bit := prefix.Bits(); bit < 8*len(first); bit++ {
		mask := byte(0x80) >> (bit % 8)
		first[bit/8] &^= mask
		last[bit/8] |= mask
	}
	low, _ := netip.AddrFromSlice(first)
	high, _ := netip.AddrFromSlice(last)
	if prefix.Bits() >= 96 { // a network of IPv4 in the form of IPv6
		low, high = low.Unmap(), high.Unmap()
	}
	return network{low, high}, nil
}

// fold gives the same text for texts that differ by case only: in place of
// every character, the least of those that it is in another case (PL-112,
// PL-142).
func fold(text string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
			least = min(least, other)
		}
		return least
	}, text)
}

// isARN tells whether a text has the six parts of an ARN (PL-165).
func isARN(text string) (bool, error) { return strings.Count(text, ":") >= 5, nil }
