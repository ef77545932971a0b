package conditions

import (
	"cmp"
	"strconv"
	"strings"
	"time"
)

func newDates(b Base, values []string) comparison {
	return newOrdered(b, values, parseInstant, compareInstants)
}

// instant is a point in time: seconds since 1970-01-01T00:00:00Z, and the
// digits of the fraction of a second, without zeros at their end.
type instant struct {
	seconds  int64
	fraction string
}

func compareInstants(a, b instant) int {
	return cmp.Or(cmp.Compare(a.seconds, b.seconds), cmp.Compare(a.fraction, b.fraction))
}

// parseInstant reads a date (PL-150): one of the W3C forms of ISO 8601, or an
// integer, seconds since 1970. A bare four-digit number is a year, a time
// without zone is UTC (PL-151, both CONTESTED). A date without time is its
// first instant in UTC.
func parseInstant(s string) (instant, bool) {
	digits := strings.TrimLeft(s, "+-")
	aYear := len(s) == 4 && len(digits) == 4
	if allDigits(digits) && len(s)-len(digits) <= 1 && !aYear {
		// A number beyond 64 bits is the farthest time there is.
		seconds, _ := strconv.ParseInt(s, 10, 64)
		return instant{seconds: seconds}, true
	}
	date, clock, hasClock := strings.Cut(s, "T")
	year, month, day, form := parseDay(date)
	if form == 0 || hasClock && form != fullDate {
		return instant{}, false
	}
	at := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if at.Day() != day || at.Month() != time.Month(month) {
		return instant{}, false // 30 February
	}
	result := instant{seconds: at.Unix()}
	if !hasClock {
		return result, true
	}
	offset, fraction, ok := parseClock(clock)
	result.seconds += offset
	result.fraction = fraction
	return result, ok
}

// dayForm is which form of date was read; 0 is none.
type dayForm uint8

const (
	yearOnly dayForm = iota + 1
	yearAndMonth
	fullDate
)

// parseDay reads YYYY, YYYY-MM or YYYY-MM-DD.
func parseDay(s string) (year, month, day int, form dayForm) {
	month, day = 1, 1
	ok := true
	switch len(s) {
	case len("2006"):
		form = yearOnly
	case len("2006-01"):
		form = yearAndMonth
		month, ok = field(s[4:], '-', 12)
	case len("2006-01-02"):
		form = fullDate
		month, ok = field(s[4:7], '-', 12)
		var okDay bool
		day, okDay = field(s[7:], '-', 31)
		ok = ok && okDay
	default:
		return 0, 0, 0, 0
	}
	if !ok || !allDigits(s[:4]) {
		return 0, 0, 0, 0
	}
	year, _ = strconv.Atoi(s[:4])
	return year, month, day, form
}

// parseClock reads hh:mm, hh:mm:ss or hh:mm:ss.s..., and then Z, +hh:mm, -hh:mm
// or nothing. It gives the seconds since midnight UTC.
func parseClock(s string) (seconds int64, fraction string, ok bool) {
	s, zone, ok := cutZone(s)
	if !ok || len(s) < len("15:04") || !allDigits(s[:2]) {
		return 0, "", false
	}
	hour, _ := strconv.Atoi(s[:2])
	minute, okMinute := field(s[2:5], ':', 59)
	if !okMinute || hour > 23 {
		return 0, "", false
	}
	seconds = int64(hour)*3600 + int64(minute)*60 - int64(zone)
	s = s[5:]
	if s == "" {
		return seconds, "", true
	}
	if len(s) < len(":05") {
		return 0, "", false
	}
	second, okSecond := field(s[:3], ':', 59)
	fraction, okFraction := parseFraction(s[3:])
	return seconds + int64(second), fraction, okSecond && okFraction
}

// cutZone reads the zone at the end of a time and gives its offset from UTC in
// seconds.
func cutZone(s string) (rest string, offset int, ok bool) {
	if rest, ok = strings.CutSuffix(s, "Z"); ok {
		return rest, 0, true
	}
	i := strings.LastIndexAny(s, "+-")
	if i < 0 {
		return s, 0, true
	}
	zone := s[i+1:]
	if len(zone) != len("07:00") || !allDigits(zone[:2]) {
		return s, 0, false
	}
	hours, _ := strconv.Atoi(zone[:2])
	minutes, ok := field(zone[2:], ':', 59)
	offset = hours*3600 + minutes*60
	if s[i] == '-' {
		offset = -offset
	}
	return s[:i], offset, ok && hours <= 23
}

// parseFraction reads the point and digits behind the seconds, if there are
// any.
func parseFraction(s string) (digits string, ok bool) {
	if s == "" {
		return "", true
	}
	digits, ok = strings.CutPrefix(s, ".")
	return strings.TrimRight(digits, "0"), ok && allDigits(digits)
}

// field reads a separator and two digits, at most limit; months and days are
// at least 1.
func field(s string, separator byte, limit int) (int, bool) {
	if len(s) != 3 || s[0] != separator || !allDigits(s[1:]) {
		return 0, false
	}
	n := int(s[1]-'0')*10 + int(s[2]-'0')
	least := 0
	if separator == '-' {
		least = 1
	}
	return n, n >= least && n <= limit
}
