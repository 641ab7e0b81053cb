package detector

import (
	"handlens/inference"
	"handlens/inference/layout"
	"handlens/inference/ort"
	"handlens/media"
)

// reference is a drawn frame as the model's inputs, and the processor's answers to it.
type reference struct {
	inputs, outputs []ort.Tensor
	where           layout.Transform
	found           []inference.Detection
}

// reference draws the frame and runs the current session on it.
func (d *Detector) reference() (*reference, error) {
	f := drawTestFrame()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.session == nil {
		return nil, ErrClosed
	}
	if err := d.preprocess(f); err != nil {
		return nil, err
	}
	if err := d.session.Run(); err != nil {
		return nil, err
	}
	ref := &reference{
		inputs: cloneTensors(len(d.session.Inputs()), d.session.Input),
		where:  d.slot.where,
	}
	return ref, d.answers(ref, d.session)
}

// answers reads what a session has answered to the reference frame. d.mu is held.
func (d *Detector) answers(ref *reference, s engine) (err error) {
	ref.outputs = cloneTensors(len(s.Outputs()), s.Output)
	ref.found, err = d.read(&sessionOutputs{session: s, batch: d.input.Batch}, ref.where,
		d.Confidence(), nil)
	return err
}

// run runs another session on the frame.
func (ref *reference) run(s engine) error {
	shapes := make([][]int64, len(ref.inputs))
	for i := range shapes {
		shapes[i] = ref.inputs[i].Shape
	}
	if err := s.Allocate(shapes...); err != nil {
		return err
	}
	for i := range ref.inputs {
		if from := &ref.inputs[i]; len(from.Shape) > 0 {
			copyTensor(s.Input(i), from)
		} else if err := s.Fill(i, from.Float32...); err != nil {
			return err
		}
	}
	return s.Run()
}

// copyTensor copies the elements of one tensor to another of the same type and size.
func copyTensor(dst, src *ort.Tensor) {
	copy(dst.Float32, src.Float32)
	copy(dst.Int64, src.Int64)
	copy(dst.Int32, src.Int32)
	copy(dst.Float16, src.Float16)
	copy(dst.Uint8, src.Uint8)
	copy(dst.Float64, src.Float64)
}

// cloneTensors copies n tensors, to hand them to another session or compare them with its own.
func cloneTensors(n int, of func(int) *ort.Tensor) []ort.Tensor {
	all := make([]ort.Tensor, n)
	for i := range all {
		t := of(i)
		all[i] = ort.Tensor{
			Name: t.Name, Type: t.Type, Shape: append([]int64(nil), t.Shape...),
			Float32: append([]float32(nil), t.Float32...), Int64: append([]int64(nil), t.Int64...),
			Int32:   append([]int32(nil), t.Int32...),
			Float16: append([]uint16(nil), t.Float16...), Uint8: append([]byte(nil), t.Uint8...),
			Float64: append([]float64(nil), t.Float64...),
		}
	}
	return all
}

// drawTestFrame draws a frame to which every part of a model reacts: a shaded background, coloured
// patches with hard edges, and a little noise, always the same.
func drawTestFrame() *media.Frame {
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
