package ui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

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
	w, l := open(t, Config{Snapshot: func(phone string, _ Shot) (Saved, error) {
		mu.Lock()
		defer mu.Unlock()
		of = append(of, phone)
		return Saved{Annotated: "/pictures/a.png", Clean: "/pictures/c.png"}, nil
	}})
	press(w, fyne.KeyS) // nobody is here
	join(t, w, l, 1)
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
	w.RemovePhone("0", "it went to sleep")
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
	w.RemovePhone("nobody", "")
	w.RemovePhone("0", "the page was closed")
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
		t.Error("? did not open the sheet of keys")
	}
	press(w, fyne.KeyEscape)
	if w.keysModal != nil || !w.live.side.Visible() {
		t.Error("the first Esc did not close the sheet alone")
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
	w, l := open(t, Config{Disconnect: func(id string) { gone <- id }})
	join(t, w, l, 2)
	if w.live.bar.disconnect.button.Visible() {
		t.Error("with two phones to be seen one can be sent away unnamed")
	}
	test.Tap(w.live.phones[1].tile)
	test.Tap(w.live.bar.disconnect.button)
	if id := <-gone; id != "1" {
		t.Errorf("phone %s was sent away", id)
	}
}

func TestApproval(t *testing.T) {
	w, l := open(t, Config{})
	ask := func(ctx context.Context) chan bool {
		answer := make(chan bool, 1)
		go func() { answer <- w.AskApproval(ctx, "Anna's\nphone", "192.168.1.7") }()
		return answer
	}
	for _, c := range []struct {
		button string
		want   bool
	}{{"Allow", true}, {"Refuse", false}} {
		answer := ask(t.Context())
		l.Until(t, "the question stands", func() bool { return w.modals.Len() == 1 })
		button := findButton(w.modals.Top().Object(), c.button)
		if button == nil {
			t.Fatalf("there is no button %s", c.button)
		}
		test.Tap(button)
		if got := <-answer; got != c.want || w.modals.Len() != 0 {
			t.Errorf("%s answered %v", c.button, got)
		}
	}
	answer := ask(t.Context())
	l.Until(t, "the question stands", func() bool { return w.modals.Len() == 1 })
	press(w, fyne.KeyEscape)
	if <-answer {
		t.Error("Esc let the phone in")
	}
	ctx, cancel := context.WithCancel(t.Context())
	answer = ask(ctx)
	l.Until(t, "the question stands", func() bool { return w.modals.Len() == 1 })
	cancel()
	if <-answer {
		t.Error("a phone that left was let in")
	}
	l.Until(t, "the question went", func() bool { return w.modals.Len() == 0 })
	answer = ask(t.Context())
	l.Until(t, "the question stands", func() bool { return w.modals.Len() == 1 })
	w.close()
	if <-answer {
		t.Error("a closing window let a phone in")
	}
	if w.AskApproval(t.Context(), "x", "y") {
		t.Error("a closed window let a phone in")
	}
}

// findButton returns the button with that text in what is laid out, or nil.
func findButton(o fyne.CanvasObject, text string) *kit.Button {
	b, _ := kittest.Find(o, func(b *kit.Button) bool { return b.Text == text })
	return b
}

func TestModelIsDownloadedOnTheUsersWord(t *testing.T) {
	asked := make(chan string, 1)
	finish := make(chan error)
	w, l := open(t,
		Config{GetModel: func(ctx context.Context, name string,
			progress func(done, total int64),
		) error {
			asked <- name
			for i := range int64(1000) {
				progress(i, 1000)
			}
			select {
			case err := <-finish:
				return err
			case <-ctx.Done():
				return ctx.Err()
			}
		}})
	w.SetModel(Model{
		State: Failed, Message: "the engine is not here",
		Offers: []Offer{{
			Name: "tiny", Title: "Tiny", License: "Apache-2.0", Size: 4_100_000,
			MAP: 31,
		}},
	})
	l.Turn()
	view := w.model.views[0]
	get := findButton(view.object, "Download")
	if get == nil {
		t.Fatal("the offer has no button")
	}
	if len(asked) != 0 {
		t.Fatal("a download began by itself")
	}
	test.Tap(get)
	if name := <-asked; name != "tiny" {
		t.Errorf("%s is downloaded", name)
	}
	l.Until(t, "the progress is shown", func() bool {
		return w.model.done == 999 && w.model.total == 1000
	})
	finish <- errors.New("the server closed the connection")
	l.Until(t, "the download ended", func() bool { return w.model.getting == "" })
	if !strings.Contains(w.model.problem, "the server closed the connection") {
		t.Errorf("the problem is %q", w.model.problem)
	}
	test.Tap(findButton(view.object, "Download"))
	<-asked
	l.Until(t, "it can be cancelled", func() bool { return view.getting.Visible() })
	test.Tap(view.stop)
	l.Until(t, "the download was cancelled", func() bool { return w.model.getting == "" })
	if w.model.problem != "" {
		t.Errorf("cancelling is called a problem: %s", w.model.problem)
	}
}

