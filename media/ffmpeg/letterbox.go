package ffmpeg

// #include "letterbox.h"
import "C"

import (
	"fmt"
	"image"
	"math"
	"runtime"

	"handlens/media"
)

// Letterbox lays frames of any size and colour description into the middle of a canvas. It keeps
// what the last scaling needed. One goroutine at a time.
type Letterbox struct {
	fit     *fit
	cleanup runtime.Cleanup
}

// fit is a C scaler and what it was made for, apart from the Letterbox so that it can be freed when
// that is forgotten.
type fit struct {
	c        *C.hl_fit
	from, to image.Point
}

func (s *fit) free() {
	C.hl_fit_free(s.c)
	*s = fit{}
}

// NewLetterbox returns a Letterbox. Close frees its C memory at once, the garbage collector does
// some time later.
func NewLetterbox() *Letterbox {
	l := &Letterbox{fit: new(fit)}
	l.cleanup = runtime.AddCleanup(l, (*fit).free, l.fit)
	return l
}

// Close frees what scaling needed. Nothing may be called after it.
func (l *Letterbox) Close() {
	l.cleanup.Stop()
	if l.fit != nil {
		l.fit.free()
	}
	l.fit = nil
}

// FitInto says where a frame lies in a canvas of even sides: as large as it fits at its own
// aspect ratio, in the middle, its edges at even pixels, so that chroma lies where it belongs. A
// frame as large as the canvas, or a pixel smaller because it is odd, keeps its size.
func FitInto(canvas, picture image.Point) image.Rectangle {
	if picture.X < 1 || picture.Y < 1 || canvas.X < 2 || canvas.Y < 2 {
		return image.Rectangle{}
	}
	size := canvas
	if picture.X*canvas.Y > canvas.X*picture.Y {
		size.Y = even(float64(picture.Y)*float64(canvas.X)/float64(picture.X), canvas.Y)
	} else {
		size.X = even(float64(picture.X)*float64(canvas.Y)/float64(picture.Y), canvas.X)
	}
	at := image.Pt((canvas.X-size.X)/2&^1, (canvas.Y-size.Y)/2&^1)
	return image.Rectangle{Min: at, Max: at.Add(size)}
}

// even rounds to an even number within 2..most, which is even.
func even(v float64, most int) int { return max(2, min(2*int(math.Round(v/2)), most)) }

// Put lays f, which is I420, into the middle of the canvas, I420 of even sides, as [FitInto] says,
// and returns where it lies. The rest of the canvas becomes black. A frame of that very size is
// copied, others are scaled (bicubic). A frame of another matrix or range than the canvas's is
// converted by the formulas of ITU-R BT.601 and BT.709, each pixel with the chroma sample it
// shares. It fails, with the canvas untouched, when a size or a plane is not what it says.
func (l *Letterbox) Put(canvas, f *media.Frame) (image.Rectangle, error) {
	if l.fit == nil {
		return image.Rectangle{}, fmt.Errorf("laying out a frame: %w", ErrClosed)
	}
	for _, frame := range []*media.Frame{canvas, f} {
		if frame.Format != media.I420 {
			return image.Rectangle{}, fmt.Errorf("laying out a frame: it is not in I420")
		}
		if err := checkFrame(frame); err != nil {
			return image.Rectangle{}, fmt.Errorf("laying out a frame: %w", err)
		}
	}
	if (canvas.Width|canvas.Height)&1 != 0 {
		return image.Rectangle{},
			fmt.Errorf("laying out a frame: the canvas of %d × %d pixels has an odd side",
				canvas.Width, canvas.Height)
	}
	at := FitInto(image.Pt(canvas.Width, canvas.Height), image.Pt(f.Width, f.Height))
	dst, ds := planesAt(canvas, at.Min)
	if size := at.Size(); size.X == (f.Width+1)&^1 && size.Y == (f.Height+1)&^1 {
		for i := range 3 {
			w, h, sw, sh := size.X, size.Y, f.Width, f.Height
			if i > 0 {
				w, h, sw, sh = w/2, h/2, (sw+1)/2, (sh+1)/2
			}
			C.hl_copy_plane(dst[i], ds[i], C.int(w), C.int(h), pointer(f.Plane[i]),
				C.int(f.Stride[i]), C.int(sw), C.int(sh))
		}
	} else if err := l.scale(dst, ds, size, f); err != nil {
		return image.Rectangle{}, err
	}
	if f.Color != canvas.Color {
		C.hl_recolor_i420(dst[0], ds[0], dst[1], ds[1], dst[2], ds[2], C.int(at.Dx()),
			C.int(at.Dy()), recoloring(f.Color, canvas.Color))
	}
	blacken(canvas, at)
	return at, nil
}

