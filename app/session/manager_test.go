package session

import (
	"context"
	"encoding/json"
	"errors"
	"net/netip"
	"testing"

	"go.uber.org/goleak"

	"handlens/inference"
	"handlens/media"
	"handlens/media/peer"
	"handlens/media/waittest"
)

// serve returns a Manager with a real host and a Worker with a real detector, which end with the
// test.
func serve(t *testing.T, sink Sink) *Manager {
	t.Helper()
	host, err := peer.Listen(peer.Config{Addresses: []netip.Addr{netip.MustParseAddr("127.0.0.1")}})
	if err != nil {
		t.Fatal(err)
	}
	worker := NewWorker()
	worker.SetDetector(openDetector(t))
	ctx, cancel := context.WithCancel(context.Background())
	finished := make(chan struct{})
	go func() { worker.Run(ctx); close(finished) }()
	m := NewManager(host, worker, sink, Display{Confidence: 0.4}, nil)
	t.Cleanup(func() {
		m.Close()
		cancel()
		<-finished
		if err := host.Close(); err != nil {
			t.Error(err)
		}
	})
	return m
}

// join has a phone with a clip of that name join, and returns its session once it has.
func (p *phone) join(t *testing.T, m *Manager, book *ledger) (*Session, *peer.Conn) {
	t.Helper()
	conn, err := m.Join(t.Context(), p.offer, Visitor{Name: "a phone", Address: "127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	p.accept(t, conn.Answer())
	return waittest.Receive(t, "the phone joins", book.joined), conn
}

func TestAPhoneFromJoiningToLeaving(t *testing.T) {
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
	book := newLedger()
	m := serve(t, book)
	p := newPhone(t, "../../media/ffmpeg/testdata/vp8.ivf")
	s, conn := p.join(t, m, book)
	if codec := waittest.Receive(t, "the first frame", book.video); codec != "VP8" {
		t.Errorf("the codec is %s, want VP8", codec)
	}
	wantRed(t, book)
	wantModelTold(t, p)
	wantScene(t, s)
	st := waittest.Receive(t, "the first second's stats", book.stats)
	if st.FPSIn <= 0 || st.Stages.Decode.P50 <= 0 || st.Stages.Decode.Samples == 0 {
		t.Errorf("the stats say that nothing came: %+v", st)
	}
	waittest.Until(t, "the phone has the name that it says", func() bool {
		return s.Name() == "Anna's phone"
	})

	conn.Close(media.Reason{Code: media.SentAway})
	why := waittest.Receive(t, "the phone leaves", book.left)
	if why.Code != media.SentAway {
		t.Errorf("it left because %v", why)
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

// wantRed waits for detections and checks where the red patch is.
func wantRed(t *testing.T, book *ledger) {
	t.Helper()
	var found inference.Message
	for len(found.Detections) == 0 {
		found = waittest.Receive(t, "detections", book.detections)
	}
	red := find(t, found, "red")
	if want := (inference.Box{X1: 0, Y1: 0, X2: 0.5, Y2: 0.5}); !near(red.Box, want, 0.05) {
		t.Errorf("red is at %+v, want about %+v", red.Box, want)
	}
}

// wantModelTold waits for detections on the phone and checks the model's name there.
func wantModelTold(t *testing.T, p *phone) {
	t.Helper()
	var sent struct {
		Model      string `json:"model"`
		Detections []struct {
			Box   [4]float64 `json:"box"`
			Label string     `json:"label"`
		} `json:"detections"`
	}
	b := waittest.Receive(t, "detections on the phone", p.detections)
	if err := json.Unmarshal(b, &sent); err != nil {
		t.Fatal(err)
	}
	if sent.Model != "patches" {
		t.Errorf("the phone is told of model %q, want patches", sent.Model)
	}
}

func wantScene(t *testing.T, s *Session) {
	t.Helper()
	sc := s.Scene()
	if sc.Frame == nil || sc.Frame.Width != 96 || len(sc.Detections) == 0 {
		t.Fatalf("the scene is %+v", sc)
	}
	sc.Frame.Release()
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
	no := NewManager(host, NewWorker(), book, Display{}, func(context.Context, Visitor) bool {
		return false
	})
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

// The limit holds from the moment it is set, for those who are about to join as well.
func TestAsManyPhonesAsAreWanted(t *testing.T) {
	asked, answer := make(chan Visitor), make(chan bool)
	m := NewManager(nil, NewWorker(), NoSink{}, Display{}, func(_ context.Context, v Visitor) bool {
		asked <- v
		return <-answer
	})
	m.SetMaxPhones(1)
	ended := make(chan error)
	join := func() {
		_, err := m.Join(t.Context(), "", Visitor{})
		ended <- err
	}
	go join()
	<-asked
	if _, err := m.Join(t.Context(), "", Visitor{}); !errors.Is(err, ErrFull) {
		t.Errorf("the second of one phone gets %v", err)
	}
	m.SetMaxPhones(2)
	go join()
	<-asked
	if _, err := m.Join(t.Context(), "", Visitor{}); !errors.Is(err, ErrFull) {
		t.Errorf("the third of two phones gets %v", err)
	}
	for range 2 {
		answer <- false
		if err := <-ended; !errors.Is(err, ErrRefused) {
			t.Errorf("one that is asked for and refused gets %v", err)
		}
	}
}
