package detector

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"handlens/inference"
	"handlens/inference/ort"
)

const (
	// floatTolerance is how far a provider's numbers may be off, as a part of the size of what is
	// compared (both root mean square). Devices that multiply in 16 or 19 bits are off by some
	// thousandths, wrong answers by some tenths.
	floatTolerance = 0.02
	// integerTolerance is the same for integers, such as the labels of queries, of which the
	// weakest may differ.
	integerTolerance = 0.1
	// scoreTolerance is how far a score may be off, and boxOverlap the least IoU of two boxes of
	// the same object.
	scoreTolerance = 0.05
	boxOverlap     = 0.9
)

// compare fails when a session's answers to the reference frame are not those of the processor.
func (d *Detector) compare(ref *reference, s engine) error {
	other := reference{where: ref.where}
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
	for i := range ref.outputs {
		if err := compareOutputs(&ref.outputs[i], &other.outputs[i]); err != nil {
			return err
		}
	}
	limit := d.Confidence() + scoreTolerance
	if err := compareFound(ref.found, other.found, limit); err != nil {
		return err
	}
	return compareFound(other.found, ref.found, limit)
}

// compareOutputs fails when two outputs differ. It compares them number by number and, since models
// that sort by score may exchange nearly equal ones, once more sorted by size.
func compareOutputs(want, got *ort.Tensor) error {
	if !slices.Equal(want.Shape, got.Shape) || want.Type != got.Type {
		return fmt.Errorf("output %q is %s %v instead of %s %v", want.Name, got.Type, got.Shape,
			want.Type, want.Shape)
	}
	a, b, limit := numbers(want), numbers(got), integerTolerance
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
// is left out.
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

// compareFound fails when a detection with a score above the limit has no equal.
func compareFound(want, got []inference.Detection, limit float32) error {
	for _, w := range want {
		if w.Score >= limit && !slices.ContainsFunc(got, func(g inference.Detection) bool {
			return g.Class == w.Class && math.Abs(float64(g.Score-w.Score)) <= scoreTolerance &&
				inference.IoU(g.Box, w.Box) >= boxOverlap
		}) {
			return errFound
		}
	}
	return nil
}
