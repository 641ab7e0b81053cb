package session

import "time"

// times remembers when the last few pictures stood in the stream, by their RTP timestamps: a
// decoder may hold pictures back.
type times struct {
	ring [16]struct {
		rtp uint32
		at  time.Duration
	}
	next int
}

func (t *times) note(rtp uint32, at time.Duration) {
	t.ring[t.next].rtp, t.ring[t.next].at = rtp, at
	t.next = (t.next + 1) % len(t.ring)
}

// of returns the time of the picture with that timestamp: the newest one's when it is not
// remembered.
func (t *times) of(rtp uint32) time.Duration {
	newest := (t.next + len(t.ring) - 1) % len(t.ring)
	for i := range t.ring {
		if e := t.ring[(newest+len(t.ring)-i)%len(t.ring)]; e.rtp == rtp {
			return e.at
		}
	}
	return t.ring[newest].at
}
