package peer

import (
	"math"
	"slices"
	"sync"
	"time"
)

const (
	// clockWindow is how many probes the estimate remembers: the best of the last half minute or
	// so.
	clockWindow = 12
	// maxPings bounds the probes that wait for their answer.
	maxPings = 8
	// maxProbeRTT is the round trip above which a probe says nothing about the clock.
	maxProbeRTT = 2 * time.Second
	// stampedKept is how many frames are remembered for a comparison: those of a second or two.
	// leastAlike of those that the page names must be among them, within alike milliseconds, and so
	// must half of those of that time. Timestamps are exact to a millisecond.
	stampedKept, leastAlike, alike = 64, 3, 2
	// maxTaken is how many frames a page names at most.
	maxTaken = 16
	// maxReportAge is how long a sender report tells where the RTP timestamps stand.
	maxReportAge = time.Minute
	// maxFrameAge: a frame that seems older than this was stamped by a clock that we misread.
	maxFrameAge = 10 * time.Second

	videoClockRate = 90000
	// maxReports bounds the streams whose sender reports are remembered: video and audio, their
	// repairs, and those before them.
	maxReports = 8
)

// ntpEpoch is the beginning of NTP time (RFC 5905 section 6).
var ntpEpoch = time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)

// phoneClock maps RTP timestamps to our clock: sender reports, or the frames themselves
// (captureTime), tell which time of the phone's clock a timestamp is, and probes over the control
// channel tell how far that clock is from ours. Any goroutine may use it.
//
// A timestamp is when the browser says that it captured the frame; that may be when the frame came
// to it from the camera. The page sees in its preview when the camera took a frame
// (requestVideoFrameCallback's captureTime) and says so with each probe. Where both are the same,
// the age of a frame is known from the camera on.
type phoneClock struct {
	now func() time.Time

	mu      sync.Mutex
	pings   [maxPings]ping
	nextOut int
	probes  [clockWindow]probe
	nextIn  int
	best    probe
	known   bool

	stamped    [stampedKept]float64 // frames by their RTP timestamps, on the phone's clock, Unix ms
	nextStamp  int
	fromCamera bool // as the last answer showed it

	reports [maxReports]senderReport
}

// senderReport tells where the RTP timestamps of one stream stand. Each stream counts from a random
// number and at its own rate.
type senderReport struct {
	ssrc, rtp uint32
	time      time.Time // the phone's clock
	at        time.Time // ours; zero while there is none
}

// ping is a probe on its way; t0 is what the phone will echo, in Unix milliseconds.
type ping struct {
	t0   float64
	sent time.Time
}

// probe is one answered ping: offset is the phone's clock minus ours, wrong by half of rtt at most.
type probe struct {
	rtt, offset time.Duration
	ok          bool
}

// unixMS returns t in Unix milliseconds with a resolution of one microsecond.
func unixMS(t time.Time) float64 { return float64(t.UnixMicro()) / 1000 }

// ping begins a probe and returns its t0.
func (c *phoneClock) ping() float64 {
	now := c.now()
	c.mu.Lock()
	defer c.mu.Unlock()
	p := ping{t0: unixMS(now), sent: now}
	c.pings[c.nextOut] = p
	c.nextOut = (c.nextOut + 1) % maxPings
	return p.t0
}

// pong ends a probe. An answer to no question of ours is ignored. In taken is when the camera took
// the last frames, as the page sees it; empty when its browser does not say.
func (c *phoneClock) pong(t0, t1 float64, taken []float64) {
	now := c.now()
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range c.pings {
		p := c.pings[i]
		if p.sent.IsZero() || p.t0 != t0 {
			continue
		}
		c.pings[i] = ping{}
		rtt := now.Sub(p.sent)
		// Years 1970 to 2200: beyond them the arithmetic of durations would overflow.
		if rtt < 0 || rtt > maxProbeRTT || !(t1 > 0 && t1 < 7.3e12) {
			return
		}
		phone := time.UnixMicro(int64(math.Round(t1 * 1000)))
		middle := p.sent.Add(rtt / 2)
		c.probes[c.nextIn] = probe{rtt: rtt, offset: phone.Sub(middle.Round(0)), ok: true}
		c.nextIn = (c.nextIn + 1) % clockWindow
		c.pickBest()
		c.compare(taken)
		return
	}
}

