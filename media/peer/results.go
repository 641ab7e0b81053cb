package peer

import (
	"math"
	"time"

	"golang.org/x/time/rate"
)

const (
	// maxResult bounds, in bytes, what the phone says that it found in one frame.
	maxResult = 24 << 10
	// resultRate and resultBurst bound how often it says so: no camera has more frames.
	resultRate, resultBurst = 120, 60
	// resultQueue bounds the results that wait for the Handler: older ones are worth nothing.
	resultQueue = 4
)

// takeResult returns what takes the messages of one `detections` channel, in pion's goroutine of
// it. They wait for the owner goroutine; what is too long, too much or too early is counted.
func (c *Conn) takeResult() func(data []byte) {
	limit := rate.NewLimiter(resultRate, resultBurst)
	return func(data []byte) {
		if len(data) > maxResult || !limit.AllowN(c.now(), 1) {
			c.count.resultsDropped.Add(1)
			c.dropControl(len(data))
			return
		}
		select {
		case c.results <- data:
		default:
			c.count.resultsDropped.Add(1)
		}
	}
}

// OnOurClock maps a moment of the phone's clock, in Unix milliseconds, to ours; false while the
// phone's clock is unknown, and for what is no moment of the last seconds.
func (c *Conn) OnOurClock(ms float64) (time.Time, bool) { return c.clock.ours(ms) }

// ours does the work of Conn.OnOurClock.
func (c *phoneClock) ours(ms float64) (time.Time, bool) {
	now := c.now()
	offset, _, known := c.estimate()
	if !known || !(ms > 0 && ms < 7.3e12) { // as in pong
		return time.Time{}, false
	}
	at := time.UnixMicro(int64(math.Round(ms * 1000))).Add(-offset)
	// By way of the age the result carries our monotonic clock.
	age := now.Round(0).Sub(at)
	if age < -maxAhead || age > maxFrameAge {
		return time.Time{}, false
	}
	return now.Add(-age), true
}

// maxAhead is by how much a moment may seem to lie ahead, since the clocks are known to half a
// round trip only.
const maxAhead = maxProbeRTT / 2
