package pairing

import (
	"net"
	"net/netip"
)

// systemInterfaces asks the system for its network cards.
func systemInterfaces() ([]netInterface, error) {
	interfaces, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	routes := defaultRoutes()
	cards := make([]netInterface, 0, len(interfaces))
	for _, i := range interfaces {
		addresses, err := i.Addrs()
		if err != nil {
			continue // it was unplugged between the two questions
		}
		c := netInterface{
			name:         i.Name,
			index:        i.Index,
			mac:          i.HardwareAddr,
			up:           i.Flags&net.FlagUp != 0 && i.Flags&net.FlagRunning != 0,
			loopback:     i.Flags&net.FlagLoopback != 0,
			pointToPoint: i.Flags&net.FlagPointToPoint != 0,
			defaultRoute: routes[i.Name],
		}
		for _, a := range addresses {
			network, ok := a.(*net.IPNet)
			if !ok {
				continue
			}
			ip, ok := netip.AddrFromSlice(network.IP)
			if !ok {
				continue
			}
			ones, _ := network.Mask.Size()
			c.prefixes = append(c.prefixes, netip.PrefixFrom(ip.Unmap(), ones))
		}
		describe(&c)
		cards = append(cards, c)
	}
	if len(routes) == 0 {
		markOutgoing(cards, Outgoing())
	}
	return cards, nil
}

// markOutgoing gives the default route to the card that has the address ip.
func markOutgoing(cards []netInterface, ip netip.Addr) {
	for i := range cards {
		for _, p := range cards[i].prefixes {
			if ip.IsValid() && p.Addr() == ip {
				cards[i].defaultRoute = true
			}
		}
	}
}

// Outgoing asks the system which address it would send from to the outside; invalid when there is
// no way out. Connecting a UDP socket looks up the route and sends nothing; the destination is one
// that RFC 5737 keeps for documentation.
func Outgoing() netip.Addr {
	c, err := net.Dial("udp4", "192.0.2.1:9")
	if err != nil {
		return netip.Addr{}
	}
	defer c.Close()
	if a, ok := c.LocalAddr().(*net.UDPAddr); ok {
		return a.AddrPort().Addr().Unmap()
	}
	return netip.Addr{}
}
