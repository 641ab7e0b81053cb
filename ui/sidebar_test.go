package ui

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/test"

	"handlens/inference/track"
	"handlens/ui/kit"
	"handlens/ui/tile"
)

// told keeps the settings that the window told last, and how often it did.
type told struct {
	last  Settings
	times int
}

func (s *told) changed(v Settings) { s.last, s.times = v, s.times+1 }

func TestEachSwitchChangesItsSetting(t *testing.T) {
	var s told
	w, l := open(t, Config{Settings: DefaultSettings(), Changed: s.changed})
	join(t, w, l, 1)
	for i, c := range w.live.sidebar.checks {
		before := *c.of(&w.settings)
		test.Tap(c.check)
		if *c.of(&s.last) == before || s.times != i+1 || c.check.Checked == before {
			t.Errorf("%s changed nothing, or more than its setting", c.check.Text)
		}
	}
	if w.live.phones[0].tile.Options() != s.last.displayOptions() {
		t.Error("the picture does not follow the settings")
	}
	w.live.sidebar.replay.SetSelectedIndex(2)
	if s.last.Replay != 2*time.Minute {
		t.Errorf("the replay is %v long", s.last.Replay)
	}
	times := s.times
	w.change(func(*Settings) {})
	if s.times != times {
		t.Error("a change of nothing is told")
	}
}

func TestClassesAreCountedAndSwitched(t *testing.T) {
	var s told
	reset := 0
	w, l := open(t,
		Config{Settings: DefaultSettings(), Changed: s.changed, ResetCounts: func(string) {
			reset++
		}})
	w.SetModel(Model{
		State: Ready, Name: "tiny",
		Labels: []string{"person", "car", "cat", "carrot"},
	})
	phones := join(t, w, l, 2)
	phones[0].say(func(s *tile.Scene) {
		s.Counts = []tile.ClassCount{
			{Label: "car", Class: 1, Now: 2, Total: 5},
			{Label: "person", Now: 1, Total: 1},
		}
	})
	phones[1].say(func(s *tile.Scene) {
		s.Counts = []tile.ClassCount{{Label: "car", Class: 1, Now: 1, Total: 4}}
	})
	c := w.live.sidebar.classes
	row := func(i int) string { return c.all[i].label + " " + c.all[i].counts.Text }
	l.Until(t, "both phones are counted", func() bool {
		return len(c.rows.Objects) == 2 && row(0) == "car 3 / 9" && row(1) == "person 1 / 1"
	})
	test.Tap(c.all[0].visible)
	test.Tap(c.all[1].blur)
	if !slices.Equal(s.last.Hidden, []string{"car"}) ||
		!slices.Equal(s.last.Blurred, []string{"person"}) {
		t.Errorf("hidden are %v, blurred %v", s.last.Hidden, s.last.Blurred)
	}
	test.Tap(c.all[0].visible)
	if len(s.last.Hidden) != 0 {
		t.Errorf("hidden are %v", s.last.Hidden)
	}
	// A class that was not seen yet, by the keyboard alone.
	w.typedRune('/')
	if w.win.Canvas().Focused() != c.search {
		t.Fatal("the search field has not the focus")
	}
	test.Type(c.search, "CAR")
	if len(c.rows.Objects) != 2 || c.all[0].label != "car" || c.all[1].label != "carrot" {
		t.Fatalf("the search for %q finds %d classes, first %q and %q", c.search.Text,
			len(c.rows.Objects), c.all[0].label, c.all[1].label)
	}
	test.Tap(c.all[1].blur)
	w.typedRune('/')
	press(w, fyne.KeyEscape)
	press(w, fyne.KeyEscape)
	if c.search.Text != "" || len(c.rows.Objects) != 3 || c.all[2].label != "carrot" {
		t.Errorf("after the search %d rows stand, and %q in its field", len(c.rows.Objects),
			c.search.Text)
	}
	if w.win.Canvas().Focused() == c.search {
		t.Error("Esc does not leave the search field")
	}
	tools := c.tools.(*fyne.Container).Objects
	test.Tap(tools[1].(*kit.ToolButton))
	if !slices.Equal(s.last.Hidden, []string{"person", "car", "cat", "carrot"}) {
		t.Errorf("of all classes are hidden %v", s.last.Hidden)
	}
	test.Tap(tools[0].(*kit.ToolButton))
	if len(s.last.Hidden) != 0 {
		t.Errorf("of all classes stay hidden %v", s.last.Hidden)
	}
	test.Tap(tools[2].(*kit.ToolButton))
	if reset != 2 {
		t.Errorf("the counts of %d phones were reset", reset)
	}
}

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
	cfg.Settings.Counted = []track.Region{{Name: "Line 1"}, {Name: "Zone 1"}}
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

