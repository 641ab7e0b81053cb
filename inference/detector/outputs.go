package detector

import (
	"slices"

	"handlens/inference/layout"
	"handlens/inference/ort"
	"handlens/inference/resample"
)

// sessionOutputs shows package layout the outputs of a session's last run. It shares their memory.
type sessionOutputs struct {
	session engine
	batch   int // that of a model with a fixed one, of which the first frame counts
	views   []layout.Tensor
}

// Output implements [layout.Outputs].
func (o *sessionOutputs) Output(i int) *layout.Tensor {
	if o.views == nil {
		o.views = make([]layout.Tensor, len(o.session.Outputs()))
	}
	o.views[i] = view(o.session.Output(i), o.batch)
	return &o.views[i]
}

// view is a tensor of the engine as package layout has it: that of the first frame where the model
// always takes so many.
func view(t *ort.Tensor, batch int) layout.Tensor {
	v := layout.Tensor{
		Name: t.Name, Type: typeOf(t.Type), Shape: t.Shape,
		Float32: t.Float32, Int64: t.Int64, Int32: t.Int32,
	}
	if batch > 1 && len(t.Shape) > 0 && t.Shape[0] == int64(batch) {
		v.Shape = append([]int64{1}, t.Shape[1:]...)
		v.Float32, v.Int64 = portion(t.Float32, 0, batch), portion(t.Int64, 0, batch)
		v.Int32 = portion(t.Int32, 0, batch)
	}
	return v
}

// describe turns the engine's descriptions of inputs or outputs into those of package layout.
func describe(list []ort.Info) []layout.Tensor {
	all := make([]layout.Tensor, len(list))
	for i, e := range list {
		all[i] = layout.Tensor{Name: e.Name, Type: typeOf(e.Type), Shape: e.Shape}
	}
	return all
}

// warmedUp describes the outputs as the warm-up run left them. Where that found nothing, the
// declared shape says more.
func warmedUp(s engine, batch int) []layout.Tensor {
	all := describe(s.Outputs())
	for i := range all {
		declared := slices.Clone(all[i].Shape)
		if batch > 1 && len(declared) > 0 && declared[0] == int64(batch) {
			declared[0] = 1
		}
		all[i] = view(s.Output(i), batch)
		if slices.Contains(all[i].Shape, 0) || len(all[i].Shape) == 0 {
			all[i].Shape = declared
		}
	}
	return all
}

func typeOf(t ort.Type) layout.Type {
	switch t {
	case ort.Float32:
		return layout.Float32
	case ort.Int64:
		return layout.Int64
	case ort.Int32:
		return layout.Int32
	case ort.Float16:
		return layout.Float16
	case ort.Uint8:
		return layout.Uint8
	case ort.Float64:
		return layout.Float64
	}
	return layout.Other
}

// sampleType is the type of a model's input as package resample has it.
func sampleType(t layout.Type) resample.Type {
	switch t {
	case layout.Float16:
		return resample.Float16
	case layout.Uint8:
		return resample.Uint8
	}
	return resample.Float32
}
