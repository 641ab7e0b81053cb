package overlay

import (
	"image"
	"image/color"
	"math"
	"slices"
	"testing"

	"handlens/inference"
	"handlens/media"
)

// tilted is a square that stands on its corner within a box, with two keypoints beside it.
func tilted() []inference.Detection {
	return []inference.Detection{{
		Box: inference.Box{X1: .25, Y1: .25, X2: .75, Y2: .75}, Class: 2, Label: "kite", Score: .9,
		Shape: &inference.Shape{
			Outline: []inference.Point{
				{X: .5, Y: .1},
				{X: .9, Y: .5},
				{X: .5, Y: .9},
				{X: .1, Y: .5},
			},
			Keypoints: []inference.Keypoint{
				{Point: inference.Point{X: .1, Y: .1}, Score: .9},
				{Point: inference.Point{X: .9, Y: .1}, Score: .1},
			},
		},
	}}
}

func TestShapeLiesWhereItShould(t *testing.T) {
	grey := color.RGBA{128, 128, 128, 255}
	img := picture(800, 800, grey)
	DrawRGBA(img, tilted(), View{Boxes: true})
	c := Color(2)
	veiled := color.RGBA{mix(128, c.R, veil), mix(128, c.G, veil), mix(128, c.B, veil), 255}
	opaque := color.RGBA{c.R, c.G, c.B, 255}
	for at, want := range map[image.Point]color.RGBA{
		{400, 400}: veiled, {400, 260}: veiled, {550, 400}: veiled, {300, 430}: veiled,
		{400, 240}: opaque, {481, 321}: opaque, // the edge
		{280, 280}: grey, {230, 230}: grey, // outside the outline, within the box
		{240, 240}: {255, 255, 255, 255}, // the keypoint that is seen
		{560, 240}: grey,                 // and the one that is not
		{201, 300}: opaque,               // the box
	} {
		if got := img.RGBAAt(at.X, at.Y); got != want {
			t.Errorf("at %v is %v, want %v", at, got, want)
		}
	}
	img = picture(800, 800, grey)
	DrawRGBA(img, tilted(), View{Labels: true})
	if got := img.RGBAAt(400, 400); got != grey {
		t.Errorf("without boxes there is %v", got)
	}
}

// The filled area is as large as the outline, to a hundredth.
func TestFillHasTheRightArea(t *testing.T) {
	for _, side := range []int{37, 240, 801} {
		img := image.NewRGBA(image.Rect(0, 0, side, side))
		p := painter{rgba: rgbaSurface{img: img, picture: img.Rect}}
		const corners = 48
		for i := range corners {
			a := 2 * math.Pi * float64(i) / corners
			p.vertices = append(p.vertices,
				vertex{
					x: float32(side) * float32(.5+.4*math.Cos(a)),
					y: float32(side) * float32(.5+.4*math.Sin(a)),
				})
		}
		p.polygon(&p.rgba, color.NRGBA{A: 255})
		sum := 0.0
		for i := 3; i < len(img.Pix); i += 4 {
			sum += float64(img.Pix[i]) / 255
		}
		want := corners / 2 * math.Sin(2*math.Pi/corners) * .16 * float64(side*side)
		if math.Abs(sum-want) > 0.01*want {
			t.Errorf("of %d pixels: %.1f, want %.1f", side, sum, want)
		}
	}
}

func TestPersonsHaveLimbs(t *testing.T) {
	keys := make([]inference.Keypoint, 17)
	for i := range keys {
		keys[i] = inference.Keypoint{Point: inference.Point{
			X: .1 + .8*float32(i%2),
			Y: .05 + .05*float32(i),
		}, Score: 1}
	}
	keys[5].Point, keys[6].Point = inference.Point{X: .2, Y: .3}, inference.Point{X: .8, Y: .3}
	d := []inference.Detection{{
		Box: inference.Box{X2: 1, Y2: 1}, Class: 1,
		Shape: &inference.Shape{Keypoints: keys},
	}}
	black := color.RGBA{0, 0, 0, 255}
	img := picture(400, 400, black)
	DrawShapes(img, img.Rect, d)
	c := Color(1)
	// Between the shoulders, where nothing else passes.
	if got := img.RGBAAt(140, 120); got != (color.RGBA{c.R, c.G, c.B, 255}) {
		t.Errorf("the shoulders are joined by %v", got)
	}
	d[0].Shape = &inference.Shape{Keypoints: keys[:16]}
	img = picture(400, 400, black)
	DrawShapes(img, img.Rect, d)
	if got := img.RGBAAt(140, 120); got != black {
		t.Errorf("sixteen points are joined: %v", got)
	}
	if got := img.RGBAAt(80, 120); got != (color.RGBA{255, 255, 255, 255}) {
		t.Errorf("sixteen points have no dots: %v", got)
	}
}