// TestBuiltInDetectorOffersBetter wants the card to say what the built-in detector finds and to
// offer others, with less emphasis than where there is none, and to say why one was not to be had.
func TestBuiltInDetectorOffersBetter(t *testing.T) {
	finish := make(chan error)
	w, l := open(t, Config{
		Settings: DefaultSettings(),
		Models: func() []ModelChoice {
			return []ModelChoice{
				{Offer: Offer{
					Name: "large", Title: "Large", License: "MIT", Size: 4_100_000,
					MAP: 31,
				}},
				{Offer: Offer{Name: "starter", Title: "Handlens starter"}, Installed: true},
			}
		},
		GetModel: func(context.Context, string, func(done, total int64)) error { return <-finish },
	})
	w.SetModel(Model{
		State: Ready, BuiltIn: true, Name: "starter", Provider: "CPU",
		Labels: strings.Fields("person car bus cat dog cup bike tree hat sock"),
	})
	l.Until(t, "the offers are known", func() bool { return len(w.model.choices) == 2 })
	view := w.model.views[0]
	if got := view.state.Detail.Segment.Text; got != "Finds person, car, bus, cat, dog, cup, bike, "+
		"tree and 2 more. These find more, and more surely:" {
		t.Errorf("the card says %q", got)
	}
	get := findButton(view.object, "Download")
	if get == nil || get.Importance != widget.MediumImportance ||
		w.live.sidebar.model.more.Text != "Get a better detector…" {
		t.Fatalf("the offer's button is %+v", get)
	}
	w.SetModel(Model{
		State: Ready, BuiltIn: true, Name: "starter",
		Message: "starter is at work, since the model large is not installed",
	})
	l.Until(t, "the reason is known", func() bool { return w.model.model.Message != "" })
	for _, v := range w.model.views {
		if got := v.state.Label.Text + v.state.Detail.Segment.Text; !strings.Contains(got,
			"large is not installed") {
			t.Errorf("of why the starter is at work a view says %q", got)
		}
	}
	test.Tap(findButton(view.object, "Download"))
	finish <- errors.New("no network leads to the server")
	l.Until(t, "the download ended", func() bool { return w.model.getting == "" })
	if got := view.state.Detail.Segment.Text; !strings.Contains(got, "no network leads to the server") {
		t.Errorf("after the failure the card says %q", got)
	}
	w.SetModel(Model{State: Ready, Name: "large", Provider: "CPU"})
	l.Until(t, "the other is known", func() bool { return w.model.model.Name == "large" })
	if findButton(view.object, "Download") != nil {
		t.Error("beside a detector of the user's choice the card offers others")
	}
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

func TestPairingFollowsItsState(t *testing.T) {
	chosen := make(chan int, 1)
	w, l := open(t, Config{})
	w.SetPairing(Pairing{
		Address: "https://192.168.1.7:8443", Token: "secret", Chosen: 0, Choose: func(i int) {
			chosen <- i
		},
		Others: []AddressChoice{{"192.168.1.7", "wlan0", "Wi-Fi"}, {"10.8.0.3", "tun0", "VPN"}},
	})
	w.SetStage(Stage{State: Reached, Detail: "192.168.1.20"})
	l.Turn()
	v := w.first
	if v.address.words.Text != "https://192.168.1.7:8443" || v.code.words.Text != "secret" ||
		!v.address.words.Selectable {
		t.Errorf("address and code are %q and %q", v.address.words.Text, v.code.words.Text)
	}
	if v.state.Label.Text != "A phone has opened the page: 192.168.1.20" {
		t.Errorf("the state is %q", v.state.Label.Text)
	}
	if len(chosen) != 0 {
		t.Error("filling the choice chose")
	}
	v.network.SetSelectedIndex(1)
	if i := <-chosen; i != 1 {
		t.Errorf("network %d was chosen", i)
	}
	w.SetStage(Stage{})
	l.Turn()
	w.queue.Post("lonely", func() { w.lonely = true; w.updateStage() })
	l.Turn()
	if !strings.Contains(v.state.Detail.Segment.Text, "firewall") {
		t.Errorf("when nobody comes the hint is %q", v.state.Detail.Segment.Text)
	}
}
