package peer

import (
	"net"
	"net/netip"
	"time"

	"github.com/pion/ice/v4"

	"handlens/media/crowd"
)

const (
	// udpBuffer is asked of the kernel for each direction. A key frame of 300 KB comes in a few
	// milliseconds; the usual 200 KB lose part of it. The kernel may give less (net.core.rmem_max).
	udpBuffer = 4 << 20
	// maxTCP and maxTCPOfOne bound the ICE-TCP connections, those without credentials included. A
	// phone opens one for each address of ours.
	maxTCP, maxTCPOfOne = 64, 16
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

// tcpListener bounds the ICE-TCP connections. Its Close closes them all: pion's mux waits, when it
// is closed, for those that have not yet said who they are.
type tcpListener struct{ *crowd.Listener }

// Close closes the listener and every connection.
func (l tcpListener) Close() error { return l.CloseAll() }
