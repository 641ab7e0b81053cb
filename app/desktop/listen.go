package desktop

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"path/filepath"

	"handlens/app/session"
	"handlens/assets"
	"handlens/media"
	"handlens/media/pairing"
	"handlens/media/peer"
	"handlens/media/whip"
)

// listen opens the port, the certificate, the peer host and the HTTP server.
func (p *program) listen(ctx context.Context) error {
	authority, err := pairing.LoadAuthority(filepath.Join(p.options.DataDir, "certificates"))
	if err != nil {
		return err
	}
	if p.listener, err = pairing.Listen(p.options.port); err != nil {
		return err
	}
	p.listener.Watch(p.visits.arrived)
	token, err := openToken(p.options.DataDir, p.listener.Port)
	if err != nil {
		p.log.Warn(err.Error())
	}
	p.addresses = &addresses{
		only: p.options.address, token: token, tell: p.tell, list: pairing.Addresses,
		port: p.listener.Port, wantedPort: p.options.port,
	}
	own, err := p.openNames(ctx)
	if err != nil {
		return err
	}
	if err := p.addresses.look(); err != nil {
		return err
	}
	if err := p.openManager(); err != nil {
		return err
	}
	config := whip.Config{
		Token: token, Host: whipAdapter{p.manager, p.visits}, Pages: assets.Web(),
		Remembered: p.guard.known.has,
		Authority:  authority, Logger: p.log, ICEServers: p.options.iceServers,
		Watcher: p.visits, Audience: p.share, Engine: browserEngine(), Model: p.detectors.forPages,
	}
	tlsConfig := pairing.ServeNamed(authority.TLSConfig(p.addresses.ips),
		p.addresses.tailnet.certificate)
	if own != nil {
		// Whoever brings a certificate brings the trust in it too, so the page need not explain
		// ours.
		tlsConfig, config.Authority = own.TLSConfig(), nil
	}
	if p.whip, err = whip.NewServer(config); err != nil {
		return err
	}
	p.share.whip = p.whip
	p.share.apply(p.settings.get())
	p.guard.manager, p.guard.whip, p.guard.addresses = p.manager, p.whip, p.addresses
	p.server = p.whip.HTTPServer(tlsConfig)
	p.goRun(p.serve)
	p.goRun(func() { p.addresses.watchCertificates(ctx, own) })
	return nil
}

// openNames finds out which names of this computer the code may hold, and reads the user's own
// certificate, if there is one: then no other name is of use.
func (p *program) openNames(ctx context.Context) (own *pairing.Certificate, err error) {
	a, name := p.addresses, p.options.name
	if files := p.options.own; files.Cert != "" {
		if own, err = pairing.LoadCertificate(files.Cert, files.Key); err != nil {
			return nil, err
		}
		a.host = cmp.Or(name, own.Host())
		return own, nil
	}
	t := &tailnet{ctx: ctx, find: pairing.FindTailnet}
	switch {
	case name != "":
		if err := t.open(name); err != nil {
			return nil, err
		}
		a.tailnet, a.only, a.name = t, t.known.IPs[0], name
	case !p.options.noWindow && !a.only.IsValid(): // else nobody could choose it
		a.tailnet = t
	}
	return nil, nil
}

// openManager opens what answers phones.
func (p *program) openManager() (err error) {
	var announced []netip.Addr
	if p.addresses.only.IsValid() {
		announced = []netip.Addr{p.addresses.only}
	}
	p.peers, err = peer.Listen(peer.Config{
		Port: p.listener.Port, TCP: p.listener.ICE, ICEServers: p.options.iceServers,
		Addresses: announced, Logger: p.log,
	})
	if err != nil {
		return err
	}
	v := p.settings.get()
	p.manager = session.NewManager(p.peers, p.worker, p.tell, p.display(v), p.guard.approve)
	p.manager.SetMaxPhones(v.MaxPhones)
	p.share.viewers = session.NewViewers(p.peers, p.manager, p.share.approve)
	p.share.Model(p.detectors.now())
	return nil
}

// sayICEServers says what it means that servers outside are asked, where that was switched on.
func sayICEServers(terminal io.Writer, servers []media.ICEServer) {
	for _, s := range servers {
		fmt.Fprintf(terminal, "handlens: the ICE server %v is used, so packets leave the local "+
			"network: it learns the addresses of this computer, of phones and of viewers, and "+
			"where they meet through it (TURN) it passes their video on, encrypted.\n", s)
	}
}

// serverTexts are the servers as people name them.
func serverTexts(servers []media.ICEServer) []string {
	var all []string
	for _, s := range servers {
		all = append(all, s.String())
	}
	return all
}

// serve answers phones until the server is closed.
func (p *program) serve() {
	err := p.server.ServeTLS(whip.Bounded(p.listener.TLS), "", "")
	if err != nil && !errors.Is(err, http.ErrServerClosed) {
		p.tell.Fault(fmt.Errorf("phones can no longer reach this computer: %w", err))
	}
}
