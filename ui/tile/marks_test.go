package tile

import (
	"image"
	"image/color"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"handlens/inference"
	"handlens/inference/overlay"
	"handlens/inference/track"
)

var midGray = color.NRGBA{R: 128, G: 128, B: 128, A: 255}

// scene400 is a grey picture that fills a tile of 400 × 400.
func scene400() update {
	return update{img: grey(64, 64), seq: 1, size: image.Pt(64, 64)}
}

// shown is how a tile of 400 × 400 looks with these settings.
func shown(t *testing.T, p update, change func(*DisplayOptions)) image.Image {
	t.Helper()
	tl, _ := still(t, fyne.NewSize(400, 400), p)
	s := firstOptions
	change(&s)
	tl.SetOptions(s)
	return fyne.CurrentApp().Driver().CanvasForObject(tl).Capture()
}

func TestSettingsSwitchWhatIsDrawn(t *testing.T) {
	p := scene400()
	p.detections = []inference.Detection{detection(3, "cup", 0.25, 0.5, 0.75, 0.9)}
	p.detections[0].Track = 4
	line := overlay.Color(3)
	for _, c := range []struct {
		what          string
		change        func(*DisplayOptions)
		outline, name bool
	}{
		{"all", func(*DisplayOptions) {}, true, true},
		{"boxes only", func(s *DisplayOptions) { s.Labels = false }, true, false},
		{"labels only", func(s *DisplayOptions) { s.Boxes = false }, false, true},
		{
			"numbers only", func(s *DisplayOptions) {
				s.Boxes, s.Labels, s.IDs = false, false, true
			}, false,
			true,
		},
		{"nothing", func(s *DisplayOptions) { s.Boxes, s.Labels = false, false }, false, false},
	} {
		got := shown(t, p, c.change)
		if on := near(got.At(300, 300), line, 2); on != c.outline {
			t.Errorf("%s: the outline is drawn: %v (%v)", c.what, on, got.At(300, 300))
		}
		if on := near(got.At(102, 182), line, 2); on != c.name {
			t.Errorf("%s: the label is drawn: %v (%v)", c.what, on, got.At(102, 182))
		}
		p.img = grey(64, 64)
	}
}

func TestTrailsFadeTowardsTheirBeginning(t *testing.T) {
	p := scene400()
	p.trails = []track.Trail{{
		Track: 1, Class: 3,
		Points: []track.Point{{X: 0.1, Y: 0.5}, {X: 0.5, Y: 0.5}, {X: 0.9, Y: 0.5}},
	}}
	got := shown(t, p, func(s *DisplayOptions) { s.Trails = true })
	fresh, old := got.At(300, 200), got.At(100, 200)
	if near(fresh, midGray, 8) || near(old, midGray, 8) || near(fresh, old, 8) {
		t.Errorf("the trail is %v at its end and %v at its beginning", fresh, old)
	}
	p.img = grey(64, 64)
	if got := shown(t, p, func(s *DisplayOptions) { s.Trails = false }); !near(got.At(300, 200),
		midGray,
		2) {
		t.Error("a trail is drawn that is switched off")
	}
}

func TestTrailsAreBounded(t *testing.T) {
	var s strokes
	long := make([]track.Point, 5000)
	trails := make([]track.Trail, 300)
	for i := range trails {
		trails[i] = track.Trail{Track: i, Points: long[:1+i*16]}
	}
	s.drawTrails(trails, fyne.NewPos(0, 0), fyne.NewSize(10, 10))
	if len(s.lines) == 0 || len(s.lines) > maxTrailLines {
		t.Errorf("%d lines are on the canvas", len(s.lines))
	}
	for i := range trails {
		trails[i].Points = long
	}
	s.drawTrails(trails, fyne.NewPos(0, 0), fyne.NewSize(10, 10))
	if s.used < len(trails) || s.used > maxTrailLines {
		t.Errorf("%d long trails have %d lines", len(trails), s.used)
	}
	s.drawTrails(nil, fyne.NewPos(0, 0), fyne.NewSize(10, 10))
	for _, l := range s.lines {
		if l.Visible() {
			t.Fatal("a line of an earlier picture is left")
		}
	}
}

