package overlay

import (
	"bytes"
	"image"
	"image/color"
	"math"
	"slices"
	"testing"

	"handlens/inference"
	"handlens/inference/track"
	"handlens/media"
)

var colors = []media.Color{
	{},
	{FullRange: true},
	{Matrix: media.BT709},
	{Matrix: media.BT709, FullRange: true},
}

// frameOf is an I420 frame of one colour.
func frameOf(t testing.TB, w, h int, k media.Color, c color.NRGBA) *media.Frame {
	t.Helper()
	f, err := new(media.Pool).Get(w, h, media.I420)
	if err != nil {
		t.Fatal(err)
	}
	f.Color = k
	y, u, v := toYUV(k, c)
	for i, s := range []uint8{y, u, v} {
		for k := range f.Plane[i] {
			f.Plane[i][k] = s
		}
	}
	return f
}

// rgbAt converts a pixel by the definition (ITU-R BT.601-7, BT.709-6), written without regard to
// the code under test.
func rgbAt(f *media.Frame, x, y int) color.RGBA {
	kr, kb := 0.299, 0.114
	if f.Color.Matrix == media.BT709 {
		kr, kb = 0.2126, 0.0722
	}
	luma := float64(f.Plane[0][y*f.Stride[0]+x])
	cb := float64(f.Plane[1][y/2*f.Stride[1]+x/2]) - 128
	cr := float64(f.Plane[2][y/2*f.Stride[2]+x/2]) - 128
	if f.Color.FullRange {
		luma, cb, cr = luma/255, cb/255, cr/255
	} else {
		luma, cb, cr = (luma-16)/219, cb/224, cr/224
	}
	r, b := luma+2*(1-kr)*cr, luma+2*(1-kb)*cb
	g := (luma - kr*r - kb*b) / (1 - kr - kb)
	sample := func(v float64) uint8 { return uint8(math.Round(255 * max(0, min(v, 1)))) }
	return color.RGBA{sample(r), sample(g), sample(b), 255}
}

// near says whether two colours differ by no more than that in any channel.
func near(a, b color.RGBA, by int) bool {
	d := func(x, y uint8) bool { return max(x, y)-min(x, y) <= uint8(by) }
	return d(a.R, b.R) && d(a.G, b.G) && d(a.B, b.B)
}

// scene is something of everything.
func scene() ([]inference.Detection, View) {
	found := []inference.Detection{
		{
			Box: inference.Box{X1: .25, Y1: .25, X2: .5, Y2: .75}, Label: "person", Score: .91,
			Track: 7,
		},
		{Box: inference.Box{X1: .6, Y1: .4, X2: .9, Y2: .8}, Label: "car", Class: 2, Score: .5},
	}
	view := View{
		Boxes: true, Labels: true, IDs: true,
		Trails: []track.Trail{{
			Track: 7, Class: 0,
			Points: []track.Point{{X: .05, Y: .9}, {X: .15, Y: .8}, {X: .375, Y: .5}},
		}},
		Tallies: []track.Tally{
			{
				Region: track.Region{
					Name:   "Line 1",
					Points: []track.Point{{X: .55, Y: .9}, {X: .95, Y: .9}},
				},
				In: map[string]int{"car": 3}, Out: map[string]int{"car": 1, "dog": 1},
			},
			{
				Region: track.Region{
					Name:   "Zone 1",
					Points: []track.Point{{X: .7, Y: .1}, {X: .9, Y: .1}, {X: .9, Y: .3}},
				},
				Inside: map[string]int{"cat": 2},
			},
		},
	}
	return found, view
}

