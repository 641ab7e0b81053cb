package ort

import (
	"fmt"
	"unsafe"

	engine "github.com/yalue/onnxruntime_go"
)

// Type is what a tensor's elements are.
type Type uint8

// The element types that are handled; Other is each one that is not.
const (
	Other Type = iota
	Float32
	Int64
	Int32
	Float16
	Uint8
	Float64
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
	case Float16:
		return "float16"
	case Uint8:
		return "uint8"
	case Float64:
		return "float64"
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
	case engine.TensorElementDataTypeFloat16:
		return Float16
	case engine.TensorElementDataTypeUint8:
		return Uint8
	case engine.TensorElementDataTypeDouble:
		return Float64
	}
	return Other
}

// Tensor is an input or an output in Go memory. The slice of its Type holds the elements in
// row-major order. Outputs of Float16 and Float64 also have Float32 set, with the same numbers,
// after each Run, so that readers need not care.
type Tensor struct {
	Name  string
	Type  Type
	Shape []int64

	Float32 []float32
	Int64   []int64
	Int32   []int32
	// Float16 holds IEEE 754 binary16 numbers by their bits; see [Float16Bits].
	Float16 []uint16
	Uint8   []byte
	Float64 []float64

	value engine.Value
}

// newTensor makes a tensor of its own memory, pinned since the engine keeps its address.
func (s *Session) newTensor(info Info, shape []int64) (*Tensor, error) {
	n, err := elements(shape)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", info.Name, err)
	}
	if n == 0 {
		return nil, fmt.Errorf("%q: the shape %v has no elements", info.Name, shape)
	}
	t := &Tensor{Name: info.Name, Type: info.Type, Shape: append([]int64(nil), shape...)}
	if len(shape) == 0 { // see Session.Fill
		t.Float32 = []float32{0}
		if t.value, err = scalar(info.Type, 0); err != nil {
			return nil, fmt.Errorf("%q: %w", info.Name, err)
		}
		return t, nil
	}
	if err := t.make(n); err != nil {
		return nil, fmt.Errorf("%q %w", info.Name, err)
	}
	s.pinner.Pin(t.address())
	return t, nil
}

// Plain makes a tensor that no engine knows of, for who runs models elsewhere.
func Plain(info Info, shape []int64) (*Tensor, error) {
	n, err := elements(shape)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", info.Name, err)
	}
	t := &Tensor{Name: info.Name, Type: info.Type, Shape: append([]int64(nil), shape...)}
	switch t.Type {
	case Float32:
		t.Float32 = make([]float32, n)
	case Int64:
		t.Int64 = make([]int64, n)
	case Int32:
		t.Int32 = make([]int32, n)
	case Float16:
		t.Float16 = make([]uint16, n)
	case Uint8:
		t.Uint8 = make([]byte, n)
	case Float64:
		t.Float64 = make([]float64, n)
	default:
		return nil, fmt.Errorf("%q has an element type that is not handled", info.Name)
	}
	return t, nil
}

// make gives the tensor memory for n elements, at least one.
func (t *Tensor) make(n int) (err error) {
	shape := engine.Shape(t.Shape)
	switch t.Type {
	case Float32:
		t.Float32 = make([]float32, n)
		t.value, err = value(engine.NewTensor(shape, t.Float32))
	case Int64:
		t.Int64 = make([]int64, n)
		t.value, err = value(engine.NewTensor(shape, t.Int64))
	case Int32:
		t.Int32 = make([]int32, n)
		t.value, err = value(engine.NewTensor(shape, t.Int32))
	case Float16:
		t.Float16 = make([]uint16, n)
		var v *engine.CustomDataTensor
		if v, err = engine.NewCustomDataTensor(shape, bytesOf(t.Float16),
			engine.TensorElementDataTypeFloat16); err == nil {
			t.value = v
		}
	case Uint8:
		t.Uint8 = make([]byte, n)
		t.value, err = value(engine.NewTensor(shape, t.Uint8))
	case Float64:
		t.Float64 = make([]float64, n)
		t.value, err = value(engine.NewTensor(shape, t.Float64))
	default:
		return fmt.Errorf("has an element type that is not handled")
	}
	if err != nil {
		return fmt.Errorf("gets no memory: %w", err)
	}
	return nil
}

// address is where the tensor's elements lie.
func (t *Tensor) address() any {
	switch t.Type {
	case Int64:
		return &t.Int64[0]
	case Int32:
		return &t.Int32[0]
	case Float16:
		return &t.Float16[0]
	case Uint8:
		return &t.Uint8[0]
	case Float64:
		return &t.Float64[0]
	}
	return &t.Float32[0]
}

// bytesOf returns numbers as the bytes that they are in memory, which is how the binding takes
// binary16.
func bytesOf(v []uint16) []byte { return unsafe.Slice((*byte)(unsafe.Pointer(&v[0])), 2*len(v)) }

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
	case *engine.Tensor[uint8]:
		t.Type, t.Uint8 = Uint8, v.GetData()
	case *engine.Tensor[float64]:
		t.Type, t.Float64 = Float64, v.GetData()
	default:
		return nil, fmt.Errorf("output %q has an element type that is not handled", name)
	}
	return t, nil
}

// Widen fills Float32 from narrower or wider floats. The first call allocates the memory.
func (t *Tensor) Widen() {
	switch t.Type {
	case Float16:
		if len(t.Float32) != len(t.Float16) {
			t.Float32 = make([]float32, len(t.Float16))
		}
		wide := halves()
		for i, h := range t.Float16 {
			t.Float32[i] = wide[h]
		}
	case Float64:
		if len(t.Float32) != len(t.Float64) {
			t.Float32 = make([]float32, len(t.Float64))
		}
		for i, v := range t.Float64 {
			t.Float32[i] = float32(v)
		}
	}
}

func (t *Tensor) destroy() {
	if t != nil && t.value != nil {
		t.value.Destroy()
		*t = Tensor{}
	}
}
