package peer

import (
	"net/netip"
	"sync"
	"time"

	"github.com/pion/webrtc/v4"
)

// candidatePair is the way that packets take now.
type candidatePair struct {
	mu            sync.Mutex
	local, remote netip.AddrPort
	network       string
}

// pollPair asks pion which way is used and how long the round trip on it is.
func (c *Conn) pollPair() {
	transport := c.pc.SCTP().Transport().ICETransport()
	var local, remote netip.AddrPort
	var network string
	if pair, err := transport.GetSelectedCandidatePair(); err == nil && pair != nil {
		local, remote = addrPort(pair.Local), addrPort(pair.Remote)
		network = pair.Local.Protocol.String()
	}
	c.pair.mu.Lock()
	c.pair.local, c.pair.remote, c.pair.network = local, remote, network
	c.pair.mu.Unlock()

	// ICE's round trip is of the path alone; that of the clock probes has the phone's JavaScript in
	// it.
	rtt := time.Duration(0)
	if stats, ok := transport.GetSelectedCandidatePairStats(); ok {
		rtt = time.Duration(stats.CurrentRoundTripTime * float64(time.Second))
	}
	if _, probed, ok := c.clock.estimate(); ok && (rtt <= 0 || probed < rtt) {
		rtt = probed
	}
	c.count.rtt.Store(int64(rtt))
}

func addrPort(c *webrtc.ICECandidate) netip.AddrPort {
	ip, err := netip.ParseAddr(c.Address)
	if err != nil {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(ip, c.Port)
}

// Stats returns a snapshot. It is cheap and never waits for the network.
func (c *Conn) Stats() Stats {
	s := Stats{State: State(c.state.Load())}
	c.count.fill(&s)
	var rtt time.Duration
	s.ClockOffset, rtt, s.ClockKnown = c.clock.estimate()
	s.ClockError = rtt / 2
	s.FromCamera = c.clock.capturedByCamera()
	s.Detections, s.Control = c.channels.open[0].Load(), c.channels.open[1].Load()
	c.pair.mu.Lock()
	defer c.pair.mu.Unlock()
	s.Local, s.Remote, s.Network = c.pair.local, c.pair.remote, c.pair.network
	return s
}
