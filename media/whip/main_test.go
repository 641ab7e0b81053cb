package whip

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"go.uber.org/goleak"

	"handlens/media"
	"handlens/media/pairing"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	testToken = "AAAABBBBCC01"
	offerText = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=video 9 UDP/TLS/RTP/SAVPF " +
		"96\r\n"
	fragment = "a=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\n"
)

// testHost answers every offer the same way, or with err.
type testHost struct {
	err  error
	wait chan struct{} // when not nil, Join waits for it or for its context

	mu       sync.Mutex
	sessions []*testSession
	visitors []Visitor
	ended    int // joins that gave up since their context ended
}

func (h *testHost) Join(ctx context.Context, offer string, from Visitor) (Session, error) {
	if h.wait != nil {
		select {
		case <-h.wait:
		case <-ctx.Done():
			h.mu.Lock()
			h.ended++
			h.mu.Unlock()
			return nil, ctx.Err()
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.visitors = append(h.visitors, from)
	if h.err != nil {
		return nil, h.err
	}
	s := &testSession{
		id: "session-" + strconv.Itoa(len(h.sessions)), etag: `"one"`,
		done: make(chan struct{}),
	}
	h.sessions = append(h.sessions, s)
	return s, nil
}

func (h *testHost) last() *testSession {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.sessions[len(h.sessions)-1]
}

// testSession restarts ICE when asked for *, and otherwise notes the fragment.
type testSession struct {
	id   string
	done chan struct{}
	once sync.Once

	mu     sync.Mutex
	etag   string
	count  int
	err    error
	frags  []string
	match  []string
	reason media.Reason
}

func (s *testSession) ID() string     { return s.id }
func (s *testSession) Answer() string { return "v=0\r\na=recvonly\r\n" }

func (s *testSession) ETag() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.etag
}

func (s *testSession) Patch(_ context.Context, ifMatch, frag string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return "", s.err
	}
	s.match, s.frags = append(s.match, ifMatch), append(s.frags, frag)
	if ifMatch != "*" {
		return "", nil
	}
	s.count++
	s.etag = `"restart-` + strconv.Itoa(s.count) + `"`
	return "a=ice-ufrag:" + strconv.Itoa(s.count) + "\r\n", nil
}

func (s *testSession) Close(reason media.Reason) {
	s.mu.Lock()
	if s.reason == (media.Reason{}) {
		s.reason = reason
	}
	s.mu.Unlock()
	s.once.Do(func() { close(s.done) })
}

func (s *testSession) Done() <-chan struct{} { return s.done }

func (s *testSession) closedFor() media.ReasonCode {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reason.Code
}

var testPages = fstest.MapFS{
	"index.html":     {Data: []byte("<!doctype html><title>phone</title>")},
	"trust.html":     {Data: []byte("<!doctype html><title>trust</title>")},
	"main.js":        {Data: []byte("export {}")},
	"style.css":      {Data: []byte("body{}")},
	"icon.svg":       {Data: []byte("<svg/>")},
	"secret.go":      {Data: []byte("package secret")},
	".hidden.js":     {Data: []byte("hidden")},
	"lib/.hidden.js": {Data: []byte("hidden")},
	"lib/part.js":    {Data: []byte("part")},
}

// testServer is the whole of it: our authority, TLS, HTTP/2, and a client that trusts the
// authority.
type testServer struct {
	*Server
	host   *testHost
	url    string
	client *http.Client
}

func start(t *testing.T, host *testHost, change func(*Config)) *testServer {
	t.Helper()
	authority, err := pairing.LoadAuthority(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{
		Token: testToken, Host: host, Pages: testPages, Authority: authority,
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
	if change != nil {
		change(&cfg)
	}
	s, err := NewServer(cfg)
	if err != nil {
		t.Fatal(err)
	}
	// httptest's server would put a certificate of its own before ours.
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := s.HTTPServer(authority.TLSConfig(func() []netip.Addr { return nil }))
	ended := make(chan error, 1)
	go func() { ended <- server.ServeTLS(listener, "", "") }()
	client := clientFor(authority)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		client.CloseIdleConnections()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	return &testServer{
		Server: s, host: host, url: "https://" + listener.Addr().String(),
		client: client,
	}
}

// clientFor returns a client that trusts the authority and follows no redirect.
func clientFor(authority *pairing.Authority) *http.Client {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority.CertificatePEM())
	transport := &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: roots},
		ForceAttemptHTTP2: true,
	}
	return &http.Client{
		Transport: transport,
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		},
	}
}

// speakHTTP1 has the client use the older protocol, as OBS and FFmpeg do.
func (s *testServer) speakHTTP1() {
	transport := s.client.Transport.(*http.Transport)
	transport.ForceAttemptHTTP2 = false
	transport.TLSClientConfig.NextProtos = []string{"http/1.1"}
}

// answer is a response with its body read.
type answer struct {
	*http.Response
	body string
}

// do sends a request; header is name, value, name, value, …. An Authorization with the right token
// is added unless header has one.
func (s *testServer) do(t *testing.T, method, path, body string, header ...string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+testToken)
	for i := 0; i < len(header); i += 2 {
		if header[i+1] == "" {
			r.Header.Del(header[i])
		} else {
			r.Header.Set(header[i], header[i+1])
		}
	}
	response, err := s.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response, string(data)}
}

func (s *testServer) join(t *testing.T) answer {
	t.Helper()
	a := s.do(t, "POST", "/whip", offerText, "Content-Type", "application/sdp")
	if a.StatusCode != http.StatusCreated {
		t.Fatalf("joining gives %s: %s", a.Status, a.body)
	}
	return a
}

func (s *testServer) count() int {
	s.phones.mu.Lock()
	defer s.phones.mu.Unlock()
	return len(s.phones.sessions)
}
