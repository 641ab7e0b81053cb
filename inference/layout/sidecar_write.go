package layout

import (
	"fmt"
	"slices"
)

// saidInput, saidOutput, saidBoxes and said are a sidecar as it is written, with what is not said
// left out.
type (
	saidInput struct {
		Order  string    `json:"order,omitempty"`
		Range  int       `json:"range,omitempty"`
		Mean   []float32 `json:"mean,omitempty"`
		Std    []float32 `json:"std,omitempty"`
		Fit    string    `json:"fit,omitempty"`
		Pad    *float32  `json:"pad,omitempty"`
		Smooth *bool     `json:"smooth,omitempty"`
		Width  int       `json:"width,omitempty"`
		Height int       `json:"height,omitempty"`
	}
	saidOutput struct {
		Columns []string `json:"columns"`
		Turned  bool     `json:"turned,omitempty"`
		Stride  int      `json:"stride,omitempty"`
	}
	saidBoxes struct {
		Unit    string         `json:"unit,omitempty"`
		Formula string         `json:"formula,omitempty"`
		Strides []int          `json:"strides,omitempty"`
		Anchors [][][2]float32 `json:"anchors,omitempty"`
		Middle  float32        `json:"middle,omitempty"`
	}
	said struct {
		title     string
		labels    []string
		input     saidInput
		inputs    map[string]any
		outputs   map[string]saidOutput
		boxes     *saidBoxes
		scores    string
		numbering any
		nms       *bool
	}
)

// WriteSidecar writes a sidecar that says all that the layout says, for a model with those inputs
// and outputs, and which gives the same layout again. For a layout whose outputs no sidecar can
// spell out, or without whole, it leaves them to be recognised.
func (l *Layout) WriteSidecar(inputs, outputs []Tensor, whole bool) []byte {
	nms := l.nms
	s := said{
		title: l.family, labels: l.classNames, input: l.sayInput(), nms: &nms,
		scores: wordOf(sidecarScores, l.activation), inputs: make(map[string]any),
	}
	if l.unnamed && s.labels == nil {
		s.labels = []string{}
	}
	for _, e := range l.input.Extras {
		if e.Index < len(inputs) {
			s.inputs[inputs[e.Index].Name] = e.said()
		}
	}
	if whole {
		s.outputs = l.sayOutputs(outputs)
	}
	if s.outputs != nil {
		s.boxes = l.sayBoxes(outputs)
		s.numbering = l.sayNumbering()
	} else if l.rawClasses > 0 || l.renumber != nil || l.activation == softmax {
		s.scores = "" // which would count the background twice
	}
	return s.write()
}

// said is the values as a sidecar has them.
func (e *Extra) said() any {
	list := make([]any, len(e.Values))
	for i, v := range e.Values {
		if list[i] = v; v == OriginalSide {
			list[i] = "original"
		}
	}
	if len(list) == 1 {
		return list[0]
	}
	return list
}

// wordOf is the word that stands for a value.
func wordOf[T comparable](table map[string]T, value T) string {
	for word, v := range table {
		if v == value {
			return word
		}
	}
	return ""
}

// sayInput says how frames are prepared.
func (l *Layout) sayInput() saidInput {
	p := l.Preparation()
	smooth := l.antialias
	s := saidInput{
		Order: wordOf(sidecarOrders, l.bgr), Fit: wordOf(sidecarFits, l.fit), Smooth: &smooth,
		Width: l.input.Width, Height: l.input.Height,
	}
	if l.fit != Stretch {
		s.Pad = &p.Pad
	}
	if l.input.Type == Uint8 {
		return s
	}
	if s.Range = 255; l.unit {
		s.Range = 1
	}
	if l.std == [3]float32{} {
		return s
	}
	s.Mean, s.Std = slices.Clone(l.mean[:]), slices.Clone(l.std[:])
	if l.bgr {
		slices.Reverse(s.Mean)
		slices.Reverse(s.Std)
	}
	return s
}

// many is an entry of columns that stands for n.
func many(name string, n int) string {
	if n == 1 && name != "scores" {
		return name
	}
	return fmt.Sprintf("%s*%d", name, n)
}

// sayOutputs spells the outputs out; nil when that cannot be done.
func (l *Layout) sayOutputs(outputs []Tensor) map[string]saidOutput {
	if l.seenUnit(outputs) == "" || sameNames(outputs) {
		return nil
	}
	o := sayer{l: l, outputs: outputs, said: make(map[string]saidOutput)}
	say := map[head]func(){
		channelsFirst: func() { o.row(1, "cx", "cy", "w", "h", many("scores", l.classes)) },
		channelsLast:  func() { o.row(2, "cx", "cy", "w", "h", many("scores", l.classes)) },
		objectness:    o.objects,
		gridOffsets:   o.objects,
		endToEnd:      o.endToEnd,
		distribution: func() {
			o.row(2, append([]string{many("scores", l.classes)}, o.bins()...)...)
		},
		listRows: o.listRows,
		scoredList: func() {
			o.put(l.labels, "class")
			o.put(l.boxes, "x1", "y1", "x2", "y2", "score")
		},
		detectionList: o.list,
		queries:       o.queries,
		featureLevels: o.levels,
		describedRows: o.described,
	}[l.head]
	if say == nil {
		return nil
	}
	say()
	return o.said
}

