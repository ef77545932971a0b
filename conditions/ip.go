package conditions

import (
	"net/netip"
	"strings"
)

// newNetworks compiles the values of IpAddress and NotIpAddress: the address
// of the request lies in one of the networks (PL-157).
func newNetworks(texts []string) comparison {
	return newTyped(texts, parseNetwork, parseAddress, func(v netip.Addr, p *netip.Prefix, _ *Context) Truth {
		return Of(p.Contains(v))
	})
}

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
