package desktop

import (
	"cmp"
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
	name string     // this machine's name there, when it was named instead
	tell listener
	list func() ([]pairing.Address, error) // what this machine has, best first

	// Known once the app listens, before the first announce.
	port, wantedPort int
	host             string // the name in a certificate of the user's own, or ""
	tailnet          *tailnet

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
		found = slices.Clone(found)
		found[0].Name = a.name
	} else {
		found = a.tailnet.offer(found)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	// What the person chose stays chosen as long as it is there.
	before := pairing.Address{}
	if len(a.found) > 0 {
		before = a.found[a.chosen]
	}
	a.found, a.chosen = found, max(0, indexOf(found, before))
	return nil
}

// indexOf is where the list has that address under that name; -1 for nowhere.
func indexOf(list []pairing.Address, a pairing.Address) int {
	return slices.IndexFunc(list, func(f pairing.Address) bool {
		return f.IP == a.IP && f.Name == a.Name
	})
}

// addressInterval is how often the machine's addresses are looked at, so that a laptop that changes
// networks has a new code within seconds.
const addressInterval = 5 * time.Second

// watch announces a new code whenever the machine's addresses change, until ctx ends.
func (a *addresses) watch(ctx context.Context) {
	first := true
	pairing.Watch(ctx, addressInterval, func(found []pairing.Address) {
		// The first time it tells what is known since the start.
		if asked := a.tailnet.ask(found); asked || !first {
			a.again()
		}
		first = false
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

// choose puts another address into the code. A name first needs its certificate; without one, the
// address of before stays.
func (a *addresses) choose(i int) {
	a.mu.Lock()
	if i < 0 || i >= len(a.found) {
		a.mu.Unlock()
		return
	}
	wanted := a.found[i]
	a.mu.Unlock()
	err := a.tailnet.fetch(wanted.Name)
	if err != nil {
		a.tell.Fault(err)
	} else {
		a.mu.Lock()
		if i := indexOf(a.found, wanted); i >= 0 { // they may have changed meanwhile
			a.chosen = i
		}
		a.mu.Unlock()
	}
	a.announce()
}

// come is the name or address that phones come to, "" for none.
func (a *addresses) come() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.host != "" || len(a.found) == 0 {
		return a.host
	}
	return a.found[a.chosen].Host()
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
	a.tell.Pairing(pairingOffer{
		URL:   pairing.NamedURL(cmp.Or(a.host, found[chosen].Host()), a.port, token),
		Token: token, Port: a.port, WantedPort: a.wantedPort,
		Addresses: found, Chosen: chosen, Choose: a.choose,
		Trusted: a.host != "" || found[chosen].Name != "",
	})
}
