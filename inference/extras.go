package inference

import (
	"fmt"
	"math"
	"strings"

	"handlens/inference/ort"
)

// extras says, as data, what a layout gives of each detection behind its box and scores: the
// coefficients of its mask, or its key points.
type extras struct {
	// masks is the number of coefficients; the prototypes that they weigh are the output of that
	// place, [1, masks, height, width].
	masks, protos int
	// keypoints is their number, and values what each has: x and y in pixels of the model's input,
	// and where there are three a score 0..1.
	keypoints, values int
}

// size is how many numbers they are.
func (e extras) size() int { return e.masks + e.keypoints*e.values }

const (
	// maxCoefficients bounds what a mask is made of; all known models have 32.
	maxCoefficients = 256
	// maxMaskWork bounds how many products the masks of one picture may take, so that no model
	// holds up the picture for long: some hundred masks as large as the picture. The weakest
	// detections then stay without.
	maxMaskWork = 1 << 27
	// maxSample bounds a mask's samples.
	maxSample = 1e6
)

// findExtras finds what a model gives beside boxes: masks from a second output of four axes, key
// points from Ultralytics' metadata.
func findExtras(outputs []ort.Info, metadata map[string]string) (e extras) {
	if len(outputs) == 2 && is(outputs[1], ort.Float32, 1, anySize, anySize, anySize) {
		if n := outputs[1].Shape[1]; n > 0 && n <= maxCoefficients {
			e.masks, e.protos = int(n), 1
		}
	}
	if metadata["task"] == "pose" {
		var n, values int
		text := strings.NewReplacer("[", " ", "]", " ", "(", " ", ")", " ", ",",
			" ").Replace(metadata["kpt_shape"])
		if got, _ := fmt.Sscan(text, &n, &values); got == 2 && n > 0 && n <= MaxKeypoints &&
			(values == 2 || values == 3) {
			e.keypoints, e.values = n, values
		}
	}
	return e
}

// shaper makes the shapes of what was kept, after all else is decided. Its memory is used again for
// each picture.
type shaper struct {
	extras extras
	// values are those of a detection: the place of the first one of the detection 0, how far those
	// of one are apart, and those of two.
	list              []float32
	first, step, next int
	protos            []float32
	width, height     int // of the prototypes
	input             input
	work              int

	coefficients []float32
	field        field
}

// begin takes in the outputs of a run. It fails when they do not have the shape that the layout
// promised.
func (m *shaper) begin(l *layout, in input, out outputs) error {
	m.extras, m.input, m.work = l.extras, in, maxMaskWork
	if m.extras.size() == 0 {
		return nil
	}
	t := out.Output(l.boxes)
	a, b, err := matrix(t)
	if err != nil {
		return err
	}
	m.list = t.Float32
	switch l.head {
	case columns: // they end each column
		m.first, m.step, m.next = (a-m.extras.size())*b, b, 1
		if a < 4+l.classes+m.extras.size() {
			return fmt.Errorf("output %s changed its shape to %v", t.Name, t.Shape)
		}
	default: // or each row
		m.first, m.step, m.next = b-m.extras.size(), 1, b
		if m.first < 0 {
			return fmt.Errorf("output %s changed its shape to %v", t.Name, t.Shape)
		}
	}
	if m.extras.masks == 0 {
		return nil
	}
	return m.prototypes(out.Output(m.extras.protos))
}

// prototypes takes in those of a run.
func (m *shaper) prototypes(t *ort.Tensor) error {
	if len(t.Shape) != 4 || t.Shape[0] != 1 || t.Shape[1] != int64(m.extras.masks) ||
		!side(t.Shape[2]) || !side(t.Shape[3]) ||
		t.Shape[1]*t.Shape[2]*t.Shape[3] != int64(len(t.Float32)) {
		return fmt.Errorf("output %s changed its shape to %v", t.Name, t.Shape)
	}
	m.protos, m.height, m.width = t.Float32, int(t.Shape[2]), int(t.Shape[3])
	return nil
}

// side tells whether prototypes can be so many samples wide or high.
func side(n int64) bool { return n > 0 && n <= maxInput }

