package layout

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Unread is a layout for a model whose outputs are not understood, to run it on a picture: its
// frames are stretched, and samples are 0..1, or 0..255 where wide is true.
func Unread(in Input, wide bool) *Layout {
	return &Layout{family: "unknown", head: describedRows, unit: !wide, input: in}
}

// guess is what outputs that are not understood may be.
type guess struct {
	in    Input
	said  said
	notes []string
	// alone: no output has boxes only, so that the rows of another have them.
	alone bool
	named int
}

// GuessOutputs writes a sidecar to start from for a model that is not understood, with the best
// guess for each output from its name, its shape and its numbers, and says for each part that is in
// doubt what it may be. The samples of the picture were 0..1, or 0..255 where wide is true.
func GuessOutputs(in Input, wide bool, inputs, outputs []Tensor,
	metadata map[string]string) ([]byte,
	[]string,
) {
	var labels []string
	if found, err := withFoundNames(metadata); err == nil {
		labels, _ = parseNames(found["names"])
	}
	l := Unread(in, wide)
	g := guess{
		in: in, alone: !slices.ContainsFunc(outputs, hasFour), named: len(labels),
		said: said{
			title: "custom", labels: labels, input: l.sayInput(), numbering: 0,
			outputs: make(map[string]saidOutput), scores: "plain", inputs: make(map[string]any),
			boxes: &saidBoxes{Unit: "pixels"},
		},
	}
	for _, e := range in.Extras {
		g.said.inputs[inputs[e.Index].Name] = e.said()
	}
	if !g.grids(outputs) {
		g.lists(outputs)
		g.doubt("boxes.unit", "%s (pixels, shares or original)", g.said.boxes.Unit)
	}
	g.doubt("scores", "%s (plain, sigmoid or softmax)", g.said.scores)
	nms := true
	for _, o := range g.said.outputs {
		nms = nms && !slices.Contains(o.Columns, "class")
	}
	g.said.nms = &nms
	if !nms {
		g.doubt("numbering", `0 (0, 1, "coco" or a list)`)
	}
	g.doubt("input", "as it stands (order rgb or bgr, range 1 or 255, mean, std, fit)")
	if len(g.said.labels) == 0 {
		g.said.labels = g.labels(outputs)
	}
	return g.said.write(), g.notes
}

// doubt notes what a part of the sidecar is only guessed to be.
func (g *guess) doubt(part, format string, args ...any) {
	g.notes = append(g.notes, part+": perhaps "+fmt.Sprintf(format, args...))
}

// lists guesses outputs one by one.
func (g *guess) lists(outputs []Tensor) {
	for i := range outputs {
		t := &outputs[i]
		columns, turned := g.output(t)
		if len(columns) > 0 && g.repeats(columns) {
			columns = nil
		}
		g.said.outputs[t.Name] = saidOutput{Columns: columns, Turned: turned}
		what := strings.Join(columns, " ")
		if what == "" {
			what = "nothing that is needed"
		}
		g.doubt("outputs."+clean(t.Name), "%s", what)
	}
}

// hasFour tells whether an output has rows of four numbers.
func hasFour(t Tensor) bool {
	_, width, _, ok := t.asRows()
	return ok && width == 4
}

// repeats tells whether an earlier output has one of the columns already.
func (g *guess) repeats(columns []string) bool {
	for _, o := range g.said.outputs {
		for _, c := range o.Columns {
			name, _, _ := strings.Cut(c, "*")
			if slices.ContainsFunc(columns, func(d string) bool {
				other, _, _ := strings.Cut(d, "*")
				return other == name && name != "ignored"
			}) {
				return true
			}
		}
	}
	return false
}

// labels are numbers in place of names, as many as there are scores.
func (g *guess) labels(outputs []Tensor) []string {
	n := 0
	for _, t := range outputs {
		for _, text := range g.said.outputs[t.Name].Columns {
			if c, _ := parseColumn(text); c.name == "scores" && c.n > 0 {
				n = c.n
			}
		}
	}
	var list []string
	for i := range min(n, maxClasses) {
		list = append(list, className(i))
	}
	return list
}

