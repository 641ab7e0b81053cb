package layout

import (
	"fmt"
	"math"
	"strings"

	"handlens/inference"
)

// shapeData says, as data, what the outputs hold of each detection besides its box and scores: the
// coefficients of its mask, its keypoints, or the angle of a rotated box.
type shapeData struct {
	// masks is the number of coefficients. The prototypes that they weigh are the output with the
	// index protos, [1, masks, height, width].
	masks, protos int
	// keypoints is their number, and values how many numbers each has: x and y in pixels of the
	// model's input, and a score 0..1 if there are three.
	keypoints, values int
	// at is the column in which they begin, where they do not end the row; 0 is none.
	at int
	// angle: the last number is how far the box is turned, clockwise and in radians. Boxes are then
	// centre and size, in all layouts.
	angle bool
}

// size is how many numbers they are for each detection.
func (d shapeData) size() int {
	n := d.masks + d.keypoints*d.values
	if d.angle {
		n++
	}
	return n
}

const (
	// maxCoefficients bounds the coefficients of a mask; all known models have 32.
	maxCoefficients = 256
	// maxMaskWork bounds how many products the masks of one frame may take, so that no model holds
	// up the frame for long: some hundred masks as large as the frame. The weakest detections then
	// have none.
	maxMaskWork = 1 << 27
	// maxSample bounds a mask's samples.
	maxSample = 1e6
)

// findShapeData finds what a model gives besides boxes: masks from another output of four axes,
// keypoints and angles from Ultralytics' metadata.
func findShapeData(outputs []Tensor, metadata map[string]string) (d shapeData) {
	for i := range outputs {
		o := &outputs[i]
		if len(outputs) != 2 || !o.isFloat() || !o.shaped(1, anySize, anySize, anySize) ||
			len(outputs[1-i].Shape) != 3 {
			continue
		}
		if n := o.Shape[1]; n > 0 && n <= maxCoefficients {
			d.masks, d.protos = int(n), i
		}
	}
	d.angle = metadata["task"] == "obb"
	if metadata["task"] == "pose" {
		var n, values int
		text := strings.NewReplacer("[", " ", "]", " ", "(", " ", ")", " ", ",",
			" ").Replace(metadata["kpt_shape"])
		if got, _ := fmt.Sscan(text, &n, &values); got == 2 && n > 0 &&
			n <= inference.MaxKeypoints && (values == 2 || values == 3) {
			d.keypoints, d.values = n, values
		}
	}
	return d
}

// shapeDecoder makes the shapes of the detections that are kept. Its memory is used again for each
// frame.
type shapeDecoder struct {
	data shapeData
	// list holds the numbers of all detections. first is the index of the first number of detection
	// 0, step the distance between two numbers of one detection, next that between two detections.
	list              []float32
	first, step, next int
	protos            []float32
	width, height     int // of the prototypes, in samples
	input             Input
	work              int // what is left of maxMaskWork
	// sx and sy are what coordinates of keypoints are multiplied by to get pixels of the input.
	sx, sy float32
	// faces, unless nil, has the landmarks of faces in outputs of their own.
	faces *Layout
	out   Outputs

	coefficients []float32
	field        field
}

// begin takes in the outputs of a run. It fails when they do not have the shape that was
// recognised.
func (m *shapeDecoder) begin(l *Layout, out Outputs) error {
	m.data, m.input, m.work = l.shapes, l.input, maxMaskWork
	m.faces, m.out, m.sx, m.sy = nil, nil, 1, 1
	if m.data.size() == 0 {
		return nil
	}
	if l.head == faceCells {
		m.faces, m.out = l, out
		return nil
	}
	if l.head == describedRows {
		return m.beginDescribed(l, out)
	}
	t := out.Output(l.boxes)
	a, b, err := t.matrix()
	if err != nil {
		return err
	}
	m.list = t.Float32
	switch l.head {
	case channelsFirst: // they end each column
		m.first, m.step, m.next = (a-m.data.size())*b, b, 1
		if a < 4+l.classes+m.data.size() {
			return t.changed()
		}
	default: // or each row
		m.first, m.step, m.next = b-m.data.size(), 1, b
		if m.data.at > 0 {
			m.first = m.data.at
		}
		if m.first < 0 {
			return t.changed()
		}
	}
	if m.data.masks == 0 {
		return nil
	}
	return m.prototypes(out.Output(m.data.protos))
}