// sameNames tells whether two outputs cannot be told apart.
func sameNames(outputs []Tensor) bool {
	seen := make(map[string]bool)
	for _, t := range outputs {
		if seen[t.Name] {
			return true
		}
		seen[t.Name] = true
	}
	return false
}

// sayer spells outputs out.
type sayer struct {
	l       *Layout
	outputs []Tensor
	said    map[string]saidOutput
}

func (o *sayer) put(index int, columns ...string) {
	o.said[o.outputs[index].Name] = saidOutput{Columns: columns}
}

// shapes is what belongs to each box besides its scores.
func (o *sayer) shapes() []string {
	switch d := o.l.shapes; {
	case d.masks > 0:
		o.put(d.protos, "prototypes")
		return []string{many("masks", d.masks)}
	case d.keypoints > 0 && d.values == 2:
		return []string{many("points-xy", d.keypoints)}
	case d.keypoints > 0:
		return []string{many("points-xys", d.keypoints)}
	case d.angle:
		return []string{"angle"}
	}
	return nil
}

// row is one output with everything, whose rows lie along an axis; masks and the like are at its
// end, unless they are among the columns already.
func (o *sayer) row(axis int, columns ...string) {
	l := o.l
	t := &o.outputs[l.boxes]
	var end []string
	if l.shapes.at == 0 {
		end = o.shapes()
	}
	columns = append(columns, end...)
	if len(t.Shape) > axis {
		named := 0
		for _, text := range columns {
			c, _ := parseColumn(text)
			named += c.numbers()
		}
		if spare := int(t.Shape[axis]) - named; spare > 0 {
			// What nothing explains lies between the scores and the end.
			columns = slices.Insert(columns, len(columns)-len(end), many("ignored", spare))
		}
	}
	o.put(l.boxes, columns...)
	if axis == 1 {
		o.turn(l.boxes)
	}
}

// objects is a row for each cell with an objectness.
func (o *sayer) objects() {
	columns := []string{"cx", "cy", "w", "h", "objectness", many("scores", o.l.classes)}
	if o.l.shapes.at > 0 {
		columns = slices.Insert(columns, 5, o.shapes()...)
	}
	o.row(2, columns...)
}

// endToEnd is a row for each finished box.
func (o *sayer) endToEnd() {
	box := cornerForm
	if o.l.shapes.angle {
		box = centreForm
	}
	o.row(2, append(formNames(box), "score", "class")...)
}

// turn notes that an output's rows lie under each other.
func (o *sayer) turn(index int) {
	e := o.said[o.outputs[index].Name]
	e.Turned = true
	o.said[o.outputs[index].Name] = e
}

// listRows is a row for each box with columns in an order of its own.
func (o *sayer) listRows() {
	at := o.l.columns
	columns := slices.Repeat([]string{"ignored"}, at.width)
	columns[at.x1], columns[at.y1], columns[at.x2], columns[at.y2] = "x1", "y1", "x2", "y2"
	columns[at.score], columns[at.class] = "score", "class"
	o.put(o.l.boxes, columns...)
}

// bins are the four distributions of distances.
func (o *sayer) bins() []string {
	var list []string
	for _, name := range boxColumns[distanceForm] {
		list = append(list, many(name, o.l.bins))
	}
	return list
}

func (o *sayer) list() {
	l := o.l
	o.put(l.labels, "class")
	o.put(l.scores, "score")
	if l.counted {
		o.put(l.count, "count")
	}
	if l.yx {
		o.put(l.boxes, "y1", "x1", "y2", "x2")
		return
	}
	o.put(l.boxes, "x1", "y1", "x2", "y2")
}

func (o *sayer) queries() {
	l := o.l
	o.put(l.boxes, formNames(centreForm)...)
	if l.corners {
		o.put(l.boxes, formNames(cornerForm)...)
	}
	t := &o.outputs[l.scores]
	axis := 2
	if l.transposed {
		axis = 1
	}
	var columns []string
	spare := 0
	if len(t.Shape) == 3 && t.Shape[axis] > 0 {
		spare = int(t.Shape[axis]) - l.first - l.scoreColumns()
	}
	if l.first > 0 {
		columns = append(columns, "background")
	}
	columns = append(columns, many("scores", l.scoreColumns()))
	if l.activation == softmax {
		columns, spare = append(columns, "background"), spare-1
	}
	if spare > 0 {
		columns = append(columns, many("ignored", spare))
	}
	o.put(l.scores, columns...)
	if l.transposed {
		o.turn(l.scores)
	}
}

func (o *sayer) levels() {
	for k, v := range o.l.levels {
		stride := o.l.strides[k]
		if stride == 0 {
			break
		}
		o.said[o.outputs[v.scores].Name] = saidOutput{
			Columns: []string{many("scores", o.l.classes)}, Stride: stride,
		}
		o.said[o.outputs[v.boxes].Name] = saidOutput{Columns: o.bins(), Stride: stride}
	}
}

// described repeats what a sidecar has said.
func (o *sayer) described() {
	for name, s := range o.l.described.said {
		o.said[name] = saidOutput{
			Columns: append([]string{}, s.Columns...), Turned: s.Turned, Stride: s.Stride,
		}
	}
}
