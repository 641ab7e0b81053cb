package session

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"
	pionmedia "github.com/pion/webrtc/v4/pkg/media"
	"github.com/pion/webrtc/v4/pkg/media/ivfreader"
	"go.uber.org/goleak"

	"handlens/inference"
	"handlens/inference/detector"
	"handlens/inference/testmodel"
	"handlens/media"
	"handlens/media/peer"
)

// ledger is a Sink that notes what it is told.
type ledger struct {
	NoSink
	mu         sync.Mutex
	joined     chan *Session
	left       chan string
	video      chan string
	detections chan inference.Message
	stats      chan Stats
	failed     chan error
}

func newLedger() *ledger {
	return &ledger{
		joined: make(chan *Session, 10), left: make(chan string, 10), video: make(chan string, 10),
		detections: make(chan inference.Message, 1000), stats: make(chan Stats, 1000), failed: make(chan error, 1000),
	}
}

func (l *ledger) Joined(s *Session)              { l.joined <- s }
func (l *ledger) Left(_ *Session, reason string) { l.left <- reason }
func (l *ledger) Video(_ *Session, c media.Codec, w, h int) {
	if w == 96 && h == 64 {
		l.video <- c.String()
	}
}
func (l *ledger) Detections(_ *Session, m inference.Message) { l.detections <- m }
func (l *ledger) Stats(_ *Session, st Stats)                 { l.stats <- st }
func (l *ledger) Failed(_ *Session, err error)               { l.failed <- err }

func wait[T any](t *testing.T, what string, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(30 * time.Second):
		t.Fatalf("waited in vain for %s", what)
		panic("unreachable")
	}
}

// phone is a real WebRTC peer that sends a clip over and over.
type phone struct {
	pc         *webrtc.PeerConnection
	offer      string
	detections chan []byte
	stop       chan struct{}
	stopped    sync.WaitGroup
}

func newPhone(t *testing.T, clip string) *phone {
	t.Helper()
	var settings webrtc.SettingEngine
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetIPFilter(func(ip net.IP) bool { return ip.IsLoopback() })
	pc, err := webrtc.NewAPI(webrtc.WithSettingEngine(settings)).NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	p := &phone{pc: pc, detections: make(chan []byte, 1000), stop: make(chan struct{})}
	ordered, retransmits := false, uint16(0)
	boxes, err := pc.CreateDataChannel("detections", &webrtc.DataChannelInit{Ordered: &ordered, MaxRetransmits: &retransmits})
	if err != nil {
		t.Fatal(err)
	}
	boxes.OnMessage(func(m webrtc.DataChannelMessage) { p.detections <- m.Data })
	control, err := pc.CreateDataChannel("control", nil)
	if err != nil {
		t.Fatal(err)
	}
	control.OnOpen(func() { control.SendText(`{"type":"hello","name":"Anna's phone"}`) })
	track, err := webrtc.NewTrackLocalStaticSample(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8}, "video", "camera")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pc.AddTrack(track); err != nil {
		t.Fatal(err)
	}
	offer, err := pc.CreateOffer(nil)
	if err != nil {
		t.Fatal(err)
	}
	gathered := webrtc.GatheringCompletePromise(pc)
	if err := pc.SetLocalDescription(offer); err != nil {
		t.Fatal(err)
	}
	<-gathered
	p.offer = pc.LocalDescription().SDP
	p.stopped.Add(1)
	go func() {
		defer p.stopped.Done()
		p.play(track, clip)
	}()
	return p
}

func (p *phone) play(track *webrtc.TrackLocalStaticSample, clip string) {
	data, err := os.ReadFile(clip)
	if err != nil {
		panic(err)
	}
	const interval = 40 * time.Millisecond
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		r, _, err := ivfreader.NewWith(bytes.NewReader(data))
		if err != nil {
			panic(err)
		}
		for {
			frame, _, err := r.ParseNextFrame()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				panic(err)
			}
			select {
			case <-tick.C:
			case <-p.stop:
				return
			}
			track.WriteSample(pionmedia.Sample{Data: frame, Duration: interval})
		}
	}
}

func (p *phone) close() {
	close(p.stop)
	p.stopped.Wait()
	p.pc.Close()
}

func (p *phone) accept(t *testing.T, answer string) {
	t.Helper()
	if err := p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer}); err != nil {
		t.Fatal(err)
	}
}