func (l *Letterbox) scale(dst [3]*C.uint8_t, ds [3]C.int, to image.Point, f *media.Frame) error {
	defer runtime.KeepAlive(l) // its cleanup frees the scaler
	s, from := l.fit, image.Pt(f.Width, f.Height)
	if s.c == nil || s.from != from || s.to != to {
		s.free()
		s.c = C.hl_fit_new(C.int(from.X), C.int(from.Y), C.int(to.X), C.int(to.Y))
		if s.c == nil {
			return fmt.Errorf("scaling a frame from %v to %v: out of memory", from, to)
		}
		s.from, s.to = from, to
	}
	var pin runtime.Pinner // the planes go to C inside arrays
	defer pin.Unpin()
	src, ss := planesAt(f, image.Point{})
	for i := range 3 {
		pin.Pin(dst[i])
		pin.Pin(src[i])
	}
	if n := C.hl_fit_run(s.c, &dst[0], &ds[0], &src[0], &ss[0]); n < 0 {
		return fmt.Errorf("scaling a frame from %v to %v: %w", from, to, avError(n))
	}
	return nil
}

// planesAt returns where a pixel of even coordinates lies in each plane, and the strides.
func planesAt(f *media.Frame, at image.Point) (p [3]*C.uint8_t, stride [3]C.int) {
	for i := range 3 {
		x, y := at.X, at.Y
		if i > 0 {
			x, y = x/2, y/2
		}
		p[i], stride[i] = pointer(f.Plane[i][y*f.Stride[i]+x:]), C.int(f.Stride[i])
	}
	return p, stride
}

// blacken makes everything black but the frame.
func blacken(canvas *media.Frame, picture image.Rectangle) {
	black := C.int(16)
	if canvas.Color.FullRange {
		black = 0
	}
	b := canvas.Bounds()
	for _, bar := range []image.Rectangle{
		image.Rect(0, 0, b.Max.X, picture.Min.Y),
		image.Rect(0, picture.Max.Y, b.Max.X, b.Max.Y),
		image.Rect(0, picture.Min.Y, picture.Min.X, picture.Max.Y),
		image.Rect(picture.Max.X, picture.Min.Y, b.Max.X, picture.Max.Y),
	} {
		if bar.Empty() {
			continue
		}
		p, stride := planesAt(canvas, bar.Min)
		C.hl_fill(p[0], stride[0], C.int(bar.Dx()), C.int(bar.Dy()), black)
		C.hl_fill(p[1], stride[1], C.int(bar.Dx()/2), C.int(bar.Dy()/2), 128)
		C.hl_fill(p[2], stride[2], C.int(bar.Dx()/2), C.int(bar.Dy()/2), 128)
	}
}

// recoloring derives the factors from one colour description to another: through red, green and
// blue, which both describe.
func recoloring(from, to media.Color) C.hl_recolor {
	const unit = 1 << 14
	weights := func(m media.Matrix) (kr, kb float64) {
		if m == media.BT709 {
			return 0.2126, 0.0722
		}
		return 0.299, 0.114
	}
	scales := func(c media.Color) (offset, luma, chroma float64) {
		if c.FullRange {
			return 0, 255, 255
		}
		return 16, 219, 224
	}
	fr, fb := weights(from.Matrix)
	tr, tb := weights(to.Matrix)
	tg := 1 - tr - tb
	// What one unit of Pb and of Pr adds to red, green and blue, luma apart.
	red, blue := 2*(1-fr), 2*(1-fb)
	greenOfB, greenOfR := -blue*fb/(1-fr-fb), -red*fr/(1-fr-fb)
	lumaOfB, lumaOfR := tg*greenOfB+tb*blue, tg*greenOfR+tr*red
	fo, fl, fc := scales(from)
	to0, tl, tc := scales(to)
	luma, chroma, mixed := tl/fl, tc/fc, tl/fc
	scaled := func(v float64) C.int { return C.int(math.Round(v * unit)) }
	return C.hl_recolor{
		yy: scaled(luma), y0: scaled(to0 - fo*luma),
		yu: scaled(lumaOfB * mixed), yv: scaled(lumaOfR * mixed),
		uu: scaled((blue - lumaOfB) / (2 * (1 - tb)) * chroma),
		uv: scaled(-lumaOfR / (2 * (1 - tb)) * chroma),
		vu: scaled(-lumaOfB / (2 * (1 - tr)) * chroma),
		vv: scaled((red - lumaOfR) / (2 * (1 - tr)) * chroma),
	}
}
