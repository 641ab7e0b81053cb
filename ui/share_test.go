package ui

import (
	"errors"
	"fmt"
	"image"
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
)

// fakeShare gives a link while it is on.
type fakeShare struct {
	mu    sync.Mutex
	on    bool
	links int
	did   orders
	err   error
}

func (f *fakeShare) Link() (string, func(int) (image.Image, error)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.on {
		return "", nil
	}
	return fmt.Sprintf("https://10.0.0.2:8443/watch#LINK%d", f.links),
		func(pixels int) (image.Image, error) {
			return image.NewGray(image.Rect(0, 0, pixels, pixels)), nil
		}
}

func (f *fakeShare) Viewers() []Viewer { return nil }

func (f *fakeShare) Dismiss(id string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.did.note("dismiss %q", id)
	return f.err
}

func (f *fakeShare) RenewLink() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.did.note("renew")
	f.links++
	return f.err
}

func (f *fakeShare) set(on bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.on = on
}

// openShare opens a window with the panel in it.
func openShare(t *testing.T, f *fakeShare, got *Settings) (*Window, *kittest.Loop) {
	t.Helper()
	w, l := open(t, Config{
		Share: f, Settings: DefaultSettings(), Changed: func(s Settings) {
			f.set(s.Share)
			*got = s
		},
	})
	press(w, fyne.KeyO)
	press(w, fyne.KeyO)
	if w.share == nil || w.modals.Len() != 1 {
		t.Fatalf("O opened %d panels", w.modals.Len())
	}
	return w, l
}

// watching is who is listed, with what is said of each.
func watching(w *Window) (all []string) {
	for _, row := range w.share.list.Objects {
		said := ""
		for _, o := range test.LaidOutObjects(row) {
			switch o := o.(type) {
			case *widget.Label:
				said = o.Text
			case *widget.RichText:
				if text := o.String(); text != said { // a label has one inside
					said += " | " + text
				}
			}
		}
		all = append(all, said)
	}
	return all
}

// Nothing is shared until somebody says so; then there is a link, and a new one on request.
func TestShareIsSwitchedOn(t *testing.T) {
	var got Settings
	f := new(fakeShare)
	w, l := openShare(t, f, &got)
	panel := w.modals.Top().Object()
	on, ok := kittest.Find(panel, func(*kit.Check) bool { return true })
	if !ok || on.Checked || w.share.way.Visible() {
		t.Fatal("it is on at first, or there is no switch")
	}
	on.SetChecked(true)
	if !got.Share {
		t.Error("the settings do not have it")
	}
	link := func() string { return w.share.link.Text }
	l.Until(t, "there is a link", func() bool { return strings.HasSuffix(link(), "#LINK0") })
	if !w.share.way.Visible() || w.share.code.draw == nil {
		t.Error("there is no code")
	}
	test.Tap(findButton(panel, "Copy the link"))
	if clip := w.app.Clipboard().Content(); clip != link() {
		t.Errorf("%q was copied", clip)
	}
	test.Tap(findButton(panel, "New link"))
	f.did.want(t, l, "renew")
	l.Until(t, "there is a new link", func() bool { return strings.HasSuffix(link(), "#LINK1") })
	if said := w.share.said.Segment.Text; !strings.Contains(said, "new link") {
		t.Errorf("it says %q", said)
	}
	on.SetChecked(false)
	l.Until(t, "the link is gone", func() bool { return !w.share.way.Visible() })
	if got.Share {
		t.Error("it cannot be switched off")
	}
}

func TestShareLimit(t *testing.T) {
	var got Settings
	w, _ := openShare(t, new(fakeShare), &got)
	most, ok := kittest.Find(w.modals.Top().Object(), func(*kit.Select) bool { return true })
	if !ok || most.Selected != "4 viewers" || len(most.Options) != MostViewers {
		t.Fatalf("the limit is %+v", most)
	}
	most.SetSelectedIndex(0)
	if got.MaxViewers != 1 {
		t.Errorf("the limit became %d", got.MaxViewers)
	}
}

