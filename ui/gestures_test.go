package ui

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"handlens/media"
	"handlens/ui/kit"
	"handlens/ui/kit/kittest"
	"handlens/ui/tile"
)

// press sends a key to the window as the driver does: to what has the focus, else to the canvas.
func press(w *Window, name fyne.KeyName) {
	ev := &fyne.KeyEvent{Name: name}
	if f := w.win.Canvas().Focused(); f != nil {
		f.TypedKey(ev)
		return
	}
	w.win.Canvas().OnTypedKey()(ev)
}

func TestSliderSetsTheConfidence(t *testing.T) {
	var set []float64
	w, l := open(t,
		Config{Settings: DefaultSettings(), Changed: func(s Settings) {
			set = append(set, s.Confidence)
		}})
	join(t, w, l, 1)
	side := w.live.sidebar
	if side.percent.Text != "40 %" || len(set) != 0 {
		t.Errorf("at first the slider says %s and told %v", side.percent.Text, set)
	}
	side.confidence.SetValue(0.75)
	if len(set) != 1 || set[0] != 0.75 || side.percent.Text != "75 %" {
		t.Errorf("the slider says %s and told %v", side.percent.Text, set)
	}
	test.TypeOnCanvas(w.win.Canvas(), "-")
	if len(set) != 2 || side.percent.Text != "70 %" || side.confidence.Value > 0.701 {
		t.Errorf("after a minus the slider says %s and told %v", side.percent.Text, set)
	}
}

func TestSTakesASnapshotWhateverHasTheFocus(t *testing.T) {
	var mu sync.Mutex
	var of []string
	w, l := open(t, Config{})
	press(w, fyne.KeyS) // nobody is here
	joinWith(t, w, l, 1, deeds{snapshot: func(phone string, _ Shot) (Saved, error) {
		mu.Lock()
		defer mu.Unlock()
		of = append(of, phone)
		return Saved{Annotated: "/pictures/a.png", Clean: "/pictures/c.png"}, nil
	}})
	press(w, fyne.KeyS)
	l.Until(t, "the notice stands", func() bool { return len(w.toasts.live) == 1 })
	w.win.Canvas().Focus(w.live.sidebar.confidence)
	press(w, fyne.KeyS)
	l.Until(t, "the second notice stands", func() bool { return len(w.toasts.live) == 2 })
	mu.Lock()
	defer mu.Unlock()
	if !slices.Equal(of, []string{"0", "0"}) {
		t.Errorf("snapshots were taken of %v", of)
	}
}

func TestSnapshotFailureIsSaid(t *testing.T) {
	w, _ := open(t, Config{})
	n := w.savedNotice(Saved{}, OneShot, errors.New("the disk is full"))
	if n.Kind != kit.Failure || n.Text != "The screenshot was not saved: the disk is full" ||
		n.Action != nil {
		t.Errorf("the notice is %+v", n)
	}
}

func TestTapEnlargesAndGoesBack(t *testing.T) {
	w, l := open(t, Config{})
	join(t, w, l, 3)
	visible := func() (ids string) {
		for _, s := range w.live.phones {
			if s.tile.Visible() {
				ids += s.id
			}
		}
		return ids
	}
	if v := visible(); v != "012" {
		t.Fatalf("at first %q are to be seen", v)
	}
	small := w.live.phones[1].tile.Size()
	test.Tap(w.live.phones[1].tile)
	if v := visible(); v != "1" {
		t.Errorf("after a tap %q are to be seen", v)
	}
	if large := w.live.phones[1].tile.Size(); large.Width <= small.Width ||
		large.Height <= small.Height {
		t.Errorf("the tapped tile grew from %v to %v", small, large)
	}
	press(w, fyne.KeyEscape)
	if v := visible(); v != "012" {
		t.Errorf("after Esc %q are to be seen", v)
	}
	test.Tap(w.live.phones[2].tile)
	test.Tap(w.live.phones[2].tile)
	if v := visible(); v != "012" {
		t.Errorf("after two taps %q are to be seen", v)
	}
	test.Tap(w.live.phones[0].tile)
	w.RemovePhone("0", media.Reason{Code: media.PhoneLost})
	l.Turn()
	if v := visible(); v != "12" {
		t.Errorf("after the large one left %q are to be seen", v)
	}
}