// A part of a frame that is clear looks, laid over it, as if it had been drawn there.
func TestShapesApart(t *testing.T) {
	grey := color.RGBA{100, 150, 200, 255}
	whole := picture(640, 480, grey)
	DrawShapes(whole, whole.Rect, tilted())
	area := ShapeExtent(whole.Rect, tilted())
	if area.Empty() || !changed(whole, grey).In(area) || area.Dx() > 400 {
		t.Fatalf("%v is said to be touched, %v is", area, changed(whole, grey))
	}
	part := image.NewRGBA(area)
	DrawShapes(part, whole.Rect, tilted())
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			p, want := part.RGBAAt(x, y), whole.RGBAAt(x, y)
			over := func(v, under uint8) int { return int(v) + int(under)*(255-int(p.A))/255 }
			for _, d := range []int{
				over(p.R, grey.R) - int(want.R),
				over(p.G, grey.G) - int(want.G), over(p.B, grey.B) - int(want.B),
			} {
				if d < -3 || d > 3 {
					t.Fatalf("at %d,%d is %v, which is not %v", x, y, p, want)
				}
			}
		}
	}
	if !ShapeExtent(whole.Rect, []inference.Detection{{Box: inference.Box{X2: 1, Y2: 1}}}).Empty() {
		t.Error("a box alone has a shape")
	}
}

// Frames show what frames show, and nothing outside the frame's place is touched.
func TestShapesOnFrames(t *testing.T) {
	f, err := new(media.Pool).Get(641, 481, media.I420)
	if err != nil {
		t.Fatal(err)
	}
	for _, plane := range f.Plane {
		for i := range plane {
			plane[i] = 128
		}
	}
	area := image.Rect(100, 40, 540, 440)
	dets := tilted()
	dets[0].Shape.Outline = append(dets[0].Shape.Outline,
		inference.Point{X: -9, Y: float32(math.NaN())}, inference.Point{X: -40, Y: 90})
	DrawI420(f, area, dets, View{Boxes: true})
	luma, cb, cr := toYUV(f.Color, Color(2))
	at := func(x, y int) [3]uint8 {
		return [3]uint8{
			f.Plane[0][y*f.Stride[0]+x], f.Plane[1][y/2*f.Stride[1]+x/2],
			f.Plane[2][y/2*f.Stride[2]+x/2],
		}
	}
	if got, want := at(320, 240),
		[3]uint8{mix(128, luma, veil), mix(128, cb, veil), mix(128, cr, veil)}; got != want {
		t.Errorf("inside is %v, want %v", got, want)
	}
	for y := range 481 {
		for x := range 641 {
			if !image.Pt(x, y).In(area) && at(x, y) != [3]uint8{128, 128, 128} {
				t.Fatalf("at %d,%d, outside the picture, is %v", x, y, at(x, y))
			}
		}
	}
}

