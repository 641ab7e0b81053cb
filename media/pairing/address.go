package pairing

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"time"
)

// Address is one address of this machine at which a phone may find us.
type Address struct {
	IP        netip.Addr // IPv4, or an IPv6 unique local address; never with a zone
	Interface string     // the system's name for the card, for example "wlp2s0" or "Wi-Fi"
	Kind      Kind
	Score     int // larger is better; the scale means nothing outside this package
	// Network is where its neighbours are: those that it reaches without a router.
	Network netip.Prefix
	// Name is the host name that the phone is told instead of the IP; "" for none.
	Name string
}

// Host is what stands in the URL: the name, or the address.
func (a Address) Host() string {
	if a.Name != "" {
		return a.Name
	}
	return a.IP.Unmap().WithZone("").String() // a zone means nothing to another machine
}

// Addresses lists the addresses of this machine that a phone could be told, the likeliest first.
// Nothing is dropped for the range it lies in, since real networks use all of them (172.16.0.0/12
// too): what is unlikely stands at the end, to be chosen by hand. The loopback address is in the
// list only when there is no other.
func Addresses() ([]Address, error) {
	cards, err := systemInterfaces()
	if err != nil {
		return nil, fmt.Errorf("list the network cards: %w", err)
	}
	return rank(cards), nil
}

// IPs lists the addresses of [Addresses] alone, in the same order; none when the system does not
// tell. It has the form that [Authority.TLSConfig] wants.
func IPs() []netip.Addr {
	addresses, err := Addresses()
	if err != nil {
		return nil
	}
	ips := make([]netip.Addr, len(addresses))
	for i, a := range addresses {
		ips[i] = a.IP
	}
	return ips
}

// Watch calls changed with the list of [Addresses] at once, and again whenever it has become
// another one, until ctx is done; then it returns. It looks every so often, since being told by the
// system works differently on each, and a look costs well under a millisecond. All calls come from
// the caller's goroutine. A look that fails is skipped: the next one may not.
func Watch(ctx context.Context, every time.Duration, changed func([]Address)) {
	watch(ctx, every, Addresses, changed)
}

func watch(ctx context.Context, every time.Duration, look func() ([]Address, error),
	changed func([]Address),
) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	var last []Address
	for first := true; ; {
		if now, err := look(); err == nil && (first || !slices.Equal(now, last)) {
			first, last = false, now
			changed(slices.Clone(now))
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// netInterface is what is known of one network card, as plain data, so that the ranking can be
// tested with cards from anywhere.
type netInterface struct {
	name  string
	index int
	mac   net.HardwareAddr
	// prefixes are the card's addresses with their networks.
	prefixes []netip.Prefix

	up           bool // switched on and, where the system tells, with a link
	loopback     bool
	pointToPoint bool

	// The following are known on Linux only; elsewhere the name has to do.
	device   bool // hardware stands behind it, or a bridge, bond or VLAN that leads to some
	wireless bool
	virtual  bool // the system says that no hardware stands behind it

	// defaultRoute says that traffic to the world outside leaves through this card.
	defaultRoute bool
}

// Scores. Only their order matters: the kind of the card decides, the default route decides between
// cards that could both be right, and the sort of address decides within a card.
const (
	// over Ethernet by a hair: it is the phone's own network where the two are not one
	scoreWiFi     = 1010
	scoreEthernet = 1000
	// this machine gives the network: right for who joined it, but most did not
	scoreHotspot   = 800
	scoreUnknown   = 600
	scoreBridge    = 400
	scoreVPN       = 300 // reaches a phone that is on the same VPN
	scoreVirtual   = 200 // reaches virtual machines on this machine, and no phone
	scoreLinkLocal = 50
	scoreLoopback  = 1

	bonusDefaultRoute = 200
	bonusPrivate      = 60 // IPv4 in a private range
	bonusIPv4         = 40 // IPv4 elsewhere: some campuses give each laptop a public address
)

// rank turns cards into addresses, best first. Equal scores keep the order of the cards' indices,
// so that the list is stable.
func rank(cards []netInterface) []Address {
	cards = slices.Clone(cards)
	slices.SortStableFunc(cards, func(a, b netInterface) int {
		return cmp.Compare(a.index, b.index)
	})
	var all, loopback []Address
	for _, c := range cards {
		if !c.up {
			continue
		}
		kind, base := classify(c)
		if c.defaultRoute && base > scoreVirtual {
			base += bonusDefaultRoute
		}
		for _, p := range c.prefixes {
			a, ok := scoreAddress(Address{
				IP: p.Addr().Unmap(), Interface: c.name, Kind: kind, Score: base,
				Network: p.Masked(),
			})
			switch {
			case !ok:
			case a.IP.IsLoopback():
				loopback = append(loopback, a)
			default:
				all = append(all, a)
			}
		}
	}
	if len(all) == 0 {
		all = loopback
	}
	slices.SortStableFunc(all, func(a, b Address) int { return cmp.Compare(b.Score, a.Score) })
	return slices.CompactFunc(all, func(a, b Address) bool { return a.IP == b.IP })
}

// scoreAddress adjusts the kind and score of a card to the range that the address lies in; false
// for addresses that no phone can use.
func scoreAddress(a Address) (Address, bool) {
	ip := a.IP
	switch {
	case ip.IsLoopback():
		a.Kind, a.Score = ThisMachine, scoreLoopback
		return a, ip.Is4()
	case ip.Is6():
		// Link-local IPv6 needs a zone that only the phone could name; global IPv6 changes by the
		// hour and would not be covered by our certificate, which is held to private ranges. That
		// leaves fc00::/7, unique local.
		return a, ip.IsPrivate()
	case ip.IsLinkLocalUnicast():
		// No DHCP server answered: it reaches only what is in the same predicament on the same
		// wire.
		a.Score = min(a.Score, scoreLinkLocal)
	case carrierGrade.Contains(ip):
		// Tailscale and kin live here, and so do providers that have run out of addresses; neither
		// is the home network.
		if a.Kind != WiFi && a.Kind != Ethernet {
			a.Kind = VPN
		}
		a.Score = min(a.Score, scoreVPN)
	case ip.IsPrivate():
		a.Score += bonusPrivate
	case ip.IsGlobalUnicast():
		a.Score += bonusIPv4
	default:
		return a, false
	}
	return a, true
}

// carrierGrade is the shared address space of RFC 6598.
var carrierGrade = netip.MustParsePrefix("100.64.0.0/10")