func TestBothFormsLookTheSame(t *testing.T) {
	dets, view := scene()
	grey := color.NRGBA{128, 128, 128, 255}
	for _, size := range []image.Point{{1280, 720}, {320, 240}} {
		img := picture(size.X, size.Y, grey)
		DrawRGBA(img, dets, view)
		for _, k := range colors {
			f := frameOf(t, size.X, size.Y, k, grey)
			DrawI420(f, f.Bounds(), dets, view)
			// Edges may lie a pixel apart, and chroma is half as fine: what is compared are the
			// means of four by four pixels. Few may differ much.
			apart, all := 0, 0
			for y := 0; y < size.Y; y += 4 {
				for x := 0; x < size.X; x += 4 {
					var a, b [3]int
					for i := range 16 {
						p, q := img.RGBAAt(x+i%4, y+i/4), rgbAt(f, x+i%4, y+i/4)
						a[0], a[1], a[2] = a[0]+int(p.R), a[1]+int(p.G), a[2]+int(p.B)
						b[0], b[1], b[2] = b[0]+int(q.R), b[1]+int(q.G), b[2]+int(q.B)
					}
					all++
					for i := range 3 {
						if d := a[i] - b[i]; max(d, -d) > 16*90 {
							apart++
							break
						}
					}
				}
			}
			if apart*100 > all*3 {
				t.Errorf("%v, %+v: %d of %d places differ", size, k, apart, all)
			}
		}
	}
}

func TestI420Places(t *testing.T) {
	dets, view := scene()
	grey := color.NRGBA{128, 128, 128, 255}
	person, car, white := Color(0), Color(2), RegionColor
	opaque := func(c color.NRGBA) color.RGBA { return color.RGBA{c.R, c.G, c.B, 255} }
	for _, k := range colors {
		f := frameOf(t, 1280, 720, k, grey)
		DrawI420(f, f.Bounds(), dets, view)
		img := picture(1280, 720, grey)
		DrawRGBA(img, dets, view)
		for _, c := range []struct {
			what string
			at   image.Point
			want color.RGBA
		}{
			{"the left line of the person", image.Pt(321, 400), opaque(person)},
			{"the lower line of the person", image.Pt(500, 538), opaque(person)},
			{"the person's plate", image.Pt(322, 178), opaque(person)},
			{"the car's left line", image.Pt(769, 400), opaque(car)},
			{"the line", image.Pt(800, 648), opaque(white)},
			{"the zone's upper edge", image.Pt(1000, 72), opaque(white)},
			{"the middle of the person", image.Pt(500, 400), color.RGBA{128, 128, 128, 255}},
			{"beside the person", image.Pt(340, 600), color.RGBA{128, 128, 128, 255}},
			{"far from everything", image.Pt(20, 20), color.RGBA{128, 128, 128, 255}},
		} {
			if got := rgbAt(f, c.at.X, c.at.Y); !near(got, c.want, 12) {
				t.Errorf("%+v: %s is %v in I420, want %v", k, c.what, got, c.want)
			}
			if got := img.RGBAAt(c.at.X, c.at.Y); !near(got, c.want, 3) {
				t.Errorf("%s is %v in RGBA, want %v", c.what, got, c.want)
			}
		}
	}
}

func TestColoursDoNotBleed(t *testing.T) {
	grey := color.NRGBA{128, 128, 128, 255}
	f := frameOf(t, 640, 360, media.Color{}, grey)
	r := image.Rect(100, 100, 200, 180)
	d := inference.Detection{Class: 2, Box: inference.Box{
		X1: (float32(r.Min.X) + .9) / 640, Y1: (float32(r.Min.Y) + .9) / 360,
		X2: (float32(r.Max.X) - .9) / 640, Y2: (float32(r.Max.Y) - .9) / 360,
	}}
	DrawI420(f, f.Bounds(), []inference.Detection{d}, View{Boxes: true})
	_, u, v := toYUV(f.Color, Color(2))
	coloured := 0
	for y := range 180 {
		for x := range 320 {
			switch got := [2]uint8{f.Plane[1][y*320+x], f.Plane[2][y*320+x]}; got {
			case [2]uint8{128, 128}:
			case [2]uint8{u, v}:
				coloured++
			default:
				// What is left is the shadow, which takes colour away and adds none.
				t.Fatalf("at %d, %d is chroma %v: neither grey nor the box's %d, %d", 2*x, 2*y, got,
					u, v)
			}
		}
	}
	if coloured == 0 {
		t.Error("there is no colour at all")
	}
}

