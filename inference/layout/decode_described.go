package layout

import (
	"fmt"
	"math"

	"handlens/inference"
)

// view shows an output as rows of equally many numbers.
type view struct {
	t *Tensor
	n int // rows
	// Number c of row i lies at i/inner*block + i%inner*row + c*column.
	inner, block, row, column int
	// anchorsInside: the boxes of a cell follow each other, else those of an anchor.
	anchorsInside bool
}

// see makes the view of an output; perCell is how many boxes a cell has.
func (o *describedOutput) see(t *Tensor, perCell int) (view, error) {
	total := t.count()
	if o.width < 1 || total%o.width != 0 || !t.isWhole() {
		return view{}, t.changed()
	}
	axes, n := len(t.Shape), total/o.width
	v := view{
		t: t, n: n, inner: max(1, n), row: o.width, column: 1,
		anchorsInside: axes == 4 ||
			axes == 5 && t.Shape[1] != int64(perCell) && t.Shape[3] == int64(perCell),
	}
	if !o.turned || o.width == 1 {
		return v, nil
	}
	axis := rowAxis(axes, true)
	if t.Shape[axis]%int64(o.width) != 0 || axis == 1 && t.Shape[0] != 1 {
		return view{}, t.changed()
	}
	inner := 1
	for _, side := range t.Shape[axis+1:] {
		inner *= int(side)
	}
	v.inner, v.block, v.row, v.column = max(1, inner), o.width*inner, 1, inner
	v.anchorsInside = perCell == 1
	return v, nil
}

// isWhole tells whether as many elements are there as the shape says.
func (t *Tensor) isWhole() bool {
	product := int64(1)
	for _, axis := range t.Shape {
		if axis < 0 || axis > math.MaxInt32 || product > math.MaxInt32 {
			return false
		}
		product *= axis
	}
	return product == int64(t.count())
}

// rowAxis is the axis along which the numbers of a row lie.
func rowAxis(axes int, turned bool) int {
	switch {
	case !turned:
		return axes - 1
	case axes > 2:
		return 1
	}
	return 0
}

// at reads number c of row i.
func (v *view) at(i, c int) float32 {
	k := i/v.inner*v.block + i%v.inner*v.row + c*v.column
	switch {
	case v.t.Int64 != nil:
		return float32(v.t.Int64[k])
	case v.t.Int32 != nil:
		return float32(v.t.Int32[k])
	}
	return v.t.Float32[k]
}

// rowReader reads the rows of described outputs. Its memory is used again for each frame.
type rowReader struct {
	layout *Layout
	views  []view
	level  *rowLevel
	number int // of the level
	// best and class are the greatest raw class score of each row, and whose it is.
	best   []float32
	class  []int32
	sx, sy float32
}

// decodeDescribed reads outputs as a sidecar spells them out.
func (l *Layout) decodeDescribed(out Outputs, c *candidates) error {
	d, r := &l.described, &c.rows
	r.layout, r.views = l, r.views[:0]
	r.sx, r.sy = l.boxScale()
	for i := range d.outputs {
		o := &d.outputs[i]
		v, err := o.see(out.Output(o.index), d.grid.perCell(o.level))
		if err != nil {
			return err
		}
		r.views = append(r.views, v)
	}
	order := 0
	for i := range d.levels {
		r.level, r.number = &d.levels[i], i
		n, err := r.rows()
		if err != nil {
			return err
		}
		if d.count >= 0 {
			n = min(n, detectionCount(out.Output(d.count), n))
		}
		r.findBest(n)
		for row := range n {
			r.take(row, order, c)
		}
		order += n
	}
	return nil
}

// rows is how many the level has, in all of its outputs.
func (r *rowReader) rows() (int, error) {
	n := -1
	var parts [4 + int(roles)]part
	copy(parts[copy(parts[:], r.level.box[:]):], r.level.by[:])
	for i, p := range parts {
		if p.n == 0 || i == 4+int(countRole) || i == 4+int(prototypesRole) {
			continue
		}
		v := &r.views[p.view]
		if n >= 0 && v.n != n {
			return 0, fmt.Errorf("outputs %s and %s have %d and %d rows",
				clean(r.views[r.level.box[0].view].t.Name), clean(v.t.Name), n, v.n)
		}
		n = v.n
	}
	d := &r.layout.described
	if d.grid.formula == noFormula {
		return n, nil
	}
	if want := d.grid.boxes(r.layout.input, r.level.stride, r.number); n != want {
		return 0, fmt.Errorf("output %s has %d rows, and the grid has %d boxes",
			clean(r.views[r.level.box[0].view].t.Name), n, want)
	}
	return n, nil
}

