package layout

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"handlens/inference/coco"
)

// SidecarOutput describes the outputs of a model that is of no known family. Either Columns say
// what stands in each row of one output, or Boxes, Scores and, where there are any, Labels name
// outputs of their own.
type SidecarOutput struct {
	// Boxes, Scores, Labels and Count are names of outputs; Boxes may be left out where there is
	// one output.
	Boxes  string `json:"boxes"`
	Scores string `json:"scores"`
	Labels string `json:"labels"`
	Count  string `json:"count"`
	// Columns are those of a row, in their order: x1 y1 x2 y2, or x y w h (the centre), score,
	// object (an objectness, by which the scores are multiplied), class, scores (of each class, to
	// the end of the row), and - for what is not needed.
	Columns []string `json:"columns"`
	// Transposed: each row of the output has one of the columns.
	Transposed bool `json:"transposed"`
	// Form is xyxy, yxyx or xywh (the centre), for boxes in an output of their own.
	Form string `json:"form"`
	// Unit is pixels (of the input) or shares (of its sides).
	Unit string `json:"unit"`
	// Classes says how classes are numbered: from-0, from-1, or coco (its own numbers, with gaps).
	Classes string `json:"classes"`
	// Background is the column of the background among the scores: none, first or last.
	Background string `json:"background"`
}

var (
	sidecarForms       = map[string]bool{"xyxy": true, "yxyx": true, "xywh": false}
	sidecarUnits       = map[string]boxUnit{"pixels": pixels, "shares": normalised}
	sidecarClasses     = map[string]int{"from-0": 0, "from-1": 1, "coco": coco.Numbers}
	sidecarBackgrounds = map[string]int{"none": 0, "first": 1, "last": 2}
	sidecarColumns     = map[string]bool{
		"x1": true, "y1": true, "x2": true, "y2": true, "x": true, "y": true, "w": true, "h": true,
		"score": true, "object": true, "class": true, "scores": true, "-": true,
	}
)

// maxColumns bounds those that a sidecar names.
const maxColumns = 256

// check refuses what has no meaning. o may be nil.
func (o *SidecarOutput) check(s *Sidecar) error {
	if o == nil {
		return nil
	}
	errs := []error{
		oneOf(s, "output.form", o.Form, sidecarForms),
		oneOf(s, "output.unit", o.Unit, sidecarUnits),
		oneOf(s, "output.classes", o.Classes, sidecarClasses),
		oneOf(s, "output.background", o.Background, sidecarBackgrounds),
		s.wrong(len(o.Columns) <= maxColumns, "output.columns",
			fmt.Sprintf("at most %d names", maxColumns)),
		s.wrong(s.Family == "", "family", "left out where output says what there is"),
	}
	for i, c := range o.Columns {
		errs = append(errs, oneOf(s, "output.columns", c, sidecarColumns),
			s.wrong(c == "-" || !slices.Contains(o.Columns[:i], c), "output.columns",
				"names of which none comes twice"))
	}
	if len(o.Columns) > 0 {
		errs = append(errs, o.checkColumns(s))
	} else {
		errs = append(errs, s.wrong(o.Boxes != "" && o.Scores != "", "output",
			"columns of one output, or the names of the outputs boxes and scores"))
	}
	return errors.Join(errs...)
}

// checkColumns wants a box, and a score of some kind.
func (o *SidecarOutput) checkColumns(s *Sidecar) error {
	has := func(names ...string) bool {
		return !slices.ContainsFunc(names, func(n string) bool {
			return !slices.Contains(o.Columns, n)
		})
	}
	last := slices.Index(o.Columns, "scores")
	return errors.Join(
		s.wrong(has("x1", "y1", "x2", "y2") != has("x", "y", "w", "h"), "output.columns",
			"x1, y1, x2, y2 or x, y, w, h, and others"),
		s.wrong(has("score") != has("scores"), "output.columns",
			"with a score, or with scores for the rest of the row"),
		s.wrong(last < 0 || last == len(o.Columns)-1, "output.columns",
			"with scores at the end: they go on to the end of the row"),
	)
}

// described is what columns say, as indices; -1 is none.
type described struct {
	box    [4]int
	centre bool
	// classes is the first of the class scores, and width the length of a row without them.
	score, object, class, classes, width int
	transposed                           bool
}

