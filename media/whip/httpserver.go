package whip

import (
	"crypto/tls"
	"log"
	"net"
	"net/http"
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
		TLSConfig:         s.withProbes(config),
		ReadHeaderTimeout: headerTime,
		WriteTimeout:      writeTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    maxHeaderBytes,
		HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: maxStreams},
		ErrorLog:          log.New(serverLog{s}, "", 0),
		ConnContext:       s.watchHandshake,
	}
}

// serverLog takes what net/http wants to log: broken handshakes and clients that broke off are
// everyday life on an open port and are for the debug log only.
type serverLog struct{ s *Server }

func (n serverLog) Write(line []byte) (int, error) {
	text := strings.TrimSpace(string(line))
	switch {
	case strings.HasPrefix(text, "http: TLS handshake error from "):
		n.s.log.Debug("TLS handshake", "error", text)
	// a client that broke off: the same in the other protocol
	case strings.HasPrefix(text, "http2: "):
		n.s.log.Debug("HTTP server", "error", text)
	default:
		n.s.log.Warn("HTTP server", "error", text)
	}
	return len(line), nil
}
