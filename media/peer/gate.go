package peer

import (
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/pion/stun/v4"
	"golang.org/x/time/rate"
)

// What the UDP port takes. pion queues what comes from a phone's address without a bound, so that
// whoever sends faster than it can be looked at, in the phone's name or as the phone, would fill
// the memory.
const (
	// phoneRate and phoneBurst bound the packets of one address that we send to. 4K video at 50
	// Mbit/s has 5000 a second, its largest key frame 700.
	phoneRate, phoneBurst = 10000, 2048
	// strangerRate and strangerBurst bound the first checks of an IP address; a phone with many
	// candidates sends some fifty a second. allStrangers is the same for all of them together.
	strangerRate, strangerBurst = 200, 400
	allStrangers                = 4000
	// maxKnown and maxStrangers bound the tables; one that is full is begun again.
	maxKnown, maxStrangers = 1024, 1024
)

// gate is the UDP socket as pion sees it. From addresses that we send to it lets as much pass as a
// phone sends, from others only the checks by which a phone begins, and not too many of them. One
// goroutine reads, any may write.
type gate struct {
	net.PacketConn
	udp *net.UDPConn // the same, nil for another kind
	now func() time.Time

	mu        sync.RWMutex
	known     map[netip.AddrPort]*rate.Limiter
	strangers map[netip.Addr]*rate.Limiter
	all       *rate.Limiter
}

func newGate(socket net.PacketConn, now func() time.Time) *gate {
	g := &gate{
		PacketConn: socket, now: now, known: map[netip.AddrPort]*rate.Limiter{},
		strangers: map[netip.Addr]*rate.Limiter{},
		all:       rate.NewLimiter(allStrangers, allStrangers),
	}
	g.udp, _ = socket.(*net.UDPConn)
	return g
}

// ReadFromAddrPort implements ice.AddrPortReaderWriter, which pion prefers to ReadFrom.
func (g *gate) ReadFromAddrPort(b []byte) (int, netip.AddrPort, error) {
	for {
		n, from, err := g.read(b)
		if err != nil || g.admits(from, b[:n]) {
			return n, from, err
		}
	}
}

// ReadFrom implements net.PacketConn.
func (g *gate) ReadFrom(b []byte) (int, net.Addr, error) {
	n, from, err := g.ReadFromAddrPort(b)
	return n, net.UDPAddrFromAddrPort(from), err
}

func (g *gate) read(b []byte) (int, netip.AddrPort, error) {
	if g.udp != nil {
		return g.udp.ReadFromUDPAddrPort(b)
	}
	n, from, err := g.PacketConn.ReadFrom(b)
	if err != nil {
		return n, netip.AddrPort{}, err
	}
	return n, from.(*net.UDPAddr).AddrPort(), nil // no socket of another kind is given to us
}

// WriteToAddrPort implements ice.AddrPortReaderWriter.
func (g *gate) WriteToAddrPort(b []byte, to netip.AddrPort) (int, error) {
	g.know(to)
	if g.udp != nil {
		return g.udp.WriteToUDPAddrPort(b, to)
	}
	return g.PacketConn.WriteTo(b, net.UDPAddrFromAddrPort(to))
}

// WriteTo implements net.PacketConn.
func (g *gate) WriteTo(b []byte, to net.Addr) (int, error) {
	if u, ok := to.(*net.UDPAddr); ok {
		g.know(u.AddrPort())
	}
	return g.PacketConn.WriteTo(b, to)
}

// plain is an address without the clothes of IPv6 or a zone.
func plain(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap().WithZone(""), a.Port())
}

// know takes note of an address that we send to.
func (g *gate) know(to netip.AddrPort) {
	to = plain(to)
	g.mu.RLock()
	known := g.known[to] != nil
	g.mu.RUnlock()
	if known {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.known) >= maxKnown {
		clear(g.known) // phones are sent to all the time, and are known again at once
	}
	g.known[to] = rate.NewLimiter(phoneRate, phoneBurst)
}

// admits says whether a packet is let in.
func (g *gate) admits(from netip.AddrPort, packet []byte) bool {
	from = plain(from)
	g.mu.RLock()
	limit := g.known[from]
	g.mu.RUnlock()
	if limit != nil {
		return limit.AllowN(g.now(), 1)
	}
	return stun.IsMessage(packet) && g.stranger(from.Addr()).AllowN(g.now(), 1) &&
		g.all.AllowN(g.now(), 1)
}

// stranger returns the limit of an address that we have not sent to.
func (g *gate) stranger(a netip.Addr) *rate.Limiter {
	g.mu.Lock()
	defer g.mu.Unlock()
	limit := g.strangers[a]
	if limit == nil {
		if len(g.strangers) >= maxStrangers {
			clear(g.strangers)
		}
		limit = rate.NewLimiter(strangerRate, strangerBurst)
		g.strangers[a] = limit
	}
	return limit
}
