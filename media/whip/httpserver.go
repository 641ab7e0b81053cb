package whip

import (
	"crypto/tls"
	"log"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

const (
	headerTime     = 10 * time.Second
	idleTime       = 2 * time.Minute
	maxHeaderBytes = 32 << 10
	// writeTime has to hold a join that waits for someone to say yes.
	writeTime = joinTime + 30*time.Second
)

// HTTPServer makes the server for s, with limits on all that a client could draw out. Run it with
// ServeTLS(listener, "", ""). To end, Close s first and then Shutdown the server: an offer that
// waits for a person would hold up Shutdown.
func (s *Server) HTTPServer(config *tls.Config) *http.Server {
	return &http.Server{
		Handler:           s,
		TLSConfig:         s.withProbes(config),
		ReadHeaderTimeout: headerTime,
		WriteTimeout:      writeTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    maxHeaderBytes,
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
	if handshake {
		address, _, _ := strings.Cut(rest, ": ")
		// the zero value says as much as there is to say
		end, _ := netip.ParseAddrPort(address)
		from := netip.AddrPortFrom(end.Addr().Unmap(), end.Port())
		// Who is on our page already and has been asked stands before no warning.
		if !n.s.probes.end(from) && refusedCertificate(rest) {
			n.s.untrusted.Add(1)
			if n.s.cfg.OnUntrusted != nil {
				n.s.cfg.OnUntrusted(Visitor{Remote: from})
			}
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
