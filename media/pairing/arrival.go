package pairing

import (
	"net"
	"net/netip"
	"time"
)

// Arrival is a connection that has come to our port and wants HTTP, over TLS or not; or one that
// says nothing. Those of ICE, and of strangers who speak something else, are none.
type Arrival struct {
	// From is the other end's address, Called our own.
	From   netip.AddrPort
	Called netip.Addr
	At     time.Time
	// Silent says that it said nothing until it was closed.
	Silent bool
}

// Watch has a function told of each Arrival, before anybody else sees the connection. It must not
// wait.
func (l *Listener) Watch(arrived func(Arrival)) { l.arrived.Store(&arrived) }

// tell tells of a connection that came at that moment, once it is known what it is.
func (l *Listener) tell(c net.Conn, k kind, at time.Time) {
	arrived := l.arrived.Load()
	if arrived == nil || k != tlsHandshake && k != plainHTTP && k != silent {
		return
	}
	from, to := addrPort(c.RemoteAddr()), addrPort(c.LocalAddr())
	(*arrived)(Arrival{From: from, Called: to.Addr(), At: at, Silent: k == silent})
}

// addrPort is a TCP address as others have it: IPv4 is never mapped into IPv6.
func addrPort(a net.Addr) netip.AddrPort {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	ap := tcp.AddrPort()
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}
