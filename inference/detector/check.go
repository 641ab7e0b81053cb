package detector

import (
	"fmt"

	"handlens/inference/layout"
)

// Check runs the model on a drawn picture once, and says in one sentence what shows that its
// numbers are misread: none of them finite, scores above 1, too many boxes, or boxes far outside
// the frame. The error matches [ErrUnknownLayout].
func (d *Detector) Check() error {
	f := drawTestFrame()
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
	what := d.decoder.Oddities(&d.outputs, len(d.session.Outputs()), d.slot.where, d.iou)
	if what == "" {
		return nil
	}
	return &layout.Error{
		What: "what " + d.info.Name + " says of a drawn picture",
		Hint: fmt.Sprintf(
			"%s; if it was taken for the wrong family (%s), its range or its kind of scores, "+
				"%s.json beside it can say so under \"layout\"",
			what, d.info.Family, d.info.Name),
	}
}
