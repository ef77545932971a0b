package conditions

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"strings"
)

// networks holds the policy values of IpAddress and NotIpAddress: the address
// of the request lies in one of them (PL-157).
type networks struct {
	v4 []network4
	v6 []netip.Prefix
	// bad: a policy value could not be read. It matches nothing (PL-137).
	bad bool
}

// network4 is an IPv4 network in numbers.
type network4 struct{ base, mask uint32 }

// sourceAddress is an IPv4 address with the text that it was read from.
type sourceAddress struct {
	text string
	v4   uint32
}

func newNetworks(texts []string) comparison {
	n := &networks{}
	for _, text := range texts {
		switch p, ok := parseNetwork(text); {
		case !ok:
			n.bad = true
		case p.Addr().Is4():
			n.v4 = append(n.v4, network4{number4(p.Addr()), ^uint32(0) << (32 - p.Bits())})
		default:
			n.v6 = append(n.v6, p)
		}
	}
	return n
}

// compare: see [typed] for what is malformed.
func (n *networks) compare(text string, ctx *Context) (m match) {
	if n.bad {
		m = malformed
	}
	if source := &ctx.source; source.text != "" && source.text == text {
		return m | n.contain4(source.v4)
	}
	if v4, ok := parse4(text); ok {
		return m | n.contain4(v4)
	}
	a, ok := parseAddress(text)
	switch {
	case !ok && n.reachable():
		return m | malformed
	case !ok:
		return m
	case a.Is4():
		return m | n.contain4(number4(a))
	}
	return m | matchOf(Of(slices.ContainsFunc(n.v6, func(p netip.Prefix) bool { return p.Contains(a) })))
}

func (n *networks) contain4(v4 uint32) match {
	for _, p := range n.v4 {
		if v4&p.mask == p.base {
			return matched
		}
	}
	return 0
}

func (n *networks) reachable() bool { return len(n.v4)+len(n.v6) > 0 }

// ends gives the first and the last address of a network.
func ends(network netip.Prefix) (first, last netip.Addr) {
	first = network.Addr()
	bytes := first.AsSlice()
	for i := network.Bits(); i < len(bytes)*8; i++ {
		bytes[i/8] |= 0x80 >> (i % 8)
	}
	last, _ = netip.AddrFromSlice(bytes)
	return first, last
}

// parseNetwork reads a CIDR or an address alone, which is a /32 or, CONTESTED,
// a /128 (PL-158, PL-159). Bits behind the prefix are dropped (PL-160).
func parseNetwork(s string) (netip.Prefix, bool) {
	if !strings.Contains(s, "/") {
		a, ok := parseAddress(s)
		return netip.PrefixFrom(a, a.BitLen()), ok
	}
	prefix, err := netip.ParsePrefix(s)
	if err != nil {
		return netip.Prefix{}, false
	}
	if address := prefix.Addr(); address.Is4In6() && prefix.Bits() >= 96 {
		prefix = netip.PrefixFrom(address.Unmap(), prefix.Bits()-96)
	}
	return prefix.Masked(), true
}

// parseAddress reads an IPv4 or IPv6 address. An IPv4-mapped one becomes IPv4
// (PL-161, CONTESTED).
func parseAddress(s string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		return netip.Addr{}, false
	}
	return a.Unmap(), true
}

func number4(a netip.Addr) uint32 {
	b := a.As4()
	return binary.BigEndian.Uint32(b[:])
}

// parse4 reads what netip reads as an IPv4 address, in half of the time.
func parse4(s string) (v4 uint32, ok bool) {
	field, digits, dots := uint32(0), 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9' && (digits == 0 || field > 0): // no leading zero
			field = field*10 + uint32(c-'0')
			digits++
			if field > 255 {
				return 0, false
			}
		case c == '.' && digits > 0 && dots < 3:
			v4 = v4<<8 | field
			field, digits = 0, 0
			dots++
		default:
			return 0, false
		}
	}
	return v4<<8 | field, dots == 3 && digits > 0
}
