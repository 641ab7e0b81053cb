package desktop

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"handlens/media/pairing"
)

// lookAround finds the addresses that the QR code may hold; the one of the command line stands alone.
func (p *program) lookAround() error {
	found, err := pairing.Addresses()
	if err != nil {
		return err
	}
	if a := p.options.address; a.IsValid() {
		i := slices.IndexFunc(found, func(f pairing.Address) bool { return f.IP == a })
		switch {
		case i >= 0:
			found = found[i : i+1]
		case a.IsLoopback():
			found = []pairing.Address{{IP: a, Kind: "this computer only"}}
		default:
			return fmt.Errorf("--address %s is no address of this machine", a)
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	// What the person chose stays chosen as long as it is there.
	before := netip.Addr{}
	if len(p.addresses) > 0 {
		before = p.addresses[p.chosen].IP
	}
	p.addresses = found
	p.chosen = max(0, slices.IndexFunc(found, func(f pairing.Address) bool { return f.IP == before }))
	return nil
}

// addressInterval is how often the machine's addresses are looked at: a laptop that changes networks has a new code within seconds.
const addressInterval = 5 * time.Second

// watchAddresses makes a new code when the machine's addresses change. The first call of the watch tells what start has shown already.
func (p *program) watchAddresses(ctx context.Context) {
	first := true
	pairing.Watch(ctx, addressInterval, func([]pairing.Address) {
		if first {
			first = false
			return
		}
		if err := p.lookAround(); err != nil {
			p.fail(err)
			return
		}
		p.announce()
	})
}

// leafAddresses are those that the certificate is good for.
func (p *program) leafAddresses() []netip.Addr {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := make([]netip.Addr, len(p.addresses))
	for i, a := range p.addresses {
		out[i] = a.IP
	}
	return out
}

// choose puts another address into the code.
func (p *program) choose(i int) {
	p.mu.Lock()
	ok := i >= 0 && i < len(p.addresses)
	if ok {
		p.chosen = i
	}
	p.mu.Unlock()
	if ok {
		p.announce()
	}
}

// announce shows the code of the chosen address, and says so in the events.
func (p *program) announce() {
	p.mu.Lock()
	addresses, chosen := p.addresses, p.chosen
	p.mu.Unlock()
	if len(addresses) == 0 {
		p.fail(fmt.Errorf("this computer is on no network; join the phone's Wi-Fi and the code appears by itself"))
		return
	}
	url := pairing.URL(addresses[chosen].IP, p.listener.Port, p.token)
	if p.host != "" {
		url = pairing.NamedURL(p.host, p.listener.Port, p.token)
	}
	p.events.listening(url, p.listener.Port)
	if p.console != nil {
		p.console.pair(url)
		if p.listener.Port != p.options.port && p.options.port != 0 {
			p.console.say("Port %d is taken; Handlens listens on %d.", p.options.port, p.listener.Port)
		}
	}
	if p.window != nil {
		p.window.setPairing(url, addresses, chosen)
	}
}
