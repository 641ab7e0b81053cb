package crowd

import (
	"net"
	"net/netip"
	"testing"

	"go.uber.org/goleak"

	"handlens/media/waittest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// visit opens a connection from that address of this machine and returns its two ends.
func visit(t *testing.T, l *Listener, from string) (theirs, ours net.Conn) {
	t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	theirs, err := d.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { theirs.Close() })
	if ours, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	return theirs, ours
}

// ended waits for the end of a connection.
func ended(t *testing.T, c net.Conn) {
	t.Helper()
	if _, err := c.Read(make([]byte, 1)); err == nil {
		t.Error("a connection that had to go says something")
	}
}

func alive(t *testing.T, theirs, ours net.Conn) {
	t.Helper()
	b := make([]byte, 1)
	if _, err := ours.Write([]byte("x")); err != nil {
		t.Error(err)
	}
	if _, err := theirs.Read(b); err != nil || b[0] != 'x' {
		t.Errorf("a connection that was to stay is gone: %v", err)
	}
}

func TestACrowdCostsOnlyItself(t *testing.T) {
	inner, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := Limit(inner, Limits{Total: 6, PerAddress: 4})
	phone, ofPhone := visit(t, l, "127.0.0.1")
	other, ofOther := visit(t, l, "127.0.0.2")
	var crowd []net.Conn
	for range 4 {
		theirs, _ := visit(t, l, "127.0.0.3")
		crowd = append(crowd, theirs)
	}
	// One more of the same address, and one more of another when all places are taken.
	fifth, ofFifth := visit(t, l, "127.0.0.3")
	ended(t, crowd[0])
	late, ofLate := visit(t, l, "127.0.0.4")
	ended(t, crowd[1])
	for theirs, ours := range map[net.Conn]net.Conn{
		phone: ofPhone, other: ofOther, fifth: ofFifth, late: ofLate,
	} {
		alive(t, theirs, ours)
	}
	if n := l.Open(); n != 6 {
		t.Errorf("%d are open, want 6", n)
	}
	ofPhone.Close()
	ofPhone.Close()
	if n := l.Open(); n != 5 {
		t.Errorf("%d are open after one has left, want 5", n)
	}
	if err := l.CloseAll(); err != nil {
		t.Error(err)
	}
	ended(t, other)
	if n := l.Open(); n != 0 {
		t.Errorf("%d are open after the end", n)
	}
}

func TestTheLimitWaitsForNobody(t *testing.T) {
	inner, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := Limit(inner, Limits{Total: 2, PerAddress: 2})
	done := make(chan error)
	go func() {
		_, err := l.Accept()
		done <- err
	}()
	if err := l.CloseAll(); err != nil {
		t.Fatal(err)
	}
	if err := waittest.Receive(t, "the end of Accept", done); err == nil {
		t.Error("a closed listener accepts")
	}
}

func TestGroups(t *testing.T) {
	for text, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "2001:db8::1": "2001:db8::", "2001:db8:0:0:9::1": "2001:db8::",
	} {
		if got := group(netip.MustParseAddr(text)); got.String() != want {
			t.Errorf("%s is of %v, want %s", text, got, want)
		}
	}
	if address(&net.UnixAddr{}).IsValid() {
		t.Error("a socket in the file system has an address")
	}
}
