package whip

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"handlens/media/waittest"
)

// dialFrom opens a TCP connection to the server from that address of this machine.
func (s *testServer) dialFrom(t *testing.T, from string) net.Conn {
	t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	c, err := d.Dial("tcp", strings.TrimPrefix(s.url, "https://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// encrypt has a connection shake hands, in HTTP/1.1.
func (s *testServer) encrypt(t *testing.T, c net.Conn) *tls.Conn {
	t.Helper()
	config := s.client.Transport.(*http.Transport).TLSClientConfig.Clone()
	config.ServerName, config.NextProtos = "127.0.0.1", []string{"http/1.1"}
	encrypted := tls.Client(c, config)
	if err := encrypted.Handshake(); err != nil {
		t.Fatal(err)
	}
	return encrypted
}

// TestManyConnections of one stranger, in any state, keep nobody else out, and leave nothing.
func TestManyConnections(t *testing.T) {
	s := start(t, &testHost{}, nil)
	s.join(t)
	before := runtime.NumGoroutine()
	var crowd []net.Conn
	for i := range 3 * maxConns {
		c := s.dialFrom(t, "127.0.0.3")
		crowd = append(crowd, c)
		switch i % 4 {
		case 0: // says nothing
		case 1:
			c.Write([]byte("\x16\x03\x01\x02\x00\x01\x00")) // a handshake that does not go on
		case 2:
			s.encrypt(t, c)
		case 3:
			io.WriteString(s.encrypt(t, c), "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
		}
		if i%100 == 0 {
			s.client.CloseIdleConnections()
			if a := s.do(t, "GET", "/", ""); a.StatusCode != http.StatusOK {
				t.Fatalf("after %d connections: %s", i, a.Status)
			}
		}
	}
	// Each holds two goroutines at most: of the server, and for the oldest that had to go.
	waittest.Until(t, "only as many as may be are open", func() bool {
		return runtime.NumGoroutine() <= before+2*maxConnsOfOne+10
	})
	t.Logf("%d connections: goroutines %d, then %d", len(crowd), before, runtime.NumGoroutine())
	for _, c := range crowd {
		c.Close()
	}
	waittest.Until(t, "they are gone", func() bool { return runtime.NumGoroutine() <= before+10 })
	if s.count() != 1 {
		t.Errorf("%d sessions", s.count())
	}
}

// TestSlowRequests: who is slow with the handshake, the headers or the next request is hung up on.
// The body is the matter of TestSlowBody.
func TestSlowRequests(t *testing.T) {
	s := startWith(t, &testHost{}, nil, func(h *http.Server) {
		h.ReadHeaderTimeout, h.IdleTimeout = 200*time.Millisecond, 200*time.Millisecond
	})
	hello := func(c net.Conn) io.ReadWriter {
		c.Write([]byte("\x16\x03\x01\x02\x00\x01\x00"))
		return c
	}
	for what, begin := range map[string]func(net.Conn) io.ReadWriter{
		"a handshake that never begins": func(c net.Conn) io.ReadWriter { return c },
		"a handshake that does not end": hello,
		"a request that never begins":   func(c net.Conn) io.ReadWriter { return s.encrypt(t, c) },
		"headers that do not end": func(c net.Conn) io.ReadWriter {
			e := s.encrypt(t, c)
			io.WriteString(e, "GET / HTTP/1.1\r\nHost: x\r\n")
			return e
		},
		"no other request": func(c net.Conn) io.ReadWriter {
			e := s.encrypt(t, c)
			io.WriteString(e, "HEAD /whip HTTP/1.1\r\nHost: x\r\n\r\n")
			r, err := http.ReadResponse(bufio.NewReader(e), &http.Request{Method: "HEAD"})
			if err != nil {
				t.Error(err)
				return e
			}
			r.Body.Close()
			return e
		},
	} {
		c := s.dialFrom(t, "127.0.0.1")
		conn := begin(c)
		ended := make(chan error, 1)
		go func() {
			_, err := io.Copy(io.Discard, conn)
			ended <- err
		}()
		waittest.Receive(t, "the end of "+what, ended)
	}
}

// TestOversizedRequests get a status, or the end of their connection; bodies are the matter of
// TestStatusCodes.
func TestOversizedRequests(t *testing.T) {
	s := start(t, &testHost{}, nil)
	huge := strings.Repeat("a", 2*maxHeaderBytes)
	for _, head := range []string{
		"GET /" + huge + " HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: x\r\nX-Huge: " + huge + "\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("X-Many: 1\r\n", 8000) + "\r\n",
		"GET / HTTP/1.1\r\nHost: " + huge + "\r\n\r\n",
	} {
		e := s.encrypt(t, s.dialFrom(t, "127.0.0.1"))
		go io.WriteString(e, head) // the server does not read all of it
		r, err := http.ReadResponse(bufio.NewReader(e), nil)
		if err != nil {
			continue // it hung up
		}
		if r.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("%.40q…: %s", head, r.Status)
		}
		r.Body.Close()
	}
	r, err := http.NewRequestWithContext(t.Context(), "GET", s.url+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Huge", huge)
	if response, err := s.client.Do(r); err == nil { // in HTTP/2
		response.Body.Close()
		if response.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("HTTP/2: %s", response.Status)
		}
	}
	if a := s.do(t, "GET", "/", ""); a.StatusCode != http.StatusOK {
		t.Errorf("then: %s", a.Status)
	}
}

// TestManyRequestsOnOneConnection are answered, a few at a time.
func TestManyRequestsOnOneConnection(t *testing.T) {
	s := start(t, &testHost{}, nil)
	s.client.Transport.(*http.Transport).MaxConnsPerHost = 1
	s.join(t)
	before := runtime.NumGoroutine()
	var all sync.WaitGroup
	for range 10 * maxStreams {
		all.Go(func() {
			a := s.do(t, "GET", "/main.js", "")
			if a.StatusCode != http.StatusOK {
				t.Error(a.Status)
			}
		})
	}
	all.Wait()
	waittest.Until(t, "they are gone", func() bool { return runtime.NumGoroutine() <= before+10 })
}

// TestDNSRebinding: a page of another site whose name suddenly leads to us gets nowhere. Its
// browser wants a certificate for that name, which ours cannot be (TestNameConstraints), and
// nothing is granted by name, address or cookie. So the Host header need not be looked at; it may
// be any, since we may be called by any name or address.
func TestDNSRebinding(t *testing.T) {
	s := start(t, &testHost{}, nil)
	config := s.client.Transport.(*http.Transport).TLSClientConfig.Clone()
	config.ServerName = "evil.example"
	_, err := tls.Dial("tcp", strings.TrimPrefix(s.url, "https://"), config)
	if _, ok := errors.AsType[x509.HostnameError](err); !ok {
		t.Errorf("the handshake for another name: %v", err)
	}
	for _, request := range [][3]string{
		{"POST", "/whip", offerText}, {"DELETE", "/whip/session-0", ""},
	} {
		r, err := http.NewRequestWithContext(t.Context(), request[0], s.url+request[1],
			strings.NewReader(request[2]))
		if err != nil {
			t.Fatal(err)
		}
		r.Host = "evil.example:8443"
		r.Header.Set("Cookie", "token="+testToken)
		r.Header.Set("Content-Type", typeSDP)
		response, err := s.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s %s under another name: %s", request[0], request[1], response.Status)
		}
	}
	if s.count() != 0 {
		t.Error("a session was begun")
	}
}

// TestForeignPages may read nothing of ours but WHIP's answers, and those are for who has the
// token: no cookie counts, and what needs no token opens to nobody else.
func TestForeignPages(t *testing.T) {
	s := start(t, &testHost{}, nil)
	for _, path := range []string{"/", "/main.js", "/trust", "/trust/ca.json", "/none", "/whip"} {
		for _, method := range []string{"GET", "OPTIONS"} {
			a := s.do(t, method, path, "", "Authorization", "", "Origin", "https://evil.example",
				"Access-Control-Request-Method", "POST", "Cookie", "token="+testToken)
			h := a.Header
			open := h.Get("Access-Control-Allow-Origin") != "" ||
				h.Get("Access-Control-Allow-Methods") != ""
			if open != (path == "/whip") || h.Get("Access-Control-Allow-Credentials") != "" {
				t.Errorf("%s %s is open to other pages: %v", method, path, h)
			}
			if want := "same-origin"; path != "/whip" &&
				h.Get("Cross-Origin-Resource-Policy") != want {
				t.Errorf("%s %s can be embedded elsewhere", method, path)
			}
		}
	}
	// What a form or an image can send without being asked about it.
	for _, contentType := range []string{
		"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
	} {
		a := s.do(t, "POST", "/whip", offerText, "Authorization", "", "Origin",
			"https://evil.example", "Content-Type", contentType)
		if a.StatusCode != http.StatusUnauthorized || a.body != "" {
			t.Errorf("%s: %s %q", contentType, a.Status, a.body)
		}
	}
}

// TestGuessedSessions: with the token, a guess finds nothing; without it, not even whether it was
// right.
func TestGuessedSessions(t *testing.T) {
	s := start(t, &testHost{}, nil)
	path := s.join(t).Header.Get("Location")
	for i, id := range []string{
		"session-1", "SESSION-0", "session-0/", "session-0%00", "%2e%2e/whip/session-0", "*", "%",
		"session-0%2f..", strings.Repeat("a", 10000), "..%2fsession-0", "session-0;x=1",
	} {
		url := "/whip/" + id
		if id == "%" {
			url = "/whip/%25"
		}
		a := s.do(t, "DELETE", url, "")
		if a.StatusCode != 404 && a.StatusCode != 405 && a.StatusCode != 307 {
			t.Errorf("guess %d: %s", i, a.Status)
		}
	}
	right := s.do(t, "DELETE", path, "", "Authorization", "Bearer wrong")
	wrong := s.do(t, "DELETE", "/whip/none", "", "Authorization", "Bearer wrong")
	if fmt.Sprint(right.Status, right.body, right.Header["Www-Authenticate"]) !=
		fmt.Sprint(wrong.Status, wrong.body, wrong.Header["Www-Authenticate"]) ||
		right.StatusCode != http.StatusUnauthorized {
		t.Errorf("without the token: %s for a right guess, %s for a wrong one", right.Status,
			wrong.Status)
	}
	if s.count() != 1 {
		t.Error("a guess ended the session")
	}
}
