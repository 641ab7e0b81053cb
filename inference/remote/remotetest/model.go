package remotetest

import (
	"slices"
	"testing"

	"handlens/inference/ort"
	"handlens/inference/remote"
)

var types = map[ort.Type]remote.Type{ort.Float32: remote.FP32, ort.Int64: remote.INT64}

// FromModel is a real ONNX model with tensors of float32 and int64.
func FromModel(t testing.TB, data []byte) Model {
	t.Helper()
	session, err := ort.OpenBytes("served.onnx", data, ort.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(session.Close)
	return Model{
		Inputs: infos(session.Inputs()), Outputs: infos(session.Outputs()),
		Run: func(in []remote.Tensor) ([]remote.Tensor, error) { return run(session, in) },
	}
}

// infos are in another order than the model has them, since it has no meaning.
func infos(list []ort.Info) (all []remote.Info) {
	for _, i := range list {
		all = append(all, remote.Info{Name: i.Name, Type: types[i.Type], Shape: i.Shape})
	}
	slices.Reverse(all)
	return all
}

func run(session *ort.Session, in []remote.Tensor) (out []remote.Tensor, err error) {
	var given []remote.Tensor
	var shapes [][]int64
	for _, i := range session.Inputs() {
		at := slices.IndexFunc(in, func(t remote.Tensor) bool { return t.Name == i.Name })
		given, shapes = append(given, in[at]), append(shapes, in[at].Shape)
	}
	if err := session.Allocate(shapes...); err != nil {
		return nil, err
	}
	for at := range given {
		switch data := given[at].Data.(type) {
		case []float32:
			copy(session.Input(at).Float32, data)
		case []int64:
			copy(session.Input(at).Int64, data)
		}
	}
	if err := session.Run(); err != nil {
		return nil, err
	}
	for i := range session.Outputs() {
		o := session.Output(i)
		r := remote.Tensor{Name: o.Name, Type: types[o.Type], Shape: o.Shape}
		if r.Data = slices.Clone(o.Float32); o.Type == ort.Int64 {
			r.Data = slices.Clone(o.Int64)
		}
		out = append(out, r)
	}
	return out, nil
}
