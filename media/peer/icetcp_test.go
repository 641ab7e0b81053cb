package peer

import (
	"encoding/binary"
	"net"
	"testing"

	"github.com/pion/stun/v4"
	"github.com/pion/webrtc/v4"

	"handlens/media"
	"handlens/media/waittest"
)

// framed puts a packet into a frame as ICE over TCP has it (RFC 4571 section 2).
func framed(packet []byte) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(packet))), packet...)
}

// TestFloodsOfICETCP: connections that say nothing, nonsense, half of a frame or somebody's name
// are bounded, end by themselves, and keep no phone out that has only TCP.
func TestFloodsOfICETCP(t *testing.T) {
	h := listen(t)
	check := stun.MustBuild(stun.BindingRequest, stun.TransactionID,
		stun.NewUsername("nobody:knows"), stun.Fingerprint).Raw
	dial := func() net.Conn {
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 9)}}
		c, err := d.Dial("tcp", h.cfg.TCP.Addr().String())
		must(t, err)
		t.Cleanup(func() { _ = c.Close() })
		return c
	}
	before := measure()
	for what, bytes := range map[string][]byte{
		"nothing": nil, "nonsense": []byte("GET / HTTP/1.1\r\n\r\n"),
		"half a frame":   framed(check)[:9],
		"an empty frame": {0, 0}, "a huge frame": {255, 255, 1},
		"a stranger's check": framed(check),
		"checks and garbage": append(framed(check), framed(make([]byte, 1400))...),
	} {
		for range 3 * maxTCP {
			_, _ = dial().Write(bytes) // it may have been hung up on already
		}
		waittest.Until(t, what+": the bound", func() bool {
			return h.tcpListener.Open() <= maxTCPOfOne
		})
	}
	w := &watcher{t: t}
	p := newPhone(t, phoneOptions{
		mime: webrtc.MimeTypeVP8, networks: []webrtc.NetworkType{webrtc.NetworkTypeTCP4},
	})
	c := p.join(h, w)
	p.send(func() bool { return w.frames.Load() >= 10 })
	if s := c.Stats(); s.Network != "tcp" {
		t.Errorf("the path is %q", s.Network)
	}
	c.Close(media.Reason{Code: media.SentAway})
	waittest.Until(t, "all of it is over", func() bool { return h.tcpListener.Open() == 0 })
	checkUsage(t, "ICE-TCP", before)
}
