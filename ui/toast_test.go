package ui

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"handlens/ui/kit"
	"handlens/ui/kit/kittest"
	"handlens/ui/tile"
)

// overlaps says whether two objects share a part of the window.
func overlaps(a, b fyne.CanvasObject) bool {
	d := fyne.CurrentApp().Driver()
	p, q := d.AbsolutePositionForObject(a), d.AbsolutePositionForObject(b)
	return p.X < q.X+b.Size().Width && q.X < p.X+a.Size().Width &&
		p.Y < q.Y+b.Size().Height && q.Y < p.Y+a.Size().Height
}

// TestNoticesCoverNothingThatIsWorkedWith wants long notices off the bar, the scrub bar, the
// sidebar, the code beside the pictures and the picture's upper corners, in all sizes.
func TestNoticesCoverNothingThatIsWorkedWith(t *testing.T) {
	long := strings.Repeat("Nichts mehr kann gespeichert werden. ", 6)
	for _, size := range []fyne.Size{{Width: 800, Height: 600}, {Width: 1280, Height: 800}} {
		for _, pairing := range []bool{false, true} {
			t.Run(fmt.Sprint(size, pairing), func(t *testing.T) {
				w, l := open(t, Config{Settings: DefaultSettings()})
				w.win.Resize(size)
				p := join(t, w, l, 1)[0]
				p.say(func(s *tile.Scene) { s.Past = tile.Past{To: 1e9, Held: true} })
				scrub := func() (o fyne.Focusable) { return w.win.Canvas().Focused() }
				l.Until(t, "the scrub bar has the focus", func() bool { return scrub() != nil })
				bar := scrub().(fyne.CanvasObject)
				w.showPairing(pairing)
				for range maxToasts {
					w.Notice(kit.Notice{Kind: kit.Failure, Text: long})
					l.Turn()
				}
				if !w.toasts.live[maxToasts-1].object.Visible() {
					t.Error("the newest notice is not to be seen")
				}
				for _, o := range w.toasts.live {
					if !o.object.Visible() {
						continue
					}
					for name, other := range map[string]fyne.CanvasObject{
						"the bar": w.live.bottom, "the scrub bar": bar, "the code": w.live.side,
						"the sidebar": w.live.sidebar.object,
					} {
						if other.Visible() && overlaps(o.object, other) {
							t.Errorf("a notice covers %s", name)
						}
					}
					at := fyne.CurrentApp().Driver().AbsolutePositionForObject(o.object)
					if at.Y < belowBadges {
						t.Errorf("a notice begins at %v, over the badges", at.Y)
					}
				}
			})
		}
	}
}

// Without pictures the notices stand in the window's lower right corner.
func TestNoticesWithoutPictures(t *testing.T) {
	w, l := open(t, Config{})
	for range 2 {
		w.Notice(kit.Notice{Text: "a"})
		l.Turn()
	}
	first, second := w.toasts.live[0].object, w.toasts.live[1].object
	window := w.win.Canvas().Size()
	if below := window.Height - second.Position().Y - second.Size().Height; below != toastMargin {
		t.Errorf("the newest stands %v over the edge", below)
	}
	if first.Position().Y >= second.Position().Y {
		t.Error("the newest is not the lowest")
	}
	join(t, w, l, 1)
	if y := w.toasts.live[1].object.Position().Y; y != belowBadges {
		t.Errorf("over a picture the newest is at %v", y)
	}
	if _, ok := kittest.Find(w.root, func(o *kit.ToolButton) bool { return o.Visible() }); !ok {
		t.Error("the window is empty")
	}
}
