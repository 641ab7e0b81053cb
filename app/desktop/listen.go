package desktop

import (
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
func (p *program) listen() error {
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
	tlsConfig := authority.TLSConfig(p.addresses.ips)
	if p.options.tlsCert != "" {
		own, err := pairing.LoadCertificate(p.options.tlsCert, p.options.tlsKey)
		if err != nil {
			return err
		}
		// Whoever brings a certificate brings the trust in it too, so the page need not explain
		// ours.
		tlsConfig, config.Authority = own.TLSConfig(), nil
		p.addresses.host = own.Host()
	}
	if p.whip, err = whip.NewServer(config); err != nil {
		return err
	}
	p.share.whip = p.whip
	p.share.apply(p.settings.get())
	p.guard.manager, p.guard.whip, p.guard.addresses = p.manager, p.whip, p.addresses
	p.server = p.whip.HTTPServer(tlsConfig)
	p.goRun(p.serve)
	return nil
}

// openManager opens what answers phones.
func (p *program) openManager() (err error) {
	var announced []netip.Addr
	if p.options.address.IsValid() {
		announced = []netip.Addr{p.options.address}
	}
	p.peers, err = peer.Listen(peer.Config{
		Port: p.listener.Port, TCP: p.listener.ICE, ICEServers: p.options.iceServers,
		Addresses: announced, Logger: p.log,
	})
	if err != nil {
		return err
	}
	v := p.settings.get()
	p.manager = session.NewManager(p.peers, p.worker, p.tell, display(v), p.guard.approve)
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

// serve answers phones until the server is closed.
func (p *program) serve() {
	err := p.server.ServeTLS(p.listener.TLS, "", "")
	if err != nil && !errors.Is(err, http.ErrServerClosed) {
		p.tell.Fault(fmt.Errorf("phones can no longer reach this computer: %w", err))
	}
}
