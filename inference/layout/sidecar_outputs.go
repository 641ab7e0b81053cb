package layout

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// SidecarOutput is what a sidecar says of one output.
type SidecarOutput struct {
	// Columns names each number of a row.
	Columns []string `json:"columns"`
	// Turned: the numbers of a row lie under each other, as in [1,84,8400].
	Turned bool `json:"turned"`
	// Stride is the cell size of an output that has the cells of one stride only.
	Stride int `json:"stride"`
}

// SidecarBoxes says in what boxes are measured, or how they are decoded.
type SidecarBoxes struct {
	// Unit is pixels (of the input), shares (of its sides) or original (pixels of the frame).
	Unit string `json:"unit"`
	// Formula is how the numbers of a cell become a box, where the model leaves that open.
	Formula string `json:"formula"`
	// Strides are the cell sizes in pixels, in the order of the rows.
	Strides []int `json:"strides"`
	// Anchors are, for each stride, widths and heights in pixels.
	Anchors [][][2]float32 `json:"anchors"`
	// Middle is where in its cell a distance begins, 0..1.
	Middle float32 `json:"middle"`
}

// Numbering says how a model numbers its classes: from 0, from 1, as COCO does, or by the list of
// the numbers of all labels.
type Numbering struct {
	from int
	coco bool
	list []int
}

// UnmarshalJSON implements json.Unmarshaler.
func (n *Numbering) UnmarshalJSON(data []byte) error {
	var word string
	switch {
	case json.Unmarshal(data, &n.from) == nil && (n.from == 0 || n.from == 1):
		return nil
	case json.Unmarshal(data, &word) == nil && word == "coco":
		n.coco = true
		return nil
	case bytes.HasPrefix(data, []byte("[")) && json.Unmarshal(data, &n.list) == nil &&
		len(n.list) <= maxClasses:
		for _, v := range n.list {
			if v < 0 || v >= maxClasses {
				return errNumbering
			}
		}
		return nil
	}
	return errNumbering
}

var errNumbering = errors.New(`numbering must be 0, 1, "coco" or a list of the labels' numbers`)

var sidecarUnits = map[string]boxUnit{
	"pixels": pixels, "shares": normalised, "original": originalSize,
}

// checkOutputs refuses what is wrong with outputs and boxes by themselves.
func (s *Sidecar) checkOutputs() error {
	b := s.Boxes
	spelt := len(s.Outputs) > 0
	errs := []error{
		oneOf(s, "boxes.unit", b.Unit, sidecarUnits),
		oneOf(s, "boxes.formula", b.Formula, formulas),
		s.wrong(!spelt || s.Family == "", "family",
			"left out where there are outputs, which say it"),
		s.wrong(spelt || b.Unit+b.Formula == "" && len(b.Strides)+len(b.Anchors) == 0,
			"boxes", "left out where there are no outputs, which they explain"),
		s.wrong(spelt || s.Numbering == nil, "numbering",
			"left out where there are no outputs, which it explains"),
		s.wrong(len(s.Outputs) <= maxDescribed, "outputs",
			fmt.Sprintf("at most %d", maxDescribed)),
		s.wrong((b.Formula == "") == (len(b.Strides) == 0), "boxes.strides",
			"there with a formula, and only then"),
		s.wrong(b.Formula == "" || b.Unit == "" || b.Unit == "pixels", "boxes.unit",
			"pixels where there is a formula"),
		s.wrong(b.Middle >= 0 && b.Middle <= 1, "boxes.middle", "0..1"),
	}
	return cmp.Or(append(errs, s.checkGrid())...)
}

// checkGrid refuses strides and anchors without a meaning.
func (s *Sidecar) checkGrid() error {
	b := s.Boxes
	const maxStrides, maxAnchors = 16, 64
	if len(b.Strides) > maxStrides || len(b.Strides) > 0 &&
		(slices.Min(b.Strides) < 1 || slices.Max(b.Strides) > maxInput) {
		return s.wrong(false, "boxes.strides", "up to 16 cell sizes in pixels")
	}
	anchored := map[string]bool{"yolov3": true, "yolov5": true, "ssd": true}[b.Formula]
	if !anchored {
		return s.wrong(len(b.Anchors) == 0, "boxes.anchors",
			"left out with a formula that has none")
	}
	if len(b.Anchors) != len(b.Strides) {
		return s.wrong(false, "boxes.anchors", "there for each stride with this formula")
	}
	for _, list := range b.Anchors {
		if len(list) < 1 || len(list) > maxAnchors {
			return s.wrong(false, "boxes.anchors", "lists of widths and heights, [[10, 13], …]")
		}
	}
	return nil
}

