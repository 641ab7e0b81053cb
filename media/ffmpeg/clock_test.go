package ffmpeg

import (
	"testing"
	"time"
)

func TestRTPClock(t *testing.T) {
	var c rtpClock
	const start = 1<<32 - rtpRate // one second before it wraps
	for _, s := range []struct {
		rtp  uint32
		want time.Duration
	}{
		{start, 0},
		{0, time.Second},
		{rtpRate, 2 * time.Second},
		{rtpRate, 2 * time.Second},
		{start + rtpRate/2, time.Second / 2},
		{start, 0},
		{start - rtpRate, -time.Second},
	} {
		if got := c.at(s.rtp); got != s.want {
			t.Errorf("RTP %d: %v, want %v", s.rtp, got, s.want)
		}
	}
	// Two days in steps of a quarter of the range wrap several times.
	c = rtpClock{}
	c.at(start)
	rtp, ticks := uint32(start), int64(0)
	for ticks < 2*24*3600*rtpRate {
		rtp, ticks = rtp+1<<30, ticks+1<<30
		d := c.at(rtp)
		if want := time.Duration(ticks/rtpRate) * time.Second; d < want || d > want+time.Second {
			t.Fatalf("after %d ticks: %v", ticks, d)
		}
		if got := durationToTicks(d); uint32(ticks)-got > 1 {
			t.Fatalf("%v is %d ticks, want %d", d, got, uint32(ticks))
		}
	}
}
