package peer

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"
	"time"
)

// hands is a clock that the test moves.
type hands struct{ at time.Time }

func (h *hands) now() time.Time { return h.at }

func newHands() *hands { return &hands{at: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)} }

func (h *hands) pass(d time.Duration) { h.at = h.at.Add(d) }

func ntpOf(t time.Time) uint64 {
	d := t.Sub(ntpEpoch)
	return uint64(d/time.Second)<<32 | uint64(d%time.Second)<<32/uint64(time.Second)
}

// exchange makes one probe with those delays each way against a phone whose clock is ahead by
// offset.
func exchange(h *hands, c *phoneClock, offset, there, back time.Duration) {
	t0 := c.ping()
	h.pass(there)
	t1 := unixMS(h.at.Add(offset))
	h.pass(back)
	c.pong(t0, t1, nil)
}

func TestTheQuickestProbeCounts(t *testing.T) {
	h := newHands()
	c := &phoneClock{now: h.now}
	if _, _, ok := c.estimate(); ok {
		t.Fatal("known before the first probe")
	}
	const offset = -42 * time.Second
	exchange(h, c, offset, 80*time.Millisecond, 5*time.Millisecond)
	exchange(h, c, offset, 3*time.Millisecond, 3*time.Millisecond)
	exchange(h, c, offset, 5*time.Millisecond, 200*time.Millisecond)
	got, rtt, ok := c.estimate()
	if !ok || rtt != 6*time.Millisecond || (got-offset).Abs() > 2*time.Microsecond {
		t.Errorf("offset %v, round trip %v, %v", got, rtt, ok)
	}
	// The phone's clock is set: the old probes age out of the window.
	for range clockWindow {
		exchange(h, c, time.Hour, 10*time.Millisecond, 10*time.Millisecond)
	}
	if got, _, _ := c.estimate(); (got - time.Hour).Abs() > 2*time.Microsecond {
		t.Errorf("offset %v after the phone's clock was set", got)
	}
}

func TestHostilePongs(t *testing.T) {
	h := newHands()
	c := &phoneClock{now: h.now}
	c.pong(0, 1, nil)
	for _, t1 := range []float64{0, -1, math.NaN(), math.Inf(1), 1e300} {
		t0 := c.ping()
		c.pong(t0, t1, nil)
	}
	t0 := c.ping()
	h.pass(maxProbeRTT + 1)
	c.pong(t0, unixMS(h.at), nil)
	if _, _, ok := c.estimate(); ok {
		t.Error("a bad pong was believed")
	}
	t0 = c.ping()
	c.pong(t0, unixMS(h.at), nil)
	c.pong(t0, unixMS(h.at.Add(time.Hour)), nil)
	if got, _, ok := c.estimate(); !ok || got.Abs() > time.Microsecond {
		t.Errorf("one question was answered twice: %v %v", got, ok)
	}
}

var capturedTests = []struct {
	name      string
	ssrc      uint32
	rtp       uint32
	report    uint32
	age       time.Duration // of the frame, by the true clocks
	wait      time.Duration
	known     bool
	unreport  bool
	unprobed  bool
	zeroStamp bool
}{
	{
		name: "usual", ssrc: 7, report: 1000, rtp: 1000 + 9000, age: 40 * time.Millisecond,
		known: true,
	},
	{
		name: "before the report", ssrc: 7, report: 9000, rtp: 0, age: 40 * time.Millisecond,
		known: true,
	},
	{
		name: "wrapped", ssrc: 7, report: math.MaxUint32 - 10, rtp: 8989,
		age: 40 * time.Millisecond, known: true,
	},
	{name: "another stream", ssrc: 8, report: 1000, rtp: 10000, age: 40 * time.Millisecond},
	{name: "from the future", ssrc: 7, report: 1000, rtp: 10000, age: -time.Millisecond},
	{name: "too old", ssrc: 7, report: 1000, rtp: 10000, age: 11 * time.Second},
	{
		name: "old report", ssrc: 7, report: 1000, rtp: 10000, age: 40 * time.Millisecond,
		wait: maxReportAge + time.Second,
	},
	{name: "no report", ssrc: 7, unreport: true, rtp: 10000, age: 40 * time.Millisecond},
	{
		name: "no probe", ssrc: 7, unprobed: true, report: 1000, rtp: 10000,
		age: 40 * time.Millisecond,
	},
}

func TestCaptured(t *testing.T) {
	const offset = 90 * time.Minute
	for _, test := range capturedTests {
		t.Run(test.name, func(t *testing.T) {
			h := newHands()
			c := &phoneClock{now: h.now}
			if !test.unprobed {
				exchange(h, c, offset, time.Millisecond, time.Millisecond)
			}
			taken := h.at
			ticks := int32(test.rtp - test.report)
			if !test.unreport {
				c.report(7,
					ntpOf(taken.Add(offset-time.Duration(ticks)*time.Second/videoClockRate)),
					test.report)
			}
			h.pass(test.wait)
			got := c.captured(test.ssrc, test.rtp, videoClockRate, taken.Add(test.age+test.wait))
			if got.IsZero() == test.known {
				t.Fatalf("captured %v, known should be %v", got, test.known)
			}
			if test.known && got.Sub(taken).Abs() > 10*time.Microsecond {
				t.Errorf("captured %v, was taken %v", got, taken)
			}
		})
	}
}

func TestProbesAreJSON(t *testing.T) {
	h := newHands()
	h.pass(123456 * time.Microsecond)
	c := &phoneClock{now: h.now}
	var m controlMessage
	if err := json.Unmarshal(appendProbe(nil, "ping", c.ping()), &m); err != nil ||
		m.Type != "ping" {
		t.Fatal(m, err)
	}
	h.pass(time.Millisecond)
	c.pong(m.T0, unixMS(h.at), nil)
	if _, rtt, ok := c.estimate(); !ok || rtt != time.Millisecond {
		t.Errorf("the number did not survive JSON: %v %v", rtt, ok)
	}
	m, ok := readControl(appendProbe(nil, "pong", 1.5, 1763806575123.456))
	want := controlMessage{Type: "pong", T0: 1.5, T1: 1763806575123.456}
	if !ok || !reflect.DeepEqual(m, want) {
		t.Errorf("%+v %v", m, ok)
	}
}
