package detector

import (
	"fmt"
	"slices"

	"handlens/inference/layout"
	"handlens/inference/ort"
	"handlens/inference/resample"
	"handlens/media"
)

// planned is how one kind of frame (size and format) gets into the model's input.
type planned struct {
	plan  *resample.Plan
	where layout.Transform
}

// maxPlans bounds how many kinds of frames are remembered, so that several phones with frames of
// their own sizes take turns without new tables.
const maxPlans = 8

// plans remembers the last few kinds of frames, the latest one last.
type plans []*planned

// of returns the tables for a frame; build makes those for a new kind.
func (l *plans) of(f *media.Frame, build func(*media.Frame) (*planned, error)) (*planned, error) {
	source := resample.SourceOf(f)
	for i, p := range *l {
		if p.plan.Source() == source {
			*l = append(slices.Delete(*l, i, i+1), p)
			return p, nil
		}
	}
	p, err := build(f)
	if err != nil {
		return nil, err
	}
	if len(*l) == maxPlans {
		(*l)[0].plan.Close()
		*l = slices.Delete(*l, 0, 1)
	}
	*l = append(*l, p)
	return p, nil
}

func (l *plans) close() {
	for _, p := range *l {
		p.plan.Close()
	}
	*l = nil
}

// slot is the room for one frame in an input tensor: where the last one lay, and whose padding
// surrounds it.
type slot struct {
	where  layout.Transform
	padded *planned
}

// preprocess fills the model's input from the frame. d.mu is held.
func (d *Detector) preprocess(f *media.Frame) error {
	return d.fill(f, inputOf(d.session.Input(d.input.Image), 0, max(1, d.input.Batch)), &d.slot)
}

// fill puts a frame into a slot, whose tensor is dst.
func (d *Detector) fill(f *media.Frame, dst resample.Tensor, s *slot) error {
	p, err := d.plans.of(f, d.planFor)
	if err != nil {
		return err
	}
	if d.input.Grey {
		return d.fillGrey(p, f, dst, s)
	}
	if s.padded != p {
		s.padded = nil
		if err := p.plan.FillPadding(dst); err != nil {
			return err
		}
		s.padded = p
	}
	s.where = p.where
	return p.plan.Run(f, dst)
}

// planFor makes the tables for a new kind of frame.
func (d *Detector) planFor(f *media.Frame) (*planned, error) {
	if f.Width < 1 || f.Height < 1 {
		return nil, fmt.Errorf("a picture of %d × %d pixels is empty", f.Width, f.Height)
	}
	where := d.layout.Place(f.Width, f.Height)
	prep := d.layout.Preparation()
	plan, err := resample.NewPlan(resample.SourceOf(f), resample.Target{
		Width: where.Width, Height: where.Height, Place: where.Place, BGR: prep.BGR,
		Type: sampleType(d.input.Type), Interleaved: d.input.Interleaved && !d.input.Grey,
		Scale: prep.Scale, Bias: prep.Bias, Pad: prep.Pad, Antialias: prep.Antialias,
	})
	if err != nil {
		return nil, err
	}
	return &planned{plan: plan, where: where}, nil
}

// inputOf returns the memory of frame i of n in an input tensor.
func inputOf(t *ort.Tensor, i, n int) resample.Tensor {
	return resample.Tensor{
		Float32: portion(t.Float32, i, n), Float16: portion(t.Float16, i, n),
		Uint8: portion(t.Uint8, i, n),
	}
}

// portion returns part i of n equal ones.
func portion[T any](list []T, i, n int) []T {
	size := len(list) / n
	return list[i*size : (i+1)*size : (i+1)*size]
}