// pickBest takes the probe with the shortest round trip: its offset can be least wrong.
func (c *phoneClock) pickBest() {
	c.known = false
	for _, p := range c.probes {
		if p.ok && (!c.known || p.rtt < c.best.rtt) {
			c.best, c.known = p, true
		}
	}
}

// report notes a sender report (RFC 3550 section 6.4.1) instead of the stream's last one, or
// else of the oldest of all.
func (c *phoneClock) report(ssrc uint32, ntp uint64, rtp uint32) {
	if ntp == 0 {
		return
	}
	seconds, fraction := ntp>>32, ntp&math.MaxUint32
	at := ntpEpoch.Add(time.Duration(seconds)*time.Second + time.Duration(fraction*1e9>>32))
	c.mu.Lock()
	defer c.mu.Unlock()
	place := &c.reports[0]
	for i := range c.reports {
		r := &c.reports[i]
		if r.ssrc == ssrc && !r.at.IsZero() {
			place = r
			break
		}
		if r.at.Before(place.at) {
			place = r
		}
	}
	*place = senderReport{ssrc: ssrc, rtp: rtp, time: at, at: c.now()}
}

// reported returns the stream's last sender report; its at is zero when there is none.
func (c *phoneClock) reported(ssrc uint32) senderReport {
	for _, r := range c.reports {
		if r.ssrc == ssrc && !r.at.IsZero() {
			return r
		}
	}
	return senderReport{}
}

// forget drops the stream's last sender report: its timestamps have nothing to do with it any more.
func (c *phoneClock) forget(ssrc uint32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range c.reports {
		if c.reports[i].ssrc == ssrc {
			c.reports[i] = senderReport{}
		}
	}
}

// captured returns when a frame was taken or audio was recorded, on our clock; zero when that is
// not known or makes no sense. rate is that of the stream's timestamps, in ticks a second.
func (c *phoneClock) captured(ssrc, rtp uint32, rate int64, received time.Time) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	report := c.reported(ssrc)
	if report.at.IsZero() || received.Sub(report.at) > maxReportAge {
		return time.Time{}
	}
	ticks := int32(rtp - report.rtp)
	phone := report.time.Add(time.Duration(int64(ticks) * int64(time.Second) / rate))
	if rate == videoClockRate {
		c.stamped[c.nextStamp] = unixMS(phone)
		c.nextStamp = (c.nextStamp + 1) % stampedKept
	}
	if !c.known {
		return time.Time{}
	}
	ours := phone.Add(-c.best.offset)
	// By way of the age the result carries our monotonic clock, like every other time that it is
	// compared with.
	age := received.Round(0).Sub(ours)
	if age < 0 || age > maxFrameAge {
		return time.Time{}
	}
	return received.Add(-age)
}

// estimate returns the best probe, if any.
func (c *phoneClock) estimate() (offset, rtt time.Duration, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.best.offset, c.best.rtt, c.known
}

// capturedByCamera says whether timestamps are those of the camera.
func (c *phoneClock) capturedByCamera() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.fromCamera
}

// compare looks for the times at which the camera took frames among those that the frames were
// stamped with. c.mu is held.
func (c *phoneClock) compare(taken []float64) {
	first, last := math.Inf(1), 0.
	for _, at := range c.stamped {
		if at > 0 {
			first, last = min(first, at), max(last, at)
		}
	}
	among, found := 0, 0
	for _, at := range taken[:min(len(taken), maxTaken)] {
		if !(at >= first-alike && at <= last+alike) {
			continue // its frame has not come yet, or is forgotten
		}
		among++
		if slices.ContainsFunc(c.stamped[:], func(s float64) bool {
			return math.Abs(s-at) <= alike
		}) {
			found++
		}
	}
	c.fromCamera = found >= leastAlike && 2*found >= among
}