// shape makes the shape of a candidate whose box in the picture is that; nil when there is nothing
// to tell.
func (m *shaper) shape(c candidate, where Transform, box Box) *Shape {
	if m.extras.size() == 0 {
		return nil
	}
	s := &Shape{Outline: m.outline(c, where, box), Keypoints: m.keypoints(c, where, box)}
	if s.Outline == nil && s.Keypoints == nil {
		return nil
	}
	return s
}

// value is the extra number i of a candidate.
func (m *shaper) value(c candidate, i int) float32 {
	return m.list[m.first+i*m.step+int(c.order)*m.next]
}

// keypoints reads the key points of a candidate.
func (m *shaper) keypoints(c candidate, where Transform, box Box) []Keypoint {
	if m.extras.keypoints == 0 {
		return nil
	}
	list := make([]Keypoint, m.extras.keypoints)
	for i := range list {
		at := m.extras.masks + i*m.extras.values
		score := float32(1)
		if m.extras.values == 3 {
			score = m.value(c, at+2)
		}
		list[i] = keypointIn(box, where.point(m.value(c, at), m.value(c, at+1)), score)
	}
	return list
}

// point takes a point from the model's input, in its pixels, to the picture (0..1).
func (t Transform) point(x, y float32) Point {
	b := t.Inverse(Box{X1: x, Y1: y})
	return Point{X: b.X1, Y: b.Y1}
}

// outline makes a candidate's mask, where its box is, and traces it: the prototypes, weighed by the
// coefficients, are the logarithm of the odds, so that the edge is at 0 (Ultralytics,
// ultralytics/utils/ops.py, process_mask; YOLACT, arXiv 1904.02689).
func (m *shaper) outline(c candidate, where Transform, box Box) []Point {
	if m.extras.masks == 0 {
		return nil
	}
	m.coefficients = m.coefficients[:0]
	for i := range m.extras.masks {
		v := m.value(c, i)
		if v != v || math.Abs(float64(v)) > maxSample {
			return nil
		}
		m.coefficients = append(m.coefficients, v)
	}
	// A sample of the prototypes is so many pixels of the input wide and high, and lies in the
	// middle of them.
	sx, sy := float32(m.input.width)/float32(m.width), float32(m.input.height)/float32(m.height)
	x0, x1 := samples(c.box.X1/sx, c.box.X2/sx, m.width)
	y0, y1 := samples(c.box.Y1/sy, c.box.Y2/sy, m.height)
	if m.work -= max(0, x1-x0) * max(0, y1-y0) * m.extras.masks; x0 >= x1 || y0 >= y1 ||
		m.work < 0 {
		return nil
	}
	m.weigh(x0, x1, y0, y1)
	way := m.field.outline()
	if len(way) < 3 {
		return nil
	}
	out := make([]Point, len(way))
	for i, p := range way {
		p = box.In(where.point((p.X+float32(x0)+0.5)*sx, (p.Y+float32(y0)+0.5)*sy))
		out[i] = Point{X: max(0, min(p.X, 1)), Y: max(0, min(p.Y, 1))}
	}
	return out
}

// samples returns which of n samples in a row bear on what lies between two places: those inside,
// and one more on each side.
func samples(low, high float32, n int) (from, to int) {
	at := func(v float32) int {
		if !(v > 0) {
			return 0
		}
		return int(min(v, float32(n)))
	}
	return max(0, at(low-0.5)), min(n, at(high+0.5)+1)
}

// weigh fills the field with the mask of a part of the prototypes.
func (m *shaper) weigh(x0, x1, y0, y1 int) {
	f := &m.field
	f.reset(x1-x0, y1-y0)
	for k, c := range m.coefficients {
		if c == 0 {
			continue
		}
		plane := m.protos[k*m.width*m.height:]
		for y := y0; y < y1; y++ {
			row := plane[y*m.width+x0:][:x1-x0]
			sum := f.v[(y-y0)*f.width:][:len(row)]
			for i, v := range row {
				sum[i] += c * v
			}
		}
	}
	for i, v := range f.v {
		if v != v {
			v = -1
		}
		f.v[i] = max(-maxSample, min(v, maxSample))
	}
}
