package detector

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"handlens/inference/ort"
	"handlens/inference/remote"
)

// remoteSession is a model on a server as an [engine]. Its tensors lie here.
type remoteSession struct {
	// ctx ends what is under way.
	ctx             context.Context
	client          *remote.Client
	inputs, outputs []ort.Info
	wants           []remote.Info // the outputs as the server describes them
	metadata        map[string]string

	in, out []*ort.Tensor
	// given and got share the memory of in and out.
	given, got []remote.Tensor
}

var remoteTypes = map[remote.Type]ort.Type{
	remote.FP16: ort.Float16, remote.FP32: ort.Float32, remote.FP64: ort.Float64,
	remote.INT32: ort.Int32, remote.INT64: ort.Int64, remote.UINT8: ort.Uint8,
}

func newRemoteSession(ctx context.Context, c *remote.Client, m *remote.Model) *remoteSession {
	return &remoteSession{
		ctx: ctx, client: c, inputs: ortInfos(m.Inputs), outputs: ortInfos(m.Outputs),
		wants: m.Outputs, metadata: m.Parameters,
	}
}

func ortInfos(list []remote.Info) []ort.Info {
	all := make([]ort.Info, len(list))
	for i, t := range list {
		all[i] = ort.Info{Name: t.Name, Type: remoteTypes[t.Type], Shape: t.Shape}
	}
	return all
}

// fork returns another session, with tensors of the same shapes and what is in the inputs.
func (s *remoteSession) fork() *remoteSession {
	f := *s
	f.in, f.out, f.given, f.got = nil, nil, nil, nil
	for i, t := range s.in {
		// It was made once before, so that it can be made.
		n, _ := ort.Plain(s.inputs[i], t.Shape)
		if len(t.Shape) == 0 {
			n.Float32 = slices.Clone(t.Float32)
		}
		copyTensor(n, t)
		f.in = append(f.in, n)
	}
	f.prepare()
	return &f
}

func (s *remoteSession) Inputs() []ort.Info          { return s.inputs }
func (s *remoteSession) Outputs() []ort.Info         { return s.outputs }
func (s *remoteSession) Metadata() map[string]string { return maps.Clone(s.metadata) }
func (s *remoteSession) Provider() string            { return s.client.Address().Host }
func (s *remoteSession) Threads() int                { return 0 }
func (s *remoteSession) Allocated() bool             { return len(s.in) > 0 && len(s.out) > 0 }
func (s *remoteSession) Input(i int) *ort.Tensor     { return s.in[i] }
func (s *remoteSession) Output(i int) *ort.Tensor    { return s.out[i] }
func (s *remoteSession) Close()                      {}

// Allocate makes the inputs, and runs the model once on zeros, which shows the true shapes of the
// outputs.
func (s *remoteSession) Allocate(shapes ...[]int64) error {
	if len(shapes) != len(s.inputs) {
		return fmt.Errorf("%d shapes for %d inputs", len(shapes), len(s.inputs))
	}
	s.in = nil
	for i, info := range s.inputs {
		t, err := ort.Plain(info, shapes[i])
		if err != nil {
			return err
		}
		if len(t.Shape) == 0 {
			t.Float32 = []float32{0}
		}
		s.in = append(s.in, t)
	}
	s.prepare()
	return s.Run()
}

// prepare makes what stands for the tensors towards the server. The outputs have room as soon as
// something came.
func (s *remoteSession) prepare() {
	s.given = make([]remote.Tensor, len(s.in))
	s.got = make([]remote.Tensor, len(s.outputs))
	s.out = nil
	for i, t := range s.in {
		s.given[i] = remote.Tensor{Name: t.Name, Shape: t.Shape, Data: elements(t)}
		for name, of := range remoteTypes {
			if of == t.Type {
				s.given[i].Type = name
			}
		}
	}
	for i := range s.outputs {
		s.out = append(s.out, &ort.Tensor{Name: s.outputs[i].Name, Type: s.outputs[i].Type})
	}
}

// elements is the memory of a tensor. Of one without an axis it is a copy.
func elements(t *ort.Tensor) any {
	if len(t.Shape) == 0 {
		v := t.Float32[0]
		switch t.Type {
		case ort.Int64:
			return []int64{int64(v)}
		case ort.Int32:
			return []int32{int32(v)}
		case ort.Uint8:
			return []uint8{uint8(v)}
		case ort.Float64:
			return []float64{float64(v)}
		case ort.Float16:
			return []uint16{ort.Float16Bits(v)}
		}
		return []float32{v}
	}
	switch t.Type {
	case ort.Int64:
		return t.Int64
	case ort.Int32:
		return t.Int32
	case ort.Float16:
		return t.Float16
	case ort.Uint8:
		return t.Uint8
	case ort.Float64:
		return t.Float64
	}
	return t.Float32
}

// Fill repeats values in input i.
func (s *remoteSession) Fill(i int, values ...float32) error {
	if i >= len(s.in) || len(values) == 0 {
		return nil
	}
	t := s.in[i]
	if len(t.Shape) == 0 {
		t.Float32[0] = values[0]
		s.given[i].Data = elements(t)
		return nil
	}
	t.Fill(values...)
	return nil
}

// Run has the server run the model on what is in the inputs.
func (s *remoteSession) Run() error {
	if err := s.client.Infer(s.ctx, s.given, s.wants, s.got); err != nil {
		return err
	}
	for i := range s.got {
		t := s.out[i]
		t.Shape = s.got[i].Shape
		switch data := s.got[i].Data.(type) {
		case []float32:
			t.Float32 = data
		case []float64:
			t.Float64 = data
		case []int64:
			t.Int64 = data
		case []int32:
			t.Int32 = data
		case []uint16:
			t.Float16 = data
		case []uint8:
			t.Uint8 = data
		}
		t.Widen()
	}
	return nil
}

// errOther says that a model on a server is not the one that is known.
var errOther = errors.New("it has other inputs and outputs")

// arrange puts the inputs and outputs into the order in which a model that is known here has them.
// It fails when they are not those of that model.
func (s *remoteSession) arrange(inputs, outputs []ort.Info) error {
	in, out := places(inputs, s.inputs), places(outputs, s.outputs)
	if in == nil || out == nil {
		return errOther
	}
	s.inputs, s.outputs = pick(s.inputs, in), pick(s.outputs, out)
	s.wants = pick(s.wants, out)
	return nil
}

func pick[T any](list []T, order []int) []T {
	all := make([]T, len(order))
	for i, from := range order {
		all[i] = list[from]
	}
	return all
}

// places says where each one of a list stands in another; nil when the two are not of the same.
func places(list, in []ort.Info) []int {
	if len(list) != len(in) {
		return nil
	}
	order := make([]int, len(list))
	for i, want := range list {
		order[i] = slices.IndexFunc(in, func(have ort.Info) bool { return sameTensor(have, want) })
		if order[i] < 0 {
			return nil
		}
	}
	return order
}

// sameTensor tells whether two descriptions can be of the same input or output.
func sameTensor(a, b ort.Info) bool {
	return a.Name == b.Name && a.Type == b.Type &&
		slices.EqualFunc(a.Shape, b.Shape, func(x, y int64) bool {
			return x == y || x < 0 || y < 0
		})
}
