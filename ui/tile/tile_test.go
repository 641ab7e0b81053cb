package tile

import (
	"image"
	"image/color"
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"handlens/inference"
	"handlens/inference/overlay"
	"handlens/ui/kit"
)

func near(a, b color.Color, tolerance float64) bool {
	x, y := color.NRGBAModel.Convert(a).(color.NRGBA), color.NRGBAModel.Convert(b).(color.NRGBA)
	return math.Abs(float64(x.R)-float64(y.R)) <= tolerance &&
		math.Abs(float64(x.G)-float64(y.G)) <= tolerance &&
		math.Abs(float64(x.B)-float64(y.B)) <= tolerance
}

// firstOptions are what is drawn at first.
var firstOptions = DisplayOptions{Boxes: true, Labels: true, Regions: true}

// still shows one grey picture with boxes in a window of its own, and returns what is on the
// screen.
func still(t *testing.T, size fyne.Size, p update) (*Tile, image.Image) {
	t.Helper()
	a := test.NewTempApp(t)
	a.Settings().SetTheme(kit.NewTheme(kit.AppearanceDark))
	tl := New(Config{Phone: &fakePhone{}, Options: firstOptions})
	tl.showHUD = false
	tl.name = ""
	tl.label.set()
	win := a.NewWindow("")
	win.SetPadded(false)
	win.SetContent(tl)
	win.Resize(size)
	tl.show(p)
	return tl, win.Canvas().Capture()
}

func grey(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = 128
		if i%4 == 3 {
			img.Pix[i] = 255
		}
	}
	return img
}

func TestBoxesStandOnTheirPicture(t *testing.T) {
	// A picture of 2:1 in a square window of 400: it fills the width and leaves 100 above and
	// below.
	d := detection(3, "", 0.25, 0.5, 0.75, 0.9)
	_, got := still(t, fyne.NewSize(400, 400),
		update{
			img: grey(64, 32), seq: 1, size: image.Pt(64, 32),
			detections: []inference.Detection{d},
		})
	gray := color.NRGBA{R: 128, G: 128, B: 128, A: 255}
	line := overlay.Color(3)
	for _, c := range []struct {
		what string
		x, y int
		want color.Color
	}{
		{"beside the picture", 200, 50, Backdrop},
		{"in the picture, out of the box", 50, 250, gray},
		{"in the box", 200, 250, gray},
		{"the left line", 100, 250, line},
		{"the right line", 300, 250, line},
		{"the lower line", 200, 280, line},
		{"the upper line, right of the label", 290, 200, line},
	} {
		if at := got.At(c.x, c.y); !near(at, c.want, 2) {
			t.Errorf("%s at %d, %d is %v, want %v", c.what, c.x, c.y, at, c.want)
		}
	}
}

func TestOldBoxesFadeAndGo(t *testing.T) {
	d := []inference.Detection{detection(3, "", 0.25, 0.25, 0.75, 0.75)}
	at := func(lag time.Duration) color.Color {
		_, got := still(t, fyne.NewSize(200, 200),
			update{img: grey(64, 64), seq: 1, size: image.Pt(64, 64), detections: d, lag: lag})
		return got.At(50, 120)
	}
	gray := color.NRGBA{R: 128, G: 128, B: 128, A: 255}
	if c := at(0); !near(c, overlay.Color(3), 2) {
		t.Errorf("a fresh box is %v", c)
	}
	if c := at(boxesFaint); near(c, overlay.Color(3), 2) || near(c, gray, 2) {
		t.Errorf("an old box is %v, want it between the line and the picture", c)
	}
	if c := at(boxesGone); !near(c, gray, 2) {
		t.Errorf("a very old box is %v, want the picture", c)
	}
}

func TestTileReportsWhatWasDrawn(t *testing.T) {
	test.NewTempApp(t)
	var seen []uint64
	tl := New(Config{
		Phone: &fakePhone{},
		Shown: func(seq uint64, _ time.Time) { seen = append(seen, seq) },
	})
	for seq := uint64(1); seq <= 3; seq++ {
		tl.show(update{img: grey(4, 4), seq: seq, size: image.Pt(4, 4)})
		tl.draw(4, 4)
		tl.draw(4, 4) // a repaint for another reason
	}
	if !reflect.DeepEqual(seen, []uint64{1, 2, 3}) {
		t.Errorf("drawn frames are %v", seen)
	}
}

