package ui

import (
	"slices"
	"testing"

	"handlens/inference/track"
	"handlens/ui/kit"
	"handlens/ui/tile"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// onPicture is where on a tile a place of its picture of 4:3 lies.
func onPicture(on fyne.CanvasObject, p track.Point) fyne.Position {
	size := on.Size()
	w := min(size.Width, size.Height*4/3)
	h := w * 3 / 4
	return fyne.NewPos((size.Width-w)/2+p.X*w, (size.Height-h)/2+p.Y*h)
}

// drawRegion taps on the tile's picture where the points lie, and ends by Enter.
func drawRegion(w *Window, on *tile.Tile, points ...track.Point) {
	for _, p := range points {
		test.TapAt(on, onPicture(on, p))
	}
	if len(points) > 2 {
		press(w, fyne.KeyReturn)
	}
}

func TestLinesAndZonesAreDrawnAndCount(t *testing.T) {
	var s told
	w, l := open(t, Config{Settings: DefaultSettings(), Changed: s.changed})
	p := join(t, w, l, 1)[0]
	r, on := w.live.sidebar.regions, w.live.phones[0].tile
	test.Tap(r.line)
	if !on.Drawing() {
		t.Fatal("no line is being drawn")
	}
	drawRegion(w, on, track.Point{X: 0.1, Y: 0.5}, track.Point{X: 0.9, Y: 0.5})
	test.Tap(r.zone)
	drawRegion(w, on, track.Point{X: 0.1, Y: 0.1}, track.Point{X: 0.9, Y: 0.1},
		track.Point{X: 0.5, Y: 0.5})
	if got := names(s.last.Counted); !slices.Equal(got, []string{"Line 1", "Zone 1"}) ||
		len(s.last.Counted[1].Points) != 3 || !isNear(s.last.Counted[0].Points[0].X, 0.1) {
		t.Fatalf("counted at %v", s.last.Counted)
	}
	p.say(func(sc *tile.Scene) { sc.Tallies = talliesOf(s.last.Counted) })
	l.Until(t, "the line's counts stand", func() bool {
		return r.rows[0].tally.Segment.Text == "in 4 · out 2\nperson 3/2, car 1/0"
	})
	if got := r.rows[1].tally.Segment.Text; got != "1 inside  ·  in 3 · out 2  ·  4.2 s each" {
		t.Errorf("the zone says %q", got)
	}
	drag := func(from, to track.Point) {
		at, by := onPicture(on, to), onPicture(on, to).Subtract(onPicture(on, from))
		on.Dragged(&fyne.DragEvent{
			PointEvent: fyne.PointEvent{Position: at}, Dragged: fyne.NewDelta(by.X, by.Y),
		})
		on.DragEnd()
	}
	test.Tap(r.edit)
	l.Until(t, "the line's begin was dragged", func() bool {
		drag(track.Point{X: 0.1, Y: 0.5}, track.Point{X: 0.2, Y: 0.5})
		return isNear(s.last.Counted[0].Points[0].X, 0.2) && s.last.Counted[1].Name == "Zone 1"
	})
	test.Tap(r.edit)
	times := s.times
	if drag(track.Point{X: 0.9, Y: 0.5}, track.Point{X: 0.7, Y: 0.5}); s.times != times {
		t.Error("the handles stay")
	}
}

// talliesOf is what a line and a zone have counted.
func talliesOf(regions []track.Region) []track.Tally {
	return []track.Tally{
		{
			Region: regions[0], In: map[string]int{"person": 3, "car": 1},
			Out: map[string]int{"person": 2},
		},
		{
			Region: regions[1], In: map[string]int{"person": 3},
			Out: map[string]int{"person": 2}, Inside: map[string]int{"person": 1},
			Dwell: map[string]float64{"person": 4.25},
		},
	}
}

func isNear(a, b float32) bool { return a-b < 0.01 && b-a < 0.01 }

func TestLinesAndZonesAreNamedAndRemoved(t *testing.T) {
	var s told
	cfg := Config{Settings: DefaultSettings(), Changed: s.changed}
	cfg.Settings.Counted = []track.Region{
		{Name: "Line 1", Points: []track.Point{{X: 0, Y: 0}, {X: 1, Y: 1}}},
		{Name: "Zone 1", Points: []track.Point{{X: 0, Y: 0}, {X: 1, Y: 0}, {X: 1, Y: 1}}},
	}
	w, l := open(t, cfg)
	join(t, w, l, 1)
	r := w.live.sidebar.regions
	w.renameRegion(0)
	entry := w.win.Canvas().Focused().(*kit.Entry)
	entry.SetText("Door")
	press(w, fyne.KeyReturn)
	if got := names(s.last.Counted); !slices.Equal(got, []string{"Door", "Zone 1"}) ||
		w.modals.Len() != 0 {
		t.Errorf("after the renaming they are %v", got)
	}
	w.removeRegion(0)
	if got := names(s.last.Counted); !slices.Equal(got, []string{"Zone 1"}) || len(r.rows) != 1 {
		t.Errorf("after the removal they are %v", got)
	}
	test.Tap(findButton(w.toasts.box, "Undo"))
	l.Until(t, "the line is back", func() bool {
		return slices.Equal(names(s.last.Counted), []string{"Door", "Zone 1"})
	})
}