// output guesses the columns of one output; none for one that says nothing.
func (g *guess) output(t *Tensor) (columns []string, turned bool) {
	sides := t.sides()
	name := strings.ToLower(t.Name)
	switch {
	case t.count() == 1 && (strings.Contains(name, "num") || strings.Contains(name, "count")):
		return []string{"count"}, false
	case len(sides) > 2 || t.Type == Other:
		return nil, false
	case sides[1] == 1:
		return g.vector(t, name), false
	}
	v, width, turned, ok := t.asRows()
	if !ok || !t.isFloat() {
		return nil, false
	}
	return g.rows(&v, width, name), turned
}

// vector guesses what an output with one number for each detection is.
func (g *guess) vector(t *Tensor, name string) []string {
	l := LookAt(t)
	switch {
	case t.isInteger(), strings.Contains(name, "class"), strings.Contains(name, "label"),
		l.Finite > 0 && l.Whole == 1 && l.Max > 1:
		return []string{"class"}
	case t.isFloat():
		return []string{"score"}
	}
	return nil
}

// columnLook is what a column's numbers show.
type columnLook struct {
	low, high float32
	whole     bool
}

// isClass and isScore tell what the numbers can be.
func (l columnLook) isClass() bool { return l.whole && l.low >= 0 && l.high < maxClasses }
func (l columnLook) isScore() bool { return !l.whole && l.low >= 0 && l.high <= 1 }

func lookAtColumn(v *view, c int) columnLook {
	l := columnLook{float32(math.Inf(1)), float32(math.Inf(-1)), true}
	for i := range v.n {
		x := v.at(i, c)
		if finite(x) {
			l.low, l.high = min(l.low, x), max(l.high, x)
			l.whole = l.whole && x == float32(math.Trunc(float64(x)))
		}
	}
	return l
}

// rows guesses the columns of rows of so many numbers.
func (g *guess) rows(v *view, width int, name string) []string {
	named := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(name, w) })
	}
	switch {
	case width < 4, width == 4 && named("score", "logit"),
		!g.alone && width > 4 && (width > 7 || named("score", "logit", "conf")):
		return g.scores(v, 0, width)
	case width == 4:
		return g.box(v, 0, 1, 2, 3)
	case width == 5:
		return append(g.box(v, 0, 1, 2, 3), "score")
	case width <= 7:
		if columns := g.finished(v, width); columns != nil {
			return columns
		}
	}
	columns := g.box(v, 0, 1, 2, 3)
	if g.hasObjectness(v.n, width) {
		return append(append(columns, "objectness"), g.scores(v, 5, width-5)...)
	}
	return append(columns, g.scores(v, 4, width-4)...)
}

// hasObjectness guesses whether one comes before the scores in n rows. With names that is clear;
// else 85 numbers are COCO's classes with one, and three boxes in each cell have one.
func (g *guess) hasObjectness(n, width int) bool {
	if g.named > 0 {
		return width-5 == g.named
	}
	return width == 85 || n%3 == 0 && width > 5 && width != 84
}

// finished guesses the order in rows of finished detections: a whole number is a class, one in 0..1
// a score, and the other four are the box. It returns nil when the numbers do not show that.
func (g *guess) finished(v *view, width int) []string {
	columns := make([]string, width)
	var box []int
	class, score := -1, -1
	for c := width - 1; c >= 0; c-- {
		l := lookAtColumn(v, c)
		switch {
		case l.low > l.high:
			return nil
		case class < 0 && l.isClass() && (c > 3 || l.high > 0):
			class = c
		case score < 0 && l.isScore() && (c > 3 || len(box) == 4):
			score = c
		case len(box) < 4:
			box = append(box, c)
		default:
			columns[c] = "ignored"
		}
	}
	if min(class, score) < 0 || len(box) < 4 {
		return nil
	}
	columns[class], columns[score] = "class", "score"
	slices.Sort(box)
	for i, name := range g.box(v, box[0], box[1], box[2], box[3]) {
		columns[box[i]] = name
	}
	return columns
}

