package peer

import (
	"net"
	"net/netip"
	"slices"
)

// announcedAddresses returns the addresses to put into an answer: the configured ones, or all of
// this machine's that a phone could reach. The machine's are read again each time, since laptops
// change networks. Only a machine with nothing else announces its loopback.
func (h *Host) announcedAddresses() []netip.Addr {
	if h.cfg.Addresses != nil {
		return h.cfg.Addresses
	}
	found, err := net.InterfaceAddrs()
	if err != nil {
		h.log.Warn("reading this machine's addresses failed", "error", err)
	}
	var reachable, loopback []netip.Addr
	for _, a := range found {
		prefix, err := netip.ParsePrefix(a.String())
		if err != nil {
			continue
		}
		ip := prefix.Addr().Unmap()
		switch {
		case ip.IsLoopback():
			loopback = append(loopback, ip)
		case ip.IsGlobalUnicast() || (ip.Is4() && ip.IsLinkLocalUnicast()):
			// Of IPv6 link-local addresses a browser cannot use the zone, so they are left out.
			reachable = append(reachable, ip)
		}
	}
	if len(reachable) == 0 {
		return loopback
	}
	return reachable
}

func anyLoopback(addrs []netip.Addr) bool {
	return slices.ContainsFunc(addrs, netip.Addr.IsLoopback)
}

func containsIP(addrs []netip.Addr, ip net.IP) bool {
	a, ok := netip.AddrFromSlice(ip)
	return ok &&
		slices.ContainsFunc(addrs, func(b netip.Addr) bool { return b.Unmap() == a.Unmap() })
}
