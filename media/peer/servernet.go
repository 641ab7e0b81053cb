package peer

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/transport/v4"
	"github.com/pion/transport/v4/stdnet"
)

// serverNet is pion's way to the STUN and TURN servers of one connection, with bounds. pion itself
// waits eight seconds for a TURN server that is silent by UDP, two minutes for one that is by TCP,
// and as long as the resolver likes for a name; and so would whoever closes the connection
// meanwhile.
type serverNet struct {
	transport.Net
	// answered says that a TURN server has answered. It stays true for an ICE restart, whose
	// gathering pion may call complete before the server has answered again.
	answered atomic.Bool
}

func newServerNet() (*serverNet, error) {
	n, err := stdnet.NewNet()
	if err != nil {
		return nil, fmt.Errorf("reading this machine's network cards: %w", err)
	}
	return &serverNet{Net: n}, nil
}

// watchdog is a connection to a TURN server that has to prove itself: it is closed when nothing
// comes by it within gatherTimeout.
type watchdog struct {
	net      *serverNet
	conn     io.Closer
	once     sync.Once
	timer    *time.Timer
	answered atomic.Bool
}

func (n *serverNet) watch(conn io.Closer) *watchdog {
	t := &watchdog{net: n, conn: conn}
	t.timer = time.AfterFunc(gatherTimeout, func() { _ = t.close() })
	return t
}

// close closes the connection. That it is closed already is no error.
func (t *watchdog) close() (err error) {
	t.once.Do(func() { err = t.conn.Close() })
	return err
}

// stop is close by whoever has the connection.
func (t *watchdog) stop() error {
	t.timer.Stop()
	return t.close()
}

// received takes note of what was read.
func (t *watchdog) received(n int) {
	if n > 0 && !t.answered.Swap(true) {
		t.timer.Stop()
		t.net.answered.Store(true)
	}
}

// ListenPacket opens the socket for TURN by UDP.
func (n *serverNet) ListenPacket(network, address string) (net.PacketConn, error) {
	c, err := n.Net.ListenPacket(network, address)
	if err != nil {
		return nil, err
	}
	return &watchedPackets{c, n.watch(c)}, nil
}

type watchedPackets struct {
	net.PacketConn
	watchdog *watchdog
}

func (c *watchedPackets) ReadFrom(b []byte) (int, net.Addr, error) {
	n, from, err := c.PacketConn.ReadFrom(b)
	c.watchdog.received(n)
	return n, from, err
}

func (c *watchedPackets) Close() error { return c.watchdog.stop() }

// DialUDP opens the socket for TURN by DTLS.
func (n *serverNet) DialUDP(network string, local, remote *net.UDPAddr) (transport.UDPConn, error) {
	c, err := n.Net.DialUDP(network, local, remote)
	if err != nil {
		return nil, err
	}
	return &watchedUDP{c, n.watch(c)}, nil
}

type watchedUDP struct {
	transport.UDPConn
	watchdog *watchdog
}

func (c *watchedUDP) Read(b []byte) (int, error) {
	n, err := c.UDPConn.Read(b)
	c.watchdog.received(n)
	return n, err
}

func (c *watchedUDP) Close() error { return c.watchdog.stop() }

// DialTCP opens the connection for TURN by TCP or TLS.
func (n *serverNet) DialTCP(network string, local, remote *net.TCPAddr) (transport.TCPConn, error) {
	dialer := net.Dialer{Timeout: gatherTimeout}
	if local != nil {
		dialer.LocalAddr = local
	}
	c, err := dialer.Dial(network, remote.String())
	if err != nil {
		return nil, err
	}
	tcp := c.(*net.TCPConn) // net.Dialer makes no other for these networks
	return &watchedTCP{tcp, n.watch(tcp)}, nil
}

type watchedTCP struct {
	*net.TCPConn
	watchdog *watchdog
}

func (c *watchedTCP) Read(b []byte) (int, error) {
	n, err := c.TCPConn.Read(b)
	c.watchdog.received(n)
	return n, err
}

func (c *watchedTCP) Close() error { return c.watchdog.stop() }

// ResolveUDPAddr is net.ResolveUDPAddr with a bound.
func (n *serverNet) ResolveUDPAddr(network, address string) (*net.UDPAddr, error) {
	at, err := resolve(network, address)
	if err != nil {
		return nil, err
	}
	return net.UDPAddrFromAddrPort(at), nil
}

// ResolveTCPAddr is net.ResolveTCPAddr with a bound.
func (n *serverNet) ResolveTCPAddr(network, address string) (*net.TCPAddr, error) {
	at, err := resolve(network, address)
	if err != nil {
		return nil, err
	}
	return net.TCPAddrFromAddrPort(at), nil
}

// resolve finds an address of a host, of IPv4 rather than of IPv6 where the network (such as
// "udp4") does not say which.
func resolve(network, address string) (netip.AddrPort, error) {
	host, text, err := net.SplitHostPort(address)
	if err != nil {
		return netip.AddrPort{}, err
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return netip.AddrPort{}, err
	}
	family := "ip"
	switch network[len(network)-1] {
	case '4', '6':
		family += network[len(network)-1:]
	}
	ctx, cancel := context.WithTimeout(context.Background(), gatherTimeout)
	defer cancel()
	found, err := net.DefaultResolver.LookupNetIP(ctx, family, host)
	if err != nil {
		return netip.AddrPort{}, err
	}
	chosen := found[0]
	for _, ip := range found {
		if ip.Unmap().Is4() {
			chosen = ip
			break
		}
	}
	return netip.AddrPortFrom(chosen.Unmap(), uint16(port)), nil
}