// prototypes takes in those of a run.
func (m *shapeDecoder) prototypes(t *Tensor) error {
	if len(t.Shape) != 4 || t.Shape[0] != 1 || t.Shape[1] != int64(m.data.masks) ||
		!isSide(t.Shape[2]) || !isSide(t.Shape[3]) ||
		t.Shape[1]*t.Shape[2]*t.Shape[3] != int64(len(t.Float32)) {
		return t.changed()
	}
	m.protos, m.height, m.width = t.Float32, int(t.Shape[2]), int(t.Shape[3])
	return nil
}

// isSide tells whether prototypes can be so many samples wide or high.
func isSide(n int64) bool { return n > 0 && n <= maxInput }

// shape makes the shape of a candidate, whose box in the frame is box; nil if the model tells none.
func (m *shapeDecoder) shape(c candidate, where Transform, box inference.Box) *inference.Shape {
	if m.data.size() == 0 {
		return nil
	}
	s := &inference.Shape{Outline: m.outline(c, where, box), Keypoints: m.keypoints(c, where, box)}
	if s.Outline == nil && s.Keypoints == nil {
		return nil
	}
	return s
}

// value is number i of what follows a candidate's scores.
func (m *shapeDecoder) value(c candidate, i int) float32 {
	if m.faces != nil {
		return m.faces.landmark(m.out, int(c.order), i)
	}
	return m.list[m.first+i*m.step+int(c.order)*m.next]
}

// keypoints reads the keypoints of a candidate.
func (m *shapeDecoder) keypoints(c candidate, where Transform,
	box inference.Box,
) []inference.Keypoint {
	if m.data.keypoints == 0 {
		return nil
	}
	list := make([]inference.Keypoint, m.data.keypoints)
	for i := range list {
		at := m.data.masks + i*m.data.values
		score := float32(1)
		if m.data.values == 3 {
			score = m.value(c, at+2)
		}
		p := where.point(m.value(c, at)*m.sx, m.value(c, at+1)*m.sy)
		list[i] = inference.NewKeypoint(box, p, score)
	}
	return list
}

// outline makes a candidate's mask, within its box, and traces it. The prototypes, weighed by the
// coefficients, are log odds, so that the edge is at 0 (Ultralytics, ultralytics/utils/ops.py,
// process_mask; YOLACT, arXiv 1904.02689).
func (m *shapeDecoder) outline(c candidate, where Transform, box inference.Box) []inference.Point {
	if m.data.masks == 0 || !m.readCoefficients(c) {
		return nil
	}
	// A sample of the prototypes is sx × sy pixels of the input large and lies in their middle.
	sx, sy := float32(m.input.Width)/float32(m.width), float32(m.input.Height)/float32(m.height)
	x0, x1 := samples(c.box.X1/sx, c.box.X2/sx, m.width)
	y0, y1 := samples(c.box.Y1/sy, c.box.Y2/sy, m.height)
	m.work -= max(0, x1-x0) * max(0, y1-y0) * m.data.masks
	if x0 >= x1 || y0 >= y1 || m.work < 0 {
		return nil
	}
	m.weigh(x0, x1, y0, y1)
	outline := m.field.outline()
	if len(outline) < 3 {
		return nil
	}
	out := make([]inference.Point, len(outline))
	for i, p := range outline {
		p = box.In(where.point((p.X+float32(x0)+0.5)*sx, (p.Y+float32(y0)+0.5)*sy))
		out[i] = inference.Point{X: max(0, min(p.X, 1)), Y: max(0, min(p.Y, 1))}
	}
	return out
}

// readCoefficients reads the mask coefficients of a candidate; false if they are not usable.
func (m *shapeDecoder) readCoefficients(c candidate) bool {
	m.coefficients = m.coefficients[:0]
	for i := range m.data.masks {
		v := m.value(c, i)
		if v != v || math.Abs(float64(v)) > maxSample {
			return false
		}
		m.coefficients = append(m.coefficients, v)
	}
	return true
}

// samples returns which of n samples in a row belong to what lies between two places: those inside,
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

// weigh fills the field with the mask in a part of the prototypes.
func (m *shapeDecoder) weigh(x0, x1, y0, y1 int) {
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
