package browser

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"unsafe"

	"handlens/inference"
	"handlens/inference/layout"
)

// maxOutput bounds one output of a run, in bytes.
const maxOutput = 256 << 20

// Models are those that a page has open, by handle. They belong to one goroutine.
type Models struct {
	open map[int]*Model
	last int
}

// NewModels returns none.
func NewModels() *Models { return &Models{open: make(map[int]*Model)} }

// Model is an open one, with the memory for its outputs, which is used again for each run.
type Model struct {
	layout  *layout.Layout
	decoder *layout.Decoder
	outputs []Output
	found   []inference.Detection
}

// Output implements layout.Outputs.
func (m *Model) Output(i int) *layout.Tensor { return &m.outputs[i].Tensor }

// Outputs are what a run fills in: of each the Shape, and the bytes by Room and Taken.
func (m *Model) Outputs() []Output { return m.outputs }

// Output is one output of a run: its bytes, and the elements that they are.
type Output struct {
	layout.Tensor
	raw []byte
}

// Tensor describes an input or output in JSON. An axis of any size has a name or is negative.
type Tensor struct {
	Name  string `json:"name"`
	Type  string `json:"type"`
	Shape []any  `json:"shape"`
}

// Description is what a page tells of a model.
type Description struct {
	Inputs   []Tensor          `json:"inputs"`
	Outputs  []Tensor          `json:"outputs"`
	Metadata map[string]string `json:"metadata"`
	// Sidecar is the text of NAME.json; "" for none. Name stands for that file in errors.
	Sidecar string `json:"sidecar"`
	Name    string `json:"name"`
}

// typeByName are the names of ONNX Runtime Web.
var typeByName = map[string]layout.Type{
	"float32": layout.Float32, "float16": layout.Float16, "float64": layout.Float64,
	"int64": layout.Int64, "int32": layout.Int32, "uint8": layout.Uint8,
}

func tensors(list []Tensor) []layout.Tensor {
	all := make([]layout.Tensor, len(list))
	for i, t := range list {
		all[i] = layout.Tensor{Name: t.Name, Type: typeByName[t.Type]}
		for _, axis := range t.Shape {
			size, ok := axis.(float64)
			if !ok {
				size = -1
			}
			all[i].Shape = append(all[i].Shape, int64(size))
		}
	}
	return all
}

// inputFacts is what a page has to know of a model's input.
type inputFacts struct {
	Width       int     `json:"width"`
	Height      int     `json:"height"`
	Image       int     `json:"image"`
	Type        string  `json:"type"`
	Interleaved bool    `json:"interleaved"`
	Shape       []int64 `json:"shape"`
	// Constants are the inputs that get the same for each frame: those for its size as well.
	Constants []constant `json:"constants"`
}

// constant is an input that gets the same for each frame: the values, repeated until it is full.
type constant struct {
	Index  int       `json:"index"`
	Type   string    `json:"type"`
	Shape  []int64   `json:"shape"`
	Values []float32 `json:"values"`
}

// input finds a model's input, unless it is of a kind that only the desktop fills.
func (d *Description) input(s *layout.Sidecar) (layout.Input, error) {
	in, err := s.RecogniseInput(d.Tensors(), d.Metadata)
	switch {
	case err != nil:
	case in.Grey:
		err = errors.New("a model of one channel runs on the computer only")
	case in.Batch > 1:
		err = errors.New("a model of a fixed batch runs on the computer only")
	}
	return in, err
}

// constants are the inputs beside the picture's.
func (d *Description) constants(in layout.Input) []constant {
	all := []constant{}
	if in.Sizes >= 0 {
		all = append(all, constant{
			Index: in.Sizes, Type: d.Inputs[in.Sizes].Type, Shape: []int64{1, 2},
			Values: []float32{layout.OriginalSide},
		})
	}
	for _, e := range in.Extras {
		all = append(all, constant{e.Index, d.Inputs[e.Index].Type, e.Shape, e.Values})
	}
	return all
}

// Input says what a model takes, by the description of its inputs and its metadata.
func (*Models) Input(text string) (string, error) {
	var d Description
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		return "", err
	}
	sidecar, err := d.sidecar()
	if err != nil {
		return "", err
	}
	in, err := d.input(sidecar)
	if err != nil {
		return "", err
	}
	return marshal(inputFacts{
		Width: in.Width, Height: in.Height, Image: in.Image, Type: in.Type.String(),
		Interleaved: in.Interleaved, Shape: in.Shape(1), Constants: d.constants(in),
	})
}

// modelFacts is what a page has to know of an open model.
type modelFacts struct {
	Handle    int        `json:"handle"`
	Family    string     `json:"family"`
	Labels    []string   `json:"labels"`
	Warnings  []string   `json:"warnings"`
	BGR       bool       `json:"bgr"`
	Antialias bool       `json:"antialias"`
	Scale     [3]float32 `json:"scale"`
	Bias      [3]float32 `json:"bias"`
	Pad       float32    `json:"pad"`
}

// Open recognises a model by its description and the outputs of a first run, on a picture, which
// fill puts into those it is given; nil for none.
func (b *Models) Open(text string, fill func([]Output) error) (string, error) {
	var d Description
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		return "", err
	}
	handle, err := b.OpenFor(d, fill)
	if err != nil {
		return "", err
	}
	l := b.open[handle].layout
	p := l.Preparation()
	return marshal(modelFacts{
		Handle: handle, Family: l.Family(), Labels: l.Labels(), Warnings: l.Warnings(),
		BGR: p.BGR, Antialias: p.Antialias, Scale: p.Scale, Bias: p.Bias, Pad: p.Pad,
	})
}

