package whip

import (
	"crypto/tls"
	"log/slog"
	"strings"
	"sync"
	"testing"
)

// lines collects a log.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// What matters of the HTTP server's log goes into ours.
func TestServerLog(t *testing.T) {
	var log lines
	s := start(t, &testHost{}, func(c *Config) {
		c.Logger = slog.New(slog.NewTextHandler(&log, nil))
	})
	for _, line := range []string{
		"http: TLS handshake error from 192.0.2.1:5: EOF\n", "http2: received GOAWAY\n",
		"http: Accept error: too many open files; retrying\n",
	} {
		if n, err := (serverLog{s.Server}).Write([]byte(line)); n != len(line) || err != nil {
			t.Errorf("%q: %d, %v", line, n, err)
		}
	}
	if got := log.String(); strings.Count(got, "\n") != 1 ||
		!strings.Contains(got, "too many open files") {
		t.Errorf("logged is %q", got)
	}
}

func TestServerHasLimits(t *testing.T) {
	s, err := NewServer(Config{Token: "x", Host: &testHost{}, Pages: testPages})
	if err != nil {
		t.Fatal(err)
	}
	h := s.HTTPServer(&tls.Config{})
	if h.ReadHeaderTimeout == 0 || h.WriteTimeout <= joinTime || h.IdleTimeout == 0 ||
		h.MaxHeaderBytes == 0 || h.ErrorLog == nil || h.HTTP2.MaxConcurrentStreams > maxStreams {
		t.Errorf("a limit is missing: %+v", h)
	}
}
