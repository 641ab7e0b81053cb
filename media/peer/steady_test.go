package peer

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"handlens/media"
)

// steady is a phone that sends as browsers do, 30 frames a second of VP8 with a key frame only on
// request, over a bad network to a receiver. Its clock is the test's.
type steady struct {
	*bench
	net    network
	random *rand.Rand
	events []event

	free       time.Time            // when the phone's pacer may send the next packet
	again      map[uint16]time.Time // when a packet was repeated last
	keyAt      time.Time            // when the phone made its last key frame
	keys       int
	began      time.Time
	first      time.Duration // until the first picture
	shown      time.Time
	longest    time.Duration // without a new picture
	answerEach bool          // the phone repeats a packet as often as it is asked
}

const (
	// paced is the time between two packets of a phone that is allowed some 2 Mbit/s.
	paced = 5 * time.Millisecond
	// browserKeyPause is libwebrtc's: requests for a key frame that come sooner are ignored.
	browserKeyPause = 300 * time.Millisecond
)

// playSteady plays a network with a seed.
func playSteady(t *testing.T, seed uint64, net network, answerEach bool) *steady {
	t.Helper()
	s := &steady{
		bench: newBench(t, media.VP8), net: net, random: rand.New(rand.NewPCG(seed, 7)),
		again: map[uint16]time.Time{}, answerEach: answerEach,
	}
	s.keysNeeded = true
	s.count.rtt.Store(int64(2 * net.delay)) // the shortest of some, as it is in truth
	s.began = s.at
	ticked, next := s.began, s.began
	for s.at.Before(s.began.Add(time.Duration(net.seconds) * time.Second)) {
		if !s.at.Before(next) {
			next = next.Add(time.Second / 30)
			s.frame()
		}
		s.pass(time.Millisecond)
		s.runDue()
		if s.at.Sub(ticked) >= nackTick {
			ticked = s.at
			s.r.tick()
		}
		s.answer()
		s.show()
	}
	return s
}

// way is how long a packet is under way, or false for one that is lost.
func (s *steady) way() (time.Duration, bool) {
	return s.net.delay + time.Duration(s.random.Float64()*float64(s.net.jitter)),
		s.random.Float64() >= s.net.loss
}

func (s *steady) after(d time.Duration, run func()) {
	s.events = append(s.events, event{s.at.Add(d), run})
}

func (s *steady) runDue() {
	due := s.events
	s.events = nil
	for _, e := range due {
		if e.at.After(s.at) {
			s.events = append(s.events, e)
		} else {
			e.run()
		}
	}
}

// frame sends the next frame: two packets, or a dozen for a key frame.
func (s *steady) frame() {
	n, first := 2, byte(1) // a frame that is not a key frame (RFC 7741 section 4.3)
	if s.keysNeeded {
		n, first, s.keysNeeded, s.keyAt = 12, 0, false, s.at
		s.keys++
	}
	for i := range n {
		p := []byte{0, first, 0, 0, 0x9d, 1, 0x2a, 64, 0, 64, 0}
		if i == 0 {
			p[0] = 0x10
		}
		d := s.datagram(binary.BigEndian.AppendUint32(p, s.rtp), i == n-1)
		if s.free.Before(s.at) {
			s.free = s.at
		}
		s.free = s.free.Add(paced)
		s.after(s.free.Sub(s.at), func() { s.send(d) })
	}
	s.sent[s.rtp] = s.number
	s.number++
	s.rtp += 3000
}

func (s *steady) send(d []byte) {
	if way, ok := s.way(); ok {
		s.after(way, func() { s.take(d) })
	}
}

// answer has the phone hear what the receiver asks for, and do what libwebrtc does: it repeats a
// packet once in a round trip, however often it is asked.
func (s *steady) answer() {
	rtt := 2*s.net.delay + s.net.jitter + 5*time.Millisecond
	if way, ok := s.way(); ok && len(s.nacks) > 0 {
		for _, seq := range s.nacks {
			s.after(way, func() {
				if last, ok := s.again[seq]; s.answerEach || !ok || s.at.Sub(last) >= rtt {
					s.again[seq] = s.at
					s.send(s.repair(seq))
				}
			})
		}
	}
	s.nacks = s.nacks[:0]
	if way, ok := s.way(); ok && s.plis > 0 {
		s.after(way, func() {
			s.keysNeeded = s.keysNeeded || s.at.Sub(s.keyAt) >= browserKeyPause
		})
	}
	s.plis = 0
}

