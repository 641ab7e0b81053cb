package peer

import (
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/pion/webrtc/v4"
	"go.uber.org/goleak"

	"handlens/media"
	"handlens/media/waittest"
)

// TestPicturesArriveByTheRelay has a phone that hears nobody but the relay, whose address is
// another one of this machine's: Linux has all of 127.0.0.0/8.
func TestPicturesArriveByTheRelay(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	t.Run("run", func(t *testing.T) {
		relay := netip.MustParseAddr("127.0.0.2")
		h, log := listenWith(t, "turn:me:secret@"+startTURN(t, relay.String()).String())
		w := &watcher{t: t}
		p := newPhone(t, phoneOptions{
			mime:  webrtc.MimeTypeVP8,
			hears: func(ip net.IP) bool { return ip.Equal(relay.AsSlice()) },
		})
		c := p.join(h, w)
		waittest.Until(t, "connected", func() bool { return w.seen(Connected) })
		p.send(func() bool { return w.frames.Load() >= 30 })
		if s := c.Stats(); s.Local.Addr() != relay {
			t.Errorf("the path is %s from %v to %v, not by the relay", s.Network, s.Local, s.Remote)
		}
		if said := log.String(); strings.Contains(said, "secret") {
			t.Errorf("the log tells the password: %s", said)
		}
	})
}

// TestViewersWatchByTheRelay has a viewer that hears nobody but the relay.
func TestViewersWatchByTheRelay(t *testing.T) {
	relay := netip.MustParseAddr("127.0.0.2")
	h, _ := listenWith(t, "turn:me:secret@"+startTURN(t, relay.String()).String())
	s := newSource(media.VP8, webrtc.MimeTypeVP8)
	defer s.close()
	v := newViewerPeer(t, phoneOptions{
		mime:  webrtc.MimeTypeVP8,
		hears: func(ip net.IP) bool { return ip.Equal(relay.AsSlice()) },
	})
	defer v.pc.GracefulClose()
	viewer := v.watch(h, s.feed, new(viewerLog))
	defer viewer.Close(media.Reason{Code: media.SentAway})
	soon(t, "the viewer sees", func() bool { return v.frames.Load() > 30 })
}
