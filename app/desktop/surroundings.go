package desktop

import (
	"context"
	"net/netip"
	"slices"
	"sync/atomic"
	"time"

	"handlens/media/pairing"
	"handlens/media/reach"
	"handlens/media/visit"
)

// lookAgain is how often a firewall that keeps our port shut is asked again: somebody may just be
// opening it.
const lookAgain = 10 * time.Second

// surroundings are what is known of this computer's place in its networks, and so of what is likely
// to keep phones away. Looking takes its time, so it is done on a goroutine of its own; any may ask
// what was found, and none waits.
type surroundings struct {
	noListener
	list func() ([]pairing.Address, error)
	look func(ctx context.Context, port int) reach.Facts
	news func() // called when something else was found; it must not wait

	facts atomic.Pointer[reach.Facts] // nil until the first look is done
	code  atomic.Pointer[netip.Addr]  // the address in the code
}

func newSurroundings(news func()) *surroundings {
	return &surroundings{list: pairing.Addresses, look: reach.Look, news: news}
}

// Pairing implements listener.
func (s *surroundings) Pairing(offer pairingOffer) {
	s.code.Store(&offer.Addresses[offer.Chosen].IP)
}

// run looks, and again whenever the machine's addresses change, until ctx ends.
func (s *surroundings) run(ctx context.Context, port int) {
	ticker := time.NewTicker(addressInterval)
	defer ticker.Stop()
	var last []pairing.Address
	var looked time.Time
	for {
		now, err := s.list()
		if err == nil && (!slices.Equal(now, last) || looked.IsZero() || s.due(looked)) {
			last, looked = now, time.Now()
			facts := s.look(ctx, port)
			if ctx.Err() != nil {
				return
			}
			s.facts.Store(&facts)
			s.news()
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// due says whether it is time to look again although the addresses are the same.
func (s *surroundings) due(looked time.Time) bool {
	f := s.facts.Load()
	return f != nil && time.Since(looked) >= lookAgain &&
		slices.ContainsFunc(f.Firewalls, func(w reach.Firewall) bool {
			return w.State == reach.FirewallBlocks
		})
}

// suspects are what is likely to keep a device from its next rung.
func (s *surroundings) suspects(v visit.Visit) []reach.Suspect {
	f := s.facts.Load()
	if f == nil || v.Over {
		return nil
	}
	return f.Suspects(v.Problem, v.Address, v.Called)
}

// nobody are those that are likely to keep all devices away.
func (s *surroundings) nobody() []reach.Suspect {
	f := s.facts.Load()
	if f == nil {
		return nil
	}
	called := netip.Addr{}
	if code := s.code.Load(); code != nil {
		called = *code
	}
	return f.Suspects(visit.NoProblem, netip.Addr{}, called)
}
