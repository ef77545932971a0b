package conditions

import (
	"net/netip"
	"strings"
)

// networks holds the policy values of IpAddress and NotIpAddress (PL-157).
type networks struct {
	prefixes []netip.Prefix
	bad      bool
}

func newNetworks(values []string) comparison {
	n := &networks{}
	for _, v := range values {
		prefix, ok := parseNetwork(v)
		if !ok {
			n.bad = true
			continue
		}
		n.prefixes = append(n.prefixes, prefix)
	}
	return n
}

func (n *networks) compare(v string, _ *Context) (m match) {
	if n.bad {
		m = malformed
	}
	address, ok := parseAddress(v)
	if !ok {
		if len(n.prefixes) > 0 {
			m |= malformed
		}
		return m
	}
	for _, prefix := range n.prefixes {
		if prefix.Contains(address) {
			return m | matched
		}
	}
	return m
}

func (n *networks) reachable() bool { return len(n.prefixes) > 0 }

// parseNetwork reads a CIDR or an address alone, which is a /32 or, CONTESTED,
// a /128 (PL-158, PL-159). Bits behind the prefix are dropped (PL-160).
func parseNetwork(s string) (netip.Prefix, bool) {
	if !strings.Contains(s, "/") {
		address, ok := parseAddress(s)
		if !ok {
			return netip.Prefix{}, false
		}
		return netip.PrefixFrom(address, address.BitLen()), true
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
	address, err := netip.ParseAddr(s)
	if err != nil || address.Zone() != "" {
		return netip.Addr{}, false
	}
	return address.Unmap(), true
}