func TestShareListsWhoWatches(t *testing.T) {
	var got Settings
	f := new(fakeShare)
	w, l := openShare(t, f, &got)
	since := time.Now().Add(-time.Minute)
	w.SetViewers([]Viewer{{ID: "lost"}}) // only the newest counts
	w.SetViewers([]Viewer{
		{ID: "a", Name: "Anna's\niPad", Address: "10.0.0.7", Phone: "Pixel 7", Since: since},
		{ID: "b"},
	})
	l.Until(t, "both are listed", func() bool { return len(watching(w)) == 2 })
	want := "Anna's iPad | 10.0.0.7  ·  watches Pixel 7  ·  since " + kit.When(since, time.Now()) +
		" | Dismiss"
	if all := watching(w); all[0] != want || !strings.HasPrefix(all[1], "A browser") {
		t.Errorf("the list has %q, want %q first", all, want)
	}
	panel := w.modals.Top().Object()
	test.Tap(findButton(w.share.list.Objects[0], "Dismiss"))
	f.did.want(t, l, `dismiss "a"`)
	l.Until(t, "it says so", func() bool {
		return strings.HasPrefix(w.share.said.Segment.Text, "Anna's iPad was dismissed")
	})
	f.mu.Lock()
	f.err = errors.New("the viewer is stuck")
	f.mu.Unlock()
	test.Tap(findButton(panel, "Dismiss all"))
	f.did.want(t, l, `dismiss ""`)
	l.Until(t, "it says what went wrong", func() bool {
		return strings.Contains(w.share.said.Segment.Text, "the viewer is stuck")
	})
	w.SetViewers(nil)
	l.Until(t, "nobody is listed", func() bool {
		return slices.Equal(watching(w), []string{" | Nobody."})
	})
	if w.share.off.Visible() {
		t.Error("nobody can be dismissed")
	}
}

// The bar says how many watch, also where there is little room.
func TestBarSaysHowManyWatch(t *testing.T) {
	w, l := open(t, Config{Share: new(fakeShare), Settings: DefaultSettings()})
	w.win.Resize(fyne.NewSize(leastWidth, 500))
	join(t, w, l, 1)[0].say(busy)
	b := w.live.bar.share
	l.Until(t, "a narrow bar has no room for it", func() bool { return b.on && b.folded })
	w.SetViewers([]Viewer{{ID: "a"}, {ID: "b"}})
	l.Until(t, "the bar says two", func() bool { return b.button.Text == "2" && !b.folded })
	if b.button.Hint != "2 watch in a browser  (O)" {
		t.Errorf("the hint is %q", b.button.Hint)
	}
	w.SetViewers(nil)
	l.Until(t, "the bar says none", func() bool { return b.folded })
}

// What it means is said: with "ask", the link alone is not enough.
func TestShareSaysWhatItMeans(t *testing.T) {
	for approve, want := range map[string]string{
		ApproveAuto: "Anyone with the link", ApproveAsk: "once it is let in here",
	} {
		cfg := Config{Share: new(fakeShare), Settings: DefaultSettings()}
		cfg.Settings.Approve = approve
		w, _ := open(t, cfg)
		w.showShare()
		if _, ok := kittest.Find(w.modals.Top().Object(), func(n *widget.RichText) bool {
			return strings.Contains(n.String(), want)
		}); !ok {
			t.Errorf("with %q it does not say %q", approve, want)
		}
	}
}

// Without anything to share there is neither a button nor a panel.
func TestNothingToShare(t *testing.T) {
	w, _ := open(t, Config{Settings: DefaultSettings()})
	press(w, fyne.KeyO)
	if w.modals.Len() != 0 || w.live.bar.share.on {
		t.Error("there is a panel or a button")
	}
}
