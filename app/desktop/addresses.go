package desktop

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"time"

	"handlens/media/pairing"
)

// addresses are those of this machine that phones may come to, one of which the QR code holds. Any
// goroutine may use it.
type addresses struct {
	only netip.Addr // the one of the command line, which stands alone; else invalid
	tell listener
	list func() ([]pairing.Address, error) // what this machine has, best first

	// Known once the app listens, before the first announce.
	port, wantedPort int
	host             string // the name in a certificate of the user's own, or ""

	mu     sync.Mutex
	token  string
	found  []pairing.Address
	chosen int
}

// look finds the addresses that the QR code may hold.
func (a *addresses) look() error {
	found, err := a.list()
	if err != nil {
		return err
	}
	if a.only.IsValid() {
		i := slices.IndexFunc(found, func(f pairing.Address) bool { return f.IP == a.only })
		switch {
		case i >= 0:
			found = found[i : i+1]
		case a.only.IsLoopback():
			found = []pairing.Address{{IP: a.only, Kind: pairing.ThisMachine}}
		default:
			return fmt.Errorf("--address %s is no address of this machine", a.only)
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	// What the person chose stays chosen as long as it is there.
	before := netip.Addr{}
	if len(a.found) > 0 {
		before = a.found[a.chosen].IP
	}
	a.found = found
	a.chosen = max(0,
		slices.IndexFunc(found, func(f pairing.Address) bool { return f.IP == before }))
	return nil
}

// addressInterval is how often the machine's addresses are looked at, so that a laptop that changes
// networks has a new code within seconds.
const addressInterval = 5 * time.Second

// watch announces a new code whenever the machine's addresses change, until ctx ends.
func (a *addresses) watch(ctx context.Context) {
	first := true
	pairing.Watch(ctx, addressInterval, func([]pairing.Address) {
		if first { // it tells what is known since the start
			first = false
			return
		}
		a.again()
	})
}

// again looks at the addresses again and announces what it found.
func (a *addresses) again() {
	if err := a.look(); err != nil {
		a.tell.Fault(err)
		return
	}
	a.announce()
}

// ips are the addresses that the certificate is good for.
func (a *addresses) ips() []netip.Addr {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := make([]netip.Addr, len(a.found))
	for i, f := range a.found {
		out[i] = f.IP
	}
	return out
}

// choose puts another address into the code.
func (a *addresses) choose(i int) {
	a.mu.Lock()
	ok := i >= 0 && i < len(a.found)
	if ok {
		a.chosen = i
	}
	a.mu.Unlock()
	if ok {
		a.announce()
	}
}

// renew puts another token into the code.
func (a *addresses) renew(token string) {
	a.mu.Lock()
	a.token = token
	a.mu.Unlock()
	a.announce()
}

// errNoNetwork is told while there is no address to offer.
var errNoNetwork = errors.New(
	"this computer is on no network; join the phone's Wi-Fi and the code appears by itself")

// announce tells of the code with the chosen address.
func (a *addresses) announce() {
	a.mu.Lock()
	found, chosen, token := a.found, a.chosen, a.token
	a.mu.Unlock()
	if len(found) == 0 {
		a.tell.Fault(errNoNetwork)
		return
	}
	url := pairing.URL(found[chosen].IP, a.port, token)
	if a.host != "" {
		url = pairing.NamedURL(a.host, a.port, token)
	}
	a.tell.Pairing(pairingOffer{
		URL: url, Token: token, Port: a.port, WantedPort: a.wantedPort,
		Addresses: found, Chosen: chosen, Choose: a.choose,
	})
}
