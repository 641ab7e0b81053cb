package peer

import (
	"testing"
	"time"
)

func TestPace(t *testing.T) {
	for _, test := range []struct{ rtt, jitter time.Duration }{
		{0, 0},
		{time.Millisecond, 0},
		{time.Millisecond, time.Second},
		{100 * time.Millisecond, 10 * time.Millisecond},
		{10 * time.Second, time.Second},
		{-1, -1},
	} {
		p := nackTimingFor(test.rtt, test.jitter)
		if p.patience < minPatience || p.patience > maxPatience || p.deadline < minDeadline ||
			p.deadline > maxDeadline || p.again < 2*nackTick || p.again < test.rtt {
			t.Errorf("%v: %+v", test, p)
		}
	}
}
