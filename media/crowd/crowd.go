// Package crowd keeps a crowd at the door from keeping everybody out: it bounds how many
// connections of a listener are open at once, in all and of one address.
package crowd

import (
	"net"
	"net/netip"
	"sync"
)

// Limits bounds the connections that are open at once.
type Limits struct{ Total, PerAddress int }

// Listener is a listener whose connections are bounded. Where there would be one too many, the
// oldest of that address is closed, or, when there are too many in all, the oldest of whoever has
// most: so that those who come in great numbers cost only themselves.
type Listener struct {
	net.Listener
	limits Limits

	mu     sync.Mutex
	closed bool
	conns  []*conn // oldest first
}

type conn struct {
	net.Conn
	of   *Listener
	from netip.Addr
}

// Limit bounds the connections of l.
func Limit(l net.Listener, limits Limits) *Listener {
	return &Listener{Listener: l, limits: limits}
}

// Accept returns the next connection.
func (l *Listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	in := &conn{Conn: c, of: l, from: address(c.RemoteAddr())}
	out, ok := l.enter(in)
	if out != nil {
		_ = out.Conn.Close() // whoever reads from it sees the end, and closes it as well
	}
	if !ok {
		_ = c.Close()
		return nil, net.ErrClosed
	}
	return in, nil
}

// enter takes note of a connection, and returns the one that has to go for it. It is false once the
// listener has closed all of them.
func (l *Listener) enter(in *conn) (out *conn, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, false
	}
	if out = l.surplus(in.from); out != nil {
		l.remove(out)
	}
	l.conns = append(l.conns, in)
	return out, true
}

// surplus returns the connection that has to go before another one of that address may come, or
// nil. The lock is held.
func (l *Listener) surplus(from netip.Addr) *conn {
	same := func(c *conn) bool { return c.from == from }
	if oldest, n := l.count(same); n >= l.limits.PerAddress {
		return oldest
	}
	if len(l.conns) < l.limits.Total {
		return nil
	}
	counts, most := map[netip.Addr]int{}, 0
	for _, c := range l.conns {
		counts[group(c.from)]++
		most = max(most, counts[group(c.from)])
	}
	oldest, _ := l.count(func(c *conn) bool { return counts[group(c.from)] == most })
	return oldest
}

// count returns how many connections are like that, and the oldest of them.
func (l *Listener) count(like func(*conn) bool) (oldest *conn, n int) {
	for _, c := range l.conns {
		if !like(c) {
			continue
		}
		if n++; oldest == nil {
			oldest = c
		}
	}
	return oldest, n
}

// remove forgets a connection. The lock is held.
func (l *Listener) remove(c *conn) {
	for i, other := range l.conns {
		if other == c {
			l.conns = append(l.conns[:i], l.conns[i+1:]...)
			return
		}
	}
}

// Open returns how many connections are open.
func (l *Listener) Open() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.conns)
}

// CloseAll closes the listener and every connection.
func (l *Listener) CloseAll() error {
	l.mu.Lock()
	l.closed = true
	all := l.conns
	l.conns = nil
	l.mu.Unlock()
	for _, c := range all {
		_ = c.Conn.Close()
	}
	return l.Close()
}

// Close closes the connection and forgets it.
func (c *conn) Close() error {
	c.of.mu.Lock()
	c.of.remove(c)
	c.of.mu.Unlock()
	return c.Conn.Close()
}

// address is the other end's IP address; the zero value where there is none.
func address(a net.Addr) netip.Addr {
	if tcp, ok := a.(*net.TCPAddr); ok {
		return tcp.AddrPort().Addr().Unmap().WithZone("")
	}
	return netip.Addr{}
}

// group is what one machine may choose its addresses from: an IPv4 address, or a /64 of IPv6.
func group(a netip.Addr) netip.Addr {
	if !a.Is6() {
		return a
	}
	p, err := a.Prefix(64)
	if err != nil {
		return a
	}
	return p.Addr()
}
