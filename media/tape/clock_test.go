package tape

import (
	"testing"
	"time"
)

// The timestamps give the time across a wrap, and both ways.
func TestTicksWrap(t *testing.T) {
	var c ticks
	const first = 1<<32 - pictureRate // one second before it wraps
	for _, s := range []struct {
		rtp  uint32
		want time.Duration
	}{
		{first, 0},
		{0, time.Second},
		{pictureRate, 2 * time.Second},
		{pictureRate, 2 * time.Second},
		{first + pictureRate/2, time.Second / 2},
		{first, 0},
		{first - pictureRate, -time.Second},
	} {
		if got := c.next(s.rtp, pictureRate, start); got != s.want {
			t.Errorf("RTP %d: %v, want %v", s.rtp, got, s.want)
		}
	}
}

// Two days wrap the timestamps several times.
func TestTicksOfTwoDays(t *testing.T) {
	var c ticks
	c.next(7, pictureRate, start)
	for seconds := int64(4); seconds < 2*24*3600; seconds += 4 {
		now := start.Add(time.Duration(seconds) * time.Second)
		got := c.next(7+uint32(seconds*pictureRate), pictureRate, now)
		if want := now.Sub(start); got != want {
			t.Fatalf("after %v it says %v", want, got)
		}
	}
}