// spell makes the layout of a model whose outputs the sidecar spells out.
func (s *Sidecar) spell(in Input, outputs []Tensor, named int) (Layout, error) {
	l := Layout{family: "custom", head: describedRows, fit: Stretch, unit: true}
	d := &l.described
	*d = described{count: -1, said: s.Outputs, grid: grid{
		formula: formulas[s.Boxes.Formula], strides: s.Boxes.Strides, anchors: s.Boxes.Anchors,
		middle: s.Boxes.Middle,
	}}
	l.boxUnit = sidecarUnits[s.Boxes.Unit]
	var columns [][]column
	for _, name := range slices.Sorted(maps.Keys(s.Outputs)) {
		if len(s.Outputs[name].Columns) == 0 {
			continue // it says that it is not read
		}
		list, err := s.spellOutput(d, name, outputs)
		if err != nil {
			return l, err
		}
		columns = append(columns, list)
	}
	if err := s.spellLevels(d); err != nil {
		return l, err
	}
	if what := d.layRows(columns); what != "" {
		return l, fmt.Errorf("%s: outputs %s", s.file, what)
	}
	l.nms = d.levels[0].by[classRole].n == 0
	l.because("%s says what its outputs are", s.file)
	return l, cmp.Or(s.spellForm(d, in), s.spellClasses(&l, named), s.spellShapes(&l, outputs))
}

// spellOutput reads the columns of one output and compares them with the real one.
func (s *Sidecar) spellOutput(d *described, name string, outputs []Tensor) ([]column, error) {
	index := slices.IndexFunc(outputs, func(t Tensor) bool { return t.Name == name })
	if index < 0 {
		var names []string
		for _, t := range outputs[:min(len(outputs), 8)] {
			names = append(names, clean(t.Name))
		}
		return nil, fmt.Errorf("%s: outputs has %q, and the model has %s", s.file, clean(name),
			strings.Join(names, ", "))
	}
	said, t := s.Outputs[name], &outputs[index]
	var list []column
	open := 0
	for _, text := range said.Columns {
		c, ok := parseColumn(text)
		if !ok {
			return nil, fmt.Errorf("%s: outputs.%s has the column %q; columns are %s, each "+
				"perhaps with a number, as in ignored*10", s.file, clean(name), clean(text),
				columnNames)
		}
		if c.n == rest {
			open++
		}
		if kind := columnRoles[c.name]; kind != classRole && kind != countRole && !t.isFloat() &&
			kind != ignoredRole || kind == classRole && !t.isFloat() && !t.isInteger() {
			return nil, fmt.Errorf("%s: outputs.%s cannot be %s: it is of %s", s.file, clean(name),
				c.name, t.Type)
		}
		list = append(list, c)
	}
	width, err := s.width(name, t, totalOf(list), open)
	if err != nil {
		return nil, err
	}
	d.outputs = append(d.outputs, describedOutput{
		index: index, width: width, turned: said.Turned,
	})
	return list, nil
}

// width is how many numbers a row of the output has, of which the sidecar names so many; open says
// whether an entry takes the rest.
func (s *Sidecar) width(name string, t *Tensor, named, open int) (int, error) {
	if open == 0 && named == 1 {
		return 1, nil // each number is a row
	}
	bad := func(what string, args ...any) (int, error) {
		return 0, fmt.Errorf("%s: outputs.%s names %s, and it is %s", s.file, clean(name),
			fmt.Sprintf(what, args...), t.describe())
	}
	axis := int64(-1)
	if len(t.Shape) > 0 {
		axis = t.Shape[rowAxis(len(t.Shape), s.Outputs[name].Turned)]
	}
	perCell := int64(1)
	if a := s.anchorsOf(s.Outputs[name].Stride); len(t.Shape) == 4 {
		perCell = int64(a)
	}
	switch {
	case open > 1:
		return bad("scores twice")
	case named > maxColumns || axis > maxColumns:
		return bad("more than %d columns", maxColumns)
	case axis < 0 && open > 0:
		return bad("scores without a number, as in scores*80")
	case axis < 0:
		return named, nil
	}
	width := axis / perCell
	if axis%perCell != 0 || width < int64(named+open) || open == 0 && width > int64(named) {
		return bad("%d numbers a row", named)
	}
	return int(width), nil
}

// anchorsOf is how many boxes each cell of a stride has.
func (s *Sidecar) anchorsOf(stride int) int {
	g := grid{anchors: s.Boxes.Anchors}
	return g.perCell(max(0, slices.Index(s.Boxes.Strides, stride)))
}

