package detector

import (
	"handlens/inference/resample"
	"handlens/media"
)

// The weights of red, green and blue in a brightness (ITU-R BT.601, as OpenCV has it).
var brightness = [3]float32{0.299, 0.587, 0.114}

// fillGrey puts a frame's brightness into a slot of a model with one channel. d.mu is held.
func (d *Detector) fillGrey(p *planned, f *media.Frame, dst resample.Tensor, s *slot) error {
	n := len(dst.Float32) + len(dst.Uint8)
	colours := &d.colours
	if len(colours.Float32)+len(colours.Uint8) != 3*n {
		s.padded = nil
		if dst.Uint8 != nil {
			colours.Uint8 = make([]uint8, 3*n)
		} else {
			colours.Float32 = make([]float32, 3*n)
		}
	}
	if s.padded != p {
		s.padded = nil
		if err := p.plan.FillPadding(*colours); err != nil {
			return err
		}
		s.padded = p
	}
	s.where = p.where
	if err := p.plan.Run(f, *colours); err != nil {
		return err
	}
	weights := brightness
	if d.layout.Preparation().BGR {
		weights[0], weights[2] = weights[2], weights[0]
	}
	for i := range dst.Float32 {
		dst.Float32[i] = weights[0]*colours.Float32[i] + weights[1]*colours.Float32[n+i] +
			weights[2]*colours.Float32[2*n+i]
	}
	for i := range dst.Uint8 {
		dst.Uint8[i] = uint8(weights[0]*float32(colours.Uint8[i]) +
			weights[1]*float32(colours.Uint8[n+i]) + weights[2]*float32(colours.Uint8[2*n+i]) + 0.5)
	}
	return nil
}
