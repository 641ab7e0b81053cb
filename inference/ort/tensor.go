package ort

import (
	"fmt"

	engine "github.com/yalue/onnxruntime_go"
)

// Type is what a tensor's elements are.
type Type uint8

// The element types that are handled; Other is every one that is not.
const (
	Other Type = iota
	Float32
	Int64
	Int32
)

// String names the type as ONNX does.
func (t Type) String() string {
	switch t {
	case Float32:
		return "float32"
	case Int64:
		return "int64"
	case Int32:
		return "int32"
	}
	return "another type"
}

func typeOf(t engine.TensorElementDataType) Type {
	switch t {
	case engine.TensorElementDataTypeFloat:
		return Float32
	case engine.TensorElementDataTypeInt64:
		return Int64
	case engine.TensorElementDataTypeInt32:
		return Int32
	}
	return Other
}

// Tensor is an input or an output in Go memory. One of the slices is set, by Type, and holds the elements in row-major order.
type Tensor struct {
	Name  string
	Type  Type
	Shape []int64

	Float32 []float32
	Int64   []int64
	Int32   []int32

	value engine.Value
}

// newTensor makes a tensor of its own memory, pinned since the engine keeps its address.
func (s *Session) newTensor(info Info, shape []int64) (*Tensor, error) {
	n, err := elements(shape)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", info.Name, err)
	}
	if n == 0 || len(shape) == 0 {
		return nil, fmt.Errorf("%q: the shape %v has no elements", info.Name, shape)
	}
	t := &Tensor{Name: info.Name, Type: info.Type, Shape: append([]int64(nil), shape...)}
	switch info.Type {
	case Float32:
		t.Float32 = make([]float32, n)
		s.pinner.Pin(&t.Float32[0])
		t.value, err = value(engine.NewTensor(engine.Shape(t.Shape), t.Float32))
	case Int64:
		t.Int64 = make([]int64, n)
		s.pinner.Pin(&t.Int64[0])
		t.value, err = value(engine.NewTensor(engine.Shape(t.Shape), t.Int64))
	case Int32:
		t.Int32 = make([]int32, n)
		s.pinner.Pin(&t.Int32[0])
		t.value, err = value(engine.NewTensor(engine.Shape(t.Shape), t.Int32))
	default:
		return nil, fmt.Errorf("%q has an element type that is not handled", info.Name)
	}
	if err != nil {
		return nil, fmt.Errorf("%q: %w", info.Name, err)
	}
	return t, nil
}

// value keeps a nil *Tensor[T] from becoming an interface that is not nil.
func value[T engine.TensorData](t *engine.Tensor[T], err error) (engine.Value, error) {
	if err != nil {
		return nil, err
	}
	return t, nil
}

// adopt wraps a value that the engine made; the binding has copied it into Go memory.
func adopt(name string, v engine.Value) (*Tensor, error) {
	t := &Tensor{Name: name, Shape: v.GetShape(), value: v}
	switch v := v.(type) {
	case *engine.Tensor[float32]:
		t.Type, t.Float32 = Float32, v.GetData()
	case *engine.Tensor[int64]:
		t.Type, t.Int64 = Int64, v.GetData()
	case *engine.Tensor[int32]:
		t.Type, t.Int32 = Int32, v.GetData()
	default:
		return nil, fmt.Errorf("output %q has an element type that is not handled", name)
	}
	return t, nil
}

func (t *Tensor) destroy() {
	if t != nil && t.value != nil {
		t.value.Destroy()
		*t = Tensor{}
	}
}
