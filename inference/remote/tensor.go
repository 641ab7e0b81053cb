package remote

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// Type is a tensor's element type as the protocol names it.
type Type string

// The types that are handled.
const (
	FP16  Type = "FP16"
	FP32  Type = "FP32"
	FP64  Type = "FP64"
	INT32 Type = "INT32"
	INT64 Type = "INT64"
	UINT8 Type = "UINT8"
)

// Info describes an input or an output of a model; -1 in Shape is a dynamic axis.
type Info struct {
	Name  string
	Type  Type
	Shape []int64
}

// Tensor is an input or an output. Data has its elements in row-major order: []uint16 (the bits of
// FP16), []float32, []float64, []int32, []int64 or []uint8, by its type.
type Tensor struct {
	Name  string
	Type  Type
	Shape []int64
	Data  any
}

const (
	// maxAxes bounds a tensor's rank.
	maxAxes = 8
	// maxElements bounds an output. The raw outputs of the largest detectors are some millions.
	maxElements = 16 << 20
)

// elements is the number of elements of a shape that the server gave.
func elements(shape []int64) (int, error) {
	if len(shape) > maxAxes {
		return 0, fmt.Errorf("it has %d axes", len(shape))
	}
	n := int64(1)
	for _, side := range shape {
		if side < 0 || side > maxElements {
			return 0, fmt.Errorf("its shape %v is not a size", shape)
		}
		if n *= side; n > maxElements {
			return 0, fmt.Errorf("its shape %v is larger than %d elements", shape, maxElements)
		}
	}
	return int(n), nil
}

// size is how many bytes an element has; 0 for a type that is not handled.
func (t Type) size() int {
	switch t {
	case UINT8:
		return 1
	case FP16:
		return 2
	case FP32, INT32:
		return 4
	case FP64, INT64:
		return 8
	}
	return 0
}

// resize gives the tensor room for n elements, in the memory that it has where that suffices.
func (t *Tensor) resize(n int) error {
	switch t.Type {
	case FP16:
		t.Data = room[uint16](t.Data, n)
	case FP32:
		t.Data = room[float32](t.Data, n)
	case FP64:
		t.Data = room[float64](t.Data, n)
	case INT32:
		t.Data = room[int32](t.Data, n)
	case INT64:
		t.Data = room[int64](t.Data, n)
	case UINT8:
		t.Data = room[uint8](t.Data, n)
	default:
		return fmt.Errorf("its type %q is not handled", t.Type)
	}
	return nil
}

func room[T any](have any, n int) []T {
	list, _ := have.([]T)
	return slices.Grow(list[:0], n)[:n]
}

// appendBinary appends the elements as the protocol has them, in little-endian order.
func (t *Tensor) appendBinary(to []byte) ([]byte, error) {
	return binary.Append(to, binary.LittleEndian, t.Data)
}

// readBinary takes over elements in that form, for which there is room.
func (t *Tensor) readBinary(data []byte) error {
	n, err := binary.Decode(data, binary.LittleEndian, t.Data)
	if err != nil || n != len(data) {
		return errors.New("its bytes are not those of its shape")
	}
	return nil
}

// squeezed is a shape without a last axis of one element that was not described, which MLServer
// adds to tensors of one axis.
func (i Info) squeezed(shape []int64) []int64 {
	if n := len(shape); n == 2 && len(i.Shape) == 1 && shape[1] == 1 {
		return shape[:1]
	}
	return shape
}

// fits says what is wrong with what the server gave for an output that it had described.
func (i Info) fits(of Type, shape []int64) error {
	if of != i.Type {
		return fmt.Errorf("its type is %.20q instead of %s", of, i.Type)
	}
	if len(i.Shape) > 0 && len(shape) != len(i.Shape) {
		return fmt.Errorf("it has %d axes instead of %d", len(shape), len(i.Shape))
	}
	for axis, want := range i.Shape {
		if want >= 0 && shape[axis] != want {
			return fmt.Errorf("its shape is %v instead of %v", shape, i.Shape)
		}
	}
	return nil
}
