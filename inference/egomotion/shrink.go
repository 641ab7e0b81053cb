package egomotion

import "handlens/media"

// gray is a small image of luma.
type gray struct {
	w, h int
	pix  []float32 // 0..255
}

func (g *gray) size(w, h int) {
	g.w, g.h = w, h
	if cap(g.pix) < w*h {
		g.pix = make([]float32, w*h)
	}
	g.pix = g.pix[:w*h]
}

// at interpolates between four pixels. The place must be a pixel or more within the image.
func (g *gray) at(x, y float32) float32 {
	i, j := int(x), int(y)
	fx, fy := x-float32(i), y-float32(j)
	p := g.pix[j*g.w+i:]
	top := p[0] + fx*(p[1]-p[0])
	bottom := p[g.w] + fx*(p[g.w+1]-p[g.w])
	return top + fy*(bottom-top)
}

// shrink averages the luma of squares of side × side pixels. For large squares every second row is
// enough.
func (g *gray) shrink(f *media.Frame, side int) {
	g.size(f.Width/side, f.Height/side)
	skip := 1
	if side >= 4 {
		skip = 2
	}
	var sums [2 * longSide]uint32
	step := 1
	if f.Format == media.RGBA {
		step = 4
	}
	rows := (side + skip - 1) / skip
	part := 1 / float32(rows*side)
	for y := range g.h {
		row := sums[:g.w]
		clear(row)
		for dy := 0; dy < side; dy += skip {
			line := f.Plane[0][(y*side+dy)*f.Stride[0]:]
			if step == 1 {
				addLuma(row, line, side)
			} else {
				addGreen(row, line, side)
			}
		}
		for x, s := range row {
			g.pix[y*g.w+x] = float32(s) * part
		}
	}
}

func addLuma(sums []uint32, line []byte, side int) {
	for x := range sums {
		cell := line[x*side : x*side+side]
		var s uint32
		for _, v := range cell {
			s += uint32(v)
		}
		sums[x] += s
	}
}

// addGreen takes green for luma, since it is most of it.
func addGreen(sums []uint32, line []byte, side int) {
	for x := range sums {
		cell := line[4*x*side : 4*(x+1)*side]
		var s uint32
		for i := 1; i < len(cell); i += 4 {
			s += uint32(cell[i])
		}
		sums[x] += s
	}
}

// half makes each pixel from four of another image.
func (g *gray) half(of *gray) {
	g.size(of.w/2, of.h/2)
	for y := range g.h {
		a, b := of.pix[2*y*of.w:], of.pix[(2*y+1)*of.w:]
		for x := range g.w {
			g.pix[y*g.w+x] = (a[2*x] + a[2*x+1] + b[2*x] + b[2*x+1]) / 4
		}
	}
}