func TestDetectorIsChosenAndAdded(t *testing.T) {
	var s told
	added := make(chan string, 1)
	choices := []ModelChoice{
		{Offer: Offer{Name: "tiny", Title: "Tiny"}, Installed: true},
		{Offer: Offer{Name: "large", Title: "Large"}, Installed: true},
		{Offer: Offer{Name: "huge", Title: "Huge", Size: 1e9, License: "MIT"}},
	}
	w, l := open(t, Config{
		Settings: DefaultSettings(), Changed: s.changed,
		Models: func() []ModelChoice { return choices },
		AddModel: func(path string) (string, error) {
			added <- path
			if filepath.Base(path) == "bad.onnx" {
				return "", errors.New("it has no output of boxes")
			}
			return "mine", nil
		},
		GetModel: nil,
	})
	w.SetModel(Model{
		State: Ready, Name: "tiny", License: "Apache-2.0", Provider: "CPU",
		Providers: []string{"auto", "cpu", "webgpu"},
	})
	join(t, w, l, 1)
	m := w.live.sidebar.model
	l.Until(t, "the choice is there", func() bool {
		return slices.Equal(m.model.Options, []string{"Tiny", "Large"})
	})
	if m.model.Selected != "Tiny" || m.provider.Selected != "Automatic" || s.times != 0 {
		t.Errorf("at first %q on %q is chosen, and %d changes were told", m.model.Selected,
			m.provider.Selected, s.times)
	}
	m.model.SetSelectedIndex(1)
	m.provider.SetSelectedIndex(2)
	if s.last.Model != "large" || s.last.Provider != "webgpu" {
		t.Errorf("chosen are %q on %q", s.last.Model, s.last.Provider)
	}
	file := filepath.Join(t.TempDir(), "mine.onnx")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	w.dropped(fyne.Position{}, []fyne.URI{storage.NewFileURI(file)})
	if got := <-added; got != file {
		t.Errorf("%s was added", got)
	}
	l.Until(t, "the new one is chosen", func() bool { return s.last.Model == "mine" })
	n := len(w.toasts.live)
	w.addModel("/somewhere/bad.onnx")
	<-added
	l.Until(t, "the refusal is said", func() bool { return len(w.toasts.live) == n+1 })
	w.addModel("/somewhere/picture.jpg")
	if len(added) != 0 || s.last.Model != "mine" {
		t.Error("what is no detector was taken for one")
	}
}

func TestSidebarYieldsInNarrowWindows(t *testing.T) {
	var s told
	w, l := open(t, Config{Settings: DefaultSettings(), Changed: s.changed})
	join(t, w, l, 1)
	at := func(width, height float32) bool {
		w.win.Resize(fyne.NewSize(width, height))
		return w.live.sidebar.object.Visible()
	}
	if !at(1280, 800) || !at(900, 600) {
		t.Error("the sidebar is not open in a wide window")
	}
	if at(640, 420) {
		t.Error("the sidebar takes half of a narrow window unasked")
	}
	press(w, fyne.KeyB)
	if !w.live.sidebar.object.Visible() || s.times != 0 {
		t.Error("the sidebar does not open on the user's word")
	}
	press(w, fyne.KeyP)
	if w.live.sidebar.object.Visible() {
		t.Error("beside the code and the sidebar nothing is left of the picture")
	}
	press(w, fyne.KeyP)
	press(w, fyne.KeyB)
	if w.live.sidebar.object.Visible() || s.last.Sidebar || at(1280, 800) {
		t.Error("the sidebar does not close for good")
	}
	press(w, fyne.KeyB)
	press(w, fyne.KeyF)
	if w.live.sidebar.object.Visible() {
		t.Error("the sidebar stands in the full screen")
	}
}

// TestSheetSaysWhy wants the sheet of detectors to say what runs the detector and why.
func TestSheetSaysWhy(t *testing.T) {
	w, l := open(t, Config{Settings: DefaultSettings()})
	w.SetModel(Model{
		State: Ready, Name: "tiny", Provider: "CPU",
		Why: "CPU: WebGPU gave other answers",
	})
	l.Until(t, "the model is known", func() bool { return w.model.known })
	w.model.newView(viewModal)
	v := w.model.views[len(w.model.views)-1]
	if got := v.state.Detail.Segment.Text; !strings.Contains(got, "CPU: WebGPU gave other answers") {
		t.Errorf("the sheet says %q", got)
	}
}
