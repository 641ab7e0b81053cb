package pairing

import (
	"bufio"
	"errors"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// listenTest opens a listener on a free port and closes it, and looks for goroutines left behind,
// at the end of the test.
func listenTest(t *testing.T) *Listener {
	t.Helper()
	leaks := goleak.IgnoreCurrent()
	l, err := Listen(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		goleak.VerifyNone(t, leaks)
	})
	return l
}

func dial(t *testing.T, l *Listener) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(l.Port)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// binding is a STUN binding request with an empty body in the frame of RFC 4571.
var binding = []byte{
	0, 20, 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
	12,
}

func TestListenSortsConnections(t *testing.T) {
	l := listenTest(t)
	for _, test := range []struct {
		name string
		send []byte
		to   net.Listener
	}{
		{"TLS", []byte{0x16, 3, 1, 0, 5, 1, 2, 3, 4, 5}, l.TLS},
		{"ICE", binding, l.ICE},
	} {
		c := dial(t, l)
		// A byte at a time: nothing says that a packet comes whole.
		for _, b := range test.send {
			if _, err := c.Write([]byte{b}); err != nil {
				t.Fatal(err)
			}
		}
		got, err := test.to.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer got.Close()
		if _, ok := got.RemoteAddr().(*net.TCPAddr); !ok {
			t.Errorf("%s: the remote address is a %T", test.name, got.RemoteAddr())
		}
		back := make([]byte, len(test.send))
		if _, err := io.ReadFull(got, back); err != nil || string(back) != string(test.send) {
			t.Errorf("%s: read %x, %v; want all that was sent, %x", test.name, back, err, test.send)
		}
		if _, err := got.Write([]byte("pong")); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(c, back[:4]); err != nil || string(back[:4]) != "pong" {
			t.Errorf("%s: the other way: %q, %v", test.name, back[:4], err)
		}
	}
}

// What comes for HTTP is told, with when and where, and so is what says nothing; not the rest.
func TestListenTellsOfArrivals(t *testing.T) {
	l := listenTest(t)
	told := make(chan Arrival, 10)
	l.Watch(func(a Arrival) { told <- a })
	for _, test := range []struct {
		send         string
		told, silent bool
	}{
		{"\xff\xfe\xfd", false, false},
		{string(binding), false, false},
		{"\x16\x03\x01", true, false},
		{"GET / HTTP/1.1\r\nHost: a\r\n\r\n", true, false},
		{"", true, true},
	} {
		began := time.Now()
		c := dial(t, l)
		from := addrPort(c.LocalAddr())
		if _, err := io.WriteString(c, test.send); err != nil {
			t.Fatal(err)
		}
		if test.silent {
			c.Close()
		}
		if !test.told {
			continue
		}
		a := <-told
		if a.From != from || a.Called != netip.MustParseAddr("127.0.0.1") ||
			a.Silent != test.silent || a.At.Before(began) || a.At.After(time.Now()) {
			t.Errorf("%q from %v is told as %+v", test.send, from, a)
		}
	}
}

func TestListenOnIPv6Too(t *testing.T) {
	l := listenTest(t)
	c, err := net.Dial("tcp", net.JoinHostPort("::1", strconv.Itoa(l.Port)))
	if err != nil {
		if probe, probeErr := net.Listen("tcp", "[::1]:0"); probeErr == nil {
			probe.Close()
			t.Fatal(err)
		}
		t.Logf("this machine has no IPv6: %v", err)
		return
	}
	c.Close()
}

func TestPlainHTTP(t *testing.T) {
	l := listenTest(t)
	host := net.JoinHostPort("192.168.1.5", strconv.Itoa(l.Port))
	for _, test := range []struct {
		request, location string
		status            int
	}{
		{"GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n", "https://" + host + "/", 307},
		{
			"HEAD /trust?x=1 HTTP/1.1\r\nHost: study.local:8443\r\n\r\n",
			"https://study.local:8443/trust?x=1", 307,
		},
		{
			"GET /?a=%22&b=<c> HTTP/1.1\r\nHost: study.local\r\n\r\n",
			"https://study.local/?a=%22&b=<c>", 307,
		},
		{"GET / HTTP/1.1\r\nHost: [fd00::1]:8443\r\n\r\n", "https://[fd00::1]:8443/", 307},
		{"POST /whip HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 0\r\n\r\n", "", 400},
		{"GET / HTTP/1.0\r\n\r\n", "", 400},
		{"GET / HTTP/1.1\r\nHost: evil/@x\r\n\r\n", "", 400},
		{"GET / HTTP/1.1\r\nHost: a\"b<c>\r\n\r\n", "", 400},
		{"GET nonsense\r\n\r\n", "", 400},
		{"GET / HTTP/1.1\r\nX: " + strings.Repeat("a", 2*maxPlainRequest) + "\r\n\r\n", "", 400},
	} {
		c := dial(t, l)
		if _, err := io.WriteString(c, test.request); err != nil {
			t.Fatal(err)
		}
		method, _, _ := strings.Cut(test.request, " ")
		r, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: method})
		if err != nil {
			if len(test.request) > maxPlainRequest {
				continue // what was not read may reset the connection before the answer is through
			}
			t.Errorf("%.40q: %v", test.request, err)
			continue
		}
		page, err := io.ReadAll(r.Body)
		r.Body.Close()
		if link := `<a href="` + html.EscapeString(test.location) + `">`; method != "HEAD" &&
			(err != nil || !strings.Contains(string(page), "put https:// before the address") ||
				test.location != "" && !strings.Contains(string(page), link)) {
			t.Errorf("%.40q: the page says %q, %v", test.request, page, err)
		}
		if r.StatusCode != test.status || r.Header.Get("Location") != test.location {
			t.Errorf("%.40q: %d, %q; want %d, %q", test.request, r.StatusCode,
				r.Header.Get("Location"), test.status, test.location)
		}
	}
}

