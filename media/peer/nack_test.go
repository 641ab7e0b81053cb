package peer

import (
	"testing"
	"time"
)

func TestNackTiming(t *testing.T) {
	answersEach := repeats{needed: 100, extra: 400}
	for _, test := range []struct {
		rtt, jitter time.Duration
		r           repeats
	}{
		{0, 0, repeats{}},
		{time.Millisecond, 0, repeats{}},
		{time.Millisecond, time.Second, answersEach},
		{100 * time.Millisecond, 10 * time.Millisecond, repeats{needed: 100, extra: 100}},
		{100 * time.Millisecond, 10 * time.Millisecond, answersEach},
		{10 * time.Second, time.Second, answersEach},
		{-1, -1, repeats{}},
	} {
		p := nackTimingFor(test.rtt, test.jitter, test.r)
		if p.patience < minPatience || p.patience > maxPatience || p.deadline < minDeadline ||
			p.deadline > maxDeadline || p.again < nackTick ||
			p.worry < 4*nackTick || p.worry > p.deadline {
			t.Errorf("%v: %+v", test, p)
		}
		if test.r.each() != (p.again > test.rtt && p.again > nackTick) {
			t.Errorf("%v is asked again after %v", test, p.again)
		}
	}
}
