package session

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"
	pionmedia "github.com/pion/webrtc/v4/pkg/media"
	"github.com/pion/webrtc/v4/pkg/media/ivfreader"

	"handlens/inference"
	"handlens/inference/detector"
	"handlens/inference/testmodel"
	"handlens/media"
)

// ledger is a Sink that notes what it is told.
type ledger struct {
	NoSink
	mu         sync.Mutex
	joined     chan *Session
	left       chan media.Reason
	video      chan string
	detections chan inference.Message
	stats      chan Stats
	moved      chan Place
	failed     chan error

	viewers     chan *Viewer
	viewersLeft chan media.ReasonCode
}

func newLedger() *ledger {
	return &ledger{
		joined: make(chan *Session, 10), left: make(chan media.Reason, 10),
		video:      make(chan string, 10),
		detections: make(chan inference.Message, 1000), stats: make(chan Stats, 1000),
		failed: make(chan error, 1000), moved: make(chan Place, 10),

		viewers: make(chan *Viewer, 100), viewersLeft: make(chan media.ReasonCode, 100),
	}
}

func (l *ledger) Joined(s *Session)                    { l.joined <- s }
func (l *ledger) Left(_ *Session, reason media.Reason) { l.left <- reason }
func (l *ledger) Video(_ *Session, c media.Codec, w, h int) {
	if w == 96 && h == 64 {
		l.video <- c.String()
	}
}
func (l *ledger) Detections(_ *Session, m inference.Message) { l.detections <- m }
func (l *ledger) Stats(_ *Session, st Stats)                 { l.stats <- st }
func (l *ledger) ViewerJoined(v *Viewer)                     { l.viewers <- v }
func (l *ledger) ViewerLeft(_ *Viewer, r media.Reason)       { l.viewersLeft <- r.Code }
func (l *ledger) Moved(_ *Session, to Place, _ MoveWhy)      { l.moved <- to }
func (l *ledger) Failed(_ *Session, err error)               { l.failed <- err }

// phone is a real WebRTC peer that sends a clip over and over.
type phone struct {
	pc         *webrtc.PeerConnection
	offer      string
	detections chan []byte
	control    chan []byte
	results    *webrtc.DataChannel // what it finds itself
	say        *webrtc.DataChannel // of control
	stop       chan struct{}
	stopped    sync.WaitGroup
}

func newPhone(t *testing.T, clip string) *phone {
	t.Helper()
	var settings webrtc.SettingEngine
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetIPFilter(func(ip net.IP) bool { return ip.IsLoopback() })
	pc, err := webrtc.NewAPI(webrtc.WithSettingEngine(settings)).NewPeerConnection(
		webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	p := &phone{
		pc: pc, detections: make(chan []byte, 1000), control: make(chan []byte, 1000),
		stop: make(chan struct{}),
	}
	ordered, retransmits := false, uint16(0)
	boxes, err := pc.CreateDataChannel("detections",
		&webrtc.DataChannelInit{Ordered: &ordered, MaxRetransmits: &retransmits})
	if err != nil {
		t.Fatal(err)
	}
	p.results = boxes
	boxes.OnMessage(func(m webrtc.DataChannelMessage) { p.detections <- m.Data })
	control, err := pc.CreateDataChannel("control", nil)
	if err != nil {
		t.Fatal(err)
	}
	p.say = control
	control.OnMessage(func(m webrtc.DataChannelMessage) { p.hear(m.Data) })
	control.OnOpen(func() { control.SendText(`{"type":"hello","name":"Anna's phone"}`) })
	track, err := webrtc.NewTrackLocalStaticSample(
		webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8}, "video", "camera")
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
	p.stopped.Go(func() {
		p.play(track, clip)
	})
	return p
}

// hear answers questions about the clock, as the page does, and keeps the rest.
func (p *phone) hear(data []byte) {
	var m struct {
		Type string
		T0   float64
	}
	if json.Unmarshal(data, &m) == nil && m.Type == "ping" {
		_ = p.say.SendText(fmt.Sprintf(`{"type":"pong","t0":%f,"t1":%f}`, m.T0, unixMS()))
		return
	}
	p.control <- data
}

// unixMS is the phone's clock.
func unixMS() float64 { return float64(time.Now().UnixMicro()) / 1000 }

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
	if err := p.pc.SetRemoteDescription(webrtc.SessionDescription{
		Type: webrtc.SDPTypeAnswer,
		SDP:  answer,
	}); err != nil {
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
