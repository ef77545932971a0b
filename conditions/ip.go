package conditions

import (
	"encoding/binary"
	"net/netip"
	"strings"
)

// newNetworks compiles the values of IpAddress and NotIpAddress: the address
// of the request lies in one of the networks (PL-157).
func newNetworks(texts []string) comparison {
	return newTyped(texts, parseNetwork, parseAddress, func(v address, p *network, _ *Context) Truth {
		return Of(p.contains(v))
	})
}

// address is an IPv4 address as a number, or an IPv6 address.
type address struct {
	isV4 bool
	v4   uint32
	v6   netip.Addr
}

// network is likewise.
type network struct {
	isV4       bool
	base, mask uint32
	v6         netip.Prefix
}

func (n *network) contains(a address) bool {
	if n.isV4 || a.isV4 {
		return n.isV4 && a.isV4 && a.v4&n.mask == n.base
	}
	return n.v6.Contains(a.v6)
}

// ends gives the first and the last address of the network.
func (n *network) ends() (first, last netip.Addr) {
	if n.isV4 {
		return ipv4(n.base), ipv4(n.base | ^n.mask)
	}
	bytes := n.v6.Addr().As16()
	for i := n.v6.Bits(); i < len(bytes)*8; i++ {
		bytes[i/8] |= 0x80 >> (i % 8)
	}
	return n.v6.Addr(), netip.AddrFrom16(bytes)
}

func ipv4(n uint32) netip.Addr {
	var bytes [4]byte
	binary.BigEndian.PutUint32(bytes[:], n)
	return netip.AddrFrom4(bytes)
}

// parseNetwork reads a CIDR or an address alone, which is a /32 or, CONTESTED,
// a /128 (PL-158, PL-159). Bits behind the prefix are dropped (PL-160).
func parseNetwork(s string) (network, bool) {
	if !strings.Contains(s, "/") {
		a, ok := parseAddress(s)
		switch {
		case !ok:
			return network{}, false
		case a.isV4:
			return network{isV4: true, base: a.v4, mask: ^uint32(0)}, true
		default:
			return network{v6: netip.PrefixFrom(a.v6, a.v6.BitLen())}, true
		}
	}
	prefix, err := netip.ParsePrefix(s)
	if err != nil {
		return network{}, false
	}
	if address := prefix.Addr(); address.Is4In6() && prefix.Bits() >= 96 {
		prefix = netip.PrefixFrom(address.Unmap(), prefix.Bits()-96)
	}
	if prefix = prefix.Masked(); !prefix.Addr().Is4() {
		return network{v6: prefix}, true
	}
	return network{isV4: true, base: number4(prefix.Addr()), mask: ^uint32(0) << (32 - prefix.Bits())}, true
}

// parseAddress reads an IPv4 or IPv6 address. An IPv4-mapped one becomes IPv4
// (PL-161, CONTESTED).
func parseAddress(s string) (address, bool) {
	if v4, ok := parse4(s); ok {
		return address{isV4: true, v4: v4}, true
	}
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		return address{}, false
	}
	if a = a.Unmap(); a.Is4() {
		return address{isV4: true, v4: number4(a)}, true
	}
	return address{v6: a}, true
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
