package detector

import (
	"math"

	"handlens/inference/ort"
)

// showSomething runs the model on a picture of which nobody knows yet how the model wants it: what
// its outputs then hold is evidence of what they are. Most models find nothing in it, and that is
// enough.
func (d *Detector) showSomething() error {
	t := d.session.Input(d.input.Image)
	level := sampler()
	for i := range t.Float32 {
		t.Float32[i] = level(i)
	}
	for i := range t.Uint8 {
		t.Uint8[i] = uint8(255 * level(i))
	}
	for i := range t.Float16 {
		t.Float16[i] = ort.Float16Bits(level(i))
	}
	return d.session.Run()
}

// sampler returns the samples of a shaded picture with a little noise, 0..1, always the same.
func sampler() func(i int) float32 {
	noise := uint32(1)
	return func(i int) float32 {
		noise = noise*1664525 + 1013904223 // Numerical Recipes' generator
		shade := 0.5 + 0.25*math.Sin(float64(i)/900)
		return float32(shade) + float32(noise>>24)/2048
	}
}
