package inference

import (
	"encoding/json"
	"fmt"

	"handlens/inference/ort"
	"handlens/inference/resample"
)

// names puts the sidecar's labels in the place of those in the model's metadata, where recognition
// looks for them.
func (s *sidecar) names(metadata map[string]string) error {
	if s == nil || len(s.Labels) == 0 {
		return nil
	}
	text, err := json.Marshal(s.Labels)
	if err != nil {
		return err
	}
	metadata["names"] = string(text)
	return nil
}

// recognise is the package's recognise where the sidecar names no family, and else holds the output
// against that family.
func (s *sidecar) recognise(in input, outputs []ort.Info, metadata map[string]string) (layout,
	error,
) {
	if s == nil || s.Family == "" {
		return recognise(in, outputs, metadata)
	}
	if len(outputs) == 0 || len(outputs[0].Shape) != 3 || !isNumbers(outputs[0]) ||
		outputs[0].Shape[1] < 0 || outputs[0].Shape[2] < 0 {
		return layout{}, s.unfit(outputs)
	}
	l := sidecarFamilies[s.Family]
	e := findExtras(outputs, metadata)
	a, b := int(min(outputs[0].Shape[1], 1<<30)), int(min(outputs[0].Shape[2], 1<<30))
	named, _ := parseNames(metadata["names"])
	misfit := false
	switch l.head {
	case columns:
		if a > b {
			l = plainLayout
			l.classes = b - 4
			break
		}
		l.extras = e
		l.classes = classesOf(a-4-e.size(), len(named), metadata["task"])
	case rows:
		l.extras = e
		l.classes = b - 5 - e.size()
	case grid:
		l.classes = b - 5
		misfit = a != cells(in.width, in.height)
	case endToEnd:
		l.extras = e
		l.classes = len(named)
		misfit = b != 6+e.size()
	case distribution:
		l.bins = nanodetBins / 4
		l.classes = b - nanodetBins
		misfit = int64(a) != nanodetCells(in)
	}
	if misfit || l.classes < 0 || l.classes == 0 && l.head != endToEnd {
		return layout{}, s.unfit(outputs)
	}
	return checked(l, true, outputs)
}

func (s *sidecar) unfit(outputs []ort.Info) error {
	what := "a model without outputs"
	if len(outputs) > 0 {
		what = "output " + describe(outputs[0])
	}
	return &LayoutError{
		What: what,
		Hint: fmt.Sprintf("%s says family %s, which has another shape", s.file, s.Family),
	}
}

// apply has the sidecar's word go over what was recognised.
func (s *sidecar) apply(in input, l *layout) error {
	if s == nil {
		return nil
	}
	if title := clean(s.Title); title != "" {
		l.family = title
	}
	if s.Input.Smooth != nil {
		l.antialias = *s.Input.Smooth
	}
	if s.NMS != nil {
		l.nms = *s.NMS
	}
	if f, ok := sidecarFits[s.Input.Fit]; ok {
		l.fit = f
	}
	if err := s.applySamples(in, l); err != nil {
		return err
	}
	return s.applyScores(l)
}

// applySamples sets order, range, mean and deviation.
func (s *sidecar) applySamples(in input, l *layout) error {
	w := s.Input
	if in.kind == resample.Uint8 && (w.Range == 1 || len(w.Mean)+len(w.Std) > 0) {
		return fmt.Errorf("%s: the model takes whole numbers of 0..255, so that input.range, "+
			"mean and std have no place", s.file)
	}
	if w.Range != 0 {
		l.unit = w.Range == 1
		l.mean, l.std = [3]float32{}, [3]float32{}
	}
	if bgr, ok := sidecarOrders[w.Order]; ok && bgr != l.bgr {
		l.bgr = bgr
		l.mean[0], l.mean[2] = l.mean[2], l.mean[0]
		l.std[0], l.std[2] = l.std[2], l.std[0]
	}
	for i := range 3 {
		plane := i
		if l.bgr {
			plane = 2 - i
		}
		if len(w.Mean) == 3 {
			l.mean[plane] = w.Mean[i]
		}
		switch {
		case len(w.Std) == 3:
			l.std[plane] = w.Std[i]
		case len(w.Mean) == 3 && l.std[plane] == 0:
			l.std[plane] = 1 // normal takes a deviation of 0 for none at all
		}
	}
	return nil
}

// applyScores sets the activation. Softmax needs a background behind the classes, which only
// queries have.
func (s *sidecar) applyScores(l *layout) error {
	a, ok := sidecarScores[s.Scores]
	if !ok || a == l.activation {
		return nil
	}
	switch {
	case a == softmax && (l.head != queries || l.raw > 0 || l.classes < 2):
		return fmt.Errorf("%s: scores cannot be softmax for %s, whose classes have no background "+
			"beside them", s.file, l.family)
	case a == softmax:
		l.classes--
	case l.activation == softmax:
		l.classes++
	}
	l.activation = a
	return nil
}
