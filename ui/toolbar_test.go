package ui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"handlens/ui/kit"
	"handlens/ui/kit/kittest"
	"handlens/ui/tile"
)

// orders notes what the window asks for; its functions are called from any goroutine.
type orders struct {
	mu   sync.Mutex
	list []string
}

func (o *orders) note(format string, args ...any) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.list = append(o.list, fmt.Sprintf(format, args...))
}

func (o *orders) take() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	list := o.list
	o.list = nil
	return list
}

// want waits until just that was asked for.
func (o *orders) want(t *testing.T, l *kittest.Loop, what ...string) {
	t.Helper()
	var got []string
	l.Until(t, fmt.Sprint(what, " are asked for"), func() bool {
		got = append(got, o.take()...)
		return len(got) >= len(what)
	})
	slices.Sort(got)
	slices.Sort(what)
	if !slices.Equal(got, what) {
		t.Errorf("the window asked for %q, want %q", got, what)
	}
}

// everything notes what phones are asked for.
func everything(o *orders) deeds {
	return deeds{
		snapshot: func(p string, kind Shot) (Saved, error) {
			o.note("shot %s %d", p, kind)
			return Saved{Annotated: "/pictures/a.png", Count: 1}, nil
		},
		record:      func(p string, on bool) error { o.note("record %s %v", p, on); return nil },
		pause:       func(p string, on bool) { o.note("pause %s %v", p, on) },
		resetCounts: func(p string) { o.note("reset %s", p) },
		disconnect:  func(p string) { o.note("disconnect %s", p) },
		camera: func(p string, c CameraWish) {
			switch {
			case c.Flip:
				o.note("flip %s", p)
			case c.Torch != nil:
				o.note("torch %s %v", p, *c.Torch)
			case c.Zoom != nil:
				o.note("zoom %s %.2f", p, *c.Zoom)
			}
		},
		saveReplay: func(_ context.Context, p string, last time.Duration,
			progress func(float64),
		) (string, error) {
			progress(0.5)
			o.note("replay %s %v", p, last)
			return "/videos/replay.mp4", nil
		},
	}
}

func TestKeysCommandThePhones(t *testing.T) {
	var o orders
	w, l := open(t, Config{Settings: DefaultSettings()})
	phones := joinWith(t, w, l, 2, everything(&o))
	for _, p := range phones {
		p.say(func(s *tile.Scene) {
			s.Camera = tile.CameraState{
				Known: true, HasTorch: p.id == "1", ZoomMin: 1, ZoomMax: 4,
				Zoom: 1,
			}
		})
	}
	l.Until(t, "the cameras are known", func() bool {
		return w.live.phones[0].status.camera.Known && w.live.phones[1].status.camera.Known
	})
	idle := func() { l.Until(t, "all is done", func() bool { return !w.tasks.Busy() }) }
	press(w, fyne.KeyR)
	o.want(t, l, "record 0 true", "record 1 true")
	idle()
	press(w, fyne.KeySpace)
	o.want(t, l, "pause 0 true", "pause 1 true")
	press(w, fyne.KeySpace) // before the phones have said that they stand still
	o.want(t, l, "pause 0 false", "pause 1 false")
	press(w, fyne.KeyT)
	o.want(t, l, "torch 1 true")
	phones[1].say(func(s *tile.Scene) { s.Camera.Torch = true })
	l.Until(t, "the torch is lit", func() bool { return w.live.phones[1].status.camera.Torch })
	press(w, fyne.KeyT)
	o.want(t, l, "torch 1 false")
	press(w, fyne.KeyC)
	o.want(t, l, "flip 0", "flip 1")
	test.TypeOnCanvas(w.win.Canvas(), "]]")
	o.want(t, l, "zoom 0 1.25", "zoom 1 1.25", "zoom 0 1.56", "zoom 1 1.56")
	test.TypeOnCanvas(w.win.Canvas(), "[")
	o.want(t, l, "zoom 0 1.25", "zoom 1 1.25")
	w.live.enlarge("1")
	press(w, fyne.KeyD)
	o.want(t, l, "shot 1 2")
	idle()
	w.shifted = func() bool { return true }
	press(w, fyne.KeyS)
	o.want(t, l, "shot 1 1")
	press(w, fyne.Key0)
	o.want(t, l, "reset 1")
	idle()
}

