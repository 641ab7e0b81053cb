package inference

import (
	"fmt"

	"handlens/inference/ort"
)

const (
	// sure is the score above which a box is counted as one the model is sure of.
	sure = 0.5
	// tooMany is how many such boxes no model finds in the drawn picture, which shows five things.
	tooMany = 200
	// farOff is how many sides of the input a box may reach beyond it.
	farOff = 8
)

// Check has the model look at a drawn picture once, and says in a sentence what shows that its
// numbers are not read as they are meant: nothing finite, scores above 1, boxes without end, or far
// outside. The error matches [ErrUnknownLayout].
func (d *Detector) Check() error {
	f := drawExample()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.session == nil {
		return ErrClosed
	}
	if err := d.preprocess(f); err != nil {
		return err
	}
	if err := d.session.Run(); err != nil {
		return err
	}
	if what := d.oddities(); what != "" {
		return &LayoutError{
			What: "what " + d.info.Name + " says of a drawn picture",
			Hint: fmt.Sprintf(
				"%s; if it was taken for the wrong family (%s), its range or its kind of scores, "+
					"%s.json beside it can say so under \"layout\"",
				what, d.info.Family, d.info.Name),
		}
	}
	return nil
}

// oddities looks at the outputs of the last run; "" when there is nothing odd. d.mu is held.
func (d *Detector) oddities() string {
	for i := range d.session.Outputs() {
		if t := d.session.Output(i); nothingFinite(t) {
			return fmt.Sprintf("no number in its output %s is finite", clean(t.Name))
		}
	}
	s := &sieve{limit: sure}
	if err := d.layout.decode(d.input, d.session, s); err != nil {
		return err.Error()
	}
	if s.top > 1.01 {
		return fmt.Sprintf("it gives a score of %.3g, and scores end at 1", s.top)
	}
	for _, c := range s.list {
		for k, v := range [4]float32{c.box.X1, c.box.X2, c.box.Y1, c.box.Y2} {
			side := float32(d.input.width)
			if k > 1 {
				side = float32(d.input.height)
			}
			if !(v > -farOff*side && v < (farOff+1)*side) {
				return fmt.Sprintf(
					"it is sure of a box that reaches to %.3g in an input of %d × %d pixels", v,
					d.input.width, d.input.height)
			}
		}
	}
	if n := len(finish(s, d.layout.nms, d.iou, d.slot.where, d.info.Labels, nil)); n >= tooMany {
		return fmt.Sprintf("it is sure of %d boxes or more, where five things are", n)
	}
	return ""
}

// nothingFinite tells whether an output has numbers and none of them is finite.
func nothingFinite(t *ort.Tensor) bool {
	for _, v := range t.Float32 {
		if finite(float64(v)) {
			return false
		}
	}
	return len(t.Float32) > 0
}

// nameWarnings says where the names do not fit the scores.
func nameWarnings(metadata map[string]string, l layout) []string {
	named, err := parseNames(metadata["names"])
	if err != nil || len(named) == 0 || l.classes == 0 || len(named) == l.classes {
		return nil
	}
	return []string{fmt.Sprintf(
		"the model has %d names and %d class scores: classes without a name get a number, and "+
			"names without a score are left out",
		len(named), l.classes)}
}