func TestAHiddenTileIsNotPainted(t *testing.T) {
	tl, _ := still(t, fyne.NewSize(200, 200), update{})
	for _, seen := range []bool{true, false, true} {
		if kit.SetVisible(tl, seen); (tl.painter.area.Load() != 0) != seen {
			t.Errorf("the tile is to be seen: %v, its painter has an area of %x", seen,
				tl.painter.area.Load())
		}
	}
}

func TestManyBoxesAreBounded(t *testing.T) {
	many := make([]inference.Detection, 10*maxBoxes)
	for i := range many {
		many[i] = detection(i, "x", float32(math.NaN()), -5, 7, float32(math.Inf(1)))
	}
	tl, _ := still(t, fyne.NewSize(200, 200),
		update{img: grey(64, 64), seq: 1, size: image.Pt(64, 64), detections: many})
	if len(tl.boxes) != maxBoxes {
		t.Errorf("%d boxes are on the canvas", len(tl.boxes))
	}
	for _, o := range tl.objects {
		p, s := o.Position(), o.Size()
		if !(p.X >= -10 && p.Y >= -10 && s.Width <= 220 && s.Height <= 220) {
			t.Fatalf("a box lies at %v, %v", p, s)
		}
	}
}

// TestTheStrongestBoxesAreDrawn has the newest tracks, which stand last, be the strongest.
func TestTheStrongestBoxesAreDrawn(t *testing.T) {
	found := make([]inference.Detection, 3*maxBoxes)
	for i := range found {
		found[i] = detection(i, "x", 0, 0, 1, 1)
		found[i].Score = float32(i) / float32(len(found))
	}
	p := update{img: grey(64, 64), seq: 1, size: image.Pt(64, 64), detections: found}
	tl, _ := still(t, fyne.NewSize(200, 200), p)
	want := found[2*maxBoxes:]
	if !slices.Equal(tl.current.detections, want) || len(tl.boxes) != maxBoxes {
		t.Errorf("%d boxes are drawn, the first of them %+v", len(tl.boxes),
			tl.current.detections[0])
	}
}

func TestLabels(t *testing.T) {
	d := detection(0, "traffic\nlight", 0, 0, 1, 1)
	if s := labelText(d, true, true); s != "traffic light 90 %" {
		t.Errorf("the label is %q", s)
	}
	d.Track = 7
	for want, got := range map[string]string{
		"#7 traffic light 90 %": labelText(d, true, true),
		"traffic light 90 %":    labelText(d, true, false),
		"#7":                    labelText(d, false, true),
		"":                      labelText(d, false, false),
	} {
		if got != want {
			t.Errorf("the label is %q, want %q", got, want)
		}
	}
}

func TestHUDLeavesOutWhatIsUnknown(t *testing.T) {
	if got := hudLines(Stats{}, "", true, true); len(got) != 0 {
		t.Errorf("without figures it says %q", got)
	}
	s := Stats{
		FPS: 29.97, DetectFPS: 27.4, Age: 43 * time.Millisecond,
		DetectTime: 18200 * time.Microsecond, Width: 1280, Height: 720,
		Codec: "H264", Provider: "CPU", Bitrate: 2.1e6, Loss: 0.002,
	}
	want := []string{
		"30 fps  ·  43 ms old", "detector 18 ms  ·  27/s  ·  CPU",
		"1280 × 720  ·  H264", "2.1 Mbit/s  ·  0.2 % lost",
	}
	if got := hudLines(s, "", true, false); !reflect.DeepEqual(got, want) {
		t.Errorf("it says %q", got)
	}
	if got := hudLines(s, "", false, true); !reflect.DeepEqual(got, want[:1]) {
		t.Errorf("in short it says %q", got)
	}
	s.Efficient, s.EncodeTime = true, 4100*time.Microsecond
	got := hudLines(s, "held back by the network", true, true)
	if want := "1280 × 720  ·  H264  ·  encoded in hardware  ·  held back by the network"; len(
		got) !=
		5 || got[2] != want || got[4] != "encoder 4.1 ms" {
		t.Errorf("of what the phone sends it says %q, want %q", got, want)
	}
}

func TestColumns(t *testing.T) {
	for _, c := range []struct {
		n    int
		size fyne.Size
		want int
	}{
		{1, fyne.NewSize(1000, 600), 1},
		{2, fyne.NewSize(1000, 600), 2},
		{2, fyne.NewSize(600, 1000), 1},
		{4, fyne.NewSize(1000, 600), 2},
		{6, fyne.NewSize(1200, 600), 3},
	} {
		if got := bestColumns(c.n, c.size); got != c.want {
			t.Errorf("%d in %v: %d columns, want %d", c.n, c.size, got, c.want)
		}
	}
}
