package desktop

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"handlens/media"
	"handlens/media/pairing"
)

// tailnet is what is known of this machine's name in Tailscale's network. Nobody is asked before
// the machine has an address there, and no certificate is fetched before a person has chosen the
// name. Any goroutine may use it; nil offers nothing.
type tailnet struct {
	ctx  context.Context // of the programs that it starts
	find func(context.Context) (*pairing.Tailnet, error)

	mu    sync.Mutex
	asked []netip.Addr // the addresses there when it was asked
	known *pairing.Tailnet
}

// ask finds out the name when the addresses there are not those of last time, and says whether it
// did. Where Tailscale does not tell, none is offered.
func (t *tailnet) ask(found []pairing.Address) bool {
	if t == nil {
		return false
	}
	var there []netip.Addr
	for _, a := range found {
		if pairing.InTailnet(a) {
			there = append(there, a.IP)
		}
	}
	t.mu.Lock()
	same := slices.Equal(there, t.asked)
	t.asked = there
	t.mu.Unlock()
	if same {
		return false
	}
	var now *pairing.Tailnet
	if len(there) > 0 {
		now, _ = t.find(t.ctx)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if now == nil || t.known == nil || now.Name != t.known.Name {
		t.known = now // with the same name, its certificate stays
	}
	return true
}

// current is what was found last.
func (t *tailnet) current() *pairing.Tailnet {
	if t == nil {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.known
}

// offer adds the name to the addresses of the machine.
func (t *tailnet) offer(found []pairing.Address) []pairing.Address {
	if known := t.current(); known != nil {
		return known.Offer(found)
	}
	return found
}

// open finds out the name for the command line, which wants it to be this one, and its certificate.
func (t *tailnet) open(name string) error {
	known, err := t.find(t.ctx)
	if fault, ok := errors.AsType[*media.CertificateFault](err); ok {
		fault.Host = name
	}
	if err != nil {
		return err
	}
	if known.Name != name {
		return fmt.Errorf("--address %s is no name of this computer; in Tailscale it is called %s",
			name, known.Name)
	}
	t.mu.Lock()
	t.known = known
	t.mu.Unlock()
	return known.Fetch(t.ctx)
}

// fetch gets the certificate of the name that phones are to come to.
func (t *tailnet) fetch(name string) error {
	if known := t.current(); known != nil && known.Name == name {
		return known.Fetch(t.ctx)
	}
	return nil // the machine has left that network
}

// renew fetches the certificate in use again when its end is near.
func (t *tailnet) renew() error {
	if known := t.current(); known != nil && known.Certificate() != nil {
		return known.Fetch(t.ctx)
	}
	return nil
}

// certificate is the one for that name of this machine, nil when there is none.
func (t *tailnet) certificate(host string) *tls.Certificate {
	if known := t.current(); known != nil && strings.EqualFold(known.Name, host) {
		return known.Certificate()
	}
	return nil
}

const (
	// certificateInterval is how often the certificates are looked at.
	certificateInterval = time.Minute
	// renewInterval is how often Tailscale is asked for a new one that it did not give.
	renewInterval = time.Hour
)

// watchCertificates tells once of each problem that a certificate has, until ctx ends. own is the
// user's own, nil for none.
func (a *addresses) watchCertificates(ctx context.Context, own *pairing.Certificate) {
	var ours, theirs once
	for n := 0; ; n++ {
		if host := a.come(); own != nil && host != "" {
			ours.tell(a.tell, problemOf(own, host))
		}
		if n%int(renewInterval/certificateInterval) == 0 {
			theirs.tell(a.tell, a.tailnet.renew())
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(certificateInterval):
		}
	}
}

// problemOf is what a person has to do about the certificate, as an error.
func problemOf(own *pairing.Certificate, host string) error {
	if problem := own.Problem(host); problem != nil {
		return problem
	}
	return nil
}

// once tells of a fault, and of the same not again until something else has come.
type once struct{ last string }

func (o *once) tell(to listener, err error) {
	said := ""
	if err != nil {
		said = err.Error()
	}
	if said != "" && said != o.last {
		to.Fault(err)
	}
	o.last = said
}
