package layout

import (
	"handlens/inference"
)

// Filter says which detections a [Decoder] reports.
type Filter struct {
	// Confidence is the least score, 0..1.
	Confidence float32
	// IoU is the overlap, 0..1, above which the weaker of two boxes of one class is suppressed.
	// Layouts without suppression ignore it.
	IoU float32
	// Allow says for each class index whether it is wanted; nil means all.
	Allow []bool
	// AllLabels lets one box have each class whose score suffices, instead of its best class only.
	AllLabels bool
}

// Decoder turns the outputs of a model's runs into detections. It keeps its memory from frame to
// frame, and is for one goroutine at a time.
type Decoder struct {
	layout     *Layout
	candidates candidates
	shapes     shapeDecoder
}

// NewDecoder returns a decoder for models of that layout.
func NewDecoder(l *Layout) *Decoder { return &Decoder{layout: l} }

// Decode appends the detections in the outputs of one run to dst, best first, at most 300 of them,
// in coordinates of the frame; where says how that lay in the input. It fails when the outputs do
// not have the shapes that were recognised.
func (d *Decoder) Decode(out Outputs, where Transform, f Filter,
	dst []inference.Detection,
) ([]inference.Detection, error) {
	c := &d.candidates
	c.limit, c.allow, c.allLabels = f.Confidence, f.Allow, f.AllLabels
	if err := d.decode(out); err != nil {
		return dst, err
	}
	return d.finish(where, f.IoU, dst), nil
}

// decode reads the outputs into the candidates.
func (d *Decoder) decode(out Outputs) error {
	if err := d.layout.decode(out, &d.candidates); err != nil {
		return err
	}
	if err := d.shapes.begin(d.layout, out); err != nil {
		return err
	}
	d.candidates.list = d.shapes.turn(d.candidates.list)
	return nil
}

// finish suppresses, places and names the candidates, and makes the shapes of those that are left.
func (d *Decoder) finish(where Transform, iou float32,
	dst []inference.Detection,
) []inference.Detection {
	labels := d.layout.classNames
	for _, c := range d.candidates.chosen(d.layout.nms, iou) {
		box, shape, ok := d.place(c, where)
		if !ok {
			continue
		}
		label := ""
		if int(c.class) < len(labels) {
			label = labels[c.class]
		} else {
			label = className(int(c.class))
		}
		dst = append(dst, inference.Detection{
			Box: box, Class: int(c.class), Label: label, Score: c.score,
			Shape: shape,
		})
	}
	return dst
}

// place puts a candidate into the frame, with what the model tells of it beyond its box; false when
// next to nothing of it lies there.
func (d *Decoder) place(c candidate, where Transform) (inference.Box, *inference.Shape, bool) {
	if d.layout.shapes.angle {
		return inference.Rotated(cornersOf(c, where))
	}
	box, ok := clip(where.Inverse(c.box))
	if !ok {
		return box, nil, false
	}
	return box, d.shapes.shape(c, where, box), true
}