// layout makes the layout that the sidecar describes.
func (o *SidecarOutput) layout(s *Sidecar, outputs []Tensor, named int) (Layout, error) {
	l := Layout{
		family: "described", fit: Stretch, unit: true, nms: true, classes: named,
		boxUnit: sidecarUnits[o.Unit],
	}
	var err error
	if len(o.Columns) > 0 {
		err = o.describe(s, &l, outputs)
	} else {
		err = o.name(s, &l, outputs)
	}
	if err != nil {
		return Layout{}, err
	}
	switch sidecarClasses[o.Classes] {
	case 1:
		l.numberContiguously(l.classes)
	case coco.Numbers:
		l.renumber, l.rawClasses = cocoClasses(), l.classes
		l.classes = coco.Classes
	}
	l.because("%s says how its outputs are to be read", s.file)
	return l, nil
}

// find returns the index of an output.
func (o *SidecarOutput) find(s *Sidecar, outputs []Tensor, field, name string) (int, error) {
	if name == "" && len(outputs) == 1 {
		return 0, nil
	}
	var names []string
	for i := range outputs {
		if outputs[i].Name == name {
			return i, nil
		}
		names = append(names, clean(outputs[i].Name))
	}
	return 0, fmt.Errorf("%s: output.%s is %q, and the model's outputs are %s", s.file, field,
		clean(name), strings.Join(names, ", "))
}

// describe makes the layout of rows.
func (o *SidecarOutput) describe(s *Sidecar, l *Layout, outputs []Tensor) error {
	at, err := o.find(s, outputs, "boxes", o.Boxes)
	if err != nil {
		return err
	}
	index := func(name string) int { return slices.Index(o.Columns, name) }
	d := described{
		box:   [4]int{index("x1"), index("y1"), index("x2"), index("y2")},
		score: index("score"), object: index("object"), class: index("class"),
		classes: index("scores"), width: len(o.Columns), transposed: o.Transposed,
	}
	if d.box[0] < 0 {
		d.centre, d.box = true, [4]int{index("x"), index("y"), index("w"), index("h")}
	}
	l.head, l.boxes, l.described = describedRows, at, d
	width := d.length(&outputs[at])
	if d.classes >= 0 {
		l.classes = width - d.classes
	}
	if d.classes < 0 && width != d.width || d.classes >= 0 && l.classes < 1 ||
		l.classes > maxClasses || !outputs[at].isFloat() {
		return fmt.Errorf("%s: output.columns names %d columns, which %s has not", s.file, d.width,
			outputs[at].describe())
	}
	return nil
}

// length is how many columns a tensor has; 0 or less when it does not say.
func (d *described) length(t *Tensor) int {
	back := 1
	if d.transposed {
		back = 2
	}
	if len(t.Shape) < back {
		return 0
	}
	return int(min(t.Shape[len(t.Shape)-back], 1<<30))
}

// name makes the layout of outputs of their own.
func (o *SidecarOutput) name(s *Sidecar, l *Layout, outputs []Tensor) (err error) {
	if l.boxes, err = o.find(s, outputs, "boxes", o.Boxes); err != nil {
		return err
	}
	if l.scores, err = o.find(s, outputs, "scores", o.Scores); err != nil {
		return err
	}
	if o.Labels != "" {
		return o.nameList(s, l, outputs)
	}
	l.head, l.corners = queries, o.Form != "xywh"
	if o.Form == "yxyx" {
		return fmt.Errorf("%s: output.form must be xyxy or xywh where there are no labels", s.file)
	}
	if shape := outputs[l.scores].Shape; len(shape) > 0 {
		l.classes = int(max(0, min(shape[len(shape)-1], maxClasses)))
	}
	switch sidecarBackgrounds[o.Background] {
	case 1:
		l.first = 1
		l.classes--
	case 2:
		l.classes--
	}
	if l.classes < 1 {
		return fmt.Errorf("%s: %s has no class scores", s.file, outputs[l.scores].describe())
	}
	return nil
}

// nameList makes the layout of a finished list.
func (o *SidecarOutput) nameList(s *Sidecar, l *Layout, outputs []Tensor) (err error) {
	l.head, l.nms, l.yx = detectionList, false, o.Form == "yxyx"
	if o.Form == "xywh" {
		return fmt.Errorf("%s: output.form must be xyxy or yxyx where labels are an output", s.file)
	}
	if o.Count != "" {
		l.counted = true
		if l.count, err = o.find(s, outputs, "count", o.Count); err != nil {
			return err
		}
	}
	l.labels, err = o.find(s, outputs, "labels", o.Labels)
	return err
}
