package whip

import (
	"crypto/tls"
	"log"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"handlens/media/crowd"
)

const (
	headerTime     = 10 * time.Second
	idleTime       = 2 * time.Minute
	maxHeaderBytes = 32 << 10
	// writeTime has to hold a join that waits for someone to say yes.
	writeTime = joinTime + 30*time.Second
	// maxConns and maxConnsOfOne bound the connections, in all and of one address. A browser opens
	// one, or six in the older protocol.
	maxConns, maxConnsOfOne = 256, 64
	// maxStreams bounds the requests that are under way on one connection.
	maxStreams = 32
)

// Bounded bounds the connections of the listener that a server is run on.
func Bounded(l net.Listener) net.Listener {
	return crowd.Limit(l, crowd.Limits{Total: maxConns, PerAddress: maxConnsOfOne})
}

// HTTPServer makes the server for s, with limits on all that a client could draw out. Run it with
// ServeTLS(Bounded(listener), "", ""). To end, Close s first and then Shutdown the server: an offer
// that waits for a person would hold up Shutdown.
func (s *Server) HTTPServer(config *tls.Config) *http.Server {
	return &http.Server{
		Handler:           s,
		TLSConfig:         config,
		ReadHeaderTimeout: headerTime,
		WriteTimeout:      writeTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    maxHeaderBytes,
		HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: maxStreams},
		ErrorLog:          log.New(serverLog{s}, "", 0),
	}
}

// Untrusted counts the TLS handshakes that a client has ended since it does not trust our
// certificate. One such, and nothing after it, is a phone that stands before the browser's warning.
func (s *Server) Untrusted() int { return int(s.untrusted.Load()) }

// serverLog takes what net/http wants to log: broken handshakes are everyday life on an open port
// and are for the debug log only, but some of them tell us something.
type serverLog struct{ s *Server }

func (n serverLog) Write(line []byte) (int, error) {
	text := strings.TrimSpace(string(line))
	rest, handshake := strings.CutPrefix(text, "http: TLS handshake error from ")
	switch {
	case handshake:
		n.s.log.Debug("TLS handshake", "error", text)
	// a client that broke off: the same in the other protocol
	case strings.HasPrefix(text, "http2: "):
		n.s.log.Debug("HTTP server", "error", text)
	default:
		n.s.log.Warn("HTTP server", "error", text)
	}
	if handshake && refusedCertificate(rest) {
		n.s.untrusted.Add(1)
		if n.s.cfg.OnUntrusted != nil {
			address, _, _ := strings.Cut(rest, ": ")
			// the zero value says as much as there is to say
			remote, _ := netip.ParseAddrPort(address)
			n.s.cfg.OnUntrusted(
				Visitor{Remote: netip.AddrPortFrom(remote.Addr().Unmap(), remote.Port())})
		}
	}
	return len(line), nil
}

// refusedCertificate says whether a handshake ended with one of the alerts by which browsers refuse
// a certificate (RFC 8446 section 6.2, in the words of crypto/tls): Chrome and Safari send
// certificate_unknown, Firefox bad_certificate or unknown_ca. Tools on OpenSSL are not noticed: in
// TLS 1.3 they send the alert unencrypted, which arrives as a broken record.
func refusedCertificate(text string) bool {
	for _, alert := range []string{
		"unknown certificate", "bad certificate",
		"unknown certificate authority",
	} {
		if strings.HasSuffix(text, "remote error: tls: "+alert) {
			return true
		}
	}
	return false
}
