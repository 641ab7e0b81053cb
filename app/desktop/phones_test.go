package desktop

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"handlens/app/recording"
	"handlens/app/session"
	"handlens/inference"
	"handlens/media"
	"handlens/media/peer"
	"handlens/ui"
)

// nowhere answers every phone, and has no connection to any.
type nowhere struct{}

func (nowhere) Answer(context.Context, string, peer.Handler) (*peer.Conn, error) { return nil, nil }

// testPhones is a registry without a network, with one phone. Its disk is as slow as the test
// wants.
type testPhones struct {
	*phoneRegistry
	tell   *fanout
	phone  *phone
	events *bufio.Scanner
	// starting gets something whenever a recording is being started, which waits until disk is
	// closed.
	starting chan struct{}
	disk     chan struct{}
	fault    error  // what starting says then, instead of starting
	leave    func() // has the phone leave, once
}

func newTestPhones(t *testing.T) *testPhones {
	t.Helper()
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CONFIG_HOME", "")
	reader, writer := io.Pipe()
	events, err := openEvents("-", writer, func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	terminal := openTerminal(io.Discard)
	d := &testPhones{
		tell: new(fanout), events: bufio.NewScanner(reader),
		starting: make(chan struct{}, 10), disk: make(chan struct{}),
	}
	d.phoneRegistry = newTestRegistry(t, d.tell)
	d.recorder.start = func(
		src recording.Source, o recording.Options,
	) (*recording.Recording, error) {
		d.starting <- struct{}{}
		<-d.disk
		if d.fault != nil {
			return nil, d.fault
		}
		return recording.Start(src, o)
	}
	d.tell.listeners = []listener{d.phoneRegistry, events, &console{lines: terminal}}
	d.phone, d.leave = joinTestPhone(t, d.phoneRegistry, d.tell)
	t.Cleanup(func() {
		promptly(t, "leaving", d.leave)
		promptly(t, "the recorder's end", d.close)
		go func() { _, _ = io.Copy(io.Discard, reader) }() // until the writer is closed
		for _, c := range []io.Closer{terminal, events, writer} {
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	return d
}

// newTestRegistry has a registry whose detector is ready.
func newTestRegistry(t *testing.T, tell listener) *phoneRegistry {
	t.Helper()
	settings := mustOpen(t, t.TempDir())
	model := func() modelState { return modelState{Name: "m"} }
	return newPhoneRegistry(newRecorder(settings, model, tell),
		&snapshots{settings: settings, model: model, tell: tell}, tell, false)
}

// joinTestPhone has a phone without a network join; leave has it leave, once.
func joinTestPhone(
	t *testing.T, r *phoneRegistry, tell listener,
) (ph *phone, leave func()) {
	t.Helper()
	return joinTestPhoneFrom(t, r, tell, session.Visitor{Name: "Phone", Address: "192.0.2.1"})
}

// joinTestPhoneFrom is joinTestPhone for that visitor.
func joinTestPhoneFrom(
	t *testing.T, r *phoneRegistry, tell listener, from session.Visitor,
) (ph *phone, leave func()) {
	t.Helper()
	m := session.NewManager(nowhere{}, session.NewWorker(), tell, session.Display{}, nil)
	if _, err := m.Join(t.Context(), "", from); err != nil {
		t.Fatal(err)
	}
	s := m.Sessions()[0]
	s.State(peer.Connected, media.Reason{})
	return r.find(s.ID()),
		sync.OnceFunc(func() { s.State(peer.Closed, media.Reason{Code: media.PhoneLeft}) })
}

// nextRecording is the state in the next event of a recording.
func (d *testPhones) nextRecording(t *testing.T) string {
	t.Helper()
	for {
		var v struct{ Event, State string }
		if err := json.Unmarshal([]byte(nextLine(t, d.events)), &v); err != nil {
			t.Fatal(err)
		}
		if v.Event == "recording" {
			return v.State
		}
	}
}

func (d *testPhones) wantStartedAndEnded(t *testing.T) {
	t.Helper()
	for _, want := range []string{"started", "ended"} {
		if got := d.nextRecording(t); got != want {
			t.Errorf("the recording is %s, want %s", got, want)
		}
	}
}

// wantNoWait calls everything that must not wait, but for what makes the phone leave.
func (d *testPhones) wantNoWait(t *testing.T, on, ending bool) {
	t.Helper()
	s := d.phone.Session
	promptly(t, "a scene", func() {
		sc, ok := d.phone.Scene()
		if !ok || sc.Recording.On != on || sc.Recording.Ending != ending {
			t.Errorf("the scene has %+v", sc.Recording)
		}
	})
	promptly(t, "holding the picture", func() { d.phone.Pause(true) })
	promptly(t, "seeking", func() { d.phone.Seek(time.Second) })
	promptly(t, "letting the picture go on", func() { d.phone.Pause(false) })
	promptly(t, "what a sink is told", func() {
		sink := d.tell
		sink.Connection(s, peer.Disconnected, media.Reason{})
		sink.Connection(s, peer.Connected, media.Reason{})
		sink.Video(s, media.VP8, 640, 480)
		sink.Detections(s, inference.Message{})
		sink.Stats(s, session.Stats{})
		sink.Failed(s, errors.New("a fault"))
	})
}

// TestSlowDiskHoldsUpNobody starts a recording on a disk that does not answer: the picture goes on,
// and asking again does no harm. When the disk answers, there is one recording.
func TestSlowDiskHoldsUpNobody(t *testing.T) {
	d := newTestPhones(t)
	begun := make(chan error, 1)
	go func() { begun <- d.phone.Record(true) }()
	soon(t, "the start", d.starting)
	d.wantNoWait(t, true, false)
	promptly(t, "asking again", func() {
		if err := d.phone.Record(true); err != nil {
			t.Errorf("asking again says %v", err)
		}
	})
	close(d.disk)
	if err := soon(t, "the recording", begun); err != nil {
		t.Fatal(err)
	}
	if got := d.nextRecording(t); got != "started" || len(d.starting) > 0 {
		t.Errorf("the recording is %s, and %d more are", got, len(d.starting))
	}
	promptly(t, "the recording's end", func() {
		if err := d.phone.Record(false); err != nil {
			t.Error(err)
		}
	})
	if got := d.nextRecording(t); got != "ended" {
		t.Errorf("the recording is %s", got)
	}
	d.wantNoWait(t, false, false)
}

// TestEndedWhileItStarts ends a recording before the disk has answered.
func TestEndedWhileItStarts(t *testing.T) {
	d := newTestPhones(t)
	var work sync.WaitGroup
	work.Go(func() {
		if err := d.phone.Record(true); err != nil {
			t.Error(err)
		}
	})
	soon(t, "the start", d.starting)
	work.Go(func() {
		if err := d.phone.Record(false); err != nil {
			t.Error(err)
		}
	})
	promptly(t, "the end to be asked for", func() {
		for sc, _ := d.phone.Scene(); !sc.Recording.Ending; sc, _ = d.phone.Scene() {
			time.Sleep(time.Millisecond)
		}
	})
	d.wantNoWait(t, true, true)
	if err := d.phone.Record(true); err == nil {
		t.Error("a recording begins while the last one is being finished")
	}
	close(d.disk)
	promptly(t, "both", work.Wait)
	d.wantStartedAndEnded(t)
}

// TestLeavesWhileItStarts has the phone leave before the disk has answered.
func TestLeavesWhileItStarts(t *testing.T) {
	d := newTestPhones(t)
	var work sync.WaitGroup
	work.Go(func() {
		if err := d.phone.Record(true); err != nil {
			t.Error(err)
		}
	})
	soon(t, "the start", d.starting)
	promptly(t, "leaving", d.leave)
	close(d.disk)
	promptly(t, "the start", work.Wait)
	d.wantStartedAndEnded(t)
}

// TestRecordingThatCannotStart says why, to the one who asked, and is over.
func TestRecordingThatCannotStart(t *testing.T) {
	d := newTestPhones(t)
	d.fault = errors.New("the disk is full")
	close(d.disk)
	if err := d.phone.Record(true); !errors.Is(err, d.fault) {
		t.Errorf("it says %v", err)
	}
	d.wantNoWait(t, false, false)
	if err := d.phone.Record(false); err != nil {
		t.Errorf("ending what is not there says %v", err)
	}
}

// slowPlayer is a player that cannot be closed before its picture is decoded.
type slowPlayer struct {
	player
	decoded chan struct{}
}

func (p slowPlayer) Close() {
	<-p.decoded
	p.player.Close()
}

// TestPauseDoesNotWaitForADecoder lets a held picture go on, and the phone leave, while pictures
// are being decoded for it. Only the recorder's end waits for them.
func TestPauseDoesNotWaitForADecoder(t *testing.T) {
	d := newTestPhones(t)
	close(d.disk)
	decoded := make(chan struct{})
	play := d.recorder.play
	d.recorder.play = func(src recording.Source) player { return slowPlayer{play(src), decoded} }
	d.wantNoWait(t, false, false)
	d.phone.Pause(true)
	promptly(t, "leaving", d.leave)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		d.close()
	}()
	select {
	case <-ended:
		t.Error("the recorder did not wait for its players")
	default:
	}
	close(decoded)
	soon(t, "the recorder's end", ended)
}

// TestNothingBeginsForAPhoneThatLeft asks a phone for everything after it has left.
func TestNothingBeginsForAPhoneThatLeft(t *testing.T) {
	d := newTestPhones(t)
	close(d.disk)
	d.leave()
	if ph := d.find(d.phone.ID()); ph != nil {
		t.Error("it can still be found")
	}
	if err := d.phone.Record(true); !errors.Is(err, errGone) || len(d.starting) > 0 {
		t.Errorf("recording says %v, and %d are starting", err, len(d.starting))
	}
	_, err := d.phone.SaveReplay(t.Context(), time.Second, func(float64) {})
	if !errors.Is(err, errGone) {
		t.Errorf("a replay says %v", err)
	}
	if _, err := d.phone.Snapshot(ui.OneShot); !errors.Is(err, errGone) {
		t.Errorf("a snapshot says %v", err)
	}
	d.phone.Pause(true)
	d.phone.Seek(time.Second)
	d.phone.Disconnect()
	if d.phone.player != nil {
		t.Error("it has a player that nobody will close")
	}
}

// TestLostWhileRecordedIsRecordedAgain loses a phone in the middle of a recording: the next from
// that address is recorded from its first frame, once.
func TestLostWhileRecordedIsRecordedAgain(t *testing.T) {
	d := newTestPhones(t)
	close(d.disk)
	if err := d.phone.Record(true); err != nil {
		t.Fatal(err)
	}
	soon(t, "the first recording", d.starting)
	d.phone.State(peer.Disconnected, media.Reason{})
	d.leave()
	for i, want := range []string{"started", "ended"} {
		if got := d.nextRecording(t); got != want {
			t.Fatalf("step %d of the first recording is %s", i, got)
		}
	}
	back, leave := joinTestPhone(t, d.phoneRegistry, d.tell)
	defer leave()
	d.Video(back.Session, media.VP8, 640, 480)
	if got := d.nextRecording(t); got != "started" {
		t.Errorf("after it came back the recording is %s", got)
	}
	d.Video(back.Session, media.VP8, 320, 240)
	if d.wasLost(back.Address()) {
		t.Error("it is still waited for")
	}
}

// TestLostPhoneIsKnownByItsName loses a phone in the middle of a recording: it is recorded again
// when it returns by another address, and another phone that has the address now is not.
func TestLostPhoneIsKnownByItsName(t *testing.T) {
	d := newTestPhones(t)
	close(d.disk)
	from := session.Visitor{Name: "Phone", Address: "192.0.2.7", Phone: "a-name-of-its-own"}
	ph, leave := joinTestPhoneFrom(t, d.phoneRegistry, d.tell, from)
	if err := ph.Record(true); err != nil {
		t.Fatal(err)
	}
	if !ph.recorded() {
		t.Error("the phone is not told that it is recorded")
	}
	ph.State(peer.Disconnected, media.Reason{})
	leave()
	d.wantStartedAndEnded(t)
	if ph.recorded() {
		t.Error("the phone is told that it is recorded")
	}
	if d.wasLost("192.0.2.7") {
		t.Error("any phone at that address is recorded")
	}
	from.Address = "192.0.2.8"
	back, leaveAgain := joinTestPhoneFrom(t, d.phoneRegistry, d.tell, from)
	defer leaveAgain()
	d.Video(back.Session, media.VP8, 640, 480)
	if got := d.nextRecording(t); got != "started" {
		t.Errorf("after it came back the recording is %s", got)
	}
}