func TestPhonesComeAndGo(t *testing.T) {
	w, l := open(t, Config{})
	if !w.first.object.Visible() || w.live.object.Visible() {
		t.Error("the window does not begin with the code")
	}
	join(t, w, l, 1)
	if w.first.object.Visible() || !w.live.object.Visible() {
		t.Error("the phone's picture is not shown")
	}
	again := &fakePhone{id: "0"}
	again.put(t, 7, 32, 32, 0)
	w.AddPhone(again)
	l.Until(t, "the phone that came back is shown", func() bool {
		return len(w.live.phones) == 1 && shownFrame(w.live.phones[0]) == 7
	})
	w.RemovePhone("nobody", media.Reason{})
	w.RemovePhone("0", media.Reason{Code: media.PhoneLeft})
	l.Turn()
	if !w.first.object.Visible() || w.live.object.Visible() || len(w.toasts.live) != 1 {
		t.Error("after the last phone left the code is not back")
	}
	w.close()
	w.tasks.Wait()
	again.end(t)
}

func TestKeysOpenAndEscCloses(t *testing.T) {
	w, l := open(t, Config{Version: "1.2.3"})
	join(t, w, l, 1)
	press(w, fyne.KeyP)
	if !w.live.side.Visible() {
		t.Error("P did not open the pairing panel")
	}
	test.TypeOnCanvas(w.win.Canvas(), "?")
	if w.keysModal == nil {
		t.Error("? did not open the list of keys")
	}
	press(w, fyne.KeyEscape)
	if w.keysModal != nil || !w.live.side.Visible() {
		t.Error("the first Esc did not close the list alone")
	}
	press(w, fyne.KeyEscape)
	if w.live.side.Visible() {
		t.Error("the second Esc did not close the panel")
	}
	press(w, fyne.KeyF)
	if !w.win.FullScreen() || w.live.bottom.Visible() {
		t.Error("F did not fill the screen")
	}
	press(w, fyne.KeyEscape)
	if w.win.FullScreen() || !w.live.bottom.Visible() {
		t.Error("Esc did not leave the full screen")
	}
	press(w, fyne.KeyH)
	if w.settings.Figures != tile.FiguresStages {
		t.Error("H did not show the stages")
	}
	press(w, fyne.KeyH)
	if w.settings.Figures != tile.FiguresOff {
		t.Error("the second H did not hide the figures")
	}
}

func TestDisconnectIsForOnePhone(t *testing.T) {
	gone := make(chan string, 4)
	w, l := open(t, Config{})
	joinWith(t, w, l, 2, deeds{disconnect: func(id string) { gone <- id }})
	if w.live.bar.disconnect.button.Visible() {
		t.Error("with two phones to be seen one can be sent away unnamed")
	}
	test.Tap(w.live.phones[1].tile)
	test.Tap(w.live.bar.disconnect.button)
	if id := <-gone; id != "1" {
		t.Errorf("phone %s was sent away", id)
	}
}

// findButton returns the button with that text in what is laid out, or nil.
func findButton(o fyne.CanvasObject, text string) *kit.Button {
	b, _ := kittest.Find(o, func(b *kit.Button) bool { return b.Text == text })
	return b
}

func TestNoticesAreFew(t *testing.T) {
	w, l := open(t, Config{})
	for i := range 100 {
		w.Notice(kit.Notice{Text: fmt.Sprint("notice ", i)})
	}
	if n := w.queue.Len(); n > maxWaitingNotices {
		t.Errorf("%d notices wait", n)
	}
	l.Turn()
	if len(w.toasts.live) != maxToasts || len(w.toasts.box.Objects) != maxToasts {
		t.Errorf("%d notices stand, want %d", len(w.toasts.live), maxToasts)
	}
	done := make(chan bool, 1)
	w.Notice(kit.Notice{Text: "do", ActionLabel: "Now", Action: func() { done <- true }})
	l.Turn()
	test.Tap(findButton(w.toasts.box, "Now"))
	<-done
	if len(w.toasts.live) != maxToasts-1 {
		t.Error("a notice that was acted on still stands")
	}
}