// openDetector opens our colour-patch model in the real engine.
func openDetector(t *testing.T) *detector.Detector {
	t.Helper()
	onnx, err := testmodel.Build("yolov8", 96)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "patches.onnx")
	if err := os.WriteFile(path, onnx, 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := detector.Open(path, detector.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestAPhonesWholeRoad(t *testing.T) {
	defer goleak.VerifyNone(t)
	host, err := peer.Listen(peer.Config{Addresses: []netip.Addr{netip.MustParseAddr("127.0.0.1")}})
	if err != nil {
		t.Fatal(err)
	}
	defer host.Close()
	worker := NewWorker()
	worker.SetDetector(openDetector(t))
	ctx, cancel := context.WithCancel(context.Background())
	finished := make(chan struct{})
	go func() { worker.Run(ctx); close(finished) }()
	defer func() { cancel(); <-finished }()
	book := newLedger()
	m := NewManager(host, worker, book, Display{Confidence: 0.4}, nil)
	defer m.Close()

	p := newPhone(t, "../../media/ffmpeg/testdata/vp8.ivf")
	conn, err := m.Join(ctx, p.offer, Visitor{Name: "a phone", Address: "127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	p.accept(t, conn.Answer())

	s := wait(t, "the phone to join", book.joined)
	if codec := wait(t, "the first picture", book.video); codec != "VP8" {
		t.Errorf("the codec is %s, want VP8", codec)
	}
	var found inference.Message
	for len(found.Detections) == 0 {
		found = wait(t, "detections", book.detections)
	}
	red := find(t, found, "red")
	if want := (inference.Box{X1: 0, Y1: 0, X2: 0.5, Y2: 0.5}); !near(red.Box, want, 0.05) {
		t.Errorf("red is at %+v, want about %+v", red.Box, want)
	}

	var sent struct {
		Model      string `json:"model"`
		Detections []struct {
			Box   [4]float64 `json:"box"`
			Label string     `json:"label"`
		} `json:"detections"`
	}
	if err := json.Unmarshal(wait(t, "detections on the phone", p.detections), &sent); err != nil {
		t.Fatal(err)
	}
	if sent.Model != "patches" {
		t.Errorf("the phone is told of model %q, want patches", sent.Model)
	}

	sc := s.Scene()
	if sc.Frame == nil || sc.Frame.Width != 96 || len(sc.Detections) == 0 {
		t.Errorf("the scene is %+v", sc)
	}
	sc.Frame.Release()
	st := wait(t, "the first second's stats", book.stats)
	if st.FPSIn <= 0 || st.Stages["decode"].P50 <= 0 {
		t.Errorf("the stats say that nothing came: %+v", st)
	}
	for deadline := time.Now().Add(10 * time.Second); s.Name() != "Anna's phone"; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the phone is called %q, not what it said of itself", s.Name())
		}
	}

	conn.Close("enough")
	if reason := wait(t, "the phone to leave", book.left); reason != "enough" {
		t.Errorf("it left because %q", reason)
	}
	p.close()
	if n := s.pool.Outstanding(); n != 0 {
		t.Errorf("%d frames are still held after the end", n)
	}
	if len(m.Sessions()) != 0 {
		t.Error("the session is still in the list")
	}
	select {
	case err := <-book.failed:
		t.Errorf("a fault was told: %v", err)
	default:
	}
}

func TestJoinIsRefused(t *testing.T) {
	defer goleak.VerifyNone(t)
	host, err := peer.Listen(peer.Config{Addresses: []netip.Addr{netip.MustParseAddr("127.0.0.1")}})
	if err != nil {
		t.Fatal(err)
	}
	defer host.Close()
	book := newLedger()
	m := NewManager(host, NewWorker(), book, Display{}, nil)
	if _, err := m.Join(t.Context(), "v=nonsense", Visitor{}); !errors.Is(err, peer.ErrBadOffer) {
		t.Errorf("a broken offer gives %v", err)
	}
	if len(m.Sessions()) != 0 {
		t.Error("a session was kept for a broken offer")
	}
	no := NewManager(host, NewWorker(), book, Display{}, func(context.Context, Visitor) bool { return false })
	if _, err := no.Join(t.Context(), "", Visitor{}); !errors.Is(err, ErrRefused) {
		t.Errorf("a refused phone gets %v", err)
	}
	m.Close()
	if _, err := m.Join(t.Context(), "", Visitor{}); err == nil {
		t.Error("a closed manager lets a phone in")
	}
	if len(book.joined) != 0 || len(book.left) != 0 {
		t.Error("phones that never came were announced")
	}
}

func find(t *testing.T, m inference.Message, label string) inference.Detection {
	t.Helper()
	for _, d := range m.Detections {
		if d.Label == label {
			return d
		}
	}
	t.Fatalf("no %s among %+v", label, m.Detections)
	panic("unreachable")
}

func near(a, b inference.Box, tolerance float32) bool {
	for _, d := range []float32{a.X1 - b.X1, a.Y1 - b.Y1, a.X2 - b.X2, a.Y2 - b.Y2} {
		if d > tolerance || d < -tolerance {
			return false
		}
	}
	return true
}
