package ort

import (
	"errors"

	engine "github.com/yalue/onnxruntime_go"
)

// Fill repeats values in input i until it is full. It is the only way into an input without an
// axis, a single number: the engine's binding keeps that in memory of its own, and the tensor's
// Float32 is a copy of it, whatever its type.
func (s *Session) Fill(i int, values ...float32) error {
	if s.session == nil || i >= len(s.in) {
		return errClosed
	}
	t := s.in[i]
	if len(values) == 0 {
		return nil
	}
	if len(t.Shape) > 0 {
		t.Fill(values...)
		return nil
	}
	v, err := scalar(t.Type, values[0])
	if err != nil {
		return newModelError(s.path, "run", err)
	}
	if s.binding != nil {
		if err := s.binding.BindInput(t.Name, v); err != nil {
			v.Destroy()
			return newModelError(s.path, "run", err)
		}
	}
	t.value.Destroy()
	t.value, t.Float32 = v, []float32{values[0]}
	return nil
}

// Fill repeats values in the memory of a tensor that has an axis.
func (t *Tensor) Fill(values ...float32) {
	repeat(t.Float32, values)
	repeat(t.Float64, values)
	repeat(t.Int64, values)
	repeat(t.Int32, values)
	repeat(t.Uint8, values)
	for i := range t.Float16 {
		t.Float16[i] = Float16Bits(values[i%len(values)])
	}
}

func repeat[T float32 | float64 | int64 | int32 | byte](to []T, values []float32) {
	for i := range to {
		to[i] = T(values[i%len(values)])
	}
}

// errScalar is that of a type of single numbers that the binding has not.
var errScalar = errors.New("an input without an axis is of a type that cannot be given")

// scalar makes a tensor without an axis.
func scalar(of Type, v float32) (engine.Value, error) {
	switch of {
	case Float32:
		return scalarOf(v)
	case Float64:
		return scalarOf(float64(v))
	case Int64:
		return scalarOf(int64(v))
	case Int32:
		return scalarOf(int32(v))
	case Uint8:
		return scalarOf(byte(v))
	}
	return nil, errScalar
}

// scalarOf keeps a nil *Scalar[T] from becoming an interface that is not nil.
func scalarOf[T engine.TensorData](v T) (engine.Value, error) {
	s, err := engine.NewScalar(v)
	if err != nil {
		return nil, err
	}
	return s, nil
}
