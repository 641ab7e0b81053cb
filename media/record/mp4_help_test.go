package record

import (
	"context"
	"errors"
	"image"
	"io"
	"testing"
	"time"

	"handlens/media"
	"handlens/media/ffmpeg"
)

// testCanvas is small, so that many frames are encoded in no time.
var testCanvas = image.Pt(320, 180)

// markerIn is where a shot of the tests has its marker: a white square, by the frame's own size.
func markerIn(picture image.Rectangle) image.Rectangle {
	w, h := picture.Dx(), picture.Dy()
	return image.Rect(picture.Min.X+w/2, picture.Min.Y+h/4, picture.Min.X+w/2+w/4,
		picture.Min.Y+h/2)
}

// phonePicture is a grey frame with the marker, as it would come from a phone.
func phonePicture(t testing.TB, pool *media.Pool, w, h int, c media.Color) *media.Frame {
	t.Helper()
	f, err := pool.Get(w, h, media.I420)
	if err != nil {
		t.Fatal(err)
	}
	f.Color = c
	grey, white := uint8(80), uint8(235)
	if c.FullRange {
		grey, white = 75, 255 // the same on a screen
	}
	m := markerIn(f.Bounds())
	for y := range h {
		for x := range w {
			v := grey
			if image.Pt(x, y).In(m) {
				v = white
			}
			f.Plane[0][y*f.Stride[0]+x] = v
		}
	}
	for i := range f.Plane[1] {
		f.Plane[1][i], f.Plane[2][i] = 128, 128
	}
	return f
}

// drawRed burns a red block into the top left corner of the frame, a fifth of its size.
func drawRed(canvas *media.Frame, picture image.Rectangle) {
	for y := picture.Min.Y; y < picture.Min.Y+picture.Dy()/5; y++ {
		for x := picture.Min.X; x < picture.Min.X+picture.Dx()/5; x++ {
			canvas.Plane[0][y*canvas.Stride[0]+x] = 81
			canvas.Plane[1][y/2*canvas.Stride[1]+x/2] = 90
			canvas.Plane[2][y/2*canvas.Stride[2]+x/2] = 240
		}
	}
}

func newMP4(t testing.TB, o MP4Options) *MP4Writer {
	t.Helper()
	if o.Canvas == (image.Point{}) {
		o.Canvas = testCanvas
	}
	f, err := CreateMP4(o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func closeMP4(t testing.TB, f *MP4Writer) string {
	t.Helper()
	path, err := f.Close(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// checkFrame looks for the marker, the drawing, the frame's grey and the black bars in a decoded
// frame of the recording.
func checkFrame(t *testing.T, what string, f *media.Frame, canvas, size image.Point) {
	t.Helper()
	if f.Width != canvas.X || f.Height != canvas.Y {
		t.Fatalf("%s: the picture is %d × %d, the canvas %v", what, f.Width, f.Height, canvas)
	}
	picture := ffmpeg.FitInto(canvas, size)
	sample := func(p image.Point) [3]int {
		return [3]int{
			int(f.Plane[0][p.Y*f.Stride[0]+p.X]),
			int(f.Plane[1][p.Y/2*f.Stride[1]+p.X/2]), int(f.Plane[2][p.Y/2*f.Stride[2]+p.X/2]),
		}
	}
	middle := func(r image.Rectangle) image.Point { return r.Min.Add(r.Max).Div(2) }
	m := markerIn(picture)
	for _, c := range []struct {
		name string
		at   image.Point
		want [3]int
	}{
		{"the marker", middle(m), [3]int{235, 128, 128}},
		{"left of the marker", image.Pt(m.Min.X-8, middle(m).Y), [3]int{80, 128, 128}},
		{"right of the marker", image.Pt(m.Max.X+8, middle(m).Y), [3]int{80, 128, 128}},
		{"below the marker", image.Pt(middle(m).X, m.Max.Y+8), [3]int{80, 128, 128}},
		{"the drawing", picture.Min.Add(picture.Size().Div(10)), [3]int{81, 90, 240}},
	} {
		got := sample(c.at)
		for i := range 3 {
			if d := got[i] - c.want[i]; max(d, -d) > 14 {
				t.Errorf("%s: %s at %v is %v, want about %v", what, c.name, c.at, got, c.want)
				break
			}
		}
	}
	for _, p := range []image.Point{
		{picture.Min.X - 6, canvas.Y / 2},
		{picture.Max.X + 5, canvas.Y / 2},
		{canvas.X / 2, picture.Min.Y - 6},
		{canvas.X / 2, picture.Max.Y + 5},
	} {
		if !p.In(image.Rectangle{Max: canvas}) {
			continue
		}
		if got := sample(p); got[0] > 30 || max(got[1], got[2]) > 136 || min(got[1], got[2]) < 120 {
			t.Errorf("%s: beside the picture, at %v, is %v, not black", what, p, got)
		}
	}
}

// readRecording decodes a recording to its end.
func readRecording(t *testing.T, path string, each func(i int, f *media.Frame)) int {
	t.Helper()
	var pool media.Pool
	r, err := ffmpeg.OpenFile(path, &pool)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for i := 0; ; i++ {
		f, err := r.Next()
		if errors.Is(err, io.EOF) {
			if n := r.Damaged(); n != 0 {
				t.Errorf("%d pictures of %s are damaged", n, path)
			}
			return i
		}
		if err != nil {
			t.Fatal(err)
		}
		each(i, f)
		f.Release()
	}
}

func probe(t *testing.T, path string) ffmpeg.FileInfo {
	t.Helper()
	info, err := ffmpeg.Probe(path)
	if err != nil {
		t.Fatal(err)
	}
	return info
}

// about says whether two times are equal but for a few milliseconds.
func about(a, b time.Duration) bool { return max(a-b, b-a) <= 3*time.Millisecond }