// ten are as many people, with mask outlines and keypoints.
func ten() []inference.Detection {
	shape := &inference.Shape{Keypoints: make([]inference.Keypoint, 17)}
	for i := range 64 {
		a := 2 * math.Pi * float64(i) / 64
		shape.Outline = append(shape.Outline,
			inference.Point{X: float32(.5 + .5*math.Cos(a)), Y: float32(.5 + .5*math.Sin(a))})
	}
	for i, at := range [17][2]float32{
		{.5, .1},
		{.55, .07},
		{.45, .07},
		{.6, .09},
		{.4, .09},
		{.7, .25},
		{.3, .25},
		{.85, .4},
		{.15, .42},
		{.9, .2},
		{.1, .58},
		{.62, .55},
		{.38, .55},
		{.66, .75},
		{.34, .76},
		{.7, .96},
		{.3, .96},
	} {
		shape.Keypoints[i] = inference.Keypoint{
			Point: inference.Point{X: at[0], Y: at[1]},
			Score: 1,
		}
	}
	var dets []inference.Detection
	for i := range 10 {
		x := float32(i) / 11
		dets = append(dets,
			inference.Detection{
				Box: inference.Box{X1: x, Y1: .2, X2: x + .1, Y2: .8}, Class: i,
				Shape: shape,
			})
	}
	return dets
}

func TestShapesTakeNoMemory(t *testing.T) {
	img, dets := image.NewRGBA(image.Rect(0, 0, 640, 360)), ten()
	p := &painter{rgba: rgbaSurface{img: img, picture: img.Rect}}
	do := func() { p.draw(&p.rgba, dets, View{Boxes: true}) }
	do()
	if n := testing.AllocsPerRun(20, do); n > 0 {
		t.Errorf("%v allocations a picture", n)
	}
}

func BenchmarkShapes(b *testing.B) {
	dets := ten()
	f, err := new(media.Pool).Get(1920, 1080, media.I420)
	if err != nil {
		b.Fatal(err)
	}
	bare := slices.Clone(dets)
	for i := range bare {
		bare[i].Shape = nil
	}
	masks, poses := slices.Clone(dets), slices.Clone(dets)
	for i := range dets {
		masks[i].Shape = &inference.Shape{Outline: dets[i].Shape.Outline}
		poses[i].Shape = &inference.Shape{Keypoints: dets[i].Shape.Keypoints}
	}
	for name, found := range map[string][]inference.Detection{
		"boxes": bare, "masks": masks,
		"poses": poses,
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				DrawI420(f, f.Bounds(), found, View{Boxes: true})
			}
		})
	}
}

// A rotated box is drawn by its corners, and never by its upright one; its label stays upright.
func TestRotatedBoxIsDrawnAsItIs(t *testing.T) {
	grey := color.RGBA{128, 128, 128, 255}
	c := Color(2)
	opaque := color.RGBA{c.R, c.G, c.B, 255}
	b, s, _ := inference.Rotated([4]inference.Point{
		{X: .5, Y: .25}, {X: .75, Y: .5}, {X: .5, Y: .75}, {X: .25, Y: .5},
	})
	found := []inference.Detection{{Box: b, Class: 2, Label: "kite", Score: .9, Shape: s}}
	img := picture(800, 800, grey)
	DrawRGBA(img, found, View{Boxes: true})
	for at, want := range map[image.Point]color.RGBA{
		{500, 300}: opaque, {500, 500}: opaque, {300, 500}: opaque, {300, 300}: opaque,
		{400, 400}: grey, {400, 201 + 40}: grey,
		{201, 300}: grey, {300, 201}: grey, {599, 300}: grey, // where the upright one would be
	} {
		if got := img.RGBAAt(at.X, at.Y); got != want {
			t.Errorf("at %v is %v, want %v", at, got, want)
		}
	}
	part := image.NewRGBA(ShapeExtent(img.Rect, found))
	if part.Rect.Min.X > 200 || part.Rect.Max.Y < 600 {
		t.Errorf("it lies within %v", part.Rect)
	}
	DrawShapes(part, img.Rect, found)
	if got := part.RGBAAt(500, 300); got != opaque {
		t.Errorf("drawn alone it is %v", got)
	}
	f := frameOf(t, 400, 400, media.Color{}, color.NRGBA{128, 128, 128, 255})
	DrawI420(f, f.Bounds(), found, View{Boxes: true})
	on, off := f.Plane[1][75*f.Stride[1]+125], f.Plane[1][75*f.Stride[1]+51]
	if on == 128 || off != 128 {
		t.Errorf("in a video's frame the edge is %d, and where the upright one would be %d", on,
			off)
	}
}