func TestCommandsStandOnlyWhereTheyMakeSense(t *testing.T) {
	w, l := open(t, Config{Settings: DefaultSettings()})
	phones := join(t, w, l, 1)
	b := w.live.bar
	for _, c := range []*command{b.flip, b.torch, b.in, b.out, b.gallery, b.problem, b.all} {
		if c.button.Visible() {
			t.Errorf("%s is offered, and nobody can do it", c.title)
		}
	}
	if b.flip.on || b.torch.on || b.in.on {
		t.Error("a camera that has not told what it can is commanded")
	}
	phones[0].say(func(s *tile.Scene) { s.Camera = tile.CameraState{Known: true} })
	l.Until(t, "the camera is known", func() bool { return b.flip.on })
	if b.torch.on || b.in.on {
		t.Error("a camera without torch and zoom is asked for them")
	}
}

func TestRecordingIsShownAsItGoes(t *testing.T) {
	var o orders
	w, l := open(t, Config{Settings: DefaultSettings()})
	p := joinWith(t, w, l, 1, everything(&o))[0]
	b := w.live.bar.record
	now := func(what string, r tile.RecordingState, holds func() bool) {
		t.Helper()
		p.say(func(s *tile.Scene) { s.Recording = r })
		l.Until(t, what, holds)
	}
	now("a recording is shown",
		tile.RecordingState{On: true, Length: 62 * time.Second, Bytes: 12_300_000}, func() bool {
			return b.words == "1:02 · 12.3 MB" && b.button.Importance == widget.DangerImportance &&
				b.title == "Stop recording"
		})
	now("the encoder is said",
		tile.RecordingState{On: true, Length: 62 * time.Second, Encoder: "OpenH264"}, func() bool {
			return b.button.Hint == "Stop recording  (R) · OpenH264"
		})
	now("drops are shown",
		tile.RecordingState{On: true, Length: 63 * time.Second, Bytes: 1, Dropped: 4},
		func() bool {
			return strings.Contains(b.short, "4 dropped")
		})
	press(w, fyne.KeyR)
	o.want(t, l, "record 0 false")
	l.Until(t, "it was passed on", func() bool { return !w.tasks.Busy() })
	now("the end is shown", tile.RecordingState{On: true, Ending: true}, func() bool {
		return b.words == "Finishing…" && b.button.Disabled()
	})
	press(w, fyne.KeyR)
	now("a problem is shown", tile.RecordingState{Err: errors.New("the disk is full")},
		func() bool {
			return w.live.bar.problem.button.Visible()
		})
	if list := o.take(); len(list) != 0 {
		t.Errorf("while a recording was being finished the window asked for %v", list)
	}
	test.Tap(w.live.bar.problem.button)
	if w.live.bar.problem.button.Visible() || len(w.toasts.live) != 1 {
		t.Error("the badge was pressed, but the problem was not said, or still stands")
	}
}

func TestRecordingFailureIsSaid(t *testing.T) {
	w, l := open(t, Config{})
	joinWith(t, w, l, 1, deeds{
		record: func(string, bool) error { return errors.New("the disk is full") },
	})
	press(w, fyne.KeyR)
	l.Until(t, "the failure is said", func() bool { return len(w.toasts.live) == 1 })
}

func TestReplayIsChosenFromWhatIsKept(t *testing.T) {
	var o orders
	w, l := open(t, Config{Settings: DefaultSettings()})
	joinWith(t, w, l, 1, everything(&o))
	press(w, fyne.KeyL)
	o.want(t, l, "replay 0 30s")
	l.Until(t, "the recording is there", func() bool {
		return !w.tasks.Busy() && len(w.toasts.live) == 1
	})
	w.askReplay()
	if w.win.Canvas().Overlays().Top() == nil {
		t.Fatal("the button asks for nothing")
	}
	press(w, fyne.KeyDown)
	press(w, fyne.KeyDown)
	press(w, fyne.KeyReturn)
	o.want(t, l, "replay 0 1m0s")
	l.Until(t, "the recording is there", func() bool {
		return !w.tasks.Busy() && len(w.toasts.live) == 2
	})
	w.change(func(s *Settings) { s.Replay = 30 * time.Second })
	w.askReplay()
	o.want(t, l, "replay 0 30s")
	l.Until(t, "the recording is there", func() bool { return !w.tasks.Busy() })
}

func TestReplayCanBeCancelled(t *testing.T) {
	w, l := open(t, Config{Settings: Settings{Replay: 30 * time.Second}})
	joinWith(t, w, l, 1, deeds{
		saveReplay: func(ctx context.Context, _ string, _ time.Duration, progress func(float64),
		) (string, error) {
			progress(0.25)
			<-ctx.Done()
			return "", ctx.Err()
		},
	})
	press(w, fyne.KeyL)
	var cancel *kit.Button
	l.Until(t, "the progress is shown", func() bool {
		cancel = findButton(w.toasts.box, "Cancel")
		return cancel != nil
	})
	test.Tap(cancel)
	l.Until(t, "it ended", func() bool { return !w.tasks.Busy() })
	if len(w.toasts.live) != 0 {
		t.Error("cancelling is called a failure")
	}
}