func TestListenTurnsAwayTheRest(t *testing.T) {
	l := listenTest(t)
	for name, send := range map[string]string{
		"SSH": "SSH-2.0-OpenSSH_9.2\r\n", "RDP": "\x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00",
		"noise":    "\xff\xfe\xfd",
		"not STUN": strings.Repeat("\x00", 40), "lower case": "get / HTTP/1.1\r\n\r\n",
		"no method": "A B",
	} {
		c := dial(t, l)
		if _, err := io.WriteString(c, send); err != nil {
			t.Fatal(err)
		}
		if n, err := c.Read(make([]byte, 1)); n != 0 || err == nil {
			t.Errorf("%s: got an answer: %d bytes, %v", name, n, err)
		}
	}
}

// Silent connections are bounded in number, and the newest ones get through.
func TestUndecidedAreBounded(t *testing.T) {
	l := listenTest(t)
	var silent []net.Conn
	for range maxPending + 10 {
		silent = append(silent, dial(t, l))
	}
	for i := range 10 {
		if n, err := silent[i].Read(make([]byte, 1)); n != 0 || err == nil {
			t.Errorf("the oldest silent connection is kept: %d bytes, %v", n, err)
		}
	}
	c := dial(t, l)
	if _, err := c.Write([]byte{0x16}); err != nil {
		t.Fatal(err)
	}
	got, err := l.TLS.Accept()
	if err != nil {
		t.Fatal(err)
	}
	got.Close()
}

func TestCloseEndsEverything(t *testing.T) {
	leaks := goleak.IgnoreCurrent()
	l, err := Listen(0)
	if err != nil {
		t.Fatal(err)
	}
	silent := dial(t, l)
	waiting := dial(t, l) // said what it is, but nobody accepts
	if _, err := waiting.Write([]byte{0x16}); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for _, k := range []net.Listener{l.TLS, l.ICE} {
		if k == l.TLS {
			c, err := k.Accept()
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
		}
		wg.Go(func() {
			if _, err := k.Accept(); !errors.Is(err, net.ErrClosed) {
				t.Errorf("Accept: %v", err)
			}
		})
	}
	for range 3 {
		wg.Go(func() { l.Close() })
	}
	wg.Wait()
	if n, err := silent.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Error("a silent connection outlives the listener")
	}
	if _, err := l.TLS.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Accept after Close: %v", err)
	}
	if _, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", l.Port)); err == nil {
		t.Error("the port is still open")
	}
	goleak.VerifyNone(t, leaks)
}

// When one kind is closed (the web server shuts down), the other goes on.
func TestCloseOneKind(t *testing.T) {
	l := listenTest(t)
	if err := l.TLS.Close(); err != nil {
		t.Fatal(err)
	}
	c := dial(t, l)
	if _, err := c.Write([]byte{0x16}); err != nil {
		t.Fatal(err)
	}
	if n, err := c.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Error("TLS is still taken")
	}
	ice := dial(t, l)
	if _, err := ice.Write(binding); err != nil {
		t.Fatal(err)
	}
	got, err := l.ICE.Accept()
	if err != nil {
		t.Fatal(err)
	}
	got.Close()
}

// A second app on the same port gets another, and so does one whose UDP port is taken.
func TestListenFindsTheNextPort(t *testing.T) {
	first := listenTest(t)
	second, err := Listen(first.Port)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if second.Port <= first.Port || second.Port >= first.Port+portTries {
		t.Errorf("the first has %d, the second %d", first.Port, second.Port)
	}
	udp, err := net.ListenPacket("udp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	defer udp.Close()
	taken := udp.LocalAddr().(*net.UDPAddr).Port
	third, err := Listen(taken)
	if err != nil {
		if taken+portTries > maxPort {
			return // the system's choice was among the last ports there are
		}
		t.Fatal(err)
	}
	defer third.Close()
	if third.Port == taken {
		t.Errorf("port %d was taken for UDP", taken)
	}
	free, err := net.ListenPacket("udp", fmt.Sprintf(":%d", third.Port))
	if err != nil {
		t.Fatalf("the UDP port of the same number is not free: %v", err)
	}
	free.Close()
}

func TestListenErrors(t *testing.T) {
	for _, want := range []int{-1, 65536, 1 << 20} {
		if _, err := Listen(want); !errors.Is(err, ErrNoPort) ||
			!strings.Contains(err.Error(), strconv.Itoa(want)) {
			t.Errorf("port %d: %v", want, err)
		}
	}
	top, err := net.Listen("tcp", ":65535")
	if err != nil {
		t.Fatal(err)
	}
	defer top.Close()
	if l, err := Listen(65535); !errors.Is(err, ErrNoPort) {
		if err == nil {
			l.Close()
		}
		t.Errorf("the last port is taken: %v", err)
	}
}
