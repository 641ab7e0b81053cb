package layout

import (
	"math"

	"handlens/inference"
)

// decode reads the outputs of one run into the candidates, whose boxes are in pixels of the model's
// input. It fails when the outputs do not have the shape that was recognised, and never trusts a
// number in them.
func (l *Layout) decode(out Outputs, c *candidates) error {
	c.reset(l)
	switch l.head {
	case detectionList:
		return l.decodeList(out, c)
	case listRows:
		return l.decodeRows(out.Output(l.boxes), c)
	case describedRows:
		return l.decodeDescribed(out, c)
	case indexList:
		return l.decodeIndices(out, c)
	case scoredList:
		return l.decodeScoredList(out, c)
	case queries:
		return l.decodeQueries(out, c)
	case featureLevels:
		return l.decodeLevels(out, c)
	case faceCells:
		return l.decodeFaces(out, c)
	case mapCells:
		return l.decodeMaps(out, c)
	}
	return l.decodeOne(out.Output(l.boxes), c)
}

// decodeOne reads the layouts whose boxes and scores are in one output.
func (l *Layout) decodeOne(t *Tensor, c *candidates) error {
	a, b, err := t.matrix()
	if err != nil {
		return err
	}
	if !l.matches(a, b) {
		return t.changed()
	}
	switch l.head {
	case channelsFirst:
		l.decodeChannelsFirst(t.Float32, b, c)
	case channelsLast:
		l.decodeChannelsLast(t.Float32, a, b, c)
	case gridOffsets:
		l.decodeGrid(t.Float32, c)
	case objectness:
		l.decodeObjectness(t.Float32, a, b, c)
	case endToEnd:
		l.decodeEndToEnd(t.Float32, a, c)
	case distribution:
		l.decodeDistribution(t.Float32, a, b, c)
	}
	return nil
}

// matches tells whether an output [1, a, b] has the shape that the layout promises.
func (l *Layout) matches(a, b int) bool {
	switch l.head {
	case channelsFirst:
		return a >= 4+l.classes
	case channelsLast:
		return b == 4+l.classes+l.shapes.size()
	case gridOffsets:
		return b == 5+l.classes && int64(a) == cellsOf(l.input, l.strides)
	case objectness:
		return b == 5+l.classes+l.shapes.size()
	case endToEnd:
		return b == 6+l.shapes.size()
	case distribution:
		return b == l.classes+4*l.bins && int64(a) == nanodetCells(l.input)
	}
	return false
}

// decodeChannelsFirst reads [4+classes, n]: centre x and y, width, height, then the class scores.
// It goes row by row, as they lie in memory, and since hardly any score passes, the comparison
// costs next to nothing.
func (l *Layout) decodeChannelsFirst(v []float32, n int, c *candidates) {
	classes := l.classes
	limit := c.limit
	if c.activation == sigmoid {
		limit = logit(limit)
	}
	cx, cy, w, h := v[:n], v[n:2*n], v[2*n:3*n], v[3*n:4*n]
	sx, sy := l.boxScale()
	for class := range classes {
		if !c.allowed(class) {
			continue
		}
		row := v[(4+class)*n:][:n]
		for i, score := range row {
			if score >= limit && (c.allLabels || bestOfColumn(v, n, classes, class, i)) {
				c.add(i, class, c.activated(score), l.cellBox(cx[i]*sx, cy[i]*sy, w[i]*sx, h[i]*sy))
			}
		}
	}
}

// bestOfColumn tells whether a class is the best one of cell i; of equal ones the first.
func bestOfColumn(v []float32, n, classes, class, i int) bool {
	score := v[(4+class)*n+i]
	for k := range classes {
		if o := v[(4+k)*n+i]; o > score || o == score && k < class {
			return false
		}
	}
	return true
}

