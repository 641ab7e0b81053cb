package overlay

import (
	"bytes"
	"image/color"
	"testing"

	"handlens/inference"
	"handlens/inference/track"
	"handlens/media"
)

func TestSwitches(t *testing.T) {
	dets, view := scene()
	count := func(v View) (n int) {
		img := picture(640, 360, color.White)
		DrawRGBA(img, dets, v)
		for i := 0; i < len(img.Pix); i += 4 {
			if img.Pix[i] != 255 || img.Pix[i+1] != 255 || img.Pix[i+2] != 255 {
				n++
			}
		}
		return n
	}
	if n := count(View{}); n != 0 {
		t.Errorf("the zero View draws %d pixels", n)
	}
	boxes, labels, ids, both := count(View{Boxes: true}), count(View{Labels: true}),
		count(View{IDs: true}), count(View{Labels: true, IDs: true})
	if boxes == 0 || ids == 0 || labels <= ids || both <= labels {
		t.Errorf("boxes %d, labels %d, ids %d, labels with ids %d pixels", boxes, labels, ids, both)
	}
	if trails, regions := count(View{Trails: view.Trails}),
		count(View{Tallies: view.Tallies}); trails == 0 || regions == 0 {
		t.Errorf("trails %d, regions %d pixels", trails, regions)
	}
}

func TestArrowPointsToTheRight(t *testing.T) {
	// From left to right, the right of the line is below it.
	line := track.Tally{Region: track.Region{Points: []track.Point{{X: .1, Y: .5}, {X: .9, Y: .5}}}}
	img := picture(640, 360, color.Black)
	p := painters.Get().(*painter)
	defer p.free()
	p.rgba = rgbaSurface{img: img, picture: img.Rect}
	p.region(&p.rgba, styleFor(&p.rgba), line.Region)
	r := changed(img, color.RGBA{A: 255})
	if below, above := r.Max.Y-180, 180-r.Min.Y; below < 3*above {
		t.Errorf("the arrow goes %d up and %d down", above, below)
	}
}

func TestTallyText(t *testing.T) {
	_, view := scene()
	if got := TallyText(view.Tallies[0]); got != "Line 1  → 3  ← 2" {
		t.Errorf("the line says %q", got)
	}
	if got := TallyText(view.Tallies[1]); got != "Zone 1: 2  → 0  ← 0" {
		t.Errorf("the zone says %q", got)
	}
	// Every sign has a shape of its own.
	fonts.Lock()
	defer fonts.Unlock()
	none := lookUp(face(24), 24, '\U0010FFFD')
	for _, r := range "→←…" {
		if g := lookUp(face(24), 24, r); g == nil || none != nil &&
			bytes.Equal(g.cover, none.cover) {
			t.Errorf("there is no %c in the font", r)
		}
	}
}

// TestLabelsCanBeRead looks at how tall letters are and how well they stand out, in luma, which is
// what survives video encoding best.
func TestLabelsCanBeRead(t *testing.T) {
	for _, c := range []struct {
		w, h, letters int
	}{{1280, 720, 14}, {320, 240, 8}} {
		for class := range 12 {
			f := frameOf(t, c.w, c.h, media.Color{}, color.NRGBA{128, 128, 128, 255})
			DrawI420(f, f.Bounds(),
				[]inference.Detection{{
					Box:   inference.Box{X1: .2, Y1: .5, X2: .6, Y2: .9},
					Label: "HHH", Class: class, Score: 1,
				}}, View{Labels: true})
			ink, _, _ := toYUV(f.Color, Ink(Color(class)))
			plate, _, _ := toYUV(f.Color, Color(class))
			if max(ink, plate)-min(ink, plate) < 70 {
				t.Errorf("class %d: letters of luma %d on %d", class, ink, plate)
			}
			tall := 0
			for x := range c.w {
				run := 0
				for y := range c.h {
					if got := f.Plane[0][y*f.Stride[0]+x]; max(got, ink)-min(got, ink) <= 8 {
						run++
						tall = max(tall, run)
					} else {
						run = 0
					}
				}
			}
			if tall < c.letters {
				t.Errorf("%d × %d, class %d: letters are %d pixels tall, want %d", c.w, c.h, class,
					tall, c.letters)
			}
		}
	}
}

func TestNothingIsAllocated(t *testing.T) {
	dets, view := scene()
	f := frameOf(t, 640, 360, media.Color{}, color.NRGBA{A: 255})
	img := picture(640, 360, color.Black)
	boxes := []inference.Box{{X1: .1, Y1: .1, X2: .4, Y2: .5}}
	// One painter, since what a pool keeps is up to chance.
	p := new(painter)
	p.rgba = rgbaSurface{img: img, picture: img.Rect}
	if !p.i420.set(f, f.Bounds()) {
		t.Fatal("the frame is not taken")
	}
	do := func() {
		BlurI420(f, f.Bounds(), boxes)
		p.draw(&p.i420, dets, view)
		BlurRGBA(img, boxes)
		p.draw(&p.rgba, dets, view)
	}
	do()
	if n := testing.AllocsPerRun(50, do); n > 0 {
		t.Errorf("%v allocations a picture", n)
	}
}

func TestGlyphsAreBounded(t *testing.T) {
	img := picture(400, 100, color.Black)
	for r := rune(0x4e00); r < 0x4e00+3*maxGlyphs; r += 20 {
		label := make([]rune, 20)
		for i := range label {
			label[i] = r + rune(i)
		}
		Draw(img, []inference.Detection{{Box: inference.Box{X2: 1, Y2: 1}, Label: string(label)}})
	}
	fonts.Lock()
	defer fonts.Unlock()
	if n := len(fonts.glyphs); n > maxGlyphs {
		t.Errorf("%d letters are kept", n)
	}
}
