package peer

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// maxRemotes bounds the addresses that one ICE session may have us send checks to: those of the
// phone's candidates, and those that its own checks come from. A phone that changes its port all
// the time, as some routers have it do, has this many before it needs an ICE restart.
const maxRemotes = 256

// firstPort is the lowest UDP port of a candidate that is sent anything: below it are services,
// never phones. Browsers have the same rule.
const firstPort = 1024

// calledFrom is the key of a context's value.
type calledFrom struct{}

// CalledFrom returns a context for [Host.Answer] and [Conn.Patch] that says from which address the
// request came. See remotes.
func CalledFrom(ctx context.Context, address netip.Addr) context.Context {
	return context.WithValue(ctx, calledFrom{}, address.Unmap().WithZone(""))
}

// remotes says which addresses one phone may have us send packets to. An offer can name any
// address as the phone's own, and ICE sends checks to all of them, so that without this anyone with
// the token could have this computer knock at strangers' doors. Allowed are private addresses, the
// networks that this machine is in, and wherever the phone's own requests came from; with ICE
// servers, which stand outside, any that a phone can have. It is asked by pion's goroutines.
type remotes struct {
	attached *attached
	anywhere bool

	mu       sync.Mutex
	callers  []netip.Addr // where the phone's requests came from
	admitted int          // in this ICE session
}

// maxCallers bounds the addresses of one phone's requests that are remembered, the newest ones.
const maxCallers = 8

// note remembers where a request came from, if the context says so.
func (r *remotes) note(ctx context.Context) {
	from, ok := ctx.Value(calledFrom{}).(netip.Addr)
	if !ok || !from.IsValid() {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if slices.Contains(r.callers, from) {
		return
	}
	if r.callers = append(r.callers, from); len(r.callers) > maxCallers {
		r.callers = r.callers[1:]
	}
}

// restart begins the count of another ICE session.
func (r *remotes) restart() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.admitted = 0
}

// admit is pion's question whether an address becomes one of the phone's.
func (r *remotes) admit(ip net.IP) bool {
	a, ok := netip.AddrFromSlice(ip)
	if !ok {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.admitted >= maxRemotes || !r.near(a.Unmap()) {
		return false
	}
	r.admitted++
	return true
}

// near says whether an address is one that this phone can have. The lock is held.
func (r *remotes) near(a netip.Addr) bool {
	switch {
	case a.IsUnspecified(), a.IsMulticast(), r.attached.broadcast(a):
		return false
	case a.IsLoopback():
		// Only for who is on this very machine, or when nobody says who it is.
		return len(r.callers) == 0 || slices.ContainsFunc(r.callers, netip.Addr.IsLoopback) ||
			slices.ContainsFunc(r.callers, r.attached.own)
	case r.anywhere, slices.Contains(r.callers, a), private(a):
		return true
	}
	return r.attached.contains(a)
}

// sharedRange holds the addresses of networks that share public ones (RFC 6598), Tailscale's among
// them.
var sharedRange = netip.MustParsePrefix("100.64.0.0/10")

// private says whether an address belongs to no one on the internet.
func private(a netip.Addr) bool {
	return a.IsPrivate() || a.IsLinkLocalUnicast() || sharedRange.Contains(a)
}

// attachedFor is how long the list of this machine's networks is good.
const attachedFor = time.Second

// attached are the networks that this machine is in; it may move from one to another. Any goroutine
// may use it.
type attached struct {
	list func() ([]net.Addr, error)
	now  func() time.Time

	mu       sync.Mutex
	at       time.Time
	networks []netip.Prefix
}

// known returns the networks, read anew when that was a while ago.
func (n *attached) known() []netip.Prefix {
	n.mu.Lock()
	defer n.mu.Unlock()
	now := n.now()
	if n.networks != nil && now.Sub(n.at) < attachedFor {
		return n.networks
	}
	found, err := n.list()
	if err != nil {
		return n.networks // those of before are better than none
	}
	n.at, n.networks = now, make([]netip.Prefix, 0, len(found))
	for _, a := range found {
		if prefix, err := netip.ParsePrefix(a.String()); err == nil {
			n.networks = append(n.networks, unmapped(prefix))
		}
	}
	return n.networks
}

func (n *attached) contains(a netip.Addr) bool {
	return slices.ContainsFunc(n.known(), func(p netip.Prefix) bool {
		return p.Masked().Contains(a)
	})
}

// own says whether an address is this machine's.
func (n *attached) own(a netip.Addr) bool {
	return slices.ContainsFunc(n.known(), func(p netip.Prefix) bool { return p.Addr() == a })
}

// broadcast says whether what is sent to an address goes to everybody in one of the networks.
func (n *attached) broadcast(a netip.Addr) bool {
	if !a.Is4() {
		return false
	}
	if a == netip.AddrFrom4([4]byte{255, 255, 255, 255}) {
		return true
	}
	return slices.ContainsFunc(n.known(), func(p netip.Prefix) bool {
		const single = 31 // RFC 3021: such small networks have no such address
		return p.Addr().Is4() && p.Bits() < single && last(p) == a
	})
}

// last returns the last address of an IPv4 network.
func last(p netip.Prefix) netip.Addr {
	b := p.Masked().Addr().As4()
	for i := p.Bits(); i < 8*len(b); i++ {
		b[i/8] |= 1 << (7 - i%8)
	}
	return netip.AddrFrom4(b)
}

// unmapped turns an IPv4 network in IPv6 clothes into a plain one.
func unmapped(p netip.Prefix) netip.Prefix {
	const mapped = 96 // RFC 4291 section 2.5.5.2
	if p.Addr().Is4In6() && p.Bits() >= mapped {
		return netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-mapped)
	}
	return netip.PrefixFrom(p.Addr().WithZone(""), p.Bits())
}
