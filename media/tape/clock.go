package tape

import (
	"time"

	"handlens/media"
)

const (
	pictureRate = 90000 // RTP ticks a second of every video format (RFC 3551, section 5)
	// maxJump is how far the timestamps may part from the times of arrival before they are no
	// longer believed: the phone has begun to count again, or lies.
	maxJump = 5 * time.Second
	// maxPause bounds how much time may pass between two stamps, so that no sum overflows.
	maxPause = 30 * 24 * time.Hour
	// maxOff is how far sound may part from the frames before it is moved: what people begin to
	// notice. By arrival, which jitters, more.
	maxOff, maxOffArrived = 60 * time.Millisecond, 200 * time.Millisecond
	// drift is by what part of its error the believed start of the stream follows: clocks of phones
	// are wrong by some ten parts in a million.
	drift = 1024
)

// ticks follows one 32-bit RTP clock, which wraps, as time since its first stamp.
type ticks struct {
	started  bool
	rtp      uint32
	at       time.Duration
	received time.Time
	lag      time.Duration // how much later than its time something arrives, about
}

// next returns the time of a stamp that arrived then. The spacing is that of the timestamps, which
// is how the camera took the frames; only a jump against the times of arrival is bridged by
// those.
func (c *ticks) next(rtp uint32, rate int64, received time.Time) time.Duration {
	if !c.started {
		c.started, c.rtp, c.received = true, rtp, received
		return 0
	}
	diff := int64(int32(rtp - c.rtp))
	step := time.Duration(diff/rate)*time.Second + time.Duration(
		diff%rate)*time.Second/time.Duration(rate)
	passed := max(-maxPause, min(received.Sub(c.received), maxPause))
	owed := c.lag + passed // the step to the time of arrival
	c.lag = owed - step
	if c.lag > maxJump || c.lag < -maxJump {
		step = max(0, owed)
		c.lag = owed - step
	}
	c.lag -= c.lag / drift
	c.at += step
	c.rtp, c.received = rtp, received
	return c.at
}

// clock places frames and sound on one time: since the first frame.
type clock struct {
	pictures, sounds ticks

	captured, received time.Time // of the newest frame; captured is zero while unknown
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

// sound returns false before the first frame. The sound's own clock gives its spacing; where it
// lies beside the frames is known from the times of capture, and until those are known from the
// arrival.
func (c *clock) sound(s media.Audio) (time.Duration, bool) {
	if !c.pictures.started {
		return 0, false
	}
	own := c.sounds.next(s.RTP, media.AudioRate, s.Received)
	known := !s.Captured.IsZero() && !c.captured.IsZero()
	if c.sure && !known {
		return own + c.offset, true // what was known once is better than the arrival
	}
	want, allowed := c.at+s.Received.Sub(c.received), maxOffArrived
	if known {
		want, allowed = c.at+s.Captured.Sub(c.captured), maxOff
	}
	off := want - own - c.offset
	if !c.placed || known != c.sure || off > allowed || off < -allowed {
		c.placed, c.sure, c.offset = true, known, want-own
	}
	return own + c.offset, true
}