// decodeChannelsLast reads [n, 4+classes]: the same with a row of width numbers for each cell.
func (l *Layout) decodeChannelsLast(v []float32, n, width int, c *candidates) {
	sx, sy := l.boxScale()
	scores{
		v: v, first: 4, step: width, classes: l.classes, activation: l.activation,
	}.scan(n, 0, c, func(i int) inference.Box {
		r := v[i*width:][:4]
		return l.cellBox(r[0]*sx, r[1]*sy, r[2]*sx, r[3]*sy)
	})
}

// cellBox is the box of a cell, whose four numbers are a centre and sides or two corners.
func (l *Layout) cellBox(a, b, c, d float32) inference.Box {
	if l.corners {
		return inference.Box{X1: a, Y1: b, X2: c, Y2: d}
	}
	return fromCentre(a, b, c, d)
}

// decodeGrid reads [cells, 5+classes] of YOLOX: offsets from the cell's corner in cells, logarithms
// of the sizes in cells, objectness, class scores (YOLOX, yolox/utils/demo_utils.py,
// demo_postprocess).
func (l *Layout) decodeGrid(v []float32, c *candidates) {
	step := 5 + l.classes
	i := 0
	for _, stride := range l.strides {
		if stride == 0 {
			break
		}
		scale := float32(stride)
		for y := range l.input.Height / stride {
			for x := range l.input.Width / stride {
				r := v[i*step:][:step]
				if c.activated(r[4]) >= c.limit {
					c.addRow(i, r[4], r[5:],
						fromCentre((r[0]+float32(x))*scale, (r[1]+float32(y))*scale,
							exp(r[2])*scale, exp(r[3])*scale))
				}
				i++
			}
		}
	}
}

// decodeObjectness reads [n, 5+classes] with centre and size in pixels; rows may be longer, and
// have keypoints before the classes.
func (l *Layout) decodeObjectness(v []float32, n, width int, c *candidates) {
	first := 5
	if l.shapes.at > 0 {
		first = l.shapes.at + l.shapes.size()
	}
	sx, sy := l.boxScale()
	for i := range n {
		r := v[i*width:][:width]
		if c.activated(r[4]) >= c.limit {
			c.addRow(i, r[4], r[first:][:l.classes], l.cellBox(r[0]*sx, r[1]*sy, r[2]*sx, r[3]*sy))
		}
	}
}

// addRow takes one row of objectness, class scores and box. A class's score is the objectness times
// its own.
func (c *candidates) addRow(order int, object float32, classes []float32, b inference.Box) {
	best, score := -1, float32(0)
	object = c.activated(object)
	for class, v := range classes {
		v = c.activated(v)
		if c.allLabels {
			c.add(order, class, v*object, b)
		} else if v > score {
			best, score = class, v
		}
	}
	if best >= 0 {
		c.add(order, best, score*object, b)
	}
}

// decodeEndToEnd reads [n, 6]: two corners, score, class; rows may be longer. Rotated boxes have
// centre and size instead of the corners.
func (l *Layout) decodeEndToEnd(v []float32, n int, c *candidates) {
	if n == 0 {
		return
	}
	at := scoreClass
	at.width = len(v) / n
	sx, sy := l.rowsScale(v, at)
	for i := range n {
		r := v[i*at.width:][:6]
		score := c.activated(r[4])
		if !(score >= c.limit) || !(r[5] >= 0 && r[5] < maxClasses) {
			continue
		}
		box := inference.Box{X1: r[0] * sx, Y1: r[1] * sy, X2: r[2] * sx, Y2: r[3] * sy}
		if l.shapes.angle {
			box = fromCentre(r[0]*sx, r[1]*sy, r[2]*sx, r[3]*sy)
		}
		c.add(i, int(r[5]+0.5), score, box)
	}
}

func fromCentre(cx, cy, w, h float32) inference.Box {
	return inference.Box{X1: cx - w/2, Y1: cy - h/2, X2: cx + w/2, Y2: cy + h/2}
}

func exp(v float32) float32 { return float32(math.Exp(float64(v))) }

func logit(p float32) float32 { return float32(math.Log(float64(p) / (1 - float64(p)))) }
