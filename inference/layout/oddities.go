package layout

import "slices"

import "fmt"

const (
	// sure is the score above which a model counts as sure of a box.
	sure = 0.5
	// tooMany is how many such boxes no model finds in a picture that shows five things.
	tooMany = 200
	// farOff is how many sides of the input a box may reach beyond it.
	farOff = 8
)

// Oddities says in one sentence what in n outputs of a run shows that the layout is wrong for the
// model, or "": no finite number in an output, scores above 1, boxes that end before they begin or
// are far outside the input, or far more boxes than the five things that the picture shows. where
// says how that lay in the input; iou is as in [Filter].
func (d *Decoder) Oddities(out Outputs, n int, where Transform, iou float32) string {
	for i := range n {
		if t := out.Output(i); nothingFinite(t) {
			return fmt.Sprintf("no number in its output %s is finite", clean(t.Name))
		}
	}
	c := &d.candidates
	c.limit, c.allow, c.allLabels = sure, nil, false
	if err := d.decode(out); err != nil {
		return err.Error()
	}
	if c.top > 1.01 {
		return fmt.Sprintf("it gives a score of %.3g, and scores end at 1", c.top)
	}
	if c.flipped {
		return "it is sure of a box that ends before it begins"
	}
	if v, far := d.farthest(); far {
		return fmt.Sprintf("it is sure of a box that reaches to %.3g in an input of %d × %d pixels",
			v, d.layout.input.Width, d.layout.input.Height)
	}
	if n := len(d.finish(where, iou, nil)); n >= tooMany {
		return fmt.Sprintf("it is sure of %d boxes or more, where five things are", n)
	}
	return ""
}

// farthest returns a coordinate, in pixels of the input, of a candidate that lies far outside it;
// false if there is none.
func (d *Decoder) farthest() (float32, bool) {
	in := d.layout.input
	for _, c := range d.candidates.list {
		for k, v := range [4]float32{c.box.X1, c.box.X2, c.box.Y1, c.box.Y2} {
			side := float32(in.Width)
			if k > 1 {
				side = float32(in.Height)
			}
			if !(v > -farOff*side && v < (farOff+1)*side) {
				return v, true
			}
		}
	}
	return 0, false
}

// nothingFinite tells whether an output has numbers and none of them is finite.
func nothingFinite(t *Tensor) bool {
	if slices.ContainsFunc(t.Float32, finite) {
		return false
	}
	return len(t.Float32) > 0
}
