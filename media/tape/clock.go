package tape

import (
	"time"

	"handlens/media"
)

const (
	pictureRate = 90000 // RTP ticks a second of every video format (RFC 3551, section 5)
	// maxJump is how far the timestamps may part from the time of arrival within one step before they are no longer believed: the phone has
	// begun to count anew, or lies.
	maxJump = 5 * time.Second
	// maxDrift is how far sound and pictures may lie apart when only their arrival is known.
	maxDrift = 200 * time.Millisecond
)

// ticks follows one 32-bit RTP clock, which wraps, as time since its first stamp.
type ticks struct {
	started  bool
	rtp      uint32
	at       time.Duration
	received time.Time
}

// next returns the time of a stamp that arrived then. The spacing is that of the timestamps, which is how the camera took the
// pictures; only a jump against the times of arrival is bridged by those.
func (c *ticks) next(rtp uint32, rate int64, received time.Time) time.Duration {
	if !c.started {
		c.started, c.rtp, c.received = true, rtp, received
		return 0
	}
	diff := int64(int32(rtp - c.rtp))
	step := time.Duration(diff/rate)*time.Second + time.Duration(diff%rate)*time.Second/time.Duration(rate)
	passed := received.Sub(c.received)
	if off := step - passed; off > maxJump || off < -maxJump {
		step = max(0, passed)
	}
	c.at += step
	c.rtp, c.received = rtp, received
	return c.at
}

// clock places pictures and sound on one time: since the first picture.
type clock struct {
	pictures, sounds ticks

	captured, received time.Time // of the newest picture; captured is zero while unknown
	at                 time.Duration

	placed bool          // sound has been placed before
	offset time.Duration // what is added to the sound's own time
	sure   bool          // by the times of capture, not of arrival
}

func (c *clock) picture(p media.Packet) time.Duration {
	c.at = c.pictures.next(p.RTP, pictureRate, p.Received)
	c.captured, c.received = p.Captured, p.Received
	return c.at
}

// sound returns false before the first picture. The sound's own clock gives its spacing; where it lies beside the pictures is known from the times of
// capture, and until those are known from the arrival.
func (c *clock) sound(s media.Sound) (time.Duration, bool) {
	if !c.pictures.started {
		return 0, false
	}
	own := c.sounds.next(s.RTP, media.SoundRate, s.Received)
	known := !s.Captured.IsZero() && !c.captured.IsZero()
	var want time.Duration
	if known {
		want = c.at + s.Captured.Sub(c.captured)
	} else {
		want = c.at + s.Received.Sub(c.received)
	}
	off := want - own - c.offset
	if !c.placed || (known && !c.sure) || off > maxDrift || off < -maxDrift {
		c.placed, c.sure, c.offset = true, known, want-own
	}
	return own + c.offset, true
}
