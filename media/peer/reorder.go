package peer

import "time"

// ringSize is how many packets the ring spans, a power of two: two seconds of video at 10 Mbit/s,
// far more than any repair takes.
const ringSize = 2048

// arrival says what became of a packet that was put into the ring.
type arrival uint8

const (
	// arrived: taken; it is newer than all before.
	arrived arrival = iota
	// filled: taken; it was missing.
	filled
	// duplicate: it is in the ring already.
	duplicate
	// late: its place was passed.
	late
	// ahead: too far beyond the ring's end to belong to what is in it.
	ahead
)

// ringSlot is one place of the ring. Without a packet it is one that is missing.
type ringSlot struct {
	p *packet
	// noticed is when a newer packet showed that this one is missing, asked when we asked for it
	// last, zero for never. That stays when it has come.
	noticed, asked time.Time
}

// reorder puts packets in the order of their sequence numbers. It owns the packets inside.
// Positions are sequence numbers unwrapped to 64 bits. One goroutine uses it.
type reorder struct {
	slots [ringSize]ringSlot
	// next is the position to be handed out, end one beyond the newest that arrived; next <= end <=
	// next+ringSize.
	next, end int64
	started   bool
	// missing counts the places in between that are empty. Those before sure are empty by guess,
	// and do not count as lost.
	missing int
	sure    int64
}

func (r *reorder) at(pos int64) *ringSlot { return &r.slots[pos&(ringSize-1)] }

// unwrap returns the position that is nearest to the newest packet.
func (r *reorder) unwrap(seq uint16) int64 {
	if !r.started {
		return int64(seq) + 1<<16
	}
	newest := r.end - 1
	return newest + int64(int16(seq-uint16(newest)))
}

// begin starts the ring so many places before the sequence number.
func (r *reorder) begin(seq uint16, before int64, now time.Time) {
	r.end = r.unwrap(seq)
	r.next, r.sure, r.started = r.end-before, r.end, true
	for pos := r.next; pos < r.end; pos++ {
		*r.at(pos) = ringSlot{noticed: now}
		r.missing++
	}
}

// put places p. The ring owns it when the result is arrived or filled. Once more or not, asked says
// that we had asked for it.
func (r *reorder) put(p *packet, now time.Time) (pos int64, what arrival, asked bool) {
	pos = r.unwrap(p.seq)
	if !r.started {
		r.begin(p.seq, 0, now)
	}
	s := r.at(pos)
	switch {
	case pos < r.next:
		return pos, late, pos >= r.end-ringSize && !s.asked.IsZero()
	case pos >= r.next+ringSize:
		return pos, ahead, false
	case pos >= r.end:
		for ; r.end < pos; r.end++ {
			*r.at(r.end) = ringSlot{noticed: now}
			r.missing++
		}
		r.end++
		*s = ringSlot{p: p}
		return pos, arrived, false
	case s.p != nil:
		return pos, duplicate, !s.asked.IsZero()
	}
	s.p = p
	r.missing--
	return pos, filled, !s.asked.IsZero()
}

// pop hands out the next packet, or nil when it is missing or nothing is left.
func (r *reorder) pop() *packet {
	if r.next == r.end {
		return nil
	}
	s := r.at(r.next)
	p := s.p
	if p == nil {
		return nil
	}
	s.p = nil
	r.next++
	return p
}

// blocked returns since when the next packet is missing, or false.
func (r *reorder) blocked() (since time.Time, ok bool) {
	if r.next == r.end {
		return time.Time{}, false
	}
	s := r.at(r.next)
	return s.noticed, s.p == nil
}

// skip gives up the missing packets at the front and returns how many they are.
func (r *reorder) skip() (lost int) {
	for r.next < r.end && r.at(r.next).p == nil {
		lost += r.leave()
	}
	return lost
}

// leave gives up the missing packet at the front and returns 1 if it is sure that there was one.
func (r *reorder) leave() (lost int) {
	if r.next >= r.sure {
		lost = 1
	}
	r.next++
	r.missing--
	return lost
}

// jump gives up everything before pos, which must lie in the ring. It calls drop for each packet
// and returns how many were missing.
func (r *reorder) jump(pos int64, drop func(*packet)) (lost int) {
	for r.next < pos && r.next < r.end {
		s := r.at(r.next)
		if s.p == nil {
			lost += r.leave()
			continue
		}
		drop(s.p)
		s.p = nil
		r.next++
	}
	return lost
}

// reset empties the ring; the next packet starts it again.
func (r *reorder) reset(drop func(*packet)) (lost int) {
	lost = r.jump(r.end, drop)
	r.started = false
	return lost
}

// complete says whether every packet from pos to the one that ends its frame is there.
func (r *reorder) complete(pos int64) bool {
	if pos < r.next {
		return false
	}
	for ; pos < r.end; pos++ {
		s := r.at(pos)
		if s.p == nil {
			return false
		}
		if s.p.marker {
			return true
		}
	}
	return false
}
