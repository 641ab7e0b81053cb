package ui

import (
	"math"
	"testing"

	"fyne.io/fyne/v2"

	"handlens/inference/track"
	"handlens/ui/kit"
)

func TestWindowRemembersItsSize(t *testing.T) {
	for _, c := range []struct{ saved, want fyne.Size }{
		{fyne.NewSize(1000, 640), fyne.NewSize(1000, 640)},
		{fyne.NewSize(0, 0), fyne.NewSize(firstWidth, firstHeight)},
		{fyne.NewSize(1e9, 640), fyne.NewSize(firstWidth, firstHeight)},
		{fyne.NewSize(float32(math.NaN()), 640), fyne.NewSize(firstWidth, firstHeight)},
	} {
		w := &Window{settings: Settings{Geometry: WindowGeometry{
			Width:  c.saved.Width,
			Height: c.saved.Height,
		}}}
		if got := w.savedSize(); got != c.want {
			t.Errorf("a size of %v was taken for %v", c.saved, got)
		}
	}
	var s told
	w, _ := open(t, Config{Settings: DefaultSettings(), Changed: s.changed})
	w.win.Resize(fyne.NewSize(880, 610))
	w.saveGeometry()
	if s.last.Geometry.Width != 880 || s.last.Geometry.Height != 610 {
		t.Errorf("the window's place was told as %+v", s.last.Geometry)
	}
	w.win.SetFullScreen(true)
	w.win.Resize(fyne.NewSize(1920, 1080))
	w.saveGeometry()
	if s.times != 1 {
		t.Error("the full screen was remembered as the window's size")
	}
}

// What is told belongs to whoever is told: the window does not change it afterwards, nor does it
// follow changes.
func TestSettingsAreHandedOutWhole(t *testing.T) {
	var s told
	given := Settings{
		Hidden:  []string{"cat"},
		Counted: []track.Region{{Name: "a", Points: []track.Point{{X: 1}, {Y: 1}}}},
	}
	w, _ := open(t, Config{Settings: given, Changed: s.changed})
	given.Hidden[0], given.Counted[0].Points[0].X = "dog", 0
	w.change(func(v *Settings) { v.Hidden = toggled(v.Hidden, "car") })
	s.last.Hidden[0], s.last.Counted[0].Points[0].X = "bird", 7
	if w.settings.Hidden[0] != "cat" || w.settings.Counted[0].Points[0].X != 1 {
		t.Errorf("the window's settings became %+v", w.settings)
	}
}

func TestLookFollowsTheSetting(t *testing.T) {
	w, _ := open(t, Config{Settings: Settings{Appearance: "dark"}})
	if got := w.app.Settings().Theme().(*kit.Theme).Appearance; got != kit.AppearanceDark {
		t.Errorf("the window begins %s", got)
	}
	w.change(func(s *Settings) { s.Appearance = "light" })
	if got := w.app.Settings().Theme().(*kit.Theme).Appearance; got != kit.AppearanceLight {
		t.Errorf("the window became %s", got)
	}
}
