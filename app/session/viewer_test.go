package session

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"sync/atomic"
	"testing"

	"github.com/pion/webrtc/v4"
	"go.uber.org/goleak"

	"handlens/inference/track"
	"handlens/media"
	"handlens/media/peer"
	"handlens/media/waittest"
)

// onlooker is a real WebRTC peer that watches.
type onlooker struct {
	pc      *webrtc.PeerConnection
	offer   string
	packets atomic.Int64
	stamps  chan uint32 // of frames, in RTP
	results chan []byte
	said    chan map[string]any // control
}

func newOnlooker(t *testing.T) *onlooker {
	t.Helper()
	var settings webrtc.SettingEngine
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetIPFilter(func(ip net.IP) bool { return ip.IsLoopback() })
	pc, err := webrtc.NewAPI(webrtc.WithSettingEngine(settings)).NewPeerConnection(
		webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	o := &onlooker{
		pc: pc, stamps: make(chan uint32, 10000), results: make(chan []byte, 10000),
		said: make(chan map[string]any, 1000),
	}
	_, err = pc.AddTransceiverFromKind(webrtc.RTPCodecTypeVideo,
		webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly})
	if err != nil {
		t.Fatal(err)
	}
	pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { o.count(track) })
	ordered, retransmits := false, uint16(0)
	d, err := pc.CreateDataChannel("detections",
		&webrtc.DataChannelInit{Ordered: &ordered, MaxRetransmits: &retransmits})
	if err != nil {
		t.Fatal(err)
	}
	d.OnMessage(func(m webrtc.DataChannelMessage) { o.results <- m.Data })
	if d, err = pc.CreateDataChannel("control", nil); err != nil {
		t.Fatal(err)
	}
	d.OnMessage(func(m webrtc.DataChannelMessage) {
		var said map[string]any
		if err := json.Unmarshal(m.Data, &said); err != nil {
			t.Error(err)
		}
		o.said <- said
	})
	offer, err := pc.CreateOffer(nil)
	if err != nil {
		t.Fatal(err)
	}
	gathered := webrtc.GatheringCompletePromise(pc)
	if err := pc.SetLocalDescription(offer); err != nil {
		t.Fatal(err)
	}
	<-gathered
	o.offer = pc.LocalDescription().SDP
	return o
}

// count notes what video comes.
func (o *onlooker) count(track *webrtc.TrackRemote) {
	for {
		p, _, err := track.ReadRTP()
		if err != nil {
			return
		}
		o.packets.Add(1)
		if p.Marker {
			o.stamps <- p.Timestamp
		}
	}
}

// watch joins and waits until the video comes.
func (o *onlooker) watch(t *testing.T, vs *Viewers, phone, again string) *peer.Viewer {
	t.Helper()
	v := o.join(t, vs, phone, again)
	waittest.Until(t, "the viewer gets the video", func() bool { return o.packets.Load() > 0 })
	return v
}

