package session

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"

	"handlens/inference"
	"handlens/inference/detector"
	"handlens/media"
	"handlens/media/waittest"
)

// While a phone detects, its results go the way of the computer's, and the computer leaves its
// frames alone; when it falls silent, the computer goes on.
func TestAPhoneDetectsByItself(t *testing.T) {
	book := newLedger()
	m := serve(t, book)
	p := newPhone(t, "../../media/ffmpeg/testdata/vp8.ivf")
	t.Cleanup(p.close)
	s, conn := p.join(t, m, book)
	wantRed(t, book)
	for waittest.Receive(t, "stats", book.stats).Computer.FPS == 0 {
	}
	m.SetDisplay(Display{Confidence: 0.4, DetectOn: OnPhone})
	waittest.Until(t, "the phone is asked to detect", func() bool {
		return bytes.Contains(waittest.Receive(t, "a message", p.control), []byte(`"detect":true`))
	})
	waittest.Until(t, "the clock", func() bool {
		return conn.Stats().ClockKnown && p.results.ReadyState() == webrtc.DataChannelStateOpen
	})
	if err := p.say.SendText(
		`{"type":"detector","state":"ready","model":"tiny","took":20}`); err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	t.Cleanup(p.tells(t, stop))
	wantThePhones(t, s, book)
	close(stop)
	for r := (inference.Message{Model: "tiny"}); r.Model == "tiny"; {
		r = waittest.Receive(t, "the computer's results", book.detections)
	}
	if to := waittest.Receive(t, "the move back", book.moved); to != OnComputer {
		t.Errorf("detection is on the %s", to)
	}
}

// wantThePhones waits for what the phone finds, and looks at what becomes of it.
func wantThePhones(t *testing.T, s *Session, book *ledger) {
	t.Helper()
	var first inference.Message
	for first.Model != "tiny" {
		first = waittest.Receive(t, "the phone's results", book.detections)
	}
	d := find(t, first, "kite")
	if want := (inference.Box{X1: 0.25, Y1: 0.25, X2: 0.5, Y2: 0.75}); !near(d.Box, want, 0.001) ||
		d.Class != 7 || d.Track == 0 || first.Age > 1000 {
		t.Errorf("it finds %+v, %d ms ago", d, first.Age)
	}
	if to := waittest.Receive(t, "the move", book.moved); to != OnPhone {
		t.Errorf("detection is on the %s", to)
	}
	// Many results later none is the computer's.
	for range 20 {
		if r := waittest.Receive(t, "more results", book.detections); r.Model != "tiny" {
			t.Fatalf("%s detects too", r.Model)
		}
	}
	st := waittest.Receive(t, "stats", book.stats)
	for st.DetectOn != OnPhone || st.Phone.FPS == 0 {
		st = waittest.Receive(t, "stats", book.stats)
	}
	if st.Phone.Took != 20*ms || st.Phone.Age <= 0 || st.Phone.Load <= 0 || st.Computer.FPS == 0 {
		t.Errorf("the phone's figures are %+v, the computer's %+v", st.Phone, st.Computer)
	}
	if counts := s.Scene().Counts; len(counts) == 0 {
		t.Error("nothing was counted")
	}
}

// tells has the phone send results, 25 a second, until stop is closed.
func (p *phone) tells(t *testing.T, stop chan struct{}) (wait func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(40 * ms)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-p.stop:
				return
			case <-t.Context().Done():
				return
			case <-tick.C:
			}
			_ = p.results.SendText(fmt.Sprintf(`{"t":%f,"took":20,"detections":[{"box":[0.25,`+
				`0.25,0.5,0.75],"label":"kite","class":7,"confidence":0.9}]}`, unixMS()-60))
		}
	}()
	return func() { <-done }
}

