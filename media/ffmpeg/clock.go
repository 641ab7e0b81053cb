package ffmpeg

import "time"

// rtpRate is the clock of every video payload format (RFC 3551, section 5).
const rtpRate = 90000

// rtpClock turns 32-bit RTP times that wrap into time since the first one.
type rtpClock struct {
	started bool
	last    uint32
	ticks   int64
}

// at returns the time of a picture since the first. Steps of less than half the range, some six and
// a half hours, are followed both ways.
func (c *rtpClock) at(rtp uint32) time.Duration {
	if c.started {
		c.ticks += int64(int32(rtp - c.last))
	}
	c.started, c.last = true, rtp
	return ticksToDuration(c.ticks)
}

// ticksToDuration splits off whole seconds first, since ticks times a second in nanoseconds
// overflow after a day.
func ticksToDuration(ticks int64) time.Duration {
	return time.Duration(ticks/rtpRate)*time.Second + time.Duration(
		ticks%rtpRate)*time.Second/rtpRate
}

// durationToTicks is the other way, wrapping as RTP times do.
func durationToTicks(d time.Duration) uint32 {
	return uint32(int64(d/time.Second)*rtpRate + int64(d%time.Second)*rtpRate/int64(time.Second))
}