// findBest finds the best class of each row, in the order in which the scores lie in memory.
func (r *rowReader) findBest(n int) {
	p := r.level.by[scoresRole]
	if p.n == 0 {
		return
	}
	if cap(r.best) < n {
		r.best, r.class = make([]float32, n), make([]int32, n)
	}
	r.best, r.class = r.best[:n], r.class[:n]
	for i := range r.best {
		r.best[i], r.class[i] = float32(math.Inf(-1)), -1
	}
	v := &r.views[p.view]
	data := v.t.Float32
	for from := 0; from < n; from += v.inner {
		to := min(n, from+v.inner)
		base := from/v.inner*v.block + p.at*v.column
		if v.column == 1 {
			for i := from; i < to; i++ {
				for k, score := range data[base+(i-from)*v.row:][:p.n] {
					if score > r.best[i] {
						r.best[i], r.class[i] = score, int32(k)
					}
				}
			}
			continue
		}
		for k := range p.n {
			best, class := r.best[from:to], r.class[from:to]
			for i, score := range data[base+k*v.column:][:to-from] {
				if score > best[i] {
					best[i], class[i] = score, int32(k)
				}
			}
		}
	}
}

// take adds what a row has, if its score passes.
func (r *rowReader) take(row, order int, c *candidates) {
	object := float32(1)
	if p := r.level.by[objectnessRole]; p.n > 0 {
		if object = c.activated(r.views[p.view].at(row, p.at)); !(object >= c.limit) {
			return
		}
	}
	scores := r.level.by[scoresRole]
	switch {
	case scores.n == 0:
		r.takeOne(row, order, object, c)
	case c.allLabels:
		r.takeAll(row, order, object, c)
	default:
		class := int(r.class[row])
		if class < 0 {
			return
		}
		score := object * r.score(row, r.best[row], c)
		if score >= c.limit {
			c.add(order+row, class, score, r.box(row))
		}
	}
}

// takeOne adds a row with a score and perhaps a class.
func (r *rowReader) takeOne(row, order int, object float32, c *candidates) {
	if p := r.level.by[scoreRole]; p.n > 0 {
		object *= c.activated(r.views[p.view].at(row, p.at))
	}
	if !(object >= c.limit) {
		return
	}
	class := float32(0)
	if p := r.level.by[classRole]; p.n > 0 {
		class = r.views[p.view].at(row, p.at)
	}
	if class > -1 && class < maxClasses {
		c.add(order+row, int(math.Floor(float64(class)+0.5)), object, r.box(row))
	}
}

// takeAll adds each class of a row whose score passes.
func (r *rowReader) takeAll(row, order int, object float32, c *candidates) {
	p := r.level.by[scoresRole]
	for k := range p.n {
		score := object * r.score(row, r.views[p.view].at(row, p.at+k), c)
		if score >= c.limit {
			c.add(order+row, k, score, r.box(row))
		}
	}
}

// score turns a raw class score of a row into one of 0..1.
func (r *rowReader) score(row int, v float32, c *candidates) float32 {
	if c.activation != softmax {
		return c.activated(v)
	}
	top := r.best[row]
	background := r.level.by[backgroundRole]
	var none float32
	if background.n > 0 {
		none = r.views[background.view].at(row, background.at)
		top = max(top, none)
	}
	if e := exp(v - top); !(e >= c.limit) {
		return e // the score is less still
	}
	sum := float32(0)
	p := r.level.by[scoresRole]
	for k := range p.n {
		sum += exp(r.views[p.view].at(row, p.at+k) - top)
	}
	if background.n > 0 {
		sum += exp(none - top)
	}
	return exp(v-top) / sum
}

// box makes the box of a row, in pixels of the model's input.
func (r *rowReader) box(row int) inference.Box {
	d := &r.layout.described
	var v [4]float32
	for i, p := range r.level.box {
		w := &r.views[p.view]
		if v[i] = w.at(row, p.at); p.n > 1 {
			v[i] = r.expected(w, row, p)
		}
	}
	if d.grid.formula != noFormula {
		w := &r.views[r.level.box[0].view]
		return d.grid.box(r.layout.input, r.level.stride, r.number, row, w.anchorsInside, v)
	}
	return formed(d.form, v[0]*r.sx, v[1]*r.sy, v[2]*r.sx, v[3]*r.sy)
}

// expected is the mean of a distribution over so many numbers.
func (r *rowReader) expected(v *view, row int, p part) float32 {
	var bins [maxBins]float32
	for k := range p.n {
		bins[k] = v.at(row, p.at+k)
	}
	return expectation(bins[:p.n])
}

// formed makes a box of its four numbers.
func formed(f form, a, b, c, d float32) inference.Box {
	switch f {
	case centreForm:
		return fromCentre(a, b, c, d)
	case placeForm:
		return inference.Box{X1: a, Y1: b, X2: a + c, Y2: b + d}
	}
	return inference.Box{X1: a, Y1: b, X2: c, Y2: d}
}

// beginDescribed takes in the outputs of a run that a sidecar spells out.
func (m *shapeDecoder) beginDescribed(l *Layout, out Outputs) error {
	d := &l.described
	p := d.levels[0].by[pointsRole]
	switch {
	case m.data.masks > 0:
		p = d.levels[0].by[masksRole]
	case m.data.angle:
		p = d.levels[0].by[angleRole]
	}
	o := &d.outputs[p.view]
	v, err := o.see(out.Output(o.index), 1)
	if err != nil {
		return err
	}
	if v.n > v.inner {
		return v.t.changed()
	}
	m.sx, m.sy = l.boxScale()
	m.list, m.first, m.step, m.next = v.t.Float32, p.at*v.column, v.column, v.row
	if m.data.masks == 0 {
		return nil
	}
	return m.prototypes(out.Output(m.data.protos))
}