func lineTally() track.Tally {
	return track.Tally{
		Region: track.Region{
			Name:   "Door",
			Points: []track.Point{{X: 0.5, Y: 0.9}, {X: 0.5, Y: 0.5}},
		},
		In: map[string]int{"person": 2, "dog": 1}, Out: map[string]int{"person": 1},
	}
}

func TestLinesStandWhereTheyCount(t *testing.T) {
	p := scene400()
	p.tallies = []track.Tally{lineTally()}
	got := shown(t, p, func(*DisplayOptions) {})
	if c := got.At(200, 330); !near(c, overlay.RegionColor, 40) {
		t.Errorf("the line is %v", c)
	}
	// From below to above, the right of the line is the right of the picture: there the arrow
	// points.
	right, left := got.At(200+regionArrow-3, 280), got.At(200-regionArrow+3, 280)
	if near(right, midGray, 20) || !near(left, midGray, 2) {
		t.Errorf("right of the line is %v, left of it %v; want the arrow right", right, left)
	}
	p.img = grey(64, 64)
	if got := shown(t, p, func(s *DisplayOptions) { s.Regions = false }); !near(got.At(200, 330),
		midGray,
		2) {
		t.Error("a line is drawn that is switched off")
	}
}

func TestTallyWords(t *testing.T) {
	if got := TallyText(lineTally()); got != "in 3 · out 1" {
		t.Errorf("a line says %q", got)
	}
	zone := lineTally()
	zone.Region.Points = append(zone.Region.Points, track.Point{X: 0.9, Y: 0.9})
	zone.Inside = map[string]int{"person": 4}
	zone.Out, zone.Dwell = map[string]int{"person": 3, "dog": 1},
		map[string]float64{"person": 10, "dog": 2}
	if got := TallyText(zone); got != "4 inside  ·  in 3 · out 4  ·  8.0 s each" {
		t.Errorf("a zone says %q", got)
	}
}

func TestRecordingIsSeenOnThePicture(t *testing.T) {
	tl, _ := still(t, fyne.NewSize(400, 400), scene400())
	if tl.recording.dot.Visible() {
		t.Error("it says that it records")
	}
	for _, c := range []struct {
		state       RecordingState
		first, more string
	}{
		{RecordingState{On: true, Length: 65 * time.Second}, "1:05", ""},
		{
			RecordingState{
				On: true, Length: time.Hour + 2*time.Minute + 5*time.Second,
				Dropped: 12,
			},
			"1:02:05", "12 dropped",
		},
		{RecordingState{On: true, Ending: true}, "Finishing the recording", ""},
	} {
		p := tl.current
		p.recording = c.state
		tl.show(p)
		b := tl.recording
		if b.text[0].Text != c.first || !b.dot.Visible() || b.used == 2 != (c.more != "") ||
			b.used == 2 && b.text[1].Text != c.more {
			t.Errorf("%+v is shown as %q, %q", c.state, b.text[0].Text, b.text[1].Text)
		}
	}
	screen := fyne.CurrentApp().Driver().CanvasForObject(tl).Capture()
	at := tl.recording.dot.Position().AddXY(recordDot/2, recordDot/2)
	if c := screen.At(int(at.X), int(at.Y)); !near(c, recordInk, 4) {
		t.Errorf("the dot is %v", c)
	}
	if at.X < 200 || at.Y > 40 {
		t.Errorf("the dot is at %v, want it in the upper right corner", at)
	}
}

func TestPicturesFollowRecordingAndPastAtOnce(t *testing.T) {
	b := newBench()
	b.phone.put(t, 1, 64, 48, 0)
	b.step()
	b.display()
	say := func(change func(*Scene)) update {
		b.phone.mu.Lock()
		change(&b.phone.scene)
		b.phone.mu.Unlock()
		b.step()
		b.display()
		return b.shown[len(b.shown)-1]
	}
	if p := say(func(s *Scene) { s.Recording.On = true }); !p.recording.On {
		t.Error("the recording's beginning is not shown")
	}
	n := len(b.shown)
	if say(func(s *Scene) { s.Recording.Length = time.Millisecond }); len(b.shown) != n {
		t.Error("each millisecond of the recording is shown")
	}
	if say(func(s *Scene) { s.Past.To = time.Second }); len(b.shown) != n {
		t.Error("the past of a live picture is shown")
	}
	if p := say(func(s *Scene) { s.Past.Held = true }); !p.past.Held || p.past.To != time.Second {
		t.Errorf("the held picture came as %+v", p.past)
	}
	if p := say(func(s *Scene) { s.Past.At = time.Millisecond }); p.past.At != time.Millisecond {
		t.Errorf("another moment came as %+v", p.past)
	}
	b.phone.end(t)
}

