// Command vectors makes the shared test vectors of package layout and its WebAssembly: what models
// of each layout gave out when ONNX Runtime ran them on a drawn picture, and the boxes that package
// layout reads out of it.
//
//	go run ./inference/detector/vectors > inference/layout/browser/testdata/vectors.json
package main

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"slices"

	"handlens/inference/layout"
	"handlens/inference/layout/browser"
	"handlens/inference/ort"
	"handlens/inference/testmodel"
)

// side is that of the models' input and of the picture, in pixels.
const side = 64

// patch is what the picture has on grey: a rectangle of one colour.
type patch struct{ class, left, top, right, bottom int }

var patches = []patch{{0, 4, 4, 28, 36}, {1, 36, 8, 60, 24}, {2, 20, 40, 56, 60}}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "vectors:", err)
		os.Exit(1)
	}
}

func run() error {
	var all []browser.Vector
	for _, name := range slices.Concat(testmodel.Layouts, testmodel.Shaped, testmodel.Rotated,
		testmodel.Halves, testmodel.Families) {
		data, err := testmodel.Build(name, side)
		if err != nil {
			return err
		}
		v, err := vector(name, data)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, v)
	}
	for _, name := range testmodel.Stranges {
		data, err := testmodel.Strange(name, side, testmodel.StrangeSidecar(name))
		if err != nil {
			return err
		}
		v, err := vector(name, data)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, v)
	}
	out := json.NewEncoder(os.Stdout)
	out.SetIndent("", " ")
	return out.Encode(all)
}

// vector runs one model.
func vector(name string, data []byte) (v browser.Vector, err error) {
	s, err := ort.OpenBytes(name, data, ort.Options{Threads: 1})
	if err != nil {
		return v, err
	}
	defer s.Close()
	v = browser.Vector{Name: name, Width: side, Height: side, Confidence: 0.4, IoU: 0.5}
	v.Description.Metadata = s.Metadata()
	v.Description.Inputs = describe(s.Inputs())
	in, err := allocate(s, &v.Description)
	if err != nil {
		return v, err
	}
	first, err := shaded(s, in)
	if err != nil {
		return v, err
	}
	for i := range s.Outputs() {
		t := s.Output(i)
		v.Description.Outputs = append(v.Description.Outputs,
			tensor(t.Name, t.Type.String(), t.Shape))
	}
	models := browser.NewModels()
	handle, err := models.OpenFor(v.Description, first.Fill)
	if err != nil {
		return v, err
	}
	m, err := models.Find(handle)
	if err != nil {
		return v, err
	}
	draw(s.Input(in.Image), in, m.Preparation())
	if err := s.Run(); err != nil {
		return v, err
	}
	for i := range s.Outputs() {
		v.Outputs = append(v.Outputs, output(s.Output(i)))
	}
	text, err := v.Decode(m)
	v.Found = json.RawMessage(text)
	return v, err
}

// allocate recognises the inputs, makes them, and fills those beside the picture's.
func allocate(s *ort.Session, d *browser.Description) (in layout.Input, err error) {
	sidecar, err := layout.EmbeddedSidecar(d.Metadata)
	if err != nil {
		return in, err
	}
	if in, err = sidecar.RecogniseInput(d.Tensors(), d.Metadata); err != nil {
		return in, err
	}
	shapes := make([][]int64, len(s.Inputs()))
	shapes[in.Image] = in.Shape(1)
	if in.Sizes >= 0 {
		shapes[in.Sizes] = []int64{1, 2}
	}
	for _, e := range in.Extras {
		shapes[e.Index] = e.Shape
	}
	if err := s.Allocate(shapes...); err != nil {
		return in, err
	}
	return in, setConstants(s, in)
}

// setConstants fills the inputs beside the picture's.
func setConstants(s *ort.Session, in layout.Input) error {
	if in.Sizes >= 0 {
		if err := s.Fill(in.Sizes, layout.OriginalSide); err != nil {
			return err
		}
	}
	for _, e := range in.Extras {
		if err := s.Fill(e.Index, e.Values...); err != nil {
			return err
		}
	}
	return nil
}

// shaded runs the model on a picture with nothing in it, as a page does before it opens the model.
func shaded(s *ort.Session, in layout.Input) (first browser.Vector, err error) {
	t := s.Input(in.Image)
	for i := range t.Float32 {
		t.Float32[i] = 0.5 + float32(i%512)/2048
	}
	for i := range t.Uint8 {
		t.Uint8[i] = byte(128 + i%64)
	}
	for i := range t.Float16 {
		t.Float16[i] = 0x3800 // 0.5
	}
	if err := s.Run(); err != nil {
		return first, err
	}
	for i := range s.Outputs() {
		first.Outputs = append(first.Outputs, output(s.Output(i)))
	}
	return first, nil
}

func describe(list []ort.Info) []browser.Tensor {
	all := make([]browser.Tensor, len(list))
	for i, e := range list {
		all[i] = tensor(e.Name, e.Type.String(), e.Shape)
	}
	return all
}

func tensor(name, kind string, shape []int64) browser.Tensor {
	t := browser.Tensor{Name: name, Type: kind}
	for _, axis := range shape {
		t.Shape = append(t.Shape, float64(axis))
	}
	return t
}

// output packs the elements of an output as ONNX Runtime Web has them.
func output(t *ort.Tensor) browser.VectorOutput {
	var b []byte
	switch t.Type {
	case ort.Float16:
		for _, v := range t.Float32 {
			b = binary.LittleEndian.AppendUint16(b, ort.Float16Bits(v))
		}
	case ort.Int64:
		b, _ = binary.Append(nil, binary.LittleEndian, t.Int64)
	case ort.Int32:
		b, _ = binary.Append(nil, binary.LittleEndian, t.Int32)
	default:
		b, _ = binary.Append(nil, binary.LittleEndian, t.Float32)
	}
	return browser.VectorOutput{
		Type: t.Type.String(), Dims: t.Shape, Data: base64.StdEncoding.EncodeToString(b),
	}
}

// draw paints the picture into the input, as the layout wants it.
func draw(t *ort.Tensor, in layout.Input, p layout.Preparation) {
	for y := range side {
		for x := range side {
			rgb := [3]float32{128, 128, 128}
			for _, q := range patches {
				if x >= q.left && x < q.right && y >= q.top && y < q.bottom {
					rgb = [3]float32{}
					rgb[q.class] = 255
				}
			}
			for plane := range 3 {
				channel := plane
				if p.BGR {
					channel = 2 - plane
				}
				at := (plane*side+y)*side + x
				if in.Interleaved {
					at = (y*side+x)*3 + plane
				}
				v := rgb[channel]*p.Scale[plane] + p.Bias[plane]
				switch in.Type {
				case layout.Uint8:
					t.Uint8[at] = uint8(v)
				case layout.Float16:
					t.Float16[at] = ort.Float16Bits(v)
				default:
					t.Float32[at] = v
				}
			}
		}
	}
}
