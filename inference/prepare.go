package inference

import (
	"fmt"
	"slices"

	"handlens/inference/ort"
	"handlens/inference/resample"
	"handlens/media"
)

// planned is how one kind of picture gets into the model's input.
type planned struct {
	plan  *resample.Plan
	where Transform
}

// maxPlans bounds how many kinds of pictures are remembered, so that several phones with pictures
// of their own sizes take turns without new tables.
const maxPlans = 8

// plans remembers the last few kinds of pictures, the latest one last.
type plans []*planned

// of returns the tables for a picture; a new kind of picture makes new ones.
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

// slot is the room for one picture in an input tensor: how the last one got there, and whose
// padding surrounds it.
type slot struct {
	where  Transform
	padded *planned
}

// fill puts a picture into a slot, whose tensor this is.
func (d *Detector) fill(f *media.Frame, dst resample.Tensor, s *slot) error {
	p, err := d.plans.of(f, d.planFor)
	if err != nil {
		return err
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

// padding is the grey that letterboxing families are trained with, as a sample of 0..255.
const padding = 114

// planFor makes the tables for a new kind of picture.
func (d *Detector) planFor(f *media.Frame) (*planned, error) {
	if f.Width < 1 || f.Height < 1 {
		return nil, fmt.Errorf("a picture of %d × %d pixels is empty", f.Width, f.Height)
	}
	where := newTransform(f.Width, f.Height, d.input.width, d.input.height, d.layout.fit)
	scale, bias := d.layout.normal(d.input.kind)
	pad := float32(padding)
	if d.layout.black {
		pad = 0
	}
	plan, err := resample.NewPlan(resample.SourceOf(f), resample.Target{
		Width: where.Width, Height: where.Height, Place: where.Place, BGR: d.layout.bgr,
		Type: d.input.kind, Interleaved: d.input.interleaved,
		Scale: scale, Bias: bias, Pad: pad, Antialias: d.layout.antialias,
	})
	if err != nil {
		return nil, err
	}
	return &planned{plan: plan, where: where}, nil
}

// normal is how a sample of 0..255 becomes what the model wants, by plane of the tensor:
// sample*scale + bias. A model that takes whole numbers takes them as they are.
func (l *layout) normal(kind resample.Type) (scale, bias [3]float32) {
	for i := range 3 {
		scale[i] = 1
		if kind == resample.Uint8 {
			continue
		}
		if l.unit {
			scale[i] = 1.0 / 255
		}
		if l.std[i] != 0 {
			scale[i] /= l.std[i]
			bias[i] = -l.mean[i] / l.std[i]
		}
	}
	return scale, bias
}

// inputOf returns the memory of picture i of n in an input tensor.
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