// box guesses the form and the unit of the boxes in four columns.
func (g *guess) box(v *view, a, b, c, d int) []string {
	top, ordered, seen := float32(0), 0, 0
	for i := range v.n {
		x1, y1, x2, y2 := v.at(i, a), v.at(i, b), v.at(i, c), v.at(i, d)
		top = max(top, x1, y1, x2, y2)
		if x1 == 0 && y1 == 0 && x2 == 0 && y2 == 0 {
			continue
		}
		seen++
		if x2 > x1 && y2 > y1 {
			ordered++
		}
	}
	const share = 1.5
	if seen > 0 && top <= share {
		g.said.boxes.Unit = "shares"
	}
	name := strings.ToLower(v.t.Name)
	switch {
	case strings.HasPrefix(name, "detection_boxes"):
		return []string{"y1", "x1", "y2", "x2"}
	case seen == 0 && g.alone, ordered*20 < seen*19:
		return formNames(centreForm)
	}
	return formNames(cornerForm)
}

// scores guesses what class scores from a column on are: plain ones or logits, and whether there is
// a background at one of the ends.
func (g *guess) scores(v *view, from, n int) []string {
	if n < 1 {
		return nil
	}
	low, high, sums := float32(0), float32(0), 0
	first, last := 0, 0
	for i := range v.n {
		sum := float32(0)
		for k := range n {
			x := v.at(i, from+k)
			low, high = min(low, x), max(high, x)
			sum += x
		}
		if math.Abs(float64(sum-1)) < 1e-3 {
			sums++
		}
		first += dominates(v, i, from, n, 0)
		last += dominates(v, i, from, n, n-1)
	}
	logits := low < 0 || high > 1
	if logits {
		g.said.scores = "sigmoid"
	}
	exclusive := sums*10 > v.n*9
	often := v.n * 8 / 10
	switch {
	case n < 2 || v.n < 10 || !logits && !exclusive:
	case first > often:
		if logits {
			g.said.scores = "softmax"
		}
		return []string{"background", many("scores", n-1)}
	case last > often:
		if logits {
			g.said.scores = "softmax"
		}
		return []string{many("scores", n-1), "background"}
	}
	return []string{many("scores", n)}
}

// dominates is 1 when column k is the greatest of n in a row by far.
func dominates(v *view, row, from, n, k int) int {
	x := v.at(row, from+k)
	for j := range n {
		if j != k && !(x > v.at(row, from+j)+.3) {
			return 0
		}
	}
	return 1
}

// GuessInputs is a sidecar with a guess for each input that is not the frame's, by its name, and a
// sentence for each; nil when there are none.
func GuessInputs(list []Tensor, metadata map[string]string) (*Sidecar, []string) {
	s := &Sidecar{file: "the guess", Inputs: make(map[string]InputValues)}
	var notes []string
	framed := false
	for i := range list {
		t := &list[i]
		if in := (Input{}); !framed && in.takesFrame(t, metadata) {
			framed = true
			continue
		}
		v := guessInput(t)
		s.Inputs[t.Name] = v
		notes = append(notes, fmt.Sprintf("inputs.%s: perhaps %s", clean(t.Name), v))
	}
	if !framed || len(s.Inputs) == 0 {
		return nil, nil
	}
	return s, notes
}

// guessInput guesses the values of an input by its name.
func guessInput(t *Tensor) InputValues {
	name := strings.ToLower(t.Name)
	number := func(v float64) InputValues { return InputValues{[]inputValue{{number: v}}} }
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(name, w) })
	}
	pair := func(a, b string) InputValues { return InputValues{[]inputValue{{word: a}, {word: b}}} }
	two := len(t.Shape) > 0 && fits(t.Shape[len(t.Shape)-1], 2)
	switch {
	case has("orig", "target_size") && two:
		return pair("original", "original")
	case has("scale", "mask"):
		return number(1)
	case has("iou", "nms"):
		return number(.5)
	case has("thresh", "score", "conf"):
		return number(.05)
	case has("max"):
		return number(maxDetections)
	case has("shape", "size", "info") && two:
		return pair("height", "width")
	}
	return number(1)
}

// String is the values as in a sidecar.
func (v InputValues) String() string {
	var parts []string
	for _, e := range v.list {
		if e.word != "" {
			parts = append(parts, e.word)
			continue
		}
		parts = append(parts, fmt.Sprintf("%g", e.number))
	}
	return strings.Join(parts, ", ")
}
