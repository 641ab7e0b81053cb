package session

import (
	"sync/atomic"
	"time"

	"handlens/inference/detector"
	"handlens/media"
	"handlens/media/peer"
)

// meter counts what a session does between two looks at it. All methods may be called from any goroutine but take, which belongs to
// the session's own.
type meter struct {
	in, shown, detected atomic.Uint64
	broken              atomic.Uint64

	network, decode, preprocess, engine, postprocess, found, painted latencyWindow

	at                                   time.Time
	lastIn, lastShown, lastDetected      uint64
	lastPackets, lastLost, lastRecovered uint64
}

// arrived counts a picture that came out of the decoder.
func (m *meter) arrived(f *media.Frame) {
	m.in.Add(1)
	m.decode.add(f.Decoded.Sub(f.Received))
	if !f.Captured.IsZero() {
		m.network.add(f.Received.Sub(f.Captured))
	}
}

// looked counts a picture that the detector is done with.
func (m *meter) looked(f *media.Frame, t detector.Timing, now time.Time) {
	m.detected.Add(1)
	m.preprocess.add(t.Preprocess)
	m.engine.add(t.Run)
	m.postprocess.add(t.Decode)
	m.found.add(now.Sub(f.Origin()))
}

// take describes the time since the last call.
func (m *meter) take(now time.Time, p peer.Stats) Stats {
	seconds := now.Sub(m.at).Seconds()
	rate := func(total uint64, last *uint64) float64 {
		n := total - *last
		*last = total
		if seconds <= 0 {
			return 0
		}
		return float64(n) / seconds
	}
	st := Stats{
		FPSIn:       rate(m.in.Load(), &m.lastIn),
		FPSShown:    rate(m.shown.Load(), &m.lastShown),
		FPSDetected: rate(m.detected.Load(), &m.lastDetected),
		Bitrate:     p.Bitrate,
		Loss:        m.loss(p),
		RTT:         p.RTT,
		Network:     p.Network,
		Stages:      map[string]Latency{},
	}
	for name, w := range map[string]*latencyWindow{
		"network": &m.network, "decode": &m.decode, "preprocess": &m.preprocess, "engine": &m.engine,
		"postprocess": &m.postprocess, "detected": &m.found, "shown": &m.painted,
	} {
		if l, n := w.drain(); n > 0 {
			st.Stages[name] = l
		}
	}
	m.at = now
	return st
}

// loss is the share of the packets since the last call that did not come at the first try.
func (m *meter) loss(p peer.Stats) float64 {
	missed := (p.Lost - m.lastLost) + (p.Recovered - m.lastRecovered)
	came := p.Packets - m.lastPackets
	m.lastPackets, m.lastLost, m.lastRecovered = p.Packets, p.Lost, p.Recovered
	if missed == 0 || came+missed == 0 {
		return 0
	}
	return min(1, float64(missed)/float64(came+missed))
}