func (o *onlooker) join(t *testing.T, vs *Viewers, phone, again string) *peer.Viewer {
	t.Helper()
	v, err := vs.Watch(t.Context(), o.offer, phone, again, Visitor{
		Name: "Laptop", Address: "192.0.2.9", Watches: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	answer := webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: v.Answer()}
	if err := o.pc.SetRemoteDescription(answer); err != nil {
		t.Fatal(err)
	}
	return v
}

// hears waits for a message of that type that is as the function wants it.
func (o *onlooker) hears(t *testing.T, kind string, like func(map[string]any) bool) map[string]any {
	t.Helper()
	for {
		said := waittest.Receive(t, "a word of "+kind, o.said)
		if said["type"] == kind && (like == nil || like(said)) {
			return said
		}
	}
}

// stage is a phone that sends, and those who may watch it.
type stage struct {
	*Manager
	viewers *Viewers
	book    *ledger
	phone   *phone
	session *Session
}

// newStage has as many watch as may.
func newStage(t *testing.T, approve func(context.Context, Visitor) bool) *stage {
	t.Helper()
	g := &stage{book: newLedger()}
	g.Manager = serve(t, g.book)
	g.viewers = NewViewers(g.peers.(Projector), g.Manager, approve)
	g.viewers.SetMost(MaxViewers)
	g.viewers.SetModel(ModelMessage{Name: "m", State: ModelReady})
	g.phone = newPhone(t, clipFile)
	t.Cleanup(g.phone.close)
	g.session = g.phone.arrive(t, g.Manager, g.book, "a phone's own key")
	waittest.Receive(t, "the phone's video", g.book.video)
	return g
}

// TestWatching has one watch from joining to the phone's leaving: it gets frames and detections
// that name one of them, hears of all that it draws, and why it ends.
func TestWatching(t *testing.T) {
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
	g := newStage(t, nil)
	display := g.Display()
	display.Boxes, display.Labels, display.Lines = true, true, true
	display.Regions = []track.Region{
		{Name: "Line 1", Points: []track.Point{{X: .5}, {X: .5, Y: 1}}},
	}
	g.SetDisplay(display)
	o := newOnlooker(t)
	defer o.pc.GracefulClose()
	o.watch(t, g.viewers, "", "")
	joined := waittest.Receive(t, "a viewer has joined", g.book.viewers)
	if joined.Name() != "Laptop" || joined.Address() != "192.0.2.9" || joined.ID() != "viewer-1" ||
		joined.Session() != g.session || joined.Since().IsZero() {
		t.Errorf("joined has %+v", joined.from)
	}
	if all := g.viewers.List(); len(all) != 1 || all[0] != joined || g.session.Watching() != 1 {
		t.Errorf("%v watch, of the phone %d", all, g.session.Watching())
	}
	o.wantSync(t)
	o.hears(t, "muted", func(m map[string]any) bool { return m["why"] == "" })
	o.hears(t, "model", func(m map[string]any) bool { return m["name"] == "m" })
	o.hears(t, "phones", func(m map[string]any) bool {
		one := m["phones"].([]any)[0].(map[string]any)
		return one["id"] == g.session.ID() && one["name"] == "Anna's phone"
	})
	o.hears(t, "scene", func(m map[string]any) bool {
		lines := m["regions"].([]any)
		counts := m["counts"].([]any)
		return len(lines) == 1 && lines[0].(map[string]any)["kind"] == "line" &&
			len(m["tallies"].([]any)) == 1 && len(counts) > 0 &&
			counts[0].(map[string]any)["count"] == 1.0 && m["labels"] == true && m["ids"] == false
	})
	g.session.Conn().Close(media.Reason{Code: media.SentAway})
	if bye := o.hears(t, "bye", nil); bye["reason"] != "phone-left" {
		t.Errorf("it is told %v", bye)
	}
	if why := waittest.Receive(t, "it has left", g.book.viewersLeft); why != media.PhoneLeft {
		t.Errorf("it left for %v", why)
	}
	if n := len(g.viewers.List()); n != 0 {
		t.Errorf("%d are left", n)
	}
}

// wantSync waits for detections of a frame that the viewer has.
func (o *onlooker) wantSync(t *testing.T) {
	t.Helper()
	seen := make(map[uint32]bool)
	for range 500 {
		var m struct {
			RTP        *uint32
			T          int64
			Detections []struct{ Label string }
		}
		b := waittest.Receive(t, "detections", o.results)
		if err := json.Unmarshal(b, &m); err != nil || m.RTP == nil || m.T == 0 {
			t.Fatalf("detections are %s, %v", b, err)
		}
		for len(o.stamps) > 0 {
			seen[<-o.stamps] = true
		}
		if seen[*m.RTP] && len(m.Detections) > 0 {
			return
		}
	}
	t.Fatal("no detections are of a frame that came")
}

// TestNothingIsSeenOfWhatIsBlurred has a class be made unrecognisable: not a packet of video comes,
// to newcomers neither, and they are told why.
func TestNothingIsSeenOfWhatIsBlurred(t *testing.T) {
	g := newStage(t, nil)
	o := newOnlooker(t)
	defer o.pc.GracefulClose()
	sender := o.watch(t, g.viewers, g.session.ID(), "")
	display := g.Display()
	display.Blurred = map[string]bool{"red": true}
	g.SetDisplay(display)
	o.hears(t, "muted", func(m map[string]any) bool { return m["why"] == "blurred" })
	sent, got := sender.Sent(), o.packets.Load()
	late := newOnlooker(t)
	defer late.pc.GracefulClose()
	late.join(t, g.viewers, "", "")
	late.hears(t, "muted", func(m map[string]any) bool { return m["why"] == "blurred" })
	for range 20 { // as many frames as the detector has looked at
		waittest.Receive(t, "detections still come", late.results)
	}
	if n, m := sender.Sent(), late.packets.Load(); n != sent || m != 0 {
		t.Errorf("%d frames went out (%d packets), and %d packets to the newcomer", n-sent,
			o.packets.Load()-got, m)
	}
	display.Blurred = nil
	g.SetDisplay(display)
	late.hears(t, "muted", func(m map[string]any) bool { return m["why"] == "" })
	waittest.Until(t, "both see again", func() bool {
		return sender.Sent() > sent && late.packets.Load() > 0
	})
	g.session.Control([]byte(`{"type":"paused","paused":true}`))
	late.hears(t, "muted", func(m map[string]any) bool { return m["why"] == "paused" })
	g.session.Control([]byte(`{"type":"paused","paused":false}`))
	late.hears(t, "muted", func(m map[string]any) bool { return m["why"] == "" })
}

// TestWatchersOutliveTheConnection has the phone come back by another connection: they go on.
func TestWatchersOutliveTheConnection(t *testing.T) {
	g := newStage(t, nil)
	o := newOnlooker(t)
	defer o.pc.GracefulClose()
	o.watch(t, g.viewers, "", "")
	before := g.session.Conn()
	again := newPhone(t, clipFile)
	defer again.close()
	again.accept(t, again.returnAs(t, g.Manager, "a phone's own key", "192.0.2.7").Answer())
	waittest.Receive(t, "the end of the old connection", before.Done())
	waittest.Until(t, "the new connection", func() bool { return g.session.Conn() != before })
	for len(o.results) > 0 {
		<-o.results
	}
	o.wantSync(t)
	if len(g.book.viewersLeft) != 0 || g.session.Watching() != 1 {
		t.Errorf("%d have left", len(g.book.viewersLeft))
	}
}

// TestWhoMayWatch goes through those who may not.
func TestWhoMayWatch(t *testing.T) {
	asked, allow := 0, false
	g := newStage(t, func(_ context.Context, from Visitor) bool {
		if !from.Watches || from.Phone != "" {
			t.Errorf("asked for is %+v", from)
		}
		asked++
		return allow
	})
	o := newOnlooker(t)
	defer o.pc.GracefulClose()
	refused := func(what, phone, again string, want error) {
		t.Helper()
		_, err := g.viewers.Watch(t.Context(), o.offer, phone, again, Visitor{Watches: true})
		if !errors.Is(err, want) {
			t.Errorf("%s: %v", what, err)
		}
	}
	refused("the person says no", "", "", ErrRefused)
	refused("a made-up name", "", "nonsense", ErrRefused)
	refused("no such phone", "phone-7", "", ErrNoPhone)
	if asked != 2 || g.session.Watching() != 0 {
		t.Errorf("asked was %d times, %d watch", asked, g.session.Watching())
	}
	g.viewers.SetMost(1)
	allow = true
	first := o.watch(t, g.viewers, "", "")
	refused("the limit", "", "", ErrManyViewers)

	// Who was let in need not be asked for again, and takes the place of its other connection.
	allow = false
	second := newOnlooker(t)
	defer second.pc.GracefulClose()
	conn := second.watch(t, g.viewers, "", first.ID())
	if bye := o.hears(t, "bye", nil); bye["reason"] != "replaced" {
		t.Errorf("the other connection is told %v", bye)
	}
	waittest.Until(t, "one is left", func() bool { return g.session.Watching() == 1 })
	if asked != 3 {
		t.Errorf("asked was %d times", asked)
	}
	g.viewers.Dismiss(g.viewers.List()[0].ID())
	<-conn.Done()
	refused("one that was sent away", "", conn.ID(), ErrRefused)
	g.viewers.SetMost(0)
	refused("nobody may", "", first.ID(), ErrRefused)
}

// TestViewersComeAndGo has fifty come and go.
func TestViewersComeAndGo(t *testing.T) {
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
	g := newStage(t, nil)
	for range 50 {
		o := newOnlooker(t)
		v := o.join(t, g.viewers, "", "")
		o.hears(t, "scene", nil)
		v.Close(media.Reason{Code: media.PhoneClosed})
		if err := o.pc.GracefulClose(); err != nil {
			t.Error(err)
		}
	}
	g.viewers.mu.Lock()
	all, passes := len(g.viewers.all), len(g.viewers.passes)
	g.viewers.mu.Unlock()
	if all != 0 || passes > maxPasses || g.session.Watching() != 0 {
		t.Errorf("%d are left, of the phone %d, %d passes", all, g.session.Watching(), passes)
	}
	if joined, left := len(g.book.viewers), len(g.book.viewersLeft); joined != 50 || left != 50 {
		t.Errorf("%d joined and %d left", joined, left)
	}
}

func TestNothingToWatch(t *testing.T) {
	m := serve(t, newLedger())
	vs := NewViewers(m.peers.(Projector), m, nil)
	vs.SetMost(1)
	if _, err := vs.Watch(t.Context(), "v=0", "", "", Visitor{}); !errors.Is(err, ErrNothingSent) {
		t.Errorf("without a phone: %v", err)
	}
	if phones := vs.Phones(); phones == nil || len(phones) != 0 {
		t.Errorf("the phones are %#v", phones)
	}
}
