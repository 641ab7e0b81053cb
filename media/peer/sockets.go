package peer

import (
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/pion/ice/v4"
)

const (
	// udpBuffer is asked of the kernel for each direction. A key frame of 300 KB comes in a few
	// milliseconds; the usual 200 KB lose part of it. The kernel may give less (net.core.rmem_max).
	udpBuffer = 4 << 20
	// maxTCP bounds the ICE-TCP connections, those without credentials included.
	maxTCP = 64
	// firstCheckTimeout is how long a TCP connection may take to say who it is.
	firstCheckTimeout = 5 * time.Second
	// tcpWriteBuffer bounds what waits to be sent on one TCP connection; beyond it packets are
	// dropped, since no goroutine of ours may wait.
	tcpWriteBuffer = 1 << 20
	// tcpReadBuffer is how many packets of one TCP connection wait to be read.
	tcpReadBuffer = 256
)

// addressMux is pion's UDP mux on the one socket, but it announces the addresses that we choose
// instead of all.
type addressMux struct {
	*ice.UDPMuxDefault
	port      int
	addresses func() []netip.Addr
}

// GetListenAddresses is asked at each gathering.
func (a *addressMux) GetListenAddresses() []net.Addr {
	var all []net.Addr
	for _, ip := range a.addresses() {
		all = append(all, net.UDPAddrFromAddrPort(netip.AddrPortFrom(ip, uint16(a.port))))
	}
	return all
}

// boundedListener is a listener that bounds its connections and can close them all: pion's mux
// waits, when it is closed, for connections that have not yet said who they are.
type boundedListener struct {
	net.Listener

	mu     sync.Mutex
	closed bool
	conns  map[*boundedConn]struct{}
}

type boundedConn struct {
	net.Conn
	of *boundedListener
}

func newBoundedListener(l net.Listener) *boundedListener {
	return &boundedListener{Listener: l, conns: map[*boundedConn]struct{}{}}
}

// Accept returns the next connection; those beyond the bound are closed.
func (g *boundedListener) Accept() (net.Conn, error) {
	for {
		c, err := g.Listener.Accept()
		if err != nil {
			return nil, err
		}
		gc := &boundedConn{Conn: c, of: g}
		g.mu.Lock()
		ok := !g.closed && len(g.conns) < maxTCP
		if ok {
			g.conns[gc] = struct{}{}
		}
		g.mu.Unlock()
		if ok {
			return gc, nil
		}
		_ = c.Close()
	}
}

// Close closes the listener and every connection.
func (g *boundedListener) Close() error {
	g.mu.Lock()
	g.closed = true
	var all []net.Conn
	for c := range g.conns {
		all = append(all, c.Conn)
	}
	g.mu.Unlock()
	for _, c := range all {
		_ = c.Close()
	}
	return g.Listener.Close()
}

// Close closes the connection and forgets it.
func (c *boundedConn) Close() error {
	c.of.mu.Lock()
	delete(c.of.conns, c)
	c.of.mu.Unlock()
	return c.Conn.Close()
}
