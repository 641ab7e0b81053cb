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
)

// nowhere answers every phone, and has no connection to any.
type nowhere struct{}

func (nowhere) Answer(context.Context, string, peer.Handler) (*peer.Conn, error) { return nil, nil }

// testDesk is a program without a window and a network, with one phone. Its disk is as slow as the
// test wants.
type testDesk struct {
	*desk
	phone  *phone
	events *bufio.Scanner
	// starting gets something whenever a recording is being started, which waits until disk is
	// closed.
	starting chan struct{}
	disk     chan struct{}
	fault    error  // what starting says then, in place of starting
	leave    func() // has the phone leave, once
}

func newTestDesk(t *testing.T) *testDesk {
	t.Helper()
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CONFIG_HOME", "")
	p := &program{settings: mustOpen(t, t.TempDir()), brain: &brain{}}
	reader, writer := io.Pipe()
	var err error
	if p.events, err = openEvents("-", writer, func(err error) { t.Error(err) }); err != nil {
		t.Fatal(err)
	}
	terminal := openTerminal(io.Discard)
	p.console = &console{lines: terminal}
	p.desk = newDesk(p)
	d := &testDesk{
		desk: p.desk, events: bufio.NewScanner(reader),
		starting: make(chan struct{}, 10), disk: make(chan struct{}),
	}
	d.start = func(src recording.Source, o recording.Options) (*recording.Recording, error) {
		d.starting <- struct{}{}
		<-d.disk
		if d.fault != nil {
			return nil, d.fault
		}
		return recording.Start(src, o)
	}
	told := sinks{p.desk, p.events, p.console}
	p.manager = session.NewManager(nowhere{}, session.NewWorker(), told, session.Display{}, nil)
	from := session.Visitor{Name: "Phone", Address: "192.0.2.1"}
	if _, err := p.manager.Join(t.Context(), "", from); err != nil {
		t.Fatal(err)
	}
	s := p.manager.Sessions()[0]
	s.State(peer.Connected, media.Reason{})
	d.phone = d.find(s.ID())
	d.leave = sync.OnceFunc(func() { s.State(peer.Closed, media.Reason{Code: media.PhoneLeft}) })
	t.Cleanup(func() {
		promptly(t, "leaving", d.leave)
		promptly(t, "the desk's end", d.close)
		go func() { _, _ = io.Copy(io.Discard, reader) }() // until the writer is closed
		for _, c := range []io.Closer{terminal, p.events, writer} {
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	return d
}

// nextRecording is the state in the next event of a recording.
func (d *testDesk) nextRecording(t *testing.T) string {
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

func (d *testDesk) wantStartedAndEnded(t *testing.T) {
	t.Helper()
	for _, want := range []string{"started", "ended"} {
		if got := d.nextRecording(t); got != want {
			t.Errorf("the recording is %s, want %s", got, want)
		}
	}
}

// wantNoWait calls everything that must not wait, but for what makes the phone leave.
func (d *testDesk) wantNoWait(t *testing.T, on, ending bool) {
	t.Helper()
	id, s := d.phone.ID(), d.phone.Session
	promptly(t, "a scene", func() {
		sc, ok := d.phone.Scene()
		if !ok || sc.Recording.On != on || sc.Recording.Ending != ending {
			t.Errorf("the scene has %+v", sc.Recording)
		}
	})
	promptly(t, "holding the picture", func() { d.pause(id, true) })
	promptly(t, "seeking", func() { d.seek(id, time.Second) })
	promptly(t, "letting the picture go on", func() { d.pause(id, false) })
	promptly(t, "what a sink is told", func() {
		sink := sinks{d.desk, d.p.events, d.p.console}
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
	d := newTestDesk(t)
	id := d.phone.ID()
	begun := make(chan error, 1)
	go func() { begun <- d.record(id, true) }()
	soon(t, "the start", d.starting)
	d.wantNoWait(t, true, false)
	promptly(t, "asking again", func() {
		if err := d.record(id, true); err != nil {
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
		if err := d.record(id, false); err != nil {
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
	d := newTestDesk(t)
	id := d.phone.ID()
	var work sync.WaitGroup
	work.Go(func() {
		if err := d.record(id, true); err != nil {
			t.Error(err)
		}
	})
	soon(t, "the start", d.starting)
	work.Go(func() {
		if err := d.record(id, false); err != nil {
			t.Error(err)
		}
	})
	promptly(t, "the end to be asked for", func() {
		for sc, _ := d.phone.Scene(); !sc.Recording.Ending; sc, _ = d.phone.Scene() {
			time.Sleep(time.Millisecond)
		}
	})
	d.wantNoWait(t, true, true)
	if err := d.record(id, true); err == nil {
		t.Error("a recording begins while the last one is being finished")
	}
	close(d.disk)
	promptly(t, "both", work.Wait)
	d.wantStartedAndEnded(t)
}

// TestLeavesWhileItStarts has the phone leave before the disk has answered.
func TestLeavesWhileItStarts(t *testing.T) {
	d := newTestDesk(t)
	var work sync.WaitGroup
	work.Go(func() {
		if err := d.record(d.phone.ID(), true); err != nil {
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
	d := newTestDesk(t)
	d.fault = errors.New("the disk is full")
	close(d.disk)
	if err := d.record(d.phone.ID(), true); !errors.Is(err, d.fault) {
		t.Errorf("it says %v", err)
	}
	d.wantNoWait(t, false, false)
	if err := d.record(d.phone.ID(), false); err != nil {
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
// are being decoded for it. Only the desk's end waits for them.
func TestPauseDoesNotWaitForADecoder(t *testing.T) {
	d := newTestDesk(t)
	close(d.disk)
	decoded := make(chan struct{})
	play := d.play
	d.play = func(src recording.Source) player { return slowPlayer{play(src), decoded} }
	d.wantNoWait(t, false, false)
	d.pause(d.phone.ID(), true)
	promptly(t, "leaving", d.leave)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		d.close()
	}()
	select {
	case <-ended:
		t.Error("the desk did not wait for its players")
	default:
	}
	close(decoded)
	soon(t, "the desk's end", ended)
}