// At every width all that is on offer is either a button that lies whole within the bar and on no
// other, or in the menu.
func TestBarNeverOverlaps(t *testing.T) {
	var o orders
	w, l := open(t, Config{Settings: DefaultSettings()})
	p := joinWith(t, w, l, 1, everything(&o))[0]
	p.say(func(s *tile.Scene) {
		s.Camera = tile.CameraState{Known: true, HasTorch: true, ZoomMin: 1, ZoomMax: 4, Zoom: 1}
		s.Recording = tile.RecordingState{On: true, Length: time.Hour, Bytes: 1e9, Dropped: 1234}
	})
	l.Until(t, "all is known", func() bool { return w.live.phones[0].status.recording.On })
	before := 0
	for width := float32(leastWidth); width <= 1600; width += 20 {
		w.win.Resize(fyne.NewSize(width, leastHeight+180))
		b, right, shown := w.live.bar, float32(0), 0
		for _, c := range b.commands {
			if c.button.Visible() == c.folded && c.on {
				t.Fatalf("at %v %s is both in the bar and the menu, or in neither", width, c.title)
			}
			if !c.button.Visible() {
				continue
			}
			shown++
			if x := c.button.Position().X; x < right {
				t.Errorf("at %v %s begins at %v, where the one before has not yet ended: %v", width,
					c.title, x, right)
			}
			right = c.button.Position().X + c.button.Size().Width
			if least := c.button.MinSize(); c.button.Size().Width < least.Width {
				t.Errorf("at %v %s is cut off: %v of %v", width, c.title, c.button.Size().Width,
					least.Width)
			}
		}
		if right > b.object.Size().Width+0.5 {
			t.Errorf("at %v the bar ends at %v", width, right)
		}
		if !b.record.button.Visible() || !b.shot.button.Visible() || !b.more.button.Visible() {
			t.Errorf("at %v what matters most is not in the bar", width)
		}
		if shown < before {
			t.Errorf("at %v there are fewer buttons than in a narrower window", width)
		}
		before = shown
	}
}

func TestHintsSayWhatAnIconDoes(t *testing.T) {
	var o orders
	w, l := open(t, Config{Settings: DefaultSettings()})
	joinWith(t, w, l, 1, everything(&o))
	b := w.live.bar.shot.button
	b.MouseIn(nil)
	if !w.hints.Object.Visible() || w.hints.Text.Text != "Screenshot  (S)" {
		t.Errorf("over the button stands %q", w.hints.Text.Text)
	}
	b.MouseOut()
	if w.hints.Object.Visible() {
		t.Error("the hint stays")
	}
	w.win.Canvas().Focus(b)
	if !w.hints.Object.Visible() {
		t.Error("the focus says nothing")
	}
	for _, c := range w.live.bar.commands {
		if c.button.Hint == "" && c.on {
			t.Errorf("%s has no hint", c.title)
		}
	}
}

// Whoever only has a keyboard reaches every button and switch by Tab.
func TestTabReachesEverything(t *testing.T) {
	var o orders
	w, l := open(t, Config{Settings: DefaultSettings()})
	p := joinWith(t, w, l, 1, everything(&o))[0]
	p.say(func(s *tile.Scene) { s.Counts = []tile.ClassCount{{Label: "cat", Now: 1, Total: 1}} })
	l.Until(t, "the class is listed", func() bool {
		return len(w.live.sidebar.classes.rows.Objects) == 1
	})
	reached := map[fyne.Focusable]bool{}
	c := w.win.Canvas()
	for range 200 {
		c.FocusNext()
		if c.Focused() != nil {
			reached[c.Focused()] = true
		}
	}
	var want []fyne.Focusable
	for _, cmd := range w.live.bar.commands {
		if cmd.button.Visible() {
			want = append(want, cmd.button)
		}
	}
	side := w.live.sidebar
	row := side.classes.all[0]
	want = append(want, side.confidence, side.replay, side.classes.search, row.visible, row.blur,
		side.regions.line, side.regions.zone)
	for _, s := range side.checks {
		want = append(want, s.check)
	}
	for _, f := range want {
		if !reached[f] {
			t.Errorf("%T %v is not reached by Tab", f, f)
		}
	}
}
