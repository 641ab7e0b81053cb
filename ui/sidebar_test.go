package ui

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

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

// countedClasses is a window with two phones that have counted cars and persons, and its list of
// classes. s is told of the settings, and reset of the phones whose counts are reset.
func countedClasses(t *testing.T, s *told, reset func(string)) (*Window, *classList) {
	t.Helper()
	w, l := open(t, Config{
		Settings: DefaultSettings(), Changed: s.changed,
	})
	w.SetModel(Model{
		State: Ready, Name: "tiny",
		Labels: []string{"person", "car", "cat", "carrot"},
	})
	phones := joinWith(t, w, l, 2, deeds{resetCounts: reset})
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
	return w, c
}

func TestClassesAreHiddenAndBlurred(t *testing.T) {
	var s told
	_, c := countedClasses(t, &s, func(string) {})
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
}

// TestClassesAreSearched finds a class that was not seen yet by the keyboard alone.
func TestClassesAreSearched(t *testing.T) {
	var s told
	w, c := countedClasses(t, &s, func(string) {})
	w.typedRune('/')
	if w.win.Canvas().Focused() != c.search {
		t.Fatal("the search field has not the focus")
	}
	test.Type(c.search, "CAR")
	if len(c.rows.Objects) != 2 || c.all[0].label != "car" || c.all[1].label != "carrot" {
		t.Fatalf("the search for %q finds %d classes, first %q and %q", c.search.Text,
			len(c.rows.Objects), c.all[0].label, c.all[1].label)
	}
	test.Tap(c.all[0].blur)
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
}

func TestAllClassesAreSwitchedAndReset(t *testing.T) {
	var s told
	reset := 0
	_, c := countedClasses(t, &s, func(string) { reset++ })
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
