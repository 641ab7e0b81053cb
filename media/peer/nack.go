package peer

import "time"

// We ask for missing packets ourselves, because pion's generator asks for everything at each of its
// ticks, and goes on asking for what we have given up. Here each packet is asked for once it is
// overdue, and not at all after its deadline.
//
// Where packets are lost, questions and repeats are, too, and what makes a picture freeze is how
// long the second and third try take. Browsers repeat a packet at most once in a round trip of
// theirs, however often they are asked: so they are asked often, and the repeat is under way as
// soon as it may be. A phone that answers each question (repeats) is asked once in a round trip.

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
	// The bounds of how long a frame waits for a packet. The lower one allows nine questions on a
	// local network.
	minDeadline, maxDeadline = 200 * time.Millisecond, 700 * time.Millisecond
	// worryingRounds are how many repeats may be lost before we ask for a key frame, so that it is
	// there when we give up; maxWorry bounds how long that takes. At 10 % loss all four are lost
	// for one packet in ten thousand; a key frame for less would cost more than it saves.
	worryingRounds = 4
	maxWorry       = 450 * time.Millisecond
	// unknownRTT is assumed until the round trip is measured.
	unknownRTT = 50 * time.Millisecond
	// repairRounds is how many repeats can come within the deadline. Giving up sooner is no help:
	// what comes after needs a key frame, which is not there before.
	repairRounds = 6

	// A phone answers each question when more repeats come too often than were needed; the first
	// ones prove nothing.
	maxExtra, unprovenExtra = 1, 32
)

// repeats counts the packets that we asked for: those that were missing, and those that came again.
type repeats struct{ needed, extra int }

// each says that the phone answers each question.
func (r repeats) each() bool { return r.extra > maxExtra*r.needed+unprovenExtra }

// nackTiming says when to ask for what is missing.
type nackTiming struct {
	// patience is how long to wait before the first question, again between two questions, worry
	// before a key frame is asked for, deadline before giving up.
	patience, again, worry, deadline time.Duration
}

// nackTimingFor adapts to the path and the phone. The jitter is that of RFC 3550; an rtt of zero is
// unknown.
func nackTimingFor(rtt, jitter time.Duration, r repeats) nackTiming {
	if rtt <= 0 {
		rtt = unknownRTT
	}
	round := max(2*nackTick, rtt+2*jitter+nackTick)
	t := nackTiming{patience: min(max(jitter, minPatience), maxPatience), again: nackTick}
	if r.each() {
		t.again = round
	}
	t.worry = min(t.patience+worryingRounds*round, maxWorry)
	t.deadline = min(max(t.patience+repairRounds*round, minDeadline), maxDeadline)
	return t
}

// overdue appends to dst the sequence numbers to ask for now, oldest first, and notes that they
// were asked for.
func (r *reorder) overdue(now time.Time, t nackTiming, dst []uint16) []uint16 {
	if r.missing == 0 {
		return dst
	}
	for pos := r.next; pos < r.end && len(dst) < nackBatch; pos++ {
		s := r.at(pos)
		if s.p != nil || now.Sub(s.noticed) < t.patience || now.Sub(s.asked) < t.again {
			continue
		}
		s.asked = now
		dst = append(dst, uint16(pos))
	}
	return dst
}

// worrying says that the packet that everything waits for was asked for long and in vain.
func (r *reorder) worrying(now time.Time, t nackTiming) bool {
	since, blocked := r.blocked()
	return blocked && now.Sub(since) > t.worry
}
