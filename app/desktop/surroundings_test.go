package desktop

import (
	"context"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"handlens/media/pairing"
	"handlens/media/reach"
	"handlens/media/visit"
)

// onWiFi are the addresses of a laptop that has one.
func onWiFi(text string) []pairing.Address {
	p := netip.MustParsePrefix(text)
	return []pairing.Address{{
		IP: p.Addr(), Interface: "wlan0", Kind: pairing.WiFi, Network: p.Masked(),
	}}
}

// TestSurroundingsAreLookedAtAgain has a laptop change networks, and its firewall opened.
func TestSurroundingsAreLookedAtAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		home := onWiFi("192.168.1.2/24")
		var mu sync.Mutex // of these
		now, wall, news := home, reach.FirewallBlocks, 0
		set := func(change func()) { mu.Lock(); defer mu.Unlock(); change() }
		s := newSurroundings(func() { set(func() { news++ }) })
		s.list = func() ([]pairing.Address, error) {
			mu.Lock()
			defer mu.Unlock()
			return now, nil
		}
		s.look = func(_ context.Context, port int) reach.Facts {
			mu.Lock()
			defer mu.Unlock()
			return reach.Facts{
				Port: port, Addresses: now, Networks: []netip.Prefix{now[0].Network},
				Firewalls: []reach.Firewall{{Name: "ufw", State: wall}},
			}
		}
		away := visit.Visit{
			Problem: visit.OverTCP, Address: netip.MustParseAddr("192.168.1.9"),
			Called: home[0].IP,
		}
		if s.nobody() != nil || s.suspects(away) != nil {
			t.Error("somebody is suspected before anything is known")
		}
		s.Pairing(pairingOffer{Addresses: home})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { s.run(ctx, 8443); close(done) }()
		check := func(when string, looks int, want, ofVisit reach.SuspectCode) {
			t.Helper()
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			if got := s.nobody(); news != looks || len(got) == 0 || got[0].Code != want {
				t.Errorf("%s: %d looks, suspected is %+v", when, news, got)
			}
			if got := s.suspects(away); len(got) == 0 || got[0].Code != ofVisit {
				t.Errorf("%s: of the visit is suspected %+v", when, got)
			}
		}
		check("at the start", 1, reach.SuspectFirewall, reach.SuspectFirewall)
		set(func() { wall = reach.FirewallOn })
		time.Sleep(lookAgain)
		check("after the rule", 2, reach.SuspectOtherNetwork, reach.SuspectFirewall)
		time.Sleep(10 * lookAgain)
		check("later", 2, reach.SuspectOtherNetwork, reach.SuspectFirewall)
		set(func() { now = onWiFi("10.0.0.2/24") })
		time.Sleep(addressInterval)
		check("elsewhere", 3, reach.SuspectOtherNetwork, reach.SuspectOtherNetwork)
		if got := s.nobody()[0].Ours; got != home[0].IP {
			t.Errorf("it is about %v, and not about the address in the code", got)
		}
		away.Over = true
		if got := s.suspects(away); got != nil {
			t.Errorf("of a visit that is over is suspected %+v", got)
		}
		cancel()
		<-done
	})
}
