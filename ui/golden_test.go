package ui

import (
	"errors"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"handlens/inference/track"
	"handlens/ui/kit"
	"handlens/ui/tile"
)

// The markup in testdata is what the sidebar and the bar look like in their states. After a change
// that is meant, look at the window, and take what the tests leave in testdata/failed.

func goldenWindow(t *testing.T, width, height float32, m Model, scene func(*tile.Scene)) *Window {
	t.Helper()
	cfg := Config{Settings: DefaultSettings()}
	cfg.Settings.Appearance = string(kit.AppearanceDark)
	cfg.Settings.Hidden, cfg.Settings.Blurred = []string{"car"}, []string{"person"}
	cfg.Settings.Counted = []track.Region{{
		Name:   "Line 1",
		Points: []track.Point{{X: 0.1, Y: 0.5}, {X: 0.9, Y: 0.5}},
	}}
	cfg.Models = func() []ModelChoice {
		return []ModelChoice{
			{
				Offer:     Offer{Name: "tiny", Title: "Tiny 416", License: "Apache-2.0"},
				Installed: m.State == Ready,
			},
			{Offer: Offer{
				Name: "large", Title: "Large 640", License: "Apache-2.0", Size: 39e6,
				MAP: 50.9,
			}},
		}
	}
	w, l := open(t, cfg)
	w.win.Resize(fyne.NewSize(width, height))
	w.SetModel(m)
	p := join(t, w, l, 1)[0]
	p.say(scene)
	l.Until(t, "what the phone says is shown", func() bool {
		return len(w.model.choices) == 2 && !w.tasks.Busy() && w.live.phones[0].status.camera.Known
	})
	return w
}

func busy(s *tile.Scene) {
	s.Camera = tile.CameraState{Known: true, HasTorch: true, ZoomMin: 1, ZoomMax: 4, Zoom: 2}
	s.Counts = []tile.ClassCount{
		{Label: "person", Now: 2, Total: 31},
		{Label: "car", Class: 2, Total: 4},
	}
	s.Tallies = []track.Tally{{
		Region: track.Region{Name: "Line 1"},
		In:     map[string]int{"person": 5}, Out: map[string]int{"person": 2},
	}}
}

func ready() Model {
	return Model{
		State: Ready, Name: "tiny", Family: "DEIM", License: "Apache-2.0", Provider: "CPU",
		Labels: []string{"person", "bicycle", "car"}, Providers: []string{"auto", "cpu"},
	}
}

func TestSidebarLooks(t *testing.T) {
	w := goldenWindow(t, 1280, 1100, ready(), busy)
	test.AssertObjectRendersToMarkup(t, "sidebar_ready.xml", w.live.sidebar.object)
}

func TestSidebarLooksWithoutADetector(t *testing.T) {
	failed := Model{State: Failed, Err: errors.New("the engine is not here")}
	w := goldenWindow(t, 900, 600, failed, func(s *tile.Scene) { s.Camera.Known = true })
	test.AssertObjectRendersToMarkup(t, "sidebar_failed.xml", w.live.sidebar.object)
}

func TestBarLooks(t *testing.T) {
	for name, c := range map[string]struct {
		width float32
		scene func(*tile.Scene)
	}{
		"toolbar_wide.xml":   {1280, busy},
		"toolbar_medium.xml": {900, busy},
		"toolbar_narrow.xml": {640, busy},
		"toolbar_recording.xml": {900, func(s *tile.Scene) {
			busy(s)
			s.Recording = tile.RecordingState{
				On: true, Length: 83 * time.Second, Bytes: 31_400_000,
				Dropped: 2,
			}
			s.Past.Held = true
		}},
		"toolbar_finishing.xml": {900, func(s *tile.Scene) {
			s.Camera.Known = true
			s.Recording = tile.RecordingState{On: true, Ending: true}
		}},
		"toolbar_problem.xml": {1280, func(s *tile.Scene) {
			s.Camera.Known = true
			s.Recording = tile.RecordingState{Err: errors.New("the disk is full")}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			w := goldenWindow(t, c.width, 600, ready(), c.scene)
			test.AssertObjectRendersToMarkup(t, name, w.live.bar.object)
		})
	}
}