func TestShapesLieOnTheirBoxes(t *testing.T) {
	p := scene400()
	d := detection(3, "cup", 0.25, 0.5, 0.75, 1)
	d.Shape = &inference.Shape{
		// The left half of the box, and two key points in the right one, of which one is not seen.
		Outline: []inference.Point{
			{X: 0.1, Y: 0.1},
			{X: 0.5, Y: 0.1},
			{X: 0.5, Y: 0.9},
			{X: 0.1, Y: 0.9},
		},
		Keypoints: []inference.Keypoint{
			{Point: inference.Point{X: 0.75, Y: 0.5}, Score: 1},
			{Point: inference.Point{X: 0.75, Y: 0.75}, Score: 0.1},
		},
	}
	p.detections = []inference.Detection{d}
	got := shown(t, p, func(*DisplayOptions) {})
	line := overlay.Color(3)
	if c := got.At(160, 300); near(c, midGray, 20) || near(c, line, 20) {
		t.Errorf("inside the outline is %v, which is not both picture and colour", c)
	}
	if c := got.At(120, 300); !near(c, line, 40) {
		t.Errorf("the outline is %v", c)
	}
	if c := got.At(250, 300); !near(c, color.NRGBA{R: 255, G: 255, B: 255, A: 255}, 16) {
		t.Errorf("the key point is %v", c)
	}
	for _, at := range []image.Point{{250, 350}, {230, 300}, {160, 392}} {
		if c := got.At(at.X, at.Y); !near(c, midGray, 2) {
			t.Errorf("at %v is %v", at, c)
		}
	}
	p.img = grey(64, 64)
	got = shown(t, p, func(s *DisplayOptions) { s.Boxes = false })
	if c := got.At(160, 300); !near(c, midGray, 2) {
		t.Errorf("without boxes, %v is left of the shape", c)
	}
	// The shape goes when the next picture has none.
	tl, _ := still(t, fyne.NewSize(400, 400), p)
	tl.show(update{
		seq: 2, size: image.Pt(64, 64),
		detections: []inference.Detection{detection(3, "cup", 0.25, 0.5, 0.75, 1)},
	})
	if tl.shapes.raster.Visible() {
		t.Error("a shape outlives its detection")
	}
}

func TestRotatedBoxesAreShownAsTheyAre(t *testing.T) {
	p := scene400()
	d := detection(3, "ship", 0.25, 0.25, 0.75, 0.75)
	d.Box, d.Shape, _ = inference.Rotated([4]inference.Point{
		{X: .5, Y: .25}, {X: .75, Y: .5}, {X: .5, Y: .75}, {X: .25, Y: .5},
	})
	p.detections = []inference.Detection{d}
	got := shown(t, p, func(*DisplayOptions) {})
	line := overlay.Color(3)
	for _, at := range []image.Point{{250, 150}, {250, 250}, {150, 250}} {
		if c := got.At(at.X, at.Y); !near(c, line, 40) {
			t.Errorf("the edge at %v is %v", at, c)
		}
	}
	for _, at := range []image.Point{{100, 130}, {300, 270}, {270, 300}, {200, 200}} {
		if c := got.At(at.X, at.Y); !near(c, midGray, 2) {
			t.Errorf("at %v, where no edge is, is %v", at, c)
		}
	}
	p.img = grey(64, 64)
	got = shown(t, p, func(s *DisplayOptions) { s.Boxes = false })
	if c := got.At(250, 150); !near(c, midGray, 2) {
		t.Errorf("without boxes, %v is left", c)
	}
}
