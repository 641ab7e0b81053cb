package peer

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"net"
	"runtime"
	"strings"
	"testing"

	"github.com/pion/ice/v4"
	"github.com/pion/stun/v4"
	"github.com/pion/webrtc/v4"

	"handlens/media/waittest"
)

// usage is what the process holds: goroutines, and bytes in use after a collection.
type usage struct{ goroutines, heap int }

func measure() usage {
	runtime.GC()
	runtime.GC() // what a sync.Pool holds outlives one
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return usage{runtime.NumGoroutine(), int(m.HeapAlloc)}
}

// checkUsage wants what a flood has left behind to be next to nothing.
func checkUsage(t *testing.T, what string, before usage) {
	t.Helper()
	const goroutines, heap = 40, 8 << 20
	after := measure()
	defer func() {
		t.Logf("%s: goroutines %d, then %d; heap %.1f MiB, then %.1f MiB", what, before.goroutines,
			after.goroutines, float64(before.heap)/(1<<20), float64(after.heap)/(1<<20))
	}()
	waittest.Until(t, what+" is over and leaves nothing", func() bool {
		after = measure() // what waits to be looked at is not held for long
		return after.goroutines <= before.goroutines+goroutines && after.heap <= before.heap+heap
	})
}

// exposedPhone is a phone whose UDP socket others can use: what they send comes from its address.
func exposedPhone(t *testing.T) (*phone, *net.UDPConn) {
	t.Helper()
	socket, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	must(t, err)
	mux := ice.NewUDPMuxDefault(ice.UDPMuxParams{UDPConn: socket})
	t.Cleanup(func() { _ = mux.Close() })
	return newPhone(t, phoneOptions{mime: webrtc.MimeTypeVP8, mux: mux}), socket
}

// floodSize is how many packets a flood has.
const floodSize = 20000

// junk are packets of each kind that share the port, none of them from a phone that was let in.
func junk(t *testing.T, ufrag string) map[string][]byte {
	t.Helper()
	check := func(username string) []byte {
		m, err := stun.Build(stun.BindingRequest, stun.TransactionID, stun.NewUsername(username),
			stun.NewShortTermIntegrity("a guess of twenty-two c"), stun.Fingerprint)
		must(t, err)
		return m.Raw
	}
	noise := make([]byte, 1200)
	_, err := rand.Read(noise)
	must(t, err)
	rtp := append([]byte{0x80, 96, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1}, noise[:1000]...)
	hello := append([]byte{22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 3, 244},
		noise[:1012]...)
	return map[string][]byte{
		"RTP":                       rtp,
		"RTCP":                      append([]byte{0x81, 206, 0, 249}, noise[:996]...),
		"DTLS":                      hello,
		"STUN of a stranger":        check("nobody:knows"),
		"STUN with a known name":    check(ufrag + ":knows"),
		"STUN without a name":       stun.MustBuild(stun.BindingRequest, stun.TransactionID).Raw,
		"a STUN answer":             stun.MustBuild(stun.BindingSuccess, stun.TransactionID).Raw,
		"broken STUN":               append(check("x:y")[:24], 0xff, 0xff, 0xff, 0xff),
		"TURN data":                 append([]byte{0x40, 0, 0x03, 0xe8}, noise[:1000]...),
		"one byte":                  {0},
		"nothing":                   {},
		"noise":                     noise,
		"the largest UDP of a path": bytes.Repeat([]byte{0x80}, 1472),
	}
}

// ufragOf returns the user fragment in a description.
func ufragOf(sdp string) string {
	_, rest, _ := strings.Cut(sdp, "a=ice-ufrag:")
	ufrag, _, _ := strings.Cut(rest, "\r\n")
	return ufrag
}

// TestFloodsOfStrangers: what others send to the UDP port, from addresses of their own and from the
// phone's, reaches nobody, costs no memory, and disturbs no picture. (The watcher checks each.)
func TestFloodsOfStrangers(t *testing.T) {
	h := listen(t)
	w := &watcher{t: t}
	p, own := exposedPhone(t)
	c := p.join(h, w)
	p.send(func() bool { return w.frames.Load() >= 5 })
	stranger, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	must(t, err)
	defer stranger.Close()
	to := &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: h.Port()}
	for what, packet := range junk(t, ufragOf(c.Answer())) {
		for whose, socket := range map[string]*net.UDPConn{
			"a stranger's": stranger, "the phone's": own,
		} {
			before, frames := measure(), w.frames.Load()
			for range floodSize {
				_, err := socket.WriteTo(packet, to)
				must(t, err)
			}
			checkUsage(t, fmt.Sprintf("%s from %s address", what, whose), before)
			p.send(func() bool { return w.frames.Load() >= frames+5 })
		}
	}
	if s := c.Stats(); s.State != Connected ||
		s.Remote != own.LocalAddr().(*net.UDPAddr).AddrPort() {
		t.Errorf("%v, from %v", s.State, s.Remote)
	}
}
