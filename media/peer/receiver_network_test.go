package peer

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"handlens/media"
)

// network is what happens to datagrams between phone and receiver.
type network struct {
	loss, double float64
	delay        time.Duration
	jitter       time.Duration
	seconds      int
}

// simulate plays a network with a seed. The phone repairs what is asked for and sends a key frame
// on request.
func simulate(t *testing.T, codec media.Codec, seed uint64, net network) *bench {
	s := &simulation{bench: newBench(t, codec), net: net, random: rand.New(rand.NewPCG(seed, 2))}
	b := s.bench
	b.count.rtt.Store(int64(2*net.delay + net.jitter))
	next, end, calm := b.at, b.at.Add(time.Duration(net.seconds)*time.Second),
		b.at.Add(time.Duration(net.seconds-2)*time.Second)
	for b.at.Before(end) {
		if b.at.After(calm) {
			s.net.loss = 0
		}
		if !b.at.Before(next) {
			next = next.Add(time.Second / 30)
			for _, d := range b.datagrams() {
				s.send(d)
			}
		}
		b.tick(time.Millisecond * 5)
		s.runDue()
		s.answer()
	}
	return b
}

// simulation is a network between the phone and the receiver.
type simulation struct {
	*bench
	net    network
	random *rand.Rand
	events []event
}

// event is something that happens at a time, such as the arrival of a packet.
type event struct {
	at  time.Time
	run func()
}

func (s *simulation) lost() bool { return s.random.Float64() < s.net.loss }

// after runs something when a packet that is sent now arrives.
func (s *simulation) after(run func()) {
	way := s.net.delay + time.Duration(s.random.Float64()*float64(s.net.jitter))
	s.events = append(s.events, event{s.at.Add(way), run})
}

// send sends a packet to the receiver.
func (s *simulation) send(d []byte) {
	for range 1 + int(s.random.Float64()+s.net.double) {
		if d != nil && !s.lost() {
			s.after(func() { s.arrive(d) })
		}
	}
}

// runDue runs the events whose time has come.
func (s *simulation) runDue() {
	for i := 0; i < len(s.events); {
		if s.events[i].at.After(s.at) {
			i++
			continue
		}
		run := s.events[i].run
		s.events = slices.Delete(s.events, i, i+1)
		run()
	}
}

// answer has the phone hear what the receiver asks for.
func (s *simulation) answer() {
	for _, seq := range s.nacks {
		if !s.lost() {
			s.after(func() { s.send(s.repair(seq)) })
		}
	}
	s.nacks = s.nacks[:0]
	if s.plis > 0 && !s.lost() {
		s.after(func() { s.keysNeeded = true })
	}
	s.plis = 0
}

// look checks every frame; here only that they keep coming.
func TestRoughNetworks(t *testing.T) {
	for _, net := range []network{
		{jitter: 50 * time.Millisecond, seconds: 5},
		{loss: 0.1, jitter: 50 * time.Millisecond, seconds: 8},
		{
			loss: 0.1, double: 0.1, delay: 100 * time.Millisecond, jitter: 20 * time.Millisecond,
			seconds: 8,
		},
		{loss: 0.4, jitter: 50 * time.Millisecond, seconds: 8},
		{loss: 0.9, double: 0.5, jitter: 300 * time.Millisecond, seconds: 8},
	} {
		for _, codec := range allCodecs {
			t.Run(fmt.Sprintf("%v %+v", codec, net), func(t *testing.T) {
				for seed := range uint64(4) {
					b := simulate(t, codec, seed, net)
					if len(b.got) == 0 || b.number-b.got[len(b.got)-1] > 30 {
						t.Errorf("seed %d: the picture did not come back: %d of %d", seed,
							len(b.got), b.number)
					}
					if net.loss == 0 && len(b.got) < b.number-20 {
						t.Errorf("seed %d: %d of %d pictures without loss", seed, len(b.got),
							b.number)
					}
				}
			})
		}
	}
}
