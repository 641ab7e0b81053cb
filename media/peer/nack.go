package peer

import "time"

// We ask for missing packets ourselves, because pion's generator asks for everything at each of its
// ticks: on a path with 50 ms round trip and a tick of 10 ms the phone would send each lost packet
// five times, and it goes on asking for what we have given up. Here each packet is asked for once
// it is overdue, again after one round trip, and not at all after its deadline.

const (
	// nackTick is the time between two looks at what is missing.
	nackTick = 10 * time.Millisecond
	// nackBatch bounds the packets asked for at one look; more are a broken path that a key frame
	// mends sooner.
	nackBatch = 128
	// maxMissing gives the whole span up: so many holes are not mended in time.
	maxMissing = 512

	// The first question waits for a packet that was merely overtaken.
	minPatience, maxPatience = 5 * time.Millisecond, 40 * time.Millisecond
	// The bounds of how long a frame waits for a packet. The lower one allows seven questions on
	// a local network, the upper one leaves 100 ms for the key frame before half a second is over.
	minDeadline, maxDeadline = 200 * time.Millisecond, 400 * time.Millisecond
	// worryingTries unanswered questions are reason to ask for a key frame before the deadline:
	// then it is there when we give up.
	worryingTries = 4
	// unknownRTT is assumed until the round trip is measured.
	unknownRTT = 50 * time.Millisecond
	// repairTries is how often a packet can be asked for within the deadline: at 10 % loss one
	// packet in 10 000 is lost four times.
	repairTries = 4
)

// nackTiming says when to ask for what is missing.
type nackTiming struct {
	// patience is how long to wait before the first question, again between two questions, deadline
	// when to give up.
	patience, again, deadline time.Duration
}

// nackTimingFor adapts to the path. The jitter is that of RFC 3550; an rtt of zero is unknown.
func nackTimingFor(rtt, jitter time.Duration) nackTiming {
	if rtt <= 0 {
		rtt = unknownRTT
	}
	p := nackTiming{
		patience: min(max(jitter, minPatience), maxPatience),
		again:    max(2*nackTick, rtt+nackTick),
	}
	p.deadline = min(max(p.patience+repairTries*p.again+jitter, minDeadline), maxDeadline)
	return p
}

// overdue appends to dst the sequence numbers to ask for now, oldest first, and notes that they
// were asked for.
func (r *reorder) overdue(now time.Time, p nackTiming, dst []uint16) []uint16 {
	if r.missing == 0 {
		return dst
	}
	for pos := r.next; pos < r.end && len(dst) < nackBatch; pos++ {
		s := r.at(pos)
		if s.p != nil || now.Sub(s.noticed) < p.patience ||
			(s.tries > 0 && now.Sub(s.asked) < p.again) {
			continue
		}
		s.asked = now
		s.tries = min(s.tries+1, 255-1)
		dst = append(dst, uint16(pos))
	}
	return dst
}

// overdueLong says that the packet that everything waits for was asked for often and in vain.
func (r *reorder) overdueLong() bool {
	if r.next == r.end {
		return false
	}
	s := r.at(r.next)
	return s.p == nil && s.tries > worryingTries
}
