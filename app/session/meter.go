package session

import (
	"sync/atomic"
	"time"

	"handlens/media"
	"handlens/media/peer"
)

// meter counts what a session does between two calls of take. take belongs to the session's own
// goroutine, the other methods to any.
type meter struct {
	in, shown, detected atomic.Uint64
	broken              atomic.Uint64

	network, decode, preprocess, engine, postprocess, found, painted, phone latencyWindow

	strain                               strainGauge
	at                                   time.Time
	lastIn, lastShown, lastDetected      uint64
	lastPackets, lastLost, lastRecovered uint64
}

// arrived counts a frame that came out of the decoder.
func (m *meter) arrived(f *media.Frame) {
	m.in.Add(1)
	m.decode.add(f.Decoded.Sub(f.Received))
	if !f.Captured.IsZero() {
		m.network.add(f.Received.Sub(f.Captured))
	}
}

// detectionDone counts a frame that a detector has run on.
func (m *meter) detectionDone(r found, now time.Time) {
	m.detected.Add(1)
	m.found.add(now.Sub(r.origin))
	if r.by == OnPhone {
		m.phone.add(r.timing.Run)
		return
	}
	m.preprocess.add(r.timing.Preprocess)
	m.engine.add(r.timing.Run)
	m.postprocess.add(r.timing.Decode)
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
	m.at = now
	return Stats{
		FPSIn:       rate(m.in.Load(), &m.lastIn),
		FPSShown:    rate(m.shown.Load(), &m.lastShown),
		FPSDetected: rate(m.detected.Load(), &m.lastDetected),
		Bitrate:     p.Bitrate,
		Loss:        m.loss(p),
		RTT:         p.RTT,
		Network:     p.Network,
		Stages: Stages{
			Network: m.network.drain(), Decode: m.decode.drain(),
			Preprocess: m.preprocess.drain(), Engine: m.engine.drain(),
			Postprocess: m.postprocess.drain(), Detected: m.found.drain(),
			Shown: m.painted.drain(), Phone: m.phone.drain(),
		},
	}
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
