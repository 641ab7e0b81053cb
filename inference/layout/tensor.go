package layout

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Type is the type of a tensor's elements.
type Type uint8

// The element types that layouts know; Other is each one that they do not.
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
	names := [...]string{
		Float32: "float32", Int64: "int64", Int32: "int32", Float16: "float16",
		Uint8: "uint8", Float64: "float64",
	}
	if t == Other || int(t) >= len(names) {
		return "another type"
	}
	return names[t]
}

// Tensor describes an input or output of a model and, for an output after a run, holds its
// elements.
type Tensor struct {
	Name string
	Type Type
	// Shape has one entry for each axis. In descriptions, a negative one stands for any size.
	Shape []int64

	// The elements of an output in row-major order, in one of these: Float32 for Float32, Float16
	// and Float64, the others for their own type.
	Float32 []float32
	Int64   []int64
	Int32   []int32
}

// Outputs gives access to the outputs of a run by index. A tensor is valid until the next run.
type Outputs interface{ Output(i int) *Tensor }

// anySize stands for an axis of any size in a shape that is asked for.
const anySize = -1

// shaped tells whether the tensor has that shape, or can have it.
func (t *Tensor) shaped(shape ...int64) bool {
	return slices.EqualFunc(t.Shape, shape, func(have, want int64) bool {
		return want == anySize || fits(have, want)
	})
}

// fits tells whether an axis has that size or takes any.
func fits(axis, want int64) bool { return axis == want || axis < 0 }

// isFloat tells whether the elements are numbers with a fraction, which are read as float32
// whatever their width.
func (t *Tensor) isFloat() bool {
	return t.Type == Float32 || t.Type == Float16 ||
		t.Type == Float64
}

// isInteger tells whether the elements are whole numbers that can be class indices.
func (t *Tensor) isInteger() bool { return t.Type == Int64 || t.Type == Int32 }

// describe names the tensor with its shape, as in `output0 [1,84,8400] of float32`.
func (t *Tensor) describe() string {
	var dims []string
	for _, d := range t.Shape {
		if d < 0 {
			dims = append(dims, "?")
			continue
		}
		dims = append(dims, fmt.Sprint(d))
	}
	return fmt.Sprintf("%s [%s] of %s", clean(t.Name), strings.Join(dims, ","), t.Type)
}

// squeezed has outputs [1, a, 1, 4] be [1, a, 4], as matrix reads them: YOLOv4 has a box for each
// class, of which there is one.
func squeezed(outputs []Tensor) []Tensor {
	all := slices.Clone(outputs)
	for i := range all {
		if s := all[i].Shape; len(s) == 4 && s[2] == 1 && s[3] == 4 {
			all[i].Shape = []int64{s[0], s[1], 4}
		}
	}
	return all
}

// matrix returns the sizes of an output [1, a, b] whose elements are all there.
func (t *Tensor) matrix() (a, b int, err error) {
	if s := t.Shape; len(s) == 4 && s[2] == 1 && s[3] == 4 {
		squeezed := *t
		squeezed.Shape = []int64{s[0], s[1], s[3]}
		return squeezed.matrix()
	}
	if len(t.Shape) != 3 || t.Shape[0] != 1 || t.Shape[1] < 0 || t.Shape[2] < 0 ||
		t.Shape[1] > math.MaxInt32 || t.Shape[2] > math.MaxInt32 ||
		t.Shape[1]*t.Shape[2] != int64(len(t.Float32)) {
		return 0, 0, fmt.Errorf("output %s has %d elements in the shape %v", t.Name,
			len(t.Float32), t.Shape)
	}
	return int(t.Shape[1]), int(t.Shape[2]), nil
}

// changed is the error for an output whose shape is not the one that was recognised.
func (t *Tensor) changed() error {
	return fmt.Errorf("output %s changed its shape to %v", t.Name, t.Shape)
}
