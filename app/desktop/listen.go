package desktop

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"path/filepath"

	"handlens/app/session"
	"handlens/assets"
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
		Token: p.addresses.token, Host: whipAdapter{p.manager}, Pages: assets.Web(),
		Authority: authority, Logger: p.log, ICEServers: p.options.iceServers,
		OnReached: p.tell.Reached, OnUntrusted: p.tell.Untrusted,
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
	var approve func(context.Context, session.Visitor) bool
	if p.options.approve == "ask" {
		approve = p.front.Approve
	}
	p.manager = session.NewManager(p.peers, p.worker, p.tell, display(p.settings.get()), approve)
	return nil
}

// serve answers phones until the server is closed.
func (p *program) serve() {
	err := p.server.ServeTLS(whip.Bounded(p.listener.TLS), "", "")
	if err != nil && !errors.Is(err, http.ErrServerClosed) {
		p.tell.Fault(fmt.Errorf("phones can no longer reach this computer: %w", err))
	}
}