func TestI420StaysInThePicture(t *testing.T) {
	dets, view := scene()
	dets = append(dets,
		inference.Detection{
			Box: inference.Box{X2: 1, Y2: 1}, Label: "everything", Class: 5,
			Score: 1,
		})
	view.Tallies = append(view.Tallies,
		track.Tally{Region: track.Region{
			Name:   "edge",
			Points: []track.Point{{X: -3, Y: 0}, {X: 3, Y: 1}},
		}})
	for _, area := range []image.Rectangle{
		image.Rect(160, 0, 480, 360),
		image.Rect(0, 90, 640, 270), image.Rect(101, 33, 402, 222), image.Rect(600, 300, 900, 900),
		image.Rect(-50, -50, 3, 3),
	} {
		f := frameOf(t, 640, 360, media.Color{}, color.NRGBA{A: 255})
		// A stride longer than the row, with bytes between that are no one's.
		wide := &media.Frame{Width: f.Width, Height: f.Height}
		for i, w := range []int{640, 320, 320} {
			wide.Stride[i] = w + 32
			wide.Plane[i] = bytes.Repeat([]byte{77}, (w+32)*len(f.Plane[i])/w)
		}
		before := [3][]byte{
			slices.Clone(wide.Plane[0]), slices.Clone(wide.Plane[1]),
			slices.Clone(wide.Plane[2]),
		}
		DrawI420(wide, area, dets, view)
		BlurI420(wide, area, []inference.Box{{X1: .2, Y1: .2, X2: 1, Y2: 1}})
		if !changedWithin(t, wide, before, area) {
			t.Errorf("nothing was drawn in %v", area)
		}
	}
}

// changedWithin tells whether a frame with rows of 32 spare bytes differs from its planes before,
// and fails where it does outside of the area.
func changedWithin(t *testing.T, f *media.Frame, before [3][]byte, area image.Rectangle) bool {
	t.Helper()
	changed := false
	for i := range 3 {
		in := area
		if i > 0 {
			in = image.Rect(area.Min.X>>1, area.Min.Y>>1, (area.Max.X+1)>>1, (area.Max.Y+1)>>1)
		}
		in = in.Intersect(image.Rect(0, 0, f.Stride[i]-32, len(f.Plane[i])/f.Stride[i]))
		for k, v := range f.Plane[i] {
			at := image.Pt(k%f.Stride[i], k/f.Stride[i])
			if v == before[i][k] {
				continue
			}
			changed = true
			if !at.In(in) {
				t.Fatalf("in %v: plane %d was changed at %v", area, i, at)
			}
		}
	}
	return changed
}

func TestOddFrames(t *testing.T) {
	dets, view := scene()
	view.Trails = append(view.Trails,
		track.Trail{Points: []track.Point{
			{X: float32(math.NaN())},
			{X: float32(math.Inf(1)), Y: 9},
			{X: -1e9, Y: 1e9},
		}}, track.Trail{})
	view.Tallies = append(view.Tallies, track.Tally{},
		track.Tally{Region: track.Region{Points: []track.Point{{Y: float32(math.NaN())}, {}}}},
		track.Tally{Region: track.Region{Points: make([]track.Point, 5000)}})
	boxes := []inference.Box{
		{X1: -9, Y1: -9, X2: 9, Y2: 9},
		{X1: 1, X2: 0},
		{X2: float32(math.NaN())},
		{X1: .5, Y1: .5, X2: .5, Y2: .5},
		{X2: float32(math.Inf(1)), Y2: 1},
	}
	for _, size := range [][2]int{{1, 1}, {2, 3}, {33, 17}, {1, 400}, {400, 1}, {641, 359}} {
		f := frameOf(t, size[0], size[1], media.Color{}, color.NRGBA{A: 255})
		DrawI420(f, f.Bounds(), dets, view)
		BlurI420(f, f.Bounds(), boxes)
		img := picture(size[0], size[1], color.Black)
		DrawRGBA(img, dets, view)
		BlurRGBA(img, boxes)
	}
	for _, f := range []*media.Frame{
		nil,
		{},
		{Width: 64, Height: 64},
		{Width: 1 << 20, Height: 1},
		{
			Width: 2, Height: 2, Format: media.RGBA, Plane: [3][]byte{make([]byte, 16)},
			Stride: [3]int{8},
		},
	} {
		DrawI420(f, image.Rect(0, 0, 64, 64), dets, view)
		BlurI420(f, image.Rect(0, 0, 64, 64), boxes)
	}
}
