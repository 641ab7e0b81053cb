package inference

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"handlens/inference/ort"
	"handlens/media"
)

const (
	// floatTolerance is how far, as a part of the size of what is compared (both root mean square),
	// a provider's numbers may be off. Devices that multiply in 16 or 19 bits are off by some
	// thousandths; wrong answers by some tenths.
	floatTolerance = 0.02
	// wholeTolerance is the same for whole numbers, such as the labels of queries of which the
	// weakest may be others.
	wholeTolerance = 0.1
	// scoreTolerance is how far a score may be off, and boxOverlap the least overlap of two boxes
	// of the same thing.
	scoreTolerance = 0.05
	boxOverlap     = 0.9
)

// sameAnswers holds what a session has answered to the example against what the processor did.
func (d *Detector) sameAnswers(ex *example, s *ort.Session) error {
	other := example{where: ex.where}
	d.mu.Lock()
	if d.session == nil {
		d.mu.Unlock()
		return ErrClosed
	}
	err := d.answers(&other, s)
	d.mu.Unlock()
	if err != nil {
		return err
	}
	for i := range ex.outputs {
		if err := sameTensor(&ex.outputs[i], &other.outputs[i]); err != nil {
			return err
		}
	}
	limit := d.Confidence() + scoreTolerance
	if err := sameFound(ex.found, other.found, limit); err != nil {
		return err
	}
	return sameFound(other.found, ex.found, limit)
}

// sameTensor compares two outputs number by number, or, where models sort by score and nearly equal
// ones may change places, in order of size.
func sameTensor(want, got *ort.Tensor) error {
	if !slices.Equal(want.Shape, got.Shape) || want.Type != got.Type {
		return fmt.Errorf("output %q is %s %v instead of %s %v", want.Name, got.Type, got.Shape,
			want.Type, want.Shape)
	}
	a, b, limit := numbers(want), numbers(got), wholeTolerance
	if len(want.Float32) > 0 {
		limit = floatTolerance
	}
	for i := range b {
		if finite(a[i]) != finite(b[i]) {
			return fmt.Errorf("output %q is not finite", want.Name)
		}
	}
	off := rootDistance(a, b)
	if off > limit {
		slices.Sort(a)
		slices.Sort(b)
		off = rootDistance(a, b)
	}
	if off > limit {
		return fmt.Errorf("output %q is off by %.0f %%", want.Name, 100*min(off, 10))
	}
	return nil
}

// numbers copies a tensor's elements, all as float64.
func numbers(t *ort.Tensor) []float64 {
	var all []float64
	for _, v := range t.Float32 {
		all = append(all, float64(v))
	}
	if all != nil {
		return all
	}
	for _, v := range t.Int64 {
		all = append(all, float64(v))
	}
	for _, v := range t.Int32 {
		all = append(all, float64(v))
	}
	for _, v := range t.Uint8 {
		all = append(all, float64(v))
	}
	return all
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// rootDistance is the root mean square of the difference as a part of that of a. What is not finite
// counts as nothing.
func rootDistance(a, b []float64) float64 {
	var size, off float64
	for i := range a {
		if finite(a[i]) && finite(b[i]) {
			size += a[i] * a[i]
			off += (a[i] - b[i]) * (a[i] - b[i])
		}
	}
	if off == 0 {
		return 0
	}
	return math.Sqrt(off / max(size, 1e-12))
}

var errFound = errors.New("not the same things are found")

// sameFound wants each detection of a score above the limit to have its like.
func sameFound(want, got []Detection, limit float32) error {
	for _, w := range want {
		if w.Score >= limit && !slices.ContainsFunc(got, func(g Detection) bool {
			return g.Class == w.Class && math.Abs(float64(g.Score-w.Score)) <= scoreTolerance &&
				iou(g.Box, w.Box) >= boxOverlap
		}) {
			return errFound
		}
	}
	return nil
}

// drawExample draws a picture that no part of a model is indifferent to: a shaded ground, coloured
// patches with hard edges, and a little noise, always the same.
func drawExample() *media.Frame {
	const w, h = 640, 480
	f := &media.Frame{Width: w, Height: h, Format: media.RGBA, Stride: [3]int{4 * w}}
	pix := make([]byte, 4*w*h)
	noise := uint32(1)
	for y := range h {
		for x := range w {
			noise = noise*1664525 + 1013904223 // Numerical Recipes' generator
			n := byte(noise >> 28)
			p := pix[4*(y*w+x):]
			p[0], p[1], p[2], p[3] = byte(40+x/8)+n, byte(60+y/6)+n, byte(90+(x+y)/16)+n, 255
		}
	}
	for i, c := range [][3]byte{
		{230, 20, 20},
		{20, 220, 30},
		{30, 30, 235},
		{250, 250, 250},
		{5, 5, 5},
	} {
		for y := 60 + 70*i; y < 110+70*i; y++ {
			for x := 50 + 110*i; x < 140+110*i; x++ {
				copy(pix[4*(y*w+x):], c[:])
			}
		}
	}
	f.Plane[0] = pix
	return f
}
