package peer

import (
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/stun/v4"
)

// floodGate has so many packets come, each from the next address, and counts those that are let in.
func floodGate(g *gate, packets int, packet []byte, from func(i int) netip.AddrPort) (passed int) {
	for i := range packets {
		if g.admits(from(i), packet) {
			passed++
		}
	}
	return passed
}

func TestTheGateIsBounded(t *testing.T) {
	now := time.Now()
	g := newGate(&net.UDPConn{}, func() time.Time { return now })
	phone := netip.MustParseAddrPort("192.0.2.1:5000")
	same := func(int) netip.AddrPort { return phone }
	each := func(i int) netip.AddrPort {
		a := netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
		return netip.AddrPortFrom(a, 5000)
	}
	check := stun.MustBuild(stun.BindingRequest, stun.TransactionID).Raw
	media := []byte{0x80, 96}
	const flood = 100000
	for _, test := range []struct {
		name   string
		packet []byte
		from   func(int) netip.AddrPort
		want   int
	}{
		{"media of a stranger", media, same, 0},
		{"checks of a stranger", check, same, strangerBurst},
		{"checks of many strangers", check, each, allStrangers - strangerBurst},
	} {
		if got := floodGate(g, flood, test.packet, test.from); got != test.want {
			t.Errorf("%s: %d of %d are let in, want %d", test.name, got, flood, test.want)
		}
	}
	if len(g.strangers) > maxStrangers {
		t.Errorf("%d strangers are remembered", len(g.strangers))
	}
	// Who is sent to is known from then on, whatever strangers do; IPv6 has the same addresses.
	g.know(netip.AddrPortFrom(netip.AddrFrom16(phone.Addr().As16()), phone.Port()))
	if got := floodGate(g, flood, media, same); got != phoneBurst {
		t.Errorf("%d packets of a phone are let in at once, want %d", got, phoneBurst)
	}
	now = now.Add(100 * time.Millisecond)
	if got := floodGate(g, flood, media, same); got != phoneRate/10 {
		t.Errorf("%d packets of a phone are let in within 100 ms, want %d", got, phoneRate/10)
	}
	for i := range 3 * maxKnown {
		g.know(each(i))
	}
	if len(g.known) > maxKnown {
		t.Errorf("%d addresses are known", len(g.known))
	}
}

// TestTheGateIsASocket of either kind: packets go both ways, by both pairs of methods.
func TestTheGateIsASocket(t *testing.T) {
	for _, wrap := range []func(*net.UDPConn) net.PacketConn{
		func(c *net.UDPConn) net.PacketConn { return c },
		func(c *net.UDPConn) net.PacketConn { return struct{ net.PacketConn }{c} },
	} {
		ours, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		must(t, err)
		theirs, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		must(t, err)
		g := newGate(wrap(ours), time.Now)
		b := make([]byte, 100)
		for i, write := range []func([]byte) (int, error){
			func(b []byte) (int, error) {
				return g.WriteToAddrPort(b, theirs.LocalAddr().(*net.UDPAddr).AddrPort())
			},
			func(b []byte) (int, error) { return g.WriteTo(b, theirs.LocalAddr()) },
		} {
			_, err := write([]byte("ping"))
			must(t, err)
			n, from, err := theirs.ReadFrom(b)
			must(t, err)
			_, err = theirs.WriteTo(append(b[:n], byte('0'+i)), from)
			must(t, err)
		}
		n, at, err := g.ReadFromAddrPort(b)
		must(t, err)
		m, from, err := g.ReadFrom(b[n:])
		must(t, err)
		if got := string(b[:n+m]); got != "ping0ping1" || at.String() != from.String() {
			t.Errorf("%q, from %v and %v", got, at, from)
		}
		must(t, g.Close())
		if _, _, err := g.ReadFromAddrPort(b); err == nil {
			t.Error("a closed socket reads")
		}
		must(t, theirs.Close())
	}
}