// show looks at what came out.
func (s *steady) show() {
	for p := s.q.pop(); p != nil; p = s.q.pop() {
		switch n := s.sent[p.rtp]; {
		case p.stale:
			s.whole = false
			s.stales++
		case !p.key && (!s.whole || n != s.last+1):
			s.t.Fatalf("frame %d came after %d (references there: %v)", n, s.last, s.whole)
		default:
			if s.shown.IsZero() {
				s.first = s.at.Sub(s.began)
			} else {
				s.longest = max(s.longest, s.at.Sub(s.shown))
			}
			s.whole, s.last, s.shown = true, n, s.at
			s.got = append(s.got, n)
		}
		s.q.recycle(p)
	}
}

// lossyRoad loses 10 % both ways, and takes 50 ± 20 ms.
var lossyRoad = network{
	loss: 0.1, delay: 30 * time.Millisecond, jitter: 40 * time.Millisecond, seconds: 30,
}

// Each packet is lost for good at some time; nothing here knows the future. But in half a minute
// of it the picture seldom stands still for more than half a second.
func TestFreezesAreShortOnALossyNetwork(t *testing.T) {
	var longest []time.Duration
	const runs = 10
	for seed := range uint64(runs) {
		s := playSteady(t, seed, lossyRoad, false)
		longest = append(longest, s.longest)
		if s.stales > 0 || s.keys > 8 {
			t.Errorf("seed %d: given up %d times, %d key frames", seed, s.stales, s.keys)
		}
		if extra := s.count.duplicates.Load(); extra > s.count.recovered.Load() {
			t.Errorf("seed %d: of %d repeats %d were too many", seed,
				s.count.recovered.Load()+extra, extra)
		}
	}
	slices.Sort(longest)
	t.Logf("longest freezes: %v", longest)
	if longest[runs/2] > 400*time.Millisecond || longest[runs-2] > 500*time.Millisecond {
		t.Errorf("the longest freezes last %v", longest)
	}
}

// What is lost or overtaken at the very beginning is asked for as well.
func TestTheFirstPictureComesSoonOnALossyNetwork(t *testing.T) {
	net := lossyRoad
	net.seconds = 2
	var first []time.Duration
	const runs = 40
	for seed := range uint64(runs) {
		s := playSteady(t, seed, net, false)
		if len(s.got) == 0 {
			t.Fatalf("seed %d: no picture came", seed)
		}
		first = append(first, s.first)
		// A loss that never was is none: of the frames that came, one in ten packets is lost.
		if lost := s.count.lost.Load(); lost > s.count.packets.Load()/10 {
			t.Errorf("seed %d: %d of %d packets are said to be lost", seed, lost,
				s.count.packets.Load())
		}
	}
	slices.Sort(first)
	t.Logf("half of the first pictures come within %v, nine in ten within %v", first[runs/2],
		first[runs*9/10])
	if first[runs/2] > 250*time.Millisecond || first[runs*9/10] > 400*time.Millisecond {
		t.Errorf("the first picture takes %v", first)
	}
}

// A phone that answers each question is asked less often, once that shows.
func TestAPhoneThatAnswersEachQuestionIsAskedLess(t *testing.T) {
	s := playSteady(t, 1, lossyRoad, true)
	if !s.r.repeats.each() || s.r.timing.again <= nackTick {
		t.Errorf("it is asked every %v after %+v", s.r.timing.again, s.r.repeats)
	}
	needed, extra := s.r.repeats.needed, s.r.repeats.extra
	if extra > (maxExtra+1)*needed+2*unprovenExtra || needed < 100 {
		t.Errorf("%d packets were needed, %d came too often", needed, extra)
	}
}