// A result belongs to the frame that was taken nearest to its time; it waits for that frame, but
// not for ever, and one that comes after a newer one is too late.
func TestAResultFindsItsFrame(t *testing.T) {
	now := time.Now()
	var got []time.Duration
	s := newSession("phone-1", Visitor{}, NewWorker(), heard{told: func(m inference.Message) {
		got = append(got, time.Duration(m.T-now.UnixMilli())*ms)
	}}, Display{Confidence: 0.4})
	s.now = func() time.Time { return now }
	s.phoneClock = func(v float64) (time.Time, bool) {
		return now.Add(time.Duration(v) * ms), v > -5000
	}
	result := func(at int) { s.Detections(fmt.Appendf(nil, `{"t":%d,"detections":[]}`, at)) }
	frame := func(at int) {
		s.own.remember(&media.Frame{
			Captured: now.Add(time.Duration(at) * ms), PTS: time.Duration(at+10_000) * ms,
		})
		s.deliverResults()
	}
	expect := func(what string, want ...time.Duration) {
		t.Helper()
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: results of %v were told, want %v", what, got, want)
		}
		got = nil
	}
	result(-900)
	expect("before any frame")
	frame(-1000)
	expect("before its frame")
	frame(-904)
	expect("with its frame", -904*ms)
	frame(-870)
	result(-875)
	expect("near a frame", -870*ms)
	result(-905)
	expect("late")
	result(-6000)
	expect("from nowhere")
	result(-100)
	later := now.Add(2 * resultWaits)
	s.now = func() time.Time { return later }
	frame(-200)
	frame(-90)
	expect("after its time")
	if n := s.own.malformed.Load(); n != 1 {
		t.Errorf("%d made no sense", n)
	}
}

// heard is a Sink that passes detections on.
type heard struct {
	NoSink
	told func(inference.Message)
}

func (h heard) Detections(_ *Session, m inference.Message) { h.told(m) }

// A phone whose holder has switched detection off is not asked again when its page comes back.
func TestTheHolderOfThePhoneHasTheLastWord(t *testing.T) {
	s := newSession("phone-1", Visitor{}, NewWorker(), NoSink{}, Display{})
	s.setDisplay(Display{DetectOn: OnPhone})
	if d := s.wish.Detect; d == nil || !*d {
		t.Fatal("the wish does not last")
	}
	s.setDisplay(Display{DetectOn: OnPhone, Confidence: 0.3})
	s.Control([]byte(`{"type":"detector","state":"off","why":"user"}`))
	if s.wish.Detect != nil {
		t.Error("it would be asked again")
	}
	s.own.mu.Lock()
	defer s.own.mu.Unlock()
	if s.own.able() {
		t.Error("it is asked all the same")
	}
}

// Nor is a phone whose holder has switched detection on told to end it, when its page comes back
// and the computer had wanted so before.
func TestADetectingPageThatComesBackGoesOn(t *testing.T) {
	s := newSession("phone-1", Visitor{}, NewWorker(), NoSink{}, Display{})
	s.setDisplay(Display{DetectOn: OnPhone})
	s.setDisplay(Display{DetectOn: OnComputer})
	if d := s.wish.Detect; d == nil || *d {
		t.Fatal("the wish does not last")
	}
	s.Control([]byte(`{"type":"detector","state":"failed"}`))
	if s.wish.Detect == nil {
		t.Error("a detector that has failed is a wish of the holder's")
	}
	s.Control([]byte(`{"type":"detector","state":"ready","took":40}`))
	s.Control([]byte(`{"type":"hello","name":"A phone"}`))
	if s.wish.Detect != nil {
		t.Error("a page that comes back while it detects would be told to end that")
	}
}

// The computer's late result of a frame does not disturb what the phone has found since.
func TestTheComputersLastResultIsLeftOut(t *testing.T) {
	n := 0
	s := newSession("phone-1", Visitor{}, NewWorker(), heard{told: func(inference.Message) { n++ }},
		Display{})
	s.phoneClock = func(float64) (time.Time, bool) { return time.Now(), true }
	f := &media.Frame{Captured: time.Now(), PTS: time.Second}
	s.detected(f, nil, detector.Timing{}, detector.Info{})
	b, err := json.Marshal(map[string]any{"t": 1, "detections": []int{}})
	if err != nil {
		t.Fatal(err)
	}
	s.Detections(b)
	s.detected(f, nil, detector.Timing{}, detector.Info{})
	if n != 1 {
		t.Errorf("%d results were told, want the first", n)
	}
}
