package ui

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/test"

	"handlens/inference/track"
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
	if w.live.tiles[0].tile.looks != looksOf(s.last) {
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
	phones[0].say(func(s *Scene) {
		s.Counts = []ClassCount{
			{Label: "car", Class: 1, Now: 2, Total: 5},
			{Label: "person", Now: 1, Total: 1},
		}
	})
	phones[1].say(func(s *Scene) {
		s.Counts = []ClassCount{{Label: "car", Class: 1, Now: 1, Total: 4}}
	})
	c := w.live.sidebar.classes
	row := func(i int) string { return c.all[i].label + " " + c.all[i].counts.Text }
	l.until(t, "both phones are counted", func() bool {
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
	w.letter('/')
	if w.win.Canvas().Focused() != c.search {
		t.Fatal("the search field has not the focus")
	}
	test.Type(c.search, "CAR")
	if len(c.rows.Objects) != 2 || c.all[0].label != "car" || c.all[1].label != "carrot" {
		t.Fatalf("the search for %q finds %d classes, first %q and %q", c.search.Text,
			len(c.rows.Objects), c.all[0].label, c.all[1].label)
	}
	test.Tap(c.all[1].blur)
	w.letter('/')
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
	test.Tap(tools[1].(*toolButton))
	if !slices.Equal(s.last.Hidden, []string{"person", "car", "cat", "carrot"}) {
		t.Errorf("of all classes are hidden %v", s.last.Hidden)
	}
	test.Tap(tools[0].(*toolButton))
	if len(s.last.Hidden) != 0 {
		t.Errorf("of all classes stay hidden %v", s.last.Hidden)
	}
	test.Tap(tools[2].(*toolButton))
	if reset != 2 {
		t.Errorf("the counts of %d phones were reset", reset)
	}
}

func TestLinesAndZonesAreNamedAndRemoved(t *testing.T) {
	var s told
	w, l := open(t, Config{Settings: DefaultSettings(), Changed: s.changed})
	p := join(t, w, l, 1)[0]
	r := w.live.sidebar.regions
	test.Tap(r.line)
	tile := w.live.tiles[0].tile
	if !tile.drawing() {
		t.Fatal("no line is being drawn")
	}
	line := track.Region{Points: []track.Point{{X: 0.1, Y: 0.5}, {X: 0.9, Y: 0.5}}}
	tile.draft.done(line)
	tile.cancelRegion()
	test.Tap(r.zone)
	tile.draft.done(
		track.Region{Points: []track.Point{{X: 0.1, Y: 0.1}, {X: 0.9, Y: 0.1}, {X: 0.5, Y: 0.5}}})
	tile.cancelRegion()
	if got := names(s.last.Counted); !slices.Equal(got, []string{"Line 1", "Zone 1"}) ||
		!reflect.DeepEqual(s.last.Counted[0].Points, line.Points) {
		t.Fatalf("counted at %v", s.last.Counted)
	}
	p.say(func(sc *Scene) {
		sc.Tallies = []track.Tally{
			{
				Region: s.last.Counted[0], In: map[string]int{"person": 3, "car": 1},
				Out: map[string]int{"person": 2},
			},
			{
				Region: s.last.Counted[1], In: map[string]int{"person": 3},
				Out: map[string]int{"person": 2}, Inside: map[string]int{"person": 1},
				Dwell: map[string]float64{"person": 4.25},
			},
		}
	})
	l.until(t, "the line's counts stand", func() bool {
		return r.rows[0].tally.seg.Text == "in 4 · out 2\nperson 3/2, car 1/0"
	})
	if got := r.rows[1].tally.seg.Text; got != "1 inside  ·  in 3 · out 2  ·  4.2 s each" {
		t.Errorf("the zone says %q", got)
	}
	test.Tap(r.edit)
	moved := slices.Clone(s.last.Counted)
	moved[0].Points = []track.Point{{X: 0.2, Y: 0.5}, {X: 0.9, Y: 0.5}}
	tile.draft.changed(moved)
	if s.last.Counted[0].Points[0].X != 0.2 || s.last.Counted[1].Name != "Zone 1" {
		t.Errorf("after a point was dragged they are %v", s.last.Counted)
	}
	test.Tap(r.edit)
	if tile.draft.changed != nil {
		t.Error("the handles stay")
	}
	w.renameRegion(0)
	entry := w.win.Canvas().Focused().(*keyedEntry)
	entry.SetText("Door")
	press(w, fyne.KeyReturn)
	if got := names(s.last.Counted); !slices.Equal(got, []string{"Door", "Zone 1"}) ||
		len(w.sheets) != 0 {
		t.Errorf("after the renaming they are %v", got)
	}
	w.removeRegion(0)
	if got := names(s.last.Counted); !slices.Equal(got, []string{"Zone 1"}) || len(r.rows) != 1 {
		t.Errorf("after the removal they are %v", got)
	}
	test.Tap(findButton(w.toasts.box, "Undo"))
	l.until(t, "the line is back", func() bool {
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
	l.until(t, "the choice is there", func() bool {
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
	l.until(t, "the new one is chosen", func() bool { return s.last.Model == "mine" })
	n := len(w.toasts.live)
	w.addModel("/somewhere/bad.onnx")
	<-added
	l.until(t, "the refusal is said", func() bool { return len(w.toasts.live) == n+1 })
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
	l.until(t, "the model is known", func() bool { return w.model.known })
	w.model.newView(viewSheet)
	v := w.model.views[len(w.model.views)-1]
	if got := v.state.below.seg.Text; !strings.Contains(got, "CPU: WebGPU gave other answers") {
		t.Errorf("the sheet says %q", got)
	}
}
