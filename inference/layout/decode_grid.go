package layout

import "handlens/inference"

// cellsAcross are the cells of a stride, across and down. Those that stick out at the edge count
// where the model has them, which rounded tells.
func cellsAcross(in Input, stride int, rounded bool) (across, down int) {
	if rounded {
		return cellsAlong(in.Width, stride), cellsAlong(in.Height, stride)
	}
	return in.Width / stride, in.Height / stride
}

// rounded tells whether cells that stick out count: for distances, as in NanoDet.
func (g *grid) rounded() bool { return g.formula == distanceFormula }

// boxes is how many boxes a level has; a stride of 0 stands for all strides, one after the other.
func (g *grid) boxes(in Input, stride, level int) int {
	if stride > 0 {
		across, down := cellsAcross(in, stride, g.rounded())
		return across * down * g.perCell(level)
	}
	n := 0
	for i, s := range g.strides {
		n += g.boxes(in, s, i)
	}
	return n
}

// box decodes the numbers of a row into a box in pixels of the input. With anchorsInside the boxes
// of a cell follow each other.
func (g *grid) box(in Input, stride, level, row int, anchorsInside bool,
	v [4]float32,
) inference.Box {
	if stride == 0 {
		for i, s := range g.strides {
			n := g.boxes(in, s, i)
			if row < n || i == len(g.strides)-1 {
				stride, level = s, i
				break
			}
			row -= n
		}
		anchorsInside = g.formula == ssdFormula
	}
	across, down := cellsAcross(in, stride, g.rounded())
	cell, anchor := row, 0
	if per := g.perCell(level); per > 1 {
		if cell, anchor = row/per, row%per; !anchorsInside {
			cell, anchor = row%(across*down), row/(across*down)
		}
	}
	size := [2]float32{float32(stride), float32(stride)}
	if level < len(g.anchors) && anchor < len(g.anchors[level]) {
		size = g.anchors[level][anchor]
	}
	return g.inCell(float32(cell%across), float32(cell/across), float32(stride), size, v)
}

// inCell decodes the numbers of the cell at x, y, counted in cells of a stride.
func (g *grid) inCell(x, y, stride float32, anchor [2]float32, v [4]float32) inference.Box {
	switch g.formula {
	case distanceFormula:
		cx, cy := (x+g.middle)*stride, (y+g.middle)*stride
		return inference.Box{
			X1: cx - v[0]*stride, Y1: cy - v[1]*stride, X2: cx + v[2]*stride, Y2: cy + v[3]*stride,
		}
	case ssdFormula:
		return fromCentre((x+.5)*stride+v[0]*offsetVariance*anchor[0],
			(y+.5)*stride+v[1]*offsetVariance*anchor[1],
			anchor[0]*exp(sizeVariance*v[2]), anchor[1]*exp(sizeVariance*v[3]))
	case yolov3Formula:
		return fromCentre((odds(v[0])+x)*stride, (odds(v[1])+y)*stride, exp(v[2])*anchor[0],
			exp(v[3])*anchor[1])
	case yolov5Formula:
		w, h := 2*odds(v[2]), 2*odds(v[3])
		return fromCentre((2*odds(v[0])-.5+x)*stride, (2*odds(v[1])-.5+y)*stride, w*w*anchor[0],
			h*h*anchor[1])
	}
	return fromCentre((v[0]+x)*stride, (v[1]+y)*stride, exp(v[2])*stride, exp(v[3])*stride)
}

// odds is the sigmoid.
func odds(v float32) float32 { return 1 / (1 + exp(-v)) }
