package reach

import (
	"net/netip"
	"slices"

	"handlens/media/pairing"
	"handlens/media/visit"
)

// Suspects are the likely causes of a problem of a device at from that came to our address called,
// the likeliest first; none when the problem says it all. Without a problem and a device they are
// those why nobody comes to called, the address in the code.
func (f Facts) Suspects(p visit.Problem, from, called netip.Addr) []Suspect {
	switch {
	case len(f.Networks) == 0 && (p == visit.OutOfReach || !from.IsValid()):
		return []Suspect{{Code: SuspectNoNetwork}}
	case p == visit.NoProblem && !from.IsValid():
		return f.nobody(called)
	case p == visit.NoPath:
		return slices.Concat(f.elsewhere(from, called), f.firewallsThat(blockAny),
			f.addressed(called), f.vpn(), f.firewallsThat(mayBlock))
	case p == visit.OverTCP:
		return slices.Concat(f.firewallsThat(blockAny), f.elsewhere(from, called),
			f.firewallsThat(mayBlock), f.vpn())
	case p == visit.HandshakeBroken, p == visit.HandshakeFailed, p == visit.NoVideo:
		// Small packets get through and large ones do not, as in a tunnel that is too narrow.
		return slices.Concat(f.vpn(), f.elsewhere(from, called))
	}
	return nil
}

// nobody are the causes why no device comes to that address of ours.
func (f Facts) nobody(called netip.Addr) []Suspect {
	if !called.IsValid() && len(f.Addresses) > 0 {
		called = f.Addresses[0].IP
	}
	ours, _ := f.address(called)
	return slices.Concat(
		f.addressed(called),
		f.firewallsThat(blockTCP),
		[]Suspect{{Code: SuspectOtherNetwork, Ours: called, Card: ours.Interface}},
		f.firewallsThat(mayBlockTCP),
		f.vpn(),
		[]Suspect{{Code: SuspectIsolation, Ours: called, Card: ours.Interface}},
	)
}

// address finds one of ours.
func (f Facts) address(ip netip.Addr) (pairing.Address, bool) {
	i := slices.IndexFunc(f.Addresses, func(a pairing.Address) bool { return a.IP == ip.Unmap() })
	if i < 0 {
		return pairing.Address{}, false
	}
	return f.Addresses[i], true
}

// addressed suspects the address that a device came to, or is to come to, when phones seldom can.
func (f Facts) addressed(called netip.Addr) []Suspect {
	a, ok := f.address(called)
	if !ok || a.Kind.Reachable() && !a.IP.IsLinkLocalUnicast() {
		return nil
	}
	return []Suspect{{Code: SuspectAddress, Ours: a.IP, Card: a.Interface}}
}

// elsewhere suspects that a device is on another network, when its address is in none of ours.
func (f Facts) elsewhere(from, called netip.Addr) []Suspect {
	from, called = from.Unmap(), called.Unmap()
	ours, _ := f.address(called)
	switch {
	case !from.IsValid(), from.IsLoopback(), from.IsLinkLocalUnicast():
		return nil
	case from.Is6() && !from.IsPrivate(): // which of those are neighbours, we do not know
		return nil
	case ours.Kind == pairing.VPN || ours.Kind == pairing.Tunnel: // they are not about neighbours
		return nil
	case slices.ContainsFunc(f.Networks, func(n netip.Prefix) bool { return n.Contains(from) }),
		slices.ContainsFunc(f.Addresses, func(a pairing.Address) bool { return a.IP == from }):
		return nil
	}
	return []Suspect{{
		Code: SuspectOtherNetwork, Phone: from, Ours: called, Card: ours.Interface,
	}}
}

// vpn suspects the VPN that traffic leaves by.
func (f Facts) vpn() []Suspect {
	if f.VPN == "" {
		return nil
	}
	return []Suspect{{Code: SuspectVPN, Card: f.VPN}}
}

// What firewalls do.
func blockAny(w Firewall) bool    { return w.State == FirewallBlocks }
func blockTCP(w Firewall) bool    { return w.State == FirewallBlocks && !w.UDPOnly }
func mayBlock(w Firewall) bool    { return w.State == FirewallOn || w.State == FirewallUnknown }
func mayBlockTCP(w Firewall) bool { return mayBlock(w) && !w.UDPOnly }

// firewallsThat suspects the firewalls that do so.
func (f Facts) firewallsThat(do func(Firewall) bool) (all []Suspect) {
	for _, w := range f.Firewalls {
		if do(w) {
			all = append(all, Suspect{Code: SuspectFirewall, Firewall: w})
		}
	}
	return all
}
