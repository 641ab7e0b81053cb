package layout

import "fmt"

// withNames returns the metadata with the class names where recognition looks for them: the
// sidecar's labels, or else what the model says in whatever form.
func (s *Sidecar) withNames(metadata map[string]string) (map[string]string, error) {
	if s == nil || len(s.Labels) == 0 {
		return withFoundNames(metadata)
	}
	return replaceNames(metadata, s.Labels)
}

// recogniseAs finds the layout of a model whose family the sidecar names, and refuses an output
// that does not fit it.
func (s *Sidecar) recogniseAs(in Input, outputs []Tensor, metadata map[string]string) (Layout,
	error,
) {
	at, _ := mainOutput(in, outputs)
	if len(outputs) == 0 || len(outputs[at].Shape) != 3 || !outputs[at].isFloat() ||
		outputs[at].Shape[1] < 0 || outputs[at].Shape[2] < 0 {
		return Layout{}, s.mismatch(outputs)
	}
	out := &outputs[at]
	named, _ := parseNames(metadata["names"])
	m := single{
		in: in, a: min(out.Shape[1], 1<<30), b: min(out.Shape[2], 1<<30),
		shapes: findShapeData(outputs, metadata), named: len(named), metadata: metadata,
		out: out,
	}
	family := sidecarFamilies[s.Family]
	if !family.shapes.angle {
		m.findKeypoints()
	}
	l, ok := m.as(family)
	if !ok || l.classes < 0 || l.classes == 0 && l.head != endToEnd {
		return Layout{}, s.mismatch(outputs)
	}
	l.boxes = at
	// What a family leaves open, the values of a run show here as well.
	if l.readCells(m.values()); l.head == endToEnd && m.b == int64(scoreClass.width) {
		l.readFinished(out, scoreClass)
	}
	return checked(l, true, outputs)
}

// as fills in what a family's layout has in this model; false when the output does not fit it.
func (s single) as(l Layout) (Layout, bool) {
	if l.shapes.angle {
		s.shapes = l.shapes
	}
	a, b, more := int(s.a), int(s.b), s.shapes.size()
	switch l.head {
	case channelsFirst:
		if a > b {
			rotated := s.shapes.angle
			if l = yolov8RowsLayout; rotated {
				l = rotatedLayout(l)
			}
			l.classes = b - 4 - l.shapes.size()
			return l, true
		}
		l.shapes = s.shapes
		l.classes = classesOf(a-4-more, s.named, s.metadata["task"])
	case objectness:
		l.shapes = s.shapes
		l.classes = b - 5 - more
	case gridOffsets:
		l.classes = b - 5
		return l, s.a == cellsOf(s.in, yoloStrides)
	case endToEnd:
		l.shapes = s.shapes
		l.classes = s.named
		return l, b == 6+more
	case distribution:
		l.bins = nanodetBins / 4
		l.classes = b - nanodetBins
		return l, s.a == nanodetCells(s.in)
	}
	return l, true
}

// mismatch is the error for outputs that do not fit the named family.
func (s *Sidecar) mismatch(outputs []Tensor) error {
	what := "a model without outputs"
	if len(outputs) > 0 {
		what = "output " + outputs[0].describe()
	}
	return &Error{
		What: what,
		Hint: fmt.Sprintf("%s says family %s, which has another shape", s.file, s.Family),
	}
}

// apply overrides what was recognised by what the sidecar says.
func (s *Sidecar) apply(l *Layout) error {
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
	if s.Labels != nil && len(s.Labels) == 0 {
		l.unnamed = true
	}
	if s.Input.Pad != nil {
		l.padded, l.pad = true, *s.Input.Pad
	}
	if err := s.applySamples(l); err != nil {
		return err
	}
	return s.applyScores(l)
}

// applySamples sets order, range, mean and deviation.
func (s *Sidecar) applySamples(l *Layout) error {
	w := s.Input
	if l.input.Type == Uint8 && (w.Range == 1 || len(w.Mean)+len(w.Std) > 0) {
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
			l.std[plane] = 1 // Preparation takes a deviation of 0 for none at all
		}
	}
	return nil
}

// applyScores sets the activation. Softmax needs a background after the classes, which only queries
// have.
func (s *Sidecar) applyScores(l *Layout) error {
	a, ok := sidecarScores[s.Scores]
	if !ok || a == l.activation {
		return nil
	}
	switch {
	case l.head == describedRows: // which says where the background is
	case a == softmax && (l.head != queries || l.rawClasses > 0 || l.classes < 2):
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
