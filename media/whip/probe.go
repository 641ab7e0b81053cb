package whip

import (
	"context"
	"crypto/sha1"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"time"
)

const (
	// armTime is how long a browser that has announced a probe may take to make it.
	armTime = 10 * time.Second
	// closeTime is how long it may take to close it, once it has opened.
	closeTime = 5 * time.Second
	// maxProbes bounds the probes that are under way, each of a browser of its own.
	maxProbes = 64
)

// probes find out whether a browser trusts the authority, or only somebody has gone on past its
// warning: no script can see the difference, and an exception holds for fetch and WebSocket alike.
// But an exception holds for one certificate. So the page announces a probe and opens a WebSocket,
// and that one connection is shown a certificate that was made for it: a browser takes it only if
// it trusts the authority. The connection is known by its protocols. Browsers offer HTTP/2 on all
// connections but those of WebSockets, which makes sure that nothing else is shown a certificate
// that it would have to warn of.
type probes struct {
	mu    sync.Mutex
	armed map[netip.Addr]time.Time
	shown map[netip.AddrPort]time.Time // the connections that have such a certificate
}

func newProbes() *probes {
	return &probes{armed: map[netip.Addr]time.Time{}, shown: map[netip.AddrPort]time.Time{}}
}

// arm has the next connection from there be a probe.
func (p *probes) arm(from netip.Addr, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	note(p.armed, from, now)
}

// begin says whether the connection is a probe. It is asked once for each.
func (p *probes) begin(from netip.AddrPort, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	at, ok := p.armed[from.Addr()]
	delete(p.armed, from.Addr())
	if !ok || now.Sub(at) > armTime {
		return false
	}
	note(p.shown, from, now)
	return true
}

// end says whether the connection was a probe, and forgets it.
func (p *probes) end(from netip.AddrPort) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, ok := p.shown[from]
	delete(p.shown, from)
	return ok
}

// note adds who to a set with few places, at the cost of those that are late or, if there are none,
// of any other.
func note[K comparable](set map[K]time.Time, who K, now time.Time) {
	for k, at := range set {
		if now.Sub(at) > armTime {
			delete(set, k)
		}
	}
	for k := range set {
		if len(set) < maxProbes {
			break
		}
		delete(set, k)
	}
	set[who] = now
}

// withProbes returns the TLS configuration that shows probes their own certificate.
func (s *Server) withProbes(config *tls.Config) *tls.Config {
	if s.cfg.Authority == nil {
		return config
	}
	config = config.Clone()
	config.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		if slices.Contains(hello.SupportedProtos, "h2") ||
			!s.probes.begin(addrPort(hello.Conn.RemoteAddr()), s.now()) {
			return nil, nil
		}
		own, err := s.cfg.Authority.Fresh(addrPort(hello.Conn.LocalAddr()).Addr(),
			hello.ServerName)
		if err != nil {
			s.log.Warn("make a certificate for a probe", "error", err)
			return nil, nil
		}
		return &tls.Config{
			MinVersion: config.MinVersion, NextProtos: []string{"http/1.1"},
			Certificates: []tls.Certificate{*own},
			// A session of before would be resumed without a look at any certificate.
			SessionTicketsDisabled: true,
		}, nil
	}
	return config
}

// announceProbe has the next WebSocket of this browser be a probe: 204. It is 404 where nothing
// that this browser could trust is ours, and 409 where a probe would tell nothing: without HTTP/2,
// any connection of this browser might be taken for one.
func (s *Server) announceProbe(w http.ResponseWriter, r *http.Request) {
	switch {
	case s.cfg.Authority == nil || r.TLS == nil ||
		!s.cfg.Authority.Vouches(called(r), r.TLS.ServerName):
		http.NotFound(w, r)
	case r.ProtoMajor < 2:
		http.Error(w, http.StatusText(http.StatusConflict), http.StatusConflict)
	default:
		s.probes.arm(remote(r).Addr(), s.now())
		w.WriteHeader(http.StatusNoContent)
	}
}

// probe opens the WebSocket of a browser that has taken the certificate made for this connection
// (RFC 6455 section 4.2.2). That it opens is all there is to know, so the browser closes it again.
func (s *Server) probe(w http.ResponseWriter, r *http.Request) {
	key := r.Header.Get("Sec-WebSocket-Key")
	hijacker, ok := w.(http.Hijacker)
	if key == "" || !ok || !s.probes.end(remote(r)) {
		http.NotFound(w, r)
		return
	}
	conn, buffered, err := hijacker.Hijack()
	if err != nil {
		return // it is gone
	}
	defer conn.Close()
	defer context.AfterFunc(s.ctx, func() { conn.Close() })()
	_ = conn.SetDeadline(time.Now().Add(closeTime))
	fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"+
		"Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", acceptKey(key))
	// Closed from here, Firefox would take it for one that never opened. What comes is the frame
	// that closes it, to be answered by the same (section 5.5.1).
	if _, err := buffered.ReadByte(); err == nil {
		fmt.Fprint(conn, "\x88\x00")
	}
}

// acceptKey is the answer to a WebSocket's key (RFC 6455 section 4.2.2, number 5).
func acceptKey(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}
