package tile

import (
	"image"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"handlens/inference"
	"handlens/inference/track"
)

// liveUpdate is a picture with some of everything.
func liveUpdate() update {
	stats := Stats{
		FPS: 30, DetectFPS: 12, Age: 61 * time.Millisecond, DetectTime: 41 * time.Millisecond,
		DecodeTime:  2400 * time.Microsecond,
		NetworkTime: 17 * time.Millisecond, FoundTime: 58 * time.Millisecond,
		PaintTime: 61 * time.Millisecond, Width: 1280, Height: 720,
		Codec: "H264", Provider: "CPU", Quality: "good", Bitrate: 2.1e6, Loss: 0.002,
	}
	return update{
		img: grey(128, 72), seq: 1, size: image.Pt(128, 72), hud: &stats,
		detections: []inference.Detection{detection(0, "person", 0.2, 0.3, 0.5, 0.9)},
		tallies:    []track.Tally{lineTally()},
		trails: []track.Trail{{
			Track:  1,
			Points: []track.Point{{X: 0.1, Y: 0.5}, {X: 0.35, Y: 0.6}},
		}},
	}
}

// goldens are a tile's states.
var goldens = []struct {
	name    string
	size    fyne.Size
	change  func(*update)
	options func(*DisplayOptions)
	then    func(*Tile)
}{
	{name: "waiting", size: fyne.NewSize(640, 360), change: func(u *update) { *u = update{} }},
	{name: "live", size: fyne.NewSize(640, 360)},
	{name: "small", size: fyne.NewSize(240, 160)},
	{name: "stages", size: fyne.NewSize(800, 450), options: func(o *DisplayOptions) {
		o.Figures, o.Trails, o.IDs = FiguresStages, true, true
	}},
	{name: "off", size: fyne.NewSize(640, 360), options: func(o *DisplayOptions) {
		o.Figures, o.Boxes, o.Labels, o.Regions = FiguresOff, false, false, false
	}},
	{name: "stale", size: fyne.NewSize(640, 360), change: func(u *update) {
		u.stale, u.status = true, "no picture is coming"
	}},
	{name: "recording", size: fyne.NewSize(640, 360), change: func(u *update) {
		u.recording = RecordingState{On: true, Length: 65 * time.Second}
	}},
	{name: "held", size: fyne.NewSize(640, 360), change: func(u *update) {
		u.past = Past{From: 0, To: 60 * time.Second, Held: true, At: 47600 * time.Millisecond}
	}},
	{name: "asleep", size: fyne.NewSize(640, 360), change: func(u *update) {
		u.stale, u.status, u.asleep = true, "the camera was paused here", true
	}},
	{name: "asleep_small", size: fyne.NewSize(160, 120), change: func(u *update) {
		u.stale, u.status, u.asleep = true, "the camera was paused here", true
	}},
	{name: "drawing", size: fyne.NewSize(640, 360), then: func(tl *Tile) {
		tl.StartRegion(true, nil)
	}},
}

// The markup in testdata is what a tile looks like in its states.
func TestTileLooks(t *testing.T) {
	for _, c := range goldens {
		t.Run(c.name, func(t *testing.T) {
			u, options := liveUpdate(), firstOptions
			if c.change != nil {
				c.change(&u)
			}
			tl, _ := still(t, c.size, u)
			tl.showHUD, tl.alone = true, true
			if c.then != nil {
				c.then(tl)
			}
			if c.options != nil {
				c.options(&options)
			}
			tl.SetOptions(options)
			tl.updateText()
			tl.arrange()
			test.AssertObjectRendersToMarkup(t, "tile_"+c.name+".xml", tl)
		})
	}
}
