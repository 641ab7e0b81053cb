package whip

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// Watcher is told what can be seen of those who come, until a [Host] has taken their offer. Any
// goroutine may call it, and no method may wait.
type Watcher interface {
	// Handshake is how a TLS handshake went with who came from there to our address.
	Handshake(from netip.AddrPort, called netip.Addr, how Handshake)
	// Asked comes with each request, before what else is told of it.
	Asked(from netip.AddrPort)
	// Fetched comes when somebody fetches the phone's page, before it is served.
	Fetched(from Visitor)
	// Denied comes with each request that lacks the right token.
	Denied(from Visitor, why Denial)
	// Progress is what the page says, with the right token.
	Progress(from Visitor, p Progress)
}

// Handshake is how a TLS handshake went.
type Handshake uint8

// How it can go.
const (
	// HandshakeDone: the other side takes our certificate.
	HandshakeDone Handshake = iota
	// HandshakeRefused: it does not (yet). With nothing after it, this is a phone that stands
	// before its browser's warning.
	HandshakeRefused
	// HandshakeBroken: it ended in another way.
	HandshakeBroken
)

// Denial is what was wrong with a request's token.
type Denial uint8

// The denials.
const (
	// TokenMissing: there was none.
	TokenMissing Denial = iota
	// TokenWrong: it is not, or no longer, the right one.
	TokenWrong
	// TokenLocked: too many wrong ones have come from that address.
	TokenLocked
)

// noWatcher is told in vain.
type noWatcher struct{}

func (noWatcher) Handshake(netip.AddrPort, netip.Addr, Handshake) {}
func (noWatcher) Asked(netip.AddrPort)                            {}
func (noWatcher) Fetched(Visitor)                                 {}
func (noWatcher) Denied(Visitor, Denial)                          {}
func (noWatcher) Progress(Visitor, Progress)                      {}

// watchHandshake has the watcher told how the handshake of a connection goes. The server does the
// same one; whoever is later only hears how it went.
func (s *Server) watchHandshake(ctx context.Context, c net.Conn) context.Context {
	if encrypted, ok := c.(*tls.Conn); ok {
		go func() {
			how := handshakeOf(encrypted.Handshake()) // it ends with the connection at the latest
			// Who is on our page already and probes its trust stands before no warning.
			if how != HandshakeDone && s.probes.end(addrPort(c.RemoteAddr())) {
				return
			}
			s.cfg.Watcher.Handshake(addrPort(c.RemoteAddr()), addrPort(c.LocalAddr()).Addr(), how)
		}()
	}
	return ctx
}

// handshakeOf tells one of the alerts by which browsers refuse a certificate (RFC 8446 section 6.2,
// in the words of crypto/tls, which has no others for them): Chrome and Safari send
// certificate_unknown, Firefox bad_certificate or unknown_ca. Tools on OpenSSL are not noticed: in
// TLS 1.3 they send the alert unencrypted, which arrives as a broken record.
func handshakeOf(err error) Handshake {
	if err == nil {
		return HandshakeDone
	}
	for _, alert := range []string{
		"unknown certificate", "bad certificate", "unknown certificate authority",
	} {
		if strings.HasSuffix(err.Error(), "remote error: tls: "+alert) {
			return HandshakeRefused
		}
	}
	return HandshakeBroken
}

// watchToken has the watcher told of the requests that were answered for want of the right token.
func (s *Server) watchToken(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen := &statusWriter{ResponseWriter: w}
		next.ServeHTTP(seen, r)
		_, given := bearer(r.Header.Get("Authorization"))
		switch {
		case seen.status == http.StatusTooManyRequests:
			s.cfg.Watcher.Denied(visitor(r, ""), TokenLocked)
		case seen.status == http.StatusUnauthorized && given:
			s.cfg.Watcher.Denied(visitor(r, ""), TokenWrong)
		case seen.status == http.StatusUnauthorized:
			s.cfg.Watcher.Denied(visitor(r, ""), TokenMissing)
		}
	})
}

// statusWriter remembers the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap is for http.ResponseController.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
