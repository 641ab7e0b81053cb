package peer

import (
	"sync/atomic"
	"time"

	"handlens/media"
)

// counters are what the goroutines of one connection count; Stats reads them.
type counters struct {
	packets, bytes                        atomic.Uint64
	duplicates, late, invalid, overrun    atomic.Uint64
	lost, recovered, nacks, plis          atomic.Uint64
	frames, keyFrames                     atomic.Uint64
	incomplete, unreferenced, malformed   atomic.Uint64
	tooLarge, overflow                    atomic.Uint64
	detectionsSent, detectionsSkipped     atomic.Uint64
	controlDropped, resultsDropped        atomic.Uint64
	audioPackets, audioLost, audioDropped atomic.Uint64
	bitrate                               atomic.Uint64
	rtt, jitter                           atomic.Int64
	codec                                 atomic.Uint32
	firstPacket                           atomic.Pointer[time.Time]
}

// fill copies the counters into s.
func (c *counters) fill(s *Stats) {
	if at := c.firstPacket.Load(); at != nil {
		s.FirstPacket = *at
	}
	s.Packets, s.Bytes = c.packets.Load(), c.bytes.Load()
	s.Bitrate = float64(c.bitrate.Load())
	s.Duplicates, s.Late = c.duplicates.Load(), c.late.Load()
	s.Invalid, s.Overrun = c.invalid.Load(), c.overrun.Load()
	s.Lost, s.Recovered = c.lost.Load(), c.recovered.Load()
	s.NACKs, s.PLIs = c.nacks.Load(), c.plis.Load()
	s.Frames, s.KeyFrames = c.frames.Load(), c.keyFrames.Load()
	s.Dropped = Drops{
		Incomplete:   c.incomplete.Load(),
		Unreferenced: c.unreferenced.Load(),
		Malformed:    c.malformed.Load(),
		TooLarge:     c.tooLarge.Load(),
		Overflow:     c.overflow.Load(),
	}
	s.RTT, s.Jitter = time.Duration(c.rtt.Load()), time.Duration(c.jitter.Load())
	s.Codec = media.Codec(c.codec.Load())
	s.DetectionsSent, s.DetectionsSkipped = c.detectionsSent.Load(), c.detectionsSkipped.Load()
	s.ControlDropped, s.ResultsDropped = c.controlDropped.Load(), c.resultsDropped.Load()
	s.AudioPackets, s.AudioLost, s.AudioDropped = c.audioPackets.Load(), c.audioLost.Load(),
		c.audioDropped.Load()
}