// OpenFor is Open for a description that has been read, and returns the handle.
func (b *Models) OpenFor(d Description, fill func([]Output) error) (handle int, err error) {
	sidecar, err := d.sidecar()
	if err != nil {
		return 0, err
	}
	in, err := d.input(sidecar)
	if err != nil {
		return 0, err
	}
	outputs := tensors(d.Outputs)
	m := &Model{outputs: make([]Output, len(outputs))}
	for i, t := range outputs {
		m.outputs[i].Tensor = layout.Tensor{Name: t.Name, Type: t.Type}
	}
	if fill != nil {
		if err := fill(m.outputs); err != nil {
			return 0, err
		}
		for i := range outputs { // their shapes where nothing was found say less than the declared
			t := &m.outputs[i]
			outputs[i].Float32, outputs[i].Int64, outputs[i].Int32 = t.Float32, t.Int64, t.Int32
		}
	}
	if m.layout, err = layout.Recognise(in, outputs, d.Metadata, sidecar); err != nil {
		return 0, err
	}
	m.decoder = layout.NewDecoder(m.layout)
	b.last++
	b.open[b.last] = m
	return b.last, nil
}

// Tensors are the inputs in the terms of package layout.
func (d *Description) Tensors() []layout.Tensor { return tensors(d.Inputs) }

func (d *Description) sidecar() (*layout.Sidecar, error) {
	if d.Sidecar != "" {
		return layout.ParseSidecar(d.Name, []byte(d.Sidecar))
	}
	return layout.EmbeddedSidecar(d.Metadata)
}

// Close forgets a model.
func (b *Models) Close(handle int) { delete(b.open, handle) }

// Find returns an open model.
func (b *Models) Find(handle int) (*Model, error) {
	if m := b.open[handle]; m != nil {
		return m, nil
	}
	return nil, errors.New("this model is not open")
}

// Place says where a frame of that size lies in the model's input: [left, top, width, height].
func (m *Model) Place(width, height int) (string, error) {
	if width < 1 || height < 1 {
		return "", fmt.Errorf("a picture of %d × %d pixels is empty", width, height)
	}
	p := m.layout.Place(width, height).Place
	return marshal([4]int{p.Min.X, p.Min.Y, p.Dx(), p.Dy()})
}

// Decode reads the outputs of a run on a frame of that size. The detections are JSON, a list as on
// the data channel.
func (m *Model) Decode(width, height int, confidence, iou float32) (string, error) {
	if width < 1 || height < 1 {
		return "", fmt.Errorf("a picture of %d × %d pixels is empty", width, height)
	}
	found, err := m.decoder.Decode(m, m.layout.Place(width, height),
		layout.Filter{Confidence: confidence, IoU: iou}, m.found[:0])
	if err != nil {
		return "", err
	}
	if found == nil {
		found = []inference.Detection{}
	}
	m.found = found
	return marshal(found)
}

// Room returns the memory for so many bytes of an output of that type: where it can be, that of the
// elements themselves, since WebAssembly has its bytes in the order of ONNX Runtime Web.
func (t *Output) Room(kind string, size int) ([]byte, error) {
	if typeByName[kind] != t.Type {
		return nil, fmt.Errorf("output %s changed its type to %.20s", t.Name, kind)
	}
	if size > maxOutput {
		return nil, fmt.Errorf("output %s has %d bytes", t.Name, size)
	}
	switch t.Type {
	case layout.Float32:
		t.Float32 = resize(t.Float32, size/4)
		return bytesOf(t.Float32), nil
	case layout.Int64:
		t.Int64 = resize(t.Int64, size/8)
		return bytesOf(t.Int64), nil
	case layout.Int32:
		t.Int32 = resize(t.Int32, size/4)
		return bytesOf(t.Int32), nil
	}
	t.raw = resize(t.raw, size)
	return t.raw, nil
}

// Taken reads the elements of those types that Room has no memory of their own for.
func (t *Output) Taken() {
	b := t.raw
	switch t.Type {
	case layout.Float64:
		t.Float32 = resize(t.Float32, len(b)/8)
		for i := range t.Float32 {
			t.Float32[i] = float32(math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:])))
		}
	case layout.Float16:
		t.Float32 = resize(t.Float32, len(b)/2)
		for i := range t.Float32 {
			t.Float32[i] = half(binary.LittleEndian.Uint16(b[2*i:]))
		}
	}
}

// bytesOf returns the memory of s as bytes.
func bytesOf[T float32 | int64 | int32](s []T) []byte {
	if len(s) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&s[0])), len(s)*int(unsafe.Sizeof(s[0])))
}

func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// half converts an IEEE 754 binary16.
func half(h uint16) float32 {
	const exponentBias = 127 - 15
	sign, exponent, fraction := uint32(h>>15)<<31, uint32(h>>10)&0x1f, uint32(h)&0x3ff
	switch exponent {
	case 0: // zero or subnormal: fraction × 2^-24
		f := float32(fraction) / (1 << 24)
		if sign != 0 {
			f = -f
		}
		return f
	case 0x1f:
		return math.Float32frombits(sign | 0x7f800000 | fraction<<13)
	}
	return math.Float32frombits(sign | (exponent+exponentBias)<<23 | fraction<<13)
}

func marshal(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}