// spellLevels gives each output its level.
func (s *Sidecar) spellLevels(d *described) error {
	names := slices.Sorted(maps.Keys(s.Outputs))
	names = slices.DeleteFunc(names, func(n string) bool { return len(s.Outputs[n].Columns) == 0 })
	if len(names) == 0 {
		return fmt.Errorf("%s: outputs has no columns", s.file)
	}
	byStride := slices.ContainsFunc(names, func(n string) bool { return s.Outputs[n].Stride != 0 })
	if !byStride {
		d.levels = make([]rowLevel, 1)
		return nil
	}
	d.levels = make([]rowLevel, len(d.grid.strides))
	for i, stride := range d.grid.strides {
		d.levels[i].stride = stride
	}
	for i, name := range names {
		at := slices.Index(d.grid.strides, s.Outputs[name].Stride)
		if at < 0 {
			return fmt.Errorf("%s: outputs.%s.stride is %d, which boxes.strides does not have",
				s.file, clean(name), s.Outputs[name].Stride)
		}
		d.outputs[i].level = at
	}
	return nil
}

// spellForm compares the form of the boxes with the formula.
func (s *Sidecar) spellForm(d *described, in Input) error {
	want := centreForm
	switch d.grid.formula {
	case noFormula:
		return cmp.Or(
			s.wrong(d.form != distanceForm, "boxes.formula",
				"distances for left, top, right, bottom"),
			s.wrong(d.levels[0].box[0].n == 1, "boxes.formula",
				"distances for distributions"))
	case distanceFormula:
		want = distanceForm
	}
	for _, stride := range d.grid.strides {
		if d.grid.boxes(in, stride, 0) == 0 {
			return fmt.Errorf("%s: boxes.strides has %d, and the input is %d × %d", s.file, stride,
				in.Width, in.Height)
		}
	}
	return s.wrong(d.form == want && (want == distanceForm || d.levels[0].box[0].n == 1), "outputs",
		strings.Join(formNames(want), " ")+" with this formula")
}

func formNames(f form) []string {
	names := boxColumns[f]
	return names[:]
}

// spellClasses sets what follows from the classes.
func (s *Sidecar) spellClasses(l *Layout, named int) error {
	d := &l.described
	l.boxes, l.scores, l.count = d.outputs[d.levels[0].box[0].view].index, -1, d.count
	raw := d.levels[0].by[scoresRole].n
	for i := range d.levels {
		if d.levels[i].by[scoresRole].n != raw {
			return fmt.Errorf("%s: outputs have different numbers of classes", s.file)
		}
	}
	l.classes, l.rawClasses = raw, raw
	if raw == 0 {
		l.classes = named
	}
	switch n := s.Numbering; {
	case n == nil || n.from == 0 && !n.coco && n.list == nil:
	case n.coco:
		l.numberFromOne(0)
	case n.from == 1:
		l.classes = max(named, raw-1)
		if l.classes == 0 {
			l.classes = maxClasses - 1
			defer func() { l.classes = 0 }()
		}
		l.renumber = fromOne(l.classes)
	default:
		l.classes, l.renumber = len(n.list), invert(n.list)
	}
	return nil
}

// invert maps the numbers in the list to their places; -1 stands for those that are not in it.
func invert(list []int) []int16 {
	out := slices.Repeat([]int16{-1}, slices.Max(append(slices.Clip(list), 0))+1)
	for i, number := range list {
		out[number] = int16(i)
	}
	return out
}

// spellShapes sets masks and key points.
func (s *Sidecar) spellShapes(l *Layout, outputs []Tensor) error {
	d := &l.described
	masks, points := d.levels[0].by[masksRole], d.levels[0].by[pointsRole]
	protos, angle := d.levels[0].by[prototypesRole], d.levels[0].by[angleRole]
	switch {
	case masks.n+points.n+angle.n == 0:
		return nil
	case len(d.levels) > 1 || max(masks.n, points.n, angle.n) < masks.n+points.n+angle.n:
		return fmt.Errorf("%s: masks, points and an angle are read where all rows are in one "+
			"output, and one of them only", s.file)
	case angle.n > 0:
		l.shapes.angle = true
		return s.wrong(d.form == centreForm, "outputs", "cx, cy, w, h beside an angle")
	case points.n > 0:
		l.shapes.keypoints, l.shapes.values = points.n, points.each
		return nil
	}
	l.shapes.masks, l.shapes.protos = masks.n, d.outputs[protos.view].index
	if t := &outputs[l.shapes.protos]; len(t.Shape) != 4 || masks.n > maxCoefficients ||
		!fits(t.Shape[1], int64(masks.n)) {
		return fmt.Errorf("%s: masks are %d numbers, and the prototypes are %s", s.file, masks.n,
			t.describe())
	}
	return nil
}
