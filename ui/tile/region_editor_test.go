package tile

import (
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"handlens/inference/track"
)

// sketch is a tile of 400 × 400 on which regions are drawn, and those that were.
func sketch(t *testing.T, line bool) (*Tile, *[]track.Region) {
	t.Helper()
	tl, _ := still(t, fyne.NewSize(400, 400), scene400())
	drawn := new([]track.Region)
	tl.StartRegion(line, func(r track.Region) { *drawn = append(*drawn, r) })
	return tl, drawn
}

func click(tl *Tile, x, y float32) { test.TapAt(tl, fyne.NewPos(x, y)) }

func typeKeys(tl *Tile, names ...fyne.KeyName) {
	for _, n := range names {
		fyne.CurrentApp().Driver().CanvasForObject(tl).Focused().TypedKey(&fyne.KeyEvent{Name: n})
	}
}

// wants checks the only region that was drawn.
func wants(t *testing.T, drawn []track.Region, want ...track.Point) {
	t.Helper()
	if len(drawn) != 1 || len(drawn[0].Points) != len(want) {
		t.Fatalf("drawn is %+v, want %v", drawn, want)
	}
	for i, p := range drawn[0].Points {
		if math.Abs(float64(p.X-want[i].X)) > 0.005 || math.Abs(float64(p.Y-want[i].Y)) > 0.005 {
			t.Errorf("drawn is %v, want %v", drawn[0].Points, want)
		}
	}
}

func TestDrawALineByClicks(t *testing.T) {
	tl, drawn := sketch(t, true)
	if tl.Cursor() != desktop.CrosshairCursor || tl.editor.hint.used == 0 {
		t.Error("nothing says that a line can be drawn")
	}
	click(tl, 100, 200)
	tl.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(200, 200)}})
	screen := fyne.CurrentApp().Driver().CanvasForObject(tl).Capture()
	if c := screen.At(120, 200); !near(c, rubberInk, 40) {
		t.Errorf("the rubber band is %v", c)
	}
	click(tl, 300, 200)
	wants(t, *drawn, track.Point{X: 0.25, Y: 0.5}, track.Point{X: 0.75, Y: 0.5})
	if tl.Drawing() || tl.editor.hint.used != 0 {
		t.Error("it still draws")
	}
}

func TestDrawALineByDragging(t *testing.T) {
	tl, drawn := sketch(t, true)
	drag := func(x, y, dx, dy float32) {
		tl.Dragged(&fyne.DragEvent{
			PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, y)},
			Dragged:    fyne.NewDelta(dx, dy),
		})
	}
	drag(104, 100, 4, 0)
	drag(200, 300, 96, 200)
	tl.DragEnd()
	wants(t, *drawn, track.Point{X: 0.25, Y: 0.25}, track.Point{X: 0.5, Y: 0.75})
}

func TestDrawAZone(t *testing.T) {
	square := []track.Point{{X: 0.25, Y: 0.25}, {X: 0.75, Y: 0.25}, {X: 0.75, Y: 0.75}}
	for what, closes := range map[string]func(*Tile){
		"a double click": func(tl *Tile) { click(tl, 300, 300); click(tl, 300, 300) },
		"Enter": func(tl *Tile) {
			click(tl, 300, 300)
			typeKeys(tl, fyne.KeyReturn)
		},
		"a click on its beginning": func(tl *Tile) { click(tl, 300, 300); click(tl, 101, 101) },
	} {
		t.Run(what, func(t *testing.T) {
			tl, drawn := sketch(t, false)
			click(tl, 100, 100)
			typeKeys(tl, fyne.KeyReturn) // far too early
			click(tl, 300, 100)
			click(tl, 350, 350)
			typeKeys(tl, fyne.KeyBackspace)
			if tl.editor.clicked = tl.editor.clicked.Add(-doubleClick); len(*drawn) != 0 {
				t.Fatal("it was done before it was closed")
			}
			closes(tl)
			wants(t, *drawn, square...)
		})
	}
}

func TestDrawByKeys(t *testing.T) {
	tl, drawn := sketch(t, true)
	typeKeys(tl, fyne.KeyLeft, fyne.KeyLeft, fyne.KeyUp, fyne.KeyReturn)
	for range 10 {
		typeKeys(tl, fyne.KeyRight, fyne.KeyDown)
	}
	typeKeys(tl, fyne.KeyReturn)
	wants(t, *drawn, track.Point{X: 0.48, Y: 0.49}, track.Point{X: 0.58, Y: 0.59})
}

func TestGivingUpDrawsNothing(t *testing.T) {
	tl, drawn := sketch(t, false)
	click(tl, 100, 100)
	click(tl, 300, 100)
	typeKeys(tl, fyne.KeyEscape)
	click(tl, 300, 300)
	if tl.Drawing() || len(*drawn) != 0 {
		t.Errorf("it draws: %v, drawn is %v", tl.Drawing(), *drawn)
	}
}

func TestSlipsOfTheHandAreNoRegions(t *testing.T) {
	tl, drawn := sketch(t, true)
	click(tl, 100, 100)
	click(tl, 101, 101)
	click(tl, 101, 100)
	if len(*drawn) != 0 || !tl.Drawing() {
		t.Errorf("three clicks at one place drew %v", *drawn)
	}
	// Outside of the picture is its edge.
	click(tl, 900, -50)
	wants(t, *drawn, track.Point{X: 0.25, Y: 0.25}, track.Point{X: 1, Y: 0})
}

func TestCornersCanBeDragged(t *testing.T) {
	p := scene400()
	p.tallies = []track.Tally{lineTally()}
	tl, _ := still(t, fyne.NewSize(400, 400), p)
	var told [][]track.Region
	tl.EditRegions(func(all []track.Region) { told = append(told, all) })
	drag := func(x, y, dx, dy float32) {
		tl.Dragged(&fyne.DragEvent{
			PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, y)},
			Dragged:    fyne.NewDelta(dx, dy),
		})
	}
	drag(50, 50, 2, 2) // nothing lies there
	drag(60, 60, 10, 10)
	tl.DragEnd()
	drag(206, 204, 4, 2) // the line's end at 200, 200
	drag(100, 80, -106, -124)
	tl.DragEnd()
	if len(told) != 1 || len(told[0]) != 1 {
		t.Fatalf("told was %v", told)
	}
	if r := told[0][0]; r.Name != "Door" {
		t.Errorf("the region is now called %q", r.Name)
	}
	wants(t, told[0], track.Point{X: 0.5, Y: 0.9}, track.Point{X: 0.25, Y: 0.2})
	if p.tallies[0].Region.Points[1] != (track.Point{X: 0.5, Y: 0.5}) {
		t.Error("the region that was handed in was changed")
	}
	// Until the counters have it the picture shows it where the hand left it.
	if got := tl.tallies()[0].Region.Points[1]; got != told[0][0].Points[1] {
		t.Errorf("the end is shown at %v", got)
	}
	p = tl.current
	p.tallies = []track.Tally{{Region: told[0][0]}}
	tl.show(p)
	if tl.editor.edited != nil {
		t.Error("what was dragged is still held on to")
	}
	tl.EditRegions(nil)
	if tl.editor.handles[0].Visible() {
		t.Error("the handles are left")
	}
}
